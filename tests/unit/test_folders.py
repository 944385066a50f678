"""The folder queue: nothing is lost, done twice, or replaced that is not ours, whatever happens in between."""

import errno
import json
import os
from pathlib import Path

import pytest

from tests import folder_child
from tests.folder_case import Folder, count_to, states
from tests.folder_child import result
from workbench.entries import State
from workbench.errors import FolderInUse, NotAPicture, OutputExists, OutputIsInput, OutputNotWritten, OutputTaken
from workbench.folders import FolderQueue
from workbench.journal import LOG, PARTS, RECORDS
from workbench.progress import run


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
