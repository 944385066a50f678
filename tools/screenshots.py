"""Photographs the real window, 1440 x 900, on a screen that is not there: the pictures of README and guide.

    python -m tools.screenshots docs/images [name ...]

Without names all are taken: window-main.webp, window-compare.webp, ..., and clip.webp, the window at work.
"""

import argparse
import shutil
from pathlib import Path

# The first of what is imported: it chooses the platform before Qt is loaded, and the program's folders.
from tools.driven_window import (  # isort: split
    FOLDER,
    PHOTO,
    SIZE,
    Studio,
    await_painted,
    await_whole_preview,
    pause,
    start_application,
    until,
)

import numpy as np
from PIL import Image, ImageDraw
from PyQt5.QtCore import QPoint, QTimer
from PyQt5.QtWidgets import QApplication, QDialog

import assets
from noise.blurs import GaussianBlur
from noise.grain import FilmGrain
from noise.pipeline import Pipeline
from noise.points import SaltPepper
from studio.batch_window import BatchWindow
from studio.pictures import pixels_of
from workbench.entries import State

LIMIT = 320_000  # bytes of a picture
QUALITIES = (95, 90, 85, 80, 75)
CLIP_SIZE, CLIP_LIMIT, CLIP_QUALITIES = (1080, 675), 1_200_000, (85, 75, 60, 45)
POINTER = (0, 0), (0, 22), (5, 17), (9, 26), (13, 24), (9, 16), (16, 16)
LANGUAGES = {"window": "en", "window-chinese": "zh_CN"}  # by the first part of a picture's name
AGED = Pipeline((GaussianBlur(1.0), FilmGrain(12.0, 2.0), SaltPepper(0.002, 0.002)), 1895)


def save(picture: Image.Image, path: Path) -> None:
    """A WebP of at most `LIMIT` bytes, as good as fits."""
    for quality in QUALITIES:
        picture.save(path, quality=quality, method=6)
        if path.stat().st_size <= LIMIT:
            return
    raise ValueError(f"{path} is larger than {LIMIT} bytes.")


# The pictures


def start(application: QApplication, folder: Path) -> None:
    for name, language in LANGUAGES.items():
        studio = Studio(application, language)
        save(studio.grab(), folder / f"{name}-start.webp")
        studio.close()


def main_window(application: QApplication, folder: Path) -> None:
    """The window with a result, and before and after."""
    studio = Studio(application)
    studio.paint()
    save(studio.grab(), folder / "window-main.webp")
    studio.tab.viewer.compare.trigger()
    studio.tab.viewer.view.divider = 0.46
    save(studio.grab(), folder / "window-compare.webp")
    studio.close()


def dark(application: QApplication, folder: Path) -> None:
    studio = Studio(application, theme="dark")
    studio.paint("dandelion", "starry-night")
    save(studio.grab(), folder / "window-dark.webp")
    studio.close()


def chinese(application: QApplication, folder: Path) -> None:
    studio = Studio(application, language="zh_CN")
    studio.paint("mountains", "great-wave")
    save(studio.grab(), folder / "window-chinese.webp")
    studio.close()


