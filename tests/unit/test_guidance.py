"""Guidance: what is painted coarsely keeps to the photo's things."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

import lapstyle
from lapstyle import guidance
from lapstyle.checkpoints import Checkpoint
from lapstyle.guidance import AT, OF_DRAFT, OF_REVISED, Guidance, aimed, guided
from lapstyle.painter import Painter
from lapstyle.styles import Statistics
from tests.measures import gray, unit
from tests.pictures import painting, sample

FORMS = Guidance(share=1.0, stroke=0)
"""Nothing of the strokes stays."""
SIZE = (96, 128)


def planes(pixels: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(unit(pixels).transpose(2, 0, 1))


def test_a_slab_beside_a_thing_fades_and_the_thing_stays() -> None:
    photo = np.full((3, AT, AT), 0.8, np.float32)
    photo[:, :, 100:120] = 0.1
    photo += 0.005 * np.random.default_rng(1).standard_normal(photo.shape, dtype=np.float32)
    painted = photo.copy()
    painted[:, :, 120:128] = 0.3
    held = guided(photo, painted, FORMS, 1.0)
    ground, slab, thing = (
        held[:, :, columns].mean() for columns in (slice(200, 250), slice(120, 128), slice(105, 115))
    )
    assert ground - slab < 0.6 * (0.8 - 0.3)
    assert slab - thing > 0.6 * (0.8 - 0.1)


def test_colours_that_follow_the_photos_stay() -> None:
    photo = planes(sample("astronaut", SIZE))
    painted = np.tensordot(np.float32([[0.2, 0.5, 0.1], [0.6, 0, 0.2], [-0.3, 0.1, 0.9]]), photo, 1) + np.float32(0.1)
    assert np.abs(guided(photo, painted, FORMS, 1.0) - painted).mean() < 0.02


def test_strokes_finer_than_the_local_mean_stay() -> None:
    photo = np.full((3, *SIZE), 0.5, np.float32)
    painted = photo + np.float32([0.1, -0.1])[np.indices(SIZE).sum(0) % 2]
    held = guided(photo, painted, OF_REVISED, 1.0)
    assert np.abs(held - painted).mean() < 0.01


@pytest.mark.parametrize("size", [(16, 16), (16, 333), (1, 1)])
def test_even_grey_and_tiny_pictures_have_finite_colours(size: tuple[int, int]) -> None:
    grey = np.full((3, *size), 0.5, np.float32)
    painted = np.random.default_rng(1).random((3, *size), np.float32)
    for photo in (grey, np.repeat(painted[:1], 3, axis=0)):
        held = guided(photo, painted, OF_DRAFT, 1.0)
        assert np.isfinite(held).all() and np.abs(held).max() < 2


def test_without_strength_nothing_changes() -> None:
    photo, painted = planes(sample("coffee", SIZE)), planes(painting("poppies", SIZE))
    assert np.array_equal(guided(photo, painted, OF_DRAFT, 0.0), painted)
    assert not np.array_equal(guided(photo, painted, OF_DRAFT, 1.0), painted)


def statistics(mean: float, deviation: float) -> Statistics:
    return {"relu4_1": (np.float32([mean]), np.float32([deviation]))}


@pytest.mark.parametrize(("strength", "expected"), [(0.0, (1.0, 2.0)), (1 / (1 + guidance.BEYOND), (3.0, 4.0))])
def test_a_draft_is_aimed_from_the_photos_statistics_through_the_paintings(
    strength: float, expected: tuple[float, float]
) -> None:
    aim = aimed(statistics(3, 4), statistics(1, 2), strength)["relu4_1"]
    assert (aim[0].item(), aim[1].item()) == pytest.approx(expected)


def test_beyond_them_at_full_strength_but_never_to_a_deviation_of_nothing() -> None:
    mean, deviation = aimed(statistics(3, 4), statistics(1, 2), 1.0)["relu4_1"]
    assert mean.item() > 3 and deviation.item() > 4
    assert aimed(statistics(0, 1), statistics(0, 100), 1.0)["relu4_1"][1].item() > 0.1


class Unguided(Checkpoint):
    """The same weights, as the versions before painted."""

    @property
    def guided(self) -> bool:
        return False


@pytest.fixture(scope="module")
def unguided(painter: Painter) -> Painter:
    other = Painter("cpu", cache=None)
    other.engine.checkpoint = Unguided(**vars(replace(other.engine.checkpoint)))
    return other


def features(pixels: np.ndarray) -> np.ndarray:
    """The eyes, nose and mouth of the astronaut at 512 px as light and dark, without strokes and without shade."""
    face = gray(pixels)[70:180, 175:275]
    return cv2.GaussianBlur(face, (0, 0), 2.5) - cv2.GaussianBlur(face, (0, 0), 12)


@pytest.mark.parametrize("style", ["great-wave", "cottages-at-auvers", "starry-night"])
def test_a_face_is_kept_at_the_bold_stroke(painter: Painter, unguided: Painter, style: str) -> None:
    photo = sample("astronaut", (512, 512))

    def likeness(who: Painter) -> float:
        painted = lapstyle.run(lapstyle.stylize(photo, style, stroke="bold", painter=who)).pixels
        return float(np.corrcoef(features(painted).ravel(), features(photo).ravel())[0, 1])

    with_guidance, without = likeness(painter), likeness(unguided)
    assert with_guidance > 0.9 > without
