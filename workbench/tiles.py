"""Cutting a picture into tiles that are worked on one by one, each with a halo of its surroundings."""

from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Tile:
    """A rectangle of pixels: rows top to bottom, columns left to right, ends excluded."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def slices(self) -> tuple[slice, slice]:
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def grown(self, margin: int, height: int, width: int) -> "Tile":
        """With a margin on each side, as far as the picture reaches."""
        return Tile(
            max(0, self.top - margin),
            min(height, self.bottom + margin),
            max(0, self.left - margin),
            min(width, self.right + margin),
        )

    def within(self, outer: "Tile") -> "Tile":
        """The same rectangle in the coordinates of one that holds it."""
        return Tile(self.top - outer.top, self.bottom - outer.top, self.left - outer.left, self.right - outer.left)


def tiles(height: int, width: int, side: int) -> list[Tile]:
    """Tiles of nearly equal size that cover the picture, row by row; inner edges lie on even pixels.

    Args:
        height, width: of the picture, in pixels.
        side: the longest side that a tile may have, in pixels; at least 2.
    """
    rows, columns = edges(height, side), edges(width, side)
    return [Tile(top, bottom, left, right) for top, bottom in pairwise(rows) for left, right in pairwise(columns)]


def edges(length: int, side: int) -> list[int]:
    """0, the even places in between, and the length; as few as `side` allows, as evenly spaced as they can be."""
    halves, most = -(-length // 2), max(1, side // 2)
    count = -(-halves // most)
    return [min(length, 2 * (halves * index // count)) for index in range(count + 1)]
