"""The weights that come with the program, and the graphs that runtimes fill with them (see README.md)."""

import json
from pathlib import Path
from typing import TypedDict, cast

from workbench.data_files import find

UNIVERSAL = "lapstyle_universal.safetensors"
EARLIER = {
    "0ded0f5f233a42e25ac79da99be75004567f869c13467dda62de334235758a6f": "lapstyle_universal_1.safetensors",
    "a8810495fc7c918b612c934514112fe1a3ca3330a86306936d19ffdaabd021d3": "lapstyle_universal_2.safetensors",
    "359cb625b2bfaa423e3671b6d6e035c69053a36d2c2908c182f5bff3d9b46b80": "lapstyle_universal_3.safetensors",
}
"""Earlier universal weights, without what has stayed the same, by the SHA-256 of the whole file as it was shipped."""


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
