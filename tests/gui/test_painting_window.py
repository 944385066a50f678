"""Painting in the window: styles, sliders, blends, cancelling, saving."""

from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QApplication, QFileDialog, QMessageBox

import assets
import lapstyle
from lapstyle.settings import Settings
from studio.message_bar import DetailsDialog
from studio.painting import Painted
from studio.pictures import pixels_of
from tests.gui.hands import Hands
from workbench.image_io import read_picture


def difference(first: Painted, second: Painted) -> float:
    return float(np.abs(first.picture.pixels.astype(float) - second.picture.pixels.astype(float)).mean())


def test_the_result_is_what_the_library_paints(hands: Hands, photo: Path) -> None:
    hands.choose("poppies")
    hands.tab.panel.strength.set_value(80)
    hands.tab.panel.stroke.set_value("bold")
    hands.open(photo)
    painted = hands.wait_for_whole()
    expected = lapstyle.run(lapstyle.stylize(photo, "poppies", strength=0.8, stroke="bold"))
    assert np.array_equal(painted.picture.pixels, expected.pixels)


def test_another_style_is_another_picture(hands: Hands, photo: Path) -> None:
    hands.open(photo)
    first = hands.wait_for_whole()
    hands.choose("starry-night")
    hands.wait(lambda: hands.tab.session.painted is not None and hands.tab.session.painted is not first)
    second = hands.wait_for_whole()
    assert second.look.styles[0][0].id == "starry-night"
    assert difference(first, second) > 5


def test_the_keys_move_the_slider_and_the_photo_comes_back_at_no_strength(hands: Hands, photo: Path) -> None:
    hands.open(photo)
    full = hands.wait_for_whole()
    slider = hands.tab.panel.strength.slider
    slider.setFocus()
    hands.qtbot.keyClick(slider, Qt.Key.Key_Home)
    assert hands.tab.panel.strength.number.value() == 0
    hands.wait(lambda: hands.tab.session.painted is not None and hands.tab.session.painted.look.settings.strength == 0)
    none = hands.wait_for_whole()
    original = read_picture(photo).pixels.astype(float)
    off = [np.abs(painted.picture.pixels - original).mean() for painted in (full, none)]
    assert off[1] < off[0] / 2


def test_every_slider_changes_the_picture_and_reset_takes_all_back(hands: Hands) -> None:
    panel = hands.tab.panel
    panel.stroke.set_value("broad")  # the fastest
    hands.open(assets.path("samples/cat.jpg"))
    before = hands.wait_for_whole()
    for change in (
        lambda: panel.detail.set_value(250),
        lambda: panel.color.set_value(100),
        lambda: panel.stroke.set_value("bold"),
        lambda: panel.strength.set_value(40),
    ):
        change()
        after = hands.wait_for_whole()
        assert difference(before, after) > 1
        before = after
    hands.tab.reset.trigger()
    assert hands.tab.look.settings == Settings(color=0.0)


def test_a_blend_has_weights(hands: Hands, photo: Path) -> None:
    hands.open(photo)
    hands.choose("great-wave", "starry-night")
    even = hands.wait_for_whole()
    weights = hands.tab.panel.weights
    assert list(weights) == ["great-wave", "starry-night"]
    assert all(slider.isVisible() for slider in weights.values())
    weights["starry-night"].set_value(1)
    weights["great-wave"].set_value(100)
    mostly = hands.wait_for_whole()
    hands.choose("great-wave")
    assert not hands.tab.panel.weights
    alone = hands.wait_for_whole()
    assert difference(mostly, alone) < difference(even, alone)


