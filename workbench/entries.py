"""The pictures of a folder run and how each stands: the table that the threads of `folders.py` share."""

import contextlib
import queue
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from workbench.errors import StudioError
from workbench.progress import Cancellation


class State(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"  # it was done already


OPEN = (State.WAITING, State.RUNNING)


@dataclass(frozen=True)
class Entry:
    """One picture, as it stands at one moment.

    Attributes:
        source: the picture that is read.
        destination: the file that is made.
        error: why it failed.
        seconds: time spent decoding, working and encoding, once it is done.
    """

    source: Path
    destination: Path
    state: State = State.WAITING
    error: StudioError | None = None
    seconds: float = 0.0

    @property
    def sentence(self) -> str:
        """Why it failed, for the user; empty if it did not."""
        return str(self.error) if self.error is not None else ""


class Entries:
    """All pictures of a run, by index. Every method may be called from any thread.

    Attributes:
        lock: held by every change; hold it to make one together with something else.
    """

    def __init__(self, pairs: Iterable[tuple[Path, Path]]) -> None:
        self.lock = threading.RLock()
        self._changed = threading.Condition(self.lock)
        self._entries = [Entry(source, destination) for source, destination in pairs]
        self._counts = Counter(entry.state for entry in self._entries)
        self._pending = deque(range(len(self._entries)))
        self._cancellations: dict[int, Cancellation] = {}
        self._stopped = False
        self._events: queue.SimpleQueue[tuple[int, Entry]] = queue.SimpleQueue()

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, index: int) -> Entry:
        return self._entries[index]

    def all(self) -> list[Entry]:
        with self.lock:
            return list(self._entries)

    def counts(self) -> dict[State, int]:
        with self.lock:
            return {state: self._counts[state] for state in State}

    def open_count(self) -> int:
        """Number of pictures that wait or run."""
        with self.lock:
            return sum(self._counts[state] for state in OPEN)

    @property
    def stopped(self) -> bool:
        return self._stopped

    def begin(self) -> None:
        """Let `next` hand out what waits."""
        with self.lock:
            self._stopped = False

    def stop(self) -> None:
        """Cancel all that has not ended and make `next` return None."""
        with self.lock:
            self._stopped = True
            running = list(self._cancellations.values())
            self._cancellations.clear()
            for index, entry in enumerate(self._entries):
                if entry.state in OPEN:
                    self._set(index, State.CANCELLED)
            self._pending.clear()
            self._changed.notify_all()
        for cancellation in running:
            cancellation.cancel()

    def next(self) -> int | None:
        """Index of the next picture that waits; blocks while there is none. None once stopped."""
        with self.lock:
            while not self._stopped:
                while self._pending:
                    index = self._pending.popleft()
                    if self._entries[index].state is State.WAITING:
                        return index
                self._changed.wait()
            return None

    def start(self, index: int) -> Cancellation | None:
        """Mark a waiting picture as running, with a cancellation of its own; None if it does not wait any more."""
        with self.lock:
            if self._entries[index].state is not State.WAITING:
                return None
            self._set(index, State.RUNNING)
            self._cancellations[index] = Cancellation()
            return self._cancellations[index]

    def end(self, index: int, state: State, error: StudioError | None = None, seconds: float = 0.0) -> None:
        """Give a picture its last state, unless it has one."""
        with self.lock:
            if self._entries[index].state in OPEN:
                self._cancellations.pop(index, None)
                self._set(index, state, error, seconds)

    def cancel(self, index: int) -> None:
        """Take one picture out, whether it waits or runs. Nothing happens if it has ended."""
        with self.lock:
            running = self._cancellations.get(index)
            if running is None:
                self.end(index, State.CANCELLED)
        if running is not None:
            running.cancel()

    def retry(self, index: int | None = None) -> None:
        """Let one failed or cancelled picture wait again, or all that failed."""
        with self.lock:
            for number in range(len(self._entries)) if index is None else [index]:
                state = self._entries[number].state
                if state is State.FAILED or (index is not None and state is State.CANCELLED):
                    self._set(number, State.WAITING)
                    self._pending.append(number)
            self._changed.notify_all()

    def tell(self, listener: Callable[[int, Entry], None] | None) -> None:
        """Hand on all changes since the last call, in the calling thread."""
        with contextlib.suppress(queue.Empty):
            while True:
                index, entry = self._events.get_nowait()
                if listener is not None:
                    listener(index, entry)

    def _set(self, index: int, state: State, error: StudioError | None = None, seconds: float = 0.0) -> None:
        self._counts[self._entries[index].state] -= 1
        self._counts[state] += 1
        self._entries[index] = replace(self._entries[index], state=state, error=error, seconds=seconds)
        self._events.put((index, self._entries[index]))
