"""The grain of photographic film."""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from noise import quantiles
from noise.blurs import gaussian_radius
from noise.points import rounded
from noise.step import Family, Pixels, Place, Step, full_scale, number
from workbench.tiles import Tile

_MARGIN = 1024  # px: how far the field of grain goes on beyond the picture's top and left; more than any reach
_ONE = 7000  # one standard deviation in the field of 16-bit numbers, so that 4.33 of them fit


@dataclass(frozen=True)
class FilmGrain(Step):
    """Grain of a size, strongest in the midtones and weak in deep shadows and highlights.

    The field of grain goes on beyond the picture, so that no pixel of the picture itself is looked at but its own.

    Attributes:
        amount: standard deviation in the midtones, in percent of full scale.
        size: diameter of the grains in pixels: normal noise, smoothed by a Gaussian of half of that.
        color: each of red, green and blue has a grain of its own.
    """

    name: ClassVar[str] = "film-grain"
    family: ClassVar[Family] = "noise"

    amount: float = number(6.0, 0.0, 50.0, "%")
    size: float = number(1.5, 0.0, 20.0, "px", scales=True)
    color: bool = False

    @property
    def idle(self) -> bool:
        return self.amount == 0

    def apply(self, window: Pixels, place: Place) -> Pixels:
        white = full_scale(window)
        light = cv2.cvtColor(window, cv2.COLOR_RGB2GRAY).astype(np.float32) / np.float32(white)
        strength = light * (1 - light) * np.float32(4 * white * self.amount / 100)
        grain = self._field(place) * strength[..., None]
        return rounded(grain + window, window)

    def _field(self, place: Place) -> Pixels:
        """[height, width, 1 or 3] float32 of mean 0 and standard deviation 1."""
        sigma, channels = self.size / 2, 3 if self.color else 1
        radius = gaussian_radius(sigma)
        tile = place.tile
        outer = Tile(
            tile.top + _MARGIN - radius,
            tile.bottom + _MARGIN + radius,
            tile.left + _MARGIN - radius,
            tile.right + _MARGIN + radius,
        )
        table = np.rint(32768 + quantiles.normal() * np.float32(_ONE)).astype(np.uint16)
        bits = place.random.bits16(outer, channels)
        field = cv2.LUT(bits, table.reshape(1, -1)).reshape(outer.height, outer.width, channels)
        spread = float(_ONE)
        if radius:
            side = 2 * radius + 1
            # In whole numbers, which OpenCV blurs to the bit alike wherever the window ends.
            field = cv2.GaussianBlur(field, (side, side), sigma).reshape(field.shape)
            spread *= float(np.sum(cv2.getGaussianKernel(side, sigma) ** 2))
        inner = field[radius : radius + tile.height, radius : radius + tile.width]
        return (inner.astype(np.float32) - np.float32(32768)) / np.float32(spread)
