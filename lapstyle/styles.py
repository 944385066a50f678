"""Styles: a painting, its statistics at the few sides it is encoded at, and how several are blended."""

import hashlib
import math
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import NDArray

import assets
from assets import GalleryStyle
from lapstyle import palette, pyramid
from lapstyle.packs import StylePack, all_packs, is_pack, read_pack
from lapstyle.palette import Palette
from lapstyle.pyramid import Pixels, Planes
from workbench.errors import PictureShapeWrong, SettingWrong, StyleUnknown
from workbench.image_io import Picture, read_picture

SIDES = (64, 96, 128, 192, 256, 384, 512)
"""Short sides in pixels that a style is encoded at, so that its statistics can be kept; larger levels use 512's."""
LARGEST = 2048  # px, short side: bigger paintings are halved before anything else
KEPT_FILES = 4096  # statistics on disk, 8 kB each

LayerStatistics = tuple[NDArray[np.float32], NDArray[np.float32]]
Statistics = dict[str, LayerStatistics]
"""Layer ("relu2_1", ...) -> mean and standard deviation of its channels, [channels] each."""


@dataclass(frozen=True, eq=False)
class Style:
    """A painting to paint like.

    Attributes:
        name: what to call it.
        pixels: [height, width, 3] uint8, uint16 or float32 in [0, 1], sRGB.
        pack: what was taught of this very style, or None for the universal model's painting.
    """

    name: str
    pixels: Pixels = field(repr=False)
    pack: StylePack | None = field(default=None, repr=False)

    @cached_property
    def key(self) -> str:
        """Hash of the pixels: the same painting in another file has the same statistics."""
        digest = hashlib.sha256(f"{self.pixels.shape}{self.pixels.dtype}".encode())
        digest.update(np.ascontiguousarray(self.pixels).data)
        return digest.hexdigest()

    @property
    def fingerprint(self) -> str:
        """What tells apart whatever paints differently: the painting, and what was taught of it."""
        return self.key if self.pack is None else f"{self.key} {self.pack.sha256}"

    @cached_property
    def planes(self) -> Planes:
        """[3, height, width] in [0, 1], at least 16 px a side, its short side at most `LARGEST` or so."""
        height, width = self.pixels.shape[:2]
        size = pyramid.round_up((height, width), 2) if min(height, width) > LARGEST else (height, width)
        level: pyramid.Level = pyramid.PhotoLevel(self.pixels, size)
        while min(level.size) > LARGEST:
            level = pyramid.FloatLevel(pyramid.halved(level))
            size = pyramid.round_up(level.size, 2)
            level = pyramid.FloatLevel(pyramid.replicate(level.planes, size))
        return level.window(pyramid.whole(level.size))

    def nearest_side(self, short: int) -> int:
        """The side of `SIDES` nearest to `short` by ratio, never larger than the painting itself."""
        side = min(SIDES, key=lambda side: abs(math.log(side / max(1, short))))
        return min(side, *self.planes.shape[1:])

    def at_side(self, side: int) -> Planes:
        """The painting with its short side at `side` px, for the encoder."""
        planes = pyramid.reduce(self.planes, pyramid.size_to_short(self.planes.shape[1:], side))
        size = max(planes.shape[1], pyramid.SMALLEST), max(planes.shape[2], pyramid.SMALLEST)
        return pyramid.replicate(planes, size)

    def palette_at(self, side: int) -> Palette:
        """The painting's colours as they are with its short side at `side` px."""
        if side not in self._palettes:
            self._palettes[side] = palette.palette_of(self.at_side(side))
        return self._palettes[side]

    @cached_property
    def _palettes(self) -> dict[int, Palette]:
        return {}


StyleLike = str | os.PathLike[str] | Picture | Style | Pixels
WeightedStyles = Sequence[tuple[Style, float]]


def gallery() -> tuple[GalleryStyle, ...]:
    """The paintings that ship with the program."""
    return assets.gallery()


def find_style(style: StyleLike) -> Style:
    """A style from a name, a file, a picture, or an array [height, width, 3].

    A name is that of a gallery painting or of a pack that ships or is installed; a file, a picture or a style pack.

    Raises:
        StyleUnknown: neither a name nor a file.
        StudioError: the file is no readable picture, and no sound pack.
    """
    if isinstance(style, Style):
        return style
    if isinstance(style, Picture):
        return Style("a picture", style.pixels)
    if isinstance(style, np.ndarray):
        return Style("an array", checked_pixels(style, "style"))
    known = {painting.id: painting.path for painting in gallery()}
    if isinstance(style, str) and style in known:
        return Style(style, read_picture(known[style]).pixels)
    packs = {card.id: card.path for card in all_packs()}
    if isinstance(style, str) and style in packs:
        return _style_of(read_pack(packs[style]))
    path = Path(style)
    try:
        there = path.exists()
    except OSError:  # too long for a file's name
        there = False
    if not there:
        raise StyleUnknown(name=os.fspath(style), known=", ".join([*known, *packs]))
    return _style_of(read_pack(path)) if is_pack(path) else Style(path.stem, read_picture(path).pixels)


def _style_of(pack: StylePack) -> Style:
    return Style(pack.path.stem, pack.painting.pixels, pack)


