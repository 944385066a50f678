"""The real window on a screen that is not there."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import numpy as np
import pytest
from PyQt5.QtCore import QCoreApplication, QEvent, QSettings
from PyQt5.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

import assets
from studio.app import make_window
from studio.main_window import MainWindow
from studio.own_styles import OwnStyles
from studio.preferences import Preferences
from tests.gui.hands import Hands
from tests.gui.noising import NoiseHands
from workbench.image_io import read_picture, write_picture
from workbench.picture import Picture, resized


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    return ["lapstyle-studio"]


@pytest.fixture(autouse=True)
def no_packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test installs is not there in the next; and which packs ship is nothing that others depend on."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for module in ("studio.style_choice", "lapstyle.pack_shelf"):
        monkeypatch.setattr(f"{module}.shipped_packs", tuple)


@pytest.fixture
def open_window(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[[], MainWindow]]:
    """Opens the window, as often as wanted; each finds what the one before left."""
    windows: list[MainWindow] = []

    def open_one() -> MainWindow:
        preferences = Preferences(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
        window = make_window(qapp, preferences, OwnStyles(tmp_path / "own styles"))
        windows.append(window)
        window.show()
        qtbot.waitExposed(window)
        return window

    yield open_one
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Yes)
        for window in windows:
            window.use_language("en")
            window.close()
            window.deleteLater()
    for _ in range(3):  # windows delete windows of their own: none may live, and warn, into the next test
        qapp.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def hands(open_window: Callable[[], MainWindow], qtbot: QtBot) -> Hands:
    """A window and what a user can do with it."""
    return Hands(open_window(), qtbot)


@pytest.fixture
def noise(hands: Hands) -> NoiseHands:
    return NoiseHands(hands)


@pytest.fixture
def large_photo(tmp_path: Path) -> Path:
    """1.7 megapixels: more than a preview, and its painting takes long enough to be interrupted."""
    picture = resized(read_picture(assets.path("samples/mountains.jpg")), 1500)
    write_picture(picture, path := tmp_path / "large.jpg")
    return path


@pytest.fixture
def painting(tmp_path: Path) -> Path:
    """A painting of the user's own: red and green stripes, 80 x 64 px."""
    pixels = np.zeros((64, 80, 3), np.uint8)
    pixels[::2, :, 0] = 220
    pixels[1::2, :, 1] = 200
    write_picture(Picture(pixels), path := tmp_path / "Streifen ß.png")
    return path
