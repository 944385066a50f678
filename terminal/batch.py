"""`lapstyle batch`: a whole folder."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from terminal import options
from terminal.console import complain, run_with_bar
from workbench.output_file import put_in_place
from workbench.progress import Cancellation, Cancelled, Job, Progress

if TYPE_CHECKING:
    from recipes.batch import Batch, BatchReport
    from workbench.entries import Entry


def batch(
    inputs: Annotated[
        list[Path],
        typer.Argument(metavar="FOLDER...", help="Folders with photos, or single photos.", show_default=False),
    ],
    *,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FOLDER", help="Where the paintings go; made when missing.", show_default=False
        ),
    ],
    style: options.Styles = None,
    strength: options.Strength = None,
    color: options.Color = None,
    stroke: options.Stroke = None,
    detail: options.Detail = None,
    size: options.Size = None,
    before: options.Before = None,
    after: options.After = None,
    preset: options.PresetFile = None,
    save_preset: options.SavePreset = None,
    pattern: Annotated[
        str | None,
        typer.Option(
            metavar="PATTERN",
            help="Names of the paintings, from {stem}, {style}, {ext} and {index:03}; default {stem}.",
            rich_help_panel=options.WRITING,
        ),
    ] = None,
    format_: options.Format = None,
    quality: options.Quality = None,
    compression: options.Compression = None,
    profile: options.Profile = None,
    metadata: options.Metadata = None,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.json", help="Write what became of each photo as JSON.", rich_help_panel=options.WRITING
        ),
    ] = None,
    device: options.Device = "auto",
    threads: options.Threads = None,
    checkpoint: options.Checkpoint = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> int:
    """Paint every photo of a folder, and of the folders in it, into the same tree elsewhere.

    What is done already is skipped: run the same command again after an interruption, and it goes on where it stopped.
    A photo that fails stops nothing; the exit code is then 1.

    Example: lapstyle batch holiday -o painted --style great-wave --pattern "{stem} in {style}"
    """
    asked = options.preset(
        preset,
        style,
        {"strength": strength, "color": color, "stroke": stroke, "detail": detail, "size": size},
        {"quality": quality, "compression": compression, "profile": profile, "metadata": metadata},
    )
    asked = replace(asked, **options.given({"pattern": pattern, "suffix": options.suffix(format_)}))
    asked = options.with_steps(asked, before, after)
    options.require_styles(asked)
    options.require_json(report, "--report")
    options.require_json(save_preset, "--save-preset")
    cancellation = Cancellation()
    made: list[Batch] = []

    def job() -> "Job[BatchReport]":
        from lapstyle import Painter
        from recipes.batch import Batch

        yield Progress(0, 1, "loading")
        made.append(
            Batch(
                inputs[0] if len(inputs) == 1 else inputs,
                output,
                styles=list(asked.styles),
                settings=asked.settings,
                options=asked.options,
                pattern=asked.pattern,
                suffix=asked.suffix,
                painter=Painter(device, threads, checkpoint),
                before=asked.before,
                after=asked.after,
                on_entry=tell_failure,
            )
        )
        return (yield from made[0].run(cancellation))

    try:
        result = run_with_bar(job(), cancellation)
    except Cancelled as error:
        if not made:
            raise
        tell(made[0].report(), report, as_json)
        raise Cancelled("Run the same command again to go on.") from error
    if save_preset is not None:
        options.save(asked, save_preset)
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
