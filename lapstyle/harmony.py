"""Harmony: what is alike in the photo is painted in like hues.

The deepest features of a draft choose a hue place by place: one sky came out blue here and red there, half a face
yellow and half blue. Guidance does not see that, for it looks at places no larger than such a patch. So the draft is
compared with what its colours are on the whole, as a function of the photo's: a polynomial of the second degree in a
place's colour and its surroundings'. What a hue differs from that is limited, smoothly: small differences, the
strokes', stay; large ones do not grow beyond the limit. Light and dark stay as they were painted.

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
EVEN = 1e-3
"""Added to the variances: colours that differ by less than its root are no reason for others."""
BEYOND_RANGE = 0.5
"""How far beyond [0, 1] a draft's colours count for what is expected: it is not in the palette yet."""


def harmonized(photo: Planes, draft: Planes, strength: float) -> Planes:
    """A draft of a photo, both [3, height, width]: by strength, 0 to 1, with limited differences of hue.

    New planes, about [0, 1] but not clamped.
    """
    difference = draft - _expected(photo, draft)
    difference -= (difference * LUMINANCE).sum(axis=0)
    size = np.square(difference).sum(axis=0)
    allowed = np.float32(LIMIT**2) * size.mean() + np.finfo(np.float32).tiny
    return draft - np.float32(strength) * (1 - 1 / np.sqrt(1 + size / allowed)) * difference


def _expected(photo: Planes, draft: Planes) -> Planes:
    """The draft's colours as a function of the photo's: least squares."""
    known = _polynomial(photo)
    wanted = np.clip(draft, -BEYOND_RANGE, 1 + BEYOND_RANGE).reshape(3, -1)
    products = (known @ known.T).astype(np.float64)
    products[1:, 1:] += EVEN * known.shape[1] * np.eye(len(known) - 1)
    factors = np.linalg.solve(products, (known @ wanted.T).astype(np.float64))
    return (factors.T.astype(np.float32) @ known).reshape(draft.shape)


def _polynomial(photo: Planes) -> Planes:
    """One, each place's colour and its surroundings', and all products of two of these: [28, places]."""
    deviation = SURROUNDINGS * min(photo.shape[1:]) / AT
    around = [cv2.GaussianBlur(plane, (0, 0), deviation, borderType=cv2.BORDER_REPLICATE) for plane in photo]
    colors = np.concatenate([photo, np.stack(around)]).reshape(6, -1)
    colors -= colors.mean(axis=1, keepdims=True)
    products = [colors[i] * colors[j] for i in range(6) for j in range(i, 6)]
    return np.concatenate([np.ones((1, colors.shape[1]), np.float32), colors, np.stack(products)])
