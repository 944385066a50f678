"""What the terminal shows: sentences, JSON and a progress bar; and the file that keeps what it does not show."""

import contextlib
import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, TypeVar

import platformdirs
import typer

from workbench.progress import Cancellation, Job, Progress

Result = TypeVar("Result")
LOG_SIZE = 1 << 20  # bytes, each of two files


class Misuse(typer.TyperException):
    """The options cannot be used together, or not here. Its message is a sentence without its full stop."""

    exit_code = 2


def complain(sentence: str) -> None:
    """One sentence for the user on standard error."""
    # The reader of standard error may have gone; there is nobody left to tell.
    with contextlib.suppress(OSError):
        typer.echo(f"lapstyle: {sentence}", err=True)


def show_json(content: Any) -> None:
    """One JSON object on standard output; in ASCII, so that no terminal or pipe can garble a name."""
    typer.echo(json.dumps(content, indent=2))


def let_streams_write_anything() -> None:
    """A name that the terminal's encoding lacks is written with escapes instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


class QuietFileHandler(RotatingFileHandler):
    """Makes its folder when the first record comes, and never disturbs the user when that fails."""

    def _open(self) -> io.TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (logging's own name)
        pass


def log_file() -> Path:
    return platformdirs.user_log_path("lapstyle-studio", appauthor=False) / "lapstyle.log"


def log_to_file() -> Path:
    """Send all log records to a rotating file, which is returned, instead of the terminal."""
    path = log_file()
    root = logging.getLogger()
    if not any(isinstance(handler, QuietFileHandler) for handler in root.handlers):
        handler = QuietFileHandler(path, maxBytes=LOG_SIZE, backupCount=1, encoding="utf-8", delay=True)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        root.addHandler(handler)
    return path


@contextlib.contextmanager
def progress_bar() -> Iterator[Callable[[Progress], None]]:
    """Yields what shows each step: a bar on standard error where that is a terminal, else nothing."""
    if not sys.stderr.isatty():
        yield lambda progress: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    # Refreshed at each step: this program's threads are counted, and a bar needs none.
    with Bar(*columns, console=Console(stderr=True), transient=True, auto_refresh=False, expand=True) as bar:
        task = bar.add_task("starting", total=1.0)

        def show(progress: Progress) -> None:
            bar.update(task, completed=progress.fraction, description=progress.stage or "starting", refresh=True)

        yield show


def run_with_bar(job: Job[Result], cancellation: Cancellation) -> Result:
    """Drive a job with a progress bar; Ctrl-C is heard at once and raises `Cancelled`."""
    from workbench.folders import run_interruptibly

    with progress_bar() as show:
        return run_interruptibly(job, show, cancellation)
