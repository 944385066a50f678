"""`lapstyle stylize`: one photo."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from terminal import options
from terminal.console import run_with_bar
from terminal.files import Output, Source, choose_output, originals_of, source
from terminal.results import Painted, require_free_output, tell
from workbench.progress import Cancellation, Job, Progress

if TYPE_CHECKING:
    from recipes.preset import Preset


def stylize(
    photo: options.PhotoName,
    *,
    style: options.Styles = None,
    output: options.OutputName = None,
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
    format_: options.Format = None,
    quality: options.Quality = None,
    compression: options.Compression = None,
    profile: options.Profile = None,
    metadata: options.Metadata = None,
    device: options.Device = "auto",
    threads: options.Threads = None,
    checkpoint: options.Checkpoint = None,
    as_json: options.AsJson = False,
) -> None:
    """Paint a photo in the style of one or several paintings.

    Example: lapstyle stylize holiday.jpg --style great-wave --style starry-night:0.4 -o painted.png
    """
    asked = options.preset(
        preset,
        style,
        {"strength": strength, "color": color, "stroke": stroke, "detail": detail, "size": size},
        {"quality": quality, "compression": compression, "profile": profile, "metadata": metadata},
    )
    asked = options.with_factor(options.with_steps(asked, before, after), enlarge)
    options.require_styles(asked)
    options.require_json(save_preset, "--save-preset")
    started = time.perf_counter()
    here = source(photo)
    there = choose_output(
        output,
        here,
        "+".join(name.stem if isinstance(name, Path) else name for name, _ in asked.styles),
        asked.options,
        originals=originals_of(here, [name for name, _ in asked.styles]),
        insisted=options.suffix(format_),
        preferred=asked.suffix,
    )
    require_free_output(there, as_json)
    cancellation = Cancellation()
    machine = device, threads, checkpoint
    painted = run_with_bar(painting(here, there, asked, machine, cancellation), cancellation)
    if save_preset is not None:
        options.save(asked, save_preset)
    tell(there, painted, time.perf_counter() - started, as_json)


def painting(
    here: Source,
    there: Output,
    asked: "Preset",
    machine: tuple[options.DeviceName, int | None, str | None],
    cancellation: Cancellation,
) -> Job[Painted]:
    """Read, paint, enlarge where that is wanted, and write; a cancel takes effect between these and within them."""
    from cyclegan.upscale import Enlarger
    from lapstyle import Painter
    from lapstyle.styles import weighted
    from recipes.chain import paint, then_enlarge

    yield Progress(0, 1, "reading")
    picture = here.read()
    pairs = weighted(asked.styles)
    yield Progress(0, 1, "loading")
    painter = Painter(*machine)
    notes = there.notes(picture)
    job = paint(painter, picture, pairs, asked.settings, asked.before, asked.after, cancellation)
    if asked.enlarge is not None:
        job = then_enlarge(job, Enlarger(*machine[:2]), asked.enlarge, cancellation)
    picture = yield from job
    yield Progress(1, 1, "writing")
    there.write(picture, cancellation)
    height, width = picture.pixels.shape[:2]
    return Painted(width, height, notes, painter)
