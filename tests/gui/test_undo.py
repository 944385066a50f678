"""Taking settings back, and blending from the gallery's menu."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt5.QtCore import QPoint, Qt
from PyQt5.QtGui import QContextMenuEvent
from PyQt5.QtWidgets import QApplication

from lapstyle.settings import Settings
from noise.pipeline import Pipeline
from noise.points import SaltPepper
from studio.gallery import StylesModel
from studio.main_window import MainWindow
from studio.noise_tab import NoiseTab
from tests.gui.hands import Hands

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def settle(hands: Hands) -> None:
    """Let what was set be noticed, and be older than what comes next."""
    hands.qtbot.wait(1)


def press(hands: Hands, key: Qt.Key, modifiers: Qt.KeyboardModifier = CONTROL) -> None:
    hands.qtbot.keyClick(hands.window, key, modifiers)


def test_keys_take_back_and_do_again_what_was_set(hands: Hands) -> None:
    hands.choose("poppies")
    settle(hands)
    hands.tab.panel.strength.set_value(40)
    settle(hands)
    hands.tab.panel.stroke.set_value("broad")
    settle(hands)
    assert hands.tab.undo.undo_action.text() == "&Undo stroke"
    press(hands, Qt.Key.Key_Z)
    assert hands.tab.look.settings == Settings(strength=0.4, color=0.0)
    assert hands.tab.undo.redo_action.text() == "&Redo stroke"
    press(hands, Qt.Key.Key_Z)
    assert hands.tab.look.settings == Settings(color=0.0)
    press(hands, Qt.Key.Key_Z)
    assert hands.tab.gallery.choice[0].id == "great-wave"
    assert not hands.tab.undo.undo_action.isEnabled()
    for _ in range(3):
        press(hands, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert hands.tab.look.settings == Settings(strength=0.4, color=0.0, stroke="broad")
    assert hands.tab.gallery.choice[0].id == "poppies"
    assert not hands.tab.undo.redo_action.isEnabled()


def test_one_drag_of_a_slider_is_one_step(hands: Hands) -> None:
    slider = hands.tab.panel.strength.slider
    middle = slider.height() // 2
    hands.qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() - 8, middle))
    for x in range(slider.width() - 20, 40, -15):
        hands.qtbot.mouseMove(slider, QPoint(x, middle))
        slider.setValue(round(100 * x / slider.width()))
        settle(hands)
    hands.qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(40, middle))
    settle(hands)
    assert slider.value() < 60
    hands.tab.undo.undo_action.trigger()
    assert slider.value() == 100
    assert not hands.tab.undo.undo_action.isEnabled()


def test_each_throw_of_the_dice_is_a_step_and_a_sliders_values_are_one(hands: Hands) -> None:
    tab = hands.window.tabs[1]
    assert isinstance(tab, NoiseTab)
    hands.window.book.setCurrentWidget(tab)
    tab.set_pipeline(Pipeline((SaltPepper(),)))
    tab.undo.restart()
    seeds = [tab.editor.pipeline.seed]
    for _ in range(3):
        tab.editor.throw_dice()
        settle(hands)
        seeds.append(tab.editor.pipeline.seed)
    slider = tab.editor.cards[0].controls["salt"].slider
    for value in range(20, 40):
        slider.setValue(value)
        settle(hands)
    for seed in reversed(seeds):
        tab.undo.undo_action.trigger()
        assert tab.editor.pipeline == Pipeline((SaltPepper(),), seed)
    assert not tab.undo.undo_action.isEnabled()


def test_reset_and_set_look_are_one_step_each(hands: Hands) -> None:
    panel = hands.tab.panel
    panel.strength.set_value(40)
    panel.detail.set_value(200)
    settle(hands)
    before = hands.tab.look
    hands.tab.reset.trigger()
    settle(hands)
    hands.tab.undo.undo_action.trigger()
    assert hands.tab.look == before


def test_a_number_that_was_typed_is_taken_back_from_its_field(hands: Hands) -> None:
    number = hands.tab.panel.detail.number
    number.setFocus()
    number.selectAll()
    hands.qtbot.keyClicks(number, "250")
    hands.qtbot.keyClick(number, Qt.Key.Key_Return)
    assert hands.tab.look.settings.detail == 2.5
    settle(hands)
    hands.qtbot.keyClick(number, Qt.Key.Key_Z, CONTROL)
    assert hands.tab.look.settings.detail == 1


def test_weights_and_the_styles_of_a_blend_are_taken_back(hands: Hands) -> None:
    hands.choose("poppies", "great-wave")
    settle(hands)
    hands.tab.panel.weights["poppies"].set_value(90)
    settle(hands)
    hands.tab.panel.weights["great-wave"].remove.click()
    settle(hands)
    assert [choice.id for choice in hands.tab.gallery.choice] == ["poppies"]
    assert not hands.tab.panel.blend.isVisible()
    hands.tab.undo.undo_action.trigger()
    assert [(choice.id, weight) for choice, weight in hands.tab.look.styles] == [("poppies", 90), ("great-wave", 50)]
    hands.tab.undo.undo_action.trigger()
    assert hands.tab.look.styles[0][1] == 50


def test_undo_paints_what_was(hands: Hands, photo: Path) -> None:
    hands.open(photo)
    first = hands.wait_for_whole()
    hands.tab.panel.color.set_value(100)
    hands.wait(lambda: hands.tab.session.painted is None)
    hands.wait_for_whole()
    hands.tab.undo.undo_action.trigger()
    again = hands.wait_for_whole()
    assert again.look.key == first.look.key
    assert (again.picture.pixels == first.picture.pixels).all()


def test_a_painting_that_left_the_gallery_does_not_come_back(hands: Hands, painting: Path) -> None:
    hands.tab.add_style(painting)
    hands.wait(lambda: hands.tab.gallery.choice[0].own)
    hands.choose("poppies")
    settle(hands)
    own = hands.window.services.own_styles
    own.remove(own.all()[0].id)
    hands.tab.gallery.set_styles([choice for choice in hands.tab.gallery.model.styles if not choice.own])
    hands.tab.undo.undo_action.trigger()
    assert hands.tab.gallery.choice[0].id == "poppies"
    hands.tab.undo.undo_action.trigger()
    assert hands.tab.gallery.choice[0].id == "great-wave"


def test_the_menu_of_the_gallery_blends(hands: Hands) -> None:
    hands.choose("great-wave")
    hands.tab.gallery.search.setText("poppies")
    view = hands.tab.gallery.view
    index = view.model().index(0, 0)
    poppies = index.data(StylesModel.Choice)
    assert poppies.id == "poppies"
    place = view.visualRect(index).center()
    hands.qtbot.mouseClick(view.viewport(), Qt.MouseButton.RightButton, pos=place)
    menu = hands.tab.gallery_menu
    assert [choice.id for choice in hands.tab.gallery.choice] == ["great-wave"]

    def pick(words: str) -> None:
        menu.fill(poppies)
        next(action for action in menu.menu.actions() if action.text() == words).trigger()

    pick("&Add to the blend")
    assert [choice.id for choice in hands.tab.gallery.choice] == ["great-wave", "poppies"]
    pick("&Take out of the blend")
    assert [choice.id for choice in hands.tab.gallery.choice] == ["great-wave"]
    pick("&Add to the blend")
    pick("&Paint in this style alone")
    assert [choice.id for choice in hands.tab.gallery.choice] == ["poppies"]


def test_ctrl_and_click_adds_to_what_the_search_hides(hands: Hands) -> None:
    hands.choose("great-wave")
    hands.tab.gallery.search.setText("gogh")
    view = hands.tab.gallery.view
    first, second = (view.model().index(row, 0) for row in range(2))
    hands.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, CONTROL, view.visualRect(first).center())
    assert [choice.id for choice in hands.tab.gallery.choice] == ["great-wave", first.data(StylesModel.Choice).id]
    hands.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(second).center())
    assert [choice.id for choice in hands.tab.gallery.choice] == [second.data(StylesModel.Choice).id]


def test_the_menu_key_opens_the_menu_of_the_current_painting(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    places: list[QPoint] = []  # offscreen, a menu cannot take hold of the keyboard
    menu = hands.tab.gallery_menu.menu
    monkeypatch.setattr(menu, "popup", places.append)
    view = hands.tab.gallery.view
    view.setFocus()
    hands.qtbot.keyClick(view, Qt.Key.Key_Right)
    QApplication.sendEvent(view, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(1, 1)))
    assert view.rect().contains(view.mapFromGlobal(places[0]))
    enabled = {action.text(): action.isEnabled() for action in menu.actions() if not action.isSeparator()}
    assert enabled == {"&Paint in this style alone": False, "Teach this &style…": True}


def test_a_blend_comes_back_at_the_next_start_and_is_the_first_step(
    open_window: Callable[[], MainWindow], hands: Hands
) -> None:
    hands.choose("poppies", "great-wave")
    hands.tab.panel.weights["poppies"].set_value(20)
    look = hands.tab.look
    hands.window.close()
    again = Hands(open_window(), hands.qtbot)
    assert again.tab.look == look
    assert again.tab.panel.weights["poppies"].isVisible()
    assert not again.tab.undo.undo_action.isEnabled()
