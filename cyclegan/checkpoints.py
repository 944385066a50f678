"""Generators from anyone's file: ours, PaddleGAN's, the original authors'; what they are is told from their tensors."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cyclegan.architecture import Architecture, Norm, generator_shapes, norm_channels
from workbench.checkpoint_file import Parameters, fitting, read_checkpoint
from workbench.errors import CheckpointMismatch
from workbench.safe_pickle import printable

WANTED = "CycleGAN"  # in error messages
FIRST = "model.1.weight"
LIMITS = {"channels": (1, 256), "blocks": (1, 32)}
BLOCK = re.compile(r"model\.(\d+)\.(?:conv_block|block)\.(\d)\.(\w+)")
NORM_NAMES = {"running_mean": "_mean", "running_var": "_variance"}  # PyTorch's of batch norm -> Paddle's
COUNT = "num_batches_tracked"  # of no use once training is over
RUNNING = (COUNT, "running_mean", "running_var", "_mean", "_variance")


@dataclass(frozen=True, eq=False)
class Generator:
    """One direction of a CycleGAN.

    Attributes:
        name: what the file calls it: "netG_A", or "" where it holds nothing else.
        architecture: what it was found to be.
        parameters: by the names of `networks.ResnetGenerator`, float32, finite, read-only.
    """

    name: str
    architecture: Architecture
    parameters: Parameters


@dataclass(frozen=True, eq=False)
class GeneratorFile:
    """A file's generators, ordered by name, at least one.

    Attributes:
        sha256: of the file, in hexadecimal.
    """

    path: Path
    generators: tuple[Generator, ...]
    sha256: str


def load_generators(path: Path | str) -> GeneratorFile:
    """Every ResNet generator in a .safetensors, .pdparams or .pth file, told apart by content.

    A file may hold one network, or several by name, as those of a training do; discriminators and optimizers are passed
    over. Names may begin with "module.", blocks may be called "conv_block" or "block", and have a dropout (which does
    nothing here) between their convolutions. Running statistics of instance norms are left out, as the authors do.

    Raises:
        CheckpointMissing, CheckpointUnreadable, CheckpointUnsafe, CheckpointDamaged: see `read_checkpoint`.
        CheckpointMismatch: there is no generator in it, or a parameter is missing, of another shape or type, not
            finite, or unknown; it is named.
    """
    file = read_checkpoint(path, WANTED)
    found = tuple(_generator(file.path, name, tensors) for name, tensors in _networks(file.content) if FIRST in tensors)
    if not found:
        raise CheckpointMismatch(path=file.path, wanted=WANTED, parameter=FIRST, reason="is missing")
    return GeneratorFile(file.path, tuple(sorted(found, key=lambda generator: generator.name)), file.sha256)


def _networks(content: object, name: str = "") -> Iterator[tuple[str, dict[str, object]]]:
    """Every dict of tensors that starts like a generator or a discriminator, with its name in the file."""
    if not isinstance(content, dict):
        return
    flat = {key: value for key, value in content.items() if isinstance(key, str) and isinstance(value, np.ndarray)}
    for prefix, tensors in _prefixed(flat).items():
        if _is_generator(tensors):
            yield ".".join(part for part in (name, prefix) if part), tensors
    for key, value in content.items():
        if isinstance(value, dict) and isinstance(key, str):
            yield from _networks(value, ".".join(part for part in (name, printable(key)) if part))


def _prefixed(tensors: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """Tensors of several networks in one dict, "netG_A.model.1.weight", by network; "module." is left out."""
    networks: dict[str, dict[str, object]] = {}
    for name, tensor in tensors.items():
        plain = name.replace("module.", "")
        prefix, model, rest = plain.rpartition("model.")
        if model:
            networks.setdefault(prefix.rstrip("."), {})[f"model.{rest}"] = tensor
    return networks


def _is_generator(tensors: Mapping[str, object]) -> bool:
    """Begins with a 7x7 convolution of three channels, as no discriminator does."""
    first = tensors.get(FIRST)
    return isinstance(first, np.ndarray) and first.ndim == 4 and first.shape[1:] == (3, 7, 7)


def _generator(path: Path, name: str, tensors: Mapping[str, object]) -> Generator:
    first = tensors[FIRST]
    assert isinstance(first, np.ndarray)
    architecture = Architecture(
        channels=first.shape[0],
        blocks=len({match[1] for key in tensors if (match := BLOCK.fullmatch(key))}),
        norm=_norm(tensors),
    )
    for setting, (least, most) in LIMITS.items():
        if not least <= getattr(architecture, setting) <= most:
            reason = f"makes {setting} {getattr(architecture, setting)}, which may be {least} to {most}"
            raise CheckpointMismatch(path=path, wanted=WANTED, parameter=FIRST, reason=reason)
    renamed = _renamed(tensors, architecture)
    return Generator(name, architecture, fitting(renamed, generator_shapes(architecture), path, WANTED))


def _norm(tensors: Mapping[str, object]) -> Norm:
    """Batch norm follows convolutions without bias; an affine instance norm has a scale."""
    if "model.1.bias" not in tensors:
        return "batch"
    return "affine instance" if {"model.2.weight", "model.2.scale"} & set(tensors) else "instance"


def _renamed(tensors: Mapping[str, object], architecture: Architecture) -> dict[str, object]:
    """By the names that `networks.ResnetGenerator` has, without what is of no use here."""
    norms = norm_channels(architecture)
    names = NORM_NAMES if architecture.norm == "batch" else {"weight": "scale"}
    renamed: dict[str, object] = {}
    for name, tensor in _blocks_renamed(tensors).items():
        layer, _, parameter = name.rpartition(".")
        if layer not in norms:
            renamed[name] = tensor
        elif parameter not in RUNNING or (architecture.norm == "batch" and parameter != COUNT):
            renamed[f"{layer}.{names.get(parameter, parameter)}"] = tensor
    return renamed


def _blocks_renamed(tensors: Mapping[str, object]) -> dict[str, object]:
    """With "conv_block" for "block", and without the place of a dropout, so that the second convolution is layer 5."""
    blocks = {name: match for name in tensors if (match := BLOCK.fullmatch(name))}
    dropout = all(match[2] != "5" for match in blocks.values())
    renamed = dict[str, object]()
    for name, tensor in tensors.items():
        if name in blocks:
            block, layer, parameter = blocks[name].groups()
            renamed[f"model.{block}.conv_block.{int(layer) - (dropout and layer in '67')}.{parameter}"] = tensor
        else:
            renamed[name] = tensor
    return renamed
