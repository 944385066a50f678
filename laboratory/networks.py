"""The networks of `lapstyle.networks` once more, in PyTorch: the same forward, under the same parameter names.

Pictures are RGB in [0, 1], [batch, 3, height, width].
"""

import json
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional

EPSILON = 1e-5  # inside the root of every standard deviation
LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
DRAFT_LAYERS = ("relu2_1", "relu3_1", "relu4_1")

Statistics = tuple[Tensor, Tensor]


def fast_convolutions() -> torch.autocast:
    """Convolutions in bfloat16 where the processor has them: elsewhere they take four times as long as in float32."""
    supported = torch.cpu._is_avx512_bf16_supported()
    return torch.autocast("cpu", torch.bfloat16, enabled=supported)


def statistics(features: Tensor) -> Statistics:
    """Mean and standard deviation over height and width, each [batch, channels, 1, 1]."""
    mean = features.mean((2, 3), keepdim=True)
    return mean, ((features - mean).square().mean((2, 3), keepdim=True) + EPSILON).sqrt()


def normalized(features: Tensor) -> Tensor:
    """Every channel with mean 0 and standard deviation 1."""
    mean, deviation = statistics(features)
    return (features - mean) / deviation


def halve(picture: Tensor) -> Tensor:
    """The mean of each 2x2."""
    return functional.avg_pool2d(picture, 2)


def enlarge(picture: Tensor, like: Tensor) -> Tensor:
    """To the size of another picture, bilinear."""
    return functional.interpolate(picture, size=like.shape[2:], mode="bilinear", align_corners=False)


def reflected(channels_in: int, channels_out: int) -> list[nn.Module]:
    """A 3x3 convolution behind one pixel of reflection."""
    return [nn.ReflectionPad2d(1), nn.Conv2d(channels_in, channels_out, 3)]


class Encoder(nn.Module):
    """VGG-19 to relu5_1, conv3_4 and conv4_4 left out; frozen."""

    def __init__(self) -> None:
        super().__init__()
        pool = [nn.MaxPool2d(2, 2, ceil_mode=True)]
        fourth = [nn.Identity(), nn.Identity(), nn.Identity()]

        def conv(channels_in: int, channels_out: int) -> list[nn.Module]:
            return [*reflected(channels_in, channels_out), nn.ReLU()]

        self.enc_1 = nn.Sequential(nn.Conv2d(3, 3, 1), *conv(3, 64))
        self.enc_2 = nn.Sequential(*conv(64, 64), *pool, *conv(64, 128))
        self.enc_3 = nn.Sequential(*conv(128, 128), *pool, *conv(128, 256))
        self.enc_4 = nn.Sequential(*conv(256, 256), *conv(256, 256), *fourth, *pool, *conv(256, 512))
        self.enc_5 = nn.Sequential(*conv(512, 512), *conv(512, 512), *fourth, *pool, *conv(512, 512))
        self.requires_grad_(False)

    def forward(self, picture: Tensor, through: str = "relu5_1") -> dict[str, Tensor]:
        """Features of every layer up to `through`."""
        features: dict[str, Tensor] = {}
        value = picture.contiguous(memory_format=torch.channels_last)
        for layer in LAYERS[: LAYERS.index(through) + 1]:
            value = features[layer] = getattr(self, "enc_" + layer[4])(value)
        return features


class ResidualBlock(nn.Module):
    """x + conv(relu(conv(x)))."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv_block = nn.Sequential(*reflected(channels, channels), nn.ReLU(), *reflected(channels, channels))

    def forward(self, features: Tensor) -> Tensor:
        return features + self.conv_block(features)


class ConvBlock(nn.Module):
    """relu(conv(x))."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.conv_block = nn.Sequential(*reflected(channels_in, channels_out), nn.ReLU())

    def forward(self, features: Tensor) -> Tensor:
        return self.conv_block(features)


class DraftingNet(nn.Module):
    """The decoder of the drafting network (Lin et al. 2021, sec. 3.2)."""

    def __init__(self) -> None:
        super().__init__()
        self.resblock_41 = ResidualBlock(512)
        self.convblock_41 = ConvBlock(512, 256)
        self.resblock_31 = ResidualBlock(256)
        self.convblock_31 = ConvBlock(256, 128)
        self.convblock_21 = ConvBlock(128, 128)
        self.convblock_22 = ConvBlock(128, 64)
        self.convblock_11 = ConvBlock(64, 64)
        self.final_conv = nn.Sequential(*reflected(64, 3))

    def forward(self, content: dict[str, Tensor], target: dict[str, Statistics]) -> Tensor:
        """Content features and the statistics to give them -> the draft."""

        def enlarge(value: Tensor) -> Tensor:
            return functional.interpolate(value, scale_factor=2, mode="nearest")

        relu2_1, relu3_1, relu4_1 = [
            normalized(content[layer]) * target[layer][1] + target[layer][0] for layer in DRAFT_LAYERS
        ]
        value = self.convblock_41(self.resblock_41(relu4_1))
        value = self.convblock_31(self.resblock_31(enlarge(value) + relu3_1))
        value = self.convblock_22(self.convblock_21(enlarge(value) + relu2_1))
        picture: Tensor = self.final_conv(self.convblock_11(enlarge(value)))
        return picture


