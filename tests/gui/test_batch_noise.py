"""The batch window with steps of noise and blur, beside the one that paints."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QFileDialog

import assets
from noise.blurs import MeanBlur
from noise.pipeline import Pipeline
from noise.points import SaltPepper
from recipes.noise_batch import NoiseBatch
from studio import main_window
from studio.batch_kind import BatchKind
from studio.batch_noise import NoiseKind
from studio.main_window import MainWindow
from studio.services import Services
from studio.style_tab import StyleTab
from studio.tab import Tab
from studio.teach_tab import TeachTab
from tests.gui.batches import BatchHands, slow_photo, the_window
from tests.gui.hands import Hands
from tests.gui.test_guide import shown_in
from tools.translations import read
from workbench.entries import State
from workbench.image_io import read_picture, write_picture
from workbench.picture import resized
from workbench.progress import run

SPECKS = Pipeline((SaltPepper(0.1, 0.1), MeanBlur(4)), seed=7)
LACK = "There are no steps yet. Add some in the main window, or take those of a preset."


class StepsTab(Tab):
    """A tab with steps, but nothing to see.

    Attributes:
        pipeline: the steps.
    """

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self.pipeline = SPECKS
        self.kind = NoiseKind(lambda: self.pipeline)

    def title(self) -> str:
        return "Steps"

    @property
    def batch(self) -> BatchKind:
        return self.kind


@pytest.fixture(autouse=True)
def _two_tabs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main_window, "TABS", (StyleTab, StepsTab, TeachTab))


@pytest.fixture
def holiday(tmp_path: Path) -> Path:
    """A folder with two small pictures, one of them deep, and a broken one."""
    folder = tmp_path / "holiday"
    folder.mkdir()
    small = resized(read_picture(assets.path("samples/cat.jpg")), 96)
    write_picture(small, folder / "cat.png")
    deep = small.pixels.astype(np.uint16) * 257
    write_picture(type(small)(deep), folder / "deep.tiff")
    (folder / "bad.jpg").write_text("junk")
    return folder


def in_front(hands: Hands) -> None:
    """Bring the tab with the steps to the front."""
    hands.window.book.setCurrentIndex(1)


def press_ctrl_b(hands: Hands) -> None:
    """In the main window."""
    hands.window.activateWindow()
    hands.wait(hands.window.isActiveWindow)
    hands.qtbot.keyClick(hands.window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)


def expected(holiday: Path, folder: Path) -> dict[str, bytes]:
    """What the library writes."""
    run(NoiseBatch(holiday, folder, pipeline=SPECKS).run())
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name[0] != "."}


def test_a_folder_dropped_on_the_tab_goes_through_its_steps(hands: Hands, holiday: Path, tmp_path: Path) -> None:
    in_front(hands)
    batch = BatchHands(hands, holiday)
    assert batch.window.windowTitle() == "Batch: noise and blur"
    assert batch.window.form.output_folder == holiday.with_name("holiday processed")
    assert batch.window.form.recipes.currentText() == "As set in the window: Salt and pepper, Mean blur"
    batch.press("Process 3 photos")
    batch.wait_for_end()
    assert batch.states == {"bad.jpg": State.FAILED, "cat.png": State.DONE, "deep.tiff": State.DONE}
    folder = batch.window.form.output_folder
    written = {name: (folder / name).read_bytes() for name in batch.results}
    assert written == expected(holiday, tmp_path / "by the library")
    assert set(written) == {"cat.png", "deep.tiff"}
    assert read_picture(folder / "deep.tiff").pixels.dtype == np.uint16


def test_the_tab_in_front_decides_what_the_window_does(hands: Hands, holiday: Path) -> None:
    hands.choose("poppies")
    batch = BatchHands(hands, holiday)
    form = batch.window.form
    form.pattern.setText("{stem} in {style}")
    assert batch.window.windowTitle() == "Batch: paint"
    assert batch.window.start.text() == "&Paint 3 photos"
    in_front(hands)
    press_ctrl_b(hands)
    assert batch.window.start.text() == "&Process 3 photos"
    assert form.pattern.text() == "{stem}"
    assert form.output_folder == holiday.with_name("holiday processed")
    assert form.plan is not None
    assert form.plan.recipe.kind == "noise"
    form.pattern.setText("{stem} {style}")
    assert "salt-pepper+mean-blur" in form.example.text()
    hands.window.book.setCurrentIndex(0)
    press_ctrl_b(hands)
    assert batch.window.start.text() == "&Paint 3 photos"
    assert "Poppies" in form.recipes.currentText()


def test_without_steps_it_says_so_until_there_are_some(hands: Hands, holiday: Path) -> None:
    in_front(hands)
    tab = hands.window.tab
    assert isinstance(tab, StepsTab)
    tab.pipeline = Pipeline()
    batch = BatchHands(hands, holiday)
    form = batch.window.form
    assert (form.lack.isVisible(), form.lack.text()) == (True, LACK)
    assert not batch.window.start.isEnabled()
    tab.pipeline = SPECKS
    press_ctrl_b(hands)
    assert not form.lack.isVisible()
    assert form.recipes.currentText() == "As set in the window: Salt and pepper, Mean blur"
    batch.press("Process 3 photos")
    batch.wait_for_end()
    assert batch.states["cat.png"] == State.DONE


def test_steps_from_a_file(hands: Hands, holiday: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (path := tmp_path / "soft.json").write_text(json.dumps(Pipeline((MeanBlur(20),)).to_dict()))
    (wrong := tmp_path / "wrong.json").write_text('{"version": 1, "steps": [{"step": "nothing"}]}')
    answers = [str(path), str(wrong)]
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (answers.pop(0), ""))
    in_front(hands)
    batch = BatchHands(hands, holiday)
    batch.press("Preset…")
    plan = batch.window.form.plan
    assert plan is not None
    assert plan.recipe.to_dict()["pipeline"]["steps"] == [{"step": "mean-blur", "size": 20}]
    batch.press("Preset…")
    assert "wrong.json" in batch.window.message_bar.text.text()
    assert batch.window.form.plan == plan


def test_an_unfinished_batch_of_steps_goes_on_at_the_next_start(
    hands: Hands, open_window: Callable[[], MainWindow], holiday: Path, tmp_path: Path
) -> None:
    in_front(hands)
    (holiday / "bad.jpg").unlink()
    batch = BatchHands(hands, holiday, slow_photo(tmp_path))
    batch.press("Process 3 photos")
    kept = hands.window.services.preferences.data("unfinished batch")
    assert kept["kind"] == "noise"
    batch.window.run.stop()
    hands.wait(lambda: not batch.window.run.running)
    hands.window.services.preferences.set_data("unfinished batch", kept)  # as if it had not come to its end
    hands.window.close()
    again = Hands(open_window(), hands.qtbot)
    assert "was not finished" in again.message()
    hands.qtbot.mouseClick(again.window.message_bar.offer_button, Qt.MouseButton.LeftButton)
    window = the_window(again)
    again.wait(lambda: not window.run.running and bool(window.run.counts))
    assert {entry.state for entry in window.model.entries} <= {State.DONE, State.SKIPPED}
    assert window.windowTitle() == "Batch: noise and blur"
    assert window.form.plan is not None
    assert window.form.plan.recipe.to_dict()["pipeline"] == SPECKS.to_dict()


def test_no_english_is_left_in_the_chinese_window_of_steps(hands: Hands, holiday: Path) -> None:
    in_front(hands)
    batch = BatchHands(hands, holiday)
    translations = [texts for context, texts in read("zh_CN").items() if context not in ("Paintings", "Remarks")]
    english = {source for texts in translations for source, text in texts.items() if source != text}
    assert "S&teps" in set(shown_in(batch.window))
    hands.window.use_language("zh_CN")
    hands.wait(lambda: "步骤(&T)" in set(shown_in(batch.window)))
    assert english & set(shown_in(batch.window)) == set()
    assert batch.window.form.recipes.currentText().startswith("使用窗口中的设置：")
    assert batch.window.start.text() == "处理 3 张照片(&P)"
