"""The options that several commands share, and how they become a preset: what to paint like, and how to write it."""

import math
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from terminal.console import Misuse
from workbench.errors import StyleUnknown

if TYPE_CHECKING:
    from recipes.preset import Preset

DeviceName = Literal["auto", "cpu", "gpu"]

PAINTING, WRITING, MACHINE = "Painting", "Writing", "Machine"

Styles = Annotated[
    list[str] | None,
    typer.Option(
        "--style",
        "-s",
        metavar="STYLE[:WEIGHT]",
        help="A painting's name (see lapstyle styles) or a picture file; repeat it to blend several.",
        rich_help_panel=PAINTING,
    ),
]
Strength = Annotated[
    float | None,
    typer.Option(
        metavar="0..1", help="From the photo itself (0) to the full style (1, default).", rich_help_panel=PAINTING
    ),
]
Color = Annotated[
    str | None,
    typer.Option(
        metavar="style|content|0..1",
        help="Whose colours: the style's (0, default) to the photo's own (1).",
        rich_help_panel=PAINTING,
    ),
]
Stroke = Annotated[
    str | None,
    typer.Option(
        metavar="broad|bold|medium|fine|finest|PX",
        help="How fine the strokes are, or the draft's short side in pixels; default fine.",
        rich_help_panel=PAINTING,
    ),
]
Detail = Annotated[
    float | None,
    typer.Option(
        metavar="0..3", help="How much detail is painted over the draft; default 1.", rich_help_panel=PAINTING
    ),
]
Size = Annotated[
    int | None,
    typer.Option(metavar="PX", help="Long side of the painted picture; default the photo's.", rich_help_panel=PAINTING),
]
PresetFile = Annotated[
    Path | None,
    typer.Option(
        "--preset",
        metavar="FILE",
        help="Start from a saved preset; options given beside it go first.",
        rich_help_panel=PAINTING,
    ),
]
SavePreset = Annotated[
    Path | None,
    typer.Option(metavar="FILE.json", help="Save styles and options as a preset, too.", rich_help_panel=PAINTING),
]
Before = Annotated[
    Path | None,
    typer.Option(metavar="FILE.json", help="Steps of noise and blur before the painting.", rich_help_panel=PAINTING),
]
After = Annotated[
    Path | None,
    typer.Option(metavar="FILE.json", help="Steps of noise and blur after the painting.", rich_help_panel=PAINTING),
]
Enlarge = Annotated[
    int | None,
    typer.Option(
        metavar="2|4",
        help="Enlarge what is painted by super-resolution, last of all. --size then is the long side before that.",
        rich_help_panel=PAINTING,
    ),
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="png, jpg, webp, tiff, heic, avif or bmp, where no file name tells it.",
        rich_help_panel=WRITING,
    ),
]
Quality = Annotated[
    int | None,
    typer.Option(min=1, max=100, help="Of JPEG, WebP, HEIC and AVIF; default 92.", rich_help_panel=WRITING),
]
Compression = Annotated[
    int | None,
    typer.Option(min=0, max=9, help="Of PNG and TIFF, from fast (0) to small (9); default 6.", rich_help_panel=WRITING),
]
Profile = Annotated[
    Literal["srgb", "keep"] | None,
    typer.Option(help="Write sRGB (default) or the photo's own colour profile.", rich_help_panel=WRITING),
]
Metadata = Annotated[
    Literal["keep", "strip"] | None,
    typer.Option(help="Keep (default) or leave out when, where and with what it was taken.", rich_help_panel=WRITING),
]
Pattern = Annotated[
    str | None,
    typer.Option(
        metavar="PATTERN",
        help="Names of a folder's results, from {stem}, {style}, {ext} and {index:03}; default {stem}.",
        rich_help_panel=WRITING,
    ),
]
Report = Annotated[
    Path | None,
    typer.Option(metavar="FILE.json", help="Write what became of each photo as JSON.", rich_help_panel=WRITING),
]
Device = Annotated[
    DeviceName, typer.Option(help="Where to paint; auto takes a GPU where one is usable.", rich_help_panel=MACHINE)
]
Threads = Annotated[
    int | None,
    typer.Option(min=1, max=1024, help="Default: the physical cores it may use.", rich_help_panel=MACHINE),
]
Checkpoint = Annotated[
    str | None,
    typer.Option(
        metavar="FILE", help="Other weights: .safetensors, or PaddleGAN's .pdparams.", rich_help_panel=MACHINE
    ),
]


