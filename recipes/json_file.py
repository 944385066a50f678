"""Reading the small JSON files that people share: bounded, strict, and with a sentence for what is wrong in them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from workbench.errors import PictureMissing, PictureUnreadable, PresetWrong, SettingWrong

SIZE_LIMIT = 1 << 18  # bytes: a preset has some hundred; anything much larger is another file

Parsed = TypeVar("Parsed")


def read_json(path: Path, parse: Callable[[Any], Parsed]) -> Parsed:
    """What `parse` makes of a file's content.

    Args:
        parse: raises ValueError or SettingWrong with the reason.

    Raises:
        PictureMissing: there is no such file.
        PictureUnreadable: it cannot be opened.
        PresetWrong: it is no JSON, or not what `parse` takes.
    """
    try:
        with path.open("rb") as file:
            data = file.read(SIZE_LIMIT + 1)
    except FileNotFoundError as error:
        raise PictureMissing(path=path) from error
    except OSError as error:
        raise PictureUnreadable(path=path, reason=error.strerror or error) from error
    try:
        if len(data) > SIZE_LIMIT:
            raise ValueError(f"it is longer than {SIZE_LIMIT // 1024} kB")
        return parse(_content(data))
    except (ValueError, RecursionError, SettingWrong) as error:
        raise PresetWrong(path=path, reason=str(error).rstrip(".")) from error


def _content(data: bytes) -> Any:
    """Raises ValueError with the reason."""
    try:
        return json.loads(data.decode("utf-8-sig"), object_pairs_hook=_without_repeats, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON: line {error.lineno}: {error.msg}") from error
    except UnicodeDecodeError as error:
        raise ValueError("it is not text in UTF-8") from error


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise ValueError("a field is given twice")
    return content


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")
