"""Where style packs are kept: those that come with the program, and those that the user installed."""

import json
import logging
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, count
from pathlib import Path
from typing import Any

import platformdirs
import safetensors

import assets
from lapstyle.pack_metadata import SUFFIX, THUMBNAIL, WHOLE_LIMIT, PackKind, describe
from workbench.errors import PackUnknown
from workbench.output_file import put_in_place, reporting

ID_END = "-pack"
ID_LENGTH = 50  # letters, of at most 4 bytes each: files' names have at most 255
NO_LETTER = re.compile(r"[\W_]+")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class PackCard:
    """What a list of packs shows; read without the parameters.

    Attributes:
        id: what the command line calls it: "great-wave-pack".
        path: the file, for `read_pack` and wherever a style's file is named.
        thumbnail: the painting as WebP.
        shipped: whether it came with the program; such cannot be removed.

    The rest is as in `StylePack`.
    """

    id: str
    path: Path
    name: str
    artist: str
    licence: str
    kind: PackKind
    base: str
    settings: dict[str, Any]
    thumbnail: bytes = field(repr=False)
    shipped: bool


def packs_folder() -> Path:
    """Where installed packs are."""
    return platformdirs.user_data_path("lapstyle-studio", appauthor=False) / "packs"


@cache
def shipped_packs() -> tuple[PackCard, ...]:
    """Those that come with the program, in the order in which they are shown; raises `DataFileMissing`."""
    files = json.loads(assets.path("packs/packs.json").read_text(encoding="utf-8"))
    return tuple(_card(assets.path(f"packs/{file}"), shipped=True) for file in files)


def installed_packs() -> tuple[PackCard, ...]:
    """The user's own by their names; files that are no packs are passed over."""
    return tuple(sorted(_installed(), key=lambda card: (card.name.casefold(), card.id)))


def _installed() -> Iterator[PackCard]:
    with suppress(OSError):  # no folder yet
        for path in sorted(packs_folder().glob(f"*{SUFFIX}")):
            try:
                yield _card(path, shipped=False)
            except Exception:  # whatever it is, it is none that was installed here
                logger.warning("%s is not a style pack", path, exc_info=True)


def _card(path: Path, shipped: bool) -> PackCard:
    if path.stat().st_size > WHOLE_LIMIT:
        raise ValueError("it is too large")
    with safetensors.safe_open(path, framework="numpy") as file:
        described = describe(file.metadata() or {})
        thumbnail = file.get_tensor(THUMBNAIL).tobytes()
    return PackCard(id=path.stem, path=path, thumbnail=thumbnail, shipped=shipped, **described)


def all_packs() -> tuple[PackCard, ...]:
    """Those that ship, then those that are installed."""
    return (*shipped_packs(), *installed_packs())


def keep(name: str, data: bytes) -> Path:
    """Put a pack's content in the folder, under an id that is free or that has this very content.

    Returns:
        where it is now: with the program, if it came with it.

    Raises:
        OutputNotWritten: the folder does not take it.
    """
    for card in shipped_packs():
        if card.path.stat().st_size == len(data) and card.path.read_bytes() == data:
            return card.path
    folder = packs_folder()
    taken = {card.id for card in shipped_packs()} | {painting.id for painting in assets.gallery()}
    stem = NO_LETTER.sub("-", name.casefold())[:ID_LENGTH].strip("-").removesuffix(ID_END) or "style"
    ids = chain([f"{stem}{ID_END}"], (f"{stem}{ID_END}-{number}" for number in count(2)))
    with reporting(str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
        paths = (folder / f"{id}{SUFFIX}" for id in ids if id not in taken)
        path = next(path for path in paths if not path.exists() or path.read_bytes() == data)
    put_in_place(path, data)
    return path


def remove_pack(id: str) -> None:
    """Delete an installed pack's copy.

    Raises:
        PackUnknown: none of that id is installed.
        OutputNotWritten: the folder does not allow it.
    """
    known = {card.id: card.path for card in installed_packs()}
    if id not in known:
        raise PackUnknown(name=id, known=", ".join(known) or "none")
    with reporting(str(known[id])):
        known[id].unlink(missing_ok=True)