def test_a_preview_comes_first_and_the_whole_picture_when_the_hand_rests(hands: Hands, large_photo: Path) -> None:
    results: list[Painted] = []
    hands.tab.session.painted_changed.connect(lambda painted: results.append(painted) if painted else None)
    widths: list[int] = []
    hands.tab.session.shown.connect(lambda shown: widths.append(shown.size.width()))
    hands.open(large_photo)
    hands.wait_for_whole()
    assert [result.full for result in results] == [False, True]
    assert results[0].picture.width < 800
    assert results[1].picture.width == 1500
    assert widths == sorted(widths)
    assert len(widths) >= 3  # glance or draft, preview, whole


def test_the_newest_setting_wins(hands: Hands, large_photo: Path) -> None:
    hands.open(large_photo)
    results: list[Painted] = []
    hands.tab.session.painted_changed.connect(lambda painted: results.append(painted) if painted else None)
    for value in range(95, 20, -5):
        hands.tab.panel.strength.set_value(value)
        hands.qtbot.wait(15)
    hands.wait(lambda: bool(results))
    assert results[0].look.settings.strength == 0.25
    assert not results[0].full


def test_cancel_in_mid_paint(hands: Hands, large_photo: Path) -> None:
    hands.open(large_photo)
    session = hands.tab.session
    hands.wait(lambda: session.painted is not None)
    preview = session.painted
    assert not hands.tab.viewer.cancel.isEnabled()
    session.paint_whole()
    hands.wait(hands.tab.viewer.cancel.isEnabled)
    with hands.qtbot.waitSignal(session.rested, timeout=5000):
        hands.tab.viewer.cancel.trigger()
    assert not hands.tab.viewer.cancel.isEnabled()
    hands.qtbot.wait(900)  # longer than the hand rests
    assert session.painted is preview
    assert not hands.window.services.painting.busy


