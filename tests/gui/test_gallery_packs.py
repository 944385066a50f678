"""Style packs in the gallery: how they get there, what they say, how they paint, and how they go."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtGui import QImage, QTextDocument
from PyQt5.QtWidgets import QFileDialog, QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from lapstyle.packs import PackCard, install_pack, installed_packs, remove_pack
from recipes.preset import load_preset
from studio.cyclegan_tab import CycleGanTab
from studio.gallery import StylesModel
from studio.look_words import captions
from studio.main_window import MainWindow
from studio.noise_tab import NoiseTab
from studio.presets import Presets
from studio.style_choice import StyleChoice
from tests import checkpoint_files
from tests.gui.hands import Hands, grabbed
from tests.pack_files import spoil, write_tuned
from workbench.progress import run

POPPIES = "poppies-pack"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Monet's Poppies, as if somebody had sent it."""
    return write_tuned(tmp_path / "from a friend.safetensors")


def chosen(hands: Hands) -> list[str]:
    return [choice.id for choice in hands.tab.gallery.choice]


def card(hands: Hands, id: str = POPPIES) -> StyleChoice:
    return next(choice for choice in hands.tab.gallery.model.styles if choice.id == id)


def installed() -> list[str]:
    return [card.id for card in installed_packs()]


def install(hands: Hands, pack: Path) -> None:
    hands.drop_files(pack, on=hands.tab.gallery)
    hands.wait(lambda: chosen(hands) == [POPPIES])


