"""A checkpoint's file, whoever wrote it: .safetensors, Paddle's .pdparams, PyTorch's .pth. Nothing in it is run."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray

from workbench.errors import CheckpointDamaged, CheckpointMismatch, CheckpointMissing, CheckpointUnreadable
from workbench.paddle_pickle import load_paddle
from workbench.safe_pickle import printable
from workbench.torch_pickle import is_torch, load_torch

Shapes = dict[str, tuple[int, ...]]
"""Parameter -> shape."""
Parameters = dict[str, NDArray[np.float32]]

SIZE_LIMIT = 512 * 2**20  # bytes; PaddleGAN's largest, with its optimizers, has some 180 MB
HEADER_LIMIT = 2**20  # bytes; ours has 7,000
PICKLE_START = re.compile(rb"\x80[\x00-\x05]|\(|[}\]]|c[\w.]+\r?\n[\w.]+\r?\n")


@dataclass(frozen=True, eq=False)
class CheckpointFile:
    """What a file holds.

    Attributes:
        content: as it was saved: plain containers, numbers, text and arrays, which may be of any type and shape.
        metadata: of a .safetensors file, else empty.
        sha256: of the file, in hexadecimal.
    """

    path: Path
    content: object
    metadata: Mapping[str, object]
    sha256: str


def read_checkpoint(path: Path | str, wanted: str) -> CheckpointFile:
    """What a checkpoint's file holds; formats are told apart by content.

    Args:
        wanted: the kind of model that the file shall hold, as error messages name it: "LapStyle".

    Raises:
        CheckpointMissing: there is no such file.
        CheckpointUnreadable: it may not be opened.
        CheckpointUnsafe: it is a pickle that would run something; nothing has run.
        CheckpointDamaged: it is cut short, garbled, too large, or in none of the formats.
        CheckpointMismatch: a tensor is of a type that numpy lacks.
    """
    path = Path(path)
    data = _read(path)
    content: object
    metadata: Mapping[str, object] = {}
    if not data:
        raise CheckpointDamaged(path=path, reason="it is empty")
    if data[8:9] == b"{":
        content, metadata = _read_safetensors(data, path, wanted)
    elif is_torch(data):
        content = load_torch(data, path)
    elif PICKLE_START.match(data):
        content = load_paddle(data, path)
    else:
        raise CheckpointDamaged(path=path, reason="it is neither a .safetensors nor a .pdparams nor a .pth file")
    return CheckpointFile(path, content, metadata, hashlib.sha256(data).hexdigest())


def _read(path: Path) -> bytes:
    try:
        if not path.exists():
            raise CheckpointMissing(path=path)
        if not path.is_file():
            raise CheckpointDamaged(path=path, reason="it is not a file")
        with path.open("rb") as file:
            size = path.stat().st_size
            if size > SIZE_LIMIT:
                raise CheckpointDamaged(path=path, reason=f"it is larger than {SIZE_LIMIT >> 20} MB")
            return file.read(size)
    except OSError as problem:
        raise CheckpointUnreadable(path=path, reason=problem.strerror or str(problem)) from problem


def _read_safetensors(data: bytes, path: Path, wanted: str) -> tuple[dict[str, object], Mapping[str, object]]:
    """The tensors by name, and the file's metadata."""
    header_size = int.from_bytes(data[:8], "little")
    if header_size > min(HEADER_LIMIT, len(data) - 8):
        raise CheckpointDamaged(path=path, reason="its header is cut short or too long")
    header = {}
    try:
        header = json.loads(data[8 : 8 + header_size])
        tensors = safetensors.numpy.load(data)
    except KeyError as problem:  # numpy has no such type
        name = next(name for name, entry in header.items() if entry.get("dtype") == problem.args[0])
        reason = f"has type {printable(problem.args[0])}, needs float32 or float16"
        raise CheckpointMismatch(path=path, wanted=wanted, parameter=printable(name), reason=reason) from None
    except (safetensors.SafetensorError, ValueError, RecursionError) as problem:
        raise CheckpointDamaged(path=path, reason=printable(str(problem))) from None
    return dict(tensors), header.get("__metadata__") or {}


def fitting(tensors: Mapping[str, object], expected: Shapes, path: Path, wanted: str) -> Parameters:
    """The expected parameters as float32; raises `CheckpointMismatch` for the first that does not fit."""
    parameters: Parameters = {}
    for name, shape in expected.items():
        if name not in tensors:
            raise CheckpointMismatch(path=path, wanted=wanted, parameter=name, reason="is missing")
        try:
            parameters[name] = widened(tensors[name], shape)
        except ValueError as problem:
            raise CheckpointMismatch(path=path, wanted=wanted, parameter=name, reason=str(problem)) from None
    for name in tensors:
        if name not in expected:
            raise CheckpointMismatch(
                path=path, wanted=wanted, parameter=printable(name), reason="is not part of the networks"
            )
    return parameters


def widened(tensor: object, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """The tensor as float32, read-only; raises `ValueError` with the reason why it does not fit."""
    if not isinstance(tensor, np.ndarray):
        raise ValueError("is not an array of float32 or float16")
    if tensor.shape != shape:
        raise ValueError(f"has shape {list(tensor.shape)}, needs {list(shape)}")
    if tensor.dtype.kind != "f" or tensor.dtype.itemsize > 4:
        raise ValueError(f"has type {tensor.dtype.name}, needs float32 or float16")
    widened = np.ascontiguousarray(tensor, np.float32)
    if not np.isfinite(widened).all():
        raise ValueError("holds numbers that are not finite")
    widened.flags.writeable = False
    return widened
