"""Noise that treats every pixel alone."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from noise import quantiles
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
        # Two tails of one number, as the original program has them, so that no pixel is hit twice.
        pepper, salt = np.uint32(round(self.pepper * 2**32)), np.uint32(2**32 - 1 - round(self.salt * 2**32))
        result = cv2.min(window, _white_where(bits >= pepper, window))
        return cv2.max(result, _white_where(bits > salt, window), dst=result)


@dataclass(frozen=True)
class GaussianNoise(Step):
    """Normally distributed noise, the same in light and dark; what goes beyond black and white is clipped.

    Attributes:
        sigma: standard deviation in percent of full scale. No draw is further out than 4.33 sigma.
        per_channel: colour noise, drawn for red, green and blue independently, instead of one draw for all three.
    """

    name: ClassVar[str] = "gaussian-noise"
    family: ClassVar[Family] = "noise"

    sigma: float = number(5.0, 0.0, 50.0, "%")
    per_channel: bool = True

    @property
    def idle(self) -> bool:
        return self.sigma == 0

    def apply(self, window: Pixels, place: Place) -> Pixels:
        table = quantiles.normal() * np.float32(self.sigma / 100 * full_scale(window))
        if window.dtype.kind == "u":
            # Whole pixels plus a draw round to the pixel plus the rounded draw.
            table = np.rint(table).astype(np.int16 if window.dtype == np.uint8 else np.int32)
        return added(window, drawn(place, table, self.per_channel))


@dataclass(frozen=True)
class Speckle(Step):
    """Noise in proportion to the light, as radar and laser pictures have it: each value x becomes x (1 + draw).

    Attributes:
        sigma: standard deviation of the draws, in percent of the value. No draw is further out than 4.33 sigma.
        per_channel: drawn for red, green and blue independently, instead of one draw for all three.
    """

    name: ClassVar[str] = "speckle"
    family: ClassVar[Family] = "noise"

    sigma: float = number(10.0, 0.0, 100.0, "%")
    per_channel: bool = True

    @property
    def idle(self) -> bool:
        return self.sigma == 0

    def apply(self, window: Pixels, place: Place) -> Pixels:
        factors = drawn(place, 1 + quantiles.normal() * np.float32(self.sigma / 100), self.per_channel)
        result = cv2.multiply(window, factors, dtype=cv2.CV_8U if window.dtype == np.uint8 else cv2.CV_32F)
        return result if window.dtype == np.uint8 else rounded(result, window)


@dataclass(frozen=True)
class Poisson(Step):
    """Photon noise: every value becomes a count of photons, drawn from the Poisson distribution around it.

    The noise grows with the square root of the light. Counts come from 4096 quantiles of each of 256 means; deeper
    pictures add a second, independent count for the levels in between (floats are counted in 65536 levels).

    Attributes:
        photons: how many photons make white, in each channel; fewer are noisier.
    """

    name: ClassVar[str] = "poisson"
    family: ClassVar[Family] = "noise"

    photons: int = number(500, 1, 10000)

    def apply(self, window: Pixels, place: Place) -> Pixels:
        if window.dtype == np.uint8:
            counts = _counts(self.photons / 255, window, place.random.bits16(place.tile, 3))
            values = np.clip(np.rint(np.arange(65536) * (255 / self.photons)), 0, 255).astype(np.uint8)
            return cv2.LUT(counts, values.reshape(1, -1))
        bits = place.random.bits32(place.tile, 3)
        levels = window if window.dtype.kind == "u" else np.rint(window * np.float32(65535)).astype(np.uint16)
        # 257 levels of 16 bits are one of 8; two independent counts add up to one around the sum of their means.
        coarse, fine = np.divmod(levels, np.uint16(257))
        counts = _counts(self.photons / 255, coarse, bits).astype(np.float32)
        counts += _counts(self.photons / 65535, fine, bits >> np.uint32(16))
        return rounded(counts * np.float32(full_scale(window) / self.photons), window)


def _white_where(mask: Pixels, window: Pixels) -> Pixels:
    """[rows, width, 3] of the window's dtype: white where a mask of 1 or 3 channels is true, black elsewhere."""
    white = mask.view(np.uint8) * window.dtype.type(full_scale(window))
    return white if mask.shape[2] == 3 else cv2.merge([white, white, white])


def drawn(place: Place, table: Pixels, per_channel: bool) -> Pixels:
    """[height, width, 3]: what a table of 65536 entries holds for each draw."""
    values = cv2.LUT(place.random.bits16(place.tile, 3 if per_channel else 1), table.reshape(1, -1))
    values = values.reshape(place.tile.height, place.tile.width, -1)
    return values if per_channel else cv2.merge([values, values, values])


def added(window: Pixels, noise: Pixels) -> Pixels:
    """Pixels plus noise of their scale, [height, width, 3], clipped; whole noise for whole pixels."""
    if window.dtype.kind == "f":
        return np.clip(window + noise, np.float32(0), np.float32(1))
    return cv2.add(window, noise, dtype=cv2.CV_8U if window.dtype == np.uint8 else cv2.CV_16U)


def rounded(values: Pixels, window: Pixels) -> Pixels:
    """float32 values of the window's scale, clipped and in the window's dtype; `values` is used up."""
    np.clip(values, 0, np.float32(full_scale(window)), out=values)
    if window.dtype.kind == "f":
        return values
    return np.rint(values, out=values).astype(window.dtype)


def _counts(each: float, levels: Pixels, bits: Pixels) -> Pixels:
    """Draws around the means levels x `each`, by the lower bits."""
    index = levels.astype(np.intp)
    index *= quantiles.POISSON_DRAWS
    index += bits & bits.dtype.type(quantiles.POISSON_DRAWS - 1)
    return quantiles.poisson(each).ravel().take(index)
