"""What a ResNet generator may look like, and the parameters that follow from it; no Paddle here."""

from dataclasses import dataclass
from typing import Literal

from workbench.checkpoint_file import Shapes

Norm = Literal["instance", "affine instance", "batch"]
"""Instance norm without and with a scale and a shift of each channel, or batch norm (which has both)."""


@dataclass(frozen=True)
class Architecture:
    """Of a generator.

    Attributes:
        channels: ngf, of the first layer; the residual blocks have four times as many.
        blocks: residual blocks.
    """

    channels: int = 64
    blocks: int = 9
    norm: Norm = "instance"


def convolution_shapes(architecture: Architecture) -> Shapes:
    """The weight of every convolution, by layer, in the order of the network."""
    ngf, first_up = architecture.channels, 10 + architecture.blocks
    shapes: Shapes = {
        "model.1": (ngf, 3, 7, 7),
        "model.4": (2 * ngf, ngf, 3, 3),
        "model.7": (4 * ngf, 2 * ngf, 3, 3),
    }
    for block in range(10, first_up):
        shapes |= {f"model.{block}.conv_block.{layer}": (4 * ngf, 4 * ngf, 3, 3) for layer in (1, 5)}
    return shapes | {
        f"model.{first_up}": (4 * ngf, 2 * ngf, 3, 3),  # transposed: channels in first
        f"model.{first_up + 3}": (2 * ngf, ngf, 3, 3),
        f"model.{first_up + 7}": (3, ngf, 7, 7),
    }


def norm_channels(architecture: Architecture) -> dict[str, int]:
    """Every normalized layer's channels, by the norm's name: it comes next after its convolution."""
    convolutions = list(convolution_shapes(architecture).items())[:-1]
    first_up = convolutions[-2][0]
    norms = {}
    for name, shape in convolutions:
        start, _, number = name.rpartition(".")
        transposed = int(name.split(".")[1]) >= int(first_up.split(".")[1])
        norms[f"{start}.{int(number) + 1}"] = shape[1] if transposed else shape[0]
    return norms


def generator_shapes(architecture: Architecture) -> Shapes:
    """Every parameter of `networks.ResnetGenerator`, in the order of the network."""
    norms = norm_channels(architecture)
    own = {
        "instance": (),
        "affine instance": ("scale", "bias"),
        "batch": ("weight", "bias", "_mean", "_variance"),
    }[architecture.norm]
    shapes: Shapes = {}
    for (name, shape), (norm, channels) in zip(
        convolution_shapes(architecture).items(), [*norms.items(), ("", 3)], strict=True
    ):
        shapes[f"{name}.weight"] = shape
        if architecture.norm != "batch" or not norm:
            shapes[f"{name}.bias"] = (channels,)
        if norm:
            shapes |= {f"{norm}.{parameter}": (channels,) for parameter in own}
    return shapes
