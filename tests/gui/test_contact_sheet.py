"""The contact sheet."""

from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QApplication, QFileDialog

import lapstyle
from studio.contact_sheet import ContactSheet
from studio.pictures import pixels_of
from tests.gui.hands import Hands
from workbench.image_io import read_picture


@pytest.fixture
def page(hands: Hands, photo: Path) -> ContactSheet:
    """The sheet of a photo in four styles, opened by its shortcut."""
    wanted = ("great-wave", "poppies", "starry-night", "summertime")
    styles = hands.tab.gallery.model.styles
    hands.tab.gallery.set_styles([style for style in styles if style.id in wanted] or styles)
    hands.tab.panel.stroke.set_value("broad")
    hands.open(photo)
    hands.wait_for_whole()
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    hands.qtbot.keyClick(hands.window, Qt.Key.Key_C, keys)
    return hands.tab.sheet.page


def all_there(page: ContactSheet) -> bool:
    return len(page.model.tiles) == len(page.model.styles)


def test_every_style_has_a_tile_and_each_is_what_the_library_paints(
    hands: Hands, page: ContactSheet, photo: Path
) -> None:
    assert page.isVisible()
    assert not hands.tab.viewer.isVisible()
    assert [style.id for style in page.model.styles] == [style.id for style in hands.tab.gallery.model.styles]
    counts = []
    hands.wait(lambda: counts.append(len(page.model.tiles)) or all_there(page))
    assert page.count.text() == ""
    tile = pixels_of(page.model.tiles["starry-night"].toImage())[0]
    expected = lapstyle.run(lapstyle.stylize(photo, "starry-night", stroke="broad", color=0.0))
    assert np.array_equal(tile, expected.pixels)


def test_enter_picks_a_style_and_goes_back(hands: Hands, page: ContactSheet) -> None:
    assert page.view.currentIndex().row() == 0
    assert QApplication.focusWidget() is page.view
    hands.qtbot.keyClick(page.view, Qt.Key.Key_Right)
    hands.qtbot.keyClick(page.view, Qt.Key.Key_Return)
    assert not hands.tab.sheet.shown
    assert [choice.id for choice in hands.tab.gallery.choice] == [page.model.styles[1].id]
    assert hands.wait_for_whole().look.styles[0][0].id == page.model.styles[1].id


def test_a_click_picks_a_style(hands: Hands, page: ContactSheet) -> None:
    place = page.view.visualRect(page.model.index(2)).center()
    hands.qtbot.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert not hands.tab.sheet.shown
    assert hands.tab.gallery.choice[0].id == page.model.styles[2].id


def test_escape_leaves_everything_as_it_was_and_what_is_painted_is_kept(hands: Hands, page: ContactSheet) -> None:
    look = hands.tab.look
    hands.wait(lambda: len(page.model.tiles) >= 2)
    hands.qtbot.keyClick(page.view, Qt.Key.Key_Escape)
    assert hands.tab.viewer.isVisible()
    assert not hands.tab.sheet.action.isChecked()
    assert hands.tab.look == look
    kept = len(page.model.tiles)
    hands.tab.sheet.action.trigger()
    assert len(page.model.tiles) >= kept
    hands.wait(lambda: all_there(page))


def test_a_slider_repaints_the_sheet(hands: Hands, page: ContactSheet) -> None:
    hands.wait(lambda: all_there(page))
    before = page.model.tiles["poppies"]
    hands.tab.panel.strength.set_value(0)
    hands.wait(lambda: page.model.tiles.get("poppies") not in (None, before))
    tile = pixels_of(page.model.tiles["poppies"].toImage())[0].astype(float)
    photo = hands.tab.session.photo
    assert photo is not None
    assert np.abs(tile - photo.picture.pixels).mean() < np.abs(pixels_of(before.toImage())[0] - tile).mean()


def test_the_sheet_becomes_a_picture(
    hands: Hands, page: ContactSheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "Bogen.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    page.export_button.click()
    hands.wait(lambda: target.exists() and not hands.tab.output.exports.busy)
    sheet = read_picture(target)
    assert sheet.width > 2 * 640
    assert "Bogen.png" in hands.message()


def test_without_a_photo_there_is_no_sheet_and_another_photo_closes_it(
    hands: Hands, photo: Path, large_photo: Path
) -> None:
    assert not hands.tab.sheet.action.isEnabled()
    hands.open(photo)
    hands.tab.sheet.action.trigger()
    assert hands.tab.sheet.shown
    hands.tab.open_path(large_photo)
    hands.wait(lambda: not hands.tab.sheet.shown)
    assert hands.tab.viewer.isVisible()
