"""The contact sheet: one photo painted in many styles, on one labelled picture, with the photo itself first."""

import contextlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont, ImageOps

from lapstyle.painter import Painter
from lapstyle.settings import Settings
from lapstyle.styles import Style, StyleLike, find_style, gallery
from lapstyle.stylization import shared_painter
from workbench.image_io import Picture, resized
from workbench.progress import Cancellation, Job, Progress, part_of
from workbench.setting_checks import check_pixels, check_whole

CELL = 384
CELL_LIMITS = (64, 2048)
ASPECT = 1.5  # of a sheet whose columns are not given, about
PREVIEW = 1600  # px, long side
Color = tuple[int, int, int]
PAPER, INK, FADED = (250, 249, 246), (28, 28, 30), (118, 116, 112)
LAST_OWN_LETTER = "\u024f"  # the font that comes with Pillow knows Latin letters
FONTS_OF_THE_WORLD = (  # what Linux, Windows and macOS have for the rest
    "NotoSansCJK-Regular.ttc",
    "wqy-microhei.ttc",
    "DroidSansFallbackFull.ttf",
    "msyh.ttc",
    "PingFang.ttc",
    "Hiragino Sans GB.ttc",
    "Arial Unicode.ttf",
)


@dataclass(frozen=True)
class Caption:
    """What stands below a cell: a title over a fainter line, right of a piece of the painting."""

    title: str
    subtitle: str
    swatch: Image.Image | None = None


def sheet(
    photo: Picture,
    styles: Sequence[StyleLike] | None = None,
    *,
    settings: Settings | None = None,
    cell: int = CELL,
    columns: int | None = None,
    painter: Painter | None = None,
    cancellation: Cancellation | None = None,
) -> Job[Picture]:
    """Paint a photo in many styles and put the results on one sheet.

    Args:
        styles: gallery names, files or pictures; None is the whole gallery.
        settings: for all paintings; their size is `cell`.
        cell: long side of each painting in pixels, 64 to 2048.
        columns: None picks as many as make the sheet a landscape page.
        painter: reuse one that is there.
        cancellation: throw it to stop in the middle of a step.

    Yields:
        Progress, in paintings; its previews are the sheet so far, at most 1600 px long.

    Returns:
        The sheet, 8 bit, opaque and without the photo's metadata.

    Raises:
        SettingWrong: `cell` or `columns` is out of its range.
        StudioError: a style cannot be used.
        Cancelled: the cancellation was thrown.
    """
    check_pixels("size", cell, *CELL_LIMITS)
    wanted = [style.id for style in gallery()] if styles is None else list(styles)
    if columns is not None:
        check_whole("columns", columns, 1, 1000)
    total = len(wanted)
    yield Progress(0, total, "photo")
    painter = painter or shared_painter("auto", None, None)
    small = resized(photo, cell)
    small.pixels.flags.writeable = False  # so that the painter keeps what it sees in the photo
    height, width = small.pixels.shape[:2]
    page = Page(width, height, total + 1, columns)
    page.put(0, small, Caption("The photo", f"{photo.pixels.shape[1]} x {photo.pixels.shape[0]}"))
    for index, wish in enumerate(wanted):
        style = find_style(wish)
        caption = captioned(style)
        yield Progress(index, total, caption.title, page.preview())
        painting = painter.paint(small, [(style, 1.0)], settings, cancellation)
        page.put(index + 1, (yield from part_of(painting, index, 1, total, caption.title)), caption)
    return Picture(np.asarray(page.image))


def captioned(style: Style) -> Caption:
    """The gallery's title, artist and year; a pack's name and artist; of any other style its name."""
    record = next((record for record in gallery() if record.id == style.name), None)
    swatch = to_image(Picture(style.pixels))
    if style.pack is not None:
        return Caption(style.pack.name, style.pack.artist, swatch)
    if record is None:
        return Caption(style.name, "", swatch)
    return Caption(record.title, f"{record.artist}, {record.year}", swatch)


