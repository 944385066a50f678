"""`lapstyle sheet`: one photo in every style, on one labelled picture."""

import time
from typing import Annotated

import typer

from terminal import options
from terminal.console import Misuse, run_with_bar
from terminal.files import choose_output, originals_of, source
from terminal.results import Painted, require_free_output, tell
from workbench.progress import Cancellation, Job, Progress

SHEET_SUFFIX = ".png"


def sheet(
    photo: options.PhotoName,
    *,
    style: Annotated[
        list[str] | None,
        typer.Option(
            "--style",
            "-s",
            metavar="STYLE",
            help="A painting's name or a picture file; repeat it. Default: every painting that comes with the program.",
            rich_help_panel=options.PAINTING,
        ),
    ] = None,
    output: options.OutputName = None,
    size: Annotated[
        int,
        typer.Option(metavar="PX", help="Long side of each painting, 64 to 2048.", rich_help_panel=options.PAINTING),
    ] = 384,
    columns: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Paintings in a row; default as many as suit the page.", rich_help_panel=options.PAINTING
        ),
    ] = None,
    strength: options.Strength = None,
    color: options.Color = None,
    stroke: options.Stroke = None,
    detail: options.Detail = None,
    format_: options.Format = None,
    quality: options.Quality = None,
    compression: options.Compression = None,
    device: options.Device = "auto",
    threads: options.Threads = None,
    checkpoint: options.Checkpoint = None,
    as_json: options.AsJson = False,
) -> None:
    """Paint a photo in every style, each on its own, and show all of them on one labelled sheet.

    Example: lapstyle sheet holiday.jpg -o sheet.png
    """
    asked = options.preset(
        None,
        style,
        {"strength": strength, "color": color, "stroke": stroke, "detail": detail},
        {"quality": quality, "compression": compression},
    )
    if any(weight != 1 for _, weight in asked.styles):
        raise Misuse("a sheet shows each style on its own: leave the weights out")
    styles = [name for name, _ in asked.styles]
    started = time.perf_counter()
    here = source(photo)
    there = choose_output(
        output,
        here,
        "styles",
        asked.options,
        originals=originals_of(here, styles),
        insisted=options.suffix(format_),
        preferred=SHEET_SUFFIX,
    )
    require_free_output(there, as_json)
    cancellation = Cancellation()

    def job() -> Job[Painted]:
        from lapstyle import Painter
        from recipes.sheet import sheet as paint_sheet

        yield Progress(0, 1, "reading")
        picture = here.read()
        yield Progress(0, 1, "loading")
        painter = Painter(device, threads, checkpoint)
        page = yield from paint_sheet(
            picture,
            styles or None,
            settings=asked.settings,
            cell=size,
            columns=columns,
            painter=painter,
            cancellation=cancellation,
        )
        yield Progress(1, 1, "writing")
        there.write(page, cancellation)
        return Painted(page.width, page.height, picture.notes, painter)

    tell(there, run_with_bar(job(), cancellation), time.perf_counter() - started, as_json)
