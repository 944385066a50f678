"""Harmony: what is alike in the photo is painted alike.

The deepest features of a draft choose a colour place by place: one sky came out blue here and red there, with dark
slabs beside whatever stands before it, half a face yellow and half blue. Guidance does not see that, for it looks at
places no larger than such a patch. So the draft is compared with what its colours are on the whole, as a function of
the photo's: a polynomial of the second degree in a place's colour and its surroundings'. What a hue differs from that
is limited, smoothly: small differences, the strokes', stay; large ones do not grow beyond the limit. And where the
photo is even, what is coarser than strokes in the differences, of hue and of light, goes.

The paper has no such step. Networks need not be trained with it.
"""

import cv2
import numpy as np

from lapstyle.coloring import LUMINANCE
from lapstyle.pyramid import Planes

SURROUNDINGS, AT = 8, 256
"""Deviation of the Gaussian that a place's surroundings are the mean under, in pixels where the short side is `AT`."""
LIMIT = 0.5
"""Of what hues differ from the expected, in a picture's root mean square of it."""
STROKE = 5
"""Deviation of the Gaussian that strokes do not pass and patches do, and of the one under which a photo is looked at
for being even; in pixels where the short side is `AT`."""
EVEN_BELOW = 0.015
"""Deviation of the colours around a place at which half of a patch goes."""
EVEN = 1e-3
"""Added to the variances: colours that differ by less than its root are no reason for others."""
BEYOND_RANGE = 0.5
"""How far beyond [0, 1] a draft's colours count for what is expected: it is not in the palette yet."""


def harmonized(photo: Planes, draft: Planes, strength: float) -> Planes:
    """A draft of a photo, both [3, height, width]: by strength, 0 to 1, with less that the photo gives no reason for.

    New planes, about [0, 1] but not clamped.
    """
    scale = min(photo.shape[1:]) / AT
    difference = draft - _expected(photo, draft, scale)
    limited = _limited(difference)
    kept = limited - _evenness(photo, scale) * _blurred(limited, STROKE * scale)
    return draft - np.float32(strength) * (difference - kept)


def _limited(difference: Planes) -> Planes:
    """Differences of colour with the hue's limited; light and dark as they are."""
    hue = difference - (difference * LUMINANCE).sum(axis=0)
    size = np.square(hue).sum(axis=0)
    allowed = np.float32(LIMIT**2) * size.mean() + np.finfo(np.float32).tiny
    return difference - (1 - 1 / np.sqrt(1 + size / allowed)) * hue


def _evenness(photo: Planes, scale: float) -> Planes:
    """Of the photo around each place: 1 where all is one colour, near 0 where there is much, [height, width]."""
    variance = _blurred(np.square(photo), STROKE * scale) - np.square(_blurred(photo, STROKE * scale))
    return np.float32(1) / (1 + np.maximum(variance, 0).mean(axis=0) / np.float32(EVEN_BELOW**2))


def _expected(photo: Planes, draft: Planes, scale: float) -> Planes:
    """The draft's colours as a function of the photo's: least squares."""
    known = _polynomial(photo, scale)
    wanted = np.clip(draft, -BEYOND_RANGE, 1 + BEYOND_RANGE).reshape(3, -1)
    products = (known @ known.T).astype(np.float64)
    products[1:, 1:] += EVEN * known.shape[1] * np.eye(len(known) - 1)
    factors = np.linalg.solve(products, (known @ wanted.T).astype(np.float64))
    return (factors.T.astype(np.float32) @ known).reshape(draft.shape)


def _polynomial(photo: Planes, scale: float) -> Planes:
    """One, each place's colour and its surroundings', and all products of two of these: [28, places]."""
    colors = np.concatenate([photo, _blurred(photo, SURROUNDINGS * scale)]).reshape(6, -1)
    colors -= colors.mean(axis=1, keepdims=True)
    products = [colors[i] * colors[j] for i in range(6) for j in range(i, 6)]
    return np.concatenate([np.ones((1, colors.shape[1]), np.float32), colors, np.stack(products)])


def _blurred(planes: Planes, deviation: float) -> Planes:
    """By a Gaussian, the picture's edge repeated."""
    return np.stack([cv2.GaussianBlur(plane, (0, 0), deviation, borderType=cv2.BORDER_REPLICATE) for plane in planes])
