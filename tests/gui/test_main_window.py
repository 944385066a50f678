"""The window itself: what comes back, what it says, and that everything can be reached and is named."""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtGui import QPalette
from PyQt5.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QMenuBar,
    QScrollBar,
    QTabBar,
    QWidget,
)

from studio import logs, translation
from studio.main_window import MainWindow
from tests.gui.hands import Hands

CONTROLS = (QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QLineEdit)


def controls(window: MainWindow) -> Iterator[QWidget]:
    """What a user can work with; not the parts that Qt builds its own controls from."""
    lists = [box.view() for box in window.findChildren(QComboBox)]
    for widget in window.findChildren(QWidget):
        inner = isinstance(widget.parent(), QAbstractSpinBox | QLineEdit | QTabBar | QMenuBar) or widget in lists
        if isinstance(widget, CONTROLS) and not isinstance(widget, QScrollBar) and not inner:
            yield widget


def test_everything_comes_back_at_the_next_start(open_window: Callable[[], MainWindow], hands: Hands) -> None:
    hands.window.resize(1000, 700)
    hands.window.use_theme("dark")
    hands.choose("poppies", "starry-night")
    panel = hands.tab.panel
    panel.weights["starry-night"].set_value(20)
    panel.strength.set_value(65)
    panel.stroke.set_value("broad")
    panel.detail.set_value(140)
    panel.color.set_value(30)
    hands.tab.splitter.setSizes([600, 399])
    sizes = hands.tab.splitter.sizes()
    look = hands.tab.look
    hands.window.close()
    again = Hands(open_window(), hands.qtbot)
    assert again.tab.look == look
    assert again.tab.look.styles[1][1] == 20
    assert again.window.size() == hands.window.size()
    assert again.tab.splitter.sizes() == sizes
    assert again.window.theme_actions["dark"].isChecked()
    again.window.use_theme("light")


def test_spoiled_preferences_are_ignored(open_window: Callable[[], MainWindow], hands: Hands, tmp_path: Path) -> None:
    preferences = hands.window.services.preferences
    hands.window.close()
    preferences.set_data("look", {"settings": {"strength": 7}, "styles": [["nowhere", "x"]]})
    preferences.set_text("recent", "{")
    preferences.set_text("geometry", "not a geometry")
    preferences.set_text("theme", "plaid")
    preferences.save()
    again = Hands(open_window(), hands.qtbot)
    assert again.tab.look.settings.strength == 1
    assert again.window.services.preferences.recent == []
    assert again.window.theme_actions["system"].isChecked()


def test_every_control_has_a_name_a_tip_and_can_be_reached(hands: Hands) -> None:
    hands.choose("poppies", "great-wave")
    hands.window.message_bar.show_text("something")
    seen = 0
    for widget in controls(hands.window):
        name = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
        assert name, f"{widget} has no name"
        if not isinstance(widget, QAbstractItemView):
            assert widget.toolTip(), f"{name} has no tip"
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus, f"{name} cannot be reached by Tab"
        seen += 1
    assert seen > 15


def test_tab_goes_round_from_the_gallery_to_the_button_that_saves(hands: Hands, photo: Path) -> None:
    hands.open(photo)
    hands.tab.gallery.search.setFocus()
    order = []
    for _ in range(40):
        order.append(QApplication.focusWidget())
        hands.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    panel = hands.tab.panel
    expected: list[QWidget] = [
        hands.tab.gallery.search, hands.tab.gallery.add_button, hands.tab.gallery.view, panel.strength.slider,
        panel.stroke.slider, panel.detail.slider, panel.color.slider, hands.tab.save_button,
    ]  # fmt: skip
    places = [order.index(widget) for widget in expected]
    assert places == sorted(places)


def test_every_menu_command_has_words_and_no_shortcut_is_given_twice(hands: Hands) -> None:
    actions = [action for menu in hands.window.menus.values() for action in menu.actions() if not action.isSeparator()]
    assert all(action.text() for action in actions)
    keys = [action.shortcut().toString() for action in set(actions) if not action.shortcut().isEmpty()]
    assert len(keys) == len(set(keys))
    assert "Ctrl+S" in keys


def test_themes_change_the_colours_at_once(hands: Hands) -> None:
    lightness = []
    for theme in ("light", "dark"):
        hands.window.theme_actions[theme].trigger()
        lightness.append(hands.window.palette().color(QPalette.ColorRole.Window).lightness())
        assert hands.window.services.preferences.theme == theme
    assert lightness[0] > 200
    assert lightness[1] < 60
    assert hands.screen(hands.window).mean() < 100
    hands.window.theme_actions["light"].trigger()


