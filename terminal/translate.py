"""`lapstyle translate`: a picture or a folder, translated by a CycleGAN."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from terminal import options
from terminal.console import Misuse, run_with_bar
from terminal.files import STREAM, Output, Source, choose_output, originals_of, source
from terminal.folders import run_folder, tell_failure
from terminal.results import Translated, require_free_output, tell
from workbench.progress import Cancellation, Job, Progress

if TYPE_CHECKING:
    from cyclegan.factor import Factor
    from cyclegan.translation import TranslationSettings
    from cyclegan.translator import Translator
    from recipes.translation_batch import TranslationBatch

PANEL = "Translating"
OWN_SIZE = "photo"  # what --size says for the photo's own


@dataclass(frozen=True)
class Asked:
    """What was asked for."""

    model: str
    direction: Literal["forward", "backward"]
    settings: "TranslationSettings"
    factor: "Factor | None"
    device: options.DeviceName
    threads: int | None

    def translator(self) -> "Translator":
        from cyclegan.translator import Translator

        return Translator(self.model, self.direction, self.device, self.threads)


def translate(
    inputs: Annotated[
        str,
        typer.Argument(
            metavar="PHOTO|FOLDER",
            help="The photo, or a folder with photos; - reads standard input.",
            show_default=False,
        ),
    ],
    *,
    model: Annotated[
        str,
        typer.Option(
            "--model",
            "-m",
            metavar="NAME|FILE",
            help="A model that ships, or a CycleGAN's checkpoint: .safetensors, PaddleGAN's .pdparams, the authors' "
            ".pth.",
            rich_help_panel=PANEL,
        ),
    ],
    direction: Annotated[
        Literal["forward", "backward"],
        typer.Option(help="From the first kind of picture to the second, or back.", rich_help_panel=PANEL),
    ] = "forward",
    size: Annotated[
        str | None,
        typer.Option(
            metavar="PX|photo",
            help="Long side at which the network works, which is how coarse its strokes are; default 640. The result "
            "has the photo's own size in any case.",
            rich_help_panel=PANEL,
        ),
    ] = None,
    detail: Annotated[
        float | None,
        typer.Option(
            metavar="0..1.5",
            help="How much of the photo's fine detail is given back; default 1.",
            rich_help_panel=PANEL,
        ),
    ] = None,
    strength: Annotated[
        float | None,
        typer.Option(
            metavar="0..1", help="From the photo itself (0) to the translation (1, default).", rich_help_panel=PANEL
        ),
    ] = None,
    enlarge: Annotated[
        int | None,
        typer.Option(metavar="2|4", help="Enlarge the result by super-resolution.", rich_help_panel=PANEL),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE|FOLDER",
            help="Of a folder: the folder for the results, which must be named. Of a photo: the file to write, a "
            "folder for it, or - for standard output. Default: PHOTO-MODEL next to it, with a number where that "
            "exists. A file that is named here is replaced, but never the photo or the model.",
        ),
    ] = None,
    pattern: options.Pattern = None,
    format_: options.Format = None,
    quality: options.Quality = None,
    compression: options.Compression = None,
    profile: options.Profile = None,
    metadata: options.Metadata = None,
    report: options.Report = None,
    device: options.Device = "auto",
    threads: options.Threads = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object about what was made; of a folder, the report.")
    ] = False,
) -> int:
    """Translate a photo into another kind of picture with a CycleGAN, or every photo of a folder.

    Example: lapstyle translate holiday.jpg --model model.safetensors --size 800 -o translated.png
    """
    from cyclegan.factor import check_factor
    from workbench.image_io import WriteOptions

    factor = None if enlarge is None else check_factor(enlarge)
    asked = Asked(model, direction, settings_of(size, detail, strength), factor, device, threads)
    options.require_json(report, "--report")
    writing = {"quality": quality, "compression": compression, "profile": profile, "metadata": metadata}
    how, ending = WriteOptions(**options.given(writing)), options.suffix(format_)

    def make() -> "TranslationBatch":
        from cyclegan.upscale import Enlarger
        from recipes.translation_batch import TranslationBatch

        return TranslationBatch(
            inputs,
            str(output),
            translator=asked.translator(),
            settings=asked.settings,
            options=how,
            enlarge=factor,
            enlarger=None if factor is None else Enlarger(device, threads),
            on_entry=tell_failure,
            **options.given({"pattern": pattern, "suffix": ending}),
        )

    if inputs != STREAM and os.path.isdir(inputs):  # noqa: PTH112 (never raises)
        if output is None or output == STREAM:
            raise Misuse("name a folder for the results with -o")
        return run_folder(make, report, as_json)
    if pattern is not None or report is not None:
        raise Misuse("--pattern and --report are for folders")
    started = time.perf_counter()
    here = source(inputs)
    originals = originals_of(here, [Path(model)])
    there = choose_output(output, here, Path(model).stem, how, originals=originals, insisted=ending)
    require_free_output(there, as_json)
    cancellation = Cancellation()
    made = run_with_bar(translating(here, there, asked, cancellation), cancellation)
    tell(there, made, time.perf_counter() - started, as_json)
    return 0


def settings_of(size: str | None, detail: float | None, strength: float | None) -> "TranslationSettings":
    """Those that were given, and defaults; raises `SettingWrong`."""
    from cyclegan.translation import TranslationSettings

    given = options.given({"detail": detail, "strength": strength})
    if size is not None:
        given["size"] = None if size == OWN_SIZE else options.number_or_name(size)
    return TranslationSettings(**given)


def translating(here: Source, there: Output, asked: Asked, cancellation: Cancellation) -> Job[Translated]:
    """Read, translate, enlarge and write; a cancel takes effect between these and within the networks."""
    yield Progress(0, 1, "reading")
    original = here.read()
    translator = asked.translator()
    job = translator.translate(original, asked.settings, cancellation)
    if asked.factor is not None:
        from cyclegan.upscale import Enlarger
        from recipes.chain import then_enlarge

        job = then_enlarge(job, Enlarger(asked.device, asked.threads), asked.factor, cancellation)
    result = yield from job
    yield Progress(1, 1, "writing")
    there.write(result, cancellation)
    return Translated(result.width, result.height, there.notes(original), translator)
