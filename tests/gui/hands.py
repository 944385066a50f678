"""What a user does with the window, as the tests do it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QMimeData, QPoint, Qt, QUrl
from PyQt5.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QImage
from PyQt5.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from studio.main_window import MainWindow
from studio.painting import Painted
from studio.picture_tab import PictureTab
from studio.pictures import pixels_of
from studio.style_tab import StyleTab

PATIENCE = 60_000  # ms; a test that waits this long has failed


class Hands:
    """
    Attributes:
        window: the real one.
        tab: its first tab.
    """

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window = window
        self.qtbot = qtbot
        tab = window.tabs[0]
        assert isinstance(tab, StyleTab)
        self.tab = tab

    def drop(self, mime: QMimeData, on: QWidget | None = None) -> bool:
        """Drag into the window and drop on the middle of a widget (default: a menu bar's corner); was it taken?"""
        window = self.window
        position = on.mapTo(window, on.rect().center()) if on is not None else QPoint(1, 1)
        buttons, modifiers, actions = (
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.DropAction.CopyAction,
        )
        entering = QDragEnterEvent(position, actions, mime, buttons, modifiers)
        entering.ignore()
        QApplication.sendEvent(window, entering)
        if not entering.isAccepted():
            return False
        QApplication.sendEvent(window, QDragMoveEvent(position, actions, mime, buttons, modifiers))
        QApplication.sendEvent(window, QDropEvent(position, actions, mime, buttons, modifiers))
        return True

    def drop_files(self, *paths: Path, on: QWidget | None = None) -> bool:
        return self.drop(mime_of(paths), on)

    def open(self, photo: Path) -> None:
        """Drop a photo and wait until it is there."""
        self.drop_files(photo, on=self.tab.viewer.zones.photo)
        self.wait(lambda: self.tab.session.photo is not None and self.tab.session.photo.path == photo)

    def wait(self, condition: Any) -> None:
        self.qtbot.waitUntil(condition, timeout=PATIENCE)

    def wait_for_whole(self) -> Painted:
        """The whole picture of what is set now."""
        session = self.tab.session
        self.wait(lambda: session.painted is not None and session.painted.full)
        assert session.painted is not None
        return session.painted

    def choose(self, *ids: str) -> None:
        self.tab.gallery.choose(ids)

    def message(self) -> str:
        """What the bar says; waits for it."""
        self.wait(self.window.message_bar.isVisible)
        return self.window.message_bar.text.text()

    def screen(self, widget: QWidget | None = None) -> NDArray[np.uint8]:
        """What can be seen, [height, width, 3]."""
        return pixels_of(grabbed(widget or self.tab.viewer.view))[0]


class PictureTabHands:
    """A window with another than its first tab in front.

    Attributes:
        window: the real one.
        tab: what is in front.
    """

    def __init__(self, hands: Hands, window: MainWindow, kind: type[PictureTab]) -> None:
        self.hands = hands
        self.window = window
        self.tab = next(tab for tab in window.tabs if isinstance(tab, kind))
        window.book.setCurrentWidget(self.tab)

    def open(self, photo: Path) -> None:
        """Drop a photo and wait until it is there."""
        self.hands.drop_files(photo, on=self.tab.viewer)
        self.hands.wait(lambda: self.tab.session.photo is not None and self.tab.session.photo.path == photo)

    def whole(self) -> Painted:
        """The result of what is set now."""
        session = self.tab.session
        self.hands.wait(
            lambda: (
                session.painted is not None and session.painted.full and session.painted.look.key == self.tab.look.key
            )
        )
        assert session.painted is not None
        return session.painted


def grabbed(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def mime_of(paths: Sequence[Path]) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime
