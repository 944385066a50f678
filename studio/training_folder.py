"""A folder of pictures to learn from: chosen by a button or dropped, with the number of pictures that it holds."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PyQt5.QtCore import QEvent, Qt, pyqtSignal
from PyQt5.QtWidgets import QFileDialog, QGridLayout, QLabel, QPushButton, QToolButton

from studio.batch_labels import ElidedLabel
from studio.drop_field import DropField
from studio.plain_words import PlainLabel, tip_of
from studio.services import Services
from studio.theme import SPACE, icon
from studio.translation import sentence_of, translate
from studio.worker import Failure, Task
from workbench.formats import READABLE_SUFFIXES, sniff
from workbench.progress import Cancellation, Job, Progress
from workbench.tree import survey

FEW = 20  # pictures: with less, a network learns them by heart
NOWHERE = ".none"  # nothing in the folder is left out
LOOK = 64  # bytes that tell a picture from other files


@dataclass(frozen=True)
class Content:
    """What a folder and those in it hold.

    Attributes:
        pictures: files that are pictures.
        others: files that are none.
    """

    pictures: int
    others: int


def count(folder: Path, _cancellation: Cancellation) -> Job[Content]:
    """Look at the first bytes of every file; raises `StudioError` where the folder cannot be opened."""
    yield Progress(0, 1, "")
    found = survey((folder,), READABLE_SUFFIXES, folder / NOWHERE)
    pictures = 0
    for number, (_, path) in enumerate(found.pictures):
        pictures += is_picture(path)
        yield Progress(number, len(found.pictures), "")
    return Content(pictures, found.ignored + len(found.unreadable) + len(found.pictures) - pictures)


def is_picture(path: Path) -> bool:
    """Whether a file begins like a picture."""
    try:
        with path.open("rb") as file:
            return sniff(file.read(LOOK)) is not None
    except OSError:
        return False


class FolderField(DropField):
    """A folder's name, a button, and what was found in it; a folder can be dropped on it.

    Attributes:
        folder: the folder; None before there is one.
        content: what it holds; None until that is known, or where it cannot be opened.

    Signals:
        changed: another folder, or its content is known.
    """

    changed = pyqtSignal()

    def __init__(self, services: Services, key: str, *, optional: bool = False) -> None:
        """
        Args:
            key: tells this field's jobs from those of others.
            optional: whether there need not be a folder; then it can be taken away again.
        """
        super().__init__()
        self.folder: Path | None = None
        self.content: Content | None = None
        self._problem = ""
        self._preferences = services.preferences
        self._worker = services.worker("training folders")
        self._key = key
        self._task: Task | None = None
        self._words = "", "", ""
        self.title = QLabel()
        self.path = ElidedLabel()
        self.path.setMinimumWidth(60)
        self.found = PlainLabel()
        self.found.setObjectName("quiet")
        self.button = QPushButton()
        self.button.clicked.connect(self.ask)
        self.clear = QToolButton()
        self.clear.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.clear.clicked.connect(lambda: self.set_folder(None))
        self._optional = optional
        grid = QGridLayout(self)
        grid.setContentsMargins(SPACE + SPACE // 2, SPACE, SPACE, SPACE)
        grid.setVerticalSpacing(SPACE // 4)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self.title, 0, 0)
        grid.addWidget(self.path, 1, 0)
        grid.addWidget(self.found, 2, 0, 1, 3)
        grid.addWidget(self.clear, 0, 1, 2, 1)
        grid.addWidget(self.button, 0, 2, 2, 1)

    def set_texts(self, title: str, tip: str, without: str = "") -> None:
        """
        Args:
            without: what is taken while there is no folder, if that will do.
        """
        self._words = title, tip, without
        self.retranslate()

    def retranslate(self) -> None:
        title, tip, _ = self._words
        self.title.setText(f"<b>{title}</b>")
        self.setToolTip(tip)
        self.button.setText(translate("Training", "Choose…"))
        self.button.setToolTip(tip)
        self.button.setAccessibleName(f"{title}: {translate('Training', 'choose a folder')}")
        without = translate("Training", "Do without this folder")
        self.clear.setToolTip(without)
        self.clear.setAccessibleName(f"{title}: {without}")
        self.refresh_icons()
        self._show()

    def refresh_icons(self) -> None:
        """The theme changed."""
        self.clear.setIcon(icon("x"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.refresh_icons()
        super().changeEvent(event)

    @property
    def lack(self) -> str:
        """Why no training can begin with it, as a sentence; "" for nothing."""
        if self._problem:
            return self._problem
        if self.content is not None and not self.content.pictures:
            return translate("Training", "There are no pictures in this folder. Choose another one.")
        return ""

    @property
    def ready(self) -> bool:
        """Whether there are pictures to learn from."""
        return self.content is not None and self.content.pictures > 0

    def ask(self) -> None:
        start = self.folder.parent if self.folder is not None else self._preferences.folder
        if chosen := QFileDialog.getExistingDirectory(self, self._words[0], str(start)):
            self._preferences.set_text("folder", chosen)
            self.set_folder(Path(chosen))

    def set_folder(self, folder: Path | None) -> None:
        """Take this folder, and see what is in it."""
        self.folder, self.content, self._problem = folder, None, ""
        self._worker.cancel(self._key)
        if folder is not None:
            task = self._worker.submit(partial(count, folder), self._key)
            task.finished.connect(self._on_counted)
            task.failed.connect(self._on_failed)
        self._show()
        self.changed.emit()

    def _on_counted(self, content: Content) -> None:
        self.content = content
        self._show()
        self.changed.emit()

    def _on_failed(self, failure: Failure) -> None:
        self._problem = sentence_of(failure.error)
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        if self.folder is None:
            self.path.setText(self._words[2] or translate("Training", "Drop a folder here"))
            self.path.setToolTip("")
        else:
            self.path.setText(self.folder.name or str(self.folder))
            self.path.setToolTip(tip_of(str(self.folder)))
        self.found.setText(self._found_text())
        self.found.setVisible(bool(self.found.text()))
        self.clear.setVisible(self._optional and self.folder is not None)
        description = " · ".join(text for text in (self.path.text(), self.found.text()) if text)
        self.button.setAccessibleDescription(description)

    def _found_text(self) -> str:
        """What was found, or what is wrong with it."""
        if self.folder is None:
            return ""
        if self.lack:
            return self.lack
        if self.content is None:
            return translate("Training", "Counting…")
        one, several = translate("Training", "1 picture"), translate("Training", "{count} pictures")
        pictures, others = self.content.pictures, self.content.others
        parts = [one if pictures == 1 else several.format(count=pictures)]
        if others:
            one, several = (
                translate("Training", "1 other file left out"),
                translate("Training", "{count} other files left out"),
            )
            parts.append(one if others == 1 else several.format(count=others))
        if pictures < FEW:
            parts.append(translate("Training", "some hundreds teach far more"))
        return " · ".join(parts)

    def take(self, paths: tuple[Path, ...]) -> None:
        """The first folder of what was dropped; of single pictures, the folder that they are in."""
        folder = next((path for path in paths if path.is_dir()), None)
        if folder is not None:
            self.set_folder(folder)
        elif paths:
            self.set_folder(paths[0].parent)
