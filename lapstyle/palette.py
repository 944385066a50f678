"""The palette: how a painting's colours are spread, and a draft given it.

AdaIN (Lin et al., sec. 3.2) aims at the mean and deviation of each channel of features, which leaves open how the
colours go together: a blue and straw print came out with every hue. So the draft's colours are moved, all by one linear
map, to the painting's mean and covariance. Of all such maps it is the one that moves them least (Pitié & Kokaram 2007,
"The linear Monge-Kantorovitch linear colour mapping for example-based colour transfer"), so that light stays light and
opposites stay opposite.

Mean and covariance do not tell a print of two inks from a haze. So what is moved is then moved once more along each of
three axes, to the painting's quantiles (the transport of one dimension, of which Pitié et al. 2005, "N-dimensional
probability density function transfer", iterate many along axes by chance). How much these maps may be bent is limited,
so that a soft gradient does not break into steps, noise is not spread out, and what differs in the photo still does.
What contrast that costs where much of a photo has one tone, a second linear map gives back.

A revision's detail blurs the quantiles again, so that one revised level is moved part of the way once more.

The paper has no such steps. Networks have to be trained with them: a checkpoint says with which they were.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapstyle.pyramid import Planes

FLOOR = 4e-4
"""Added to every variance: what differs by less than 0.02 of full scale is not spread out to the painting's colours."""
BEND = 2.0
"""The steepest slope of a map to quantiles, and the inverse of the flattest."""
Matrix = NDArray[np.float64]
Move = Callable[[Planes], Planes]
"""Moves colours, [3, n]."""
AXES: Matrix = np.array([[1, 1, 1], [1, 0, -1], [1, -2, 1]]) / np.sqrt([[3], [2], [6]])
"""Light, and two of colour; each of length 1 and at right angles to the others."""
SHARES = (np.arange(16) + 0.5) / 16
"""Of the colours that lie below each quantile."""
SEEN, SEEN_OF_PICTURE = 1 << 14, 1 << 15
"""Places that are enough to tell the palette by of what is painted, once more, and of a painting or a photo."""
ENTRIES = 1 << 14
"""Of the tables that quantiles are moved by: an entry is one ten-thousandth of full scale."""
NARROWEST = 1e-4
"""Of full scale, that a table is for."""
AT_ONCE = 1 << 15
"""Places that are moved together, so that what is between stays in the processor's cache."""


@dataclass(frozen=True, eq=False)
class Palette:
    """Of the colours of a picture in [0, 1].

    Attributes:
        mean: [3].
        covariance: [3, 3], with `FLOOR` added to the variances.
        quantiles: along each of `AXES`, [3, 16], ascending.
    """

    mean: Matrix
    covariance: Matrix
    quantiles: Matrix


def palette_of(planes: Planes) -> Palette:
    """The palette of a picture, [3, height, width]; of a large one, by some of its places."""
    colors = _sample(planes, SEEN_OF_PICTURE).reshape(3, -1)
    return Palette(*_moments(colors), _quantiles(_along(colors)))


def blended(parts: Sequence[tuple[Palette, float]]) -> Palette:
    """The weighted mean of palettes."""
    return Palette(
        np.sum([weight * palette.mean for palette, weight in parts], axis=0),
        np.sum([weight * palette.covariance for palette, weight in parts], axis=0),
        np.sum([weight * palette.quantiles for palette, weight in parts], axis=0),
    )


def recolored(
    planes: Planes, target: Palette, *, quantiles: bool, share: float = 1.0, seen: Planes | None = None
) -> Planes:
    """The picture, [3, height, width], in another palette; new planes, about [0, 1] but not clamped.

    Args:
        quantiles: whether they are reached too, or mean and covariance only.
        share: of the way that every colour goes.
        seen: [3, any], what the picture's own palette is taken from; by default, all of it.
    """
    seen = (planes if seen is None else seen).reshape(3, -1)
    moves = [_linear(seen, target.mean, target.covariance)]
    if quantiles:
        moved = moves[0](seen)
        shape = _shape(moved, target.quantiles)
        moves += [shape, _linear(shape(moved), *_moments(moved))]
    colors = planes.reshape(3, -1)
    result = np.empty_like(colors)
    for start in range(0, colors.shape[1], AT_ONCE):
        own = moved = colors[:, start : start + AT_ONCE]
        for move in moves:
            moved = move(moved)
        result[:, start : start + AT_ONCE] = moved if share == 1 else own + np.float32(share) * (moved - own)
    return result.reshape(planes.shape)


def nearer(planes: Planes, target: Palette, share: float) -> Planes:
    """A picture, [3, height, width], clamped to [0, 1] and moved by a share of the way to a palette, quantiles too."""
    clamped = np.clip(planes, 0, 1)
    return recolored(clamped, target, quantiles=True, share=share, seen=_sample(clamped, SEEN))


def _sample(planes: Planes, least: int) -> Planes:
    """Places of a picture, [3, height, width], by rows and columns: no fewer than `least`, where it has as many."""
    step = max(1, math.isqrt(planes[0].size // least))
    return planes[:, ::step, ::step]


def _linear(colors: Planes, target_mean: Matrix, target: Matrix) -> Move:
    """Gives colours, [3, n], another mean and covariance."""
    mean, covariance = _moments(colors)
    root = _root(covariance)
    inverse = np.linalg.inv(root)
    transport = inverse @ _root(root @ target @ root) @ inverse
    matrix = transport.astype(np.float32)
    offset = (target_mean - transport @ mean).astype(np.float32)[:, None]
    return lambda colors: matrix @ colors + offset


def _shape(colors: Planes, target: Matrix) -> Move:
    """Gives colours, [3, n], other quantiles along each axis, as far as the maps to them may be bent."""
    own = _quantiles(_along(colors))
    even = np.diff(own)
    steps = np.clip(np.diff(target), even / BEND, even * BEND)
    reached = np.pad(steps.cumsum(axis=1), ((0, 0), (1, 0)))
    reached += (target - reached).mean(axis=1, keepdims=True)
    first, last = own[:, :1], own[:, -1:]
    scale = (ENTRIES - 1) / np.maximum(last - first, NARROWEST)
    places = first + np.arange(ENTRIES) / scale
    offsets = [np.interp(*axis).astype(np.float32) for axis in zip(places, own, reached - own, strict=True)]
    matrix, start = (AXES * scale).astype(np.float32), (0.5 - first * scale).astype(np.float32)

    def move(colors: Planes) -> Planes:
        entries = (matrix @ colors + start).astype(np.int32)
        moves = [offset.take(entry, mode="clip") for offset, entry in zip(offsets, entries, strict=True)]
        return colors + AXES.T.astype(np.float32) @ np.stack(moves)

    return move


def _along(colors: Planes) -> Planes:
    return AXES.astype(np.float32) @ colors


def _quantiles(along: Planes) -> Matrix:
    return np.quantile(along, SHARES, axis=1).T.astype(np.float64)


def _moments(colors: Planes) -> tuple[Matrix, Matrix]:
    colors = colors.astype(np.float64)
    mean = colors.mean(axis=1)
    spread = colors - mean[:, None]
    return mean, spread @ spread.T / colors.shape[1] + FLOOR * np.eye(3)


def _root(matrix: Matrix) -> Matrix:
    """The square root of a symmetric positive matrix."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
