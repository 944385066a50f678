"""The gallery: search, keys, and the user's own paintings."""

from pathlib import Path

import pytest
from PyQt5.QtCore import QItemSelectionModel, Qt
from PyQt5.QtWidgets import QLineEdit, QMessageBox

import assets
from studio.gallery import StylesModel
from studio.own_styles import OwnStyles
from tests.gui.hands import Hands
from workbench.errors import OutputNotWritten
from workbench.image_io import read_picture


def shown(hands: Hands) -> list[str]:
    model = hands.tab.gallery.view.model()
    return [model.index(row, 0).data(StylesModel.Choice).id for row in range(model.rowCount())]


def chosen(hands: Hands) -> list[str]:
    return [choice.id for choice in hands.tab.gallery.choice]


def add(hands: Hands, painting: Path) -> str:
    hands.tab.add_style(painting)
    hands.wait(lambda: hands.tab.gallery.choice[0].own)
    return hands.tab.gallery.choice[0].id


def test_all_paintings_are_there_with_thumbnails_and_the_first_is_chosen(hands: Hands) -> None:
    assert shown(hands) == [style.id for style in assets.gallery()]
    assert chosen(hands) == [assets.gallery()[0].id]
    model = hands.tab.gallery.model
    hands.wait(lambda: model.index(0).data(Qt.ItemDataRole.DecorationRole) is not None)
    thumbnail = model.index(0).data(Qt.ItemDataRole.DecorationRole)
    assert max(thumbnail.width(), thumbnail.height()) == 320


def test_search_finds_titles_artists_and_years_and_keeps_what_is_chosen(hands: Hands) -> None:
    hands.choose("great-wave")
    search = hands.tab.gallery.search
    hands.qtbot.keyClicks(search, "GOGH")
    found = shown(hands)
    assert "starry-night" in found
    assert "great-wave" not in found
    assert chosen(hands) == ["great-wave"]
    search.setText("1831")
    assert "great-wave" in shown(hands)
    search.setText("nothing like this")
    assert shown(hands) == []
    assert chosen(hands) == ["great-wave"]
    search.clear()
    assert len(shown(hands)) == len(assets.gallery())


def test_choosing_what_the_search_hides_shows_it_again(hands: Hands) -> None:
    hands.tab.gallery.search.setText("gogh")
    hands.choose("great-wave")
    assert hands.tab.gallery.search.text() == ""
    assert chosen(hands) == ["great-wave"]


def test_the_arrow_keys_choose(hands: Hands) -> None:
    view = hands.tab.gallery.view
    view.setFocus()
    ids = shown(hands)
    hands.qtbot.keyClick(view, Qt.Key.Key_Right)
    assert chosen(hands) == [ids[1]]
    hands.qtbot.keyClick(view, Qt.Key.Key_Down)
    assert chosen(hands) == [ids[3]]
    hands.qtbot.keyClick(view, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert set(chosen(hands)) == {ids[2], ids[3]}


def test_something_is_always_chosen(hands: Hands) -> None:
    hands.choose("poppies")
    hands.tab.gallery.view.selectionModel().clearSelection()
    assert chosen(hands) == ["poppies"]
    selection = hands.tab.gallery.view.selectionModel()
    assert [index.data(StylesModel.Choice).id for index in selection.selectedIndexes()] == ["poppies"]


def test_a_painting_of_ones_own_can_be_renamed_with_the_keyboard(hands: Hands, painting: Path) -> None:
    id = add(hands, painting)
    hands.tab.rename.trigger()
    editor = hands.tab.gallery.view.findChild(QLineEdit)
    editor.setText("Strömung 流")  # QTest types only ASCII
    hands.qtbot.keyClick(editor, Qt.Key.Key_Return)
    hands.wait(lambda: hands.tab.gallery.choice[0].title == "Strömung 流")
    assert [(style.id, style.title) for style in hands.window.services.own_styles.all()] == [(id, "Strömung 流")]


def test_a_shipped_painting_can_be_neither_renamed_nor_removed(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QMessageBox, "question", lambda *_: pytest.fail("asked"))
    hands.choose("poppies")
    assert not hands.tab.rename.isEnabled()
    assert not hands.tab.remove.isEnabled()
    hands.qtbot.keyClick(hands.tab.gallery.view, Qt.Key.Key_Delete)
    assert "poppies" in shown(hands)


def test_a_painting_of_ones_own_is_removed_after_asking(
    hands: Hands, painting: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes]
    monkeypatch.setattr(QMessageBox, "question", lambda *_: answers.pop(0))
    id = add(hands, painting)
    kept = hands.tab.gallery.choice[0].path
    view = hands.tab.gallery.view
    hands.qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert id in shown(hands)
    hands.qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert id not in shown(hands)
    assert len(chosen(hands)) == 1
    assert not kept.exists()
    assert painting.exists()


def test_a_blend_of_a_click_and_a_click_with_ctrl(hands: Hands) -> None:
    view = hands.tab.gallery.view
    selection = view.selectionModel()
    selection.select(view.model().index(2, 0), QItemSelectionModel.SelectionFlag.ClearAndSelect)
    selection.select(view.model().index(0, 0), QItemSelectionModel.SelectionFlag.Select)
    ids = shown(hands)
    assert chosen(hands) == [ids[2], ids[0]]


class TestOwnStyles:
    def test_the_same_painting_is_kept_once(self, tmp_path: Path, painting: Path) -> None:
        own = OwnStyles(tmp_path / "mine")
        first = own.add_file(painting)
        (other := tmp_path / "copy.png").write_bytes(painting.read_bytes())
        assert own.add_file(other) == first
        assert len(own.all()) == 1

    def test_a_picture_without_a_file_is_written(self, tmp_path: Path, painting: Path) -> None:
        own = OwnStyles(tmp_path / "mine")
        picture = read_picture(painting)
        style = own.add_picture(picture, "Pasted")
        assert (read_picture(own.path(style)).pixels == picture.pixels).all()

    def test_a_spoiled_list_starts_anew_and_lost_files_are_left_out(self, tmp_path: Path, painting: Path) -> None:
        own = OwnStyles(tmp_path / "mine")
        style = own.add_file(painting)
        own.path(style).unlink()
        assert own.all() == []
        (own.folder / "styles.json").write_text('[{"id": 3')
        assert own.all() == []
        assert own.add_file(painting).id == style.id

    def test_a_list_cannot_point_out_of_its_folder(self, tmp_path: Path, painting: Path) -> None:
        own = OwnStyles(tmp_path / "mine")
        style = own.add_file(painting)
        index = own.folder / "styles.json"
        index.write_text(index.read_text().replace(style.file, "../Streifen ß.png"))
        own.remove(style.id)
        assert painting.exists()

    def test_a_folder_that_cannot_be_written_is_named(self, tmp_path: Path, painting: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        with pytest.raises(OutputNotWritten, match="file"):
            OwnStyles(tmp_path / "file" / "mine").add_file(painting)
