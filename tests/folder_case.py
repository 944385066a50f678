"""Six small files in a folder, and a queue over them: what the tests of the folder queue stand on."""

import os
import subprocess
import sys
from pathlib import Path

import workbench
from tests import folder_child
from tests.folder_child import result
from workbench.entries import Entry
from workbench.folders import FolderQueue
from workbench.journal import PARTS
from workbench.progress import Cancellation, Job, Progress, run

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


def states(entries: list[Entry]) -> list[str]:
    return [entry.state.value for entry in entries]


def count_to(number: int, cancellation: Cancellation | None = None) -> Job[int]:
    for step in range(number):
        if cancellation is not None:
            cancellation.check()
        yield Progress(step, number, "count")
    return number
