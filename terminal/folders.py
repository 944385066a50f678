"""How the commands work through a folder, and what they say of it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from terminal.console import complain, run_with_bar
from workbench.output_file import put_in_place
from workbench.progress import Cancellation, Cancelled, Job, Progress

if TYPE_CHECKING:
    from recipes.folder_batch import BatchReport, FolderBatch
    from workbench.entries import Entry


def run_folder(make: "Callable[[], FolderBatch]", report: Path | None, as_json: bool) -> int:
    """Work through a folder, tell what came of it, and return the exit code.

    Args:
        make: makes the folder ready; called in the job, since it looks through the folder and may load networks.
        report: the file for the report.

    Raises:
        Cancelled: after what is done so far was told.
        StudioError: the folder cannot be worked on at all.
    """
    cancellation = Cancellation()
    made: list[FolderBatch] = []

    def job() -> "Job[BatchReport]":
        yield Progress(0, 1, "loading")
        made.append(make())
        return (yield from made[0].run(cancellation))

    try:
        result = run_with_bar(job(), cancellation)
    except Cancelled as error:
        if not made:
            raise
        tell(made[0].report(), report, as_json)
        raise Cancelled("Run the same command again to go on.") from error
    tell(result, report, as_json)
    return 0 if result.whole else 1


def tell_failure(index: int, entry: "Entry") -> None:
    """Say at once what failed: a folder may take hours."""
    if entry.sentence:
        complain(entry.sentence)


def tell(result: "BatchReport", file: Path | None, as_json: bool) -> None:
    """The report: notes and problems on standard error, the rest on standard output and in the file."""
    for sentence in result.problems:
        complain(sentence)
    if file is not None:
        put_in_place(file, f"{result.to_json()}\n".encode())
    if as_json:
        typer.echo(result.to_json())
        return
    for notes in result.notes.values():
        for note in notes:
            complain(f"note: {note}")
    typer.echo(str(result).partition("\n")[0])
