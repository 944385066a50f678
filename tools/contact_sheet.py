"""Paints the pictures that the README shows: sheet.jpg and detail.jpg.

    python -m tools.contact_sheet docs/images

Every cell is the program's own painting at the photo's full size with the default settings, reduced to fit.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageOps

import assets
import lapstyle
from assets import GalleryStyle
from recipes.sheet import FADED, INK, PAPER, font_for

PHOTOS = ("cat", "stream", "dandelion", "astronaut")
STYLES = (
    "great-wave",
    "starry-night",
    "cottages-at-auvers",
    "composition-viii",
    "ryogoku-bridge",
    "girls-at-the-piano",
)
CELL = (304, 203)  # px, width and height
GAP, CAPTION, TITLE, SUBTITLE = 16, 54, 17, 15
TOP = (0.5, 0.15)  # of what is cropped to fit, most goes at the bottom: faces are above the middle
DETAIL = ("stream", "great-wave", (540, 300), (80, 0))  # photo, style, left and top of the crop in either
DETAIL_SIDE = 450  # px
QUALITY = 84


class Painter:
    """Paints samples in gallery styles, each pair once."""

    def __init__(self) -> None:
        self.painter = lapstyle.Painter()
        self.styles = {style.id: style for style in lapstyle.gallery()}
        self.photos = {name: lapstyle.load(assets.path(f"samples/{name}.jpg")) for name in PHOTOS}
        for photo in self.photos.values():
            photo.pixels.flags.writeable = False  # so that the painter keeps what it sees in the photo

    def photo(self, name: str) -> Image.Image:
        return Image.fromarray(self.photos[name].pixels)

    def style(self, name: str) -> Image.Image:
        return Image.fromarray(np.asarray(lapstyle.load(self.styles[name].path).pixels))

    def paint(self, photo: str, style: str) -> Image.Image:
        job = lapstyle.stylize(self.photos[photo], style, painter=self.painter)
        return Image.fromarray(lapstyle.run(job).pixels)


def contact_sheet(painter: Painter) -> Image.Image:
    """Photos in columns, paintings in rows, with their titles in the first column."""
    width, height = CELL
    step = height + CAPTION
    page = Image.new("RGB", (GAP + (1 + len(PHOTOS)) * (width + GAP), 2 * GAP + height + len(STYLES) * step), PAPER)

    def put(row: int, column: int, picture: Image.Image) -> tuple[int, int]:
        left, top = GAP + column * (width + GAP), GAP + (height + GAP) * min(row, 1) + step * max(row - 1, 0)
        page.paste(ImageOps.fit(picture, CELL, Image.Resampling.LANCZOS, centering=TOP), (left, top))
        return left, top + height

    for row, name in enumerate(STYLES, 1):
        label(page, put(row, 0, painter.style(name)), *words(painter.styles[name]))
    for column, photo in enumerate(PHOTOS, 1):
        put(0, column, painter.photo(photo))
        for row, name in enumerate(STYLES, 1):
            put(row, column, painter.paint(photo, name))
    return page


def detail(painter: Painter) -> Image.Image:
    """Photo, painting and result, pixel by pixel."""
    photo, style, at, style_at = DETAIL
    crops = [
        (painter.photo(photo), at, "The photo"),
        (painter.style(style), style_at, painter.styles[style].title),
        (painter.paint(photo, style), at, "The result"),
    ]
    step = DETAIL_SIDE + GAP
    page = Image.new("RGB", (GAP + len(crops) * step, GAP + DETAIL_SIDE + CAPTION), PAPER)
    for index, (picture, (left, top), title) in enumerate(crops):
        crop = picture.crop((left, top, left + DETAIL_SIDE, top + DETAIL_SIDE))
        page.paste(crop, (GAP + index * step, GAP))
        label(page, (GAP + index * step, GAP + DETAIL_SIDE), title)
    return page


def words(style: GalleryStyle) -> tuple[str, str]:
    return style.title, f"{style.artist}, {style.year}"


def label(page: Image.Image, place: tuple[int, int], title: str, subtitle: str = "") -> None:
    """One or two lines below a picture, whose lower left corner is `place`."""
    draw, (left, top) = ImageDraw.Draw(page), place
    draw.text((left, top + 5), title, INK if subtitle else FADED, font_for(title, TITLE if subtitle else SUBTITLE))
    if subtitle:
        draw.text((left, top + 26), subtitle, FADED, font_for(subtitle, SUBTITLE))


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    painter = Painter()
    for name, make in (("sheet.jpg", contact_sheet), ("detail.jpg", detail)):
        make(painter).save(folder / name, quality=QUALITY, optimize=True, progressive=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