class TestInstalling:
    def test_a_pack_that_is_dropped_is_in_the_gallery_and_chosen(self, hands: Hands, pack: Path) -> None:
        install(hands, pack)
        pack.unlink()  # it is a copy
        assert card(hands).own
        assert card(hands).pack
        row = hands.tab.gallery.model.row_of(POPPIES)
        assert row == 0
        index = hands.tab.gallery.model.index(row)
        assert index.data(Qt.ItemDataRole.AccessibleTextRole).split("\n") == [
            "Poppies",
            "Style pack · Claude Monet",
            "It has learned this one painting, and paints more like it than the universal model.",
            "Licence: public domain",
            "Recommended: Stroke Bold, Strength 90 %",
        ]
        hands.wait(lambda: index.data(Qt.ItemDataRole.DecorationRole) is not None)
        assert index.data(Qt.ItemDataRole.DecorationRole).width() == 300

    def test_its_name_is_shown_as_it_is(self, hands: Hands, tmp_path: Path) -> None:
        """Whoever sent it may have called it anything: no markup, and no tip as wide as the screen."""
        name = "<b>Poppies</b> & <img src='x'>"
        install_pack(write_tuned(tmp_path / "marked.safetensors", name=name, licence="free " * 40))
        hands.tab.show_pack("b-poppies-b-img-src-x-pack", paint=True)
        index = hands.tab.gallery.model.index(0)
        assert index.data(Qt.ItemDataRole.AccessibleTextRole).startswith(name)
        tip = QLabel(index.data(Qt.ItemDataRole.ToolTipRole))
        tip.setWordWrap(True)  # as Qt does in tips that are rich text
        read = QTextDocument()
        read.setHtml(tip.text())
        assert read.toPlainText().startswith(name)
        assert tip.sizeHint().width() < 800

    def test_another_pack_of_the_same_name_has_its_own_picture(
        self, hands: Hands, pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def picture() -> QImage:
            index = hands.tab.gallery.model.index(0)
            hands.wait(lambda: index.data(Qt.ItemDataRole.DecorationRole) is not None)
            return index.data(Qt.ItemDataRole.DecorationRole).toImage()

        install(hands, pack)
        before = picture()
        remove(hands, monkeypatch)
        install(hands, write_tuned(tmp_path / "other.safetensors", style="great-wave"))
        assert picture() != before

    def test_its_card_has_a_badge(self, hands: Hands, pack: Path) -> None:
        """A pack and its painting have the same picture: the badge alone tells them apart at a glance."""
        install(hands, pack)
        view = hands.tab.gallery.view
        accent = view.palette().highlight().color()
        blue = []
        for choice in (card(hands), next(each for each in hands.tab.gallery.model.styles if not each.pack)):
            hands.choose("starry-night")  # another than both, whose ring is blue, too
            index = hands.tab.gallery.model.index(hands.tab.gallery.model.row_of(choice.id) or 0)
            view.scrollTo(view.model().mapFromSource(index))
            cell = view.visualRect(view.model().mapFromSource(index))
            image = grabbed(view.viewport()).copy(cell.right() - 40, cell.top(), 40, 40)
            blue.append(sum(image.pixelColor(x, y) == accent for x in range(40) for y in range(40)))
        assert blue[0] > 100 > blue[1]

    def test_a_pack_can_be_dropped_on_any_tab_and_several_at_once(
        self, hands: Hands, pack: Path, tmp_path: Path
    ) -> None:
        other = write_tuned(tmp_path / "two.safetensors", seed=1, name="Field", style="great-wave")
        noise = next(tab for tab in hands.window.tabs if isinstance(tab, NoiseTab))
        hands.window.book.setCurrentWidget(noise)
        hands.drop_files(pack, other, on=noise.viewer)
        hands.wait(lambda: chosen(hands) == ["field-pack"])
        assert installed() == ["field-pack", POPPIES]
        assert hands.window.tab is hands.tab
        assert hands.window.batch.window is None

    def test_a_checkpoint_too_but_on_the_tab_that_takes_them_itself(
        self, hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
        path = checkpoint_files.write_paddlegan(tmp_path / "lapstyle.pdparams", checkpoint_files.few_networks())
        noise = next(tab for tab in hands.window.tabs if isinstance(tab, NoiseTab))
        hands.window.book.setCurrentWidget(noise)
        hands.drop_files(path, on=noise.viewer)
        assert "needs the painting" in hands.message()
        assert hands.window.tab is hands.tab
        cyclegan = next(tab for tab in hands.window.tabs if isinstance(tab, CycleGanTab))
        hands.window.book.setCurrentWidget(cyclegan)
        hands.drop_files(path, on=cyclegan.viewer)
        assert hands.window.tab is cyclegan

    def test_the_button_takes_packs_too(self, hands: Hands, pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        asked = []

        def answer(*arguments: object) -> tuple[str, str]:
            asked.append(arguments[3])
            return str(pack), ""

        monkeypatch.setattr(QFileDialog, "getOpenFileName", answer)
        hands.qtbot.mouseClick(hands.tab.gallery.add_button, Qt.MouseButton.LeftButton)
        hands.wait(lambda: chosen(hands) == [POPPIES])
        assert "*.safetensors" in str(asked[0])

    def test_of_several_a_spoiled_one_stops_no_other(self, hands: Hands, pack: Path, tmp_path: Path) -> None:
        spoiled = spoil(tmp_path / "spoiled.safetensors", {"painting": None}, {})
        hands.drop_files(spoiled, pack)
        hands.wait(lambda: chosen(hands) == [POPPIES])
        assert "spoiled.safetensors" in hands.message()

    def test_a_spoiled_pack_is_told_and_not_kept(self, hands: Hands, tmp_path: Path) -> None:
        spoiled = spoil(tmp_path / "spoiled.safetensors", {"painting": None}, {})
        hands.drop_files(spoiled)
        assert "spoiled.safetensors is not a style pack that can be used" in hands.message()
        assert installed() == []
        assert chosen(hands) == ["great-wave"]

    def test_a_checkpoint_of_paddlegans_asks_for_its_painting(
        self, hands: Hands, painting: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = checkpoint_files.write_paddlegan(tmp_path / "lapstyle.pdparams", checkpoint_files.few_networks())
        answers = [("", ""), (str(painting), "")]
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: answers.pop(0))
        hands.drop_files(path)
        assert "needs the painting" in hands.message()
        assert installed() == []
        hands.drop_files(path)
        hands.wait(lambda: len(installed()) == 1)
        hands.wait(lambda: hands.tab.gallery.choice[0].pack)
        assert hands.tab.gallery.choice[0].title == "Streifen ß"
        assert answers == []

    def test_a_checkpoint_of_another_kind_is_refused_before_anything_is_asked(
        self, hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: pytest.fail("asked"))
        wrong = {"netG_A": {"weight": np.zeros(3, np.float32)}}
        hands.drop_files(checkpoint_files.write_paddlegan(tmp_path / "other.pdparams", wrong))
        assert "other.pdparams" in hands.message()


class TestUse:
    def test_it_paints_otherwise_than_the_universal_model_does(self, hands: Hands, pack: Path, photo: Path) -> None:
        install(hands, pack)
        hands.open(photo)
        with_pack = hands.wait_for_whole().picture.pixels
        painter = hands.tab.session.jobs.painter("whole")
        styles = hands.tab.session.jobs._find_styles(hands.tab.look)
        expected = run(painter.paint(hands.tab.session.photo.picture, styles, hands.tab.look.settings))
        assert np.array_equal(with_pack, expected.pixels)
        hands.choose("poppies")
        assert not np.array_equal(with_pack, hands.wait_for_whole().picture.pixels)

    def test_another_that_arrives_paints_nothing_anew_but_a_newer_one_of_the_same_does(
        self, hands: Hands, pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        install(hands, pack)
        other = install_pack(write_tuned(tmp_path / "two.safetensors", seed=1, name="Field"))
        painted: list[object] = []
        monkeypatch.setattr(hands.tab.session, "set_look", painted.append)
        hands.tab.show_pack(other.stem, paint=False)
        assert hands.tab.gallery.model.row_of(other.stem) is not None
        assert chosen(hands) == [POPPIES]
        assert [index.data(StylesModel.Choice).id for index in hands.tab.gallery.view.selectedIndexes()] == [POPPIES]
        assert painted == []
        hands.tab.show_pack(POPPIES, paint=False)
        assert painted == [hands.tab.look]

    def test_its_settings_are_used_when_the_menu_says_so(self, hands: Hands, pack: Path) -> None:
        install(hands, pack)
        hands.tab.panel.detail.set_value(40)
        hands.tab.gallery_menu.fill(card(hands))
        actions = {action.text(): action for action in hands.tab.gallery_menu.menu.actions()}
        assert "Teach this &style…" not in actions
        assert "&Rename" not in actions
        actions["&Use its settings"].trigger()
        settings = hands.tab.look.settings
        assert (settings.stroke, settings.strength, settings.detail) == ("bold", 0.9, 0.4)

    def test_it_is_told_from_its_painting_in_a_blend_and_in_captions(self, hands: Hands, pack: Path) -> None:
        install(hands, pack)
        with_pack = hands.tab.look
        hands.choose("poppies", POPPIES)
        assert [row.name.text() for row in hands.tab.panel.blend.rows.values()] == ["Poppies", "Poppies (pack)"]
        hands.choose("poppies")
        assert captions(hands.tab.look, with_pack) == ("Poppies", "Poppies (pack)")

    def test_it_is_still_chosen_at_the_next_start(
        self, hands: Hands, pack: Path, open_window: Callable[[], MainWindow]
    ) -> None:
        install(hands, pack)
        hands.window.close()
        again = Hands(open_window(), hands.qtbot)
        assert chosen(again) == [POPPIES]

    def test_a_preset_shared_with_a_pack_installs_it_elsewhere(
        self, hands: Hands, pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        install(hands, pack)
        hands.choose(POPPIES, "great-wave")
        look = hands.tab.look
        (folder := tmp_path / "to give away").mkdir()
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(folder / "look"), ""))
        hands.tab.presets.share.trigger()
        hands.wait((folder / "look.json").exists)
        assert sorted(path.name for path in folder.iterdir()) == ["Poppies.safetensors", "look.json"]
        remove(hands, monkeypatch)
        there = tmp_path / "elsewhere"
        shutil.move(folder, there)
        hands.drop_files(there / "look.json")
        hands.wait(lambda: hands.tab.look == look)
        assert installed() == [POPPIES]

    def test_a_batch_reads_a_preset_with_a_pack(self, hands: Hands, pack: Path, tmp_path: Path) -> None:
        install(hands, pack)
        path = Presets(tmp_path / "presets").save("mine", hands.tab.look)
        recipe = hands.tab.batch.read_preset(path).recipe
        assert recipe.complete
        assert recipe.to_dict()["styles"][0]["pack"]


def remove(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    hands.choose(POPPIES)
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Yes)
    hands.qtbot.keyClick(hands.tab.gallery.view, Qt.Key.Key_Delete)
    hands.wait(lambda: hands.tab.gallery.model.row_of(POPPIES) is None)


def test_a_pack_that_ships_follows_its_painting_and_cannot_be_removed(
    open_window: Callable[[], MainWindow], qtbot: QtBot, pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = replace(installed_card(pack), shipped=True)
    remove_pack(POPPIES)
    monkeypatch.setattr("studio.style_choice.shipped_packs", lambda: (replace(shipped, path=pack),))
    hands = Hands(open_window(), qtbot)
    ids = [choice.id for choice in hands.tab.gallery.model.styles]
    assert ids.index(POPPIES) == ids.index("poppies") + 1
    assert chosen(hands) == ["great-wave"]
    hands.choose(POPPIES)
    assert not hands.tab.remove.isEnabled()
    monkeypatch.setattr(QMessageBox, "question", lambda *_: pytest.fail("asked"))
    qtbot.keyClick(hands.tab.gallery.view, Qt.Key.Key_Delete)
    assert hands.tab.gallery.model.row_of(POPPIES) is not None
    preset = Presets(pack.parent / "presets").save("mine", hands.tab.look)
    assert load_preset(preset).styles == ((POPPIES, 1.0),), "by its name, as all that ships"


def installed_card(pack: Path) -> PackCard:
    install_pack(pack)
    return installed_packs()[0]


class TestRemoving:
    def test_delete_removes_the_copy_after_asking(
        self, hands: Hands, pack: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        install(hands, pack)
        assert not hands.tab.rename.isEnabled()
        assert not hands.tab.teach.isEnabled()
        remove(hands, monkeypatch)
        assert installed() == []
        assert pack.exists()
        assert len(chosen(hands)) == 1

    def test_no_remains_no(self, hands: Hands, pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        install(hands, pack)
        monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.No)
        hands.tab.remove.trigger()
        hands.qtbot.wait(50)
        assert installed() == [POPPIES]


def test_search_finds_packs_by_name_and_artist(hands: Hands, pack: Path) -> None:
    install(hands, pack)
    model = hands.tab.gallery.view.model()
    for text in ("monet", "style pack"):
        hands.tab.gallery.search.setText(text)
        assert POPPIES in [model.index(row, 0).data(StylesModel.Choice).id for row in range(model.rowCount())]
