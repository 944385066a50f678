"""Work in a process of its own: what it tells, how it fails, how it is stopped."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench import child, processors
from workbench.child import Message, run_child
from workbench.errors import ChildFailed, FolderInUse, SettingWrong
from workbench.journal import lock
from workbench.progress import Cancellation, Cancelled, Progress, run

START = "from workbench.child import child_main\nfrom workbench.errors import SettingWrong\nimport os, time, signal\n"
WORKS = """
def work(folder, reports):
    print("a library's remark", flush=True)
    for step in range(3):
        reports.tell(step, 3, "counting", now=True, word="中")
    (folder / "done").touch()
"""
WAITS = """
def work(folder, reports):
    reports.tell(0, 1, "waiting", now=True)
    while not reports.stopping:
        time.sleep(0.01)
    (folder / "put away").touch()
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose modules the child finds."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    (tmp_path / "run").mkdir()
    yield tmp_path
    assert not list(tmp_path.glob("lapstyle-*"))


def module(place: Path, code: str) -> str:
    (place / "some_work.py").write_text(f"{START}{code}\nif __name__ == '__main__':\n    child_main(work)\n", "utf-8")
    return "some_work"


def test_what_it_tells_is_progress(place: Path) -> None:
    messages: list[Message] = []
    steps = list(run_child(module(place, WORKS), place / "run", messages.append))
    assert steps == [Progress(step, 3, "counting") for step in range(3)]
    assert [message["word"] for message in messages] == ["中"] * 3
    assert (place / "run" / "done").exists()


def test_code_in_the_current_folder_is_not_run(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here := place / "pictures").mkdir()
    (here / "csv.py").write_text(f"open({str(here / 'run')!r}, 'w')")
    monkeypatch.chdir(here)
    list(run_child(module(place, "import csv\n\n" + WORKS), place / "run", lambda message: None))
    assert (place / "run" / "done").exists() and not (here / "run").exists()


def test_threads_are_those_that_were_asked_for(place: Path) -> None:
    name = module(place, "def work(folder, reports): reports.tell(int(os.environ['OMP_NUM_THREADS']), 9, '')")
    assert [step.done for step in run_child(name, place / "run", lambda message: None, threads=3)] == [3]


def test_a_cancel_lets_it_put_its_work_away(place: Path) -> None:
    cancellation = Cancellation()
    job = run_child(module(place, WAITS), place / "run", lambda message: cancellation.cancel(), cancellation)
    with pytest.raises(Cancelled):
        run(job, None, cancellation)
    assert (place / "run" / "put away").exists()


def test_a_job_that_is_closed_stops_it_too(place: Path) -> None:
    job = run_child(module(place, WAITS), place / "run", lambda message: None)
    next(job)
    job.close()
    assert (place / "run" / "put away").exists()


def test_one_that_does_not_stop_is_killed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "GRACE", 0.2)
    code = "def work(folder, reports):\n    reports.tell(os.getpid(), 1, '', now=True)\n    time.sleep(600)"
    job = run_child(module(place, code), place / "run", lambda message: None)
    number = int(next(job).done)
    job.close()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_its_errors_are_raised_here(place: Path) -> None:
    name = module(place, "def work(folder, reports): raise SettingWrong(name='size', value=3, expected='give 4')")
    with pytest.raises(SettingWrong, match=r"^size cannot be 3: give 4\.$"):
        run(run_child(name, place / "run", lambda message: None))


@pytest.mark.parametrize(
    "crash", ["raise ZeroDivisionError('oh')", "os._exit(3)", "os.kill(os.getpid(), signal.SIGKILL)", "import nowhere"]
)
def test_a_crash_is_a_sentence(place: Path, crash: str, caplog: pytest.LogCaptureFixture) -> None:
    name = module(place, f"def work(folder, reports):\n    {crash}")
    with pytest.raises(ChildFailed, match=r"ended unexpectedly .* start it again to go on") as caught:
        run(run_child(name, place / "run", lambda message: None))
    assert str(place / "run") in str(caught.value)
    assert name in caplog.text
    assert ("ZeroDivisionError" in caplog.text) == ("Zero" in crash)


def test_two_cannot_work_in_one_folder(place: Path) -> None:
    with (place / "run" / child.LOCK).open("a+b") as held:
        lock(held.fileno(), place / "run")
        with pytest.raises(FolderInUse):
            run(run_child(module(place, WORKS), place / "run", lambda message: None))
    run(run_child(module(place, WORKS), place / "run", lambda message: None))


def test_ctrl_c_is_for_the_parent_alone(place: Path) -> None:
    code = "def work(folder, reports):\n    reports.tell(os.getpgid(0), os.getpid(), '', now=True)"
    told = next(run_child(module(place, code), place / "run", lambda message: None))
    assert told.done == told.total != os.getpgid(0)
    assert signal.getsignal(signal.SIGINT) is not signal.SIG_IGN


@pytest.mark.parametrize(
    ("described", "variables"),
    [("vendor_id : AuthenticAMD\nflags : fpu avx avx2 bmi1", {"MKL_DEBUG_CPU_TYPE": "5"}),
     ("vendor_id : AuthenticAMD\nflags : fpu avx bmi1", {}), ("vendor_id : GenuineIntel\nflags : fpu avx2 bmi1", {}),
     (None, {})],
)  # fmt: skip
def test_mkl_takes_its_fast_code_where_the_processor_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, described: str | None, variables: dict[str, str]
) -> None:
    if described is not None:
        (tmp_path / "cpuinfo").write_text(described)
    monkeypatch.setattr(processors, "CPU_INFO", tmp_path / "cpuinfo")
    assert processors.mkl_environment() == variables
