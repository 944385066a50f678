"""The encoder that training looks at pictures with: frozen, so that ONNX Runtime can run it, there and back.

Nothing that is trained changes the encoder. The losses ask it for features, and for the gradient of a picture's pixels:
on a CPU the better half of a step, for which Paddle takes twice as long as ONNX Runtime (docs/teaching.md).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import paddle
from numpy.typing import NDArray
from paddle import Tensor
from paddle.autograd import PyLayer

from lapstyle.encoder_gradient import gradient_of
from lapstyle.engine import graph_session
from lapstyle.networks import LAYERS, Encoder
from workbench.runtime import CPU_PROVIDER, Runtime

Array = NDArray[np.float32]
DEPTHS = ("relu4_1", "relu5_1")
KERNEL = 4  # dimensions
STRIDE = 16  # sides are multiples of it: then no pool rounds up
SMALLEST = 64  # px a side; below, the gradient of relu5_1's reflection has no middle


class PictureEncoder(Protocol):
    """`networks.Encoder`, or what stands for it."""

    def __call__(self, picture: Tensor, through: str = "relu5_1") -> dict[str, Tensor]: ...


class FrozenEncoder:
    """Gives what an encoder gives, with its gradient for the picture, on the CPU.

    Attributes:
        encoder: whose weights these are; runs the pictures that are too small for the graphs.
    """

    def __init__(self, encoder: Encoder, threads: int) -> None:
        """
        Args:
            encoder: without conv3_4 and conv4_4.
        """
        self.encoder = encoder
        parameters = {name: values.numpy() for name, values in encoder.state_dict().items()}
        kernels = {name: turned(values) for name, values in parameters.items() if values.ndim == KERNEL}
        runtime = Runtime(CPU_PROVIDER, threads)
        self._forth = {through: graph_session(f"encoder_maps_{through}", parameters, runtime) for through in DEPTHS}
        self._back = {through: graph_session(f"encoder_gradient_{through}", kernels, runtime) for through in DEPTHS}

    def __call__(self, picture: Tensor, through: str = "relu5_1") -> dict[str, Tensor]:
        """Features of every layer up to `through`; `Encoder.forward`."""
        if any(side % STRIDE or side < SMALLEST for side in picture.shape[2:]):
            return self.encoder(picture, through)
        layers = LAYERS[: LAYERS.index(through) + 1]
        depth = next(depth for depth in DEPTHS if depth >= through)
        return dict(zip(layers, _Encoded.apply(picture, self, depth), strict=False))

    def maps(self, picture: Array, through: str) -> dict[str, Array]:
        """Every ReLU's output, by name."""
        return self._forth[through].run({"picture": picture})

    def gradient(self, maps: Mapping[str, Array], wanted: Sequence[Array], through: str) -> Array:
        """Of the picture, [batch, 3, height, width].

        Args:
            maps: as `maps` gave them.
            wanted: the gradient of every layer up to `through`.
        """
        named = {gradient_of(layer): values for layer, values in zip(LAYERS, wanted, strict=False)}
        return self._back[through].run({**maps, **named})[gradient_of("picture")]


class _Encoded(PyLayer):
    @staticmethod
    def forward(context: Any, picture: Tensor, encoder: FrozenEncoder, through: str) -> tuple[Tensor, ...]:
        context.maps = encoder.maps(picture.numpy(), through)
        context.encoder, context.through = encoder, through
        layers = LAYERS[: LAYERS.index(through) + 1]
        return tuple(paddle.to_tensor(context.maps[layer]) for layer in layers)

    @staticmethod
    def backward(context: Any, *wanted: Tensor) -> Tensor:
        gradients = [values.numpy() for values in wanted]
        return paddle.to_tensor(context.encoder.gradient(context.maps, gradients, context.through))


def turned(kernel: Array) -> Array:
    """[out, in, height, width] -> [in, out, height, width], by half a turn: what a convolution's gradient goes
    through on its way to the input."""
    return np.ascontiguousarray(kernel.transpose(1, 0, 2, 3)[:, :, ::-1, ::-1])
