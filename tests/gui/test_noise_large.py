"""The noise tab with a picture of more pixels than a preview has."""

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PyQt5.QtCore import QPointF

from lapstyle.settings import Settings
from noise.blurs import GaussianBlur, MeanBlur
from noise.grain import FilmGrain
from noise.pipeline import Pipeline
from noise.points import SaltPepper
from noise.restore import NonLocalMeans
from noise.step import Step
from studio import noise_region
from studio.noise_jobs import NoiseJobs
from studio.noise_region import region
from studio.painting import Look
from tests.gui.noising import NoiseHands, expected
from workbench.progress import Cancellation, Job, Progress, run
from workbench.tiles import Tile

SPECKS = Pipeline((SaltPepper(0.1, 0.1), MeanBlur(4)), seed=7)


def napping(naps: int) -> Job[Any]:
    """A job that takes its time, and none of the processor's."""
    for _ in range(naps):
        yield Progress(0, 1, "steps")
        time.sleep(0.03)


def slowed(start: Callable[..., Job[Any]]) -> Callable[..., Job[Any]]:
    """The same job, longer than there is between two moves of a slider."""

    def slowly(*given: Any) -> Job[Any]:
        yield from napping(5)
        return (yield from start(*given))

    return slowly


def move_until(noise: NoiseHands, shows: Callable[[], bool]) -> None:
    """Move a slider on and on: what shows may go again when the next one is long in coming, so every move looks."""
    for move in range(200):
        noise.noise.set_pipeline(Pipeline((MeanBlur(1 + move % 30),)))
        noise.hands.qtbot.wait(30)
        if shows():
            return
    raise AssertionError("nothing new while it moves")


def look_of(step: Step) -> Look:
    return Look((), Settings(), after=Pipeline((step,)))


@pytest.fixture
def large(noise: NoiseHands, large_photo: Path) -> Path:
    noise.open(large_photo)
    photo = noise.noise.session.photo
    assert photo is not None and photo.preview is not photo.picture
    noise.whole()
    return large_photo


def test_the_visible_part_is_exact_before_the_rest_is_there(noise: NoiseHands, large: Path) -> None:
    tab, view = noise.noise, noise.noise.viewer.view
    pixels = expected(large, slow := Pipeline((FilmGrain(), NonLocalMeans(5.0)), seed=3))
    view.show_actual_size()
    tab.set_pipeline(slow)
    noise.hands.wait(lambda: view.patch is not None)
    patch = view.patch
    assert patch is not None
    assert tab.session.painted is None or not tab.session.painted.full
    place = patch.place.toRect()
    assert place.width() < view.canvas.width() or place.height() < view.canvas.height()
    shown = patch.picture.levels[0]
    middle = shown.rect().center()
    color = shown.pixelColor(middle)
    truth = pixels[place.top() + middle.y(), place.left() + middle.x()]
    assert (color.red(), color.green(), color.blue()) == tuple(truth)
    noise.whole()
    assert view.patch is None


def test_a_preview_shows_while_a_slider_moves(noise: NoiseHands, large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = noise.noise.session.jobs
    monkeypatch.setattr(jobs, "preview", slowed(jobs.preview))
    shown: list[object] = []
    noise.noise.session.shown.connect(shown.append)
    move_until(noise, lambda: bool(shown))


def test_the_visible_part_shows_while_a_slider_moves(
    noise: NoiseHands, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = noise.noise.viewer.view
    monkeypatch.setattr(noise.noise.session.jobs, "preview", lambda *_given: napping(1000))
    monkeypatch.setattr(noise_region, "region", slowed(region))
    view.show_actual_size()
    move_until(noise, lambda: view.patch is not None)


def test_a_patch_is_in_one_piece_where_its_pixels_look_far(noise: NoiseHands, large: Path) -> None:
    photo, tile = noise.noise.session.photo, Tile(0, 800, 0, 1200)
    assert photo is not None
    for step, pieces in ((SaltPepper(), 1), (NonLocalMeans(), 2), (GaussianBlur(30.0), 1)):
        assert len(list(region(photo, look_of(step), tile, Cancellation()))) == pieces


def test_a_pace_is_learned_from_steps_that_do_something(
    noise: NoiseHands, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo, jobs, never = noise.noise.session.photo, NoiseJobs(), Cancellation()
    assert photo is not None
    idle, slow = look_of(NonLocalMeans(0.0)), look_of(NonLocalMeans(5.0))
    run(jobs.whole(photo, idle, never))
    assert run(jobs.preview(photo, idle, never)).full
    assert not run(jobs.preview(photo, slow, never)).full
    run(jobs.whole(photo, slow, never))
    monkeypatch.setattr("studio.noise_jobs.AT_ONCE", math.inf)
    monkeypatch.setattr("studio.noise_jobs.TRIED", 0.0)
    assert not run(jobs.preview(photo, slow, never)).full, "which takes longer than thought"


def test_what_is_cancelled_has_no_numbers(noise: NoiseHands, large: Path) -> None:
    tab, panel = noise.noise, noise.noise.quality
    noise.hands.wait(lambda: panel.current)
    tab.set_pipeline(Pipeline((NonLocalMeans(5.0), NonLocalMeans(6.0))))
    noise.hands.wait(lambda: tab.session.painted is not None)
    assert panel.psnr.text() == "PSNR ∞ dB", "of the steps before, faded"
    tab.session.paint_whole()
    noise.hands.wait(tab.viewer.cancel.isEnabled)
    tab.viewer.cancel.trigger()
    noise.hands.wait(lambda: not tab.session.active)
    assert (panel.psnr.text(), panel.ssim.text(), panel.measured) == ("PSNR –", "SSIM –", None)


def test_the_visible_part_follows_the_hand(noise: NoiseHands, large: Path) -> None:
    view = noise.noise.viewer.view
    view.zoom_to(2.0, QPointF(10, 10))
    noise.noise.set_pipeline(Pipeline((NonLocalMeans(5.0),)))
    noise.hands.wait(lambda: view.patch is not None)
    first = view.patch
    assert first is not None
    view.pan(-150, -100)
    noise.hands.wait(lambda: view.patch is not first)
    second = view.patch
    assert second is None or second.place.left() > first.place.left()


def test_at_the_end_it_is_the_librarys(noise: NoiseHands, large: Path) -> None:
    noise.noise.set_pipeline(SPECKS)
    assert np.array_equal(noise.whole().picture.pixels, expected(large, SPECKS))
