"""The CycleGAN tab, as a user works with it; the models are small and random."""

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QDialog, QFileDialog

import assets
from cyclegan.models import Direction, Model
from cyclegan.translation import TranslationSettings
from cyclegan.translator import Translator
from studio import cyclegan_tab
from studio.cyclegan_tab import CycleGanTab
from studio.export_dialog import ExportDialog
from studio.main_window import MainWindow
from studio.painting import open_photo
from studio.preferences import PREVIEW_SIZES
from studio.translation_jobs import TranslationJobs
from studio.translation_look import ModelChoice, TranslationLook
from studio.worker import single
from tests.generators import write_generators
from tests.gui.hands import Hands, PictureTabHands
from tests.gui.test_guide import shown_in
from tests.picture_files import deep_photo, ramp
from tools.translations import read
from workbench.image_io import Picture, read_picture, write_picture
from workbench.picture import resized
from workbench.progress import Cancellation, run

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NEAR = 1  # of 255: the tab's translation is rounded to 16 bits at the working size


class TranslationHands(PictureTabHands):
    """A window whose CycleGAN tab is in front."""

    def __init__(self, window: MainWindow, hands: Hands) -> None:
        super().__init__(hands, window, CycleGanTab)

    @property
    def cards(self) -> list[str]:
        return [choice.title for choice in self.tab.cards.model.choices]

    def load(self, checkpoint: Path) -> None:
        """Drop a checkpoint and wait for its card."""
        self.hands.drop_files(checkpoint, on=self.tab.viewer)
        self.hands.wait(lambda: self.tab.cards.choice is not None and self.tab.cards.choice.id == str(checkpoint))


@pytest.fixture(autouse=True)
def _no_shipped_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """What ships may change."""
    monkeypatch.setattr(cyclegan_tab, "models", list)


@pytest.fixture
def translation(hands: Hands) -> TranslationHands:
    return TranslationHands(hands.window, hands)


@pytest.fixture
def both_ways(tmp_path: Path) -> Path:
    return write_generators(tmp_path / "马 zebra.safetensors", "ab", "ba")


@pytest.fixture
def one_way(tmp_path: Path) -> Path:
    return write_generators(tmp_path / "monet.safetensors")


def expected(
    checkpoint: Path,
    photo: Path,
    settings: TranslationSettings | None = None,
    direction: Direction = "forward",
) -> np.ndarray:
    """What the library makes of a file."""
    return run(Translator(checkpoint, direction, "cpu").translate(read_picture(photo), settings)).pixels


def near(first: np.ndarray, second: np.ndarray) -> bool:
    assert first.shape == second.shape and first.dtype == second.dtype
    return int(np.abs(first.astype(int) - second.astype(int)).max()) <= NEAR


def test_a_photo_is_translated_as_by_the_library(translation: TranslationHands, photo: Path, both_ways: Path) -> None:
    translation.load(both_ways)
    translation.open(photo)
    assert near(translation.whole().picture.pixels, expected(both_ways, photo))
    translation.tab.panel.strength.set_value(40)
    translation.tab.panel.detail.set_value(150)
    wanted = TranslationSettings(640, 1.5, 0.4)
    assert near(translation.whole().picture.pixels, expected(both_ways, photo, wanted))


def test_the_direction_is_swapped_and_taken_back(translation: TranslationHands, photo: Path, both_ways: Path) -> None:
    translation.load(both_ways)
    translation.open(photo)
    forward = translation.whole().picture.pixels
    assert translation.tab.panel.way.text() == "A → B"
    translation.hands.qtbot.keyClick(translation.window, Qt.Key.Key_D, CONTROL)
    assert translation.tab.panel.way.text() == "B → A"
    backward = translation.whole().picture.pixels
    assert near(backward, expected(both_ways, photo, direction="backward"))
    assert not near(backward, forward)
    translation.hands.wait(lambda: translation.tab.undo.undo_action.text() == "&Undo direction")
    translation.hands.qtbot.keyClick(translation.window, Qt.Key.Key_Z, CONTROL)
    assert translation.tab.panel.direction == "forward"
    assert np.array_equal(translation.whole().picture.pixels, forward)