class ModulatedResidualBlock(nn.Module):
    """x + conv2(relu(conv1(x) * (1 + scale) + shift))."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, features: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        hidden = functional.relu(self.conv1(features) * (1 + scale) + shift)
        return features + self.conv2(hidden)


class UniversalRevisionNet(nn.Module):
    """The revision network, modulated by the style's statistics."""

    BLOCKS, HALO = 2, 16
    STYLE_LAYERS = ("relu1_1", "relu2_1", "relu3_1")

    def __init__(self, channels: int = 64) -> None:
        super().__init__()
        self.channels = channels
        self.down = nn.Conv2d(4 * 6, channels, 3, padding=1)
        self.blocks = nn.ModuleList([ModulatedResidualBlock(channels) for _ in range(self.BLOCKS)])
        self.up = nn.Conv2d(channels, 4 * 3, 3, padding=1)
        self.style = nn.Sequential(nn.Linear(896, 128), nn.ReLU(), nn.Linear(128, 2 * channels * self.BLOCKS))

    def forward(self, stack: Tensor, target: dict[str, Statistics]) -> Tensor:
        """[Laplacian, enlarged previous result], 6 channels, and the style's statistics -> the residual."""
        vector = torch.cat([torch.cat(target[layer], 1).flatten(1) for layer in self.STYLE_LAYERS], 1)
        modulation = self.style(vector).view(len(vector), self.BLOCKS, 2, self.channels, 1, 1)
        padded = functional.pad(stack, (self.HALO,) * 4, mode="reflect")
        value = functional.relu(self.down(functional.pixel_unshuffle(padded, 2)))
        for index, block in enumerate(self.blocks):
            value = block(value, modulation[:, index, 0], modulation[:, index, 1])
        residual = functional.pixel_shuffle(self.up(functional.relu(value)), 2)
        return residual[:, :, self.HALO : -self.HALO, self.HALO : -self.HALO]


def _transposed(name: str, value: Tensor) -> Tensor:
    """Paddle keeps a linear layer's weight as [in, out], PyTorch as [out, in]."""
    return value.t() if ".style." in name and name.endswith("weight") else value


def load_networks(weights: Path) -> tuple[Encoder, DraftingNet, list[UniversalRevisionNet]]:
    """The networks of `lapstyle_universal.safetensors`, with the deeper encoder beside it, in float32."""
    state: dict[str, Tensor] = {}
    for path in (weights, Path(__file__).parent.parent / "weights" / "vgg19_relu5_1.safetensors"):
        with safe_open(path, "pt") as file:
            state.update({name: _transposed(name, file.get_tensor(name)).float() for name in file.keys()})  # noqa: SIM118 (not a dict)
    encoder, draft = Encoder(), DraftingNet()
    _fill(encoder, "net_enc.", state)
    _fill(draft, "net_dec.", state)
    revisions = []
    for prefix in ("net_rev.", "net_rev_2."):
        revision = UniversalRevisionNet(len(state[prefix + "down.bias"]))
        _fill(revision, prefix, state)
        revisions.append(revision)
    return encoder, draft, revisions


def palette_and_grain(weights: Path) -> tuple[bool, bool]:
    """Whether a file's drafts are given the painting's palette, and the photos that they are painted from grain."""
    with safe_open(weights, "pt") as file:
        return "palette" in file.metadata(), "grain" in file.metadata()


def _fill(network: nn.Module, prefix: str, state: dict[str, Tensor]) -> None:
    network.load_state_dict({name[len(prefix) :]: value for name, value in state.items() if name.startswith(prefix)})
    network.to(memory_format=torch.channels_last)


def save_network(base: Path, prefix: str, parameters: dict[str, Tensor], palette: bool, path: Path) -> None:
    """Write `base` to `path` with the parameters under `prefix` replaced, as float16.

    Args:
        palette: whether drafts are recoloured; `lapstyle.checkpoints` reads it in the metadata.
    """
    with safe_open(base, "pt") as file:
        metadata, state = file.metadata(), {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    state = {name: value for name, value in state.items() if not name.startswith(prefix)}
    for name, value in parameters.items():
        state[prefix + name] = _transposed(prefix + name, value).half().contiguous()
    metadata = {**metadata, "grain": "3/255"} | ({"palette": "mean,covariance,quantiles"} if palette else {})
    beside = path.with_suffix(".partial")
    save_file(state, beside, metadata=metadata)
    beside.replace(path)


def describe(parameters: dict[str, float]) -> str:
    """One line of a log."""
    return json.dumps({name: round(value, 3) for name, value in parameters.items()})
