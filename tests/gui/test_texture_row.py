"""The row of the style tab with the steps before and after a painting, as a user works with it."""

from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QAction, QApplication, QFileDialog, QWidget

import assets
from lapstyle.painter import Painter
from lapstyle.styles import find_style, weighted
from noise.blurs import MeanBlur
from noise.grain import FilmGrain
from noise.pipeline import STEPS_LIMIT, Pipeline
from noise.points import SaltPepper
from noise.restore import Median
from recipes.chain import paint
from recipes.preset import load_preset
from studio.parameter_controls import ParameterSlider
from studio.presets import Presets
from studio.steps_dialog import StepsDialog
from tests.gui.batches import BatchHands
from tests.gui.hands import Hands
from tests.gui.test_guide import shown_in
from tools.translations import read
from workbench.image_io import read_picture, write_picture
from workbench.picture import resized
from workbench.progress import run

SPECKS = Pipeline((SaltPepper(0.1, 0.1),), seed=7)
SOFT = Pipeline((MeanBlur(9),))
LEFT = Qt.MouseButton.LeftButton


def dialog_of(hands: Hands) -> StepsDialog:
    (dialog,) = [each for each in hands.window.findChildren(StepsDialog) if each.isVisible()]
    return dialog


def add_by_menu(dialog: StepsDialog, title: str) -> None:
    next(action for action in dialog.editor.menu.actions() if action.text() == title).trigger()


def test_grain_is_one_click_and_is_in_the_file(
    hands: Hands, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands.choose("great-wave")
    hands.open(photo)
    plain = hands.wait_for_whole()
    row = hands.tab.panel.texture
    hands.qtbot.mouseClick(row.grain_button, LEFT)
    hands.wait(lambda: hands.tab.session.painted is None)
    grainy = hands.wait_for_whole()
    assert [step.name for step in grainy.look.after.steps] == ["film-grain"]
    assert (grainy.picture.pixels != plain.picture.pixels).any()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "grain.png"), ""))
    hands.tab.save_button.click()
    hands.wait((tmp_path / "grain.png").exists)
    style = weighted([(find_style("great-wave"), 1.0)])
    look = grainy.look
    chain = run(paint(Painter(cache=None), read_picture(photo), style, look.settings, look.before, look.after, None))
    assert np.array_equal(read_picture(tmp_path / "grain.png").pixels, chain.pixels)
    hands.qtbot.mouseClick(row.grain_button, LEFT)
    assert hands.tab.look.after.steps == ()


def test_the_dialog_edits_live_and_follows_undo(hands: Hands, photo: Path) -> None:
    hands.open(photo)
    first = hands.wait_for_whole()
    row = hands.tab.panel.texture
    hands.qtbot.mouseClick(row.before_button, LEFT)
    dialog = dialog_of(hands)
    assert dialog.windowTitle() == "Before painting"
    assert not dialog.clear_button.isEnabled()
    add_by_menu(dialog, "Mean blur")
    size = dialog.editor.cards[0].controls["size"]
    assert isinstance(size, ParameterSlider)
    QApplication.processEvents()
    size.number.selectAll()
    hands.qtbot.keyClicks(size.number, "9")
    hands.qtbot.keyClick(size.number, Qt.Key.Key_Return)
    hands.wait(lambda: hands.tab.session.painted is None)
    blurred = hands.wait_for_whole()
    assert blurred.look.before == SOFT
    assert (blurred.picture.pixels != first.picture.pixels).any()
    assert row.before_button.text() == "Before (1)"
    undo = Qt.KeyboardModifier.ControlModifier
    hands.qtbot.keyClick(size.number, Qt.Key.Key_Z, undo)
    assert dialog.editor.pipeline == Pipeline((MeanBlur(),))
    assert dialog.editor.cards[0].controls["size"] is size
    hands.qtbot.keyClick(size.number, Qt.Key.Key_Z, undo)
    assert dialog.editor.pipeline == Pipeline()
    for _ in range(2):
        hands.tab.undo.redo_action.trigger()
    assert dialog.editor.pipeline == SOFT
    hands.qtbot.mouseClick(dialog.clear_button, LEFT)
    assert hands.tab.look.before == Pipeline()
    hands.qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_a_preset_keeps_steps(hands: Hands, tmp_path: Path) -> None:
    hands.tab.panel.set_steps(SOFT, SPECKS)
    look = hands.tab.look
    path = Presets(tmp_path / "presets").save("grainy", look)
    assert load_preset(path).after == SPECKS
    hands.tab.panel.set_steps(Pipeline(), Pipeline())
    hands.drop_files(path)
    hands.wait(lambda: hands.tab.look == look)


