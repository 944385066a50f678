"""Asking for files, naming results, and writing them."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import QFileDialog, QMessageBox, QWidget

from studio.preferences import Preferences
from studio.translation import translate
from workbench.formats import FORMATS, READABLE_SUFFIXES, WRITABLE_SUFFIXES, Format

if TYPE_CHECKING:
    from workbench.image_io import WriteOptions
    from workbench.picture import Picture

UNFIT = '<>:"/\\|?*'  # in a file's name, on one system or another


def name_of(source: Path | QImage) -> str:
    """What to call a photo."""
    return source.name if isinstance(source, Path) else translate("Files", "Pasted picture")


def ask_picture(parent: QWidget, title: str, preferences: Preferences, packs: tuple[str, ...] = ()) -> Path | None:
    """A picture file to open.

    Args:
        packs: endings of style packs, where these will do, too.
    """
    patterns = " ".join(f"*{suffix}" for suffix in [*sorted(READABLE_SUFFIXES), *packs])
    name = translate("Files", "Pictures and style packs") if packs else translate("Files", "Pictures")
    kinds = f"{name} ({patterns});;{translate('Files', 'All files')} (*)"
    chosen, _ = QFileDialog.getOpenFileName(parent, title, str(preferences.folder), kinds)
    if not chosen:
        return None
    preferences.set_text("folder", str(Path(chosen).parent))
    return Path(chosen)


def ask_where(
    parent: QWidget, title: str, suggestion: str, preferences: Preferences, only: Format | None = None
) -> Path | None:
    """Where to save a picture; a name without an ending that is written gets that of the suggestion.

    Args:
        only: the one format that will do.
    """
    formats = [only] if only is not None else [kind for kind in FORMATS if kind.written]
    kinds = ";;".join(f"{kind.name} ({' '.join(f'*{suffix}' for suffix in kind.suffixes)})" for kind in formats)
    chosen, _ = QFileDialog.getSaveFileName(parent, title, str(preferences.save_folder / suggestion), kinds)
    if not chosen:
        return None
    path = Path(chosen)
    if path.suffix.lower() not in (only.suffixes if only is not None else WRITABLE_SUFFIXES):
        path = path.with_name(path.name + Path(suggestion).suffix)
        if path.exists() and not sure_to_replace(parent, title, path):  # the dialog asked about another name
            return None
    preferences.set_text("save folder", str(path.parent))
    return path


def sure_to_replace(parent: QWidget, title: str, path: Path) -> bool:
    question = translate("Files", "{name} exists already. Replace it?").format(name=path.name)
    return QMessageBox.question(parent, title, question) == QMessageBox.StandardButton.Yes


def suggest_name(name: str, path: Path | None, parts: Sequence[str], kind: Format | None = None) -> str:
    """ "photo - The Great Wave.jpg": by default in the photo's own format where that can be written, else PNG.

    Args:
        parts: what was done to it.
    """
    suffix = path.suffix.lower() if path is not None and path.suffix.lower() in WRITABLE_SUFFIXES else ".png"
    if kind is not None and suffix not in kind.suffixes:
        suffix = kind.suffixes[0]
    stem = Path(name).stem if path is not None else name
    whole = f"{stem} - {' + '.join(parts)}"[:120] if parts else stem
    return "".join("_" if letter in UNFIT or ord(letter) < 32 else letter for letter in whole).strip(" .") + suffix


def write(picture: "Picture", path: Path, originals: Iterable[Path], options: "WriteOptions | None" = None) -> None:
    """Write a picture; raises `StudioError`."""
    from workbench.image_io import write_picture

    write_picture(picture, path, options=options, originals=originals)
