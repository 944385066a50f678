"""The Laplacian pyramid of a photo, from the draft's size to its own (Lin et al., sec. 3.1).

Planes are [3, height, width] float32 in [0, 1]. Only the photo itself stays in the depth it came in: it is converted
window by window, so that a 200-megapixel photo needs no 2.4 GB of floats.
"""

import math
from dataclasses import dataclass
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.tiles import Tile

Planes = NDArray[np.float32]
Pixels = NDArray[Any]
"""[height, width, 3] uint8, uint16, or float32 in [0, 1], RGB."""
SMALLEST = 16  # px: smaller photos and paintings are replicated up to this
DRAFT_MULTIPLE = 8  # px: three poolings and three enlargements by 2
LONGEST_DRAFT = 4  # a draft has at most this times draft side squared pixels
STRIP = 512  # rows that are halved at a time


@dataclass(frozen=True)
class Plan:
    """The sizes of every level of a picture, [height, width], coarsest (the draft) first.

    Attributes:
        sizes: of each level; the last is the photo's size, its edges replicated as far as halving needs.
        photo: the photo's own size.
        halvings: how often the photo is halved; a draft smaller still is reduced from the last.
    """

    sizes: tuple[tuple[int, int], ...]
    photo: tuple[int, int]
    halvings: int

    @property
    def revisions(self) -> int:
        return len(self.sizes) - 1


