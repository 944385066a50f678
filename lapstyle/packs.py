"""Style packs: those that ship, those the user installed, and any file that holds one (see `pack_file`)."""

import json
import logging
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import platformdirs
import safetensors

import assets
import weights
from lapstyle.checkpoints import load_checkpoint
from lapstyle.pack_file import (
    SUFFIX,
    THUMBNAIL,
    PackKind,
    StylePack,
    check_picture,
    describe,
    is_pack,
    read_pack,
    write_pack,
    write_whole_pack,
)
from workbench.errors import (
    OutputNotWritten,
    PackForOtherWeights,
    PackUnknown,
    PackWithoutPainting,
    StudioError,
)
from workbench.image_io import Picture, read_picture
from workbench.output_file import put_in_place

__all__ = [
    "PackCard",
    "PackKind",
    "StylePack",
    "find_pack",
    "install_checkpoint",
    "install_pack",
    "installed_packs",
    "is_pack",
    "packs_folder",
    "read_pack",
    "remove_pack",
    "shipped_packs",
    "write_pack",
    "write_whole_pack",
]

ID_END = "-pack"
ID_LENGTH = 60  # letters
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
            except (OSError, ValueError, StudioError, safetensors.SafetensorError):
                logger.warning("%s is not a style pack", path, exc_info=True)


def _card(path: Path, shipped: bool) -> PackCard:
    with safetensors.safe_open(path, framework="numpy") as file:
        described = describe(file.metadata() or {})
        thumbnail = file.get_tensor(THUMBNAIL).tobytes()
    check_picture(thumbnail, THUMBNAIL)
    return PackCard(id=path.stem, path=path, thumbnail=thumbnail, shipped=shipped, **described)


def find_pack(id: str) -> PackCard | None:
    """The shipped or installed pack of that id, if there is one."""
    return next((card for card in (*shipped_packs(), *installed_packs()) if card.id == id), None)


def install_pack(path: Path | str) -> Path:
    """Keep a copy of a pack in the user's folder, checked; the same file is kept once.

    Returns:
        where it is now; its id is the file's stem.

    Raises:
        PackDamaged: it is not a pack, or a spoiled one.
        PackForOtherWeights: it was taught from weights that this program does not have.
        OutputNotWritten: the folder does not take it.
    """
    pack = read_pack(path)
    if pack.kind == "tuned" and pack.base != weights.manifest()[weights.UNIVERSAL]["sha256"]:
        raise PackForOtherWeights(path=pack.path, weights=weights.UNIVERSAL)
    return _keep(pack.name, Path(path).read_bytes())


def install_checkpoint(
    path: Path | str, painting: Picture | Path | str | None, *, name: str = "", artist: str = "", licence: str = ""
) -> Path:
    """Install a checkpoint that was made for one style, such as PaddleGAN's `lapstyle_starrynew.pdparams`, as a pack.

    Args:
        painting: what it was made from; such files hold none.
        name: what to call it; without one, as its file.

    Returns:
        where the pack is; its id is the file's stem.

    Raises:
        PackWithoutPainting: there is no painting.
        StudioError: the checkpoint or the painting cannot be used.
    """
    checkpoint = load_checkpoint(path)
    if painting is None:
        raise PackWithoutPainting(path=checkpoint.path)
    picture = painting if isinstance(painting, Picture) else read_picture(Path(painting))
    name = name or Path(path).stem
    _make_folder()
    part = packs_folder() / f".{_slug(name)}.part"
    try:
        write_whole_pack(part, checkpoint, name=name, artist=artist, licence=licence, painting=picture)
        return _keep(name, part.read_bytes())
    finally:
        part.unlink(missing_ok=True)


def _keep(name: str, data: bytes) -> Path:
    """Put a pack's content in the folder under an id that is free, or that has this content already."""
    _make_folder()
    taken = {card.id for card in shipped_packs()} | {painting.id for painting in assets.gallery()}
    stem, number = f"{_slug(name)}{ID_END}", 1
    id = stem
    while id in taken or not _is_free(packs_folder() / f"{id}{SUFFIX}", data):
        number += 1
        id = f"{stem}-{number}"
    path = packs_folder() / f"{id}{SUFFIX}"
    put_in_place(path, data)
    return path


def _is_free(path: Path, data: bytes) -> bool:
    return not path.exists() or path.read_bytes() == data


def _slug(name: str) -> str:
    return NO_LETTER.sub("-", name.casefold())[:ID_LENGTH].strip("-") or "style"


def _make_folder() -> None:
    try:
        packs_folder().mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise OutputNotWritten(path=packs_folder(), reason=problem.strerror or str(problem)) from problem


def remove_pack(id: str) -> None:
    """Delete an installed pack's copy.

    Raises:
        PackUnknown: none of that id is installed.
        OutputNotWritten: the folder does not allow it.
    """
    known = {card.id: card.path for card in installed_packs()}
    if id not in known:
        raise PackUnknown(name=id, known=", ".join(known) or "none")
    try:
        known[id].unlink(missing_ok=True)
    except OSError as problem:
        raise OutputNotWritten(path=known[id], reason=problem.strerror or str(problem)) from problem
