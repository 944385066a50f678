"""The gallery of styles, the packs that were taught of some, and photos to try them on (see LICENCES.md)."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypedDict, cast

from workbench.data_files import find


class Record(TypedDict):
    """What the manifest says about one file."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class GalleryStyle:
    """A painting to paint in the style of.

    Attributes:
        id: what the command line calls it, "great-wave".
        year: when it was painted, as text: "c. 1831".
        source: where the file comes from.
        licence: under which it may be passed on.
    """

    id: str
    title: str
    artist: str
    year: str
    path: Path
    source: str
    licence: str


@dataclass(frozen=True)
class Sample:
    """A photo to try styles on; the attributes are as in `GalleryStyle`."""

    id: str
    title: str
    author: str
    path: Path
    source: str
    licence: str


def path(name: str) -> Path:
    """Where a file of this package is: "styles/great-wave.jpg", with a forward slash.

    Raises:
        DataFileMissing: this package has no such file.
    """
    return find(__name__, name)


@cache
def gallery() -> tuple[GalleryStyle, ...]:
    """The styles, in the order in which they are shown; raises `DataFileMissing`."""
    return tuple(
        GalleryStyle(path=path(f"styles/{record.pop('file')}"), **record) for record in _records("styles/gallery.json")
    )


@cache
def samples() -> tuple[Sample, ...]:
    """The sample photos; raises `DataFileMissing`."""
    return tuple(
        Sample(path=path(f"samples/{record.pop('file')}"), **record) for record in _records("samples/samples.json")
    )


def manifest() -> dict[str, Record]:
    """Size and SHA-256 of every picture and style pack, by its name; raises `DataFileMissing`."""
    return cast(dict[str, Record], json.loads(path("manifest.json").read_text(encoding="utf-8")))


def _records(name: str) -> list[dict[str, str]]:
    return cast(list[dict[str, str]], json.loads(path(name).read_text(encoding="utf-8")))
