"""The networks that a training begins with, and the files that hold what it learned."""

from pathlib import Path
from typing import Any

import numpy as np
import paddle
import safetensors.numpy
from numpy.typing import NDArray
from paddle import nn
from safetensors.numpy import load_file

import weights
from lapstyle import checkpoints
from lapstyle.checkpoints import Checkpoint, channels_of, load_checkpoint, revision_name
from lapstyle.frozen_encoder import FrozenEncoder
from lapstyle.networks import DraftingNet, Encoder, UniversalRevisionNet
from lapstyle.pack_metadata import name_of
from lapstyle.packs import write_pack
from lapstyle.stages import Networks
from lapstyle.styles import Style
from lapstyle.training_settings import START, StyleTraining
from workbench.errors import CheckpointMismatch, TrainingDiverged
from workbench.output_file import put_in_place
from workbench.picture import Picture
from workbench.processors import given_threads
from workbench.training_state import load

DEEPER = "vgg19_relu5_1.safetensors"  # the encoder's layers that only losses use
REVISIONS = 2
FIRST_RESIDUAL = 1e-3  # deviation of the weights that make a new revision's residual
WIDE = "net_enc.enc_1.0."  # parameters that are float32 in the file: the conversion of colours


def start_checkpoint(settings: StyleTraining, output: Path) -> Checkpoint:
    """The weights to begin with.

    Raises:
        StudioError: the file cannot be used; CheckpointMismatch also where its revisions are PaddleGAN's.
    """
    copy = output / START
    if settings.start in ("universal", "scratch"):
        return load_checkpoint(weights.path(weights.UNIVERSAL))
    checkpoint = load_checkpoint(copy if copy.is_file() else settings.start)
    if checkpoint.kind != "universal" or checkpoint.revisions != REVISIONS:
        reason = "is of another kind than the universal weights, which alone can be taught"
        raise CheckpointMismatch(
            path=Path(settings.start), wanted="checkpoint to begin with", parameter=revision_name(1), reason=reason
        )
    return checkpoint


def load_networks(base: Checkpoint, settings: StyleTraining) -> Networks:
    """The networks, all frozen; decoder and revisions random where the training begins from scratch."""
    paddle.seed(settings.seed)
    scratch = settings.start == "scratch"
    parameters = dict(load_file(weights.path(DEEPER))) | base.parameters
    identities = "net_enc.enc_4.7.weight" not in base.parameters
    encoder = Encoder(identities)
    drafting = DraftingNet()
    channels = [channels_of(base.network(revision_name(number)).get("down.weight")) for number in (1, 2)]
    revisions = [UniversalRevisionNet(width) for width in channels]
    load(encoder, parameters, "net_enc.")
    if scratch:
        for revision in revisions:
            _hush(revision)
    else:
        load(drafting, parameters, "net_dec.")
        for number, revision in enumerate(revisions, 1):
            load(revision, parameters, f"{revision_name(number)}.")
    networks: list[nn.Layer] = [encoder, drafting, *revisions]
    for network in networks:
        for parameter in network.parameters():
            parameter.stop_gradient = True
    # A GPU's Paddle is as fast as anything; a checkpoint with conv3_4 is rare.
    on_gpu = paddle.get_device().startswith("gpu")
    sees = encoder if on_gpu or not identities else FrozenEncoder(encoder, given_threads())
    return Networks(sees, drafting, revisions, base.palette, base.grain)


def _hush(revision: UniversalRevisionNet) -> None:
    """A new revision adds nearly nothing, and modulates by nothing."""
    random = np.random.default_rng(0)
    shape = revision.up.weight.shape
    revision.up.weight.set_value((FIRST_RESIDUAL * random.standard_normal(shape)).astype(np.float32))
    last: nn.Linear = revision.style[2]
    last.weight.set_value(np.zeros(last.weight.shape, np.float32))


def save_pack(
    path: Path,
    settings: StyleTraining,
    *,
    style: Style,
    base: Checkpoint,
    learned: dict[str, NDArray[np.float32]],
    preview: Picture,
) -> None:
    """What was learned of one painting, as a pack; raises as `write_pack`, or `TrainingDiverged`."""
    _check_half(path, learned)
    write_pack(
        path,
        name=settings.name or name_of(settings.painting),
        artist=settings.artist,
        licence=settings.licence,
        painting=Picture(style.pixels),
        preview=preview,
        base=base.sha256,
        parameters=learned,
    )


def save_checkpoint(path: Path, base: Checkpoint, learned: dict[str, NDArray[np.float32]]) -> None:
    """All networks as a file in the shipped weights' layout, whole or not at all."""
    _check_half(path, learned)
    parameters = base.parameters | learned
    tensors: dict[str, NDArray[Any]] = {
        name: np.ascontiguousarray(values, np.float32 if name.startswith(WIDE) else np.float16)
        for name, values in parameters.items()
    }
    described = checkpoints.describing("universal", palette=base.palette, grain=base.grain)
    metadata = {"format": "lapstyle", **described, "revisions": str(REVISIONS)}
    put_in_place(path, safetensors.numpy.save(tensors, metadata))


def _check_half(path: Path, learned: dict[str, NDArray[np.float32]]) -> None:
    with np.errstate(over="ignore"):
        if not all(np.isfinite(values.astype(np.float16)).all() for values in learned.values()):
            raise TrainingDiverged(path=path.parent)
