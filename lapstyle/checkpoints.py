"""The networks' weights, from our own .safetensors and from PaddleGAN's .pdparams, checked parameter by parameter."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from workbench.checkpoint_file import Shapes, fitting, read_checkpoint
from workbench.errors import CheckpointMismatch
from workbench.safe_pickle import printable

Kind = Literal["universal", "paddlegan"]
PaletteKind = Literal["mean,covariance", "mean,covariance,quantiles"]

WANTED = "LapStyle"  # in error messages
STYLE_MODULATION = "relu1_1,relu2_1,relu3_1 mean,std"
GRAIN = "3/255"

NETWORK = re.compile(r"net_enc|net_dec|net_rev(_\w+)?")
REVISION = re.compile(r"net_rev(?:_([2-9]|1\d))?")
IDENTITIES = ("enc_4.7", "enc_5.7")  # conv3_4 and conv4_4; absent where they would change nothing
DEEPER = "enc_5."  # relu4_1 to relu5_1, which only training uses
ENCODER = (  # name, channels in, channels out, side
    ("enc_1.0", 3, 3, 1),
    ("enc_1.2", 3, 64, 3),
    ("enc_2.1", 64, 64, 3),
    ("enc_2.5", 64, 128, 3),
    ("enc_3.1", 128, 128, 3),
    ("enc_3.5", 128, 256, 3),
    ("enc_4.1", 256, 256, 3),
    ("enc_4.4", 256, 256, 3),
    ("enc_4.7", 256, 256, 3),
    ("enc_4.11", 256, 512, 3),
    ("enc_5.1", 512, 512, 3),
    ("enc_5.4", 512, 512, 3),
    ("enc_5.7", 512, 512, 3),
    ("enc_5.11", 512, 512, 3),
)
DRAFTING = (
    ("resblock_41.conv_block.1", 512, 512, 3),
    ("resblock_41.conv_block.4", 512, 512, 3),
    ("convblock_41.conv_block.1", 512, 256, 3),
    ("resblock_31.conv_block.1", 256, 256, 3),
    ("resblock_31.conv_block.4", 256, 256, 3),
    ("convblock_31.conv_block.1", 256, 128, 3),
    ("convblock_21.conv_block.1", 128, 128, 3),
    ("convblock_22.conv_block.1", 128, 64, 3),
    ("convblock_11.conv_block.1", 64, 64, 3),
    ("final_conv.1", 64, 3, 3),
)
PADDLEGAN_REVISION = (
    ("DownBlock.1", 6, 64, 3),
    ("DownBlock.4", 64, 64, 3),
    ("resblock.conv_block.1", 64, 64, 3),
    ("resblock.conv_block.4", 64, 64, 3),
    ("UpBlock.2", 64, 64, 3),
    ("UpBlock.5", 64, 3, 3),
)
REVISION_CHANNELS = (64, 32)
"""Of the universal revision networks: what training begins with, and what it can teach a faster one."""


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """Weights that fit the networks.

    Attributes:
        path: the file they came from.
        parameters: "net_enc.enc_1.2.weight" and so on, in the order of the networks: encoder, drafting decoder,
            revisions. float32, whatever the file has, finite, read-only, contiguous.
        kind: "universal": revisions are `UniversalRevisionNet`, everything is enlarged bilinearly, AdaIN takes the
            biased variance. "paddlegan": revisions are `RevisionNet`, their input is enlarged by nearest neighbour,
            AdaIN takes the unbiased variance.
        revisions: how many revision networks there are, at least 1: `net_rev`, `net_rev_2`, ...
        sha256: of the file, in hexadecimal.
        palette: what of the painting's colours the drafting network was trained to have its drafts' moved to.
        grain: whether it was trained on photos with `lapstyle.grain`.
    """

    path: Path
    parameters: dict[str, NDArray[np.float32]]
    kind: Kind
    revisions: int
    sha256: str
    palette: PaletteKind | None = None
    grain: bool = False

    @property
    def guided(self) -> bool:
        """Whether what it paints is held to the photo's forms (`lapstyle.guidance`): from the third version on."""
        return self.palette == "mean,covariance,quantiles"

    def network(self, name: str) -> dict[str, NDArray[np.float32]]:
        """The parameters of one network, "net_enc" for example, by the names they have within it."""
        start = f"{name}."
        return {
            parameter.removeprefix(start): array
            for parameter, array in self.parameters.items()
            if parameter.startswith(start)
        }


def revision_name(number: int) -> str:
    """Under which name a checkpoint holds revision network 1, 2, ..."""
    return "net_rev" if number == 1 else f"net_rev_{number}"


def load_checkpoint(path: Path | str) -> Checkpoint:
    """The weights in a .safetensors or .pdparams file, told apart by content.

    What training leaves behind (discriminator, optimizers, step) is passed over.

    Raises:
        CheckpointMissing: there is no such file.
        CheckpointUnreadable: it may not be opened.
        CheckpointUnsafe: it is a pickle that would run something; nothing has run.
        CheckpointDamaged: it is cut short, garbled, too large, or neither of the two formats.
        CheckpointMismatch: a parameter is missing, of another shape or type, not finite, or unknown.
    """
    file = read_checkpoint(path, WANTED)
    return fitted(_network_tensors(file.content), file.metadata, file.path, file.sha256)


