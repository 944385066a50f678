"""Presets: styles, settings and output options in a small JSON file that can be kept, shared and used again.

    {
      "version": 1,
      "styles": [{"style": "great-wave", "weight": 1.0}, {"picture": "paintings/mine.jpg", "weight": 0.4}],
      "settings": {"strength": 0.8, "stroke": "fine"},
      "output": {"suffix": ".png", "pattern": "{stem} in {style}", "quality": 92}
    }

Pictures are found from the preset's own folder, so that a folder with a preset and its paintings can be moved.
"""

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from cyclegan.factor import Factor, check_factor
from lapstyle.settings import Settings
from noise.pipeline import Pipeline
from recipes.json_file import read_json
from workbench.errors import PresetOfSteps, SettingWrong
from workbench.image_io import WRITABLE_SUFFIXES, WriteOptions
from workbench.output_file import put_in_place
from workbench.tree import check_pattern

VERSION = 1
STYLES_LIMIT = 64


@dataclass(frozen=True)
class Preset:
    """How to paint and how to write the result.

    Attributes:
        styles: gallery names (text) or picture files (paths), each with a weight above 0.
        settings: of the painting.
        options: of the files that are written.
        suffix: ending of the results, ".png"; None keeps the photo's own where that can be written.
        pattern: names of a folder's results, see `workbench.tree.check_pattern`.
        before, after: steps of noise and blur before and after the painting; only written when there are any.
        enlarge: 2 or 4 times the sides, last of all; only written when there is one.
    """

    styles: tuple[tuple[str | Path, float], ...]
    settings: Settings = field(default_factory=Settings)
    options: WriteOptions = field(default_factory=WriteOptions)
    suffix: str | None = None
    pattern: str = "{stem}"
    before: Pipeline = field(default_factory=Pipeline)
    after: Pipeline = field(default_factory=Pipeline)
    enlarge: Factor | None = None


def save_preset(preset: Preset, path: Path) -> None:
    """Write a preset; the file appears whole or not at all.

    Raises:
        OutputNotWritten
    """
    folder = path.absolute().parent
    content: dict[str, Any] = {
        "version": VERSION,
        "styles": [_style_to_json(style, weight, folder) for style, weight in preset.styles],
        "settings": preset.settings.to_dict(),
        "output": {"suffix": preset.suffix, "pattern": preset.pattern, **_options_to_json(preset.options)},
    }
    for name, steps in (("before", preset.before), ("after", preset.after)):
        if steps.steps:
            content[name] = steps.to_dict()
    if preset.enlarge is not None:
        content["output"]["enlarge"] = preset.enlarge
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    put_in_place(path, text.encode())


def load_preset(path: Path) -> Preset:
    """Read a preset. Its pictures need not exist yet; painting says so if they don't.

    Raises:
        PictureMissing: there is no such file.
        PresetOfSteps: it is a file of `recipes.pipeline_file`.
        PresetWrong: it is not a preset, or one with a field that this program doesn't know; names the field.
    """

    def parse(content: object) -> Preset:
        if isinstance(content, dict) and "steps" in content and "styles" not in content:
            raise PresetOfSteps(path=path)
        return _parse(content, path.absolute().parent)

    return read_json(path, parse)


def _style_to_json(style: str | Path, weight: float, folder: Path) -> dict[str, object]:
    if isinstance(style, str):
        return {"style": style, "weight": weight}
    picture = style.absolute()
    with suppress(ValueError):  # on another drive: the absolute path stays
        picture = Path(os.path.relpath(picture, folder))
    return {"picture": picture.as_posix(), "weight": weight}


def _options_to_json(options: WriteOptions) -> dict[str, object]:
    """All options but the format, which the suffix decides."""
    return {name: value for name, value in asdict(options).items() if name != "format"}


def _parse(content: object, folder: Path) -> Preset:
    """Raises ValueError or SettingWrong with the reason."""
    if not isinstance(content, dict) or "version" not in content:
        raise ValueError('it has no field "version"')
    if content["version"] != VERSION or isinstance(content["version"], bool):
        raise ValueError(f"version: it is {content['version']!r}, this program knows {VERSION}")
    _known(content, "the preset", {"version", "styles", "settings", "output", "before", "after"})
    output = _object(content.get("output", {}), "output")
    suffix, pattern = output.pop("suffix", None), output.pop("pattern", "{stem}")
    factor = _factor(output.pop("enlarge", None))
    if suffix is not None and not (isinstance(suffix, str) and suffix in WRITABLE_SUFFIXES):
        raise ValueError(f"output.suffix: {suffix!r} is none of {', '.join(sorted(WRITABLE_SUFFIXES))}")
    if not isinstance(pattern, str):
        raise ValueError("output.pattern: it must be text")
    check_pattern(pattern, WRITABLE_SUFFIXES)
    return Preset(
        styles=_styles(content.get("styles"), folder),
        settings=_settings(_object(content.get("settings", {}), "settings")),
        options=_options(output),
        suffix=suffix,
        pattern=pattern,
        before=_steps(content, "before"),
        after=_steps(content, "after"),
        enlarge=factor,
    )


def _styles(content: object, folder: Path) -> tuple[tuple[str | Path, float], ...]:
    if not isinstance(content, list) or not 1 <= len(content) <= STYLES_LIMIT:
        raise ValueError(f"styles: it must be a list of 1 to {STYLES_LIMIT} styles")
    styles: list[tuple[str | Path, float]] = []
    for number, item in enumerate(content):
        where = f"styles[{number}]"
        _known(_object(item, where), where, {"style", "picture", "weight"})
        if ("style" in item) == ("picture" in item):
            raise ValueError(f'{where}: it needs either "style" or "picture"')
        name = item.get("style", item.get("picture"))
        if not isinstance(name, str) or not name.strip() or "\0" in name:
            raise ValueError(f"{where}: the style must be a name, the picture a path")
        weight = item.get("weight", 1.0)
        if not _is_number(weight) or not 0 < weight <= 1e6:
            raise ValueError(f"{where}.weight: {weight!r} is not a number above 0")
        styles.append((name if "style" in item else folder / name, float(weight)))
    return tuple(styles)


def _settings(content: dict[str, Any]) -> Settings:
    try:
        return Settings.from_dict(content)
    except (SettingWrong, OverflowError) as error:
        raise ValueError(f"settings: {error}") from error


def _steps(content: dict[str, Any], name: str) -> Pipeline:
    try:
        return Pipeline.from_dict(content[name]) if name in content else Pipeline()
    except (SettingWrong, OverflowError) as error:
        raise ValueError(f"{name}: {error}") from error


def _factor(content: object) -> Factor | None:
    try:
        return None if content is None else check_factor(content)
    except SettingWrong as error:
        raise ValueError(f"output.enlarge: {error}") from error


def _options(content: dict[str, Any]) -> WriteOptions:
    known = {option.name for option in fields(WriteOptions)} - {"format"}
    _known(content, "output", known | {"suffix", "pattern", "enlarge"})
    if content.get("dpi") is not None and not _is_number(content["dpi"]):
        raise ValueError(f"output.dpi: {content['dpi']!r} is not a number")
    try:
        return WriteOptions(**content)
    except SettingWrong as error:
        raise ValueError(f"output: {error}") from error


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _object(content: object, where: str) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise ValueError(f"{where}: it must be an object in braces")
    return content


def _known(content: dict[str, Any], where: str, known: set[str]) -> None:
    for name in content:
        if name not in known:
            raise ValueError(f'{where}: "{name}" is unknown; it has {", ".join(sorted(known))}')
