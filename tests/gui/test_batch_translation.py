"""The batch window with a model of the CycleGAN tab."""

from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtWidgets import QFileDialog

import assets
from cyclegan.translation import TranslationSettings
from cyclegan.translator import Translator
from recipes.translation_batch import TranslationBatch
from studio import cyclegan_tab
from studio.batch_plan import BatchPlan
from studio.batch_translation import TranslationKind, TranslationRecipe
from studio.cyclegan_tab import CycleGanTab
from studio.translation_look import TranslationLook
from tests.generators import write_generators
from tests.gui.batches import BatchHands
from tests.gui.hands import Hands
from workbench.entries import State
from workbench.errors import StudioError
from workbench.image_io import read_picture, write_picture
from workbench.picture import resized
from workbench.progress import run


@pytest.fixture
def holiday(tmp_path: Path) -> Path:
    """A folder with a small picture and a broken one."""
    (folder := tmp_path / "holiday").mkdir()
    write_picture(resized(read_picture(assets.path("samples/cat.jpg")), 96), folder / "cat.png")
    (folder / "bad.jpg").write_text("junk")
    return folder


@pytest.fixture
def both_ways(tmp_path: Path) -> Path:
    return write_generators(tmp_path / "zebra.safetensors", "ab", "ba")


@pytest.fixture
def tab(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> CycleGanTab:
    """The tab in front, without what ships."""
    monkeypatch.setattr(cyclegan_tab, "models", list)
    tab = next(tab for tab in hands.window.tabs if isinstance(tab, CycleGanTab))
    tab.cards.set_choices([])
    hands.window.book.setCurrentWidget(tab)
    return tab


def test_a_folder_dropped_on_the_tab_is_translated(
    hands: Hands, tab: CycleGanTab, holiday: Path, both_ways: Path, tmp_path: Path
) -> None:
    tab.load_checkpoint(both_ways)
    hands.wait(lambda: tab.cards.choice is not None)
    tab.panel.swap.trigger()
    tab.panel.strength.set_value(60)
    batch = BatchHands(hands, holiday)
    assert batch.window.windowTitle() == "Batch: translate"
    assert batch.window.form.output_folder == holiday.with_name("holiday translated")
    assert batch.window.form.recipes.currentText() == "As set in the window: zebra.safetensors, backward"
    batch.press("Process 2 photos")
    batch.wait_for_end()
    assert batch.states == {"bad.jpg": State.FAILED, "cat.png": State.DONE}
    by_the_library = tmp_path / "by the library"
    translator, settings = Translator(both_ways, "backward"), TranslationSettings(strength=0.6)
    run(TranslationBatch(holiday, by_the_library, translator=translator, settings=settings).run())
    written = read_picture(batch.window.form.output_folder / "cat.png").pixels
    assert np.array_equal(written, read_picture(by_the_library / "cat.png").pixels)
    assert (written != read_picture(holiday / "cat.png").pixels).any()


def test_without_a_model_there_is_nothing_to_start(
    hands: Hands, tab: CycleGanTab, holiday: Path, both_ways: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = BatchHands(hands, holiday)
    assert not batch.window.start.isEnabled()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(both_ways), ""))
    batch.press("Preset…")
    hands.wait(batch.window.start.isEnabled)
    assert batch.window.form.recipes.currentText() == "Preset zebra: zebra.safetensors"


class TestRecipe:
    def test_a_plan_comes_back_from_its_json(self, tmp_path: Path) -> None:
        recipe = TranslationRecipe("zebra.pth", "backward", TranslationSettings(None, 0.5, 0.7))
        plan = BatchPlan((tmp_path,), tmp_path / "out", recipe)
        kind = TranslationKind(TranslationLook)
        assert BatchPlan.from_dict(plan.to_dict(), [kind]) == plan
        damaged = plan.to_dict() | {"direction": "sideways"}
        assert BatchPlan.from_dict(damaged, [kind]) is None

    def test_a_file_that_is_no_generator_is_no_preset(self, tmp_path: Path) -> None:
        (junk := tmp_path / "junk.pth").write_bytes(b"no network")
        with pytest.raises(StudioError):
            TranslationKind(TranslationLook).read_preset(junk)

    def test_no_model_is_nothing_to_do(self) -> None:
        assert not TranslationKind(TranslationLook).now().complete
