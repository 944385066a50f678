"""The whole LapStyle model, in Paddle (Lin et al., CVPR 2021, arXiv 2104.05376: "Drafting and Revision").

Pictures are RGB in [0, 1], [batch, 3, height, width] float32. Parameter names are PaddleGAN's, so that its checkpoints
load unchanged; `UniversalRevisionNet` is this project's own.
"""

from typing import Any

import paddle
from paddle import Tensor, nn
from paddle.nn import functional

EPSILON = 1e-5  # inside the root of every standard deviation, as PaddleGAN's
LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
DRAFT_LAYERS = ("relu2_1", "relu3_1", "relu4_1")

Statistics = tuple[Tensor, Tensor]
"""Mean and standard deviation of a feature map over its positions, each [batch, channels, 1, 1]."""


def statistics(features: Tensor, unbiased: bool = False) -> Statistics:
    """Mean and standard deviation over height and width, each [batch, channels, 1, 1].

    Args:
        features: [batch, channels, height, width].
        unbiased: divide by positions - 1, as PaddleGAN does; our own weights were trained with the biased variance.
    """
    flat = features.flatten(2)
    mean = flat.mean(axis=2)
    variance = (flat - mean.unsqueeze(2)).square().mean(axis=2)
    if unbiased:
        positions = paddle.shape(flat)[2].astype("float32")
        variance = variance * (positions / (positions - 1))
    deviation = paddle.sqrt(variance + EPSILON)
    return mean.unsqueeze(-1).unsqueeze(-1), deviation.unsqueeze(-1).unsqueeze(-1)


def adaptive_instance_normalization(own: Statistics, target: Statistics) -> Statistics:
    """AdaIN (Huang & Belongie 2017, eq. 8) as gain and offset: features * gain + offset has the target's statistics.

    (features - mean) / deviation * target deviation + target mean, with the factors gathered, so that what is left to
    do for every position is one multiply-add.
    """
    gain = target[1] / own[1]
    return gain, target[0] - own[0] * gain


def reflected(channels_in: int, channels_out: int, stride: int = 1) -> list[nn.Layer]:
    """A 3x3 convolution behind one pixel of reflection, the building block of encoder and decoder."""
    return [nn.Pad2D([1, 1, 1, 1], mode="reflect"), nn.Conv2D(channels_in, channels_out, (3, 3), stride=stride)]


def enlarge(features: Tensor, size: Any) -> Tensor:
    """Nearest neighbour. By `size=`: paddle2onnx and oneDNN fail on `scale_factor=2`."""
    return functional.interpolate(features, size=size, mode="nearest")


class Encoder(nn.Layer):
    """VGG-19 up to relu5_1 (or, for painting, relu4_1), with reflection padding and ceil-mode pooling.

    conv3_4 and conv4_4 (`enc_4.7`, `enc_5.7`) are identities in our weights and absent from the file: with
    `identities=True` they are skipped, which costs nothing and is exact behind a ReLU.
    """

    def __init__(self, identities: bool = True, deepest: str = "relu5_1") -> None:
        super().__init__()
        pool = [nn.MaxPool2D((2, 2), (2, 2), (0, 0), ceil_mode=True)]

        def conv(channels_in: int, channels_out: int) -> list[nn.Layer]:
            return [*reflected(channels_in, channels_out), nn.ReLU()]

        def fourth(channels: int) -> list[nn.Layer]:
            return [nn.Identity(), nn.Identity(), nn.Identity()] if identities else conv(channels, channels)

        self.enc_1 = nn.Sequential(nn.Conv2D(3, 3, (1, 1)), *conv(3, 64))
        self.enc_2 = nn.Sequential(*conv(64, 64), *pool, *conv(64, 128))
        self.enc_3 = nn.Sequential(*conv(128, 128), *pool, *conv(128, 256))
        self.enc_4 = nn.Sequential(*conv(256, 256), *conv(256, 256), *fourth(256), *pool, *conv(256, 512))
        if deepest == "relu5_1":
            self.enc_5 = nn.Sequential(*conv(512, 512), *conv(512, 512), *fourth(512), *pool, *conv(512, 512))

    def forward(self, picture: Tensor, through: str = "relu5_1") -> dict[str, Tensor]:
        """Features of every layer up to `through`; at layer k, sides are the picture's over 2^(k-1), rounded up."""
        features: dict[str, Tensor] = {}
        value = picture
        for layer in LAYERS[: LAYERS.index(through) + 1]:
            value = features[layer] = getattr(self, "enc_" + layer[4])(value)
        return features


