"""The painting to teach: dropped, chosen by a button or taken from the gallery, and shown."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PyQt5.QtCore import QPoint, QRect, Qt, pyqtSignal
from PyQt5.QtGui import QImage, QPainter, QPaintEvent, QPalette, QPen
from PyQt5.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from studio import files
from studio.cards import ROUND, draw_frame
from studio.drop_field import DropField
from studio.gallery import ABOVE
from studio.pictures import Mipmap, to_bytes
from studio.plain_words import PlainLabel, tip_of
from studio.services import Services
from studio.style_choice import StyleChoice
from studio.theme import NOT_CUT, SPACE
from studio.translation import sentence_of, translate
from studio.worker import Failure, Task, single

THUMBNAIL = 640  # px, long side; shown at half that, sharp on dense screens
HEIGHT = 132  # px


@dataclass(frozen=True, eq=False)
class Painting:
    """What was read of a picture file.

    Attributes:
        width, height: in pixels.
        small: a copy to show.
    """

    width: int
    height: int
    small: Mipmap


def read_painting(path: Path) -> Painting:
    """In a worker's thread; raises `StudioError`."""
    from workbench.image_io import read_picture
    from workbench.picture import resized

    picture = read_picture(path)
    small = resized(picture, min(THUMBNAIL, max(picture.width, picture.height)))
    return Painting(picture.width, picture.height, Mipmap.build(to_bytes(small.pixels)))


class Frame(QWidget):
    """A picture cut to a rounded frame; a hint while there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT)
        self._picture: QImage | None = None
        self._hint = ""

    def show_picture(self, picture: Mipmap | None, hint: str) -> None:
        self._picture = picture.levels[0] if picture is not None else None
        self._hint = hint
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._picture is None:
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.PlaceholderText), 1, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), ROUND, ROUND)
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap) | NOT_CUT
            painter.drawText(self.rect().adjusted(SPACE, 0, -SPACE, 0), flags, self._hint)
            return
        painter.setClipPath(draw_frame(painter, self.rect(), self.palette()))
        size = self._picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        above = round((self.height() - size.height()) * ABOVE)
        painter.drawImage(QRect(QPoint((self.width() - size.width()) // 2, above), size), self._picture)


class PaintingField(DropField):
    """A painting's picture, its name, and a button; a picture file can be dropped on it.

    Attributes:
        path: the painting's file; None before there is one.
        title, artist, licence: as the gallery has them; the file's name and "" for any other.
        painting: what was read; None until then, or where it cannot be read.

    Signals:
        changed: another painting, or it was read.
    """

    changed = pyqtSignal()

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.path: Path | None = None
        self.title = self.artist = self.licence = ""
        self.painting: Painting | None = None
        self._problem = ""
        self._preferences = services.preferences
        self._worker = services.worker("training folders")
        self._task: Task | None = None
        self.frame = Frame()
        self.heading = QLabel()
        self.found = PlainLabel()
        self.found.setObjectName("quiet")
        self.button = QPushButton()
        self.button.clicked.connect(self.ask)
        grid = QGridLayout(self)
        grid.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        grid.setVerticalSpacing(SPACE // 4)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self.frame, 0, 0, 1, 2)
        grid.setRowMinimumHeight(1, SPACE // 2)
        for label in (self.heading, self.found):
            label.setIndent(SPACE // 2)
        grid.addWidget(self.heading, 2, 0)
        grid.addWidget(self.found, 3, 0)
        grid.addWidget(self.button, 2, 1, 2, 1)
        self.retranslate()

    def retranslate(self) -> None:
        heading = translate("Teach", "Painting")
        tip = translate(
            "Teach", "The painting whose style is taught: one of yours, or of the gallery by its menu there"
        )
        self.heading.setText(f"<b>{heading}</b>")
        self.setToolTip(tip)
        self.button.setText(translate("Training", "Choose…"))
        self.button.setToolTip(tip)
        self.button.setAccessibleName(f"{heading}: {translate('Teach', 'choose a picture')}")
        self._show()

    @property
    def lack(self) -> str:
        """Why nothing can be taught with it, as a sentence; "" for nothing."""
        return self._problem if self.path is not None else translate("Teach", "Choose the painting to teach.")

    @property
    def ready(self) -> bool:
        return self.painting is not None

    def ask(self) -> None:
        title = translate("Teach", "Painting to teach")
        if (path := files.ask_picture(self, title, self._preferences)) is not None:
            self.set_file(path)

    def set_file(self, path: Path) -> None:
        """Take any picture file."""
        self._set(path, path.stem, "", "")

    def set_choice(self, choice: StyleChoice) -> None:
        """Take a painting of the gallery."""
        artist = "" if choice.own else choice.shown_artist
        self._set(choice.path, choice.shown_title, artist, choice.licence)

    def _set(self, path: Path, title: str, artist: str, licence: str) -> None:
        self.path, self.title, self.artist, self.licence = path, title, artist, licence
        self.painting, self._problem = None, ""
        self._task = self._worker.submit(single(partial(read_painting, path)), "painting")
        self._task.finished.connect(self._on_read)
        self._task.failed.connect(self._on_failed)
        self._show()
        self.changed.emit()

    def _on_read(self, painting: Painting) -> None:
        self.painting = painting
        self._show()
        self.changed.emit()

    def _on_failed(self, failure: Failure) -> None:
        self._problem = sentence_of(failure.error)
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        hint = translate("Teach", "Drop a painting here") if self.path is None else ""
        self.frame.show_picture(self.painting.small if self.painting is not None else None, hint)
        self.frame.setToolTip(tip_of(str(self.path)) if self.path is not None else self.toolTip())
        if self._problem:
            self.found.setText(self._problem)
        elif self.painting is not None:
            self.found.setText(f"{self.painting.width} × {self.painting.height}")
        else:
            self.found.setText("")
        self.found.setVisible(bool(self.found.text()))
        description = " · ".join(text for text in (self.title or hint, self.found.text()) if text)
        self.button.setAccessibleDescription(description)
