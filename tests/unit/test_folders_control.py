"""The folder queue while it runs: told, paused, cancelled, retried, and never hungry for memory."""

import threading
import time
from pathlib import Path

import pytest

from tests.folder_case import Folder, states
from tests.folder_child import result
from workbench.entries import Entry, State
from workbench.errors import NotAPicture
from workbench.journal import PARTS
from workbench.progress import Cancellation, Cancelled, Job, Progress, run


def test_events_tell_every_change_in_the_driving_thread(folder: Folder) -> None:
    told: list[tuple[int, str, int]] = []
    queue = folder.queue()
    (folder.inputs / "c.txt").unlink()
    queue._on_entry = lambda index, entry: told.append((index, entry.state.value, threading.get_ident()))
    fractions = []
    run(queue.run(), lambda progress: fractions.append(progress.fraction))
    assert {thread for *_, thread in told} == {threading.get_ident()}
    for index in range(6):
        changes = [state for number, state, _ in told if number == index]
        assert changes == (["failed"] if index == 2 else ["running", "done"])
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert queue.counts[State.DONE] == 5


def test_pause_holds_the_work_and_resume_goes_on(folder: Folder) -> None:
    queue = folder.queue()
    job = queue.run()
    while "b.txt" not in (folder.log.read_text() if folder.log.exists() else ""):
        next(job)
    queue.pause()
    assert queue.paused
    for _ in range(5):
        next(job)
    assert folder.log.read_text().split() == ["a.txt", "b.txt"]
    queue.resume()
    assert states(run(job)) == ["done"] * 6
    assert folder.in_place() == folder.expected()


def test_a_paused_run_can_be_cancelled(folder: Folder) -> None:
    queue, cancellation = folder.queue(), Cancellation()
    job = queue.run(cancellation)
    while not folder.log.exists():
        next(job)
    queue.pause()
    cancellation.cancel()
    with pytest.raises(Cancelled):
        run(job)
    assert set(states(queue.entries)) == {"cancelled"}


def test_cancelling_one_picture_leaves_the_rest(folder: Folder) -> None:
    queue = folder.queue()
    queue.cancel(4)
    job = queue.run()
    while "b.txt" not in (folder.log.read_text() if folder.log.exists() else ""):
        next(job)
    queue.cancel(1)  # which runs
    queue.cancel(3)  # which waits, perhaps decoded already
    assert states(run(job)) == ["done", "cancelled", "done", "cancelled", "cancelled", "done"]
    assert set(folder.in_place()) == {"a.txt", "c.txt", "f.txt"}
    queue.retry(3)
    assert states(run(queue.run())) == ["done", "cancelled", "done", "done", "cancelled", "done"]


def test_retry_while_the_run_goes_on(folder: Folder) -> None:
    queue = folder.queue()
    whole, failures = queue._decode, iter([True, False])

    def fails_once(source: Path) -> tuple[str, bytes]:
        if source.name == "a.txt" and next(failures):
            raise NotAPicture(path=source)
        return whole(source)

    queue._decode = fails_once
    job = queue.run()
    while queue.entries[0].state is not State.FAILED:
        next(job)
    queue.retry(0)
    assert states(run(job)) == ["done"] * 6


def test_cancelling_the_run_leaves_whole_files_only_and_resumes(folder: Folder) -> None:
    queue, cancellation = folder.queue(), Cancellation()
    job = queue.run(cancellation)
    while not (folder.output / "b.txt").exists():
        next(job)
    cancellation.cancel()
    with pytest.raises(Cancelled):
        run(job)
    made = folder.in_place()
    assert made.items() <= folder.expected().items()
    assert {entry.state for entry in queue.entries} == {State.DONE, State.CANCELLED}
    assert {entry.destination.name for entry in queue.entries if entry.state is State.DONE} == set(made)
    assert not (folder.output / PARTS).exists()
    folder.take_log()
    folder.run()
    assert set(folder.take_log()) == set(folder.expected()) - set(made)
    assert folder.in_place() == folder.expected()


def test_a_cancel_while_a_codec_runs_lets_no_file_appear(folder: Folder) -> None:
    queue = folder.queue()
    encoding, released = threading.Event(), threading.Event()
    whole = queue._encode

    def slow(content: bytes, part: Path) -> None:
        encoding.set()
        released.wait(30)
        whole(content, part)

    told: list[str] = []

    def on_entry(index: int, entry: Entry) -> None:
        if entry.state is State.CANCELLED:
            told.append(entry.source.name)
            released.set()  # the codec ends only after the cancel was acknowledged

    queue._encode, queue._on_entry = slow, on_entry
    job = queue.run()
    while not encoding.is_set():
        next(job)
    job.close()
    assert told == [f"{name}.txt" for name in "abcdef"]
    assert folder.in_place() == {}
    assert not any(thread.name in ("decode-ahead", "encode-behind") for thread in threading.enumerate())


def test_a_listener_that_raises_ends_the_run_and_its_threads(folder: Folder) -> None:
    queue = folder.queue()

    def broken(index: int, entry: Entry) -> None:
        raise BrokenPipeError

    queue._on_entry = broken
    with pytest.raises(BrokenPipeError):
        run(queue.run())
    assert not any(thread.name in ("decode-ahead", "encode-behind") for thread in threading.enumerate())
    queue._on_entry = None
    assert states(folder.run()) == ["done"] * 6  # the folder is free again


def test_the_worker_runs_while_the_neighbours_are_decoded_and_encoded(folder: Folder) -> None:
    """Each stage waits until the other two are at work on other pictures: without overlap the run would not end."""
    queue = folder.queue()
    meet = threading.Barrier(3, timeout=30)
    decode, encode = queue._decode, queue._encode
    names = iter("abcdef")

    def meeting_decode(source: Path) -> tuple[str, bytes]:
        if source.name == "d.txt":  # c waits decoded, b is worked on, a is encoded
            meet.wait()
        return decode(source)

    def meeting_encode(content: bytes, part: Path) -> None:
        if next(names) == "a":
            meet.wait()
        encode(content, part)

    def meeting_work(picture: tuple[str, bytes], cancellation: Cancellation) -> Job[bytes]:
        if picture[0] == "b.txt":
            meet.wait()
        yield Progress(0, 1, "work")
        return result(picture[1])

    queue._decode, queue._encode, queue._work = meeting_decode, meeting_encode, meeting_work
    assert states(run(queue.run())) == ["done"] * 6


def test_few_pictures_are_in_memory_at_once(folder: Folder) -> None:
    for number in range(30):
        (folder.inputs / f"more {number}.txt").write_bytes(b"more %d" % number)
    queue = folder.queue()
    decode, work, ahead, most = queue._decode, queue._work, 0, 0
    guard = threading.Lock()

    def counting_decode(source: Path) -> tuple[str, bytes]:
        nonlocal ahead, most
        with guard:
            ahead += 1
            most = max(most, ahead)
        return decode(source)

    def counting_work(picture: tuple[str, bytes], cancellation: Cancellation) -> Job[bytes]:
        nonlocal ahead
        time.sleep(0.01)  # lets the reader run as far ahead as it can
        with guard:
            ahead -= 1
        return (yield from work(picture, cancellation))

    queue._decode, queue._work = counting_decode, counting_work
    assert set(states(run(queue.run()))) == {"done"}
    assert most <= 3  # one waits, one is being decoded, one was just taken
