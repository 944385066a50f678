"""`lapstyle train-cyclegan` and `lapstyle train-enlarge`: networks of one's own."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from terminal import options
from terminal.console import Misuse, run_with_bar, show_json
from workbench.progress import Cancellation, Cancelled, Job, Progress

if TYPE_CHECKING:
    from recipes.training import TrainingRun, TrainingSettings, TrainingStatus

LEARNING = "Learning"
GO_ON = "Run the same command again to go on."

Output = Annotated[
    Path,
    typer.Option(
        "--output",
        "-o",
        metavar="FOLDER",
        help="The training's own folder; one that is there goes on.",
        show_default=False,
    ),
]
Batch = Annotated[int | None, typer.Option(metavar="N", help="Squares in a step.", rich_help_panel=LEARNING)]
Steps = Annotated[int | None, typer.Option(metavar="N", help="In all.", rich_help_panel=LEARNING)]
Rate = Annotated[float | None, typer.Option(metavar="RATE", help="Of Adam; default 0.0002.", rich_help_panel=LEARNING)]
Seed = Annotated[
    int | None, typer.Option(metavar="N", help="Of all that is random; default 0.", rich_help_panel=LEARNING)
]


def train_cyclegan(
    *,
    a: Annotated[Path | None, typer.Option("--a", metavar="FOLDER", help="Pictures as they come: photos.")] = None,
    b: Annotated[Path | None, typer.Option("--b", metavar="FOLDER", help="As they are to become: paintings.")] = None,
    output: Output,
    steps: Steps = None,
    batch: Batch = None,
    crop: Annotated[
        int | None, typer.Option(metavar="PX", help="Side of the squares; default 128.", rich_help_panel=LEARNING)
    ] = None,
    channels: Annotated[
        int | None, typer.Option(metavar="N", help="Of the first layer; default 32.", rich_help_panel=LEARNING)
    ] = None,
    blocks: Annotated[
        int | None, typer.Option(metavar="N", help="Residual blocks; default 6.", rich_help_panel=LEARNING)
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(metavar="NAME|FILE", help="Go on from a model; default from nothing.", rich_help_panel=LEARNING),
    ] = None,
    learning_rate: Rate = None,
    cycle: Annotated[
        float | None, typer.Option(metavar="WEIGHT", help="Of the cycle loss; default 10.", rich_help_panel=LEARNING)
    ] = None,
    identity: Annotated[
        float | None,
        typer.Option(metavar="SHARE", help="Identity loss, as a share of it; default 0.5.", rich_help_panel=LEARNING),
    ] = None,
    pool: Annotated[
        int | None,
        typer.Option(metavar="N", help="Earlier pictures shown again; default 50.", rich_help_panel=LEARNING),
    ] = None,
    seed: Seed = None,
    threads: options.Threads = None,
    as_json: options.AsJson = False,
) -> None:
    """Train a CycleGAN that turns pictures of one folder into such as the other one holds, and back.

    Stop it at any time with Ctrl-C; the same command, or -o alone, goes on where it stopped.

    Example: lapstyle train-cyclegan --a photos --b paintings -o my-painter
    """
    from cyclegan.training_settings import CycleTraining

    given: dict[str, Any] = {
        "a": a,
        "b": b,
        "steps": steps,
        "batch": batch,
        "crop": crop,
        "channels": channels,
        "blocks": blocks,
    }
    given |= {"start": start, "learning_rate": learning_rate, "cycle": cycle, "identity": identity, "pool": pool}
    carry_on(CycleTraining, output, {**given, "seed": seed}, ("--a", "--b"), threads=threads, as_json=as_json)


def train_enlarge(
    folder: Annotated[Path | None, typer.Argument(metavar="FOLDER", help="Sharp pictures.", show_default=False)] = None,
    *,
    factor: Annotated[int | None, typer.Option(metavar="2|4", help="How many times the sides; default 2.")] = None,
    output: Output,
    steps: Steps = None,
    batch: Batch = None,
    patch: Annotated[
        int | None,
        typer.Option(metavar="PX", help="Side of the small squares; default 24.", rich_help_panel=LEARNING),
    ] = None,
    learning_rate: Rate = None,
    seed: Seed = None,
    threads: options.Threads = None,
    as_json: options.AsJson = False,
) -> None:
    """Train the network that enlarges on, with pictures of your own.

    Stop it at any time with Ctrl-C; the same command, or -o alone, goes on where it stopped.

    Example: lapstyle train-enlarge photos --factor 2 -o sharper
    """
    from cyclegan.training_settings import EnlargeTraining

    given: dict[str, Any] = {"folder": folder, "factor": factor, "steps": steps, "batch": batch, "patch": patch}
    given |= {"learning_rate": learning_rate, "seed": seed}
    carry_on(EnlargeTraining, output, given, ("FOLDER",), threads=threads, as_json=as_json)


def carry_on(
    kind: "type[TrainingSettings]",
    output: Path,
    given: Mapping[str, Any],
    sources: tuple[str, ...],
    *,
    threads: int | None,
    as_json: bool,
) -> None:
    """Begin a training, or go on with the one that is there, and say where its model is.

    Args:
        given: the settings, None for those that were not given.
        sources: how the command line names the folders.
    """
    chosen = options.given(given)
    run = existing(kind, output, chosen) or begun(kind, output, chosen, sources)
    cancellation = Cancellation()
    try:
        status = run_with_bar(described(run, cancellation, threads), cancellation)
    except Cancelled as error:
        raise Cancelled(GO_ON) from error
    if as_json:
        losses = {name: round(value, 6) for name, value in status.losses.items()}
        show_json({"model": str(run.model), "step": status.step, "steps": status.steps, "losses": losses})
    else:
        typer.echo(str(run.model))


def existing(kind: "type[TrainingSettings]", output: Path, given: dict[str, Any]) -> "TrainingRun | None":
    """The training of the folder; None where there is none yet. Raises `Misuse` where it was begun otherwise."""
    from recipes.training import SETTINGS, TrainingRun
    from workbench.output_file import reporting

    with reporting(str(output)):
        if not (output / SETTINGS).exists():
            return None
    run = TrainingRun.open(output)
    if not isinstance(run.settings, kind) or replace(run.settings, **given) != run.settings:
        raise Misuse(
            f"{output} holds a training with other settings: leave them away to go on, or choose another folder"
        )
    return run


def begun(
    kind: "type[TrainingSettings]", output: Path, given: dict[str, Any], sources: tuple[str, ...]
) -> "TrainingRun":
    from recipes.training import TrainingRun

    if sum(isinstance(value, Path) for value in given.values()) < len(sources):
        raise Misuse(f"{output} holds no training to go on with: name {' and '.join(sources)} to begin one")
    return TrainingRun.create(output, kind(**given))


def described(run: "TrainingRun", cancellation: Cancellation, threads: int | None) -> "Job[TrainingStatus]":
    """The training, whose progress tells step and time left."""
    job = run.run(cancellation, threads)
    try:
        while True:
            try:
                progress = next(job)
            except StopIteration as stop:
                result: TrainingStatus = stop.value
                return result
            yield Progress(progress.done, progress.total, words(run.status))
    finally:
        job.close()


def words(status: "TrainingStatus") -> str:
    """As "step 120 of 20000, 3:05 h left"."""
    text = f"step {status.step} of {status.steps}"
    if status.seconds_left is None:
        return text
    hours, minutes = divmod(round(status.seconds_left / 60), 60)
    return f"{text}, {hours}:{minutes:02} h left"
