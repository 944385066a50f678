"""Runs a batch in a thread of its own and tells the window how its pictures stand."""

import queue
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt5.QtCore import QObject, QTimer, pyqtSignal

from studio.batch_plan import BatchPlan
from studio.worker import Start, Task, Worker, single
from workbench.entries import Entry, State
from workbench.formats import READABLE_SUFFIXES
from workbench.progress import Cancellation, Job, Progress
from workbench.tree import survey

if TYPE_CHECKING:
    from recipes.folder_batch import BatchReport, FolderBatch

WITHOUT_WORK = (State.SKIPPED, State.FAILED, State.CANCELLED)
ENOUGH = 0.2  # pictures done before the time that is left is worth telling
TICK = 100  # ms
Changes = list[tuple[int, Entry]]


@dataclass(frozen=True)
class Found:
    """What the inputs hold.

    Attributes:
        pictures: (folder that is mirrored, file), in order.
        problems: sentences about what could not be opened.
    """

    pictures: list[tuple[Path, Path]]
    problems: list[str]


class Stopwatch:
    """Tells how long the rest will take, by the time that was spent working and not paused."""

    def __init__(self) -> None:
        self._spent = 0.0
        self._since: float | None = None

    def run(self, running: bool) -> None:
        """Go on, or hold."""
        now = time.monotonic()
        if self._since is not None:
            self._spent += now - self._since
        self._since = now if running else None

    def left(self, done: float, rest: float) -> float | None:
        """Seconds for the rest; None while nobody can tell.

        Args:
            done, rest: pictures.
        """
        if self._since is not None:
            self.run(True)
        return self._spent * rest / done if done >= ENOUGH else None


class BatchRun(QObject):
    """One batch at a time. Its methods are for the window's thread, and its signals arrive there.

    Attributes:
        paused: whether it holds.
        progress: how far it is; in pictures.

    Signals:
        found: `Found`, for `look_at`.
        listed: list of `Entry`: all pictures of the batch that was started.
        changed: list of (index, `Entry`) of pictures whose state changed.
        moved: there is progress, or it was started, held, continued or stopped.
        failed: `Failure` of the batch as a whole.
        ended: nothing runs any more, however it came.
    """

    found = pyqtSignal(object)
    listed = pyqtSignal(list)
    changed = pyqtSignal(list)
    moved = pyqtSignal()
    failed = pyqtSignal(object)
    ended = pyqtSignal()

    def __init__(self, worker: Worker, parent: QObject) -> None:
        """
        Args:
            worker: for this alone.
        """
        super().__init__(parent)
        self.paused = False
        self.progress: Progress | None = None
        self._worker = worker
        self._batch: FolderBatch | None = None
        self._task: Task | None = None
        self._news: queue.SimpleQueue[FolderBatch | tuple[int, Entry]] = queue.SimpleQueue()
        self._watch = Stopwatch()
        # Progress may be told late, as a long step comes between; how the pictures stand is not.
        self._ticks = QTimer(self)
        self._ticks.setInterval(TICK)
        self._ticks.timeout.connect(self._on_tick)

    @property
    def running(self) -> bool:
        return self._task is not None

    @property
    def counts(self) -> dict[State, int]:
        """Number of pictures in each state; empty before there was a batch."""
        return self._batch.queue.counts if self._batch is not None else {}

    @property
    def seconds_left(self) -> float | None:
        """None while nobody can tell."""
        if self.progress is None:
            return None
        idle = sum(self.counts.get(state, 0) for state in WITHOUT_WORK)
        return self._watch.left(self.progress.done - idle, self.progress.total - self.progress.done)

    @property
    def report(self) -> "BatchReport | None":
        return self._batch.report() if self._batch is not None else None

    def look_at(self, inputs: tuple[Path, ...], output: Path) -> None:
        """See which photos there are."""

        def look() -> Found:
            surveyed = survey(inputs, READABLE_SUFFIXES, output)
            return Found(surveyed.pictures, [str(error) for error in surveyed.unreadable])

        task = self._worker.submit(single(look), "look")
        task.finished.connect(self.found)
        task.failed.connect(self.failed)

    def forget(self) -> None:
        """Have nothing more to tell of the batch that has ended."""
        if not self.running:
            self._batch = self.progress = None

    def start(self, plan: BatchPlan) -> None:
        """Do what the plan says, in place of the batch that was there."""
        if not self.running:
            self._batch = None
            self._submit(partial(self._job, plan))

    def pause(self) -> None:
        """Hold at the next step."""
        if self._batch is not None and self.running:
            self.paused = True
            self._batch.queue.pause()
            self._watch.run(False)
            self.moved.emit()

    def resume(self) -> None:
        if self._batch is not None and self.paused:
            self.paused = False
            self._batch.queue.resume()
            self._watch.run(self.running)
            self.moved.emit()

    def stop(self) -> None:
        """Cancel all that is not done; `ended` follows soon."""
        if self._task is not None:
            self._task.cancel()

    def cancel(self, indexes: list[int]) -> None:
        """Take pictures out; the rest goes on."""
        if self._batch is not None:
            for index in indexes:
                self._batch.queue.cancel(index)

    def retry(self, indexes: list[int]) -> None:
        """Let pictures that failed or were cancelled have another try."""
        if self._batch is None or not indexes:
            return
        for index in indexes:
            self._batch.queue.retry(index)
        if not self.running:
            self._submit(self._batch.run)

    def _submit(self, start: Start) -> None:
        self.paused = False
        self.progress = None
        self._watch = Stopwatch()
        self._watch.run(True)
        self._task = self._worker.submit(start, lasting=True)
        self._ticks.start()
        self._task.progressed.connect(self._on_progress)
        self._task.failed.connect(self.failed)
        self._task.ended.connect(self._on_ended)
        self.moved.emit()

    def _job(self, plan: BatchPlan, cancellation: Cancellation) -> "Job[BatchReport]":
        """In the worker's thread."""
        yield Progress(0, 1, "")
        batch = plan.prepare(lambda index, entry: self._news.put((index, entry)))
        self._news.put(batch)
        return (yield from batch.run(cancellation))

    def _on_progress(self, progress: Progress) -> None:
        if self._batch is not None:
            self.progress = progress

    def _on_tick(self) -> None:
        self._collect()
        self.moved.emit()

    def _on_ended(self) -> None:
        self._task = None
        self._ticks.stop()
        self._watch.run(False)
        self._collect()
        if self._batch is not None and self.paused:
            self._batch.queue.resume()
        self.paused = False
        self.moved.emit()
        self.ended.emit()

    def _collect(self) -> None:
        """Pass on what came from the worker's thread."""
        changes: Changes = []
        while not self._news.empty():
            item = self._news.get()
            if isinstance(item, tuple):
                changes.append(item)
            else:
                self._batch = item
                self.listed.emit(item.queue.entries)
        if changes:
            self.changed.emit(changes)
