"""Jobs as generators: they yield `Progress`, can be cancelled at each yield, and return their result."""

import contextlib
import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Result = TypeVar("Result")


@dataclass(frozen=True)
class Progress:
    """How far a job is.

    Attributes:
        done: work finished, in the job's own unit.
        total: all of its work, in the same unit.
        stage: what it does now: "style", "draft", "revision 1", ...
        preview: the picture so far, [height, width, 3] uint8 sRGB, when this step made one.
    """

    done: float
    total: float
    stage: str
    preview: NDArray[np.uint8] | None = None

    @property
    def fraction(self) -> float:
        return min(1.0, self.done / self.total) if self.total > 0 else 0.0


Job = Generator[Progress, None, Result]


class Cancelled(Exception):
    """The caller cancelled the job. Not a failure, so not a `StudioError`."""


class Cancellation:
    """A switch that one thread throws and a job in another one heeds.

    Long calls into C code register how to interrupt themselves with `interrupting`, so that a cancel need not wait
    for the next yield.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancelled = False
        self._interrupts: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        return self._cancelled

    def cancel(self) -> None:
        """Ask the job to stop; returns at once. Safe from any thread, and more than once."""
        with self._lock:
            self._cancelled = True
            interrupts = list(self._interrupts)
        for interrupt in interrupts:
            interrupt()

    def check(self) -> None:
        """Raise `Cancelled` if the switch was thrown."""
        if self._cancelled:
            raise Cancelled

    @contextlib.contextmanager
    def interrupting(self, interrupt: Callable[[], None]) -> Iterator[None]:
        """While inside, `cancel` also calls `interrupt`."""
        with self._lock:
            self.check()
            self._interrupts.append(interrupt)
        try:
            yield
        finally:
            with self._lock:
                self._interrupts.remove(interrupt)


def run(
    job: Job[Result],
    on_progress: Callable[[Progress], None] | None = None,
    cancellation: Cancellation | None = None,
) -> Result:
    """Drive a job to its end in this thread and return its result.

    Raises:
        Cancelled: when the cancellation was thrown; the job is closed first.
    """
    try:
        while True:
            if cancellation is not None:
                cancellation.check()
            try:
                progress = next(job)
            except StopIteration as stop:
                return stop.value
            if on_progress is not None:
                on_progress(progress)
    finally:
        job.close()


def part_of(
    job: Job[Result], start: float, share: float, total: float, stage: str | None = None, *, previews: bool = False
) -> Job[Result]:
    """A job as a part of a longer one, which is at `start` of `total` before it, and `share` further after it.

    Args:
        stage: what the longer job calls this part; None keeps the part's own stages.
        previews: whether its previews are passed on.
    """
    with contextlib.closing(job):
        while True:
            try:
                progress = next(job)
            except StopIteration as stop:
                result: Result = stop.value
                return result
            yield Progress(
                start + share * progress.fraction,
                total,
                progress.stage if stage is None else stage,
                progress.preview if previews else None,
            )
