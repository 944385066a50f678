"""What several unit tests share: one painter, and a checkpoint in PaddleGAN's layout."""

from pathlib import Path

import numpy as np
import pytest

from lapstyle.painter import Painter
from tests import checkpoint_files
from tests.folder_case import Folder


@pytest.fixture(scope="session")
def painter(tmp_path_factory: pytest.TempPathFactory) -> Painter:
    """The shipped weights on the processor, with a cache of its own."""
    return Painter("cpu", cache=tmp_path_factory.mktemp("styles"))


@pytest.fixture(scope="session")
def earlier_checkpoints(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """The weights of earlier versions as a user's own files."""
    folder = tmp_path_factory.mktemp("checkpoints")
    return {
        version: checkpoint_files.write_safetensors(
            folder / f"earlier_{version}.safetensors", checkpoint_files.earlier_tensors(version), metadata
        )
        for version, metadata in checkpoint_files.EARLIER_METADATA.items()
    }


@pytest.fixture(scope="session")
def earlier_checkpoint(earlier_checkpoints: dict[int, Path]) -> Path:
    """Those of the first version: drafts keep the colours that they come with."""
    return earlier_checkpoints[1]


@pytest.fixture(scope="session")
def paddlegan_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random weights, small enough that the picture stays within its range: conv3_4 included, revisions PaddleGAN's."""
    networks = {
        network: {
            name: np.float32(0.1) * values if name.endswith("bias") else values * gain(values)
            for name, values in state.items()
        }
        for network, state in checkpoint_files.few_networks().items()
    }
    path = tmp_path_factory.mktemp("checkpoints") / "lapstyle_random.pdparams"
    return checkpoint_files.write_paddlegan(path, networks)


def gain(kernel: np.ndarray) -> np.float32:
    """Keeps the spread of activations through a layer with ReLU (He et al. 2015)."""
    return np.float32(np.sqrt(2 / np.prod(kernel.shape[1:])))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)
