"""What a style pack's file says about itself, read without what decodes pictures, so that lists of packs are quick."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args

from lapstyle.settings import Settings
from workbench.checkpoint_file import HEADER_LIMIT
from workbench.errors import SettingWrong

PackKind = Literal["tuned", "whole"]

FORMAT = "lapstyle-pack"
VERSION = "1"
SUFFIX = ".safetensors"
PAINTING, THUMBNAIL, PREVIEW = "painting", "thumbnail", "preview"
TUNED_LIMIT = 4_000_000  # bytes
WHOLE_LIMIT = 32_000_000  # bytes; PaddleGAN's networks have 23 MB in float16
TEXTS = ("name", "artist", "licence")
TEXT_LIMIT = 200  # letters
SETTINGS_LIMIT = 1000  # letters


def is_pack(path: Path | str) -> bool:
    """Whether a file says that it is a style pack, by its content; cheap, and never raises."""
    try:
        if not Path(path).is_file():  # a pipe would be waited for
            return False
        with Path(path).open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            head = file.read(size) if 0 < size <= HEADER_LIMIT else b""
        metadata = json.loads(head).get("__metadata__", {})
        return isinstance(metadata, dict) and metadata.get("format") == FORMAT
    except (OSError, ValueError, AttributeError, RecursionError):
        return False


def describe(metadata: Mapping[str, object]) -> dict[str, Any]:
    """Name, artist, licence, kind, base and settings, checked; raises `ValueError` with what is wrong."""
    if metadata.get("format") != FORMAT:
        raise ValueError("it is no style pack")
    if metadata.get("version") != VERSION:
        raise ValueError(f"it is of version {metadata.get('version')}, this program knows {VERSION}")
    kind, base = metadata.get("kind"), metadata.get("base", "")
    if kind not in get_args(PackKind):
        raise ValueError(f"it is of a kind that is not known, {kind}")
    if not isinstance(base, str) or not (_is_hash(base) if kind == "tuned" else base == ""):
        raise ValueError("it does not say which weights it was taught from")
    texts = {name: metadata.get(name, "") for name in TEXTS}
    for name, text in texts.items():
        if not _is_sound(name, text):
            raise ValueError(f"its {name} is not a line of at most {TEXT_LIMIT} letters")
    return {**texts, "kind": kind, "base": base, "settings": _settings(metadata.get("settings", "{}"))}


def _is_hash(text: str) -> bool:
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


def check_texts(**texts: str) -> None:
    """That a pack may have such a name, artist and licence; raises `SettingWrong`."""
    for name, text in texts.items():
        if not _is_sound(name, text):
            raise SettingWrong(name=name, value=text, expected=f"give a line of at most {TEXT_LIMIT} letters")


def _is_sound(name: str, text: object) -> bool:
    fits = isinstance(text, str) and len(text) <= TEXT_LIMIT and text.isprintable()
    return fits and (name != "name" or str(text).strip() != "")


def name_of(path: Path) -> str:
    """A name for a pack, after a file's."""
    return "".join(letter for letter in path.stem if letter.isprintable()).strip()[:TEXT_LIMIT] or "style"


def _settings(text: object) -> dict[str, Any]:
    if not isinstance(text, str) or len(text) > SETTINGS_LIMIT:
        raise ValueError("its settings are too long")
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("its settings are not JSON") from None
    if not isinstance(values, dict):
        raise ValueError("its settings are not an object")
    try:
        Settings.from_dict(values)
    except (SettingWrong, TypeError, OverflowError) as problem:
        raise ValueError(f"its settings are wrong: {problem}") from None
    return values


def size_limit(kind: str) -> int:
    """Bytes that a pack of this kind may have."""
    return TUNED_LIMIT if kind == "tuned" else WHOLE_LIMIT
