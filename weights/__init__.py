"""The weights that come with the program, and the graphs that runtimes fill with them (see README.md)."""

import json
from pathlib import Path
from typing import TypedDict, cast

from workbench.data_files import find

UNIVERSAL = "lapstyle_universal.safetensors"


class Record(TypedDict):
    """What the manifest says about one file."""

    bytes: int
    sha256: str
    holds: str
    licence: str


def path(name: str) -> Path:
    """Where a file of this package is: "lapstyle_universal.safetensors", or "graphs/..." with a forward slash.

    Raises:
        DataFileMissing: this package has no such file.
    """
    return find(__name__, name)


def manifest() -> dict[str, Record]:
    """Size, SHA-256, content and licence of every data file, by its name; raises `DataFileMissing`."""
    return cast(dict[str, Record], json.loads(path("manifest.json").read_text(encoding="utf-8")))
