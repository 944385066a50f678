"""The settings, and the theme that follows the system."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt5.QtCore import QEvent, Qt
from PyQt5.QtGui import QPalette
from PyQt5.QtWidgets import QApplication, QComboBox, QDialogButtonBox, QFileDialog

import assets
from studio import theme
from studio.main_window import MainWindow
from studio.preferences import PREVIEW_SIZES
from studio.settings_dialog import SettingsDialog
from studio.system_theme import THEME_CHANGE
from tests.gui.hands import Hands
from workbench.errors import DeviceMissing


def settings(hands: Hands) -> SettingsDialog:
    hands.window.settings.trigger()
    dialog = hands.window.findChildren(SettingsDialog)[-1]
    hands.wait(lambda: dialog.facts.text() != "Looking…")
    return dialog


def accept(dialog: SettingsDialog) -> None:
    dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).click()


def pick(box: QComboBox, value: str) -> None:
    box.setCurrentIndex(box.findData(value))


def test_it_says_what_paints(hands: Hands) -> None:
    dialog = settings(hands)
    engine = hands.tab.session.jobs.painter("preview").engine
    assert f"{engine.name} on {engine.device}, threads: {engine.threads}" in dialog.facts.text()
    assert engine.checkpoint.path.name in dialog.facts.text()
    dialog.reject()


def test_a_missing_device_is_not_offered(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    from lapstyle import engine

    real = engine.choose_engine

    def choose(checkpoint: object, device: str, *more: object) -> object:
        if device == "gpu":
            raise DeviceMissing(device="GPU", reason="the driver is on holiday")
        return real(checkpoint, "cpu", *more)

    monkeypatch.setattr(engine, "choose_engine", choose)
    dialog = settings(hands)
    assert "the driver is on holiday" in dialog.facts.text()
    item = dialog.device.model().item(dialog.device.findData("gpu"))
    assert not item.isEnabled()
    dialog.reject()


def test_threads_apply_at_once_and_come_back(
    hands: Hands, photo: Path, open_window: Callable[[], MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    hands.open(photo)
    first = hands.wait_for_whole()
    dialog = settings(hands)
    dialog.threads.setValue(1)
    pick(dialog.device, "cpu")
    hands.wait(lambda: "threads: 1" in dialog.facts.text())
    accept(dialog)
    hands.wait(lambda: hands.tab.session.painted not in (None, first))
    assert hands.tab.session.jobs.painter("preview").engine.threads == 1
    hands.window.close()
    again = Hands(open_window(), hands.qtbot)
    assert again.tab.session.jobs.painter("preview").engine.threads == 1


def test_nothing_changes_when_it_is_cancelled(hands: Hands) -> None:
    dialog = settings(hands)
    dialog.threads.setValue(3)
    pick(dialog.theme, "dark")
    dialog.reject()
    assert hands.window.services.preferences.threads is None
    assert hands.window.services.preferences.theme == "system"
    assert settings(hands).threads.value() == 0


def test_theme_language_preview_and_folder(hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    dialog = settings(hands)
    pick(dialog.theme, "dark")
    pick(dialog.language, "zh_CN")
    pick(dialog.preview, "small")
    dialog.folder_button.click()
    accept(dialog)
    assert hands.window.palette().color(QPalette.ColorRole.Window).lightness() < 60
    assert hands.window.theme_actions["dark"].isChecked()
    hands.wait(lambda: hands.tab.save_button.text() == "保存图片")
    assert hands.window.services.preferences.folder == tmp_path
    assert hands.window.services.preferences.save_folder == tmp_path
    hands.window.use_language("en")
    hands.window.use_theme("light")
    hands.open(assets.path("samples/mountains.jpg"))
    photo = hands.tab.session.photo
    assert photo is not None
    assert photo.preview.width * photo.preview.height == pytest.approx(PREVIEW_SIZES["small"], rel=0.01)


def test_every_field_has_a_name_and_a_tip(hands: Hands) -> None:
    dialog = settings(hands)
    fields = [dialog.device, dialog.threads, dialog.preview, dialog.folder, dialog.folder_button, dialog.language]
    for field in [*fields, dialog.theme]:
        assert field.accessibleName()
        assert field.toolTip()
        assert field.focusPolicy() & Qt.FocusPolicy.TabFocus
    dialog.reject()


def test_the_theme_follows_the_system_while_the_window_is_open(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    dark = True
    monkeypatch.setattr(theme, "system_is_dark", lambda _palette: dark)

    def told() -> None:
        QApplication.sendEvent(hands.window, QEvent(QEvent.Type(THEME_CHANGE)))

    def lightness() -> int:
        return hands.window.palette().color(QPalette.ColorRole.Window).lightness()

    hands.window.use_theme("light")
    told()
    hands.qtbot.wait(250)
    assert lightness() > 200  # the user's choice stays
    hands.window.use_theme("system")
    hands.wait(lambda: lightness() < 60)
    dark = False
    told()
    hands.wait(lambda: lightness() > 200)
