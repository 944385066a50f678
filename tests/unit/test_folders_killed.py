"""The folder queue survives being killed at any moment, and stays fast with thousands of pictures."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests import folder_child
from tests.folder_case import Folder, states
from workbench.entries import State
from workbench.journal import LOG, PARTS, RECORDS, Journal
from workbench.progress import run


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
