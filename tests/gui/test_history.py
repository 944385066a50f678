"""The filmstrip: results kept, returned to, compared, removed, and the memory they take."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt5.QtCore import QPoint, Qt
from PyQt5.QtGui import QColor, QImage
from PyQt5.QtWidgets import QApplication

import assets
from studio.history import Entry, History
from studio.main_window import MainWindow
from studio.painting import Painted
from tests.gui.hands import Hands

CONTROL = Qt.KeyboardModifier.ControlModifier


def results(hands: Hands) -> list[Entry]:
    return hands.tab.results.history.entries


def paint(hands: Hands, *styles: str) -> None:
    """Paint in each of these styles, each until it is kept."""
    for style in styles:
        count = len(results(hands))
        hands.choose(style)
        hands.wait(lambda count=count: len(results(hands)) > count and results(hands)[-1].painted is not None)


def click(hands: Hands, row: int, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    strip = hands.tab.results.strip
    place = strip.visualRect(strip.model().index(row, 0)).center()
    hands.qtbot.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, modifiers, place)


def shown(hands: Hands) -> Painted:
    painted = hands.tab.session.painted
    assert painted is not None
    return painted


@pytest.fixture
def three(hands: Hands, photo: Path) -> list[Entry]:
    """A photo painted three times."""
    hands.tab.results.rest.setInterval(20)
    hands.tab.panel.stroke.set_value("broad")
    hands.open(photo)
    paint(hands, "poppies", "starry-night", "great-wave")
    return list(results(hands)[-3:])


def test_a_result_is_kept_when_the_hand_rests_and_not_before(hands: Hands, photo: Path) -> None:
    assert hands.tab.results.strip.isHidden()
    hands.open(photo)
    hands.wait_for_whole()
    assert results(hands) == []
    for value in range(95, 60, -5):
        hands.tab.panel.strength.set_value(value)
        hands.qtbot.wait(60)
    hands.wait(lambda: len(results(hands)) == 1)
    assert results(hands)[0].look.settings.strength == 0.65
    assert hands.tab.results.strip.isVisible()
    assert hands.tab.results.strip.picked == results(hands)


def test_a_large_photo_is_one_result_before_and_after_its_whole_is_painted(hands: Hands, large_photo: Path) -> None:
    hands.tab.panel.stroke.set_value("broad")
    hands.tab.results.rest.setInterval(20)
    hands.open(large_photo)
    hands.wait(lambda: len(results(hands)) == 1)
    entry = results(hands)[0]
    hands.wait(lambda: entry.painted is not None)
    assert results(hands) == [entry]
    assert entry.painted is shown(hands)
    assert max(entry.small.size.width(), entry.small.size.height()) < 1000


def test_a_click_returns_at_once_with_its_settings(hands: Hands, three: list[Entry]) -> None:
    hands.tab.panel.strength.set_value(30)
    hands.wait(lambda: len(results(hands)) == 4)
    click(hands, 0)
    assert shown(hands) is three[0].painted
    assert hands.tab.look.key == three[0].look.key
    assert hands.tab.panel.strength.value == 100
    assert [choice.id for choice in hands.tab.gallery.choice] == ["poppies"]
    assert hands.tab.viewer.view.after is shown(hands).shown
    hands.qtbot.wait(700)  # longer than the hand rests
    assert not hands.window.services.painting.busy
    assert len(results(hands)) == 4
    hands.tab.undo.undo_action.trigger()
    assert shown(hands) is results(hands)[3].painted
    assert hands.tab.panel.strength.value == 30


def test_the_arrow_keys_return_too(hands: Hands, three: list[Entry]) -> None:
    strip = hands.tab.results.strip
    strip.setFocus()
    hands.qtbot.keyClick(strip, Qt.Key.Key_Left)
    assert shown(hands) is three[1].painted
    hands.qtbot.keyClick(strip, Qt.Key.Key_Left)
    assert shown(hands) is three[0].painted
    assert strip.picked == [three[0]]


def test_delete_removes_from_the_strip_and_leaves_the_picture(hands: Hands, three: list[Entry]) -> None:
    click(hands, 1)
    painted = shown(hands)
    hands.qtbot.keyClick(hands.tab.results.strip, Qt.Key.Key_Delete)
    assert results(hands) == [three[0], three[2]]
    assert shown(hands) is painted
    menu = hands.tab.results.strip.menu_of(three[0])
    menu.actions()[1].trigger()
    assert results(hands) == []
    assert hands.tab.results.strip.isHidden()


def test_two_results_are_compared_at_the_divider(hands: Hands, three: list[Entry]) -> None:
    view = hands.tab.viewer.view
    click(hands, 0)
    alone = hands.screen()
    click(hands, 2, CONTROL)
    assert view.pair is not None
    assert (view.pair.left, view.pair.right) == (three[0].painted.shown, three[2].painted.shown)
    assert view.pair.captions == ("Poppies", "The Great Wave off Kanagawa")
    assert hands.tab.results.compare.isChecked()
    both = hands.screen()
    place = view.picture_rect().toRect()
    left = place.left() + place.width() // 4
    row = place.bottom() - 4
    assert (both[row, left] == alone[row, left]).all()
    assert (both[row, place.left() : place.right()] != alone[row, place.left() : place.right()]).any()
    click(hands, 1, CONTROL)  # a third takes the place of the second
    assert hands.tab.results.strip.picked == [three[0], three[1]]
    click(hands, 1)
    assert view.pair is None
    assert view.divider is None
    assert shown(hands) is three[1].painted


def test_keys_compare_with_the_one_before_and_stop(hands: Hands, three: list[Entry]) -> None:
    view = hands.tab.viewer.view
    hands.qtbot.keyClick(hands.window, Qt.Key.Key_B, Qt.KeyboardModifier.ShiftModifier)
    assert hands.tab.results.strip.picked == [three[1], three[2]]
    assert view.divider == 0.5
    hands.qtbot.keyClick(hands.window, Qt.Key.Key_B, Qt.KeyboardModifier.ShiftModifier)
    assert view.pair is None
    assert view.divider is None
    assert hands.tab.results.strip.picked == [three[2]]
    hands.tab.results.compare.trigger()
    hands.tab.viewer.compare.trigger()  # the divider goes, and with it the comparison
    assert view.pair is None
    hands.tab.results.compare.trigger()
    hands.qtbot.keyClick(hands.tab.results.strip, Qt.Key.Key_Escape)
    assert view.pair is None
    hands.tab.results.compare.trigger()
    hands.tab.panel.detail.set_value(20)  # and so does painting something else
    assert view.pair is None


def test_results_of_another_photo_bring_it_back(hands: Hands, three: list[Entry], large_photo: Path) -> None:
    first_photo = shown(hands).photo
    hands.open(large_photo)
    hands.wait(lambda: len(results(hands)) == 4)
    click(hands, 3)
    click(hands, 0, CONTROL)
    assert hands.tab.viewer.view.pair is None  # they do not fit over each other
    click(hands, 0)
    assert hands.tab.session.photo is first_photo
    assert shown(hands) is three[0].painted
    assert hands.tab.viewer.view.canvas.width() == 96


def test_a_result_that_was_let_go_shows_small_and_is_painted_again(hands: Hands, three: list[Entry]) -> None:
    three[0].painted = None
    click(hands, 0)
    assert hands.tab.viewer.view.after is three[0].small
    painted = hands.wait_for_whole()
    assert painted.look.key == three[0].look.key
    hands.wait(lambda: three[0].painted is painted)
    assert len(results(hands)) == 3


def test_a_photo_that_was_let_go_is_opened_again(hands: Hands, three: list[Entry]) -> None:
    path = three[0].path
    for entry in three:
        entry.painted = None
    hands.open(assets.path("samples/cat.jpg"))
    hands.wait_for_whole()
    hands.wait(lambda: three[0].photo() is None)
    click(hands, 0)
    hands.wait(lambda: hands.tab.session.photo is not None and hands.tab.session.photo.path == path)
    hands.wait(lambda: three[0].painted is not None)
    assert shown(hands).look.key == three[0].look.key


def test_a_style_that_left_the_gallery_is_told(hands: Hands, photo: Path, painting: Path) -> None:
    hands.open(photo)
    hands.tab.add_style(painting)
    hands.wait(lambda: bool(results(hands)) and results(hands)[-1].look.styles[0][0].own)
    paint(hands, "poppies")
    own = hands.window.services.own_styles
    own.remove(own.all()[0].id)
    hands.tab.gallery.set_styles([choice for choice in hands.tab.gallery.model.styles if not choice.own])
    click(hands, len(results(hands)) - 2)
    assert "Streifen ß" in hands.message()
    assert hands.tab.gallery.choice[0].id == "poppies"


def test_the_strip_is_hidden_by_a_key_and_stays_so(
    open_window: Callable[[], MainWindow], hands: Hands, three: list[Entry]
) -> None:
    assert three
    hands.qtbot.keyClick(hands.window, Qt.Key.Key_F)
    assert hands.tab.results.strip.isHidden()
    hands.window.close()
    again = Hands(open_window(), hands.qtbot)
    assert not again.tab.results.show_strip.isChecked()


def test_every_result_says_what_it_is(hands: Hands, three: list[Entry]) -> None:
    index = hands.tab.results.history.index(0)
    tip = index.data(Qt.ItemDataRole.ToolTipRole)
    assert three[0].name in tip
    assert "Poppies" in tip
    assert "Stroke Broad" in tip


class TestMemory:
    def test_the_budget_lets_whole_pictures_go_and_the_newest_stays(self, hands: Hands, three: list[Entry]) -> None:
        history = History(budget=1)
        for entry in three:
            assert entry.painted is not None
            history.add(entry.painted)
        assert [entry.painted is None for entry in history.entries] == [True, True, False]
        history.add(three[0].painted)  # type: ignore[arg-type]
        assert [entry.painted is None for entry in history.entries] == [False, True, True]
        assert len(hands.tab.results.history.entries) == len(history.entries) or len(history.entries) == 3

    def test_a_pasted_photo_goes_with_its_results(self, hands: Hands, photo: Path) -> None:
        image = QImage(80, 60, QImage.Format.Format_RGB32)
        image.fill(QColor(90, 120, 30))
        QApplication.clipboard().setImage(image)
        hands.window.paste.trigger()
        pasted = hands.wait_for_whole()
        hands.open(photo)
        other = hands.wait_for_whole()
        history = History(budget=1)
        history.add(pasted)
        history.add(other)
        assert [entry.path for entry in history.entries] == [photo]

    def test_the_oldest_go_when_there_are_too_many(self, three: list[Entry]) -> None:
        history = History(most=2)
        for entry in three:
            assert entry.painted is not None
            history.add(entry.painted)
        assert [entry.look for entry in history.entries] == [entry.look for entry in three[1:]]


def test_a_result_can_be_clicked_while_another_is_painted(hands: Hands, large_photo: Path) -> None:
    hands.tab.panel.stroke.set_value("broad")
    hands.tab.results.rest.setInterval(20)
    hands.open(large_photo)
    hands.wait(lambda: len(results(hands)) == 1 and results(hands)[0].painted is not None)
    first = results(hands)[0]
    hands.choose("poppies")
    hands.wait(lambda: hands.window.services.painting.busy)
    hands.qtbot.mouseMove(hands.tab.results.strip.viewport(), QPoint(1, 1))
    click(hands, 0)
    assert shown(hands) is first.painted
    hands.wait(lambda: not hands.window.services.painting.busy)
    hands.qtbot.wait(800)
    assert shown(hands) is first.painted
    assert results(hands) == [first]
