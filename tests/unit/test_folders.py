"""The folder queue: nothing is lost, done twice, or replaced that is not ours, whatever happens in between."""

import errno
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import workbench
from tests import folder_child
from tests.folder_child import result
from workbench.entries import Entry, State
from workbench.errors import FolderInUse, NotAPicture, OutputExists, OutputIsInput, OutputNotWritten, OutputTaken
from workbench.folders import FolderQueue, run_interruptibly
from workbench.journal import LOG, PARTS, RECORDS, Journal
from workbench.progress import Cancellation, Cancelled, Job, Progress, run

ROOT = Path(workbench.__file__).parents[1]


class Folder:
    """Six small files, an output folder, and a queue over them."""

    def __init__(self, base: Path) -> None:
        self.inputs, self.output, self.log = base / "photos", base / "painted", base / "worked.log"
        self.inputs.mkdir()
        for name in ("a", "b", "c", "d", "e", "f"):
            (self.inputs / f"{name}.txt").write_bytes(f"picture {name}".encode())

    def queue(self, settings: str = "settings") -> FolderQueue[tuple[str, bytes], bytes]:
        return folder_child.queue(self.inputs, self.output, self.log, settings)

    def run(self, settings: str = "settings") -> list[Entry]:
        return run(self.queue(settings).run())

    def take_log(self) -> list[str]:
        """Names worked on since the last call."""
        names = self.log.read_text().split() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return names

    def in_place(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.output.rglob("*.txt") if path.parent.name != PARTS}

    def expected(self, settings: str = "settings") -> dict[str, bytes]:
        return {path.name: result(path.read_bytes(), settings) for path in self.inputs.iterdir()}

    def child(self, *more: str) -> subprocess.CompletedProcess[str]:
        script = [sys.executable, folder_child.__file__, str(self.inputs), str(self.output), str(self.log), *more]
        return subprocess.run(script, env=environment(), capture_output=True, text=True, check=False)


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def states(entries: list[Entry]) -> list[str]:
    return [entry.state.value for entry in entries]


def test_all_pictures_are_made_and_recorded(folder: Folder) -> None:
    assert states(folder.run()) == ["done"] * 6
    assert folder.in_place() == folder.expected()
    records = json.loads((folder.output / RECORDS).read_bytes())
    assert set(records["pictures"]) == {f"{name}.txt" for name in "abcdef"}
    assert {"source", "input", "settings", "output"} <= records["pictures"]["a.txt"].keys()
    assert not (folder.output / PARTS).exists()


def test_a_second_run_makes_nothing_again(folder: Folder) -> None:
    folder.run()
    folder.take_log()
    assert states(folder.run()) == ["skipped"] * 6
    assert folder.take_log() == []


def test_a_moved_pair_of_folders_is_still_done(folder: Folder, tmp_path: Path) -> None:
    folder.run()
    folder.take_log()
    folder.inputs = folder.inputs.rename(tmp_path / "moved photos")
    folder.output = folder.output.rename(tmp_path / "moved results")
    assert states(folder.run()) == ["skipped"] * 6


def test_changed_settings_inputs_and_missing_outputs_are_made_again(folder: Folder) -> None:
    folder.run()
    folder.take_log()
    (folder.inputs / "b.txt").write_bytes(b"Picture b")  # as long as before
    (folder.output / "d.txt").unlink()
    assert states(folder.run()) == ["skipped", "done", "skipped", "done", "skipped", "skipped"]
    assert folder.take_log() == ["b.txt", "d.txt"]
    assert folder.in_place() == folder.expected()
    assert states(folder.run("other settings")) == ["done"] * 6
    assert states(folder.run("other settings")) == ["skipped"] * 6


def test_foreign_and_edited_outputs_are_left_alone(folder: Folder) -> None:
    folder.output.mkdir()
    (folder.output / "a.txt").write_bytes(b"somebody else's")
    (folder.output / "b.txt").mkdir()
    (folder.output / "c.txt").symlink_to(folder.inputs / "d.txt")
    entries = folder.run()
    assert states(entries) == ["failed"] * 3 + ["done"] * 3
    assert all(isinstance(entry.error, OutputExists) for entry in entries[:3])
    assert str(folder.output / "a.txt") in entries[0].sentence
    (folder.output / "d.txt").write_bytes(b"retouched by hand")
    folder.take_log()
    entries = folder.run("other settings")
    assert states(entries) == ["failed"] * 4 + ["done"] * 2
    assert isinstance(entries[3].error, OutputExists)
    assert folder.take_log() == ["e.txt", "f.txt"]  # what could not be stored is not worked on
    assert (folder.output / "a.txt").read_bytes() == b"somebody else's"
    assert (folder.output / "c.txt").is_symlink()
    assert (folder.output / "d.txt").read_bytes() == b"retouched by hand"
    assert (folder.inputs / "d.txt").read_bytes() == b"picture d"


