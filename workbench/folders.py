"""A queue of pictures worked through in order, with disk and work overlapped, resumable after any interruption.

It knows nothing of painting: the caller says how to decode, work and encode one picture. One thread decodes ahead,
one encodes behind, and the thread that drives the job does the work, so that it never waits for the disk.
"""

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from workbench.entries import Entries, Entry, State
from workbench.errors import MemoryFull, OutputNotWritten, PictureMissing, PictureUnreadable, StudioError, WorkFailed
from workbench.journal import Journal, file_hash
from workbench.progress import Cancellation, Cancelled, Job, Progress, run

Decoded = TypeVar("Decoded")
Worked = TypeVar("Worked")
Item = TypeVar("Item")
Result = TypeVar("Result")

AHEAD = 1  # decoded pictures that wait, beside the one being decoded: two pictures in memory
BEHIND = 1  # worked pictures that wait to be encoded, beside the one being encoded
HEARTBEAT = 0.05  # seconds between looks at what else may have happened

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Decoded(Generic[Item]):
    """A picture on its way from the reader to the worker."""

    index: int
    value: Item
    input_hash: str
    seconds: float


@dataclass(frozen=True)
class _Worked(Generic[Item]):
    """A result on its way from the worker to the writer."""

    index: int
    value: Item
    input_hash: str
    seconds: float
    cancellation: Cancellation


