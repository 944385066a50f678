"""One level of revision, window by window, and where the painted tiles go."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lapstyle.engine import Engine
from lapstyle.pyramid import EnlargedLevel, FloatLevel, Level, Planes
from lapstyle.styles import Statistics
from workbench.progress import Cancellation
from workbench.tiles import Tile


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
        self.stacked = self.enlarged if engine.universal else EnlargedLevel(painted, size, nearest=True)

    def revise(
        self, tile: Tile, style: Statistics, cancellation: Cancellation | None
    ) -> tuple[Planes, Planes, Planes]:
        """Of one tile, each [3, height, width]; the network also sees its halo."""
        height, width = self.fine.size
        outer = tile.grown(self.engine.HALO, height, width)
        inner = tile.within(outer)
        laplacian = self.fine.window(outer) - self.enlarged_photo.window(outer)
        stack = np.concatenate([laplacian, self.stacked.window(outer)])
        shift_down, shift_right = 0, 0
        if self.engine.universal:
            margins = self.margins(tile, outer)
            stack = np.pad(stack, ((0, 0), *margins), mode="reflect")
            shift_down, shift_right = margins[0][0], margins[1][0]
        residual = self.engine.revise(self.revision, stack[None], style, cancellation)[0]
        rows = slice(inner.top + shift_down, inner.bottom + shift_down)
        columns = slice(inner.left + shift_right, inner.right + shift_right)
        return laplacian[:, *inner.slices], self.enlarged.window(tile), residual[:, rows, columns]

    def margins(self, tile: Tile, outer: Tile) -> tuple[tuple[int, int], tuple[int, int]]:
        """Pixels to reflect above, below, left and right, where the picture ends before the halo does."""
        halo = self.engine.HALO
        return (
            (halo - (tile.top - outer.top), halo - (outer.bottom - tile.bottom)),
            (halo - (tile.left - outer.left), halo - (outer.right - tile.right)),
        )


class PlaneStore:
    """Takes the tiles of a level that a finer one is painted from."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.planes = np.empty((3, *size), np.float32)

    def put(self, tile: Tile, painted: Planes) -> None:
        self.planes[:, *tile.slices] = painted


class PixelStore:
    """Takes the tiles of the finished picture, in the photo's shape and depth; replicated edges fall away."""

    def __init__(self, photo: NDArray[np.generic]) -> None:
        self.pixels = np.empty_like(photo, order="C")

    def put(self, tile: Tile, painted: Planes) -> None:
        target = self.pixels[tile.slices]
        target[...] = to_pixels(painted[:, : target.shape[0], : target.shape[1]], self.pixels.dtype)


Store = PlaneStore | PixelStore


def to_pixels(planes: Planes, dtype: np.dtype[np.generic]) -> NDArray[np.generic]:
    """[3, height, width] in [0, 1] -> [height, width, 3] of the dtype, rounded."""
    if dtype.kind == "u":
        planes = (planes * np.float32(np.iinfo(dtype).max) + np.float32(0.5)).astype(dtype)  # type: ignore[assignment]
    return np.ascontiguousarray(planes.transpose(1, 2, 0))
