"""`lapstyle noise`: noise, blurs and restoration for a picture or a folder, without a painting."""

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from terminal import options
from terminal.console import Misuse, run_with_bar
from terminal.files import STREAM, Output, Source, choose_output, originals_of, source
from terminal.folders import run_folder, tell_failure
from terminal.results import Measured, require_free_output, tell
from terminal.step_options import PANEL, given_steps
from workbench.progress import Cancellation, Job, Progress

if TYPE_CHECKING:
    from noise.pipeline import Pipeline
    from noise.step import Step
    from recipes.noise_batch import NoiseBatch
    from workbench.image_io import WriteOptions


def noise(
    context: typer.Context,
    inputs: Annotated[
        str,
        typer.Argument(
            metavar="FOLDER|FILE",
            help="A folder with pictures, or one picture; - reads standard input.",
            show_default=False,
        ),
    ],
    *,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FOLDER|FILE",
            help="Of a folder: the folder for the results, which must be named. Of a picture: the file to write, a "
            "folder for it, or - for standard output. Default: FILE-STEPS next to it, with a number where that exists. "
            "A file that is named here is replaced, but never the original.",
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            metavar="NUMBER",
            help="Of the noise, 0 (default) to 4294967295: the same one gives the same noise.",
            rich_help_panel=PANEL,
        ),
    ] = None,
    preset: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.json",
            help="Steps and seed from a file. Steps given beside it follow after its own.",
            rich_help_panel=PANEL,
        ),
    ] = None,
    save_preset: Annotated[
        Path | None, typer.Option(metavar="FILE.json", help="Save steps and seed, too.", rich_help_panel=PANEL)
    ] = None,
    pattern: options.Pattern = None,
    format_: options.Format = None,
    quality: options.Quality = None,
    compression: options.Compression = None,
    profile: options.Profile = None,
    metadata: options.Metadata = None,
    report: options.Report = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object about what was made; of a folder, the report.")
    ] = False,
) -> int:
    """Salt and pepper, grain, blur, restore: steps for a picture, or for every picture of a folder.

    A step takes one number, name=value,name=value, or nothing for its defaults; see Steps. It can come several times.

    Example: lapstyle noise holiday.jpg --salt-pepper 0.1 --mean-blur 20 --median radius=2 -o noisy.png
    """
    from workbench.image_io import WriteOptions

    pipeline = pipeline_of(given_steps(context), preset, seed)
    options.require_json(report, "--report")
    options.require_json(save_preset, "--save-preset")
    writing = {"quality": quality, "compression": compression, "profile": profile, "metadata": metadata}
    how, ending = WriteOptions(**options.given(writing)), options.suffix(format_)

    def make() -> "NoiseBatch":
        from recipes.noise_batch import NoiseBatch

        names = options.given({"pattern": pattern, "suffix": ending})
        return NoiseBatch(inputs, str(output), pipeline=pipeline, options=how, on_entry=tell_failure, **names)

    code = 0
    if is_folder(inputs):
        if output is None or output == STREAM:
            raise Misuse("name a folder for the results with -o")
        code = run_folder(make, report, as_json)
    elif pattern is not None or report is not None:
        raise Misuse("--pattern and --report are for folders")
    else:
        one_picture(inputs, output, pipeline=pipeline, how=how, ending=ending, as_json=as_json)
    if save_preset is not None:
        save_steps(pipeline, save_preset)
    return code


def is_folder(inputs: str) -> bool:
    return inputs != STREAM and os.path.isdir(inputs)  # noqa: PTH112 (never raises)


def pipeline_of(steps: tuple["Step", ...], preset: Path | None, seed: int | None) -> "Pipeline":
    """The preset's steps, then those that were given, with the seed that was given, else the preset's.

    Raises:
        Misuse: there are none.
        SettingWrong: the seed, or more steps than a pipeline takes.
        StudioError: the preset cannot be used.
    """
    from noise import catalogue
    from noise.pipeline import Pipeline
    from recipes.pipeline_file import load_pipeline

    kept = load_pipeline(preset) if preset is not None else Pipeline()
    if not kept.steps and not steps:
        raise Misuse(
            f"give at least one step ({', '.join(f'--{name}' for name in catalogue.STEPS)}), or a --preset with some"
        )
    return Pipeline((*kept.steps, *steps), kept.seed if seed is None else seed)


def one_picture(
    name: str, output: str | None, *, pipeline: "Pipeline", how: "WriteOptions", ending: str | None, as_json: bool
) -> None:
    """Do the steps to a picture, write it, and tell how far it is from its original."""
    started = time.perf_counter()
    here = source(name)
    there = choose_output(
        output,
        here,
        "+".join(step.name for step in pipeline.steps),
        how,
        originals=originals_of(here, ()),
        insisted=ending,
    )
    require_free_output(there, as_json)
    cancellation = Cancellation()
    made = run_with_bar(stepped(here, there, pipeline, cancellation), cancellation)
    tell(there, made, time.perf_counter() - started, as_json)


def stepped(here: Source, there: Output, pipeline: "Pipeline", cancellation: Cancellation) -> Job[Measured]:
    """Read, do the steps, compare and write; a cancel takes effect between these and within the steps."""
    from noise.measure import compare

    yield Progress(0, 1, "reading")
    original = here.read()
    result = yield from pipeline.render(original, cancellation)
    yield Progress(1, 1, "comparing")
    quality = compare(original.pixels, result.pixels)
    yield Progress(1, 1, "writing")
    there.write(result, cancellation)
    return Measured(result.width, result.height, there.notes(original), quality)


def save_steps(pipeline: "Pipeline", file: Path) -> None:
    from recipes.pipeline_file import save_pipeline

    save_pipeline(pipeline, file)
