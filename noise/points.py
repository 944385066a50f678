"""Noise that treats every pixel alone."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from noise.step import Family, Pixels, Place, Step, full_scale, number


@dataclass(frozen=True)
class SaltPepper(Step):
    """White and black pixels: of all pixels, a share of `salt` turns white and one of `pepper` black.

    Attributes:
        per_channel: red, green and blue are hit independently, instead of whole pixels.
    """

    name: ClassVar[str] = "salt-pepper"
    family: ClassVar[Family] = "noise"

    salt: float = number(0.02, 0.0, 0.5)
    pepper: float = number(0.02, 0.0, 0.5)
    per_channel: bool = False

    @property
    def idle(self) -> bool:
        return self.salt == 0 and self.pepper == 0

    def apply(self, window: Pixels, place: Place) -> Pixels:
        bits = place.random.bits32(place.tile, 3 if self.per_channel else 1)
        result = window.copy()
        white = window.dtype.type(full_scale(window))
        # Two tails of one number, as the original program has them, so that no pixel is hit twice.
        np.copyto(result, window.dtype.type(0), where=bits < np.uint64(round(self.pepper * 2**32)))
        np.copyto(result, white, where=bits >= np.uint64(2**32 - round(self.salt * 2**32)))
        return result
