"""The real window on a screen that is not there, with settings of its own, and what to do with it.

To be imported before Qt and before the program: it chooses the platform and the program's folders.
"""

# ruff: noqa: E402 (Qt learns the platform, and the program its folders, before either is loaded)

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = Path(tempfile.mkdtemp(prefix="lapstyle-"))
os.environ |= {"QT_QPA_PLATFORM": "offscreen", "QT_FONT_DPI": "96"}
for name in ("CACHE", "STATE", "DATA", "CONFIG"):
    os.environ[f"XDG_{name}_HOME"] = str(FOLDER / name.lower())

from PIL import Image
from PyQt5.QtCore import QEventLoop, QMimeData, QPoint, QSettings, Qt, QTimer, QUrl
from PyQt5.QtGui import QDragEnterEvent, QDropEvent, QFont, QFontDatabase
from PyQt5.QtWidgets import QApplication, QWidget

import assets
from studio.app import make_application, make_window
from studio.own_styles import OwnStyles
from studio.pictures import pixels_of
from studio.preferences import Preferences
from studio.style_tab import StyleTab

SIZE = 1440, 900
PATIENCE = 120_000  # ms
FONTS = ("Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", "Microsoft YaHei", "PingFang SC")
PHOTO, STYLE = "mountains", "cottages-at-auvers"
OPENED: list["Studio"] = []  # none may die while another hears of a new language


class Studio:
    """The window with a user's settings of its own, and what to do with it.

    Attributes:
        tab: the one that paints photos.
    """

    def __init__(self, application: QApplication, language: str = "en", theme: str = "light") -> None:
        self.folder = Path(tempfile.mkdtemp(dir=FOLDER))
        preferences = Preferences(QSettings(str(self.folder / "settings.ini"), QSettings.Format.IniFormat))
        preferences.set_text("language", language)
        preferences.set_text("theme", theme)
        preferences.set_text("training folder", "/home/artist/Documents/LapStyle Studio/Trainings")
        self.window = make_window(application, preferences, OwnStyles(self.folder / "styles"))
        self.window.resize(*SIZE)
        self.window.show()
        OPENED.append(self)
        tab = self.window.tabs[0]
        assert isinstance(tab, StyleTab)
        self.tab = tab
        pause(1500)  # thumbnails arrive

    def hover(self, at: QPoint, *paths: Path) -> None:
        """Hold files over a point of the window."""
        self._send(QDragEnterEvent, at, paths)

    def drop(self, at: QPoint, *paths: Path) -> None:
        self.hover(at, *paths)
        self._send(QDropEvent, at, paths)

    def _send(self, kind: type[QDragEnterEvent] | type[QDropEvent], at: QPoint, paths: tuple[Path, ...]) -> None:
        mime = QMimeData()  # the event does not keep it alive
        mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(self.window, kind(at, Qt.DropAction.CopyAction, mime, buttons, keys))

    def middle(self, widget: QWidget) -> QPoint:
        return widget.mapTo(self.window, widget.rect().center())

    def paint(self, photo: str = PHOTO, style: str = STYLE) -> None:
        """Drop a photo, choose a style, and wait for the whole picture."""
        self.tab.gallery.choose([style])
        self.drop(self.middle(self.tab.viewer.zones.photo), assets.path(f"samples/{photo}.jpg"))
        self.wait_for_whole()

    def turn_to(self, index: int) -> Any:
        """Bring a tab to the front, and return it."""
        self.window.book.setCurrentIndex(index)
        return self.window.tabs[index]

    def wait_for_whole(self) -> None:
        await_painted(self.tab.session)
        until(lambda: bool(self.tab.viewer.progress.value() == 0))
        pause(700)

    def grab(self, widget: QWidget | None = None) -> Image.Image:
        """What can be seen of the window, or of another."""
        return Image.fromarray(pixels_of((widget or self.window).grab().toImage())[0])

    def close(self) -> None:
        self.window.use_language("en")  # for the next window
        self.window.close()


def start_application() -> QApplication:
    application = make_application([])
    use_font(application)
    return application


def use_font(application: QApplication) -> None:
    """One that has Latin and Chinese letters, as a desktop would choose it."""
    family = next((name for name in FONTS if name in QFontDatabase().families()), None)
    if family is None:
        raise SystemExit("A Chinese font is needed. On Debian and Ubuntu: sudo apt install fonts-noto-cjk")
    application.setFont(QFont(family, 10))


def pause(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def until(condition: Callable[[], bool]) -> None:
    for _ in range(PATIENCE // 50):
        if condition():
            return
        pause(50)
    raise TimeoutError("The window did not get there.")


def await_painted(session: Any) -> None:
    until(lambda: session.painted is not None and session.painted.full)


def await_whole_preview(quality: Any) -> None:
    until(lambda: bool(quality.current))