class FolderQueue(Generic[Decoded, Worked]):
    """Pictures to work through; one bad picture never stops the rest.

    `pause`, `resume`, `cancel`, `retry`, `entries` and `counts` may be used from any thread while the job runs.

    Args:
        pairs: (source, destination) in order; every destination inside `folder`.
        folder: the output folder; it keeps the record of what is done (see `journal.py`).
        settings: hash of everything besides the picture itself that decides what the result looks like.
        decode: source -> what is worked on. Runs in a thread of its own.
        work: what was decoded -> the job that makes the result.
        encode: result, path -> nothing; writes the file. Runs in a thread of its own. The path has the destination's
            ending and lies elsewhere: the file is moved when it is whole.
        on_entry: told the index and the new state of an entry, in the thread that drives the job.

    Attributes:
        notes: sentences the user should read about the run as a whole.
    """

    def __init__(
        self,
        pairs: Iterable[tuple[Path, Path]],
        *,
        folder: Path,
        settings: str,
        decode: Callable[[Path], Decoded],
        work: Callable[[Decoded, Cancellation], Job[Worked]],
        encode: Callable[[Worked, Path], None],
        on_entry: Callable[[int, Entry], None] | None = None,
    ) -> None:
        self.notes: list[str] = []
        self._entries = Entries(pairs)
        self._folder = folder
        self._settings = settings
        self._decode = decode
        self._work = work
        self._encode = encode
        self._on_entry = on_entry
        self._paused = False
        self._reached = 0.0

    @property
    def entries(self) -> list[Entry]:
        """How each picture stands now, in order."""
        return self._entries.all()

    @property
    def counts(self) -> dict[State, int]:
        """Number of pictures in each state."""
        return self._entries.counts()

    @property
    def paused(self) -> bool:
        return self._paused

    def pause(self) -> None:
        """Hold the work at its next step; what is being decoded or encoded is finished."""
        self._paused = True

    def resume(self) -> None:
        self._paused = False

    def cancel(self, index: int) -> None:
        """Take one picture out, whether it waits or runs; the rest goes on. Nothing happens if it has ended."""
        self._entries.cancel(index)

    def retry(self, index: int | None = None) -> None:
        """Let one failed or cancelled picture wait again, or all that failed. If no job runs, start one with `run`."""
        self._entries.retry(index)

    def run(self, cancellation: Cancellation | None = None) -> Job[list[Entry]]:
        """The job: works through all that waits; its progress counts pictures, its stage is the picture's name.

        Raises:
            Cancelled: pictures that had not ended are then `CANCELLED`, and no further file appears.
            FolderInUse, OutputNotWritten: the output folder cannot be used at all.
        """
        cancellation = cancellation or Cancellation()
        with Journal(self._folder) as journal:
            self.notes[:] = journal.notes
            decoded: queue.Queue[_Decoded[Decoded]] = queue.Queue(AHEAD)
            worked: queue.Queue[_Worked[Worked]] = queue.Queue(BEHIND)
            self._entries.begin()
            self._reached = 0.0
            with self._threads(
                threading.Thread(target=self._read_ahead, args=(journal, decoded), name="decode-ahead", daemon=True),
                threading.Thread(target=self._write_behind, args=(journal, worked), name="encode-behind", daemon=True),
            ):
                while self._entries.open_count():
                    cancellation.check()
                    yield self._progress()
                    if self._paused:
                        time.sleep(HEARTBEAT)
                    elif (item := _take(decoded)) is not None:
                        yield from self._work_on(item, worked, cancellation)
                        del item
                yield self._progress()
        return self.entries

    @contextlib.contextmanager
    def _threads(self, *threads: threading.Thread) -> Iterator[None]:
        """Inside, the threads run; at the end, however it comes, all that has not ended is cancelled."""
        try:
            for thread in threads:
                thread.start()
            yield
        finally:
            self._entries.stop()
            try:
                # At once: a codec that is at work cannot be interrupted, but its file will not appear.
                self._entries.tell(self._on_entry)
            finally:
                for thread in threads:
                    thread.join()

    def _work_on(
        self, item: _Decoded[Decoded], worked: "queue.Queue[_Worked[Worked]]", cancellation: Cancellation
    ) -> Iterator[Progress]:
        with self._failing(item.index):
            own = self._entries.start(item.index)
            if own is None:
                return
            seconds = item.seconds
            with cancellation.interrupting(own.cancel), contextlib.closing(self._work(item.value, own)) as job:
                while True:
                    while self._paused and not own.cancelled:
                        yield self._progress()
                        time.sleep(HEARTBEAT)
                    own.check()
                    started = time.perf_counter()
                    try:
                        progress = next(job)
                    except StopIteration as stop:
                        result: Worked = stop.value
                        break
                    finally:
                        seconds += time.perf_counter() - started
                    yield self._progress(progress, item.index)
            passed = _Worked(item.index, result, item.input_hash, seconds, own)
            while not _offer(worked, passed):
                cancellation.check()
                yield self._progress()

    def _read_ahead(self, journal: Journal, decoded: "queue.Queue[_Decoded[Decoded]]") -> None:
        while (index := self._entries.next()) is not None:
            with self._failing(index):
                item = self._load(index, journal)
                while item is not None and not self._entries.stopped and not _offer(decoded, item):
                    pass

    def _load(self, index: int, journal: Journal) -> _Decoded[Decoded] | None:
        """The picture of an entry, or None if its result is in place already."""
        entry, started = self._entries[index], time.perf_counter()
        try:
            before = entry.source.stat()
            input_hash = file_hash(entry.source)
            if journal.plan(entry.destination, entry.source, input_hash, self._settings).done:
                self._entries.end(index, State.SKIPPED)
                return None
            value = self._decode(entry.source)
            after = entry.source.stat()
        except FileNotFoundError as error:
            raise PictureMissing(path=entry.source) from error
        except OSError as error:
            raise PictureUnreadable(path=entry.source, reason=error.strerror or error) from error
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise PictureUnreadable(path=entry.source, reason="it changed while it was read")
        return _Decoded(index, value, input_hash, time.perf_counter() - started)

    def _write_behind(self, journal: Journal, worked: "queue.Queue[_Worked[Worked]]") -> None:
        while not self._entries.stopped:
            if (item := _take(worked)) is not None:
                with self._failing(item.index):
                    self._store(item, journal)
                del item

    def _store(self, item: _Worked[Worked], journal: Journal) -> None:
        entry, started = self._entries[item.index], time.perf_counter()
        part = journal.parts / f"{item.index}{entry.destination.suffix}"
        try:
            self._encode(item.value, part)
            with self._entries.lock:  # so that a cancel comes either before the file appears or too late
                item.cancellation.check()
                journal.move_into_place(part, entry.destination, entry.source, item.input_hash, self._settings)
                seconds = item.seconds + time.perf_counter() - started
                self._entries.end(item.index, State.DONE, seconds=seconds)
        except StudioError as error:
            if str(error.details.get("path")) == str(part):  # the user knows no parts
                raise type(error)(**{**error.details, "path": entry.destination}) from error
            raise
        except OSError as error:
            raise OutputNotWritten(path=entry.destination, reason=error.strerror or error) from error
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _failing(self, index: int) -> Iterator[None]:
        """Whatever goes wrong inside is the end of this one entry, not of the run."""
        source = self._entries[index].source
        try:
            yield
        except Cancelled:
            self._entries.end(index, State.CANCELLED)
        except StudioError as error:
            self._entries.end(index, State.FAILED, error)
        except MemoryError:
            logger.exception("Out of memory at %s", source)
            self._entries.end(index, State.FAILED, MemoryFull(path=source))
        except Exception as error:
            logger.exception("Unexpected failure at %s", source)
            reason = f"{type(error).__name__}: {error}"
            self._entries.end(index, State.FAILED, WorkFailed(path=source, reason=reason))

    def _progress(self, part: Progress | None = None, index: int | None = None) -> Progress:
        self._entries.tell(self._on_entry)
        total = len(self._entries)
        ended = total - self._entries.open_count()
        # Never backwards: a picture that was worked on, but is not in place yet, has not ended.
        self._reached = max(self._reached, ended + (part.fraction if part is not None else 0.0))
        name = self._entries[index].source.name if index is not None else ""
        return Progress(self._reached, total, name, part.preview if part is not None else None)


