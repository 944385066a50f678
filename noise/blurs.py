"""Blurs, by OpenCV. Beyond its edges the picture is reflected."""

import math
from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from noise.step import Family, Pixels, Place, Step, full_scale, number


@dataclass(frozen=True)
class MeanBlur(Step):
    """The mean of `size` x `size` pixels; of whole numbers, it is exact, and half a level is rounded up.

    An even kernel has no middle: as in OpenCV, the pixel it belongs to is number size // 2 from the left and from the
    top, so that it reaches one pixel further to the left and up than to the right and down.
    """

    name: ClassVar[str] = "mean-blur"
    family: ClassVar[Family] = "blur"

    size: int = number(5, 1, 201, "px", scales=True)

    @property
    def reach(self) -> int:
        return self.size // 2

    @property
    def idle(self) -> bool:
        return self.size == 1

    def apply(self, window: Pixels, place: Place) -> Pixels:
        square = (self.size, self.size)
        if window.dtype.kind == "f":
            return cv2.blur(window, square, borderType=cv2.BORDER_REFLECT_101)
        # OpenCV's own division rounds differently from processor to processor. Its sums do not; they fit 32 bits.
        sums = cv2.boxFilter(window, cv2.CV_32S, square, normalize=False, borderType=cv2.BORDER_REFLECT_101)
        area, means = np.uint32(self.size**2), sums.view(np.uint32)
        means += area // np.uint32(2)
        means //= area
        return means.astype(window.dtype)


@dataclass(frozen=True)
class GaussianBlur(Step):
    """The Gaussian of standard deviation `sigma`, cut off at three of them."""

    name: ClassVar[str] = "gaussian-blur"
    family: ClassVar[Family] = "blur"

    sigma: float = number(2.0, 0.0, 50.0, "px", scales=True)

    @property
    def reach(self) -> int:
        return gaussian_radius(self.sigma)

    @property
    def idle(self) -> bool:
        return self.reach == 0

    def apply(self, window: Pixels, place: Place) -> Pixels:
        side = 2 * self.reach + 1
        return cv2.GaussianBlur(window, (side, side), self.sigma, borderType=cv2.BORDER_REFLECT_101)


@dataclass(frozen=True)
class Bilateral(Step):
    """Smooths what is nearly of one colour and keeps edges: near pixels count the more, the more alike they are.

    16-bit pictures are worked on in float32, which holds all their levels.

    Attributes:
        sigma: of the distance between pixels; the neighbourhood ends at one and a half of it.
        tolerance: standard deviation of the difference in colour, summed over the channels, in percent of full scale.
    """

    name: ClassVar[str] = "bilateral"
    family: ClassVar[Family] = "blur"

    sigma: float = number(3.0, 0.0, 10.0, "px", scales=True)
    tolerance: float = number(15.0, 0.0, 100.0, "%")

    @property
    def reach(self) -> int:
        return math.ceil(1.5 * self.sigma)

    @property
    def idle(self) -> bool:
        return self.sigma == 0 or self.tolerance == 0

    def apply(self, window: Pixels, place: Place) -> Pixels:
        radius = self.reach
        if window.dtype == np.uint8:
            tolerance = self.tolerance / 100 * 255
            return cv2.bilateralFilter(window, 2 * radius + 1, tolerance, self.sigma, borderType=cv2.BORDER_REFLECT_101)
        white = np.float32(full_scale(window))
        padded = reflected(window.astype(np.float32) / white, radius, below=1)
        # OpenCV spreads its table of weights over the values there are; black and white out of reach fix its ends.
        padded[-1, 0], padded[-1, 1:] = 0, 1
        result = cv2.bilateralFilter(padded, 2 * radius + 1, self.tolerance / 100, self.sigma)
        result = result[radius : radius + window.shape[0], radius : radius + window.shape[1]]
        if window.dtype.kind == "f":
            return np.clip(result, np.float32(0), np.float32(1))
        return np.rint(result * white).astype(window.dtype)


@dataclass(frozen=True)
class MotionBlur(Step):
    """The mean along a line, as when the camera moved.

    Attributes:
        length: of the line.
        angle: its direction: 0 is horizontal, 90 vertical, 45 rises to the right.
    """

    name: ClassVar[str] = "motion-blur"
    family: ClassVar[Family] = "blur"

    length: float = number(15.0, 1.0, 200.0, "px", scales=True)
    angle: float = number(0.0, -180.0, 180.0, "°")

    @property
    def reach(self) -> int:
        return math.ceil((self.length - 1) / 2)

    @property
    def idle(self) -> bool:
        return self.length == 1

    def apply(self, window: Pixels, place: Place) -> Pixels:
        result = cv2.filter2D(window, -1, self.kernel(), borderType=cv2.BORDER_REFLECT_101)
        return np.clip(result, 0, 1, out=result) if window.dtype.kind == "f" else result

    def kernel(self) -> Pixels:
        """[rows, columns] float32 of sum 1, odd sides, no more of it than the line crosses."""
        half, angle = (self.length - 1) / 2, math.radians(self.angle)
        along = np.linspace(-half, half, 8 * math.ceil(self.length) + 1)
        rows, columns = -np.sin(angle) * along, np.cos(angle) * along
        kernel = np.zeros((2 * self.reach + 3, 2 * self.reach + 3))
        top, left = np.floor(rows + 1e-9), np.floor(columns + 1e-9)
        down, right = np.clip(rows - top, 0, 1), np.clip(columns - left, 0, 1)
        middle = self.reach + 1
        for row, column, weight in (
            (0, 0, (1 - down) * (1 - right)),
            (0, 1, (1 - down) * right),
            (1, 0, down * (1 - right)),
            (1, 1, down * right),
        ):
            np.add.at(kernel, ((top + row).astype(int) + middle, (left + column).astype(int) + middle), weight)
        kernel = kernel[1:-1, 1:-1]
        kernel[kernel < 1e-6 * kernel.max()] = 0
        empty_rows = next(index for index, line in enumerate(kernel) if line.any())
        empty_columns = next(index for index, line in enumerate(kernel.T) if line.any())
        kernel = kernel[empty_rows : len(kernel) - empty_rows, empty_columns : len(kernel) - empty_columns]
        return (kernel / kernel.sum()).astype(np.float32)


def gaussian_radius(sigma: float) -> int:
    """Pixels to each side of a Gaussian; 0 where it is too narrow to change anything."""
    return math.ceil(3 * sigma) if sigma >= 0.1 else 0


def reflected(window: Pixels, margin: int, below: int = 0) -> Pixels:
    """The window with a margin of its own mirror image, and some more rows below."""
    return cv2.copyMakeBorder(window, margin, margin + below, margin, margin, cv2.BORDER_REFLECT_101)
