"""Drags the result out of the window: as a real file, and as a picture for programs that take those."""

import shutil
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from PyQt5.QtCore import QCoreApplication, QEvent, QMimeData, QObject, QPoint, Qt, QUrl
from PyQt5.QtGui import QDrag, QImage, QMouseEvent, QPixmap
from PyQt5.QtWidgets import QAbstractButton, QApplication, QToolButton, QWidget

from studio import files
from studio.painting import Painted
from studio.services import Services
from studio.session import Session
from studio.theme import icon
from studio.translation import translate
from studio.worker import single

THUMBNAIL = 128  # px


@dataclass(frozen=True, eq=False)
class Carried:
    """What is dragged.

    Attributes:
        path: a file that holds the picture.
        image: the picture itself, which owns its memory.
    """

    painted: Painted
    path: Path
    image: QImage

    def mime(self) -> QMimeData:
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(self.path))])
        mime.setImageData(self.image)
        return mime


def carried(painted: Painted, folder: Path) -> Carried:
    """Write the file: JPEG, or PNG for what is see-through or deeper than 8 bits. In a worker's thread.

    Raises:
        StudioError: it cannot be written.
    """
    picture = painted.picture
    plain = picture.alpha is None and picture.pixels.dtype == np.uint8
    suggested = files.suggest_name(painted.photo.name, painted.photo.path, painted.look.names)
    path = folder / f"{suggested.removesuffix(Path(suggested).suffix)}{'.jpg' if plain else '.png'}"
    files.write(picture, path, ())
    return Carried(painted, path, painted.shown.levels[0].copy())


class DragOut(QObject):
    """Writes the result to a temporary file as soon as it may be dragged, and drags it."""

    def __init__(self, services: Services, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._services = services
        self._session = session
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._writing: Painted | None = None
        self._carried: Carried | None = None
        self._given = False  # whether another program may have got it
        self._waiting: QWidget | None = None

    def prepare(self) -> bool:
        """Have the file written; whether there is a result to drag."""
        painted = self._session.painted
        if painted is None:
            return False
        if self._writing is not painted and not self.ready:
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="lapstyle-studio-", ignore_cleanup_errors=True)
                QCoreApplication.instance().aboutToQuit.connect(self._folder.cleanup)
            self._writing = painted
            # Each in a folder of its own, so that what was dragged before stays what it was.
            folder = Path(tempfile.mkdtemp(dir=self._folder.name))
            task = self._services.worker("drag").submit(single(partial(carried, painted, folder)), "drag")
            task.finished.connect(self._on_written)
            task.failed.connect(self._on_failed)
        return True

    @property
    def folder(self) -> Path | None:
        """Where the files are."""
        return Path(self._folder.name) if self._folder is not None else None

    @property
    def ready(self) -> bool:
        """Whether the file of the newest result is there."""
        return self._carried is not None and self._carried.painted is self._session.painted

    def begin(self, source: QWidget) -> None:
        """Drag the result from a widget on which a button is held: now, or as soon as its file is there."""
        if not self.prepare():
            self._services.messages.mentioned.emit(translate("DragOut", "There is no result to drag yet."))
        elif self._carried is not None and self.ready:
            self._drag(source, self._carried)
        else:
            self._waiting = source

    def release(self) -> None:
        """The button is not held any more."""
        self._waiting = None

    def copy(self) -> None:
        """Put the file on the clipboard, which the keyboard can do."""
        if self.prepare():
            task = self._services.worker("drag").submit(single(lambda: None))  # after the file is written
            task.finished.connect(self._on_copied)

    def _on_written(self, written: Carried) -> None:
        if self._carried is not None and not self._given:  # nobody knows that file
            shutil.rmtree(self._carried.path.parent, ignore_errors=True)
        self._writing, self._carried, self._given = None, written, False
        source, self._waiting = self._waiting, None
        if source is not None and written.painted is self._session.painted:
            self._drag(source, written)

    def _on_failed(self, failure: object) -> None:
        self._writing = self._waiting = None
        self._services.messages.failed.emit(failure)

    def _on_copied(self, _result: object) -> None:
        if self._carried is not None:
            self._given = True
            QApplication.clipboard().setMimeData(self._carried.mime())
            text = translate("DragOut", "The picture's file is on the clipboard: paste it into a folder or a message.")
            self._services.messages.mentioned.emit(text)

    def _drag(self, source: QWidget, what: Carried) -> None:
        if not what.painted.full:
            text = translate("DragOut", "This is the preview: the whole picture is still being painted.")
            self._services.messages.mentioned.emit(text)
        self._given = True
        drag = QDrag(source)
        drag.setMimeData(what.mime())
        drag.setPixmap(QPixmap.fromImage(what.painted.shown.thumbnail(THUMBNAIL)))
        drag.setHotSpot(QPoint(THUMBNAIL // 8, THUMBNAIL // 8))
        drag.exec(Qt.DropAction.CopyAction)
        if isinstance(source, QAbstractButton):
            source.setDown(False)


class Gesture(QObject):
    """Notices on a widget that the result is to be dragged from it: by holding Ctrl as well, or always."""

    def __init__(self, widget: QWidget, drag_out: DragOut, with_control: bool) -> None:
        super().__init__(widget)
        self._drag_out = drag_out
        self._with_control = with_control
        self._pressed_at: QPoint | None = None
        self.dragged = False
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QMouseEvent) or not isinstance(watched, QWidget):
            return False
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self.dragged = False
            if not self._with_control or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self._pressed_at = event.pos()
                self._drag_out.prepare()
                return self._with_control
        elif kind == QEvent.Type.MouseMove and self._pressed_at is not None:
            if not event.buttons() & Qt.MouseButton.LeftButton:  # let go elsewhere, at the end of a drag
                self._pressed_at = None
                return False
            moved = (event.pos() - self._pressed_at).manhattanLength()
            if moved >= QApplication.startDragDistance() and not self.dragged:
                self.dragged = True
                self._drag_out.begin(watched)
            return True
        elif kind == QEvent.Type.MouseButtonRelease and self._pressed_at is not None:
            self._pressed_at = None
            self._drag_out.release()
            return self._with_control
        return False


class DragHandle(QToolButton):
    """A place to drag the result from; pressing it copies the file instead."""

    def __init__(self, drag_out: DragOut) -> None:
        super().__init__()
        self._drag_out = drag_out
        self._gesture = Gesture(self, drag_out, with_control=False)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.clicked.connect(self._on_clicked)
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(translate("DragOut", "Drag the picture"))
        self.setToolTip(
            translate(
                "DragOut",
                "Drag the picture from here, or with Ctrl from the view, to the desktop or another program. "
                "A click copies its file.",
            )
        )
        self.setIcon(icon("grip-vertical"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange):
            self.retranslate()
        super().changeEvent(event)

    def enterEvent(self, event: QEvent) -> None:
        self._drag_out.prepare()  # it may be ready by the time that it is dragged
        super().enterEvent(event)

    def _on_clicked(self) -> None:
        if not self._gesture.dragged:
            self._drag_out.copy()
