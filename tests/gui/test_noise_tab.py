"""The tab for noise, blur and restoration, as a user works with it."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QFileDialog, QMessageBox

import assets
from noise.blurs import MeanBlur
from noise.grain import FilmGrain
from noise.measure import compare, histogram
from noise.pipeline import Pipeline
from noise.points import SaltPepper
from noise.restore import NonLocalMeans
from recipes.pipeline_file import load_pipeline, save_pipeline
from studio.main_window import MainWindow
from studio.noise_tab import NoiseTab
from studio.steps_menu import recipes
from tests.gui.batches import BatchHands
from tests.gui.noising import NoiseHands, expected
from tests.gui.test_guide import shown_in
from tests.picture_files import deep_photo, ramp
from tools.translations import read
from workbench.image_io import Picture, read_picture, write_picture

SPECKS = Pipeline((SaltPepper(0.1, 0.1), MeanBlur(4)), seed=7)
LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


def test_a_photo_and_steps_give_the_librarys_pixels(noise: NoiseHands, photo: Path) -> None:
    noise.open(photo)
    assert np.array_equal(noise.whole().picture.pixels, read_picture(photo).pixels), "no steps yet"
    before = noise.hands.screen(noise.noise.viewer.view)
    noise.add("Salt and pepper")
    noise.add("Mean blur")
    assert [step.name for step in noise.noise.editor.pipeline.steps] == ["salt-pepper", "mean-blur"]
    painted = noise.whole()
    assert np.array_equal(painted.picture.pixels, expected(photo, noise.noise.editor.pipeline))
    assert (noise.hands.screen(noise.noise.viewer.view) != before).any()
    noise.noise.editor.throw_dice()
    assert np.array_equal(noise.whole().picture.pixels, expected(photo, noise.noise.editor.pipeline))
    assert (noise.whole().picture.pixels != painted.picture.pixels).any()


def test_the_numbers_are_of_the_newest_result(noise: NoiseHands, photo: Path) -> None:
    noise.open(photo)
    panel = noise.noise.quality
    noise.hands.wait(lambda: panel.current)
    assert (panel.psnr.text(), panel.ssim.text()) == ("PSNR ∞ dB", "SSIM 1.000")
    noise.noise.set_pipeline(SPECKS)
    assert not panel.current and not panel.histogram.isEnabled(), "they fade until the new ones are there"
    noise.hands.wait(lambda: panel.current)
    original, result = read_picture(photo).pixels, expected(photo, SPECKS)
    quality = compare(original, result)
    assert (panel.psnr.text(), panel.ssim.text()) == (f"PSNR {quality.psnr:.1f} dB", f"SSIM {quality.ssim:.3f}")
    assert panel.measured is not None
    assert np.array_equal(panel.measured.before, histogram(original))
    assert np.array_equal(panel.measured.after, histogram(result))
    assert panel.isEnabled()


def test_what_is_saved_keeps_depth_and_transparency(
    noise: NoiseHands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / "tief.png"
    write_picture(Picture(deep_photo(), ramp().astype(np.uint16) * 257), deep)
    target = tmp_path / "画" / "noisy.png"
    target.parent.mkdir()
    suggested: list[str] = []

    def ask(_parent: object, _title: str, suggestion: str, *_: object) -> tuple[str, str]:
        suggested.append(Path(suggestion).name)
        return str(target), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    noise.open(deep)
    noise.noise.set_pipeline(SPECKS)
    noise.hands.qtbot.mouseClick(noise.noise.save_button, LEFT)
    noise.hands.wait(target.exists)
    saved = read_picture(target)
    assert suggested == ["tief - salt-pepper + mean-blur.png"]
    assert saved.pixels.dtype == np.uint16
    assert np.array_equal(saved.pixels, expected(deep, SPECKS))
    assert saved.alpha is not None and np.array_equal(saved.alpha, read_picture(deep).alpha)


def test_the_original_is_never_replaced(noise: NoiseHands, photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = photo.read_bytes()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(photo), ""))
    noise.open(photo)
    noise.noise.set_pipeline(SPECKS)
    noise.noise.ask_and_save()
    assert photo.name in noise.hands.message()
    assert photo.read_bytes() == content


def test_undo_takes_steps_back(noise: NoiseHands, photo: Path) -> None:
    noise.open(photo)
    tab = noise.noise
    noise.add("Film grain")
    noise.whole()
    noise.add("Median")
    noise.whole()
    assert tab.undo.undo_action.text() == "&Undo steps"
    noise.hands.qtbot.keyClick(noise.window, Qt.Key.Key_Z, CONTROL)
    assert [step.name for step in tab.editor.pipeline.steps] == ["film-grain"]
    assert np.array_equal(noise.whole().picture.pixels, expected(photo, tab.editor.pipeline))
    tab.undo.redo_action.trigger()
    assert [step.name for step in tab.editor.pipeline.steps] == ["film-grain", "median"]


def test_a_recipe_and_files_of_steps(
    noise: NoiseHands, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise.open(photo)
    tab = noise.noise
    titles = [action.text() for action in tab.menu.menu.actions() if action.text()]
    assert titles[: len(recipes())] == [title for title, _ in recipes()]
    tab.set_pipeline(Pipeline((FilmGrain(),), seed=1895))
    next(action for action in tab.menu.menu.actions() if action.text() == "Salt, pepper and blur").trigger()
    assert tab.editor.pipeline == Pipeline((SaltPepper(0.1, 0.1), MeanBlur(20)), seed=1895), "the seed stays"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "kept"), ""))
    tab.menu.save.trigger()
    noise.hands.wait((tmp_path / "kept.json").exists)
    assert load_pipeline(tmp_path / "kept.json") == tab.editor.pipeline
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.No)
    before = (tmp_path / "kept.json").read_bytes()
    tab.set_pipeline(Pipeline())
    tab.menu.save.trigger()  # "kept" is kept.json, about which the dialog could not ask
    assert (tmp_path / "kept.json").read_bytes() == before
    save_pipeline(SPECKS, tmp_path / "specks.json")
    noise.hands.drop_files(tmp_path / "specks.json", on=tab.viewer)
    noise.hands.wait(lambda: tab.editor.pipeline == SPECKS)


def test_a_file_that_holds_no_steps_is_a_sentence(noise: NoiseHands, tmp_path: Path) -> None:
    (tmp_path / "wrong.json").write_text(json.dumps({"version": 1, "steps": [{"step": "explode"}]}))
    noise.hands.drop_files(tmp_path / "wrong.json")
    assert "wrong.json" in noise.hands.message()
    assert noise.noise.editor.pipeline == Pipeline()


def test_a_broken_picture_is_a_sentence_and_the_photo_stays(noise: NoiseHands, photo: Path, tmp_path: Path) -> None:
    noise.open(photo)
    (tmp_path / "broken.jpg").write_bytes(assets.path("samples/rocket.jpg").read_bytes()[:4000])
    noise.hands.drop_files(tmp_path / "broken.jpg")
    assert "broken.jpg" in noise.hands.message()
    assert noise.noise.session.photo is not None and noise.noise.session.photo.path == photo


def test_a_dropped_folder_goes_through_the_steps(noise: NoiseHands, photo: Path, tmp_path: Path) -> None:
    (holiday := tmp_path / "holiday").mkdir()
    (holiday / "a.png").write_bytes(photo.read_bytes())
    noise.noise.set_pipeline(SPECKS)
    batch = BatchHands(noise.hands, holiday)
    assert batch.window.windowTitle() == "Batch: noise and blur"
    batch.press("Process 1 photo")
    batch.wait_for_end()
    result = read_picture(batch.window.form.output_folder / "a.png").pixels
    assert np.array_equal(result, expected(photo, SPECKS.own("a.png")))


def test_the_two_tabs_leave_each_other_alone(noise: NoiseHands, photo: Path, large_photo: Path) -> None:
    """Neither's photo, shortcuts nor jobs are the other's."""
    noise.open(photo)
    noise.noise.set_pipeline(SPECKS)
    noise.whole()
    noise.window.book.setCurrentIndex(0)
    noise.hands.open(large_photo)
    noise.window.book.setCurrentIndex(1)
    noise.add("Median")
    noise.whole()
    assert noise.hands.wait_for_whole().photo.path == large_photo
    noise.hands.qtbot.keyClick(noise.window, Qt.Key.Key_B)
    assert noise.noise.viewer.view.divider == 0.5
    assert noise.hands.tab.viewer.view.divider is None


def test_the_steps_are_there_again_at_the_next_start(open_window: Callable[[], MainWindow]) -> None:
    first = open_window()
    tab = first.tabs[1]
    assert isinstance(tab, NoiseTab)
    tab.set_pipeline(SPECKS)
    first.close()
    second = open_window().tabs[1]
    assert isinstance(second, NoiseTab)
    assert second.editor.pipeline == SPECKS


def test_closing_asks_while_something_is_not_saved(
    noise: NoiseHands, large_photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def question(_parent: object, _title: str, text: str, *_: object) -> QMessageBox.StandardButton:
        asked.append(text)
        return QMessageBox.StandardButton.No

    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "later.png"), ""))
    noise.open(large_photo)
    noise.noise.set_pipeline(Pipeline((NonLocalMeans(5.0), NonLocalMeans(6.0))))
    noise.noise.ask_and_save()
    assert noise.noise.session.saving
    with monkeypatch.context() as patch:
        patch.setattr(QMessageBox, "question", question)
        noise.window.close()
    assert noise.window.isVisible() and "not saved" in asked[0]
    noise.hands.wait((tmp_path / "later.png").exists)


def test_keys_reach_it_and_everything_has_a_name(noise: NoiseHands) -> None:
    tab = noise.noise
    for widget in (tab.menu.button, tab.editor.add_button, tab.save_button):
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert widget.accessibleName() or widget.text()
    assert tab.quality.histogram.accessibleName()
    shown = [menu for name, menu in noise.window.menus.items() if menu.menuAction().isVisible()]
    assert noise.window.menus["steps"] in shown and noise.window.menus["style"] not in shown
    noise.window.book.setCurrentIndex(0)
    assert not noise.window.menus["steps"].menuAction().isVisible()


def test_no_english_is_left_in_chinese(noise: NoiseHands, photo: Path) -> None:
    noise.open(photo)
    noise.noise.set_pipeline(SPECKS)
    noise.hands.wait(lambda: noise.noise.quality.current)
    translations = [texts for context, texts in read("zh_CN").items() if context not in ("Paintings", "Remarks")]
    english = {source for texts in translations for source, text in texts.items() if source != text}
    assert english & set(shown_in(noise.noise)) >= {"Recipes", "Add step", "Mean blur", "Save picture"}
    noise.window.use_language("zh_CN")
    noise.hands.wait(lambda: "配方" in set(shown_in(noise.noise)))
    assert english & set(shown_in(noise.noise)) == set()
