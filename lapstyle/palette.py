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

The paper has no such steps. Networks have to be trained with them: a checkpoint says with which they were.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapstyle.pyramid import Planes

FLOOR = 4e-4
"""Added to every variance: what differs by less than 0.02 of full scale is not spread out to the painting's colours."""
BEND = 2.0
"""The steepest slope of a map to quantiles, and the inverse of the flattest."""
Matrix = NDArray[np.float64]
AXES: Matrix = np.array([[1, 1, 1], [1, 0, -1], [1, -2, 1]]) / np.sqrt([[3], [2], [6]])
"""Light, and two of colour; each of length 1 and at right angles to the others."""
SHARES = (np.arange(16) + 0.5) / 16
"""Of the colours that lie below each quantile."""


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
    """The palette of a picture, [3, height, width]."""
    colors = planes.reshape(3, -1)
    return Palette(*_moments(colors), _quantiles(_along(colors)))


def blended(parts: Sequence[tuple[Palette, float]]) -> Palette:
    """The weighted mean of palettes."""
    return Palette(
        np.sum([weight * palette.mean for palette, weight in parts], axis=0),
        np.sum([weight * palette.covariance for palette, weight in parts], axis=0),
        np.sum([weight * palette.quantiles for palette, weight in parts], axis=0),
    )


def recolored(planes: Planes, target: Palette, *, quantiles: bool) -> Planes:
    """The picture, [3, height, width], in another palette; new planes, about [0, 1] but not clamped.

    Args:
        quantiles: whether they are reached too, or mean and covariance only.
    """
    moved = _linear(planes.reshape(3, -1), target.mean, target.covariance)
    if quantiles:
        moved = _linear(_shaped(moved, target.quantiles), *_moments(moved))
    return moved.reshape(planes.shape)


def _linear(colors: Planes, target_mean: Matrix, target: Matrix) -> Planes:
    """Colours, [3, n], with another mean and covariance."""
    mean, covariance = _moments(colors)
    root = _root(covariance)
    inverse = np.linalg.inv(root)
    transport = inverse @ _root(root @ target @ root) @ inverse
    offset = target_mean - transport @ mean
    return transport.astype(np.float32) @ colors + offset.astype(np.float32)[:, None]


def _shaped(colors: Planes, target: Matrix) -> Planes:
    """Colours, [3, n], with other quantiles along each axis, as far as the maps to them may be bent."""
    along = _along(colors)
    own = _quantiles(along)
    even = np.diff(own)
    steps = np.clip(np.diff(target), even / BEND, even * BEND)
    reached = np.pad(steps.cumsum(axis=1), ((0, 0), (1, 0)))
    reached += (target - reached).mean(axis=1, keepdims=True)
    offsets = [np.interp(*axis).astype(np.float32) for axis in zip(along, own, reached - own, strict=True)]
    return colors + AXES.T.astype(np.float32) @ np.stack(offsets)


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
