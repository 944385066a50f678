"""What takes noise away again. Beyond its edges the picture is reflected."""

from dataclasses import dataclass
from typing import Any, ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from noise.blurs import reflected
from noise.step import Family, Pixels, Place, Step, full_scale, number

_PATCH = 5  # px: what is compared
_SEARCH = 9  # px: where it is looked for
_AT_ONCE = 8192  # squares that are looked at together
_MANY = 20  # from one value of so many on, all are ranked at once, by OpenCV


@dataclass(frozen=True)
class Median(Step):
    """The median of a square of pixels in each channel: takes single wrong pixels away and keeps edges.

    Attributes:
        radius: pixels to each side: 1 is a square of 3 x 3, 2 of 5 x 5. From 3 on, pictures deeper than 8 bits are
            left to SciPy, which takes longer.
    """

    name: ClassVar[str] = "median"
    family: ClassVar[Family] = "restore"

    radius: int = number(1, 0, 25, "px", scales=True)

    @property
    def reach(self) -> int:
        return self.radius

    @property
    def idle(self) -> bool:
        return self.radius == 0

    def apply(self, window: Pixels, place: Place) -> Pixels:
        return _median(window, self.radius)


@dataclass(frozen=True)
class AdaptiveMedian(Step):
    """The adaptive median filter (Hwang and Haddad, 1995): takes heavy salt and pepper away and spares the rest.

    In each channel, the square around a pixel grows until its median is neither its least nor its greatest value.
    The pixel then stays where it is neither of them itself, and is replaced by the median where it is one.

    Attributes:
        radius: how far the square may grow, in pixels to each side.
    """

    name: ClassVar[str] = "adaptive-median"
    family: ClassVar[Family] = "restore"

    radius: int = number(3, 0, 10, "px", scales=True)

    @property
    def reach(self) -> int:
        return self.radius

    @property
    def idle(self) -> bool:
        return self.radius == 0

    def apply(self, window: Pixels, place: Place) -> Pixels:
        result = window.copy()
        values = result.reshape(-1)
        places: Any = slice(None)  # where nothing is decided yet
        count = values.size
        for radius in range(1, self.radius + 1):
            if _fast(window, radius) and count > values.size // _MANY:
                least, median, most = (each.ravel()[places] for each in _ranks(window, radius))
            else:
                least, median, most = _ranks_at(places, window, radius)
            now = values[places]
            told = (least < median) & (median < most)
            right = (least < now) & (now < most)
            kept = (told & right) | ~told if radius < self.radius else told & right
            values[places] = np.where(kept, now, median)
            places = np.flatnonzero(~told) if radius == 1 else places[~told]
            count = len(places)
            if count == 0:
                break
        return result


@dataclass(frozen=True)
class NonLocalMeans(Step):
    """Non-local means, by OpenCV: the mean of what looks alike, patches of 5 x 5 compared within 9 x 9 pixels.

    Patches are compared by their mean absolute difference, so that a strength means the same at 8 and 16 bits; floats
    are worked on in 16 bits.

    Attributes:
        strength: how different alike may be, in percent of full scale; best near 1.4 times the noise's standard
            deviation.
    """

    name: ClassVar[str] = "non-local-means"
    family: ClassVar[Family] = "restore"

    strength: float = number(5.0, 0.0, 50.0, "%")

    @property
    def reach(self) -> int:
        return _PATCH // 2 + _SEARCH // 2

    @property
    def idle(self) -> bool:
        return self.strength == 0

    def apply(self, window: Pixels, place: Place) -> Pixels:
        whole = window if window.dtype.kind == "u" else np.rint(window * np.float32(65535)).astype(np.uint16)
        strength = self.strength / 100 * full_scale(whole)
        padded = reflected(whole, self.reach)
        result = cv2.fastNlMeansDenoising(padded, [strength], None, _PATCH, _SEARCH, cv2.NORM_L1)
        result = result[self.reach : self.reach + window.shape[0], self.reach : self.reach + window.shape[1]]
        return result if window.dtype.kind == "u" else result.astype(np.float32) / np.float32(65535)


def _median(window: Pixels, radius: int) -> Pixels:
    side = 2 * radius + 1
    if _fast(window, radius):
        median = cv2.medianBlur(reflected(window, radius), side)
        return median[radius : radius + window.shape[0], radius : radius + window.shape[1]]
    from scipy.ndimage import median_filter

    return median_filter(window, (side, side, 1), mode="mirror")


def _fast(window: Pixels, radius: int) -> bool:
    """Whether OpenCV has a median for it."""
    return window.dtype == np.uint8 or radius <= 2


def _ranks(window: Pixels, radius: int) -> tuple[Pixels, Pixels, Pixels]:
    """Least, median and greatest value around every pixel, each [height, width, 3]."""
    square = np.ones((2 * radius + 1, 2 * radius + 1), np.uint8)
    return cv2.erode(window, square), _median(window, radius), cv2.dilate(window, square)


def _ranks_at(places: NDArray[np.intp], window: Pixels, radius: int) -> tuple[Pixels, Pixels, Pixels]:
    """The same, each [count], around some values only, which are given by their places in the flattened window."""
    side = 2 * radius + 1
    squares = np.lib.stride_tricks.sliding_window_view(reflected(window, radius), (side, side), (0, 1))
    ranks = np.empty((3, len(places)), window.dtype)
    for start in range(0, len(places), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        around = squares[np.unravel_index(places[part], window.shape)].reshape(-1, side * side)
        ranks[0, part], ranks[2, part] = around.min(axis=1), around.max(axis=1)
        around.partition(side * side // 2)
        ranks[1, part] = around[:, side * side // 2]
    return ranks[0], ranks[1], ranks[2]
