"""The only file of the window that starts threads: a worker runs one job at a time and tells the window how it goes."""

import logging
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from PyQt5.QtCore import QObject, Qt, pyqtSignal

from workbench.errors import StudioError
from workbench.progress import Cancellation, Cancelled, Job, Progress, run

SOON = 1.0  # s: a job that is younger, or will not need longer, is worth waiting for
INTERVAL = 0.05  # s between two reports of progress without a preview
PATIENCE = 10.0  # s that `stop` waits for a job to notice

Result = TypeVar("Result")
Start = Callable[[Cancellation], Job[Any]]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Failure:
    """Why a job failed.

    Attributes:
        error: what was raised.
        details: the traceback, for those who want to report it.
    """

    error: BaseException
    details: str


@dataclass(frozen=True)
class Outcome:
    """How a job ended: with its result, or with a `Failure`."""

    value: object


def single(function: Callable[[], Result]) -> Callable[[Cancellation], Job[Result]]:
    """A job of one step."""

    def start(_cancellation: Cancellation) -> Job[Result]:
        yield Progress(0, 1, "")
        return function()

    return start


class Order:
    """A job as the worker's thread sees it, with the mailbox that it leaves news in.

    No `QObject`: the thread may be the last to hold it, and those must die in the window's thread.
    """

    def __init__(self, start: Start, key: str | None, lasting: bool) -> None:
        self.start = start
        self.key = key
        self.lasting = lasting
        self.cancellation = Cancellation()
        self._lock = threading.Lock()
        self._progress: Progress | None = None
        self._outcome: Outcome | None = None
        self._told = 0.0

    def store(self, progress: Progress) -> bool:
        """Keep the newest progress for the window; whether it is time to tell it."""
        with self._lock:
            if self._progress is not None and progress.preview is None:
                progress = replace(progress, preview=self._progress.preview)
            self._progress = progress
            now = time.monotonic()
            due = progress.preview is not None or now - self._told >= INTERVAL
            if due:
                self._told = now
            return due

    def conclude(self, outcome: Outcome) -> None:
        with self._lock:
            self._outcome = outcome

    def collect(self) -> tuple[Progress | None, Outcome | None]:
        """What came since the last call."""
        with self._lock:
            progress, self._progress = self._progress, None
            outcome, self._outcome = self._outcome, None
            return progress, outcome


class Task(QObject):
    """A job that was handed to a worker. All signals arrive in the window's thread.

    Once it is cancelled, a task sends `cancelled` and nothing else, so that nothing stale is ever shown.

    Attributes:
        over: whether it has ended.

    Signals:
        progressed: `Progress`, at most some 20 a second; of several previews, the newest.
        finished: the job's result.
        failed: `Failure`.
        cancelled: it was cancelled or replaced.
        ended: after one of the three above.
    """

    progressed = pyqtSignal(object)
    finished = pyqtSignal(object)
    failed = pyqtSignal(object)
    cancelled = pyqtSignal()
    ended = pyqtSignal()

    def __init__(self, order: Order) -> None:
        super().__init__()
        self.over = False
        self._order = order
        self._asked = time.monotonic()
        self._fraction = 0.0

    def cancel(self) -> None:
        """Stop the job soon; returns at once."""
        self._order.cancellation.cancel()

    @property
    def ends_soon(self) -> bool:
        """Whether it runs and is worth waiting for: it is young, or does not seem to need long any more."""
        if self.over or self._order.cancellation.cancelled:
            return False
        age = time.monotonic() - self._asked
        return age < SOON or age * (1 - self._fraction) < SOON * self._fraction

    def deliver(self) -> bool:
        """Send what the worker's thread left; whether that was the end."""
        progress, outcome = self._order.collect()
        cancelled = self._order.cancellation.cancelled
        if progress is not None and not cancelled:
            self._fraction = progress.fraction
            self.progressed.emit(progress)
        if outcome is None:
            return False
        self.over = True
        if self._order.cancellation.cancelled:  # a slot of `progressed` may have done it
            self.cancelled.emit()
        elif isinstance(outcome.value, Failure):
            self.failed.emit(outcome.value)
        else:
            self.finished.emit(outcome.value)
        self.ended.emit()
        return True


class Worker(QObject):
    """A thread that runs one job at a time, in the order they came. Its methods are for the window's thread.

    A job with the key of an earlier one replaces it: the earlier is cancelled, so that the newest wins.
    """

    _posted = pyqtSignal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._condition = threading.Condition()
        self._waiting: list[Order] = []
        self._stopping = False
        self._tasks: dict[Order, Task] = {}
        self._posted.connect(self._deliver, Qt.ConnectionType.QueuedConnection)  # type: ignore[call-arg]
        # A daemon, so that a job that hangs in foreign code cannot keep a closed program alive.
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether there is a job whose end was not heard yet."""
        return bool(self._tasks)

    def submit(self, start: Start, key: str | None = None, *, lasting: bool = False) -> Task:
        """Run a job soon.

        Args:
            start: makes the job; called in the worker's thread.
            key: jobs with the same key replace each other; None leaves all others alone.
            lasting: `stop` lets it end, because the user would miss what it writes.
        """
        if key is not None:
            self.cancel(key)
        order = Order(start, key, lasting)
        self._tasks[order] = task = Task(order)
        with self._condition:
            self._waiting.append(order)
            self._condition.notify()
        return task

    def cancel(self, key: str) -> None:
        """Cancel all jobs with this key, even one that has ended but was not heard yet."""
        for order in self._tasks:
            if order.key == key:
                order.cancellation.cancel()

    def stop(self, patience: float = PATIENCE) -> bool:
        """Cancel all but lasting jobs and end the thread; whether it ended within `patience` seconds."""
        for order in self._tasks:
            if not order.lasting:
                order.cancellation.cancel()
        with self._condition:
            self._stopping = True
            self._condition.notify()
        self._thread.join(patience)
        return not self._thread.is_alive()

    def _deliver(self, order: Order) -> None:
        task = self._tasks.get(order)
        if task is not None and task.deliver():
            del self._tasks[order]

    def _work(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._waiting or self._stopping)
                if not self._waiting:
                    return
                order = self._waiting.pop(0)
            order.conclude(Outcome(self._result_of(order)))
            self._post(order)

    def _result_of(self, order: Order) -> object:
        """What the job returns, or a `Failure`."""

        def report(progress: Progress) -> None:
            if order.store(progress):
                self._post(order)

        try:
            return run(order.start(order.cancellation), report, order.cancellation)
        except Cancelled:
            order.cancellation.cancel()
            return None
        except Exception as error:
            log.warning("A job failed: %s", error, exc_info=None if isinstance(error, StudioError) else error)
            return Failure(error, traceback.format_exc())

    def _post(self, order: Order) -> None:
        with suppress(RuntimeError):  # the window is gone already
            self._posted.emit(order)
