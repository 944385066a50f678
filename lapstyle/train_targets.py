"""What the encoder says of the paintings to learn, at the scale of every level, as targets of the losses."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import paddle
from numpy.typing import NDArray
from paddle import Tensor

from lapstyle import pyramid
from lapstyle.frozen_encoder import PictureEncoder
from lapstyle.networks import Statistics, statistics
from lapstyle.styles import SIDES
from lapstyle.train_data import Paintings
from lapstyle.train_palette import PALETTE, measured
from lapstyle.training_settings import LAYERS

SMALLEST = 32  # px a side: of less, relu5_1 has a single position, which cannot be padded by reflection
VECTORS = 2048  # of each layer that are kept of a painting
COMPARED = 384  # that one comparison takes of them
COLORS = 8192  # that are kept of a painting
COMPARED_COLORS = 2048
VECTOR_LAYERS = ("relu2_1", "relu3_1", "relu4_1")

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Target:
    """A painting at one side.

    Attributes:
        statistics: of each layer, [1, channels, 1, 1] each; and, as `PALETTE`, what `train_palette.measured` says
            of the colours.
        vectors: of the layers of `VECTOR_LAYERS`, [channels, n] float16: features at random positions.
        colors: [3, n], of random pixels.
        planes: [3, height, width] in [0, 1].
    """

    statistics: dict[str, Statistics]
    vectors: dict[str, NDArray[np.float16]]
    colors: Array
    planes: Array


class Targets:
    """Of every painting and side, made when they are first asked for."""

    def __init__(self, paintings: Paintings, encoder: PictureEncoder, deepest: str, seed: int) -> None:
        """
        Args:
            deepest: layer to encode.
        """
        self._paintings, self._encoder, self._deepest, self._seed = paintings, encoder, deepest, seed
        self._kept: dict[tuple[int, int], Target] = {}

    def largest(self, style: int) -> int:
        """The largest side that a painting is seen at. A stage whose finest level would need more takes broader
        strokes: with the same side at two levels, the finer one would add to what the coarser has already."""
        return self._paintings.style(style).nearest_side(SIDES[-1])

    def at(self, style: int, side: int) -> Target:
        """A painting with its short side at `side` px or nearest to it, as `Style.nearest_side` has it."""
        painting = self._paintings.style(style)
        key = style, painting.nearest_side(side)
        if key not in self._kept:
            planes = painting.at_side(key[1])
            planes = pyramid.replicate(planes, (max(planes.shape[1], SMALLEST), max(planes.shape[2], SMALLEST)))
            with paddle.no_grad():
                features = self._encoder(paddle.to_tensor(planes[None]), self._deepest)
                seen = {layer: statistics(values) for layer, values in features.items()}
                seen[PALETTE] = measured(paddle.to_tensor(planes[None]))
            random = np.random.default_rng((self._seed, *key))
            vectors = {
                layer: _some(features[layer].numpy()[0], VECTORS, random).astype(np.float16)
                for layer in VECTOR_LAYERS
                if layer in features
            }
            self._kept[key] = Target(seen, vectors, _some(planes, COLORS, random), planes)
        return self._kept[key]


def together(targets: Sequence[Target]) -> dict[str, Statistics]:
    """The statistics of several, one after the other along the first axis."""
    layers = [layer for layer in (*LAYERS, PALETTE) if layer in targets[0].statistics]
    return {
        layer: (
            paddle.concat([target.statistics[layer][0] for target in targets]),
            paddle.concat([target.statistics[layer][1] for target in targets]),
        )
        for layer in layers
    }


def style_vector(measured: dict[str, Statistics], layers: Sequence[str]) -> Tensor:
    """[batch, 896]: what modulates a revision network, mean then deviation of each of the layers."""
    return paddle.concat([part.flatten(1) for layer in layers for part in measured[layer]], axis=1)


def compared(kept: Sequence[NDArray[np.floating]], count: int, random: np.random.Generator) -> Tensor:
    """[batch, channels, count] of what is kept of each painting, [channels, n] each, at random."""
    chosen = [_some(values, count, random) for values in kept]
    return paddle.to_tensor(np.stack(chosen).astype(np.float32))


def _some(values: NDArray[np.floating], count: int, random: np.random.Generator) -> NDArray[np.floating]:
    """[channels, ...] -> [channels, count], at random positions, each at most once where there are enough."""
    flat = values.reshape(len(values), -1)
    return flat[:, random.choice(flat.shape[1], count, replace=flat.shape[1] < count)]
