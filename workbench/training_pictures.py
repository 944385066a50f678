"""The pictures of a folder as squares to train on. Anything else in the folder is passed over."""

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.color import flattened, to_depth
from workbench.errors import FolderWithoutPictures, StudioError
from workbench.formats import READABLE_SUFFIXES
from workbench.image_io import read_picture
from workbench.picture import Picture, resized
from workbench.tree import survey

MEMORY = 512 << 20  # bytes of decoded pictures that are kept
ZOOM = 2.0  # a square shows from all of the picture's short side down to this part of it
LONGEST = 2048  # px of a picture that super-resolution learns from: larger ones are seldom sharp pixel by pixel
SMALLEST = 16  # px of a picture's short side

Pixels = NDArray[np.uint8]


class TrainingPictures:
    """Decoded when they are needed; those used last are kept, up to `MEMORY`."""

    def __init__(
        self, folder: Path, output: Path, smallest: int, reduce: Callable[[Picture], Picture], memory: int = MEMORY
    ) -> None:
        """
        Args:
            output: a folder that is left out, wherever it lies.
            smallest: px of the short side that a picture must have to be of use.
            reduce: makes a picture that is larger than needed smaller.
            memory: bytes of pictures that are kept.

        Raises:
            FolderWithoutPictures, FolderUnreadable, PictureMissing
        """
        self._folder = folder
        self._files = [source for _, source in survey([folder], READABLE_SUFFIXES, output).pictures]
        if not self._files:
            raise FolderWithoutPictures(path=folder)
        self._smallest, self._reduce, self._memory = smallest, reduce, memory
        self._kept: OrderedDict[int, Pixels] = OrderedDict()
        self._useless: set[int] = set()

    def __len__(self) -> int:
        """Files that look like pictures by their names."""
        return len(self._files)

    def pick(self, random: np.random.Generator) -> Pixels:
        """Any of them. For one that is of no use stands the next that is, whether or not that was known before, so
        that a training that was stopped goes on with the same pictures."""
        return self.at(int(random.integers(len(self._files))))

    def at(self, index: int) -> Pixels:
        """[height, width, 3]: the first of use from this one on; raises `FolderWithoutPictures` where none is."""
        for offset in range(len(self._files)):
            pixels = self._read((index + offset) % len(self._files))
            if pixels is not None:
                return pixels
        raise FolderWithoutPictures(path=self._folder)

    def _read(self, index: int) -> Pixels | None:
        if index in self._useless:
            return None
        if index in self._kept:
            self._kept.move_to_end(index)
            return self._kept[index]
        try:
            picture = read_picture(self._files[index])
            if min(picture.width, picture.height) < self._smallest:
                raise FolderWithoutPictures(path=self._files[index])
        except (StudioError, MemoryError):
            self._useless.add(index)
            return None
        picture = self._reduce(picture)
        whole = picture.pixels if picture.alpha is None else flattened(picture.pixels, picture.alpha)
        self._keep(index, np.ascontiguousarray(to_depth(whole, np.uint8)))
        return self._kept[index]

    def _keep(self, index: int, pixels: Pixels) -> None:
        self._kept[index] = pixels
        used = sum(kept.nbytes for kept in self._kept.values())
        while used > self._memory and len(self._kept) > 1:
            used -= self._kept.popitem(last=False)[1].nbytes


def to_translate(folder: Path, output: Path, side: int) -> TrainingPictures:
    """Pictures for squares of a CycleGAN, of `side` px."""

    def reduce(picture: Picture) -> Picture:
        scale = ZOOM * side / min(picture.width, picture.height)
        longest = max(picture.width, picture.height)
        return resized(picture, max(1, round(scale * longest))) if scale < 1 else picture

    return TrainingPictures(folder, output, SMALLEST, reduce)


def to_enlarge(folder: Path, output: Path, side: int) -> TrainingPictures:
    """Pictures for squares of super-resolution, of `side` px of the large picture."""

    def reduce(picture: Picture) -> Picture:
        longest = max(picture.width, picture.height)
        scale = max(LONGEST / longest, side / min(picture.width, picture.height))
        return resized(picture, round(scale * longest)) if scale < 1 else picture

    return TrainingPictures(folder, output, side, reduce)


def zoomed_square(pixels: Pixels, side: int, random: np.random.Generator) -> Pixels:
    """[side, side, 3]: a square from anywhere in the picture, at a random scale, every second one mirrored."""
    height, width = pixels.shape[:2]
    shown = max(1, round(min(height, width) / random.uniform(1, ZOOM)))
    cut = _cut(pixels, shown, random)
    square = np.asarray(Image.fromarray(cut).resize((side, side), Image.Resampling.LANCZOS))
    return square[:, ::-1] if random.random() < 0.5 else square


def plain_square(pixels: Pixels, side: int, random: np.random.Generator) -> Pixels:
    """[side, side, 3]: a square from anywhere in the picture, pixel by pixel, mirrored and turned."""
    square = _cut(pixels, side, random)
    if random.random() < 0.5:
        square = square[:, ::-1]
    return np.ascontiguousarray(square.transpose(1, 0, 2) if random.random() < 0.5 else square)


def _cut(pixels: Pixels, side: int, random: np.random.Generator) -> Pixels:
    top, left = (int(random.integers(length - side + 1)) for length in pixels.shape[:2])
    return np.ascontiguousarray(pixels[top : top + side, left : left + side])
