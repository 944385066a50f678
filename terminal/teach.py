"""`lapstyle teach` and `lapstyle train-style`: style packs, and universal weights, of one's own."""

import os
import shutil
from pathlib import Path
from typing import Annotated, Any

import typer

from terminal import options
from terminal.console import Misuse, run_with_bar, show_json
from terminal.train import GO_ON, LEARNING, Output, carry_on, described, existing
from workbench.progress import Cancellation, Cancelled

ABOUT = "About the painting"
WORK = ".training"  # what the folder of a teaching is called after the pack's name

Photos = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="Photos to learn on; default those that come with the program.")
]
Minutes = Annotated[float | None, typer.Option(metavar="N", help="That it may take; default 20.")]
Steps = Annotated[
    tuple[int, int, int] | None,
    typer.Option(
        metavar="DRAFT REVISION REVISION",
        help="Of each stage, instead of a time; 0 leaves one out.",
        rich_help_panel=LEARNING,
    ),
]
Sides = Annotated[
    tuple[int, int, int] | None,
    typer.Option(
        metavar="PX PX PX",
        help="Side of the squares that each stage paints; default 128 256 512.",
        rich_help_panel=LEARNING,
    ),
]
Batch = Annotated[
    int | None, typer.Option(metavar="N", help="Squares in a step of the draft; default 4.", rich_help_panel=LEARNING)
]
Examples = Annotated[
    int | None,
    typer.Option(metavar="N", help="Squares that the draft learns from; default 240.", rich_help_panel=LEARNING),
]
Rate = Annotated[float | None, typer.Option(metavar="RATE", help="Of Adam.", rich_help_panel=LEARNING)]
Seed = Annotated[
    int | None, typer.Option(metavar="N", help="Of all that is random; default 0.", rich_help_panel=LEARNING)
]


def teach(
    painting: Annotated[
        str, typer.Argument(metavar="PAINTING", help="A picture, or a gallery painting's name.", show_default=False)
    ],
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The style pack to write.", show_default=False)
    ],
    photos: Photos = None,
    minutes: Minutes = None,
    install: Annotated[bool, typer.Option("--install", help="Add the pack to the gallery, too.")] = False,
    name: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What to call the style.", rich_help_panel=ABOUT)
    ] = None,
    artist: Annotated[str | None, typer.Option(metavar="TEXT", rich_help_panel=ABOUT)] = None,
    licence: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Under which the painting may be passed on.", rich_help_panel=ABOUT),
    ] = None,
    steps: Steps = None,
    sides: Sides = None,
    batch: Batch = None,
    examples: Examples = None,
    learning_rate: Rate = None,
    seed: Seed = None,
    threads: options.Threads = None,
    as_json: options.AsJson = False,
) -> None:
    """Learn one painting, and write a style pack that paints it better than the universal model does.

    Stop it at any time with Ctrl-C; the same command goes on where it stopped.

    Example: lapstyle teach painting.jpg --minutes 20 -o my-style.safetensors
    """
    from lapstyle.training_settings import StyleTraining
    from recipes.training import TrainingRun
    from workbench.output_file import check_destination, put_in_place

    path, known = found(painting)
    check_destination(output, (path,))
    about = {"name": name, "artist": artist, "licence": licence}
    given = known | options.given({**about, "photos": photos, "minutes": minutes, "steps": steps, "sides": sides})
    given |= options.given({"batch": batch, "examples": examples, "learning_rate": learning_rate, "seed": seed})
    folder = output.with_name(output.name + WORK)
    settings = StyleTraining(path, **given)
    training = existing(StyleTraining, folder, {"painting": settings.painting, **given})
    training = training or TrainingRun.create(folder, settings)
    cancellation = Cancellation()
    try:
        status = run_with_bar(described(training, cancellation, threads), cancellation)
    except Cancelled as error:
        so_far = f" What was learned so far is {training.model}." if training.model.exists() else ""
        raise Cancelled(GO_ON + so_far) from error
    put_in_place(output, training.model.read_bytes())
    shutil.rmtree(folder, ignore_errors=True)
    id_ = installed(output) if install else None
    if as_json:
        losses = {name: round(value, 6) for name, value in status.losses.items()}
        show_json({"pack": os.fspath(output), "id": id_, "steps": status.steps, "losses": losses})
    else:
        typer.echo(id_ or os.fspath(output))


def found(painting: str) -> tuple[Path, dict[str, Any]]:
    """The file of a painting, and what the gallery says about it. Raises `StyleUnknown`."""
    import assets
    from workbench.errors import StyleUnknown

    known = {style.id: style for style in assets.gallery()}
    if painting in known:
        style = known[painting]
        return style.path, {"name": style.title, "artist": style.artist, "licence": style.licence}
    if not os.path.isfile(painting):  # noqa: PTH113 (Path.is_file raises for names that are too long)
        raise StyleUnknown(name=painting, known=", ".join(known))
    return Path(painting), {}


def installed(pack: Path) -> str:
    """The id under which a pack is in the gallery from now on."""
    from lapstyle.packs import install_pack

    return install_pack(pack).stem


def train_style(
    painting: Annotated[
        Path | None, typer.Argument(metavar="FOLDER", help="Paintings, or one of them.", show_default=False)
    ] = None,
    *,
    output: Output,
    photos: Photos = None,
    minutes: Minutes = None,
    start: Annotated[
        str | None,
        typer.Option(
            metavar="universal|scratch|FILE",
            help="Go on from the weights that come with the program (default) or a checkpoint, or begin anew.",
            rich_help_panel=LEARNING,
        ),
    ] = None,
    steps: Steps = None,
    sides: Sides = None,
    batch: Batch = None,
    examples: Examples = None,
    learning_rate: Rate = None,
    seed: Seed = None,
    threads: options.Threads = None,
    as_json: options.AsJson = False,
) -> None:
    """Train whole networks on a folder of paintings: weights for any style, to be named with --checkpoint.

    Stop it at any time with Ctrl-C; the same command, or -o alone, goes on where it stopped.

    Example: lapstyle train-style paintings --photos photos --minutes 600 --start scratch -o my-weights
    """
    from lapstyle.training_settings import StyleTraining

    given: dict[str, Any] = {"painting": painting, "photos": photos, "minutes": minutes, "start": start}
    given |= {"steps": steps, "sides": sides, "batch": batch, "examples": examples, "learning_rate": learning_rate}
    if painting is not None:
        given["tuned"] = "all"
    elif photos is not None:
        raise Misuse("--photos alone is not enough: name the folder of paintings, too")
    carry_on(StyleTraining, output, {**given, "seed": seed}, ("FOLDER",), threads=threads, as_json=as_json)
