"""A job driven in a thread of its own, so that Ctrl-C is heard while C code runs."""

import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from tests.folder_case import count_to, environment
from workbench.errors import NotAPicture
from workbench.folders import run_interruptibly
from workbench.progress import Cancellation, Cancelled, Job, Progress


def test_run_interruptibly_relays_progress_and_result() -> None:
    told: list[tuple[float, int]] = []
    made = run_interruptibly(count_to(50), lambda progress: told.append((progress.done, threading.get_ident())))
    assert made == 50
    assert told == [(step, threading.get_ident()) for step in range(50)]


def test_run_interruptibly_relays_errors_and_cancels() -> None:
    def failing() -> Iterator[Progress]:
        yield Progress(0, 1, "")
        raise NotAPicture(path="x.jpg")

    with pytest.raises(NotAPicture):
        run_interruptibly(failing())  # type: ignore[arg-type]
    cancellation = Cancellation()
    with pytest.raises(Cancelled):
        run_interruptibly(count_to(10**9, cancellation), lambda _: cancellation.cancel(), cancellation)


def test_run_interruptibly_ends_the_job_when_the_listener_raises() -> None:
    closed = threading.Event()

    def endless() -> Job[None]:
        try:
            while True:
                yield Progress(0, 1, "")
        finally:
            closed.set()

    def broken(progress: Progress) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        run_interruptibly(endless(), broken)
    assert closed.is_set()


SLEEPER = """
import sys, threading, time
from workbench.folders import run_interruptibly
from workbench.progress import Cancellation, Cancelled, Progress

cancellation = Cancellation()
woken = threading.Event()

def job():
    yield Progress(0, 1, "start")
    with cancellation.interrupting(woken.set):
        print("in the long call", flush=True)
        woken.wait(60)  # stands for C code that knows how to be interrupted
    cancellation.check()

try:
    run_interruptibly(job(), None, cancellation)
except Cancelled:
    print("cancelled", woken.is_set(), flush=True)
    sys.exit(130)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a child cannot be sent Ctrl-C alone")
def test_ctrl_c_is_heard_during_a_long_call() -> None:
    import signal

    with subprocess.Popen(
        [sys.executable, "-c", SLEEPER], env=environment(), stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "in the long call\n"
        child.send_signal(signal.SIGINT)
        assert child.stdout.read() == "cancelled True\n"
    assert child.returncode == 130
