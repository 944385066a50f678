"""`python -m assets` writes manifest.json and LICENCES.md anew, after a picture, pack or record was added or changed.

For developers, in a checkout.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import safetensors

from assets import GalleryStyle, Record, Sample, gallery, samples

INTRODUCTION = """# Licences of the pictures

Written by `python -m assets` from `styles/gallery.json` and `samples/samples.json`; `manifest.json` has the SHA-256 of
every file. The program's own licence (Apache-2.0) does not cover these pictures.

"""
GALLERY_NOTE = """## Styles (`styles/`)

The paintings are in the public domain. The reproductions come from packages whose terms are given; those from
gcompris-qt-data were put together again from the pieces that the package holds.

"""
SAMPLES_NOTE = """## Photos (`samples/`)

Changed: the photos may be smaller than in their source, at most 1,600 pixels, and are saved as JPEG. Licence texts:
[CC BY 4.0](https://creativecommons.org/licenses/by/4.0/legalcode),
[CC0 1.0](https://creativecommons.org/publicdomain/zero/1.0/legalcode).

"""
PACKS_NOTE = """
## Style packs (`packs/`)

What the networks were taught of paintings of the gallery, under the licence that each file names. Each holds its
painting, made smaller and saved as WebP, and a photo of `samples/` painted with it; their terms are those above.

"""


def describe(folder: Path) -> dict[str, Record]:
    """The manifest of the pictures and style packs in a folder and those below it."""
    manifest: dict[str, Record] = {}
    for file in sorted([*folder.rglob("*.jpg"), *folder.rglob("*.safetensors")]):
        data = file.read_bytes()
        manifest[file.relative_to(folder).as_posix()] = Record(bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
    return manifest


def licences(styles: tuple[GalleryStyle, ...], photos: tuple[Sample, ...], packs: Sequence[Path]) -> str:
    """LICENCES.md: one row a picture or pack."""
    style_rows = [(s.path.name, s.title, s.artist, s.year, s.source, s.licence) for s in styles]
    pack_rows = [_of_pack(pack) for pack in packs]
    photo_rows = [(p.path.name, p.title, p.author, p.source, p.licence) for p in photos]
    return (
        INTRODUCTION
        + GALLERY_NOTE
        + _table(("file", "title", "artist", "year", "source", "licence"), style_rows)
        + "\n"
        + SAMPLES_NOTE
        + _table(("file", "title", "author", "source", "licence"), photo_rows)
        + (PACKS_NOTE + _table(("file", "painting", "artist", "licence"), pack_rows) if packs else "")
    )


def _of_pack(path: Path) -> tuple[str, ...]:
    with safetensors.safe_open(path, framework="numpy") as file:
        said = file.metadata()
    return path.name, said["name"], said["artist"], said["licence"]


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    here = Path(__file__).parent
    text = json.dumps(describe(here), indent=1) + "\n"
    (here / "manifest.json").write_text(text, encoding="utf-8", newline="\n")
    packs = sorted((here / "packs").glob("*.safetensors"))
    text = licences(gallery(), samples(), packs)
    (here / "LICENCES.md").write_text(text, encoding="utf-8", newline="\n")
