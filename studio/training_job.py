"""Trains in a process of its own, driven by a thread of its own, and tells the window how far it is."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt5.QtCore import QObject, pyqtSignal

from studio.training_curve import Told
from studio.worker import Start, Task, Worker
from workbench.progress import Cancellation, Job, Progress

if TYPE_CHECKING:
    from recipes.training import TrainingRun, TrainingSettings, TrainingStatus

MOST_TOLD = 2000  # times: more than are told between two checkpoints


class TrainingJob(QObject):
    """One training at a time. Its methods are for the window's thread, and its signals arrive there.

    Closing the program stops it as `pause` does: the training writes down where it is, and can go on later.

    Attributes:
        folder: of the training that runs or ran last.
        pausing: it was asked to stop, and writes down where it is.
        progress: how far it is, in steps; None before it has begun.
        told: the losses lately.
        run: what runs or ran last; None before it has begun.

    Signals:
        moved: there is progress, or it was started or asked to stop.
        finished: it came to its end.
        failed: `Failure`.
        ended: nothing runs any more, however it came.
    """

    moved = pyqtSignal()
    finished = pyqtSignal()
    failed = pyqtSignal(object)
    ended = pyqtSignal()

    def __init__(self, worker: Worker, parent: QObject) -> None:
        """
        Args:
            worker: for this alone.
        """
        super().__init__(parent)
        self.folder: Path | None = None
        self.pausing = False
        self.progress: Progress | None = None
        self.told: Told = []
        self._worker = worker
        self._task: Task | None = None
        self.run: TrainingRun | None = None

    @property
    def running(self) -> bool:
        return self._task is not None

    @property
    def status(self) -> "TrainingStatus | None":
        """Step, time left and losses; None before it has begun."""
        return self.run.status if self.run is not None else None

    @property
    def model(self) -> Path | None:
        """Where what is learned is written."""
        return self.run.model if self.run is not None else None

    def start(self, folder: Path, settings: "TrainingSettings") -> None:
        """Begin a training in a new folder."""
        self._submit(folder, partial(self._begin, folder, settings))

    def resume(self, folder: Path) -> None:
        """Go on with the training of a folder."""
        self._submit(folder, partial(self._go_on, folder))

    def pause(self) -> None:
        """Stop soon, to go on later; `ended` follows."""
        if self._task is not None:
            self.pausing = True
            self._task.cancel()
            self.moved.emit()

    def _submit(self, folder: Path, start: Start) -> None:
        if self.running:
            return
        self.folder, self.pausing, self.progress, self.run = folder, False, None, None
        self.told = []
        self._task = self._worker.submit(start)
        self._task.progressed.connect(self._on_progress)
        self._task.finished.connect(lambda _status: self.finished.emit())
        self._task.failed.connect(self.failed)
        self._task.ended.connect(self._on_ended)
        self.moved.emit()

    # In the worker's thread

    def _begin(self, folder: Path, settings: "TrainingSettings", cancellation: Cancellation) -> "Job[TrainingStatus]":
        from recipes.training import TrainingRun

        yield Progress(0, 1, "")
        self.run = TrainingRun.create(folder, settings)
        return (yield from self.run.run(cancellation))

    def _go_on(self, folder: Path, cancellation: Cancellation) -> "Job[TrainingStatus]":
        from recipes.training import TrainingRun

        yield Progress(0, 1, "")
        self.run = TrainingRun.open(folder)
        return (yield from self.run.run(cancellation))

    # In the window's

    def _on_progress(self, progress: Progress) -> None:
        if self.run is not None:
            self.progress = progress
            self._listen()
            self.moved.emit()

    def _listen(self) -> None:
        status = self.status
        if status is not None and status.losses and (not self.told or status.step > self.told[-1][0]):
            self.told = [*self.told[-MOST_TOLD:], (status.step, dict(status.losses))]

    def _on_ended(self) -> None:
        self._task = None
        self.pausing = False
        self.moved.emit()
        self.ended.emit()
