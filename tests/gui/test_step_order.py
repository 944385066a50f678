"""Steps of the editor change places: by buttons, keys and drags."""

import pytest
from PyQt5.QtCore import QEvent, QPoint, Qt
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from noise.blurs import MeanBlur
from noise.catalogue import STEPS
from noise.pipeline import Pipeline
from noise.points import SaltPepper
from noise.restore import Median
from tests.gui.desk import Desk

ALT = Qt.KeyboardModifier.AltModifier
THREE = Pipeline((SaltPepper(), MeanBlur(20), Median()), seed=7)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_buttons_move_a_step_and_keep_the_keyboard(desk: Desk) -> None:
    desk.editor.set_pipeline(THREE)
    QApplication.processEvents()
    median = desk.card(2)
    assert not median.down.isEnabled()
    desk.click(median.up)
    assert desk.names == ["salt-pepper", "median", "mean-blur"]
    assert QApplication.focusWidget() is median.up
    desk.press(median.up, Qt.Key.Key_Space)
    assert desk.names == ["median", "salt-pepper", "mean-blur"]
    assert not median.up.isEnabled()
    assert QApplication.focusWidget() is median.down
    assert len(desk.told) == 2


def test_alt_and_arrows_move_the_step_with_the_keyboard(desk: Desk) -> None:
    desk.editor.set_pipeline(THREE)
    QApplication.processEvents()
    slider, number = desk.slider(1, "size").slider, desk.slider(1, "size").number
    slider.setFocus()
    desk.press(slider, Qt.Key.Key_Up, ALT)
    assert desk.names == ["mean-blur", "salt-pepper", "median"]
    assert QApplication.focusWidget() is slider
    desk.press(slider, Qt.Key.Key_Up, ALT)  # it is the first
    number.setFocus()
    for _ in range(2):
        desk.press(number, Qt.Key.Key_Down, ALT)
    assert desk.told == [
        Pipeline((MeanBlur(20), SaltPepper(), Median()), seed=7),
        THREE,
        Pipeline((SaltPepper(), Median(), MeanBlur(20)), seed=7),
    ]


def test_a_step_is_dragged(desk: Desk) -> None:
    desk.editor.set_pipeline(THREE)
    QApplication.processEvents()
    card = desk.card(0)
    place = desk.hold(0, 1, 2)
    assert desk.names == ["mean-blur", "median", "salt-pepper"]  # the others have made room
    assert card.property("dragged")
    assert desk.told == []
    desk.mouse(QEvent.Type.MouseButtonRelease, card.handle, place)
    assert desk.told == [Pipeline((MeanBlur(20), Median(), SaltPepper()), seed=7)]
    assert not card.property("dragged")
    place = desk.hold(2, 0)
    desk.mouse(QEvent.Type.MouseButtonRelease, card.handle, place)
    assert desk.told[1:] == [THREE]


def test_a_drag_that_ends_where_it_began_or_is_cancelled_changes_nothing(desk: Desk) -> None:
    desk.editor.set_pipeline(THREE)
    QApplication.processEvents()
    card = desk.card(0)
    place = desk.hold(0, 1, 1)
    assert desk.names == ["salt-pepper", "mean-blur", "median"]
    desk.mouse(QEvent.Type.MouseButtonRelease, card.handle, place)
    place = desk.hold(0, 1)
    assert desk.names == ["mean-blur", "salt-pepper", "median"]
    desk.press(desk.window, Qt.Key.Key_Escape)
    assert desk.names == ["salt-pepper", "mean-blur", "median"]
    desk.mouse(QEvent.Type.MouseMove, card.handle, place + QPoint(0, 200))
    desk.mouse(QEvent.Type.MouseButtonRelease, card.handle, place + QPoint(0, 200))
    desk.click(card.handle)  # no drag either
    assert desk.editor.pipeline == THREE
    assert desk.told == []


def test_a_long_list_scrolls_with_the_step_that_is_dragged_or_added(desk: Desk) -> None:
    desk.show(*(kind() for kind in STEPS.values()))
    bar = desk.editor._scroll.verticalScrollBar()
    assert bar.maximum() > 0
    card = desk.card(0)
    place = desk.hold(0, 1)
    low = desk.editor._scroll.viewport().mapToGlobal(QPoint(0, desk.editor._scroll.viewport().height()))
    for _ in range(40):
        place = QPoint(place.x(), low.y() + 20)
        desk.mouse(QEvent.Type.MouseMove, card.handle, place)
    assert desk.editor.cards[-1] is card
    assert bar.value() == bar.maximum()
    desk.mouse(QEvent.Type.MouseButtonRelease, card.handle, place)
    bar.setValue(0)
    desk.editor.add(Median)
    desk.qtbot.waitUntil(lambda: bar.value() == bar.maximum())
