"""What the window has painted: a photo opened, a preview of it, and the whole of it. All of it runs in a worker."""

import contextlib
import copy
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np
from PyQt5.QtGui import QImage

from lapstyle.settings import Settings
from noise.pipeline import Pipeline
from studio.pictures import Mipmap, Pixels, pixels_of, to_bytes
from studio.preferences import PREVIEW_SIZES, Device
from studio.style_choice import StyleChoice
from workbench.progress import Cancellation, Job, Progress, part_of, run

if TYPE_CHECKING:
    from lapstyle.painter import Painter
    from lapstyle.styles import Style
    from workbench.picture import Picture

PREVIEW_PIXELS = PREVIEW_SIZES["usual"]
GLANCE_PIXELS = 100_000
GLANCE_DRAFT = 128  # px: a draft of a glance, which takes a quarter of the default's time
GLANCE_BELOW = 0.25  # s: where a preview shows something this fast, no glance comes before it
KEPT_STYLES = 16
Version = tuple[Path, int]
"""A file and when it was written, in nanoseconds."""


@dataclass(frozen=True)
class Look:
    """How to paint: what the user has set.

    Attributes:
        styles: the paintings with their weights, which are above 0.
        before: steps that the photo goes through first; their lengths are in its pixels.
        after: steps that the painting goes through.
    """

    styles: tuple[tuple[StyleChoice, float], ...]
    settings: Settings
    before: Pipeline = field(default_factory=Pipeline)
    after: Pipeline = field(default_factory=Pipeline)

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for looks that paint the same, whatever their styles are called by now."""
        return tuple((choice.id, weight) for choice, weight in self.styles), self.settings, self.before, self.after

    @property
    def names(self) -> list[str]:
        """Of its styles, or of its steps where nothing is painted: for the names of files."""
        return [choice.title for choice, _ in self.styles] or [step.name for step in self.after.steps]

    def changes_from(self, before: "Look") -> list[str]:
        """What differs: settings by name, "weights", "styles", "before", "after values", ...; for undo."""
        old, new = before.settings.to_dict(), self.settings.to_dict()
        changes = [name for name in old if old[name] != new[name]]
        if [choice.id for choice, _ in before.styles] != [choice.id for choice, _ in self.styles]:
            changes.append("styles")
        elif before.key[0] != self.key[0]:
            changes.append("weights")
        for name, earlier, later in (("before", before.before, self.before), ("after", before.after, self.after)):
            if earlier != later:
                change = name if self.styles else "steps"
                same_steps = list(map(type, earlier.steps)) == list(map(type, later.steps))
                # Each throw of the dice is a step of its own: any of them may be the one to return to.
                changes.append(f"{change} values" if same_steps and earlier.seed == later.seed else change)
        return changes


@dataclass(frozen=True, eq=False)
class Photo:
    """An opened photo, with smaller copies to try settings on; all of them read-only, so that painters keep them.

    Attributes:
        path: None for one that was pasted.
        preview: the picture itself where that is small.
    """

    name: str
    path: Path | None
    picture: "Picture"
    preview: "Picture"
    glance: "Picture"


@dataclass(frozen=True, eq=False)
class Painted:
    """A photo that was painted.

    Attributes:
        full: whether it has the size that was asked for; else it is a preview.
    """

    photo: Photo
    look: Look
    picture: "Picture"
    shown: Mipmap
    full: bool


def open_photo(source: Path | QImage, name: str, preview_pixels: int = PREVIEW_PIXELS) -> Job[Photo]:
    """Read a photo and make its smaller copies.

    Raises:
        StudioError: it cannot be read.
    """
    yield Progress(0, 2, "open")
    picture = frozen(read(source))
    yield Progress(1, 2, "open")
    return with_copies(name, source if isinstance(source, Path) else None, picture, preview_pixels)


def with_copies(name: str, path: Path | None, picture: "Picture", preview_pixels: int) -> Photo:
    """The photo with its smaller copies."""
    preview = reduced(picture, preview_pixels)
    return Photo(name, path, picture, preview, reduced(preview, GLANCE_PIXELS))


def read(source: Path | QImage) -> "Picture":
    """A picture from a file or from the clipboard; raises `StudioError`."""
    from workbench.image_io import read_picture
    from workbench.picture import Picture

    return read_picture(source) if isinstance(source, Path) else Picture(*pixels_of(source))


def style_of(choice: StyleChoice) -> "Style":
    """A choice as the painter takes it, under its title; raises `StudioError` where its file cannot be read."""
    from lapstyle.styles import find_style

    return replace(find_style(choice.path), name=choice.title)


def version_of(path: Path) -> Version:
    """Tells a file from what it was before: a pack may be taught further."""
    try:
        return path, path.stat().st_mtime_ns
    except OSError:  # who opens it is told
        return path, 0


def originals_of(photo: Photo, look: Look) -> list[Path]:
    """The files of the photo and of its styles, which are never written over."""
    return [*(choice.path for choice, _ in look.styles), *([photo.path] if photo.path is not None else [])]


def frozen(picture: "Picture") -> "Picture":
    """The picture with arrays that cannot change, without which a painter would not trust what it kept of them."""
    pixels: Pixels = np.ascontiguousarray(picture.pixels)
    pixels.flags.writeable = False
    return replace(picture, pixels=pixels)


def reduced(picture: "Picture", pixels: int) -> "Picture":
    """A copy with about this many pixels; the picture itself where it has no more."""
    import cv2

    area = picture.width * picture.height
    if area <= pixels:
        return picture
    factor = (pixels / area) ** 0.5
    size = max(1, round(picture.width * factor)), max(1, round(picture.height * factor))
    small = cv2.resize(picture.pixels, size, interpolation=cv2.INTER_AREA)
    alpha = None if picture.alpha is None else cv2.resize(picture.alpha, size, interpolation=cv2.INTER_AREA)
    return frozen(replace(picture, pixels=small, alpha=alpha))


@dataclass(frozen=True, eq=False)
class Textured:
    """A photo after the steps before its painting; kept, so that a slider repaints it without doing them again."""

    source: "Picture"
    steps: Pipeline
    picture: "Picture"


class PictureJobs(Protocol):
    """Makes the jobs of a session; `PaintJobs` is what paints."""

    def use_engine(self, device: Device, threads: int | None) -> bool: ...

    def warm_up(self, look: Look | None, cancellation: Cancellation) -> Job[None]: ...

    def preview(self, photo: Photo, look: Look, cancellation: Cancellation) -> Job[Painted]: ...

    def whole(self, photo: Photo, look: Look, cancellation: Cancellation) -> Job[Painted]: ...

    def export(self, photo: Photo, look: Look, size: int | None, cancellation: Cancellation) -> "Job[Picture]": ...


class PaintJobs:
    """Makes the jobs that paint, and keeps between them what is dear to make; several threads may run them.

    Each of preview, glance and whole picture has a painter of its own, which keeps the features of its picture;
    engine and styles are the same. One purpose is for one thread at a time. Steps before and after a painting shrink
    with the copy of the photo that is painted.
    """

    def __init__(self, device: Device = "auto", threads: int | None = None) -> None:
        self._lock = threading.RLock()
        self._engine = device, threads
        self._painters: dict[str, Painter] = {}
        self._textured: dict[str, Textured] = {}
        self._styles: OrderedDict[Version, Style] = OrderedDict()
        self._first_sight: dict[int, float] = {}  # draft side -> seconds until a preview showed something

    def use_engine(self, device: Device, threads: int | None) -> bool:
        """Paint on this device from the next job on; whether that is another one than before."""
        with self._lock:
            if (device, threads) == self._engine:
                return False
            self._engine = device, threads
            self._painters.clear()
            self._first_sight.clear()
            return True

    def warm_up(self, look: Look | None, cancellation: Cancellation) -> Job[None]:
        """Load the engine and look at the styles, so that the first photo is painted at once."""
        from workbench.picture import Picture

        yield Progress(0, 1, "engine")
        painter = self.painter("glance")
        if look is not None and look.styles:
            blank = Picture(np.zeros((256, 384, 3), np.uint8))
            settings = replace(look.settings, stroke=GLANCE_DRAFT)
            yield from painter.paint(blank, self._find_styles(look), settings, cancellation)

    def preview(self, photo: Photo, look: Look, cancellation: Cancellation) -> Job[Painted]:
        """Paint a small copy; where that takes a while, its first preview is a glance with broader strokes."""
        side = look.settings.draft_side
        if side > GLANCE_DRAFT and self._first_sight.get(side, 1.0) > GLANCE_BELOW:
            coarse = replace(look, settings=replace(look.settings, stroke=GLANCE_DRAFT))
            glance = yield from self._paint("glance", photo, photo.glance, coarse, cancellation)
            yield Progress(0, 1, "draft", to_bytes(glance.pixels))
        picture = yield from self._timed(self._paint("preview", photo, photo.preview, look, cancellation), side)
        shown = Mipmap.build(picture.pixels, picture.alpha)
        return Painted(photo, look, picture, shown, photo.preview is photo.picture)

    def whole(self, photo: Photo, look: Look, cancellation: Cancellation) -> Job[Painted]:
        """Paint the photo at its full size."""
        picture = yield from self._paint("whole", photo, photo.picture, look, cancellation)
        yield Progress(1, 1, "show")
        return Painted(photo, look, picture, Mipmap.build(picture.pixels, picture.alpha), True)

    def glance(self, photo: Photo, look: Look, cancellation: Cancellation) -> "Job[Picture]":
        """Paint the smallest copy, for a contact sheet."""
        return (yield from self._paint("sheet", photo, photo.glance, look, cancellation))

    def export(self, photo: Photo, look: Look, size: int | None, cancellation: Cancellation) -> "Job[Picture]":
        """Paint the photo beside what is painted for the screen.

        Args:
            size: long side in pixels; None keeps the photo's size.
        """
        look = replace(look, settings=replace(look.settings, size=size))
        return (yield from self._paint("export", photo, photo.picture, look, cancellation))

    def _paint(
        self, purpose: str, photo: Photo, source: "Picture", look: Look, cancellation: Cancellation
    ) -> "Job[Picture]":
        """Paint the photo or a copy of it, with the steps before and after."""
        from recipes.chain import STEPS_SHARE, paint

        styles = self._find_styles(look)
        before, after = (steps.scaled(source.width / photo.picture.width) for steps in (look.before, look.after))
        ready = yield from self._before(purpose, source, before, cancellation)
        start = 0.0 if before.idle else STEPS_SHARE
        chain = paint(self.painter(purpose), ready, styles, look.settings, Pipeline(), after, cancellation)
        painting = part_of(chain, start, 1 - start, 1, previews=True)
        return (yield from with_steps(painting, after, source.width, cancellation))

    def _before(self, purpose: str, source: "Picture", steps: Pipeline, cancellation: Cancellation) -> "Job[Picture]":
        """What is painted: the same picture as the last time, so that the painter need not look at it anew."""
        from recipes.chain import STEPS_SHARE

        kept = self._textured.get(purpose)
        if kept is not None and kept.source is source and kept.steps == steps:
            return kept.picture
        self._textured.pop(purpose, None)  # so that two photos are never held at once
        if steps.idle:
            return source
        picture = frozen((yield from part_of(steps.render(source, cancellation), 0, STEPS_SHARE, 1)))
        self._textured[purpose] = Textured(source, steps, picture)
        return picture

    def painter(self, purpose: str) -> "Painter":
        """The painter for one purpose, made when it is first asked for.

        Raises:
            DeviceMissing: there is no such device.
        """
        from lapstyle.painter import Painter

        with self._lock:
            if not self._painters:
                self._painters["preview"] = Painter(*self._engine)
            if purpose not in self._painters:
                self._painters[purpose] = copy.copy(next(iter(self._painters.values())))
            return self._painters[purpose]

    def _find_styles(self, look: Look) -> "list[tuple[Style, float]]":
        from lapstyle.styles import weighted

        with self._lock:
            files = [version_of(choice.path) for choice, _ in look.styles]
            for (choice, _), file in zip(look.styles, files, strict=True):
                if file not in self._styles:
                    self._styles[file] = style_of(choice)
                self._styles.move_to_end(file)
            while len(self._styles) > max(KEPT_STYLES, len(look.styles)):
                self._styles.popitem(last=False)
            return weighted(
                [(self._styles[file], weight) for file, (_, weight) in zip(files, look.styles, strict=True)]
            )

    def _timed(self, painting: "Job[Picture]", side: int) -> "Job[Picture]":
        """Remember how long it takes until there is something to see."""
        started = time.monotonic()
        seen = False
        try:
            while True:
                try:
                    progress = next(painting)
                except StopIteration as stop:
                    return cast("Picture", stop.value)
                finally:
                    elapsed = time.monotonic() - started
                if progress.preview is not None and not seen:
                    seen = True
                    self._first_sight[side] = elapsed
                yield progress
        finally:
            painting.close()


def with_steps(painting: "Job[Picture]", after: Pipeline, width: int, cancellation: Cancellation) -> "Job[Picture]":
    """The same job; its previews have gone through the steps that follow, as its result has.

    Args:
        after: for the picture that is painted, which has this width.
    """
    from workbench.picture import Picture

    with contextlib.closing(painting):
        while True:
            try:
                progress = next(painting)
            except StopIteration as stop:
                return cast("Picture", stop.value)
            if progress.preview is not None and not after.idle:
                smaller = after.scaled(progress.preview.shape[1] / width)
                preview = run(smaller.render(Picture(progress.preview), cancellation)).pixels
                progress = replace(progress, preview=preview)
            yield progress
