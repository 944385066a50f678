"""The palette: how a painting's colours are spread, and a draft given it.

AdaIN (Lin et al., sec. 3.2) aims at the mean and deviation of each channel of features, which leaves open how the
colours go together: a blue and straw print came out with every hue. So the draft's colours are moved, all by one linear
map, to the painting's mean and covariance. Of all such maps it is the one that moves them least (Pitié & Kokaram 2007,
"The linear Monge-Kantorovitch linear colour mapping for example-based colour transfer"), so that light stays light and
opposites stay opposite. The paper has no such step. Networks have to be trained with it: a checkpoint says whether they
were.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapstyle.pyramid import Planes

FLOOR = 4e-4
"""Added to every variance: what differs by less than 0.02 of full scale is not spread out to the painting's colours."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Palette:
    """Of the colours of a picture in [0, 1].

    Attributes:
        mean: [3].
        covariance: [3, 3], with `FLOOR` added to the variances.
    """

    mean: Matrix
    covariance: Matrix


def palette_of(planes: Planes) -> Palette:
    """The palette of a picture, [3, height, width]."""
    colors = planes.reshape(3, -1).astype(np.float64)
    mean = colors.mean(axis=1)
    spread = colors - mean[:, None]
    return Palette(mean, spread @ spread.T / colors.shape[1] + FLOOR * np.eye(3))


def blended(parts: Sequence[tuple[Palette, float]]) -> Palette:
    """The weighted mean of palettes."""
    return Palette(
        np.sum([weight * palette.mean for palette, weight in parts], axis=0),
        np.sum([weight * palette.covariance for palette, weight in parts], axis=0),
    )


def recolored(planes: Planes, target: Palette) -> Planes:
    """The picture, [3, height, width], in another palette; new planes, about [0, 1] but not clamped."""
    own = palette_of(planes)
    root = _root(own.covariance)
    inverse = np.linalg.inv(root)
    transport = inverse @ _root(root @ target.covariance @ root) @ inverse
    offset = target.mean - transport @ own.mean
    moved = transport.astype(np.float32) @ planes.reshape(3, -1) + offset.astype(np.float32)[:, None]
    return moved.reshape(planes.shape)


def _root(matrix: Matrix) -> Matrix:
    """The square root of a symmetric positive matrix."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
