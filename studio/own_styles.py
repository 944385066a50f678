"""The user's own paintings: copies in a folder of their own, with a small JSON that names them."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import platformdirs

from workbench.errors import OutputNotWritten
from workbench.image_io import Picture, write_picture

INDEX = "styles.json"
PREFIX = "own-"
NAME_LENGTH = 80


@dataclass(frozen=True)
class OwnStyle:
    """One of the user's paintings.

    Attributes:
        id: "own-" and the start of the content's hash, so that the same painting is kept once.
        file: its name in the folder.
    """

    id: str
    title: str
    file: str


class OwnStyles:
    """The folder of the user's paintings.

    Attributes:
        folder: where they are.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or platformdirs.user_data_path("lapstyle-studio", appauthor=False) / "styles"

    def all(self) -> list[OwnStyle]:
        """The newest first; without those whose file is gone."""
        return [style for style in self._read() if self.path(style).is_file()]

    def path(self, style: OwnStyle) -> Path:
        return self.folder / style.file

    def add_file(self, source: Path) -> OwnStyle:
        """Keep a copy of a picture file; it must be readable, which the caller has checked.

        Raises:
            OutputNotWritten: the folder does not take it.
        """
        with _writing(self.folder):
            digest = hashlib.sha256(source.read_bytes()).hexdigest()[:12]
            style = OwnStyle(PREFIX + digest, source.stem[:NAME_LENGTH], f"{digest}{source.suffix.lower()}")
            if not self.path(style).exists():
                self.folder.mkdir(parents=True, exist_ok=True)
                part = self.folder / f".{style.file}.part"
                shutil.copyfile(source, part)
                part.replace(self.path(style))
        return self._keep(style)

    def add_picture(self, picture: Picture, title: str) -> OwnStyle:
        """Keep a picture that has no file; raises `OutputNotWritten`."""
        digest = hashlib.sha256(picture.pixels.tobytes()).hexdigest()[:12]
        style = OwnStyle(PREFIX + digest, title[:NAME_LENGTH], f"{digest}.png")
        with _writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        write_picture(picture, self.path(style))
        return self._keep(style)

    def rename(self, id: str, title: str) -> None:
        """Call it something else; a blank name changes nothing. Raises `OutputNotWritten`."""
        if title := title.strip()[:NAME_LENGTH]:
            self._write([replace(style, title=title) if style.id == id else style for style in self._read()])

    def remove(self, id: str) -> None:
        """Forget a painting and delete the copy; the user's own file is elsewhere. Raises `OutputNotWritten`."""
        styles = self._read()
        self._write([style for style in styles if style.id != id])
        for style in styles:
            if style.id == id:
                with suppress(OSError):  # a stray file does no harm
                    self.path(style).unlink(missing_ok=True)

    def _keep(self, style: OwnStyle) -> OwnStyle:
        styles = self._read()
        for known in styles:
            if known.id == style.id:
                return known
        self._write([style, *styles])
        return style

    def _read(self) -> list[OwnStyle]:
        try:
            records: Any = json.loads((self.folder / INDEX).read_text(encoding="utf-8"))
            return [OwnStyle(str(each["id"]), str(each["title"]), Path(str(each["file"])).name) for each in records]
        except (OSError, ValueError, KeyError, TypeError):  # none yet, or spoiled: the paintings can be added again
            return []

    def _write(self, styles: list[OwnStyle]) -> None:
        with _writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            text = json.dumps([asdict(style) for style in styles], indent=1, ensure_ascii=False)
            with tempfile.NamedTemporaryFile(
                "w", encoding="utf-8", dir=self.folder, suffix=".part", delete=False
            ) as file:
                file.write(text)
            Path(file.name).replace(self.folder / INDEX)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Turns the system's refusals into a sentence."""
    try:
        yield
    except OSError as error:
        raise OutputNotWritten(path=folder, reason=error.strerror or str(error)) from error
