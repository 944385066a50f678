"""Guidance: what is painted coarsely is held to the photo's forms.

A draft's colours come out in patches of their own: fog over a meadow, a dark slab beside a tower, rust at a muzzle; and
at a broad stroke a mouth has fewer pixels than the network has neighbourhoods, so that it comes out as strokes among
others. A guided filter (He, Sun & Tang 2013, "Guided image filtering") says what the painted colours are as a linear
function of the photo's, place by place: where the photo is one, they are one, and where it has an edge, so have they.
That takes the place of the painted colours' local mean, by a share; what differs from it, the strokes, stays.

The paper has no such step. It takes away some of the differences that the painting's statistics ask for, so the draft
is aimed beyond them (`aimed`).
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lapstyle.pyramid import Planes
from lapstyle.styles import Statistics, mix

REACH, AT = 12, 256
"""Radius of the places that are one linear function, in pixels of a picture whose short side is `AT`."""
EVEN = 1e-3
"""A variance of the photo's colours: what differs by less than its root is hardly told apart."""
LARGEST = 256
"""Short side, in pixels, of the largest revised level that is guided: up to there a face's features may be missing."""
BEYOND = 0.15
"""How much farther than the painting's statistics a guided draft is aimed, as a share of the way from the photo's."""
LEAST_DEVIATION = 0.3
"""Of the painting's: aiming beyond it must not make a deviation vanish."""


@dataclass(frozen=True)
class Guidance:
    """How a level is guided.

    Attributes:
        share: of the local mean that becomes the photo's forms, at full strength.
        stroke: radius of the local mean in pixels of the level; what is finer stays as painted.
    """

    share: float
    stroke: int


OF_DRAFT, OF_REVISED = Guidance(0.25, 1), Guidance(1.0, 2)


def aimed(target: Statistics, own: Statistics, strength: float) -> Statistics:
    """The statistics to give a draft: by strength from the photo's own to beyond the style's."""
    reach = strength * (1 + BEYOND)
    return {
        layer: (mean, np.maximum(deviation, np.float32(LEAST_DEVIATION * strength) * target[layer][1]))
        for layer, (mean, deviation) in mix([(target, reach), (own, 1 - reach)]).items()
    }


def guided(photo: Planes, painted: Planes, guidance: Guidance, strength: float) -> Planes:
    """What is painted of a photo, both [3, height, width]: by strength, 0 to 1, its local mean as the photo's forms.

    New planes, about [0, 1] but not clamped.
    """
    reach = max(1, round(REACH * min(photo.shape[1:]) / AT))
    change = _filtered(photo, painted, reach) - local_mean(painted, guidance.stroke)
    return painted + np.float32(guidance.share * strength) * change


def _filtered(guide: Planes, shown: Planes, radius: int) -> Planes:
    """The guided filter with a colour guide (eq. 14 to 16)."""
    guide_mean = local_mean(guide, radius)
    inverse = _inverse_covariance(guide, guide_mean, radius)
    filtered = np.empty_like(shown)
    for channel, (plane, mean) in enumerate(zip(shown, local_mean(shown, radius), strict=True)):
        covariance = local_mean(guide * plane, radius) - guide_mean * mean
        slope = np.stack([(row * covariance).sum(0) for row in inverse]).astype(np.float32)
        offset = mean - (slope * guide_mean).sum(0)
        filtered[channel] = (local_mean(slope, radius) * guide).sum(0) + local_mean(offset[None], radius)[0]
    return filtered


def _inverse_covariance(guide: Planes, mean: Planes, radius: int) -> NDArray[np.float64]:
    """Of the guide's colours around each place, with `EVEN` added to the variances: [3, 3, height, width], symmetric.

    By cofactors, seven times as fast as LAPACK for so many so small; in float64: a grey photo's are all but singular.
    """
    pairs = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)]
    products = local_mean(np.stack([guide[i] * guide[j] for i, j in pairs]), radius)
    xx, xy, xz, yy, yz, zz = (
        product.astype(np.float64) - mean[i] * mean[j] + EVEN * (i == j)
        for product, (i, j) in zip(products, pairs, strict=True)
    )
    first, second, third = yy * zz - yz * yz, xz * yz - xy * zz, xy * yz - xz * yy
    middle, last = xy * xz - xx * yz, xx * yy - xy * xy
    cofactors = np.stack([first, second, third, second, xx * zz - xz * xz, middle, third, middle, last])
    return (cofactors / (xx * first + xy * second + xz * third)).reshape(3, 3, *xx.shape)


def local_mean(planes: Planes, radius: int) -> Planes:
    """Of [channels, height, width], over the square around each place, the edge repeated; in pixels to either side."""
    side = 2 * radius + 1
    return np.stack([cv2.blur(plane, (side, side), borderType=cv2.BORDER_REPLICATE) for plane in planes])
