"""Presets: kept under a name, shared as files, dropped on the window, and wrong ones."""

import json
import shutil
from pathlib import Path

import pytest
from PyQt5.QtWidgets import QFileDialog, QInputDialog, QMessageBox

from lapstyle.settings import Settings
from recipes.preset import load_preset
from studio.own_styles import OwnStyles
from studio.preset_menu import PresetMenu
from studio.presets import Presets
from tests.gui.hands import Hands


def names(menu: PresetMenu) -> list[str]:
    """The presets that the menu lists."""
    menu.fill()
    return [action.text() for action in menu.removal_menu.actions()]


def keep(hands: Hands, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: (name, True))
    hands.tab.presets.save.trigger()


def set_something(hands: Hands) -> None:
    hands.choose("poppies", "starry-night")
    hands.tab.panel.weights["poppies"].set_value(25)
    hands.tab.panel.strength.set_value(70)
    hands.tab.panel.stroke.set_value("bold")


def test_a_look_is_kept_listed_taken_up_and_removed(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    menu = hands.tab.presets
    assert names(menu) == []
    assert [action.isEnabled() for action in menu.menu.actions() if action.text() == "None yet"] == [False]
    set_something(hands)
    look = hands.tab.look
    keep(hands, "Mohn & Nacht: 花", monkeypatch)
    hands.wait(lambda: names(menu) == ["Mohn && Nacht_ 花"])
    hands.choose("great-wave")
    hands.tab.reset.trigger()
    hands.qtbot.wait(1)
    assert hands.tab.look != look
    menu.fill()
    next(action for action in menu.menu.actions() if action.text() == "Mohn && Nacht_ 花").trigger()
    hands.wait(lambda: hands.tab.look == look)
    hands.qtbot.wait(1)
    hands.tab.undo.undo_action.trigger()
    assert [choice.id for choice in hands.tab.gallery.choice] == ["great-wave"]
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Yes)
    menu.removal_menu.actions()[0].trigger()
    hands.wait(lambda: names(menu) == [])


def test_a_name_that_is_taken_is_asked_about(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(hands, "mine", monkeypatch)
    hands.wait(lambda: names(hands.tab.presets) == ["mine"])
    answers = [QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes]
    monkeypatch.setattr(QMessageBox, "question", lambda *_: answers.pop(0))
    path = hands.tab.presets.presets.path("mine")
    hands.tab.panel.strength.set_value(30)
    keep(hands, "mine", monkeypatch)
    hands.qtbot.wait(50)
    assert load_preset(path).settings.strength == 1
    keep(hands, "mine", monkeypatch)
    hands.wait(lambda: load_preset(path).settings.strength == 0.3)
    assert answers == []


def test_no_name_keeps_nothing(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(hands, "   ", monkeypatch)
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("name", False))
    hands.tab.presets.save.trigger()
    hands.qtbot.wait(50)
    assert names(hands.tab.presets) == []


def test_a_shared_preset_brings_its_own_painting_to_another_computer(
    hands: Hands, painting: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands.tab.add_style(painting)
    hands.wait(lambda: hands.tab.gallery.choice[0].own)
    hands.choose(hands.tab.gallery.choice[0].id, "poppies")
    look = hands.tab.look
    (folder := tmp_path / "to give away").mkdir()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(folder / "look"), ""))
    hands.tab.presets.share.trigger()
    hands.wait((folder / "look.json").exists)
    hands.tab.presets.share.trigger()  # the same painting is not copied again
    hands.wait(lambda: not hands.window.services.background.busy)
    assert sorted(path.name for path in folder.iterdir()) == ["Streifen ß.png", "look.json"]
    own = hands.window.services.own_styles
    own.remove(own.all()[0].id)
    hands.tab.gallery.set_styles([choice for choice in hands.tab.gallery.model.styles if not choice.own])
    there = tmp_path / "elsewhere"
    shutil.move(folder, there)
    hands.drop_files(there / "look.json")
    hands.wait(lambda: hands.tab.look == look)
    assert own.all()[0].title == "Streifen ß"


def test_a_preset_written_by_hand_gets_weights_in_percent(hands: Hands, tmp_path: Path) -> None:
    styles = [{"style": "poppies", "weight": 0.2}, {"style": "great-wave", "weight": 0.8}]
    content = {"version": 1, "styles": styles, "settings": {"stroke": 200, "color": "content", "size": 4000}}
    (path := tmp_path / "by hand.JSON").write_text(json.dumps(content), encoding="utf-8")
    hands.drop_files(path)
    hands.wait(lambda: len(hands.tab.gallery.choice) == 2)
    assert [weight for _, weight in hands.tab.look.styles] == [25, 100]
    assert hands.tab.look.settings == Settings(color=1.0, stroke="medium")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "is not a preset this program can use"),
        ('{"version": 1, "styles": [{"style": "no-such-painting"}]}', "There is no style called no-such-painting"),
        ('{"version": 1, "styles": [{"picture": "gone.jpg"}]}', "gone.jpg does not exist"),
    ],
)
def test_a_wrong_preset_is_told_and_changes_nothing(hands: Hands, tmp_path: Path, text: str, sentence: str) -> None:
    (path := tmp_path / "wrong.json").write_text(text, encoding="utf-8")
    before = hands.tab.look
    hands.drop_files(path)
    assert sentence in hands.message()
    assert hands.tab.look == before
    assert hands.tab.session.photo is None


def test_the_file_is_opened_from_a_dialog(hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_something(hands)
    look = hands.tab.look
    path = Presets(tmp_path / "a folder").save("x", look)
    hands.choose("great-wave")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    hands.tab.presets.open.trigger()
    hands.wait(lambda: hands.tab.look == look)


def test_presets_lie_beside_the_users_paintings(tmp_path: Path) -> None:
    assert Presets.beside(OwnStyles(tmp_path / "styles")).folder == tmp_path / "presets"


def test_a_folder_that_takes_no_preset_is_named(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = hands.tab.presets.presets.folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("in the way")
    keep(hands, "mine", monkeypatch)
    assert str(folder) in hands.message()
