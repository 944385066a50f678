"""A small folder run to be killed: `python folder_child.py INPUT OUTPUT LOG [KILL_AT]`.

Its work writes each picture's name into LOG before it starts. With KILL_AT, the process kills itself (SIGKILL) in
place of the KILL_AT-th call that changes the disk.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workbench.folders import FolderQueue
from workbench.progress import Cancellation, Job, Progress, run
from workbench.tree import destinations, survey


def decode(source: Path) -> tuple[str, bytes]:
    return source.name, source.read_bytes()


def result(content: bytes, settings: str = "settings") -> bytes:
    """What the work makes of a file."""
    return content[::-1] * 100 + settings.encode()


def encode(content: bytes, part: Path) -> None:
    part.write_bytes(content)


def queue(inputs: Path, output: Path, log: Path, settings: str = "settings") -> FolderQueue[tuple[str, bytes], bytes]:
    def work(picture: tuple[str, bytes], cancellation: Cancellation) -> Job[bytes]:
        with log.open("a") as file:
            file.write(picture[0] + "\n")
        for step in range(3):
            cancellation.check()
            yield Progress(step, 3, "work")
        return result(picture[1], settings)

    pictures = survey([inputs], frozenset({".txt"}), output).pictures
    places = destinations(pictures, output, suffix_of=lambda source: source.suffix)
    pairs = zip([source for _, source in pictures], places, strict=True)
    return FolderQueue(pairs, folder=output, settings=settings, decode=decode, work=work, encode=encode)


def kill_at(number: int) -> None:
    """Let the process die at the number-th change to the disk from now on."""
    count = 0

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **keywords: Any) -> Any:
            nonlocal count
            count += 1
            if count == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*args, **keywords)

        return call

    for owner, name in [
        (os, "write"), (os, "fsync"), (os, "ftruncate"), (os, "open"), (shutil, "rmtree"),
        (Path, "replace"), (Path, "unlink"), (Path, "mkdir"), (Path, "open"),
    ]:  # fmt: skip
        setattr(owner, name, counted(getattr(owner, name)))


if __name__ == "__main__":
    given = [Path(argument) for argument in sys.argv[1:4]]
    job = queue(*given).run()
    if len(sys.argv) > 4:
        kill_at(int(sys.argv[4]))
    run(job)
