"""CycleGAN's networks (Zhu et al., ICCV 2017, arXiv 1703.10593) and the super-resolution network, in Paddle.

Pictures of generator and discriminator are RGB in [-1, 1], those of the super-resolution network in [0, 1]; all are
[batch, 3, height, width] float32. Parameter names of generator and discriminator are PaddleGAN's (`ResnetGenerator`,
`NLayerDiscriminator`), so that its checkpoints load unchanged.
"""

from paddle import Tensor, nn

from cyclegan.architecture import Architecture, Norm


def normalization(norm: Norm, channels: int) -> nn.Layer:
    if norm == "batch":
        return nn.BatchNorm2D(channels)
    affine = None if norm == "affine instance" else False
    return nn.InstanceNorm2D(channels, weight_attr=affine, bias_attr=affine)


class ResnetBlock(nn.Layer):
    """Two 3x3 convolutions behind reflections, normalized, on top of the identity."""

    def __init__(self, channels: int, norm: Norm) -> None:
        super().__init__()
        bias = biased(norm)
        self.conv_block = nn.Sequential(
            nn.Pad2D([1, 1, 1, 1], mode="reflect"),
            nn.Conv2D(channels, channels, (3, 3), bias_attr=bias),
            normalization(norm, channels),
            nn.ReLU(),
            nn.Pad2D([1, 1, 1, 1], mode="reflect"),
            nn.Conv2D(channels, channels, (3, 3), bias_attr=bias),
            normalization(norm, channels),
        )

    def forward(self, features: Tensor) -> Tensor:
        return features + self.conv_block(features)


class ResnetGenerator(nn.Layer):
    """Translates a picture (Zhu et al., appendix 7.2; Johnson et al. 2016): down by 4, residual blocks, up again.

    Args:
        architecture: 6 blocks are for training pictures of 128 px, 9 for 256 px and more.
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        channels, blocks, norm = architecture.channels, architecture.blocks, architecture.norm
        bias = biased(norm)

        def normalized(convolution: nn.Layer, channels_out: int) -> list[nn.Layer]:
            return [convolution, normalization(norm, channels_out), nn.ReLU()]

        def down(before: int, after: int) -> list[nn.Layer]:
            return normalized(nn.Conv2D(before, after, (3, 3), stride=2, padding=1, bias_attr=bias), after)

        def up(before: int, after: int) -> list[nn.Layer]:
            layer = nn.Conv2DTranspose(before, after, (3, 3), stride=2, padding=1, output_padding=1, bias_attr=bias)
            return normalized(layer, after)

        self.model = nn.Sequential(
            nn.Pad2D([3, 3, 3, 3], mode="reflect"),
            *normalized(nn.Conv2D(3, channels, (7, 7), bias_attr=bias), channels),
            *down(channels, 2 * channels),
            *down(2 * channels, 4 * channels),
            *(ResnetBlock(4 * channels, norm) for _ in range(blocks)),
            *up(4 * channels, 2 * channels),
            *up(2 * channels, channels),
            nn.Pad2D([3, 3, 3, 3], mode="reflect"),
            nn.Conv2D(channels, 3, (7, 7)),
            nn.Tanh(),
        )

    def forward(self, picture: Tensor) -> Tensor:
        """[batch, 3, height, width] -> the same shape, where height and width are multiples of 4, at least 8."""
        return self.model(picture)


class PatchDiscriminator(nn.Layer):
    """Real or translated, patch by patch (Isola et al. 2017): each score sees 70x70 pixels.

    Args:
        channels: ndf, of the first layer.
    """

    def __init__(self, channels: int = 64, norm: Norm = "instance") -> None:
        super().__init__()
        bias = biased(norm)
        layers: list[nn.Layer] = [
            nn.Conv2D(3, channels, (4, 4), stride=2, padding=1, bias_attr=bias),
            nn.LeakyReLU(0.2),
        ]
        for before, after, stride in ((1, 2, 2), (2, 4, 2), (4, 8, 1)):
            layers += [
                nn.Conv2D(before * channels, after * channels, (4, 4), stride=stride, padding=1, bias_attr=bias),
                normalization(norm, after * channels),
                nn.LeakyReLU(0.2),
            ]
        self.model = nn.Sequential(*layers, nn.Conv2D(8 * channels, 1, (4, 4), padding=1))

    def forward(self, picture: Tensor) -> Tensor:
        """[batch, 3, height, width] -> scores [batch, 1, about height / 8, about width / 8]."""
        return self.model(picture)


def biased(norm: Norm) -> bool | None:
    """What `bias_attr` says of a convolution before a norm: batch norm shifts by itself (False), else there is one."""
    return False if norm == "batch" else None


class ResidualBlock(nn.Layer):
    """Of `cycleGAN`: two normalized 3x3 convolutions on top of the identity."""

    def __init__(self, channels: int = 64) -> None:
        super().__init__()
        self.conv1 = nn.Conv2D(channels, channels, (3, 3), padding=1)
        self.bn1 = nn.BatchNorm2D(channels)
        self.prelu = nn.PReLU()
        self.conv2 = nn.Conv2D(channels, channels, (3, 3), padding=1)
        self.bn2 = nn.BatchNorm2D(channels)

    def forward(self, features: Tensor) -> Tensor:
        return features + self.bn2(self.conv2(self.prelu(self.bn1(self.conv1(features)))))


class cycleGAN(nn.Layer):  # noqa: N801, the name that the original program and its checkpoints use
    """The original program's network. Despite its name it is super-resolution: SRResNet's form (Ledig et al. 2017).

    It has no discriminator and no cycle; one picture goes in, and one that is larger comes out.

    Args:
        upscale_factor: int(upscale_factor / 2) stages double the size, so 2 enlarges by 2 and 4 by 4, as they say; but
            3 enlarges by 2, 6 by 8 and 8 by 16, and 1 does not enlarge at all.
        num_residual_blocks: before the enlargement.
    """

    def __init__(self, upscale_factor: int = 4, num_residual_blocks: int = 16) -> None:
        super().__init__()
        self.conv1 = nn.Conv2D(3, 64, (3, 3), padding=1)
        self.prelu = nn.PReLU()
        self.residual_blocks = nn.Sequential(*(ResidualBlock() for _ in range(num_residual_blocks)))
        self.conv2 = nn.Conv2D(64, 64, (3, 3), padding=1)
        self.bn2 = nn.BatchNorm2D(64)
        stages: list[nn.Layer] = []
        for _ in range(int(upscale_factor / 2)):
            stages += [
                nn.Conv2DTranspose(64, 64, (3, 3), stride=2, padding=1, output_padding=1),
                nn.BatchNorm2D(64),
                nn.PReLU(),
            ]
        self.upsampling = nn.Sequential(*stages)
        self.conv3 = nn.Conv2D(64, 3, (3, 3), padding=1)

    def forward(self, picture: Tensor) -> Tensor:
        """[batch, 3, height, width] -> [batch, 3, scale * height, scale * width], not clipped."""
        residual = self.residual_blocks(self.prelu(self.conv1(picture)))
        # SRResNet adds conv1's output here; the original adds that of the residual blocks.
        return self.conv3(self.upsampling(self.bn2(self.conv2(residual)) + residual))