def test_save_paints_the_whole_first_and_keeps_to_its_name(
    hands: Hands, large_photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suggested: list[str] = []
    target = tmp_path / "gemaltes Bild 山"

    def answer(_parent: object, _title: str, suggestion: str, _kinds: str) -> tuple[str, str]:
        suggested.append(suggestion)
        return str(target), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    hands.open(large_photo)
    hands.qtbot.keyClick(hands.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert hands.tab.would_lose()
    written = target.with_name(target.name + ".jpg")
    hands.wait(lambda: hands.tab.session.saved_as == written)
    assert Path(suggested[0]).name == "large - The Great Wave off Kanagawa.jpg"
    assert read_picture(written).pixels.shape == read_picture(large_photo).pixels.shape
    before = written.read_bytes()
    hands.tab.panel.color.set_value(100)
    hands.tab.save_button.click()
    hands.wait(lambda: written.read_bytes() != before)
    assert len(suggested) == 1
    hands.wait(lambda: not hands.tab.would_lose())


def test_what_is_saved_is_what_was_set_whatever_comes_after(
    hands: Hands, photo: Path, large_photo: Path, tmp_path: Path
) -> None:
    session = hands.tab.session
    hands.choose("poppies")
    hands.open(large_photo)
    session.save_to(target := tmp_path / "poppies.png")
    hands.tab.panel.strength.set_value(30)
    hands.qtbot.wait(100)
    hands.open(photo)
    assert session.saving and not target.exists()
    hands.wait(lambda: not session.saving)
    assert session.saved_as is None, "it is of another photo"
    expected = lapstyle.run(lapstyle.stylize(large_photo, "poppies"))
    assert np.array_equal(read_picture(target).pixels, expected.pixels)
    assert hands.wait_for_whole().photo.path == photo


def test_a_whole_picture_that_is_under_way_is_the_one_that_is_saved(
    hands: Hands, large_photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = hands.tab.session
    whole, begun = session.jobs.whole, []
    monkeypatch.setattr(session.jobs, "whole", lambda *given: begun.append(given) or whole(*given))
    hands.open(large_photo)
    hands.wait(lambda: session.painted is not None)
    session.paint_whole()
    session.save_to(tmp_path / "result.png")
    painted = hands.wait_for_whole()
    hands.wait(lambda: not session.saving)
    session.save_to(tmp_path / "again.png")
    hands.wait(lambda: not session.saving)
    assert len(begun) == 1
    for name in ("result.png", "again.png"):
        assert np.array_equal(read_picture(tmp_path / name).pixels, painted.picture.pixels)


def test_cancelling_what_was_to_be_saved_says_so(hands: Hands, large_photo: Path, tmp_path: Path) -> None:
    hands.open(large_photo)
    hands.tab.session.save_to(tmp_path / "result.png")
    hands.wait(hands.tab.viewer.cancel.isEnabled)
    hands.tab.viewer.cancel.trigger()
    assert "is not saved" in hands.message()
    assert not hands.tab.session.saving
    hands.wait(lambda: not hands.tab.session.active)
    assert not (tmp_path / "result.png").exists()


def test_a_file_that_cannot_be_opened_does_not_stop_the_painting(
    hands: Hands, large_photo: Path, tmp_path: Path
) -> None:
    (tmp_path / "junk.txt").write_text("junk")
    hands.open(large_photo)
    hands.wait(lambda: hands.tab.session.painted is not None)
    hands.tab.session.paint_whole()
    hands.drop_files(tmp_path / "junk.txt", on=hands.tab.viewer.zones.photo)
    assert "junk.txt" in hands.message()
    assert hands.wait_for_whole().photo.path == large_photo


def test_the_original_is_never_overwritten(hands: Hands, photo: Path) -> None:
    before = photo.read_bytes()
    hands.open(photo)
    hands.tab.session.save_to(photo)
    assert "is the original picture and is never overwritten" in hands.message()
    assert photo.read_bytes() == before
    assert hands.tab.session.saved_as is None


def test_copy_puts_the_whole_picture_on_the_clipboard(hands: Hands, photo: Path) -> None:
    hands.open(photo)
    QApplication.clipboard().clear()
    hands.tab.copy_action.trigger()
    painted = hands.wait_for_whole()
    hands.wait(lambda: not QApplication.clipboard().image().isNull())
    pixels, _ = pixels_of(QApplication.clipboard().image())
    assert np.array_equal(pixels, painted.picture.pixels)


def test_an_engine_that_fails_is_told_and_the_window_goes_on(
    hands: Hands, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lapstyle.painter import Painter

    with monkeypatch.context() as patch:
        patch.setattr(Painter, "paint", lambda *_: (_ for _ in ()).throw(RuntimeError("the card is on fire")))
        hands.open(photo)
        assert hands.message().startswith("Something went wrong")
    hands.window.message_bar.details.click()
    dialog = hands.window.findChild(DetailsDialog)
    dialog.copy.click()
    assert "RuntimeError: the card is on fire" in QApplication.clipboard().text()
    dialog.close()
    hands.tab.panel.strength.set_value(50)
    assert hands.wait_for_whole().photo.path == photo


def test_closing_in_mid_paint_stops_at_once(hands: Hands, large_photo: Path) -> None:
    hands.open(large_photo)
    hands.tab.session.paint_whole()
    hands.wait(hands.tab.viewer.cancel.isEnabled)
    hands.window.close()
    assert not hands.window.isVisible()
    for name in ("painting whole", "painting open"):
        assert hands.window.services.worker(name).stop(0)
    assert hands.window.services.painting.stop(0)
    assert hands.window.services.background.stop(0)


def test_closing_before_a_picture_is_saved_asks(
    hands: Hands, large_photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def answer(_parent: object, _title: str, question: str) -> QMessageBox.StandardButton:
        asked.append(question)
        return QMessageBox.StandardButton.No

    monkeypatch.setattr(QMessageBox, "question", answer)
    hands.open(large_photo)
    hands.tab.session.save_to(tmp_path / "result.png")
    hands.window.close()
    assert len(asked) == 1
    assert hands.window.isVisible()
    hands.wait((tmp_path / "result.png").exists)
