"""What was painted: every result with its look, the newest whole pictures kept within a limit of memory."""

import weakref
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PyQt5.QtCore import QAbstractListModel, QModelIndex, Qt
from PyQt5.QtGui import QPixmap

from studio.look_words import describe, title_of
from studio.painting import Look, Painted, Photo
from studio.pictures import Mipmap
from studio.plain_words import tip_of

BUDGET = 1 << 30  # bytes of whole pictures, and of photos that only they hold
MOST = 100  # results; each keeps some megabytes to show at once
SMALL = 480  # px, long side at least, of what is kept of every result
THUMBNAIL = 200  # px, long side


@dataclass(eq=False)
class Entry:
    """A result.

    Attributes:
        name, path: of the photo; a path of None is that of a pasted one.
        photo: where it is still in memory.
        pasted: holds a photo that could not be opened again.
        small: the result, small, to show at once.
        painted: the whole result; None when it was let go, and is painted anew on return.
    """

    look: Look
    name: str
    path: Path | None
    photo: "weakref.ref[Photo]"
    pasted: Photo | None
    small: Mipmap
    thumbnail: QPixmap
    painted: Painted | None = None
    used: int = field(default=0)

    def is_of(self, photo: Photo) -> bool:
        """Whether it was painted from this photo, even if that was closed meanwhile."""
        return self.photo() is photo or (self.path is not None and self.path == photo.path)

    def update(self, other: "Entry") -> None:
        """Take over a newer result of the same photo and look."""
        self.photo, self.pasted, self.painted = other.photo, other.pasted, other.painted
        self.small, self.thumbnail = other.small, other.thumbnail


def entry_of(painted: Painted) -> Entry:
    photo, shown = painted.photo, painted.shown
    large_enough = [level for level in shown.levels if max(level.width(), level.height()) >= SMALL]
    level = (large_enough[-1] if large_enough else shown.levels[0]).copy()  # without the memory of the large ones
    return Entry(
        look=painted.look,
        name=photo.name,
        path=photo.path,
        photo=weakref.ref(photo),
        pasted=photo if photo.path is None else None,
        small=Mipmap(level.size(), (level,), ()),
        thumbnail=QPixmap.fromImage(shown.thumbnail(THUMBNAIL)),
        painted=painted if painted.full else None,
    )


def bytes_of(painted: Painted) -> int:
    alpha = painted.picture.alpha
    pixels = painted.picture.pixels.nbytes + (0 if alpha is None else alpha.nbytes)
    return int(pixels) + sum(level.sizeInBytes() for level in painted.shown.levels)


def bytes_of_photos(photos: Iterable[Photo]) -> int:
    return sum(int(photo.picture.pixels.nbytes + photo.preview.pixels.nbytes) for photo in photos)


class History(QAbstractListModel):
    """The results in the order of painting.

    Attributes:
        Kept: role of the `Entry`.
    """

    Kept = int(Qt.ItemDataRole.UserRole) + 1

    def __init__(self, budget: int = BUDGET, most: int = MOST) -> None:
        super().__init__()
        self.entries: list[Entry] = []
        self._budget = budget
        self._most = most
        self._clock = 0

    def add(self, painted: Painted) -> Entry:
        """Keep a result; one of the same photo and look takes the place of the earlier."""
        entry = self.find(painted.photo, painted.look)
        if entry is None:
            entry = entry_of(painted)
            self.beginInsertRows(QModelIndex(), len(self.entries), len(self.entries))
            self.entries.append(entry)
            self.endInsertRows()
        elif painted.full or entry.painted is None:
            entry.update(entry_of(painted))
            row = self.entries.index(entry)
            self.dataChanged.emit(self.index(row), self.index(row))
        self.use(entry)
        while len(self.entries) > self._most:
            self.remove([self.entries[0]])
        self._free(painted.photo)
        return entry

    def use(self, entry: Entry) -> None:
        """It is looked at, and shall be let go after the others."""
        self._clock += 1
        entry.used = self._clock

    def find(self, photo: Photo, look: Look) -> Entry | None:
        return next((entry for entry in self.entries if entry.is_of(photo) and entry.look.key == look.key), None)

    def remove(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            row = self.entries.index(entry)
            self.beginRemoveRows(QModelIndex(), row, row)
            del self.entries[row]
            self.endRemoveRows()

    def _free(self, open_photo: Photo) -> None:
        """Let go of whole pictures, those first that were looked at longest ago, but not of the newest."""
        for entry in sorted(self.entries, key=lambda entry: entry.used)[:-1]:
            if entry.painted is None and entry.pasted is None:
                continue
            if self.held <= self._budget:
                return
            entry.painted = None
            if entry.pasted is not None and entry.pasted is not open_photo:
                self.remove([entry])

    @property
    def held(self) -> int:
        """Bytes of the whole pictures and of the photos they hold."""
        whole = [entry.painted for entry in self.entries if entry.painted is not None]
        photos = {painted.photo for painted in whole} | {entry.pasted for entry in self.entries if entry.pasted}
        return sum(map(bytes_of, whole)) + bytes_of_photos(photos)

    def row_of(self, entry: Entry) -> int | None:
        return self.entries.index(entry) if entry in self.entries else None

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        entry = self.entries[index.row()]
        if role == self.Kept:
            return entry
        if role == Qt.ItemDataRole.DecorationRole:
            return entry.thumbnail
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip_of(f"{entry.name}\n{describe(entry.look)}")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join([entry.name, *describe(entry.look).split("\n")])
        return title_of(entry.look) if role == Qt.ItemDataRole.DisplayRole else None