def test_a_model_of_one_direction_cannot_be_swapped(
    translation: TranslationHands, both_ways: Path, one_way: Path
) -> None:
    translation.load(both_ways)
    translation.tab.panel.swap.trigger()
    translation.load(one_way)
    assert translation.tab.panel.direction == "forward"
    assert not translation.tab.panel.swap.isEnabled()
    assert translation.cards == [one_way.name, both_ways.name]


def test_what_is_no_generator_is_refused_in_a_sentence(translation: TranslationHands, tmp_path: Path) -> None:
    (junk := tmp_path / "junk.pth").write_bytes(b"no network")
    translation.hands.drop_files(junk, on=translation.tab.viewer)
    assert str(junk) in translation.hands.message()
    assert translation.cards == []
    assert translation.tab.cards.empty.isVisible()


def test_without_a_model_the_photo_stays_as_it_is(translation: TranslationHands, photo: Path) -> None:
    translation.open(photo)
    assert np.array_equal(translation.whole().picture.pixels, read_picture(photo).pixels)
    assert not translation.tab.panel.isEnabled()


def test_a_file_written_anew_is_translated_anew(translation: TranslationHands, photo: Path, one_way: Path) -> None:
    translation.load(one_way)
    translation.open(photo)
    before = translation.whole().picture.pixels
    write_generators(one_way, "ab", "ba")
    translation.tab.training.model_ready.emit(one_way)
    translation.hands.wait(translation.tab.panel.swap.isEnabled)
    assert len(translation.cards) == 1
    translation.tab.panel.swap.trigger()
    after = translation.whole().picture.pixels
    assert near(after, expected(one_way, photo, direction="backward"))
    assert not near(after, before)


def test_delete_takes_a_checkpoint_away(translation: TranslationHands, both_ways: Path, one_way: Path) -> None:
    translation.load(both_ways)
    translation.load(one_way)
    translation.hands.qtbot.keyClick(translation.tab.cards.view, Qt.Key.Key_Delete)
    assert translation.cards == [both_ways.name]
    assert one_way.exists()


def test_a_file_that_is_read_late_takes_no_choice_away(
    translation: TranslationHands, both_ways: Path, one_way: Path, tmp_path: Path
) -> None:
    late = write_generators(tmp_path / "late.safetensors")
    translation.load(both_ways)
    translation.load(one_way)
    free = threading.Event()
    translation.tab.services.worker("checkpoints").submit(single(free.wait))
    translation.tab.load_checkpoint(late)
    view = translation.tab.cards.view
    row = translation.tab.cards.model.row_of(str(both_ways))
    assert row is not None
    place = view.visualRect(translation.tab.cards.model.index(row)).center()
    translation.hands.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    free.set()
    translation.hands.wait(lambda: late.name in translation.cards)
    assert translation.tab.look.choice is not None and translation.tab.look.choice.id == str(both_ways)