def test_our_own_result_is_not_replaced_when_it_is_the_input(folder: Folder) -> None:
    folder.run()
    painted = folder.output / "a.txt"
    queue = FolderQueue(
        [(painted, painted)],
        folder=folder.output,
        settings="other settings",
        decode=folder_child.decode,
        work=lambda picture, cancellation: count_to(3),
        encode=lambda number, part: part.write_bytes(b"new"),
    )
    [entry] = run(queue.run())
    assert isinstance(entry.error, OutputIsInput)
    assert folder.in_place() == folder.expected()


def test_results_of_another_folder_are_not_replaced(folder: Folder, tmp_path: Path) -> None:
    folder.run()
    other = tmp_path / "other photos"
    other.mkdir()
    (other / "a.txt").write_bytes(b"another a")
    [entry] = run(folder_child.queue(other, folder.output, folder.log).run())
    assert isinstance(entry.error, OutputTaken)
    assert folder.in_place() == folder.expected()


def test_a_foreign_file_that_appears_while_working_is_left_alone(folder: Folder) -> None:
    queue = folder.queue()
    job = queue.run()
    while not (folder.output / "a.txt").exists():
        next(job)
    (folder.output / "f.txt").write_bytes(b"just arrived")
    entries = run(job)
    assert isinstance(entries[5].error, OutputExists)
    assert (folder.output / "f.txt").read_bytes() == b"just arrived"


@pytest.mark.parametrize("error", [NotAPicture(path="c.txt"), RuntimeError("boom"), MemoryError(), OSError(5, "I/O")])
@pytest.mark.parametrize("stage", ["_decode", "_work", "_encode"])
def test_one_bad_picture_stops_nothing(folder: Folder, stage: str, error: Exception) -> None:
    queue = folder.queue()
    whole = getattr(queue, stage)

    def fails_at_c(value: object, *more: object) -> object:
        if "c.txt" in str(value) or value == result(b"picture c"):
            raise error
        return whole(value, *more)

    setattr(queue, stage, fails_at_c)
    entries = run(queue.run())
    assert states(entries) == ["done", "done", "failed", "done", "done", "done"]
    assert "c.txt" in entries[2].sentence
    assert set(folder.in_place()) == set(folder.expected()) - {"c.txt"}
    setattr(queue, stage, whole)
    queue.retry()
    assert states(run(queue.run())) == ["done"] * 6
    assert folder.in_place() == folder.expected()


def test_a_full_disk_at_one_picture_leaves_no_half_file(folder: Folder) -> None:
    queue = folder.queue()

    def full_at_c(content: bytes, part: Path) -> None:
        part.write_bytes(content[:5])
        if content == result(b"picture c"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(part))
        part.write_bytes(content)

    queue._encode = full_at_c
    entries = run(queue.run())
    assert states(entries) == ["done", "done", "failed", "done", "done", "done"]
    assert isinstance(entries[2].error, OutputNotWritten)
    assert entries[2].sentence.startswith(str(folder.output / "c.txt"))
    assert folder.in_place() == {name: made for name, made in folder.expected().items() if name != "c.txt"}


def test_a_writer_that_names_its_part_is_reported_under_the_output_name(folder: Folder) -> None:
    queue = folder.queue()

    def refuses(content: bytes, part: Path) -> None:
        raise OutputNotWritten(path=part, reason="no space")

    queue._encode = refuses
    entries = run(queue.run())
    assert [entry.sentence.split(" could")[0] for entry in entries] == [
        str(folder.output / f"{n}.txt") for n in "abcdef"
    ]


