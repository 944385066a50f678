"""One level of revision, window by window, and where the painted tiles go."""

import math
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from lapstyle.engine import Engine
from lapstyle.pyramid import EnlargedLevel, FloatLevel, Level, Pixels, Planes
from lapstyle.styles import Statistics
from workbench.progress import Cancellation
from workbench.tiles import Tile

LARGE = 704
"""Short side, in pixels, up to which the residuals are as they were trained; a picture of 1024 x 683 px has no gain."""
FINER = 0.3
"""What is added to the residuals' gain at twice `LARGE` and beyond."""


def gain(short: int) -> float:
    """Factor on the residuals of a level with this short side, in pixels.

    At 100 % the texture of large levels is too faint beside the painting's, by a fifth in its finest octave: they are
    painted one upon the other by the second revision, which never saw any in training. The paper has no such factor.
    """
    return 1 + FINER * min(1.0, max(0.0, math.log2(short / LARGE)))


class RevisionWindow:
    """Laplacian, enlarged previous result and residual of any window of one level."""

    def __init__(self, engine: Engine, levels: Sequence[Level], revision: int, painted: Planes) -> None:
        self.engine = engine
        self.revision = revision
        self.fine = levels[revision]
        size = self.fine.size
        coarse = levels[revision - 1]
        assert isinstance(coarse, FloatLevel)  # only the finest level is not, and it is nobody's coarse level
        self.enlarged_photo = EnlargedLevel(coarse.planes, size)
        self.enlarged = EnlargedLevel(painted, size)
        self.gain = gain(min(size)) if engine.checkpoint.guided else 1.0
        self.stacked = self.enlarged if engine.universal else EnlargedLevel(painted, size, nearest=True)

        self._stack = np.empty((6, 0, 0), np.float32)

    def revise(self, tile: Tile, style: Statistics, cancellation: Cancellation | None) -> tuple[Planes, Planes, Planes]:
        """Of one tile, each [3, height, width]; valid until the next call. The network also sees the tile's halo."""
        outer = tile.grown(self.engine.HALO, *self.fine.size)
        above, left, below, right = self.margins(tile, outer)
        shape = 6, above + outer.height + below, left + outer.width + right
        if self._stack.shape != shape:
            self._stack = np.empty(shape, np.float32)
        filled = self._stack[:, above : above + outer.height, left : left + outer.width]
        np.subtract(self.fine.window(outer), self.enlarged_photo.window(outer), out=filled[:3])
        filled[3:] = self.stacked.window(outer)
        reflect(self._stack, (above, left, below, right))
        residual = self.engine.revise(self.revision, self._stack[None], style, cancellation)[0]
        rows, columns = tile.within(outer).slices
        enlarged = filled[3:, rows, columns] if self.stacked is self.enlarged else self.enlarged.window(tile)
        shifted = residual[:, above : above + outer.height, left : left + outer.width][:, rows, columns]
        if self.gain != 1:
            shifted *= np.float32(self.gain)
        return filled[:3, rows, columns], enlarged, shifted

    def margins(self, tile: Tile, outer: Tile) -> tuple[int, int, int, int]:
        """Pixels to reflect above, left, below and right, where the picture ends before the halo does.

        PaddleGAN's network reflects in every layer by itself, so it gets none.
        """
        if not self.engine.universal:
            return 0, 0, 0, 0
        halo = self.engine.HALO
        return (
            halo - (tile.top - outer.top),
            halo - (tile.left - outer.left),
            halo - (outer.bottom - tile.bottom),
            halo - (outer.right - tile.right),
        )


def reflect(stack: Planes, margins: tuple[int, int, int, int]) -> None:
    """Fill the margins (above, left, below, right) with the mirror image of what they surround, in place."""
    above, left, below, right = margins
    inner = stack[:, :, left : stack.shape[2] - right]
    if above:
        inner[:, :above] = inner[:, 2 * above : above : -1]
    if below:
        inner[:, -below:] = inner[:, -below - 2 : -2 * below - 2 : -1]
    if left:
        stack[:, :, :left] = stack[:, :, 2 * left : left : -1]
    if right:
        stack[:, :, -right:] = stack[:, :, -right - 2 : -2 * right - 2 : -1]


class PlaneStore:
    """Takes the tiles of a level that a finer one is painted from."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.planes = np.empty((3, *size), np.float32)

    def put(self, tile: Tile, painted: Planes) -> None:
        self.planes[:, *tile.slices] = painted


class PixelStore:
    """Takes the tiles of the finished picture, in the photo's shape and depth; replicated edges fall away."""

    def __init__(self, photo: Pixels) -> None:
        self.pixels = np.empty_like(photo, order="C")

    def put(self, tile: Tile, painted: Planes) -> None:
        target = self.pixels[tile.slices]
        target[...] = to_pixels(painted[:, : target.shape[0], : target.shape[1]], self.pixels.dtype)


Store = PlaneStore | PixelStore


def to_pixels(planes: Planes, dtype: np.dtype[Any]) -> Pixels:
    """[3, height, width] in [0, 1] -> [height, width, 3] of the dtype, rounded."""
    if dtype.kind == "f":
        return cv2.merge(list(planes))
    return cv2.merge(list((planes * np.float32(np.iinfo(dtype).max) + np.float32(0.5)).astype(dtype)))
