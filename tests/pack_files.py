"""Style packs for tests to write: real ones with random changes to the shipped weights, and hostile ones."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy

import weights
from lapstyle.checkpoints import Checkpoint, load_checkpoint
from lapstyle.packs import write_pack
from tests.pictures import painting, sample
from workbench.image_io import Picture

TUNED = ("net_dec.convblock_31", "net_dec.convblock_11", "net_dec.final_conv", "net_rev.down", "net_rev_2.blocks.0")


@cache
def universal() -> Checkpoint:
    return load_checkpoint(weights.path(weights.UNIVERSAL))


@cache
def taught(seed: int = 0) -> dict[str, np.ndarray]:
    """Some of the shipped parameters, each changed by a third of its own spread; float16, as packs hold them."""
    generator = np.random.default_rng(seed)
    return {
        name: (array + generator.standard_normal(array.shape) * array.std() / 3).astype(np.float16)
        for name, array in universal().parameters.items()
        if name.startswith(TUNED)
    }


def write_tuned(path: Path, seed: int = 0, style: str = "poppies", **changes: Any) -> Path:
    """A pack taught from the shipped weights; `changes` replace what `write_pack` is given."""
    given = {
        "name": "Poppies",
        "artist": "Claude Monet",
        "licence": "public domain",
        "settings": {"stroke": "bold", "strength": 0.9},
        "painting": Picture(painting(style, (300, 240))),
        "preview": Picture(sample("cat", (120, 90))),
        "base": universal().sha256,
        "parameters": taught(seed),
    }
    write_pack(path, **{**given, **changes})
    return path


@cache
def sound(folder: Path) -> tuple[Mapping[str, np.ndarray], Mapping[str, str]]:
    """Tensors and metadata of a sound pack, for tests to spoil."""
    path = write_tuned(folder / "sound.safetensors")
    with safetensors.safe_open(path, framework="numpy") as file:
        return safetensors.numpy.load_file(path), file.metadata()


def spoil(path: Path, tensors: Mapping[str, np.ndarray | None], metadata: Mapping[str, str | None]) -> Path:
    """Write a sound pack with some tensors and metadata replaced, or taken away where None is given."""
    had_tensors, had_metadata = sound(path.parent)
    kept = {name: value for name, value in {**had_tensors, **tensors}.items() if value is not None}
    said = {name: value for name, value in {**had_metadata, **metadata}.items() if value is not None}
    safetensors.numpy.save_file(kept, path, said)
    return path


def header_of(data: bytes) -> tuple[dict[str, Any], int]:
    """A safetensors file's header, and where it ends."""
    end = 8 + int.from_bytes(data[:8], "little")
    return json.loads(data[8:end]), end
