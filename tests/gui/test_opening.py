"""Photos and paintings on their way in: dropped, pasted, opened, and junk."""

from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtCore import QMimeData, QPoint, QUrl
from PyQt5.QtGui import QColor, QImage
from PyQt5.QtWidgets import QApplication, QFileDialog

from noise.blurs import MeanBlur
from noise.pipeline import Pipeline
from recipes.pipeline_file import save_pipeline
from recipes.preset import Preset, save_preset
from studio.noise_tab import NoiseTab
from tests.gui.hands import Hands, mime_of
from workbench.image_io import read_picture, write_picture


def red_image() -> QImage:
    image = QImage(70, 50, QImage.Format.Format_RGB32)
    image.fill(QColor(200, 10, 20))
    return image


def test_where_nothing_else_can_be_dropped_the_card_tells_of_folders(hands: Hands) -> None:
    noise = hands.window.tabs[1]
    assert isinstance(noise, NoiseTab)
    told = "Drop a folder to do all its photos in one go"
    assert told in noise.viewer.zones.photo.accessibleDescription()
    assert told not in hands.tab.viewer.zones.photo.accessibleDescription()


def test_a_dropped_photo_is_shown_and_painted(hands: Hands, photo: Path) -> None:
    assert hands.tab.viewer.zones.isVisible()
    assert not hands.tab.save_button.isEnabled()
    assert hands.drop_files(photo)
    painted = hands.wait_for_whole()
    assert painted.photo.path == photo
    assert painted.picture.pixels.shape == (96, 96, 3)
    assert not np.array_equal(painted.picture.pixels, read_picture(photo).pixels)
    assert not hands.tab.viewer.zones.isVisible()
    assert hands.tab.save_button.isEnabled()
    assert photo.name in hands.tab.viewer.size_label.text()


def test_the_second_picture_dropped_anywhere_is_the_style(hands: Hands, photo: Path, painting: Path) -> None:
    hands.open(photo)
    hands.drop_files(painting)
    hands.wait(lambda: hands.tab.gallery.choice[0].own)
    assert hands.tab.gallery.choice[0].title == "Streifen ß"
    assert hands.wait_for_whole().photo.path == photo


@pytest.mark.parametrize("place", ["card", "gallery"])
def test_a_painting_dropped_on_the_style_or_the_gallery_stays_there(hands: Hands, painting: Path, place: str) -> None:
    hands.drop_files(painting, on=hands.tab.viewer.zones.style_card if place == "card" else hands.tab.gallery)
    hands.wait(lambda: hands.tab.gallery.choice[0].own)
    assert hands.tab.session.photo is None
    kept = hands.tab.gallery.choice[0].path
    assert kept != painting
    assert kept.read_bytes() == painting.read_bytes()


def test_a_photo_dropped_on_the_photo_side_replaces_the_photo(hands: Hands, photo: Path, painting: Path) -> None:
    hands.open(photo)
    hands.open(painting)
    assert hands.wait_for_whole().photo.name == "Streifen ß.png"


def test_the_zones_show_while_something_is_dragged_and_light_up(hands: Hands, photo: Path) -> None:
    hands.open(photo)
    zones = hands.tab.viewer.zones
    assert not zones.isVisible()
    hands.tab.hover(zones.mapTo(hands.tab, QPoint(10, 10)))
    assert zones.isVisible()
    assert (zones.photo.lit, zones.style_card.lit) == (True, False)
    hands.tab.hover(zones.mapTo(hands.tab, QPoint(zones.width() - 10, 10)))
    assert (zones.photo.lit, zones.style_card.lit) == (False, True)
    hands.tab.hover(None)
    assert not zones.isVisible()


def test_a_picture_from_a_browser_is_opened_though_it_has_no_file(hands: Hands) -> None:
    mime = QMimeData()
    mime.setImageData(red_image())
    mime.setUrls([QUrl("https://example.org/picture.png")])
    assert hands.drop(mime)
    painted = hands.wait_for_whole()
    assert painted.photo.path is None
    assert painted.photo.picture.pixels.shape == (50, 70, 3)
    assert (painted.photo.picture.pixels == (200, 10, 20)).all()


def test_text_is_not_taken(hands: Hands) -> None:
    mime = QMimeData()
    mime.setText("a poem")
    assert not hands.drop(mime)
    mime.setUrls([QUrl("https://example.org/page")])
    assert not hands.drop(mime)


