"""One photo and how it shall look: decides what is painted of it when, and keeps the newest result."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from PyQt5.QtCore import QObject, QTimer, pyqtSignal
from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import QApplication

from studio import files
from studio.painting import Look, Painted, Photo, PictureJobs, open_photo, originals_of
from studio.pictures import Mipmap
from studio.preferences import PREVIEW_SIZES
from studio.services import Services
from studio.translation import translate
from studio.worker import Start, Task, Worker, single
from workbench.progress import Progress

WARM_UP = 200  # ms after the start, so that the window is on the screen before the engine is loaded
GATHER = 20  # ms: sliders that move faster than this give one preview
REST = 600  # ms after a preview until the whole picture is painted
PAINT = "paint"


@dataclass(frozen=True, eq=False)
class Whole:
    """A picture that is being painted at its full size.

    Attributes:
        wanted: what to do with it, whatever is set by then.
    """

    photo: Photo
    look: Look
    task: Task
    wanted: list[Callable[[Painted], None]] = field(default_factory=list)

    def is_of(self, photo: Photo | None, look: Look | None) -> bool:
        return photo is self.photo and look is not None and look.key == self.look.key


class Session(QObject):
    """A preview follows every change of the look at once; the whole picture follows when the hand rests.

    Previews and whole pictures have a thread each: what is painted to be saved is painted to its end, and does not
    hold up the preview of what is set meanwhile.

    Attributes:
        jobs: makes what is painted.
        photo: what is open, or None.
        look: how to paint it, or None before there was any.
        painted: the newest result of this photo and look; None while there is none.
        saved_as: where the result was saved last.

    Signals:
        opened: `Photo`.
        sharpened: `Mipmap` of the photo at its full size, some time after it was opened.
        shown: `Mipmap` of a result to show, from coarse to fine.
        painted_changed: `Painted` or None.
        progressed: `Progress`.
        rested: nothing is being painted any more.
    """

    opened = pyqtSignal(object)
    sharpened = pyqtSignal(object)
    shown = pyqtSignal(object)
    painted_changed = pyqtSignal(object)
    progressed = pyqtSignal(object)
    rested = pyqtSignal()

    def __init__(
        self, services: Services, jobs: PictureJobs, worker: Worker, parent: QObject, gather: int = GATHER
    ) -> None:
        """
        Args:
            jobs: makes what is shown.
            worker: runs the previews; the session's own, so that nobody else's jobs replace these.
            gather: ms; changes that follow each other faster give one preview.
        """
        super().__init__(parent)
        self.photo: Photo | None = None
        self.look: Look | None = None
        self.painted: Painted | None = None
        self.saved_as: Path | None = None
        self._services = services
        self._worker = worker
        self.jobs = jobs
        self._whole_worker = services.worker(f"{worker.objectName()} whole")
        self._open_worker = services.worker(f"{worker.objectName()} open")  # where it holds up nothing, for it may fail
        self._wholes: list[Whole] = []  # that were not cancelled
        self._writing = 0  # files
        self._preview: Task | None = None
        self._glimpsed = False  # whether the newest preview has shown something already
        self._shown_width = 0
        self._unfinished = 0  # jobs
        self._unsharp: Photo | None = None
        self._gather = self._timer(gather, self._paint_preview)
        self._rest = self._timer(REST, self.paint_whole)
        QTimer.singleShot(0, self._timer(WARM_UP, self._warm_up).start)  # counted from when events are handled

    def _timer(self, milliseconds: int, act: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(act)
        return timer

    def _warm_up(self) -> None:
        if self.photo is None and not self._unfinished:
            self._worker.submit(partial(self.jobs.warm_up, self.look), PAINT)

    # What to paint

    def open(self, source: Path | QImage, name: str) -> None:
        """Open a photo and paint it; the one that is open stays, and is painted, until that has succeeded."""
        pixels = PREVIEW_SIZES[self._services.preferences.preview_size]
        task = self._submit(self._open_worker, lambda _cancellation: open_photo(source, name, pixels))
        task.progressed.connect(self.progressed)
        task.finished.connect(self.take)

    def take(self, photo: Photo) -> None:
        """Go on with a photo that has been opened already, and paint it."""
        self._stop()
        self._take(photo)
        self._paint_preview()

    def set_look(self, look: Look) -> None:
        """Paint like this from now on."""
        self.look = look
        self._rest.stop()
        if self.photo is not None:
            self._stop_wholes()
            self._set_painted(None)
            if not self._gather.isActive():
                self._gather.start()

    def cancel(self) -> None:
        """Stop painting, even what was to be saved; what is shown stays."""
        unsaved = any(whole.wanted for whole in self._wholes)
        for whole in self._wholes:
            whole.wanted.clear()
        self._stop()
        if unsaved:
            self._services.messages.told.emit(
                translate("PictureTab", "The picture is not ready yet, and is not saved.")
            )
        else:
            self._services.messages.mentioned.emit(translate("Session", "Cancelled."))
        if not self._unfinished:
            self.rested.emit()

    def paint_whole(self) -> None:
        """Paint the photo at its full size, now."""
        self._gather.stop()
        self._rest.stop()
        self._begin_whole()

    def _begin_whole(self) -> Whole | None:
        """The whole picture of what is set now, which is on its way from now on at the latest."""
        if self.photo is None or self.look is None:
            return None
        for whole in self._wholes:
            if whole.is_of(self.photo, self.look):
                return whole
        task = self._submit(self._whole_worker, partial(self.jobs.whole, self.photo, self.look), None)
        whole = Whole(self.photo, self.look, task)
        self._wholes.append(whole)
        task.progressed.connect(partial(self._on_whole_progress, whole))
        task.finished.connect(self._on_whole)
        return whole

    def _when_whole(self, act: Callable[[Painted], None]) -> None:
        """Do something with the whole picture of what is set now: at once, or when it is painted."""
        if self.painted is not None and self.painted.full:
            act(self.painted)
        elif (whole := self._begin_whole()) is not None:
            whole.wanted.append(act)

    def use_preferences(self) -> None:
        """Paint on the device that the preferences name now; another preview size is for the next photo."""
        preferences = self._services.preferences
        if not self.jobs.use_engine(preferences.device, preferences.threads):
            return
        if self.photo is not None and self.look is not None:
            self.set_look(self.look)
        else:
            self._warm_up()

    def _stop(self) -> None:
        """Neither open nor paint anything but what is waited for."""
        self._gather.stop()
        self._rest.stop()
        self._open_worker.cancel(PAINT)
        self._worker.cancel(PAINT)
        self._stop_wholes()

    def _stop_wholes(self) -> None:
        for whole in self._wholes:
            if not whole.wanted:
                whole.task.cancel()
        self._wholes = [whole for whole in self._wholes if whole.wanted]

    def _submit(self, worker: Worker, start: Start, key: str | None = PAINT) -> Task:
        task = worker.submit(start, key)
        self._unfinished += 1
        task.failed.connect(self._services.messages.failed)
        task.ended.connect(self._on_ended)
        return task

    def _paint_preview(self) -> None:
        if self.photo is None or self.look is None:
            return
        if self._preview is not None and self._preview.ends_soon and not self._glimpsed:
            self._gather.start()  # if each change cancelled it, nothing would show until the hand stops
            return
        self._glimpsed = False
        self._shown_width = 0
        self._preview = self._submit(self._worker, partial(self.jobs.preview, self.photo, self.look))
        self._preview.progressed.connect(self._on_progress)
        self._preview.finished.connect(partial(self._on_preview, self.look))

    # What came of it

    def _take(self, photo: Photo) -> None:
        self.photo = photo
        self.saved_as = None
        self._set_painted(None)
        self.opened.emit(photo)
        self._unsharp = photo

    def restore(self, painted: Painted) -> None:
        """Show an earlier whole result, of this photo or another, without painting it again."""
        self._stop()
        if painted.photo is not self.photo:
            self._take(painted.photo)
        self.look = painted.look
        self._on_painted(painted)

    def show_meanwhile(self, picture: Mipmap) -> None:
        """Show a small copy of what is about to be painted, instead of anything coarser."""
        self._show(picture)

    def _sharpen(self) -> None:
        """Make the photo ready to be shown at its full size, which can wait until there is a result to see."""
        if self._unsharp is not None:
            picture, self._unsharp = self._unsharp.picture, None
            build = partial(Mipmap.build, picture.pixels, picture.alpha)
            task = self._services.background.submit(single(build), f"sharpen {id(self)}")
            task.finished.connect(self.sharpened)

    def _on_progress(self, progress: Progress) -> None:
        """The whole picture's previews come coarse first, too: only one finer than what is shown of this look helps."""
        self.progressed.emit(progress)
        if progress.preview is not None and progress.preview.shape[1] > self._shown_width:
            self._glimpsed = True
            self._show(Mipmap.plain(progress.preview))

    def _on_whole_progress(self, whole: Whole, progress: Progress) -> None:
        if whole.is_of(self.photo, self.look):
            self._on_progress(progress)
        else:
            self.progressed.emit(progress)

    def _on_preview(self, look: Look, painted: Painted) -> None:
        if look is self.look:
            self._on_painted(painted)
        else:  # the hand is ahead of it, and the next one follows
            self._show(painted.shown)

    def _on_whole(self, painted: Painted) -> None:
        if painted.photo is self.photo and self.look is not None and painted.look.key == self.look.key:
            self._gather.stop()
            self._worker.cancel(PAINT)
            self._on_painted(painted)
        else:
            self._hand_out(painted)

    def _on_painted(self, painted: Painted) -> None:
        self._set_painted(painted)
        self._show(painted.shown)
        if painted.full:
            self._rest.stop()
            self._hand_out(painted)
        else:
            self._rest.start()

    def _hand_out(self, painted: Painted) -> None:
        """Give a whole picture to those who wait for it."""
        for whole in [whole for whole in self._wholes if whole.is_of(painted.photo, painted.look)]:
            self._wholes.remove(whole)
            whole.task.cancel()
            for act in whole.wanted:
                act(painted)

    def _on_ended(self) -> None:
        self._unfinished -= 1
        self._wholes = [whole for whole in self._wholes if not whole.task.over]  # it may have failed
        self._sharpen()
        if not self._unfinished:
            self.rested.emit()

    def _show(self, picture: Mipmap) -> None:
        self._shown_width = picture.size.width()
        self.shown.emit(picture)
        self._sharpen()

    def _set_painted(self, painted: Painted | None) -> None:
        self.painted = painted
        if painted is None:
            self._shown_width = 0
        self.painted_changed.emit(painted)

    @property
    def active(self) -> bool:
        """Whether something is being opened or painted, or will be without being asked for."""
        return bool(self._unfinished) or self._gather.isActive() or self._rest.isActive()

    # Where it goes

    @property
    def saving(self) -> bool:
        """Whether a picture is painted or written to be saved or copied, which closing would undo."""
        return self._writing > 0 or any(whole.wanted for whole in self._wholes)

    def save_to(self, path: Path) -> None:
        """Write the whole picture of what is set now, as soon as it is painted, to a file that is not an original.

        Neither another photo nor another look changes or stops that; only `cancel` does.
        """
        self._when_whole(partial(self._write, path))

    def _write(self, path: Path, painted: Painted) -> None:
        originals = originals_of(painted.photo, painted.look)
        task = self._services.background.submit(
            single(partial(files.write, painted.picture, path, originals)), lasting=True
        )
        self._writing += 1
        task.finished.connect(partial(self._on_saved, painted.photo, path))
        task.failed.connect(self._services.messages.failed)
        task.ended.connect(self._on_written)

    def _on_written(self) -> None:
        self._writing -= 1

    def _on_saved(self, photo: Photo, path: Path, _result: object) -> None:
        if photo is self.photo:
            self.saved_as = path
        self._services.messages.mentioned.emit(translate("Session", "Saved as {path}").format(path=path))

    def copy(self) -> None:
        """Put the whole picture of what is set now on the clipboard, as soon as it is painted."""
        self._when_whole(self._copy)

    def _copy(self, painted: Painted) -> None:
        task = self._services.background.submit(single(painted.shown.levels[0].copy))
        task.finished.connect(self._on_copied)

    def _on_copied(self, image: QImage) -> None:
        QApplication.clipboard().setImage(image)
        self._services.messages.mentioned.emit(translate("Session", "The picture is on the clipboard."))