def test_what_comes_back_late_leaves_undo_alone(
    translation: TranslationHands,
    both_ways: Path,
    open_window: Callable[[], MainWindow],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    translation.load(both_ways)
    translation.window.close()
    free, real = threading.Event(), ModelChoice.of_file

    def late(path: Path) -> ModelChoice:
        free.wait()
        return real(path)

    monkeypatch.setattr(ModelChoice, "of_file", late)
    again = TranslationHands(open_window(), translation.hands)
    again.tab.panel.strength.set_value(70)
    again.hands.wait(again.tab.undo.undo_action.isEnabled)
    free.set()
    again.hands.wait(lambda: both_ways.name in again.cards)
    again.hands.qtbot.wait(50)
    assert again.tab.undo.undo_action.isEnabled()


def test_cards_show_a_sample_before_and_after(translation: TranslationHands, one_way: Path) -> None:
    translation.load(one_way)
    choice = translation.tab.cards.choice
    assert choice is not None
    translation.hands.wait(lambda: translation.tab.cards.model.pictures(choice) is not None)
    pair = translation.tab.cards.model.pictures(choice)
    assert pair is not None
    assert pair[0].size() == pair[1].size()
    assert pair[0].toImage() != pair[1].toImage()


def test_models_and_sliders_come_back_at_the_next_start(
    translation: TranslationHands, both_ways: Path, one_way: Path, open_window: Callable[[], MainWindow]
) -> None:
    translation.load(one_way)
    translation.load(both_ways)
    translation.tab.panel.swap.trigger()
    translation.tab.panel.working_size.set_value("384")
    translation.tab.panel.strength.set_value(70)
    look = translation.tab.look
    translation.window.close()
    again = TranslationHands(open_window(), translation.hands)
    again.hands.wait(lambda: len(again.cards) == 2)
    assert again.tab.look.key == look.key
    assert again.tab.look.direction == "backward"
    again.hands.qtbot.wait(50)  # until undo has noticed what there is
    assert not again.tab.undo.undo_action.isEnabled()


def test_a_checkpoint_that_is_gone_is_left_out_at_the_next_start(
    translation: TranslationHands, both_ways: Path, one_way: Path, open_window: Callable[[], MainWindow]
) -> None:
    translation.load(one_way)
    translation.load(both_ways)
    translation.window.close()
    both_ways.unlink()
    again = TranslationHands(open_window(), translation.hands)
    again.hands.wait(lambda: again.cards == [one_way.name])
    assert not again.window.message_bar.isVisible()


def test_saving_keeps_depth_and_transparency(
    translation: TranslationHands, one_way: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_picture(Picture(deep_photo(), ramp().astype(np.uint16) * 257), deep := tmp_path / "tief.png")
    target = tmp_path / "画.png"
    suggested: list[str] = []

    def ask(_parent: object, _title: str, suggestion: str, *_: object) -> tuple[str, str]:
        suggested.append(Path(suggestion).name)
        return str(target), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    translation.load(one_way)
    translation.open(deep)
    translation.hands.qtbot.keyClick(translation.window, Qt.Key.Key_S, CONTROL)
    translation.hands.wait(target.exists)
    saved = read_picture(target)
    assert saved.pixels.dtype == np.uint16
    assert saved.alpha is not None and np.array_equal(saved.alpha, read_picture(deep).alpha)
    assert suggested == ["tief - monet.png"]


def test_enlarging_begins_the_export_at_twice_the_sides(
    translation: TranslationHands, photo: Path, one_way: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not translation.tab.enlarge_button.isEnabled()
    translation.load(one_way)
    translation.open(photo)
    translation.whole()
    target = tmp_path / "large.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_options: (str(target), ""))
    translation.tab.double.trigger()
    dialog = next(each for each in translation.window.findChildren(QDialog) if each.isVisible())
    assert isinstance(dialog, ExportDialog)
    dialog.export_button.click()
    translation.hands.wait(lambda: bool(list(tmp_path.glob("large*"))) and not translation.tab.output.exports.busy)
    (written,) = tmp_path.glob("large*")
    assert read_picture(written).pixels.shape == (192, 192, 3)


def test_the_other_page_trains_and_what_is_dropped_shows_the_first(translation: TranslationHands, photo: Path) -> None:
    translation.hands.qtbot.keyClick(translation.window, Qt.Key.Key_T, CONTROL)
    assert translation.tab.training.isVisible() and not translation.tab.viewer.isVisible()
    translation.hands.drop_files(photo)
    translation.hands.wait(lambda: translation.tab.session.photo is not None)
    assert translation.tab.viewer.isVisible() and not translation.tab.training.isVisible()


def test_no_english_is_left_in_the_chinese_tab(translation: TranslationHands, photo: Path, both_ways: Path) -> None:
    translation.load(both_ways)
    translation.open(photo)
    translation.whole()
    texts = [texts for context, texts in read("zh_CN").items() if context not in ("Paintings", "Remarks", "Models")]
    english = {source for each in texts for source, text in each.items() if source != text}
    assert english & set(shown_in(translation.tab)) >= {"Models", "Working size", "Enlarge", "S&wap direction"}
    translation.window.use_language("zh_CN")
    translation.hands.wait(lambda: "模型" in shown_in(translation.tab))
    assert english & set(shown_in(translation.tab)) == set()


def test_titles_are_in_the_windows_language(translation: TranslationHands, one_way: Path) -> None:
    kinds = {"en": "Photo", "zh_CN": "照片"}, {"en": "Van Gogh", "zh_CN": "梵高"}
    title, nothing = {"en": "Van Gogh", "zh_CN": "梵高"}, {"en": ""}
    model = Model("van-gogh", title, nothing, *kinds, "CC0", one_way, one_way)
    choice = ModelChoice(model)
    translation.tab.cards.set_choices([choice])
    assert (choice.title, translation.tab.panel.way.text()) == ("Van Gogh", "Photo → Van Gogh")
    translation.window.use_language("zh_CN")
    translation.hands.wait(lambda: translation.tab.panel.way.text() == "照片 → 梵高")
    assert choice.title == "梵高"
    translation.tab.cards.remove_current()
    assert translation.tab.cards.choice is choice, "what ships stays"


class TestJobs:
    def test_the_network_runs_once_for_preview_whole_and_sliders(
        self, one_way: Path, large_photo: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings = TranslationSettings(384)
        by_the_library = expected(one_way, large_photo, settings)
        seen: list[int] = []
        original = Translator.translate

        def watched(self: Translator, picture: Picture, *arguments: object) -> object:
            seen.append(picture.width)
            return original(self, picture, *arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(Translator, "translate", watched)
        jobs = TranslationJobs("cpu")
        photo = run(open_photo(large_photo, "large", PREVIEW_SIZES["small"]))
        choice = ModelChoice.of_file(one_way)
        look = TranslationLook(choice=choice, translation=settings)
        preview = run(jobs.preview(photo, look, Cancellation()))
        whole = run(jobs.whole(photo, look, Cancellation()))
        assert not preview.full and whole.full
        assert near(whole.picture.pixels, by_the_library)
        softer = TranslationLook(choice=choice, translation=TranslationSettings(384, 0.0, 0.5))
        run(jobs.preview(photo, softer, Cancellation()))
        assert seen == [384]
        run(jobs.preview(photo, TranslationLook(choice=choice, translation=TranslationSettings(256)), Cancellation()))
        assert seen == [384, 256]

    def test_a_preview_smaller_than_the_working_size_looks_like_the_whole(
        self, one_way: Path, large_photo: Path
    ) -> None:
        jobs = TranslationJobs("cpu")
        photo = run(open_photo(large_photo, "large", PREVIEW_SIZES["small"]))
        look = TranslationLook(choice=ModelChoice.of_file(one_way), translation=TranslationSettings(1024))
        preview = run(jobs.preview(photo, look, Cancellation())).picture
        whole = resized(run(jobs.whole(photo, look, Cancellation())).picture, preview.width)
        assert np.abs(preview.pixels.astype(int) - whole.pixels.astype(int)).mean() < 4

    def test_another_device_forgets_what_was_made(self) -> None:
        jobs = TranslationJobs("cpu", 1)
        assert not jobs.use_engine("cpu", 1)
        assert jobs.use_engine("cpu", 2)


def test_a_change_cancels_what_is_outdated(translation: TranslationHands, one_way: Path) -> None:
    """The newest settings win, however fast they follow each other."""
    translation.load(one_way)
    translation.open(assets.path("samples/coffee.jpg"))
    for size in ("256", "384", "512", "800"):
        translation.tab.panel.working_size.set_value(size)
        translation.hands.qtbot.wait(15)
    settings = TranslationSettings(800)
    assert translation.tab.look.translation == settings
    assert near(translation.whole().picture.pixels, expected(one_way, assets.path("samples/coffee.jpg"), settings))