JUNK = {
    "Gedicht ü.jpg": (b"no picture at all", "is not a picture"),
    "empty.png": (b"", "is damaged or cut short"),
    "cut.png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is damaged or cut short"),
}


@pytest.mark.parametrize("name", JUNK)
def test_junk_is_named_in_the_bar_and_what_was_open_stays(hands: Hands, photo: Path, tmp_path: Path, name: str) -> None:
    content, says = JUNK[name]
    hands.open(photo)
    (junk := tmp_path / name).write_bytes(content)
    hands.drop_files(junk, on=hands.tab.viewer.zones.photo)
    message = hands.message()
    assert name in message
    assert says in message
    assert hands.tab.session.photo is not None
    assert hands.tab.session.photo.path == photo


def test_a_file_that_is_gone_and_a_junk_painting_are_named_too(hands: Hands, tmp_path: Path) -> None:
    hands.drop_files(tmp_path / "gone.jpg")
    assert "gone.jpg does not exist" in hands.message()
    hands.window.message_bar.hide()
    (junk := tmp_path / "junk.jpg").write_text("junk")
    hands.drop_files(junk, on=hands.tab.gallery)
    assert "junk.jpg is not a picture" in hands.message()
    assert not hands.tab.gallery.choice[0].own


@pytest.mark.parametrize("way", ["file", "pasted", "preset"])
def test_what_could_not_be_opened_is_forgotten_when_something_else_is(
    hands: Hands, photo: Path, tmp_path: Path, way: str
) -> None:
    (junk := tmp_path / "junk.jpg").write_text("junk")
    hands.drop_files(junk)
    assert "junk.jpg" in hands.message()
    if way == "file":
        hands.open(photo)
    elif way == "pasted":
        QApplication.clipboard().setImage(red_image())
        hands.window.paste.trigger()
    else:
        save_preset(Preset((("poppies", 1.0),)), path := tmp_path / "poppies.json")
        hands.drop_files(path)
    hands.wait(lambda: not hands.window.message_bar.isVisible())


def test_steps_that_could_not_be_loaded_are_forgotten_when_others_are(hands: Hands, tmp_path: Path) -> None:
    hands.window.book.setCurrentIndex(1)
    (wrong := tmp_path / "wrong.json").write_text("[]")
    hands.drop_files(wrong)
    assert "wrong.json" in hands.message()
    save_pipeline(Pipeline((MeanBlur(4),)), steps := tmp_path / "steps.json")
    hands.drop_files(steps)
    hands.wait(lambda: not hands.window.message_bar.isVisible())


def test_what_could_not_be_saved_is_told_still_when_something_is_opened(
    hands: Hands, photo: Path, tmp_path: Path
) -> None:
    hands.open(photo)
    hands.tab.session.save_to(tmp_path / "nowhere" / "cat.png")
    told = hands.message()
    assert "nowhere" in told
    other = tmp_path / "other.png"
    write_picture(read_picture(photo), other)
    hands.open(other)
    assert hands.message() == told


def test_paste_opens_the_picture_or_the_file_on_the_clipboard(hands: Hands, photo: Path) -> None:
    QApplication.clipboard().setImage(red_image())
    hands.window.paste.trigger()
    hands.wait(lambda: hands.tab.session.photo is not None)
    QApplication.clipboard().setMimeData(mime_of([photo]))
    hands.window.paste.trigger()
    hands.wait(lambda: hands.tab.session.photo is not None and hands.tab.session.photo.path == photo)
    QApplication.clipboard().setText("only words")
    hands.window.paste.trigger()
    assert hands.window.statusBar().currentMessage() == "There is no picture on the clipboard."


def test_the_open_dialogs(hands: Hands, photo: Path, painting: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [str(photo), str(painting), ""]
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (answers.pop(0), ""))
    hands.tab.viewer.zones.photo.click()
    hands.wait(lambda: hands.tab.session.photo is not None)
    hands.tab.open_style.trigger()
    hands.wait(lambda: hands.tab.gallery.choice[0].own)
    hands.tab.open_photo.trigger()  # and changed one's mind
    assert not answers
    assert hands.window.services.preferences.folder == painting.parent


def test_opened_photos_are_among_the_recent_ones(hands: Hands, photo: Path, painting: Path) -> None:
    hands.open(photo)
    hands.open(painting)
    menu = hands.window.recent_menu
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == [painting.name, photo.name]
    menu.actions()[1].trigger()
    hands.wait(lambda: hands.tab.session.photo is not None and hands.tab.session.photo.path == photo)