def fitted(tensors: Mapping[str, object], metadata: Mapping[str, object], path: Path, sha256: str) -> Checkpoint:
    """The checkpoint that tensors by their full names make up; raises `CheckpointMismatch`."""
    kind = _kind(tensors, metadata, path)
    revisions = max((int(number or 1) for number in _revision_numbers(tensors)), default=1)
    return Checkpoint(
        path=path,
        parameters=fitting(tensors, _expected(tensors, kind, revisions), path, WANTED),
        kind=kind,
        revisions=revisions,
        sha256=sha256,
        palette=next((known for known in get_args(PaletteKind) if known == metadata.get("palette")), None),
        grain=metadata.get("grain") == GRAIN,
    )


def _network_tensors(saved: object) -> dict[str, object]:
    """What a .pdparams file holds under each parameter's full name, be it saved flat or as a dict of networks."""
    tensors: dict[str, object] = {}
    for name, value in saved.items() if isinstance(saved, dict) else ():
        if not isinstance(name, str) or not NETWORK.fullmatch(name.partition(".")[0]):
            continue
        if isinstance(value, dict):
            tensors.update({f"{name}.{parameter}": tensor for parameter, tensor in value.items()})
        else:
            tensors[name] = value
    return tensors


def _kind(names: Collection[str], metadata: Mapping[str, object], path: Path) -> Kind:
    """What the metadata says, or else the names: PaddleGAN writes no metadata."""
    described = tuple(map(metadata.get, ("upsampling", "style_modulation", "palette", "grain")))
    known = ("bilinear",), (STYLE_MODULATION,), (*get_args(PaletteKind), None), (GRAIN, None)
    if all(value in values for value, values in zip(described, known, strict=True)):
        return "universal"
    if described == ("nearest", None, None, None):
        return "paddlegan"
    if described != (None, None, None, None):
        reason = printable(f"asks for what this version does not know ({', '.join(map(str, described))})")
        raise CheckpointMismatch(path=path, wanted=WANTED, parameter="its metadata", reason=reason)
    return "universal" if any(name.partition(".")[2].startswith("style.") for name in names) else "paddlegan"


def describing(kind: Kind, *, palette: PaletteKind | None, grain: bool) -> dict[str, str]:
    """The metadata of a file that holds such weights; see `Checkpoint`."""
    if kind == "paddlegan":
        return {"upsampling": "nearest"}
    described = {"upsampling": "bilinear", "style_modulation": STYLE_MODULATION}
    return described | ({"palette": palette} if palette else {}) | ({"grain": GRAIN} if grain else {})


def only_trains(name: str) -> bool:
    """Whether a parameter is of the encoder's layers that painting does not use."""
    return name.startswith(f"net_enc.{DEEPER}")


def tunable_shapes(name: str) -> tuple[tuple[int, ...], ...]:
    """The shapes that a parameter of a universal drafting decoder or revision may have; none if it is of neither."""
    network = name.partition(".")[0]
    shapes: list[Shapes] = []
    if network == "net_dec":
        shapes = [_convolutions(network, DRAFTING)]
    elif REVISION.fullmatch(network):
        shapes = [_universal_revision(network, channels) for channels in REVISION_CHANNELS]
    return tuple(each[name] for each in shapes if name in each)


def _revision_numbers(names: Collection[str]) -> list[str | None]:
    matches = (REVISION.fullmatch(name.partition(".")[0]) for name in names)
    return [match[1] for match in matches if match]


def channels_of(first: object) -> int:
    """Channels of a universal revision network, told by the weight of its first convolution; 64 where it has none."""
    channels = first.shape[0] if isinstance(first, np.ndarray) and first.ndim else 0
    return channels if channels in REVISION_CHANNELS else REVISION_CHANNELS[0]


def _expected(tensors: Mapping[str, object], kind: Kind, revisions: int) -> Shapes:
    """The shape of every parameter, in the order of the networks; optional ones if there is anything of them."""

    def there(start: str) -> bool:
        return any(name.startswith(f"net_enc.{start}") for name in tensors)

    encoder = [
        layer
        for layer in ENCODER
        if (layer[0] not in IDENTITIES or there(f"{layer[0]}.")) and (not layer[0].startswith(DEEPER) or there(DEEPER))
    ]
    expected = {**_convolutions("net_enc", encoder), **_convolutions("net_dec", DRAFTING)}
    for network in map(revision_name, range(1, revisions + 1)):
        if kind == "paddlegan":
            expected |= _convolutions(network, PADDLEGAN_REVISION)
        else:
            expected |= _universal_revision(network, channels_of(tensors.get(f"{network}.down.weight")))
    return expected


def _universal_revision(network: str, channels: int) -> Shapes:
    convolutions = [
        ("down", 24, channels, 3),
        *((f"blocks.{block}.conv{number}", channels, channels, 3) for block in (0, 1) for number in (1, 2)),
        ("up", channels, 12, 3),
    ]
    return {
        **_convolutions(network, convolutions),
        f"{network}.style.0.weight": (896, 128),  # weights of linear layers are [inputs, outputs], as Paddle's
        f"{network}.style.0.bias": (128,),
        f"{network}.style.2.weight": (128, 4 * channels),
        f"{network}.style.2.bias": (4 * channels,),
    }


def _convolutions(network: str, layers: Collection[tuple[str, int, int, int]]) -> Shapes:
    shapes: Shapes = {}
    for name, channels_in, channels_out, side in layers:
        shapes[f"{network}.{name}.weight"] = (channels_out, channels_in, side, side)
        shapes[f"{network}.{name}.bias"] = (channels_out,)
    return shapes
