"""Style packs: what one painting taught, as a file that is a style like any other; and how such files are installed."""

from pathlib import Path

import weights
from lapstyle.checkpoints import load_checkpoint
from lapstyle.earlier_weights import shipped_bases
from lapstyle.pack_file import StylePack, read_pack, whole_pack_bytes, write_pack
from lapstyle.pack_metadata import PackKind, is_pack, name_of
from lapstyle.pack_shelf import (
    PackCard,
    all_packs,
    installed_packs,
    keep,
    packs_folder,
    remove_pack,
    shipped_packs,
)
from workbench.errors import PackForOtherWeights, PackWithoutPainting
from workbench.image_io import Picture, read_picture

__all__ = [
    "PackCard",
    "PackKind",
    "StylePack",
    "all_packs",
    "install_checkpoint",
    "install_pack",
    "installed_packs",
    "is_pack",
    "packs_folder",
    "read_pack",
    "remove_pack",
    "shipped_packs",
    "write_pack",
]


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
    if pack.kind == "tuned" and pack.base not in shipped_bases():
        raise PackForOtherWeights(path=pack.path, weights=weights.UNIVERSAL)
    return keep(pack.name, Path(path).read_bytes())


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
    texts = {"name": name or name_of(checkpoint.path), "artist": artist, "licence": licence}
    return keep(texts["name"], whole_pack_bytes(checkpoint, texts, picture))
