"""The original program's noise for a whole folder: salt and pepper, then a mean blur, same file names out."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from noise.blurs import MeanBlur
from noise.pipeline import Pipeline
from noise.points import SaltPepper
from noise.step import Pixels, shown
from workbench.errors import (
    ArrayShapeWrong,
    FolderUnreadable,
    FormatUnknown,
    NameNotKept,
    OutputExists,
    OutputNotWritten,
    SettingWrong,
    StudioError,
    WorkFailed,
)
from workbench.formats import format_to_write
from workbench.image_io import losses, read_picture, write_picture
from workbench.output_file import system_reason
from workbench.picture import Picture
from workbench.progress import Cancellation, Job, run

BLUR = 20  # px: the side of the original's mean filter


@dataclass(frozen=True)
class Skipped:
    """A file that was left out, and why."""

    path: Path
    reason: StudioError


@dataclass(frozen=True)
class FolderReport:
    """What became of the files of a folder, in the order of their names.

    Attributes:
        written: the new files.
        skipped: what was no picture, could not be read, or could not be written.
        notes: by file, sentences on what its result lacks: further frames, transparency that JPEG cannot hold, ...
    """

    written: tuple[Path, ...]
    skipped: tuple[Skipped, ...]
    notes: Mapping[Path, tuple[str, ...]]


class ImageNoise:
    """Salts, peppers and blurs every picture of a folder.

    Args:
        path1: the folder with the pictures; folders in it and hidden files are left out.
        path2: where the results go, under the same names; made when it is missing.
        seed: of the noise; each picture's own also depends on its name, so that no two look alike.

    Raises:
        FolderUnreadable: path1 is no folder that can be opened.
        OutputNotWritten: path2 is path1 itself.
        SettingWrong: a seed that is not a whole number from 0 to 2^32 - 1.
    """

    def __init__(self, path1: str | Path, path2: str | Path, *, seed: int = 0) -> None:
        Pipeline(seed=seed)
        self.source, self.target, self.seed = Path(path1), Path(path2), seed
        _refuse_same(self.source, self.target)

    def sp_noise(self, image: Pixels, prob: float) -> Pixels:
        """Salt and pepper: each pixel turns black with a probability of `prob`, and white with the same one.

        Args:
            image: [height, width], [height, width, 3] or, with transparency, which stays as it is,
                [height, width, 4]; uint8, uint16, or float32 in [0, 1], beyond which it is refused.
            prob: 0 to 0.5, so that 2 * prob of all pixels are hit.

        Returns:
            A new array of the same shape and dtype; the same for the same seed.

        Raises:
            SettingWrong, PictureShapeWrong
        """
        step = salted(prob)
        _check_image(image)
        colors = cv2.merge([image] * 3) if image.ndim == 2 else image[..., :3]
        noisy = run(Pipeline((step,), self.seed).render(Picture(colors))).pixels
        if image.ndim == 2:
            return noisy[..., 0].copy()
        if image.shape[2] == 4:
            return np.dstack([noisy, image[..., 3]])
        return noisy.copy() if noisy is colors else noisy

    def add_noise(self, prob: float = 0.1) -> FolderReport:
        """Noise for every picture of the folder: `job`, run to its end."""
        return run(self.job(prob))

    def job(self, prob: float = 0.1, cancellation: Cancellation | None = None) -> Job[FolderReport]:
        """Salt and pepper, then the mean of 20 x 20 pixels, for every picture of the folder.

        Depth, transparency and metadata stay as they are. Each result appears whole or not at all. Nothing that exists
        in path2 is replaced, and files of a format that is only read are skipped, since they could not keep their name.

        Args:
            prob: as for `sp_noise`.

        Raises:
            SettingWrong: `prob`.
            FolderUnreadable, OutputNotWritten: the folders.
        """
        steps = (salted(prob), MeanBlur(size=BLUR))
        _refuse_same(self.source, self.target)
        try:
            self.target.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputNotWritten(path=str(self.target), reason=system_reason(error)) from error
        _refuse_same(self.source, self.target)
        written: list[Path] = []
        skipped: list[Skipped] = []
        notes: dict[Path, tuple[str, ...]] = {}
        pipeline = Pipeline(steps, self.seed)
        for path in _files(self.source):
            target = self.target / path.name
            try:
                told = yield from _one(path, target, pipeline.own(path.name), cancellation)
            except StudioError as error:
                skipped.append(Skipped(path, error))
            except MemoryError as error:
                skipped.append(Skipped(path, WorkFailed(path=str(path), reason=str(error) or "not enough memory")))
            else:
                written.append(target)
                notes |= {path: told} if told else {}
        return FolderReport(tuple(written), tuple(skipped), notes)


def salted(prob: float) -> SaltPepper:
    """The step for the original's `prob`. Raises `SettingWrong`."""
    numbers = int | float | np.integer | np.floating
    if isinstance(prob, bool) or not isinstance(prob, numbers) or not 0 <= prob <= 0.5:
        raise SettingWrong(name="prob", value=shown(prob), expected="give a number from 0 to 0.5")
    return SaltPepper(salt=float(prob), pepper=float(prob))


def _check_image(image: object) -> None:
    """Raises `PictureShapeWrong`."""
    if not isinstance(image, np.ndarray):
        raise ArrayShapeWrong(name="image", got=f"an object of type {type(image).__name__}")
    layout = image.ndim in (2, 3) and image.shape[2:] in ((), (3,), (4,)) and image.size > 0
    if not layout or image.dtype not in ("u1", "u2", "f4"):
        raise ArrayShapeWrong(name="image", got=f"{list(image.shape)} {image.dtype}")
    least, most = image.min(), image.max()
    if image.dtype.kind == "f" and not (least >= 0 and most <= 1):  # NaN is not within either
        raise ArrayShapeWrong(name="image", got=f"values from {least:g} to {most:g}")


def apply(picture: Picture | Path | str, pipeline: Pipeline, cancellation: Cancellation | None = None) -> Job[Picture]:
    """A picture, or the one in a file, after all steps; see `Pipeline.render` and `read_picture`."""
    opened = picture if isinstance(picture, Picture) else read_picture(picture)
    return (yield from pipeline.render(opened, cancellation))


def _one(path: Path, target: Path, pipeline: Pipeline, cancellation: Cancellation | None) -> Job[tuple[str, ...]]:
    """Returns the notes."""
    picture = read_picture(path)
    try:
        format_to_write(str(path), None)
    except FormatUnknown as error:
        raise NameNotKept(**error.details) from error
    if target.exists() or target.is_symlink():
        raise OutputExists(path=str(target))
    result = yield from pipeline.render(picture, cancellation)
    write_picture(result, target, originals=(path,))
    return (*picture.notes, *losses(result, target))


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.is_dir() and not path.name.startswith("."))
    except OSError as error:
        raise FolderUnreadable(path=str(folder), reason=system_reason(error)) from error


def _refuse_same(source: Path, target: Path) -> None:
    try:
        if not source.is_dir():
            raise FolderUnreadable(path=str(source), reason="it is not a folder")
        if target.exists() and source.samefile(target):
            raise OutputNotWritten(path=str(target), reason="it is the folder with the originals")
    except OSError as error:
        raise FolderUnreadable(path=str(source), reason=system_reason(error)) from error
