"""Steps before and after a painting: the pixels, what is kept, and how far the job says it is."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import assets
from lapstyle.settings import Settings
from lapstyle.styles import weighted
from noise.blurs import MeanBlur
from noise.pipeline import Pipeline
from noise.points import SaltPepper
from recipes.chain import paint
from recipes.preset import Preset, load_preset, save_preset
from tests.batch_child import STYLE, InvertingPainter
from tests.picture_files import deep_photo, ramp
from workbench.errors import PresetWrong
from workbench.image_io import Picture, read_picture, resized
from workbench.progress import Cancellation, Cancelled, Progress, run

GRAIN = Pipeline((SaltPepper(0.1, 0.1),), seed=3)
BLUR = Pipeline((MeanBlur(5),))


@pytest.fixture
def photo() -> Picture:
    picture = resized(read_picture(assets.path("samples/cat.jpg")), 60)
    alpha = np.full(picture.pixels.shape[:2], 90, np.uint8)
    return replace(picture, alpha=alpha)


@pytest.fixture
def painter(tmp_path: Path) -> InvertingPainter:
    return InvertingPainter(tmp_path / "log")


def test_the_steps_are_done_before_and_after(photo: Picture, painter: InvertingPainter) -> None:
    styles, settings = weighted(STYLE), Settings()
    by_hand = run(painter.paint(run(GRAIN.render(photo)), styles, settings, Cancellation()))
    by_hand = run(BLUR.render(by_hand))
    seen: list[Progress] = []
    result = run(paint(painter, photo, styles, settings, GRAIN, BLUR), seen.append)
    assert np.array_equal(result.pixels, by_hand.pixels)
    assert result.alpha is not None and photo.alpha is not None
    assert np.array_equal(result.alpha, photo.alpha)
    swapped = run(paint(painter, photo, styles, settings, BLUR, GRAIN))
    assert not np.array_equal(swapped.pixels, result.pixels)
    fractions = [progress.fraction for progress in seen]
    assert fractions == sorted(fractions)
    assert (seen[0].stage, seen[-1].stage) == ("salt-pepper", "mean-blur")


def test_a_deep_photo_stays_deep(painter: InvertingPainter) -> None:
    photo = Picture(deep_photo(), ramp().astype(np.uint16) * np.uint16(257))
    by_hand = np.uint16(65535) - run(GRAIN.render(photo)).pixels
    by_hand = run(BLUR.render(Picture(by_hand))).pixels
    result = run(paint(painter, photo, weighted(STYLE), Settings(), GRAIN, BLUR))
    assert result.pixels.dtype == np.uint16
    assert np.array_equal(result.pixels, by_hand)
    assert result.alpha is not None and photo.alpha is not None
    assert np.array_equal(result.alpha, photo.alpha)


def test_idle_steps_pass_the_very_same_picture_on(photo: Picture, tmp_path: Path) -> None:
    given: list[Picture] = []

    class Recorder(InvertingPainter):
        def paint(self, picture, *rest):  # type: ignore[no-untyped-def]
            given.append(picture)
            return super().paint(picture, *rest)

    idle = Pipeline((SaltPepper(0.0, 0.0),))
    run(paint(Recorder(tmp_path / "log"), photo, weighted(STYLE), Settings(), idle, Pipeline()))
    assert len(given) == 1
    assert given[0].pixels is photo.pixels


def test_a_cancel_is_heard_in_the_steps(photo: Picture, painter: InvertingPainter) -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(Cancelled):
        run(paint(painter, photo, weighted(STYLE), Settings(), GRAIN, BLUR, cancellation))


def test_a_preset_keeps_the_steps(tmp_path: Path) -> None:
    path = tmp_path / "grain.json"
    preset = Preset(styles=(("spring", 1.0),), before=BLUR, after=GRAIN)
    save_preset(preset, path)
    assert load_preset(path) == preset
    save_preset(replace(preset, before=Pipeline()), path)
    assert '"before"' not in path.read_text()
    assert load_preset(path).before == Pipeline()
    path.write_text(path.read_text().replace("salt-pepper", "sugar"))
    with pytest.raises(PresetWrong, match=r"after: .*sugar"):
        load_preset(path)
