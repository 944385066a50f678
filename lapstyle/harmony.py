"""Harmony: what is alike in the photo is painted alike.

The deepest features of a draft choose a colour place by place: one sky came out blue here and red there, with dark
slabs beside whatever stands before it, half a face yellow and half blue. Guidance does not see that, for it looks at
places no larger than such a patch. So the draft is compared with what its colours are on the whole, as a function of
the photo's: a polynomial of the second degree in a place's colour and its surroundings'. What a hue differs from that
is limited, smoothly: small differences, the strokes', stay; large ones do not grow beyond the limit. And where the
photo is even, up to the next edge in it, what is coarser than strokes in the differences, of hue and of light, goes,
and the strokes do not grow beyond a limit, either.

The paper has no such step.
"""

import itertools

import cv2
import numpy as np

from lapstyle.coloring import LUMINANCE
from lapstyle.guidance import local_mean
from lapstyle.pyramid import Planes

SURROUNDINGS, AT = 8, 256
"""Deviation of the Gaussian that a place's surroundings are the mean under, in pixels where the short side is `AT`."""
LIMIT = 0.5
"""Of what hues differ from the expected, in a picture's root mean square of it."""
WINDOW, SHIFT = 5, 6
"""How far the windows that a photo is looked at for being even reach from their middles, and these from the place they
are for; in pixels where the short side is `AT`. Strokes do not outlast the mean over a window, patches do."""
EVEN_BELOW = 0.025
"""Root mean square of what a window's colours differ from the place's at which half of a patch goes."""
ROUNDS = 2
"""Of taking patches away: a draft's are up to several times its range of colours, so that some is left by one."""
STROKES = 0.5
"""Of strokes on what is even, in the root mean square of all that a draft differs by."""
CONTRAST_KEPT, MOST_CONTRAST = 0.15, 2
"""Share of the lost contrast of light that the expected colours get, and the most that they may be multiplied by."""
EVEN = 1e-3
"""Added to the variances: colours that differ by less than its root are no reason for others."""
FAINT = 1e-6
"""Variance of the expected light under which it is taken for none."""
BEYOND_RANGE = 0.5
"""How far beyond [0, 1] a draft's colours count for what is expected: it is not in the palette yet."""
DIAGONAL = 0.7
"""Of the way to a window on the right is that along rows and along columns to one in a corner."""

Window = tuple[slice, slice, slice]
Shares = list[tuple[Window, Planes]]


def harmonized(photo: Planes, draft: Planes, strength: float) -> Planes:
    """A draft of a photo, both [3, height, width]: by strength, 0 to 1, with less that the photo gives no reason for.

    New planes, about [0, 1] but not clamped.
    """
    scale = min(photo.shape[1:]) / AT
    expected = _expected(photo, draft, scale)
    kept = _without_patches(photo, _limited(draft - expected), scale)
    expected += (_contrast(draft, expected, kept) - 1) * (expected - expected.mean(axis=(1, 2), keepdims=True))
    return draft + np.float32(strength) * (expected + kept - draft)


def _limited(difference: Planes) -> Planes:
    """Differences of colour with the hue's limited; light and dark as they are."""
    hue = difference - (difference * LUMINANCE).sum(axis=0)
    size = np.square(hue).sum(axis=0)
    allowed = np.float32(LIMIT**2) * size.mean() + np.finfo(np.float32).tiny
    return difference - (1 - 1 / np.sqrt(1 + size / allowed)) * hue


def _without_patches(photo: Planes, difference: Planes, scale: float) -> Planes:
    """Differences without their means around each place, and calmed, as far as the photo is of one colour there."""
    reach, shift = (max(1, round(length * scale)) for length in (WINDOW, SHIFT))
    shares = _shares_of_windows(photo, reach, shift)
    for _ in range(ROUNDS):
        difference = difference - _averaged(difference, shares, reach, shift)
    return _calmed(difference, shares, reach, shift)


def _averaged(planes: Planes, shares: Shares, reach: int, shift: int) -> Planes:
    """The sum of the means over a place's windows, each by its share; [channels, height, width] as the planes."""
    means = _windows(planes, reach, shift)
    total = np.zeros_like(planes)
    for window, share in shares:
        total += share * means[window]
    return total


def _calmed(difference: Planes, shares: Shares, reach: int, shift: int) -> Planes:
    """Differences with those limited, as far as the photo is even, that are strong within the windows of a place."""
    energy = np.square(difference).mean(axis=0, keepdims=True)
    tiny = np.finfo(np.float32).tiny
    even = sum(share for _, share in shares) + tiny
    near = _averaged(energy, shares, reach, shift) / even
    allowed = np.float32(STROKES**2) * energy.mean() + tiny
    return difference * (1 - even * (1 - 1 / np.sqrt(1 + near / allowed)))


def _shares_of_windows(photo: Planes, reach: int, shift: int) -> Shares:
    """Windows near each place, each with how much its mean counts there, [height, width]: all together 1 at most.

    Of nine windows the likest to the place in the photo counts, as in Kuwahara et al. 1976, but by a weight, the fourth
    power of how alike it is: so a sky is even up to the edge of a cloud, and what is said of it there has nothing of
    the cloud in it.
    """
    own = np.square(photo).mean(axis=0, keepdims=True)
    mean, square = _windows(photo, reach, shift), _windows(own, reach, shift)
    height, width = photo.shape[1:]
    found = []
    for down, across in itertools.product((-1, 0, 1), repeat=2):
        distance = shift * (DIAGONAL if down and across else 1)
        top, left = (shift + round(direction * distance) for direction in (down, across))
        window = np.s_[:, top : top + height, left : left + width]
        unlike = square[window] - 2 / 3 * np.einsum("chw,chw->hw", photo, mean[window]) + own
        alike = 1 / (1 + np.maximum(unlike[0], 0) / np.float32(EVEN_BELOW**2))
        found.append((window, alike, np.square(np.square(alike))))
    weights = np.sum([weight for _, _, weight in found], axis=0)
    return [(window, alike * weight / weights) for window, alike, weight in found]


def _windows(planes: Planes, reach: int, margin: int) -> Planes:
    """The means over the windows around all places, those of the edge repeated as a margin."""
    means = local_mean(local_mean(planes, reach), 1)
    return np.stack([cv2.copyMakeBorder(plane, *(margin,) * 4, cv2.BORDER_REPLICATE) for plane in means])


def _contrast(draft: Planes, expected: Planes, kept: Planes) -> np.float32:
    """What to multiply the expected colours by so that the draft keeps some of the contrast it loses, 1 or more."""
    before, own, after = (float((planes * LUMINANCE).sum(axis=0).var()) for planes in (draft, expected, kept))
    whole = np.sqrt(max(before - after, 0) / max(own, FAINT))
    return np.float32(1 + CONTRAST_KEPT * (np.clip(whole, 1, MOST_CONTRAST) - 1))


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
