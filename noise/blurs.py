"""Blurs, by OpenCV."""

from dataclasses import dataclass
from typing import ClassVar

import cv2

from noise.step import Family, Pixels, Place, Step, number


@dataclass(frozen=True)
class MeanBlur(Step):
    """The mean of `size` x `size` pixels.

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
        return cv2.blur(window, (self.size, self.size), borderType=cv2.BORDER_REFLECT_101)