def test_a_record_that_does_not_fit_is_taken_back(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    written = os.write
    full = iter([False, True, False, False, False, False])
    log = b""

    def half(descriptor: int, content: bytes) -> int:
        nonlocal log
        size = written(descriptor, content[: len(content) // 2] if next(full) else content)
        log = (folder.output / LOG).read_bytes()
        return size

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", half)
        entries = folder.run()
    assert states(entries) == ["done", "failed", "done", "done", "done", "done"]
    assert isinstance(entries[1].error, OutputNotWritten)
    assert "b.txt" not in folder.in_place()
    assert [json.loads(line)["picture"] for line in log.splitlines()] == [f"{name}.txt" for name in "acdef"]
    assert states(folder.run()) == ["skipped", "done", "skipped", "skipped", "skipped", "skipped"]


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES])
def test_a_read_only_output_folder_is_one_clear_error(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(OutputNotWritten, match="painted"):
        folder.run()
    assert folder.take_log() == []


def test_an_output_folder_that_is_a_file_is_one_clear_error(folder: Folder) -> None:
    folder.output.write_bytes(b"a file")
    with pytest.raises(OutputNotWritten, match="painted"):
        folder.run()
    assert folder.output.read_bytes() == b"a file"


def test_a_picture_that_changes_while_it_is_read_is_not_recorded(folder: Folder) -> None:
    queue = folder.queue()
    whole = queue._decode

    def growing(source: Path) -> tuple[str, bytes]:
        picture = whole(source)
        if source.name == "b.txt":
            source.write_bytes(b"still being copied into this folder")
        return picture

    queue._decode = growing
    entries = run(queue.run())
    assert entries[1].state is State.FAILED
    assert "b.txt" in entries[1].sentence


def test_a_source_that_vanished_is_told(folder: Folder) -> None:
    queue = folder.queue()
    (folder.inputs / "b.txt").unlink()
    entries = run(queue.run())
    assert states(entries) == ["done", "failed", "done", "done", "done", "done"]
    assert "does not exist" in entries[1].sentence


def test_two_runs_cannot_fill_one_folder(folder: Folder) -> None:
    first = folder.queue().run()
    next(first)
    with pytest.raises(FolderInUse, match="painted"):
        folder.run()
    assert folder.child().returncode != 0  # nor from another process
    run(first)
    assert states(folder.run()) == ["skipped"] * 6


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"version": 2, "pictures": {}}',
        b'{"version": 1, "pictures": {"a.txt": 7}}',
        b'{"version": 1, "pictures": {"a.txt": {"x": 1}}}',
    ],
    ids=range(8),
)
def test_a_damaged_journal_is_kept_aside_and_nothing_replaced(folder: Folder, content: bytes) -> None:
    folder.run()
    (folder.output / RECORDS).write_bytes(content)
    before = folder.in_place()
    queue = folder.queue("other settings")
    entries = run(queue.run())
    assert all(isinstance(entry.error, OutputExists) for entry in entries)
    assert folder.in_place() == before
    assert (folder.output / f"{RECORDS}.damaged-1").read_bytes() == content
    assert len(queue.notes) == 1
    assert RECORDS in queue.notes[0]


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


def test_two_thousand_pictures_write_a_journal_of_linear_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs, output = tmp_path / "photos", tmp_path / "painted"
    for number in range(2000):
        path = inputs / f"{number % 20}" / f"{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"%d" % number)
    written, folded = 0, 0
    write, replace = os.write, Path.replace

    def counting_write(descriptor: int, content: bytes) -> int:
        nonlocal written
        written += len(content)
        return write(descriptor, content)

    def counting_replace(path: Path, target: Path) -> Path:
        nonlocal folded
        if target.name == RECORDS:
            folded += path.stat().st_size
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    monkeypatch.setattr(os, "write", counting_write)
    monkeypatch.setattr(Path, "replace", counting_replace)
    entries = run(folder_child.queue(inputs, output, tmp_path / "log").run())
    assert set(states(entries)) == {"done"}
    size = (output / RECORDS).stat().st_size
    assert written <= 2 * size
    assert folded <= 5 * size
    entries = run(folder_child.queue(inputs, output, tmp_path / "log").run())
    assert set(states(entries)) == {"skipped"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("repaint", [False, True])
def test_killed_at_every_change_to_the_disk_the_folder_resumes(folder: Folder, repaint: bool) -> None:
    """The process dies in place of its 1st, 2nd, 3rd, ... change to the disk; then the folder is resumed."""
    for name in "bcdef" if repaint else "cdef":
        (folder.inputs / f"{name}.txt").unlink()
    expected, earlier = folder.expected(), folder.expected("earlier settings")
    killed = 0
    while True:
        shutil.rmtree(folder.output, ignore_errors=True)
        if repaint:  # outputs of earlier settings stand there and are replaced
            folder.run("earlier settings")
        died = folder.child(str(killed + 1))
        if died.returncode == 0:
            break
        assert died.returncode == -9, died.stderr
        killed += 1
        left = folder.in_place()
        assert repaint <= (left.keys() == expected.keys())  # nothing lost
        for name, content in left.items():
            assert content in (
                (expected[name], earlier[name]) if repaint else (expected[name],)
            )  # nothing half-written
        in_place = {name for name, content in left.items() if content == expected[name]}
        folder.take_log()
        entries = folder.run()
        assert {entry.state for entry in entries} <= {State.DONE, State.SKIPPED}, killed
        assert set(folder.take_log()) == expected.keys() - in_place, killed
        assert folder.in_place() == expected
        assert not (folder.output / PARTS).exists()
    assert killed > 10


def test_a_torn_line_in_the_log_is_forgotten(folder: Folder) -> None:
    folder.run()
    with Journal(folder.output):
        pass
    (folder.output / LOG).write_bytes(b'{"picture": "a.txt", "sour')
    assert states(folder.run()) == ["skipped"] * 6
    assert (folder.output / LOG).read_bytes() == b""


def count_to(number: int, cancellation: Cancellation | None = None) -> Job[int]:
    for step in range(number):
        if cancellation is not None:
            cancellation.check()
        yield Progress(step, number, "count")
    return number


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