PhotoName = Annotated[
    str, typer.Argument(metavar="PHOTO", help="The photo to paint; - reads standard input.", show_default=False)
]
OutputName = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="The file to write, a folder for it, or - for standard output. Default: PHOTO-STYLE next to the photo, "
        "with a number where that exists. A file that is named here is replaced, but never the photo or a style.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object about what was made.")]


def preset(
    file: Path | None, styles: list[str] | None, settings: Mapping[str, object], writing: Mapping[str, object]
) -> "Preset":
    """What was asked for: the preset's values, if there is one, with everything that was given explicitly over them.

    Args:
        settings: of `lapstyle.Settings`; color and stroke as text. None is what was not given.
        writing: of `WriteOptions`; None is what was not given.

    Raises:
        SettingWrong: a value is out of its range.
        StyleUnknown: a style is neither a painting's name nor a file.
        StudioError: the preset cannot be used.
    """
    from recipes.preset import Preset, load_preset

    asked = load_preset(file) if file is not None else Preset(styles=())
    return replace(
        asked,
        styles=tuple((found_style(style), weight) for style, weight in map(split_weight, styles or ())) or asked.styles,
        settings=replace(asked.settings, **{name: number_or_name(value) for name, value in given(settings).items()}),
        options=replace(asked.options, **given(writing)),
    )


def with_steps(asked: "Preset", before: Path | None, after: Path | None) -> "Preset":
    """With the steps of the files that were named; the preset's own stay where none was. Raises StudioError."""
    from recipes.pipeline_file import load_pipeline

    return replace(
        asked,
        before=load_pipeline(before) if before is not None else asked.before,
        after=load_pipeline(after) if after is not None else asked.after,
    )


def with_factor(asked: "Preset", enlarge: int | None) -> "Preset":
    """To be enlarged by this factor; the preset's own stays where none was named. Raises `SettingWrong`."""
    from cyclegan.factor import check_factor

    return asked if enlarge is None else replace(asked, enlarge=check_factor(enlarge))


def given(values: Mapping[str, object]) -> dict[str, Any]:
    """Without what was not given."""
    return {name: value for name, value in values.items() if value is not None}


def require_styles(asked: "Preset") -> None:
    """Raises `Misuse` when nothing says what to paint like."""
    if not asked.styles:
        raise Misuse("give a painting with --style (lapstyle styles lists them), or a --preset")


def require_json(path: Path | None, option: str) -> None:
    """Raises `Misuse` unless the file is a .json: no slip of the hand can then replace a picture."""
    if path is not None and path.suffix.lower() != ".json":
        raise Misuse(f"{option} must name a .json file, not {path}")


def split_weight(text: str) -> tuple[str, float]:
    """ "great-wave:0.4" as ("great-wave", 0.4); without a weight it is 1.

    What stands behind the last colon is a weight only if it is a number and the whole is not a style itself, so that
    drive letters and file names with colons work.
    """
    style, colon, weight = text.rpartition(":")
    number = number_or_name(weight)
    if not colon or not style or not isinstance(number, int | float) or is_style(text):
        return text, 1.0
    return style, float(number)


def found_style(style: str) -> str | Path:
    """A name of the gallery as text, a file as a path; raises `StyleUnknown` where it is neither."""
    if not is_style(style):
        raise StyleUnknown(name=style, known=", ".join(gallery_names()))
    return style if style in gallery_names() else Path(style)


def is_style(text: str) -> bool:
    return text in gallery_names() or os.path.lexists(text)


def gallery_names() -> list[str]:
    """Of the paintings, and of the style packs that ship or are installed."""
    import assets
    from lapstyle.pack_shelf import all_packs

    return [*(style.id for style in assets.gallery()), *(card.id for card in all_packs())]


def number_or_name(value: object) -> Any:
    """Text that reads as a number as that number, all else as it is."""
    if not isinstance(value, str):
        return value
    try:
        number = float(value)
    except ValueError:
        return value
    return int(number) if math.isfinite(number) and number.is_integer() and value.strip("+-").isdecimal() else number


def suffix(format_: str | None) -> str | None:
    """The ending of a format: ".png" for "png", "PNG" or ".png". Raises FormatUnknown."""
    from recipes.folder_batch import checked_suffix

    return checked_suffix(format_)


def save(asked: "Preset", file: Path) -> None:
    """Keep what was asked for as a preset."""
    from recipes.preset import save_preset

    save_preset(asked, file)