class ResidualBlock(nn.Layer):
    """x + conv(relu(conv(x))), each convolution behind one pixel of reflection."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv_block = nn.Sequential(*reflected(channels, channels), nn.ReLU(), *reflected(channels, channels))

    def forward(self, features: Tensor) -> Tensor:
        return features + self.conv_block(features)


class ConvBlock(nn.Layer):
    """relu(conv(x)) behind one pixel of reflection."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.conv_block = nn.Sequential(*reflected(channels_in, channels_out), nn.ReLU())

    def forward(self, features: Tensor) -> Tensor:
        return self.conv_block(features)


class DraftingNet(nn.Layer):
    """The decoder of the drafting network (Lin et al., sec. 3.2): AdaIN at three layers, merged by skip connections.

    `unbiased` is the variance of AdaIN: True for PaddleGAN's checkpoints, False for ours.
    """

    def __init__(self, unbiased: bool = False) -> None:
        super().__init__()
        self.unbiased = unbiased
        self.resblock_41 = ResidualBlock(512)
        self.convblock_41 = ConvBlock(512, 256)
        self.resblock_31 = ResidualBlock(256)
        self.convblock_31 = ConvBlock(256, 128)
        self.convblock_21 = ConvBlock(128, 128)
        self.convblock_22 = ConvBlock(128, 64)
        self.convblock_11 = ConvBlock(64, 64)
        self.final_conv = nn.Sequential(*reflected(64, 3))

    def forward(self, content: dict[str, Tensor], target: dict[str, Statistics]) -> Tensor:
        """Content features of a picture whose sides are multiples of 8, and the statistics to give them -> the draft.

        Returns:
            [batch, 3, height, width], about [0, 1] but not clamped.
        """
        return self.decode(
            {
                layer: (
                    content[layer],
                    *adaptive_instance_normalization(statistics(content[layer], self.unbiased), target[layer]),
                )
                for layer in DRAFT_LAYERS
            }
        )

    def decode(self, styled: dict[str, tuple[Tensor, Tensor, Tensor]]) -> Tensor:
        """Features, gain and offset of each of the three layers -> the draft. The part that is exported."""
        return self.finished(*self.begun(styled))

    def begun(self, styled: dict[str, tuple[Tensor, Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
        """The first part of `decode`, whose layers a style pack leaves as they are.

        Returns:
            What goes into `resblock_31`, [batch, 256, height / 4, width / 4], and the features of relu2_1 with the
            style's statistics, [batch, 128, height / 2, width / 2].
        """
        relu2_1, relu3_1, relu4_1 = [styled[layer][0] * styled[layer][1] + styled[layer][2] for layer in DRAFT_LAYERS]
        value = self.convblock_41(self.resblock_41(relu4_1))
        return enlarge(value, paddle.shape(relu3_1)[2:]) + relu3_1, relu2_1

    def finished(self, value: Tensor, relu2_1: Tensor) -> Tensor:
        """What `begun` returns -> the draft."""
        value = self.convblock_31(self.resblock_31(value))
        value = enlarge(value, paddle.shape(relu2_1)[2:]) + relu2_1
        value = self.convblock_22(self.convblock_21(value))
        value = enlarge(value, paddle.shape(value)[2:] * 2)
        return self.final_conv(self.convblock_11(value))


class RevisionNet(nn.Layer):
    """PaddleGAN's revision network (Lin et al., sec. 3.3), made for one style: down, a residual block, up."""

    def __init__(self) -> None:
        super().__init__()
        self.DownBlock = nn.Sequential(*reflected(6, 64), nn.ReLU(), *reflected(64, 64, stride=2), nn.ReLU())
        self.resblock = ResidualBlock(64)
        self.UpBlock = nn.Sequential(nn.Identity(), *reflected(64, 64), nn.ReLU(), *reflected(64, 3))

    def forward(self, stack: Tensor) -> Tensor:
        """[Laplacian, enlarged previous result], [batch, 6, height, width], even sides -> residual, 3 channels.

        PaddleGAN enlarges by `nn.Upsample`, which has no parameters, as the first layer of `UpBlock`: the identity
        keeps its place in the names.
        """
        features = self.resblock(self.DownBlock(stack))
        return self.UpBlock(enlarge(features, paddle.shape(stack)[2:]))


class ModulatedResidualBlock(nn.Layer):
    """x + conv2(relu(conv1(x) * (1 + scale) + shift)), zero padding."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2D(channels, channels, (3, 3), padding=1)
        self.conv2 = nn.Conv2D(channels, channels, (3, 3), padding=1)

    def forward(self, features: Tensor, scale: Tensor | None = None, shift: Tensor | None = None) -> Tensor:
        hidden = self.conv1(features)
        if scale is not None and shift is not None:
            hidden = hidden * (1 + scale) + shift
        return features + self.conv2(functional.relu(hidden))


class UniversalRevisionNet(nn.Layer):
    """Our revision network, for any style: at half resolution, modulated by the style's statistics.

    It departs from the paper's (sec. 3.3) in three ways. The steps down and up are a pixel unshuffle and shuffle, so
    that every convolution runs at half resolution: 42k multiply-adds a pixel with 64 channels and 12k with 32, against
    70k. The residual blocks are scaled and shifted by what an MLP makes of the style's statistics. And it pads once, by
    reflection, with zero padding inside, so that tiles with a halo of real pixels give the same result as the whole
    picture.

    Attributes:
        channels: of every layer; see `checkpoints.REVISION_CHANNELS`.
    """

    BLOCKS = 2
    STYLE_LAYERS = ("relu1_1", "relu2_1", "relu3_1")
    STYLE_NUMBERS = 2 * (64 + 128 + 256)
    HALO = 16  # pixels of reflection; the receptive field reaches 13 px to each side

    def __init__(self, channels: int = 64) -> None:
        super().__init__()
        self.channels = channels
        self.down = nn.Conv2D(4 * 6, channels, (3, 3), padding=1)
        self.blocks = nn.LayerList([ModulatedResidualBlock(channels) for _ in range(self.BLOCKS)])
        self.up = nn.Conv2D(channels, 4 * 3, (3, 3), padding=1)
        self.style = nn.Sequential(
            nn.Linear(self.STYLE_NUMBERS, 128), nn.ReLU(), nn.Linear(128, 2 * channels * self.BLOCKS)
        )

    def forward(self, stack: Tensor, style: Tensor) -> Tensor:
        """[Laplacian, enlarged previous result], [batch, 6, height, width], and the style -> residual, 3 channels.

        Args:
            stack: sides even and more than 16 px.
            style: [batch, 896], mean then standard deviation of relu1_1, relu2_1 and relu3_1.
        """
        halo = self.HALO
        padded = functional.pad(stack, [halo] * 4, mode="reflect")
        return self.body(padded, self.modulation(style))[:, :, halo:-halo, halo:-halo]

    def modulation(self, style: Tensor) -> Tensor:
        """Style [batch, 896] -> [batch, blocks, 2 (scale, shift), channels]."""
        return self.style(style).reshape([-1, self.BLOCKS, 2, self.channels])

    def body(self, padded: Tensor, modulation: Tensor | None = None) -> Tensor:
        """Everything between the padding and the crop; the outer 13 px of the result are not valid.

        Without a modulation the blocks are plain: that is what is exported, because for one style, scale and shift
        fold into the weights of `conv1` (see `engine.py`), and the runtime then fuses everything it can.
        """
        features = functional.relu(
            functional.conv2d(padded, self.unshuffling_weight(), self.down.bias, stride=2, padding=2)
        )
        for index, block in enumerate(self.blocks):
            if modulation is None:
                features = block(features)
            else:
                scale, shift = (modulation[:, index, part].unsqueeze(-1).unsqueeze(-1) for part in (0, 1))
                features = block(features, scale, shift)
        return functional.pixel_shuffle(self.up(functional.relu(features)), 2)

    def unshuffling_weight(self) -> Tensor:
        """`down` behind a pixel unshuffle, as one 6x6 convolution of stride 2: the same numbers, one pass less.

        Input channel 4 c + 2 dy + dx of the unshuffled picture at (y, x) is channel c of the picture at
        (2 y + dy, 2 x + dx).
        """
        weight = self.down.weight.reshape([self.channels, 6, 2, 2, 3, 3])
        return weight.transpose([0, 1, 4, 2, 5, 3]).reshape([self.channels, 6, 6, 6])


class PatchDiscriminator(nn.Layer):
    """Real or painted, patch by patch (Lin et al., sec. 3.3): three convolutions of 32 channels; PaddleGAN's names."""

    def __init__(self, channels: int = 32) -> None:
        super().__init__()
        self.head = nn.Sequential(
            ("conv", nn.Conv2D(3, channels, (3, 3), padding=1)),
            ("norm", nn.BatchNorm2D(channels)),
            ("LeakyRelu", nn.LeakyReLU(0.2)),
        )
        self.body = nn.Sequential(
            ("conv1", nn.Conv2D(channels, channels, (3, 3), padding=1)),
            ("norm1", nn.BatchNorm2D(channels)),
            ("LeakyRelu1", nn.LeakyReLU(0.2)),
        )
        self.tail = nn.Conv2D(channels, 1, (3, 3), padding=1)

    def forward(self, picture: Tensor) -> Tensor:
        """[batch, 3, height, width] -> scores [batch, 1, height, width]."""
        return self.tail(self.body(self.head(picture)))
