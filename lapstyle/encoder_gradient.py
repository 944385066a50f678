"""The encoder's way back: from gradients of its features to the picture's, as a network that can be exported.

`lapstyle/frozen_encoder.py` runs it by ONNX Runtime, which has no gradients of its own.
"""

from collections.abc import Sequence

import paddle
from paddle import Tensor, nn
from paddle.nn import functional

from lapstyle.networks import LAYERS, Encoder, enlarge

MAPS = {
    **{"relu1_1": 64, "relu1_2": 64},
    **{"relu2_1": 128, "relu2_2": 128},
    **{"relu3_1": 256, "relu3_2": 256, "relu3_3": 256},
    **{"relu4_1": 512, "relu4_2": 512, "relu4_3": 512},
    "relu5_1": 512,
}
"""What every convolution's ReLU gives, and its channels; without the identities conv3_4 and conv4_4."""


def maps_through(layer: str) -> list[str]:
    return list(MAPS)[: list(MAPS).index(layer) + 1]


def gradient_of(name: str) -> str:
    return f"gradient of {name}"


class EncoderMaps(nn.Layer):
    """Picture, its sides multiples of 16 px -> what every ReLU of the encoder gives."""

    def __init__(self, through: str) -> None:
        super().__init__()
        self.network = Encoder(deepest=through)
        self.through = through

    def forward(self, picture: Tensor) -> tuple[Tensor, ...]:
        value, maps = picture, []
        for layer in LAYERS[: LAYERS.index(self.through) + 1]:
            for part in getattr(self.network, "enc_" + layer[4]):
                value = part(value)
                if isinstance(part, nn.ReLU):
                    maps.append(value)
        return tuple(maps)


class EncoderGradient(nn.Layer):
    """Every ReLU's output and the gradients of the layers -> the gradient of the picture.

    The convolutions have the encoder's names and its kernels, turned (`frozen_encoder.turned`).
    """

    def __init__(self, through: str) -> None:
        super().__init__()
        self.layers = LAYERS[: LAYERS.index(through) + 1]
        encoder = Encoder()
        for layer in self.layers:
            parts = getattr(encoder, "enc_" + layer[4]).named_children()
            setattr(self, "enc_" + layer[4], nn.Sequential(*(back(*part) for part in parts if is_passed(part[1]))))

    def forward(self, maps: Sequence[Tensor], wanted: Sequence[Tensor]) -> Tensor:
        """
        Args:
            maps: as `EncoderMaps` gives them.
            wanted: gradients of the layers up to `through`.
        """
        gradient, number = paddle.zeros_like(wanted[-1]), len(maps)
        for index in reversed(range(len(self.layers))):
            gradient = gradient + wanted[index]
            for part in reversed(list(getattr(self, f"enc_{index + 1}").children())):
                if isinstance(part, nn.MaxPool2D):
                    gradient = pool_gradient(maps[number - 1], part(maps[number - 1]), gradient)
                elif part.weight.shape[2] == 1:
                    gradient = part(gradient)
                else:
                    number -= 1
                    gradient = reflection_gradient(part(gradient * (maps[number] > 0).astype("float32")))
        return gradient


def is_passed(layer: nn.Layer) -> bool:
    return isinstance(layer, nn.Conv2D | nn.MaxPool2D)


def back(name: str, layer: nn.Layer) -> tuple[str, nn.Layer]:
    if isinstance(layer, nn.MaxPool2D):
        return name, nn.MaxPool2D((2, 2), (2, 2))
    out, channels, side, _ = layer.weight.shape
    return name, nn.Conv2D(out, channels, (side, side), padding=side - 1, bias_attr=False)


def pool_gradient(maps: Tensor, pooled: Tensor, gradient: Tensor) -> Tensor:
    """Each 2x2 pixels share what came to their maximum among those that have it."""
    size = maps.shape[2:]
    largest = (maps == enlarge(pooled, size)).astype("float32")
    shared = gradient / (4 * functional.avg_pool2d(largest, 2))
    return enlarge(shared, size) * largest


def reflection_gradient(padded: Tensor) -> Tensor:
    """The gradient of a pixel of reflection on every side, of maps of 4x4 or more: the rim adds to what it showed."""
    for axis in (2, 3):
        length = padded.shape[axis]
        parts = [
            paddle.slice(padded, [axis], [begin], [end])
            for begin, end in ((0, 1), (1, 2), (2, 3), (3, -3), (-3, -2), (-2, -1), (-1, length))
        ]
        first, outer, second, middle, last_but_one, end, last = parts
        padded = paddle.concat([outer, second + first, middle, last_but_one + last, end], axis)
    return padded