def plan(height: int, width: int, draft_side: int) -> Plan:
    """Halve the photo until its short side is at most twice the draft's; the draft is then made from that.

    So the first revision enlarges by 1 to 2 and all others by 2. Beyond an aspect of 4:1 the draft shrinks, so that it
    never has more than 4 draft_side^2 pixels.
    """
    full = max(height, SMALLEST), max(width, SMALLEST)
    short, long = sorted(full)
    draft = max(SMALLEST, round(draft_side * min(1.0, math.sqrt(LONGEST_DRAFT / (long / short)))))
    halvings = 0
    while short / 2**halvings > 2 * draft:
        halvings += 1
    sizes = [round_up(full, 2 ** (halvings + 1))]
    for _ in range(halvings):
        sizes.append((sizes[-1][0] // 2, sizes[-1][1] // 2))
    if min(sizes[-1]) > draft:
        sizes.append(size_to_short(sizes[-1], draft))
    return Plan(tuple(reversed(sizes)), (height, width), halvings)


def round_up(size: tuple[int, int], multiple: int) -> tuple[int, int]:
    return -(-size[0] // multiple) * multiple, -(-size[1] // multiple) * multiple


def size_to_short(size: tuple[int, int], short: int) -> tuple[int, int]:
    """The size scaled so that its short side is `short`; never enlarged."""
    factor = min(1.0, short / min(size))
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


class Level(Protocol):
    """One level of a pyramid, read window by window."""

    size: tuple[int, int]

    def window(self, tile: Tile) -> Planes: ...


class FloatLevel:
    """A level held as planes."""

    def __init__(self, planes: Planes) -> None:
        self.planes = planes
        self.size: tuple[int, int] = planes.shape[1:]

    def window(self, tile: Tile) -> Planes:
        return self.planes[:, *tile.slices]


class PhotoLevel:
    """The photo as it came, [height, width, 3] uint8, uint16 or float32, its edges replicated up to `size`."""

    def __init__(self, pixels: Pixels, size: tuple[int, int]) -> None:
        self.pixels = pixels
        self.size = size
        self.scale = np.float32(1 / np.iinfo(pixels.dtype).max) if pixels.dtype.kind == "u" else np.float32(1)

    def window(self, tile: Tile) -> Planes:
        height, width = self.pixels.shape[:2]
        inside = self.pixels[min(tile.top, height - 1) : tile.bottom, min(tile.left, width - 1) : tile.right]
        planes = np.empty((3, *inside.shape[:2]), np.float32)
        for channel, plane in zip(cv2.split(inside), planes, strict=True):  # far faster than a transposed copy
            np.multiply(channel, self.scale, out=plane)
        return replicate(planes, (tile.height, tile.width))


class EnlargedLevel:
    """A level enlarged to a finer one's size, window by window.

    Bilinear (half-pixel centres, edges clamped), or nearest neighbour, which PaddleGAN's revisions read. Enlarging by
    exactly 2 reads one pixel around the window; other factors, which only the first revision has and where levels are
    small, are computed at once.
    """

    def __init__(self, coarse: Planes, size: tuple[int, int], nearest: bool = False) -> None:
        self.size = size
        self.method = cv2.INTER_NEAREST if nearest else cv2.INTER_LINEAR
        self.doubled = (2 * coarse.shape[1], 2 * coarse.shape[2]) == size
        self.coarse = coarse if self.doubled else resized(coarse, size, self.method)

    def window(self, tile: Tile) -> Planes:
        if not self.doubled:
            return self.coarse[:, *tile.slices]
        height, width = self.coarse.shape[1:]
        source = Tile(tile.top // 2, -(-tile.bottom // 2), tile.left // 2, -(-tile.right // 2)).grown(1, height, width)
        size = 2 * source.height, 2 * source.width
        enlarged = resized(self.coarse[:, *source.slices], size, self.method)
        origin = Tile(2 * source.top, 2 * source.bottom, 2 * source.left, 2 * source.right)
        return enlarged[:, *tile.within(origin).slices]


def build(pixels: Pixels, sizes: Plan) -> list[Level]:
    """Every level of the photo, coarsest first."""
    levels: list[Level] = [PhotoLevel(pixels, sizes.sizes[-1])]
    for _ in range(sizes.halvings):
        levels.append(FloatLevel(halved(levels[-1])))
    if len(levels) < len(sizes.sizes):
        finer = levels[-1]
        levels.append(FloatLevel(reduce(finer.window(whole(finer.size)), sizes.sizes[0])))
    return levels[::-1]


def whole(size: tuple[int, int]) -> Tile:
    return Tile(0, size[0], 0, size[1])


def halved(level: Level) -> Planes:
    """The mean of every 2x2 pixels of a level with even sides, strip by strip."""
    height, width = level.size
    planes = np.empty((3, height // 2, width // 2), np.float32)
    for top in range(0, height, STRIP):
        bottom = min(height, top + STRIP)
        strip = level.window(Tile(top, bottom, 0, width))
        planes[:, top // 2 : bottom // 2] = halve(strip)
    return planes


def halve(planes: Planes) -> Planes:
    """The mean of every 2x2 pixels; sides must be even."""
    return resized(planes, (planes.shape[1] // 2, planes.shape[2] // 2), cv2.INTER_AREA)


def resized(planes: Planes, size: tuple[int, int], method: int) -> Planes:
    if planes.shape[1:] == size:
        return planes
    result = np.empty((planes.shape[0], *size), np.float32)
    for source, target in zip(planes, result, strict=True):
        cv2.resize(np.ascontiguousarray(source), (size[1], size[0]), dst=target, interpolation=method)
    return result


def reduce(planes: Planes, size: tuple[int, int]) -> Planes:
    """Antialiased bilinear, as `F.interpolate(antialias=True)`."""
    if planes.shape[1:] == size:
        return planes
    images = [Image.fromarray(np.ascontiguousarray(plane)) for plane in planes]
    reduced = [np.asarray(image.resize((size[1], size[0]), Image.Resampling.BILINEAR)) for image in images]
    return np.clip(np.stack(reduced), 0, 1)


def replicate(planes: Planes, size: tuple[int, int]) -> Planes:
    """The last row and column repeated at the bottom and the right, up to the size."""
    missing = size[0] - planes.shape[1], size[1] - planes.shape[2]
    if missing == (0, 0):
        return planes
    return np.pad(planes, ((0, 0), (0, missing[0]), (0, missing[1])), mode="edge")