class Clip:
    """Frames of the window at work, with a pointer drawn in, for which the screen that is not there has no place."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.frames: list[Image.Image] = []
        self.times: list[int] = []
        self.pointer = QPoint(SIZE[0] // 3, SIZE[1] - 60)

    def frame(self, milliseconds: int, held: Image.Image | None = None) -> None:
        """What can be seen now, for so long; with the file that the pointer holds."""
        picture = self.studio.grab()
        tip = self.pointer.x(), self.pointer.y()
        if held is not None:
            picture.paste(held, (tip[0] - held.width // 2, tip[1] - held.height // 2))
        ImageDraw.Draw(picture).polygon(
            [(tip[0] + x, tip[1] + y) for x, y in POINTER], fill="white", outline="black", width=2
        )
        self.frames.append(picture.resize(CLIP_SIZE, Image.Resampling.LANCZOS))
        self.times.append(milliseconds)

    def move(self, to: QPoint, steps: int = 8, held: Image.Image | None = None) -> None:
        """Move the pointer there, with a file or without."""
        begin = self.pointer
        for step in range(1, steps + 1):
            share = step / steps
            self.pointer = begin + (to - begin) * (share * share * (3 - 2 * share))
            if held is not None:
                self.studio.hover(self.pointer, assets.path(f"samples/{PHOTO}.jpg"))
            self.frame(60, held)

    def watch(self, milliseconds: int) -> None:
        """A frame for each picture that the painter shows, until the whole is painted."""
        session = self.studio.tab.session
        connection = session.shown.connect(lambda *_: self.frame(milliseconds))
        self.studio.wait_for_whole()
        session.shown.disconnect(connection)

    def save(self, path: Path) -> None:
        for quality in CLIP_QUALITIES:
            self.frames[0].save(
                path, save_all=True, append_images=self.frames[1:], duration=self.times, loop=0, quality=quality,
                method=4, minimize_size=True,
            )  # fmt: skip
            if path.stat().st_size <= CLIP_LIMIT:
                return
        raise ValueError(f"{path} is larger than {CLIP_LIMIT} bytes.")


def clip(application: QApplication, folder: Path) -> None:
    """Drop a photo, see it painted coarse to fine, compare, and take another style."""
    studio = Studio(application)
    film, tab, gallery = Clip(studio), studio.tab, studio.tab.gallery.view
    tab.gallery.choose(["great-wave"])
    photo = assets.path(f"samples/{PHOTO}.jpg")
    held = Image.open(photo)
    held.thumbnail((150, 150))
    film.frame(700)
    place = studio.middle(tab.viewer.zones.photo)
    film.move(place, held=held)
    film.frame(300, held)
    studio.drop(place, photo)
    film.watch(450)
    film.frame(1200)
    tab.viewer.compare.trigger()
    view = tab.viewer.view
    for share in (*np.linspace(0.5, 0.12, 8), *np.linspace(0.12, 0.85, 14), *np.linspace(0.85, 0.5, 7)):
        view.divider = float(share)
        rectangle = view.picture_rect()
        film.pointer = view.mapTo(studio.window, QPoint(int(rectangle.left() + share * rectangle.width()), 440))
        film.frame(70)
    film.frame(500)
    tab.viewer.compare.trigger()
    model = gallery.model()
    assert model is not None
    row = gallery.visualRect(model.index(3, 0))
    film.move(gallery.mapTo(studio.window, row.center()))
    tab.gallery.choose(["ryogoku-bridge"])
    film.watch(450)
    film.frame(2000)
    film.save(folder / "clip.webp")
    studio.close()


def blend(application: QApplication, folder: Path) -> None:
    """Two styles and a slider for each; the filmstrip has what was painted before."""
    studio = Studio(application)
    studio.paint("astronaut", "summertime")
    studio.tab.gallery.choose(["summertime", "composition-viii"])
    studio.wait_for_whole()
    save(studio.grab(), folder / "window-blend.webp")
    studio.close()


def export(application: QApplication, folder: Path) -> None:
    for name, language in LANGUAGES.items():
        studio = Studio(application, language)
        studio.paint("coffee", "moulin-de-la-galette")
        QTimer.singleShot(1000, lambda name=name: photograph_dialog(folder / f"{name}-export.webp"))
        studio.tab.output.ask()
        pause(1500)
        studio.close()


def photograph_dialog(path: Path) -> None:
    """Of the dialog that is open, on the background of a page; and close it."""
    dialog = next(
        widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QDialog) and widget.isVisible()
    )
    save(Image.fromarray(pixels_of(dialog.grab().toImage())[0]), path)
    dialog.reject()


def contact_sheet(application: QApplication, folder: Path) -> None:
    studio = Studio(application)
    studio.paint("cat", "great-wave")
    studio.tab.sheet.action.trigger()
    tiles = studio.tab.sheet.page.model
    pause(1000)
    until(lambda: bool(tiles.styles) and len(tiles.tiles) == len(tiles.styles))
    pause(500)
    save(studio.grab(), folder / "window-sheet.webp")
    studio.close()


def batch(application: QApplication, folder: Path) -> None:
    """The batch window while it paints, with one file that is none."""
    for name, language in LANGUAGES.items():
        studio = Studio(application, language)
        photos = FOLDER / language / "holiday"
        photos.mkdir(parents=True)
        for sample in assets.samples():
            shutil.copy(sample.path, photos)
        (photos / "broken.jpg").write_bytes(assets.path("samples/rocket.jpg").read_bytes()[:5000])
        window = studio.window.batch.open((photos,))
        window.resize(1100, 720)
        pause(2500)
        window.start_batch()
        await_ended(window, 4)
        pause(300)
        save(studio.grab(window), folder / f"{name}-batch.webp")
        await_ended(window, len(window.model.entries))
        pause(500)
        studio.close()


def noise(application: QApplication, folder: Path) -> None:
    """The noise tab with the divider between a photo and what the steps make of it."""
    for name, language in LANGUAGES.items():
        studio = Studio(application, language)
        tab = studio.turn_to(1)
        studio.drop(studio.middle(tab.viewer.zones.photo), assets.path("samples/coffee.jpg"))
        tab.set_pipeline(AGED)
        await_whole_preview(tab.quality)
        tab.viewer.view.divider = 0.42
        pause(300)
        save(studio.grab(), folder / f"{name}-noise.webp")
        studio.close()


def translation(application: QApplication, folder: Path) -> None:
    """The CycleGAN tab with the divider between a photo and its translation by the first model that ships."""
    for name, language in LANGUAGES.items():
        studio = Studio(application, language)
        tab = studio.turn_to(2)
        studio.drop(studio.middle(tab.viewer.zones.photo), assets.path(f"samples/{PHOTO}.jpg"))
        await_painted(tab.session)
        tab.viewer.view.divider = 0.42
        pause(700)
        save(studio.grab(), folder / f"{name}-translation.webp")
        studio.close()


def teach(application: QApplication, folder: Path) -> None:
    """The tab that teaches, with a painting of the gallery and the photo that is painted."""
    for name, language in LANGUAGES.items():
        studio = Studio(application, language)
        studio.paint("coffee", "starry-night")
        tab = studio.turn_to(3)
        tab.teach(studio.tab.gallery.choice[0])
        pause(1500)
        save(studio.grab(), folder / f"{name}-teach.webp")
        studio.close()


def await_ended(window: BatchWindow, number: int) -> None:
    """Wait until so many photos of the batch are painted or refused."""
    until(lambda: sum(entry.state in (State.DONE, State.FAILED) for entry in window.model.entries) >= number)


PICTURES = {
    "start": start,
    "main": main_window,
    "blend": blend,
    "sheet": contact_sheet,
    "export": export,
    "batch": batch,
    "noise": noise,
    "translation": translation,
    "teach": teach,
    "dark": dark,
    "chinese": chinese,
    "clip": clip,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(PICTURES))
    given = parser.parse_args()
    if unknown := [name for name in given.names if name not in PICTURES]:
        parser.error(f"no picture is called {', '.join(unknown)}; there are {', '.join(PICTURES)}")
    given.folder.mkdir(parents=True, exist_ok=True)
    application = start_application()
    for name in given.names or PICTURES:
        PICTURES[name](application, given.folder)


if __name__ == "__main__":
    main()