def test_keys_reach_all_of_it(hands: Hands) -> None:
    row = hands.tab.panel.texture
    for widget in (row.before_button, row.after_button, row.grain_button):
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert widget.accessibleName()
        assert widget.toolTip()
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    hands.qtbot.keyClick(hands.window, Qt.Key.Key_A, keys)
    assert dialog_of(hands).windowTitle() == "After painting"
    hands.qtbot.keyClick(hands.window, Qt.Key.Key_G, keys)
    assert row.grain_button.isChecked()
    grain = row.actions_shown[2]
    assert grain.isChecked()
    assert grain in hands.window.findChildren(QAction)
    assert "Film grain" in row.after_button.toolTip()


def test_grain_takes_no_step_away(hands: Hands) -> None:
    row = hands.tab.panel.texture
    hands.tab.panel.set_steps(Pipeline(), Pipeline((MeanBlur(9),) * STEPS_LIMIT))
    assert not row.grain_button.isEnabled()
    hands.tab.panel.set_steps(Pipeline(), Pipeline((MeanBlur(9), FilmGrain(20.0), MeanBlur(3)), seed=5))
    hands.qtbot.mouseClick(row.grain_button, LEFT)
    assert hands.tab.look.after == Pipeline((MeanBlur(9), MeanBlur(3)), seed=5)
    hands.qtbot.mouseClick(row.grain_button, LEFT)
    assert hands.tab.look.after == Pipeline((MeanBlur(9), MeanBlur(3), FilmGrain()), seed=5)


def test_both_windows_are_kept_apart_and_leave_with_the_main_one(hands: Hands) -> None:
    row = hands.tab.panel.texture
    before, after = row.open("before"), row.open("after")
    add_by_menu(before, "Median")
    add_by_menu(after, "Film grain")
    assert (hands.tab.look.before, hands.tab.look.after) == (Pipeline((Median(),)), Pipeline((FilmGrain(),)))
    assert row.grain_button.isChecked()
    assert row.open("before") is before
    hands.tab.hide()
    assert not before.isVisible()
    assert not after.isVisible()


def test_a_small_screen_has_room_for_the_row(hands: Hands) -> None:
    """The least that is left to a window on a screen of 1280 x 720."""
    hands.choose("great-wave", "poppies", "cottages-at-auvers", "spring", "lion")
    hands.tab.panel.set_steps(SOFT, SPECKS)
    hands.window.resize(1280, 640)
    QApplication.processEvents()
    assert hands.window.height() == 640
    assert hands.tab.gallery.view.height() > 60
    row = hands.tab.panel.texture
    for button in (row.before_button, row.after_button, row.grain_button):
        text = button.fontMetrics().horizontalAdvance(button.text())
        assert text + 6 <= button.width()


def test_no_english_is_left_in_the_chinese_dialog(hands: Hands) -> None:
    hands.tab.panel.set_steps(SOFT, SPECKS)
    dialogs: list[QWidget] = [hands.tab.panel.texture.open("before"), hands.tab.panel.texture.open("after")]
    translations = [texts for context, texts in read("zh_CN").items() if context not in ("Paintings", "Remarks")]
    english = {source for texts in translations for source, text in texts.items() if source != text}
    assert english & {text for dialog in dialogs for text in shown_in(dialog)} >= {"Close", "Before painting"}
    hands.window.use_language("zh_CN")
    hands.wait(lambda: "关闭" in set(shown_in(dialogs[0])))
    assert english & {text for dialog in dialogs for text in shown_in(dialog)} == set()


def test_a_batch_paints_with_them(hands: Hands, tmp_path: Path) -> None:
    hands.choose("great-wave")
    row = hands.tab.panel.texture
    add_by_menu(row.open("before"), "Median")
    add_by_menu(row.open("after"), "Mean blur")
    (folder := tmp_path / "holiday").mkdir()
    small = resized(read_picture(assets.path("samples/cat.jpg")), 128)
    write_picture(small, folder / "cat.png")
    batch = BatchHands(hands, folder)
    batch.press("Paint 1 photo")
    batch.wait_for_end()
    (name,) = batch.results
    style, look = weighted([(find_style("great-wave"), 1.0)]), hands.tab.look
    assert (look.before, look.after) == (Pipeline((Median(),)), Pipeline((MeanBlur(),)))
    chain = run(paint(Painter(cache=None), small, style, look.settings, look.before, look.after, None))
    assert np.array_equal(read_picture(batch.window.form.output_folder / name).pixels, chain.pixels)
