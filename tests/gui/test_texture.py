"""Noise and blur before and after a painting."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PyQt5.QtCore import Qt

import assets
from lapstyle.engine import Features
from lapstyle.painter import Painter
from lapstyle.settings import Settings
from lapstyle.styles import find_style, weighted
from noise.blurs import MeanBlur
from noise.catalogue import STEPS
from noise.pipeline import Pipeline
from noise.points import SaltPepper
from studio.main_window import MainWindow
from studio.step_words import title_of_step
from tests.gui.hands import Hands
from workbench.image_io import read_picture, write_picture
from workbench.picture import Picture, resized
from workbench.progress import run

SPECKS = Pipeline((SaltPepper(0.1, 0.1),), seed=7)
SOFT = Pipeline((MeanBlur(9),))


def expected(photo: Path, before: Pipeline, after: Pipeline, settings: Settings | None = None) -> np.ndarray[Any, Any]:
    """What the libraries make, one after the other."""
    picture: Picture = run(before.render(read_picture(photo)))
    style = find_style("great-wave")
    painted = run(Painter(cache=None).paint(picture, weighted([(style, 1.0)]), settings))
    return run(after.render(painted)).pixels


def test_the_whole_picture_is_the_chain_of_steps_and_painting(hands: Hands, photo: Path) -> None:
    hands.choose("great-wave")
    hands.tab.panel.set_steps(SOFT, SPECKS)
    hands.open(photo)
    painted = hands.wait_for_whole()
    assert painted.look.after == SPECKS
    assert np.array_equal(painted.picture.pixels, expected(photo, SOFT, SPECKS))
    specks = np.isin(painted.picture.pixels, (0, 255)).all(axis=2).mean()
    assert 0.15 < specks < 0.3


def test_a_preview_has_steps_that_are_reduced_with_it(hands: Hands, large_photo: Path) -> None:
    hands.choose("great-wave")
    hands.open(large_photo)
    hands.wait_for_whole()
    photo = hands.tab.session.photo
    assert photo is not None
    session, seen = hands.tab.session, []
    session.painted_changed.connect(lambda painted: seen.append(painted) if painted else None)
    hands.tab.panel.set_steps(Pipeline(), Pipeline((MeanBlur(41),)))
    whole = hands.wait_for_whole()
    preview = seen[0]
    assert not preview.full
    factor = photo.preview.width / photo.picture.width
    style = weighted([(find_style("great-wave"), 1.0)])
    plain = run(Painter(cache=None).paint(photo.preview, style, Settings(color=0.0)))
    assert np.array_equal(preview.picture.pixels, run(Pipeline((MeanBlur(round(41 * factor)),)).render(plain)).pixels)
    small = resized(whole.picture, preview.picture.width).pixels
    assert np.abs(small.astype(int) - preview.picture.pixels).mean() < 12


def test_a_slider_does_neither_the_steps_before_nor_the_encoding_again(
    hands: Hands, large_photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands.tab.panel.set_steps(SOFT, Pipeline())
    hands.open(large_photo)
    hands.wait_for_whole()
    engine = type(hands.tab.session.jobs.painter("preview").engine)
    encoded: list[str] = []
    blurred: list[int] = []
    encode, apply = engine.encode, MeanBlur.apply

    def counted(self: Any, pixels: Any, through: Any, cancellation: Any = None) -> Features:
        encoded.append(through)
        return encode(self, pixels, through, cancellation)

    def counted_blur(self: MeanBlur, *arguments: Any) -> Any:
        blurred.append(self.size)
        return apply(self, *arguments)

    monkeypatch.setattr(engine, "encode", counted)
    monkeypatch.setattr(MeanBlur, "apply", counted_blur)
    hands.tab.panel.detail.set_value(150)
    hands.wait(lambda: hands.tab.session.painted is None)
    hands.wait_for_whole()
    assert (encoded, blurred) == ([], [])
    hands.tab.panel.set_steps(Pipeline((MeanBlur(21),)), Pipeline())
    hands.wait(lambda: hands.tab.session.painted is None)
    hands.wait_for_whole()
    assert encoded.count("relu4_1") >= 2  # the preview and the whole
    assert 21 in blurred


def test_without_steps_the_very_photo_is_painted(hands: Hands, photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[Picture] = []
    paint = Painter.paint

    def watched(self: Painter, picture: Picture, *arguments: Any) -> Any:
        painted.append(picture)
        return paint(self, picture, *arguments)

    monkeypatch.setattr(Painter, "paint", watched)
    hands.open(photo)
    hands.wait_for_whole()
    opened = hands.tab.session.photo
    assert opened is not None
    assert any(picture is opened.picture for picture in painted)


def test_undo_takes_steps_back(hands: Hands) -> None:
    panel = hands.tab.panel
    for steps in (SPECKS, SOFT):
        panel.set_steps(Pipeline(), steps)
        hands.qtbot.wait(1)
    assert hands.tab.undo.undo_action.text() == "&Undo steps after painting"
    hands.qtbot.keyClick(hands.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (panel.before, panel.after) == (Pipeline(), SPECKS)
    hands.tab.undo.undo_action.trigger()
    assert panel.after == Pipeline()
    hands.tab.undo.redo_action.trigger()
    assert panel.after == SPECKS


def test_values_of_a_step_in_quick_succession_are_one_step_back(hands: Hands) -> None:
    panel = hands.tab.panel
    for size in (3, 5, 7, 9):
        panel.set_steps(Pipeline((MeanBlur(size),)), Pipeline())
        hands.qtbot.wait(1)
    hands.tab.undo.undo_action.trigger()
    assert panel.before == Pipeline((MeanBlur(3),))
    hands.tab.undo.undo_action.trigger()
    assert panel.before == Pipeline()


def test_steps_come_back_at_the_next_start(hands: Hands, open_window: Callable[[], MainWindow]) -> None:
    hands.choose("poppies")
    hands.tab.panel.set_steps(SOFT, SPECKS)
    look = hands.tab.look
    hands.window.close()
    again = Hands(open_window(), hands.qtbot)
    assert again.tab.look == look


def test_a_look_of_an_earlier_version_is_taken_up(hands: Hands, open_window: Callable[[], MainWindow]) -> None:
    preferences = hands.window.services.preferences
    hands.window.close()
    kept: dict[str, Any] = {"settings": {"strength": 0.5}, "styles": [["poppies", 1.0]]}
    preferences.set_data("look", kept)
    preferences.save()
    again = Hands(open_window(), hands.qtbot)
    assert again.tab.look.settings.strength == 0.5
    assert again.tab.look.before == Pipeline()
    again.window.close()
    preferences.set_data("look", {**kept, "after": {"version": 1, "steps": [{"step": "no-such"}]}})
    preferences.save()
    assert Hands(open_window(), hands.qtbot).tab.look.settings.strength == 1


def test_looks_that_differ_in_steps_are_results_of_their_own(hands: Hands, photo: Path) -> None:
    hands.open(photo)
    hands.wait_for_whole()
    entries = hands.tab.results.history.entries
    hands.wait(lambda: len(entries) == 1)
    hands.tab.panel.set_steps(Pipeline(), SPECKS)
    hands.wait(lambda: len(entries) == 2)
    assert "After painting: " in str(hands.tab.results.history.index(1).data(Qt.ItemDataRole.ToolTipRole))
    hands.tab.results.return_to(entries[0])
    assert hands.tab.panel.after == Pipeline()


def test_an_unfinished_batch_of_an_earlier_version_is_offered(
    hands: Hands, open_window: Callable[[], MainWindow], tmp_path: Path
) -> None:
    style = assets.gallery()[0]
    choice = {"id": style.id, "title": style.title, "artist": style.artist, "year": style.year, "own": False}
    write_picture(resized(read_picture(assets.path("samples/cat.jpg")), 96), source := tmp_path / "cat.jpg")
    content = {
        "inputs": [str(source)],
        "output": str(tmp_path / "out"),
        "styles": [{**choice, "path": str(style.path), "weight": 1.0}],
        "settings": Settings(strength=0.5).to_dict(),
        "pattern": "{stem}",
        "suffix": None,
        "options": {},
    }
    preferences = hands.window.services.preferences
    hands.window.close()
    preferences.set_data("unfinished batch", content)
    preferences.save()
    again = Hands(open_window(), hands.qtbot)
    assert "was not finished" in again.message()
    hands.qtbot.mouseClick(again.window.message_bar.offer_button, Qt.MouseButton.LeftButton)
    hands.wait((tmp_path / "out" / "cat.jpg").exists)
    window = again.window.batch.window
    assert window is not None
    hands.wait(lambda: not window.run.running)
    plan = window.form.plan
    assert plan is not None
    assert plan.recipe.to_dict()["settings"]["strength"] == 0.5


def test_every_step_has_a_title() -> None:
    titles = {title_of_step(kind) for kind in STEPS.values()}
    assert len(titles) == len(STEPS)
    assert "Film grain" in titles
