"""The command line in a process of its own."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
COMMAND = (sys.executable, "-m", "terminal")


@dataclass(frozen=True)
class Outcome:
    """Exit code, standard output and standard error."""

    code: int
    out: str
    err: str


def environment(**changes: str) -> dict[str, str]:
    """This process's, so that the command finds the checkout from any folder."""
    return {**os.environ, "PYTHONPATH": str(ROOT), **changes}


def run(
    *arguments: object, data: bytes | None = None, folder: Path = ROOT, **changes: str
) -> subprocess.CompletedProcess[bytes]:
    """Run a command with bytes on standard input, in a folder, with environment variables changed."""
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(
        command, input=data, capture_output=True, check=False, cwd=folder, env=environment(**changes), timeout=120
    )


def interrupt(*arguments: object, awaited: bytes) -> tuple[int, bytes, bytes]:
    """Run a command on a pseudo-terminal and press Ctrl-C once it shows something.

    Returns:
        its exit code, what the terminal showed from then on, and standard output.
    """
    master, slave = os.openpty()
    process = subprocess.Popen(
        [*COMMAND, *map(str, arguments)], stderr=slave, stdout=subprocess.PIPE, env=environment(TERM="xterm")
    )
    os.close(slave)
    try:
        assert awaited in read_until(master, awaited)
        process.send_signal(signal.SIGINT)
        shown = read_until(master, b"cancelled.")
        code = process.wait(60)
        shown += read_until(master, b"\0")  # nothing says this: to the end
    finally:
        process.kill()
        os.close(master)
    assert process.stdout is not None
    return code, shown, process.stdout.read()


def read_until(terminal: int, awaited: bytes, seconds: float = 60) -> bytes:
    """What a pseudo-terminal shows, until it shows something or is closed."""
    shown, deadline = b"", time.monotonic() + seconds
    while awaited not in shown and time.monotonic() < deadline:
        try:
            part = os.read(terminal, 1 << 16)
        except OSError:  # Linux's way to say that the other end is closed
            break
        shown += part
        if not part:
            break
    return shown
