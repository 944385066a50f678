"""Work in a process of its own, which can crash, be stopped and be killed without harm to this one.

The parent drives `run_child`; the module that it runs calls `child_main`. What the child tells are lines of JSON, which
it writes to a file rather than to a pipe: a reader that waits for a pipe cannot wait for a cancel too on every system,
and a child whose parent died must be able to write on until it has put its work away.
"""

import contextlib
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

import psutil

from workbench import errors
from workbench.errors import ChildFailed, StudioError
from workbench.journal import lock
from workbench.output_file import reporting
from workbench.processors import mkl_environment
from workbench.progress import Cancellation, Job, Progress

LOCK = ".lock"  # in the child's folder, held while it works
GRACE = 180.0  # seconds that a child gets to end its step and put its work away before it is killed
POLL = 0.1  # seconds
TOLD_EVERY = 0.25  # seconds, at most
GROUP_WITHOUT_WINDOW = 0x00000200 | 0x08000000  # Windows: CREATE_NEW_PROCESS_GROUP, CREATE_NO_WINDOW

Message = Mapping[str, Any]
logger = logging.getLogger(__name__)


class Reports:
    """How the child speaks with its parent."""

    def __init__(self, parent: int, stop: Path) -> None:
        """
        Args:
            parent: its process's number.
            stop: the file with which it asks to stop.
        """
        self._stop = stop
        self._told = -TOLD_EVERY
        try:
            self._parent: psutil.Process | None = psutil.Process(parent)
        except psutil.Error:
            self._parent = None

    @property
    def stopping(self) -> bool:
        """Whether to stop soon: the parent asks for it, or is there no more."""
        return self._stop.exists() or not self._has_parent()

    def _has_parent(self) -> bool:
        try:
            parent = self._parent
            return parent is not None and parent.is_running() and parent.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False

    def tell(self, done: float, total: float, stage: str, *, now: bool = False, **more: object) -> None:
        """Progress, and whatever else is to be known; left out soon after the last one, unless `now`."""
        if now or time.monotonic() - self._told >= TOLD_EVERY:
            self._told = time.monotonic()
            self.write({"done": done, "total": total, "stage": stage, **more})

    def write(self, message: Message) -> None:
        out = sys.stdout
        out.write(f"{json.dumps(message)}\n")
        out.flush()


def child_main(work: Callable[[Path, Reports], None]) -> None:
    """The child's side: do the work in the folder that the command line names, and tell the parent what went wrong."""
    folder, reports = Path(sys.argv[1]), Reports(int(sys.argv[2]), Path(sys.argv[3]))
    try:
        with contextlib.ExitStack() as stack:
            with reporting(str(folder)):
                held = stack.enter_context((folder / LOCK).open("a+b"))
            lock(held.fileno(), folder)
            work(folder, reports)
    except StudioError as error:
        details = {name: str(value) for name, value in error.details.items()}
        reports.write({"error": type(error).__name__, "details": details})
    except MemoryError:
        reports.write({"error": "MemoryFull", "details": {"path": str(folder)}})


def run_child(
    module: str,
    folder: Path,
    on_message: Callable[[Message], None],
    cancellation: Cancellation | None = None,
    threads: int | None = None,
) -> Job[None]:
    """Run `python -m module folder` until it ends; yields what it tells as progress.

    The child is asked to stop when the cancellation is thrown or the job is closed, and killed if it then takes longer
    than `GRACE`. It also stops when this process ends, however it ends.

    Args:
        module: calls `child_main`.
        folder: where the child works; exists.
        on_message: gets each message, before it is yielded as progress.
        threads: that its libraries compute with; their own choice if None.

    Raises:
        Cancelled: after the child has ended.
        StudioError: the child's own; FolderInUse where another one works in the folder.
        ChildFailed: it crashed, was killed, or could not be started.
    """
    with tempfile.TemporaryDirectory(prefix="lapstyle-", ignore_cleanup_errors=True) as place:
        told, complaints, stop = Path(place, "told"), Path(place, "complaints"), Path(place, "stop")
        process = _started([module, str(folder), str(os.getpid()), str(stop)], told, complaints, threads)
        try:
            with told.open("rb") as lines:
                yield from _followed(process, lines, folder, on_message, cancellation)
        finally:
            _end(process, stop)
        if process.returncode:
            text = complaints.read_text(errors="replace")
            logger.error("%s ended with %d: %s", module, process.returncode, text)
            raise ChildFailed(path=folder, code=process.returncode)


def _started(arguments: list[str], told: Path, complaints: Path, threads: int | None) -> "subprocess.Popen[bytes]":
    paths = [os.path.abspath(path) for path in sys.path if path]  # noqa: PTH100 (a string is wanted)
    # `python -m` would look for modules in the current folder first, which is anyone's.
    environment = {**mkl_environment(), **os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONSAFEPATH": "1"}
    if threads is not None:
        environment |= {name: str(threads) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    try:
        with told.open("wb") as out, complaints.open("wb") as err:
            return subprocess.Popen(
                [sys.executable, "-m", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env=environment,
                # Ctrl-C is for the parent alone, which then asks the child to stop.
                start_new_session=sys.platform != "win32",
                creationflags=GROUP_WITHOUT_WINDOW if sys.platform == "win32" else 0,
            )
    except OSError as error:
        logger.exception("%s cannot be started", arguments[0])
        raise ChildFailed(path=arguments[1], code=error.errno) from error


def _followed(
    process: "subprocess.Popen[bytes]",
    lines: IO[bytes],
    folder: Path,
    on_message: Callable[[Message], None],
    cancellation: Cancellation | None,
) -> Job[None]:
    """What the child tells, until it ends."""
    part = b""
    while True:
        ended = process.poll() is not None  # asked before reading, so that nothing said last is missed
        *whole, part = (part + lines.read()).split(b"\n")
        for message in filter(None, map(_message, whole)):
            if "error" in message:
                raise _error(message, folder)
            on_message(message)
            yield Progress(message["done"], message["total"], message["stage"])
        if cancellation is not None:
            cancellation.check()
        if ended:
            return
        time.sleep(POLL)


def _message(line: bytes) -> Message | None:
    """None for what a library says on its own account."""
    try:
        message = json.loads(line)
    except ValueError:
        return None
    told = isinstance(message, dict) and ("error" in message or {"done", "total", "stage"} <= message.keys())
    return message if told else None


def _error(message: Message, folder: Path) -> StudioError:
    """The child's error, as it was raised there."""
    kind = getattr(errors, str(message["error"]), None)
    if isinstance(kind, type) and issubclass(kind, StudioError):
        return kind(**message["details"])
    return ChildFailed(path=folder, code=message["error"])


def _end(process: "subprocess.Popen[bytes]", stop: Path) -> None:
    """Ask, wait, kill."""
    if process.poll() is None:
        with contextlib.suppress(OSError):
            stop.touch()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            logger.warning("A child did not stop in time and is killed")
            process.kill()
            process.wait()
