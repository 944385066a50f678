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
def earlier_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The weights of the first version as a user's own file: drafts keep the colours that they come with."""
    path = tmp_path_factory.mktemp("checkpoints") / "earlier.safetensors"
    return checkpoint_files.write_safetensors(path, checkpoint_files.earlier_tensors())


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
