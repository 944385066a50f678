"""`lapstyle batch`: a whole folder."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from terminal import options
from terminal.folders import run_folder, tell_failure

if TYPE_CHECKING:
    from recipes.batch import Batch


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
    enlarge: options.Enlarge = None,
    preset: options.PresetFile = None,
    save_preset: options.SavePreset = None,
    pattern: options.Pattern = None,
    format_: options.Format = None,
    quality: options.Quality = None,
    compression: options.Compression = None,
    profile: options.Profile = None,
    metadata: options.Metadata = None,
    report: options.Report = None,
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
    asked = options.with_factor(options.with_steps(asked, before, after), enlarge)
    options.require_styles(asked)
    options.require_json(report, "--report")
    options.require_json(save_preset, "--save-preset")

    def make() -> "Batch":
        from cyclegan.upscale import Enlarger
        from lapstyle import Painter
        from recipes.batch import Batch

        return Batch(
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
            enlarge=asked.enlarge,
            enlarger=None if asked.enlarge is None else Enlarger(device, threads),
            on_entry=tell_failure,
        )

    code = run_folder(make, report, as_json)
    if save_preset is not None:
        options.save(asked, save_preset)
    return code