def checked_pixels(pixels: Pixels, name: str) -> Pixels:
    """The array, if it is a picture: [height, width, 3] in uint8, uint16, or float32 in [0, 1] and finite."""
    right = pixels.ndim == 3 and pixels.shape[2] == 3 and min(pixels.shape) > 0
    if not right or pixels.dtype not in (np.uint8, np.uint16, np.float32):
        raise PictureShapeWrong(name=name, got=f"{list(pixels.shape)} {pixels.dtype}")
    if pixels.dtype == np.float32 and not (np.min(pixels) >= 0 and np.max(pixels) <= 1):
        raise PictureShapeWrong(name=name, got="numbers outside [0, 1]")
    return pixels


def weighted(styles: StyleLike | Sequence[StyleLike | tuple[StyleLike, float]]) -> list[tuple[Style, float]]:
    """Styles with weights that add up to 1; a style without a weight counts 1.

    Raises:
        SettingWrong: no style, or a weight that is not a positive number.
    """
    if isinstance(styles, str | os.PathLike | Picture | Style | np.ndarray):
        styles = [styles]
    pairs = [style if isinstance(style, tuple) else (style, 1.0) for style in styles]
    if not pairs:
        raise SettingWrong(name="style", value="empty", expected="give at least one painting")
    for _, weight in pairs:
        if not (isinstance(weight, int | float) and math.isfinite(weight) and weight > 0):
            raise SettingWrong(name="the weight of a style", value=weight, expected="give a number above 0")
    total = sum(weight for _, weight in pairs)
    return [(find_style(style), weight / total) for style, weight in pairs]


def mix(parts: Sequence[tuple[Statistics, float]]) -> Statistics:
    """The weighted mean of statistics over the layers that all of them have (Huang & Belongie 2017, sec. 7.3)."""
    layers = [layer for layer in parts[0][0] if all(layer in statistics for statistics, _ in parts)]

    def mean(layer: str, part: int) -> NDArray[np.float32]:
        return np.sum([np.float32(weight) * statistics[layer][part] for statistics, weight in parts], axis=0)

    return {layer: (mean(layer, 0), mean(layer, 1)) for layer in layers}


Kept = Mapping[tuple[str, int], Statistics]


class StatisticsStore:
    """Statistics of styles, by content hash and side: in memory, shipped, and on disk for the next start.

    Attributes:
        encoder: identifies the weights that encode; statistics of others are never mixed in.
        folder: where the files are; None keeps everything in memory only.
        shipped: loads those that came with the program, when the first is looked for.
    """

    def __init__(self, encoder: str, folder: Path | None = None, shipped: Callable[[str], Kept] | None = None) -> None:
        self.encoder = encoder
        self.folder = folder
        self.shipped = shipped
        self._memory: dict[tuple[str, int], Statistics] = {}

    @staticmethod
    def default_folder() -> Path:
        return platformdirs.user_cache_path("lapstyle-studio", appauthor=False) / "styles"

    def find(
        self, style: Style, side: int, layers: Sequence[str], encode: Callable[[Planes], Statistics]
    ) -> Statistics:
        """The style's statistics at a side for at least these layers; `encode` makes them when they are not kept."""
        key = style.key, side
        if self.shipped is not None:
            self._memory |= self.shipped(self.encoder)
            self.shipped = None
        kept = self._memory.get(key) or self._read(key)
        if kept is None or any(layer not in kept for layer in layers):
            kept = encode(style.at_side(side))
            self._write(key, kept)
        self._memory[key] = kept
        return kept

    def _path(self, key: tuple[str, int]) -> Path | None:
        if self.folder is None:
            return None
        return self.folder / f"{hashlib.sha256(f'{self.encoder} {key}'.encode()).hexdigest()[:40]}.npz"

    def _read(self, key: tuple[str, int]) -> Statistics | None:
        path = self._path(key)
        if path is None:
            return None
        try:
            with np.load(path, allow_pickle=False) as file:
                arrays: Mapping[str, NDArray[np.float32]] = dict(file)
            layers = [name.removesuffix(".mean") for name in arrays if name.endswith(".mean")]
            kept = {layer: (arrays[f"{layer}.mean"], arrays[f"{layer}.deviation"]) for layer in layers}
        except Exception:  # missing, cut short, foreign: whatever it is, encoding again is the cure
            return None
        sound = all(part.dtype == np.float32 and np.isfinite(part).all() for pair in kept.values() for part in pair)
        return kept if kept and sound else None

    def _write(self, key: tuple[str, int], statistics: Statistics) -> None:
        path = self._path(key)
        if path is None:
            return
        arrays = {f"{layer}.mean": pair[0] for layer, pair in statistics.items()}
        arrays |= {f"{layer}.deviation": pair[1] for layer, pair in statistics.items()}
        with suppress(OSError):  # a full or read-only disk only costs the next start some time
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
                np.savez(file, **arrays)  # type: ignore[arg-type]
            Path(file.name).replace(path)
            files = sorted(path.parent.glob("*.npz"), key=lambda file: file.stat().st_mtime)
            for old in files[:-KEPT_FILES]:
                old.unlink(missing_ok=True)