def test_the_language_switches_at_once_and_back(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    words = {
        "MainWindow": {"&File": "文件(&F)"},
        "PictureTab": {"Save picture": "保存图片"},
        "LookPanel": {"Strength": "强度"},
        "Errors": {"{path} does not exist. Check the name and try again.": "找不到 {path}。"},
    }
    monkeypatch.setattr(translation, "read_language", lambda _: words)
    hands.drop_files(Path("nowhere.jpg"))
    english = hands.message()

    def seen() -> list[str]:
        return [
            hands.window.menus["file"].title(),
            hands.tab.save_button.text(),
            hands.tab.panel.strength.slider.accessibleName(),
            hands.window.message_bar.text.text(),
        ]

    hands.window.use_language("zh_CN")
    hands.wait(lambda: seen()[:3] == ["文件(&F)", "保存图片", "强度"])
    assert seen()[3].startswith("找不到")
    assert "nowhere.jpg" in seen()[3]
    hands.window.use_language("en")
    hands.wait(lambda: seen() == ["&File", "Save picture", "Strength", english])


@pytest.fixture
def uncaught(hands: Hands) -> Iterator[logs.UncaughtExceptions]:
    made = logs.UncaughtExceptions()
    made.caught.connect(hands.window.services.messages.failed)
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    made.install()
    yield made
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks


def fail() -> None:
    raise LookupError("nobody expected this")


def test_what_another_thread_did_not_catch_is_logged_and_told(
    hands: Hands, uncaught: logs.UncaughtExceptions, caplog: pytest.LogCaptureFixture
) -> None:
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert hands.message().startswith("Something went wrong")
    assert any(record.exc_info and "nobody expected" in str(record.exc_info[1]) for record in caplog.records)


def test_what_a_slot_did_not_catch_is_told_and_the_window_lives_on(
    hands: Hands, uncaught: logs.UncaughtExceptions, photo: Path
) -> None:
    # As PyQt5 does when a slot raises; through a slot, pytest-qt would take it for this test's own.
    try:
        fail()
    except LookupError as error:
        sys.excepthook(LookupError, error, error.__traceback__)
    assert hands.message().startswith("Something went wrong")
    hands.open(photo)
    assert hands.wait_for_whole()


def test_the_log_is_a_file_that_does_not_grow_for_ever(tmp_path: Path) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        path = logs.start_log(tmp_path / "log")
        assert path is not None
        for _ in range(60):
            logging.getLogger("studio").error("x" * 50_000)
        assert "x" * 100 in path.read_text(encoding="utf-8")
        assert sum(file.stat().st_size for file in path.parent.iterdir()) < 4_500_000
        (tmp_path / "file").write_text("in the way")
        assert logs.start_log(tmp_path / "file" / "log") is None
    finally:
        root.handlers, root.level = handlers, level


def test_help_names_shortcuts_and_versions(hands: Hands) -> None:
    hands.window.shortcuts.trigger()
    hands.window.about.trigger()
    words = " ".join(
        label.text() for dialog in hands.window.findChildren(QDialog) for label in dialog.findChildren(QWidget)
        if hasattr(label, "text")
    )  # fmt: skip
    assert "Ctrl+O" in words
    assert "Open photo" in words
    assert "Lucide" in words
    assert "PyQt 5" in words


def test_the_window_shows_before_anything_heavy_is_loaded() -> None:
    script = """
import json, sys
from PyQt5.QtCore import QTimer
from studio.app import make_application, make_window
application = make_application([])
window = make_window(application)
window.show()
application.processEvents()
print(json.dumps([name for name in ("onnxruntime", "cv2", "paddle", "lapstyle.painter") if name in sys.modules]))
window.close()
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    loaded = json.loads(done.stdout.splitlines()[-1])
    assert "onnxruntime" not in loaded
    assert "paddle" not in loaded
    assert "lapstyle.painter" not in loaded


def test_the_photo_shows_while_its_key_is_held(hands: Hands, photo: Path) -> None:
    hands.open(photo)
    hands.wait_for_whole()
    painted = hands.screen()
    hands.qtbot.keyPress(hands.tab, Qt.Key.Key_O)
    held = hands.screen()
    hands.qtbot.keyRelease(hands.tab, Qt.Key.Key_O)
    assert (held != painted).any()
    assert (hands.screen() == painted).all()
    hands.tab.viewer.compare.trigger()
    assert hands.tab.viewer.view.divider == 0.5
    assert (hands.screen() != painted).any()