class Page:
    """The sheet: equal cells in rows, each a picture over its caption.

    Attributes:
        image: the sheet so far.
    """

    def __init__(self, width: int, height: int, count: int, columns: int | None) -> None:
        """
        Args:
            width, height: of each picture in pixels.
            count: number of cells.
            columns: None picks as many as come near to a landscape page.
        """
        side = max(width, height)
        self.letter = max(10, round(side / 22))
        self.caption = round(2.7 * self.letter)
        self.gap = max(8, side // 16)
        self.width = max(width, 10 * self.letter)
        self.height = height + self.letter * 2 // 3 + self.caption
        self.picture = width, height
        self.columns = columns or self.best_columns(count)
        rows = math.ceil(count / self.columns)
        size = self.gap + min(count, self.columns) * (self.width + self.gap), self.gap + rows * (self.height + self.gap)
        self.image = Image.new("RGB", size, PAPER)
        self.draw = ImageDraw.Draw(self.image)

    def best_columns(self, count: int) -> int:
        def badness(columns: int) -> float:
            rows = math.ceil(count / columns)
            aspect = columns * (self.width + self.gap) / (rows * (self.height + self.gap))
            return abs(math.log(aspect / ASPECT)) + (columns * rows - count) / count

        return min(range(1, count + 1), key=badness)

    def put(self, index: int, picture: Picture, caption: Caption) -> None:
        """Fill a cell; see-through parts show the paper."""
        row, column = divmod(index, self.columns)
        left, top = self.gap + column * (self.width + self.gap), self.gap + row * (self.height + self.gap)
        image = to_image(picture)
        self.image.paste(image, (left, top), image if image.mode == "RGBA" else None)
        top += self.picture[1] + self.letter * 2 // 3
        room = self.width
        if caption.swatch is not None:
            swatch = ImageOps.fit(caption.swatch, (self.caption, self.caption), Image.Resampling.LANCZOS)
            self.image.paste(swatch, (left, top))
            left, room = left + self.caption + self.letter // 2, room - self.caption - self.letter // 2
        self.write((left, top), "la", caption.title, letter=self.letter, ink=INK, room=room)
        small = round(self.letter * 0.85)
        self.write((left, top + self.caption), "ld", caption.subtitle, letter=small, ink=FADED, room=room)

    def write(self, place: tuple[int, int], anchor: str, text: str, *, letter: int, ink: Color, room: int) -> None:
        """One line of text, cut short where it is wider than the room.

        Args:
            place: left edge, and the top or the bottom of the letters, as Pillow's `anchor` says.
        """
        font = font_for(text, letter)
        shown = text
        while shown and self.draw.textlength(shown, font) > room:
            shown = shown.removesuffix("...")[:-1].rstrip()
            shown = f"{shown}..." if shown else ""
        self.draw.text(place, shown, ink, font, anchor=anchor)

    def preview(self) -> NDArray[np.uint8]:
        """The sheet so far, [height, width, 3], at most `PREVIEW` px long."""
        factor = math.ceil(max(self.image.size) / PREVIEW)
        return np.asarray(self.image.reduce(factor))


def to_image(picture: Picture) -> Image.Image:
    """8 bit, RGB or, with transparency, RGBA."""
    planes = picture.pixels if picture.alpha is None else np.dstack([picture.pixels, picture.alpha])
    scale = np.iinfo(planes.dtype).max if planes.dtype.kind == "u" else 1
    if scale != 255:
        planes = np.rint(planes.astype(np.float32) * (255 / scale)).astype(np.uint8)
    return Image.fromarray(planes)


def font_for(text: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own font; where that lacks letters, one of the system's that has them, if there is one."""
    if max(text, default="") > LAST_OWN_LETTER:
        for name in FONTS_OF_THE_WORLD:
            with contextlib.suppress(OSError):
                return ImageFont.truetype(name, size)
    return ImageFont.load_default(size)