def _take(source: "queue.Queue[Item]") -> Item | None:
    try:
        return source.get(timeout=HEARTBEAT)
    except queue.Empty:
        return None


def _offer(target: "queue.Queue[Item]", item: Item) -> bool:
    try:
        target.put(item, timeout=HEARTBEAT)
    except queue.Full:
        return False
    return True


GIVE_UP = 10.0  # seconds; a job that heeds its cancellation ends within one


def run_interruptibly(
    job: Job[Result],
    on_progress: Callable[[Progress], None] | None = None,
    cancellation: Cancellation | None = None,
) -> Result:
    """Drive a job in a thread of its own, so that Ctrl-C is heard at once, even while C code runs.

    `on_progress` is called in the calling thread. After Ctrl-C, or if `on_progress` raises, the job is cancelled and
    given ten seconds to end; a second Ctrl-C does not wait for it.

    Args:
        cancellation: the one that the job was made with.

    Raises:
        Cancelled: on Ctrl-C, or when the cancellation was thrown.
    """
    switch = cancellation or Cancellation()
    updates: queue.Queue[Progress] = queue.Queue(8)  # bounded: previews are big
    results: list[Result] = []
    errors: list[BaseException] = []

    def drive() -> None:
        try:
            results.append(run(job, updates.put, switch))
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=drive, name="job", daemon=True)
    try:
        thread.start()
        while thread.is_alive() or not updates.empty():
            update = _take(updates)
            if update is not None and on_progress is not None:
                on_progress(update)
    except BaseException as error:
        switch.cancel()
        deadline = time.monotonic() + GIVE_UP
        while thread.is_alive() and time.monotonic() < deadline:
            _take(updates)
        if isinstance(error, KeyboardInterrupt):
            raise Cancelled from error
        raise
    if errors:
        raise errors[0]
    return results[0]
