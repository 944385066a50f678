"""`lapstyle enlarge`: one picture, at 2 or 4 times its sides."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from terminal import options
from terminal.console import Misuse, run_with_bar
from terminal.files import Output, Source, choose_output, originals_of, source
from terminal.results import Enlarged, require_free_output, tell
from workbench.progress import Cancellation, Job, Progress

if TYPE_CHECKING:
    from cyclegan.factor import Factor


def enlarge(
    picture: Annotated[str, typer.Argument(metavar="PICTURE", help="The picture; - reads standard input.")],
    *,
    factor: Annotated[int, typer.Option(metavar="2|4", help="How many times its width and its height.")] = 2,
    model: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A network of one's own, from train-enlarge; it is for one factor."),
    ] = None,
    restore: Annotated[
        bool, typer.Option("--restore", help="For a picture that is blurred, noisy or saved as a small JPEG.")
    ] = False,
    output: options.OutputName = None,
    format_: options.Format = None,
    quality: options.Quality = None,
    compression: options.Compression = None,
    profile: options.Profile = None,
    metadata: options.Metadata = None,
    device: options.Device = "auto",
    threads: options.Threads = None,
    as_json: options.AsJson = False,
) -> None:
    """Enlarge a picture with a network that keeps edges sharp.

    Example: lapstyle enlarge painted.png --factor 4 -o poster.png
    """
    from cyclegan.factor import check_factor
    from workbench.image_io import WriteOptions

    wanted = check_factor(factor)
    if restore and model is not None:
        raise Misuse("--restore goes with the networks that ship: leave it or --model away")
    started = time.perf_counter()
    here = source(picture)
    writing = {"quality": quality, "compression": compression, "profile": profile, "metadata": metadata}
    there = choose_output(
        output,
        here,
        f"{factor}x",
        WriteOptions(**options.given(writing)),
        originals=originals_of(here, [] if model is None else [model]),
        insisted=options.suffix(format_),
    )
    require_free_output(there, as_json)
    cancellation = Cancellation()
    made = run_with_bar(enlarging(here, there, wanted, (device, threads, model, restore), cancellation), cancellation)
    tell(there, made, time.perf_counter() - started, as_json)


def enlarging(
    here: Source,
    there: Output,
    factor: "Factor",
    machine: tuple[options.DeviceName, int | None, Path | None, bool],
    cancellation: Cancellation,
) -> Job[Enlarged]:
    """Read, enlarge and write; a cancel takes effect between these and within the network.

    Args:
        machine: device, threads, a network of one's own, and whether to restore.
    """
    from cyclegan.upscale import Enlarger

    yield Progress(0, 1, "reading")
    original = here.read()
    device, threads, model, restore = machine
    enlarger = Enlarger(device, threads, model=model, restore=restore)
    result = yield from enlarger.enlarge(original, factor, cancellation)
    yield Progress(1, 1, "writing")
    there.write(result, cancellation)
    return Enlarged(result.width, result.height, there.notes(original), enlarger)
