"""The worker: results in the window's thread, the newest wins, and it stops when it is told to."""

import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.worker import Failure, Task, Worker, single
from workbench.errors import PictureMissing
from workbench.progress import Cancellation, Job, Progress


class Ear:
    """Writes down what a task says, and in which thread."""

    def __init__(self, task: Task) -> None:
        self.heard: list[tuple[str, object]] = []
        self.threads: set[int] = set()
        task.progressed.connect(lambda progress: self._hear("progressed", progress))
        task.finished.connect(lambda result: self._hear("finished", result))
        task.failed.connect(lambda failure: self._hear("failed", failure))
        task.cancelled.connect(lambda: self._hear("cancelled", None))
        task.ended.connect(lambda: self._hear("ended", None))

    def _hear(self, what: str, value: object) -> None:
        self.heard.append((what, value))
        self.threads.add(threading.get_ident())

    @property
    def words(self) -> list[str]:
        return [what for what, _ in self.heard]

    @property
    def done(self) -> bool:
        return "ended" in self.words


@pytest.fixture
def worker(qtbot: QtBot) -> Iterator[Worker]:
    made = Worker("test")
    yield made
    assert made.stop()


def until_cancelled(started: threading.Event) -> Callable[[Cancellation], Job[str]]:
    """A job that would never end."""

    def start(cancellation: Cancellation) -> Job[str]:
        started.set()
        while True:
            yield Progress(0, 1, "draft")
            cancellation.check()

    return start


def test_a_result_arrives_in_the_thread_of_the_window(worker: Worker, qtbot: QtBot) -> None:
    ear = Ear(worker.submit(single(threading.get_ident)))
    qtbot.waitUntil(lambda: ear.done)
    assert ear.words[-2:] == ["finished", "ended"]
    assert dict(ear.heard)["finished"] != threading.get_ident()
    assert ear.threads == {threading.get_ident()}


def test_jobs_run_one_after_the_other_in_their_order(worker: Worker, qtbot: QtBot) -> None:
    order: list[int] = []
    ears = [Ear(worker.submit(single(lambda number=number: order.append(number)))) for number in range(20)]  # type: ignore[misc]
    qtbot.waitUntil(lambda: ears[-1].done)
    assert order == list(range(20))


def test_the_newest_of_a_key_replaces_the_one_that_runs_and_those_that_wait(worker: Worker, qtbot: QtBot) -> None:
    started = threading.Event()
    running = Ear(worker.submit(until_cancelled(started), "paint"))
    assert started.wait(10)
    waiting = Ear(worker.submit(single(lambda: "stale"), "paint"))
    other = Ear(worker.submit(single(lambda: "other")))
    newest = Ear(worker.submit(single(lambda: "new"), "paint"))
    qtbot.waitUntil(lambda: newest.done)
    assert ("finished", "new") in newest.heard
    assert ("finished", "other") in other.heard
    for stale in (running, waiting):
        assert stale.words[-2:] == ["cancelled", "ended"]
        assert "finished" not in stale.words


def test_a_finished_job_that_was_cancelled_before_it_was_heard_says_nothing(worker: Worker, qtbot: QtBot) -> None:
    finished = threading.Event()

    def start(_cancellation: Cancellation) -> Job[str]:
        yield Progress(0, 1, "")
        finished.set()
        return "stale"

    task = worker.submit(start)
    ear = Ear(task)
    assert finished.wait(10)
    task.cancel()
    qtbot.waitUntil(lambda: ear.done)
    assert "finished" not in ear.words


def test_a_job_that_ended_unheard_is_replaced_too(worker: Worker, qtbot: QtBot) -> None:
    ended = threading.Event()
    worker.submit(single(lambda: None))
    stale = Ear(worker.submit(single(lambda: "stale"), "paint"))
    worker.submit(single(ended.set))
    assert ended.wait(10)
    newest = Ear(worker.submit(single(lambda: "new"), "paint"))
    qtbot.waitUntil(lambda: newest.done)
    assert stale.words[-2:] == ["cancelled", "ended"]


def test_of_many_previews_the_newest_is_shown(worker: Worker, qtbot: QtBot) -> None:
    finished = threading.Event()

    def start(_cancellation: Cancellation) -> Job[None]:
        for number in range(200):
            preview = np.full((1, 1, 3), number, np.uint8) if number < 150 else None
            yield Progress(number, 200, "draft", preview)
        finished.set()

    ear = Ear(worker.submit(start))
    assert finished.wait(10)  # before the window has a moment to listen
    qtbot.waitUntil(lambda: ear.done)
    progresses = [value for what, value in ear.heard if what == "progressed"]
    assert len(progresses) == 1
    assert isinstance(newest := progresses[0], Progress)
    assert newest.done == 199
    assert newest.preview is not None
    assert newest.preview[0, 0, 0] == 149


def test_a_failure_comes_with_its_traceback_and_the_worker_lives_on(worker: Worker, qtbot: QtBot) -> None:
    ear = Ear(worker.submit(single(lambda: 1 / 0)))  # type: ignore[arg-type]
    after = Ear(worker.submit(single(lambda: "alive")))
    qtbot.waitUntil(lambda: after.done)
    failure = dict(ear.heard)["failed"]
    assert isinstance(failure, Failure)
    assert isinstance(failure.error, ZeroDivisionError)
    assert "test_worker.py" in failure.details
    assert ("finished", "alive") in after.heard


def test_what_the_user_can_act_on_is_logged_without_a_traceback(
    worker: Worker, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    def missing() -> None:
        raise PictureMissing(path="a.jpg")

    ears = [Ear(worker.submit(single(job))) for job in (missing, lambda: 1 / 0)]  # type: ignore[arg-type,list-item]
    qtbot.waitUntil(lambda: all(ear.done for ear in ears))
    expected, unexpected = caplog.records
    assert "a.jpg does not exist" in expected.getMessage() and expected.exc_info is None
    assert unexpected.exc_info is not None


@pytest.mark.parametrize(("done", "worth"), [(1, False), (99, True)])
def test_a_job_is_worth_waiting_for_while_it_is_young_or_nearly_done(
    worker: Worker, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, done: int, worth: bool
) -> None:
    def start(cancellation: Cancellation) -> Job[None]:
        while True:
            yield Progress(done, 100, "draft")
            cancellation.check()

    ear = Ear(task := worker.submit(start))
    assert task.ends_soon
    qtbot.waitUntil(lambda: bool(ear.heard))
    monkeypatch.setattr("studio.worker.SOON", 0.5)
    qtbot.wait(600)
    assert task.ends_soon is worth
    task.cancel()
    assert not task.ends_soon
    qtbot.waitUntil(lambda: ear.done)


def test_stopping_interrupts_what_runs_but_lets_lasting_jobs_end(qtbot: QtBot) -> None:
    worker = Worker("test")
    started, written = threading.Event(), []
    worker.submit(until_cancelled(started))
    worker.submit(single(lambda: written.append("kept")), lasting=True)
    worker.submit(single(lambda: written.append("dropped")))
    assert started.wait(10)
    assert worker.stop()
    assert written == ["kept"]
