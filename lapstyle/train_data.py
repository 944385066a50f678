"""What a style is learned from: squares of photos, and the paintings that they are to look like."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image

import assets
from lapstyle.styles import Style, find_style
from lapstyle.training_settings import MULTIPLE, StyleTraining, painting_of
from workbench.errors import SettingWrong
from workbench.picture import Picture, resized
from workbench.training_pictures import Pixels, TrainingPictures

SMALLEST = 64  # px of a photo's short side
LARGEST = 1024  # px, short side: larger pictures are reduced before anything else
STROKES = (128, 192, 256)  # px: the short sides of drafts that strokes are learned for
CLOSEST = 4  # a square shows at least the short side over this, so that it is never a mere patch of something


@dataclass(frozen=True)
class Choice:
    """What one example is made of.

    Attributes:
        square: [side, side, 3] of a photo.
        style: the number of a painting.
        stroke: the draft's short side in pixels that it stands for, which says at what scale the painting is seen.
        corner: in [0, 1), down and right, of the window that is learned from.
    """

    square: Pixels
    style: int
    stroke: int
    corner: tuple[float, float]


class Paintings(Protocol):
    """One painting or many, by number."""

    def __len__(self) -> int: ...

    def style(self, index: int) -> Style: ...


class OnePainting:
    """The painting that a pack is taught from."""

    def __init__(self, painting: Path) -> None:
        self.painting = find_style(painting)

    def __len__(self) -> int:
        return 1

    def style(self, index: int) -> Style:
        return self.painting


class PaintingsFolder:
    """Those of a folder, for a universal training."""

    def __init__(self, folder: Path, output: Path) -> None:
        self._pictures = TrainingPictures(folder, output, SMALLEST, _reduced)

    def __len__(self) -> int:
        return len(self._pictures)

    def style(self, index: int) -> Style:
        return Style(str(index), self._pictures.at(index))


def open_paintings(settings: StyleTraining, output: Path) -> Paintings:
    """From the training's folder, or from where they are.

    Raises StudioError where there is no painting, or none that can be read; SettingWrong for many in one pack.
    """
    if settings.painting.is_dir():
        if settings.tuned == "pack":
            expected = "a pack holds one painting: give a picture, or train whole networks with all"
            raise SettingWrong(name="painting", value=settings.painting, expected=expected)
        return PaintingsFolder(settings.painting, output)
    return OnePainting(painting_of(settings, output))


class Choices:
    """What each example of each stage is made of: always the same for the same seed and pictures."""

    def __init__(self, settings: StyleTraining, output: Path, styles: int) -> None:
        """
        Args:
            output: the training's folder, whose pictures are not learned from.
            styles: how many paintings there are.

        Raises:
            FolderWithoutPictures, FolderUnreadable, PictureMissing
        """
        self._settings = settings
        self._styles = styles
        self._photos = TrainingPictures(settings.photos or samples_folder(), output, SMALLEST, _reduced)

    def __call__(self, stage: int, index: int) -> Choice:
        random = np.random.default_rng((self._settings.seed, stage, index))
        pixels = self._photos.pick(random)
        window = min(self._settings.window, self._settings.sides[stage]) if stage else self._settings.sides[stage]
        side = min(self._settings.sides[stage], max(window, min(pixels.shape[:2]) // MULTIPLE * MULTIPLE))
        square = random_square(pixels, side, random)
        style, stroke = int(random.integers(self._styles)), STROKES[random.integers(len(STROKES))]
        return Choice(square, style, stroke, (random.random(), random.random()))

    def sample(self, index: int, side: int) -> Pixels:
        """[side, side, 3]: the middle of a photo."""
        return centre_square(self._photos.at(index % len(self._photos)), side)


def samples_folder() -> Path:
    """The photos that come with the program."""
    return assets.samples()[0].path.parent


def random_square(pixels: Pixels, side: int, random: np.random.Generator) -> Pixels:
    """[side, side, 3] from anywhere in a picture, at a random scale, half of the time mirrored.

    It shows from a quarter of the short side to all of it, and is enlarged only where the picture is smaller than it.
    """
    short = min(pixels.shape[:2])
    shown = round(random.uniform(min(short, max(side, short / CLOSEST)), short))
    top, left = (int(random.integers(length - shown + 1)) for length in pixels.shape[:2])
    cut = Image.fromarray(np.ascontiguousarray(pixels[top : top + shown, left : left + shown]))
    square = np.asarray(cut if shown == side else cut.resize((side, side), Image.Resampling.LANCZOS))
    return np.ascontiguousarray(square[:, ::-1] if random.random() < 0.5 else square)


def centre_square(pixels: Pixels, side: int) -> Pixels:
    """[side, side, 3]: the middle of a picture, all of its short side."""
    short = min(pixels.shape[:2])
    top, left = ((length - short) // 2 for length in pixels.shape[:2])
    cut = Image.fromarray(np.ascontiguousarray(pixels[top : top + short, left : left + short]))
    return np.asarray(cut.resize((side, side), Image.Resampling.LANCZOS))


def _reduced(picture: Picture) -> Picture:
    short, long = sorted((picture.width, picture.height))
    return resized(picture, max(1, round(long * LARGEST / short))) if short > LARGEST else picture
