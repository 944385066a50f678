"""Harmony: what is alike in the photo is painted alike."""

import numpy as np
import pytest

import lapstyle
from lapstyle.coloring import LUMINANCE
from lapstyle.harmony import AT, harmonized
from tests.measures import unit
from tests.pictures import painting, sample

SIZE = (128, 96)


def planes(pixels: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(unit(pixels).transpose(2, 0, 1))


def chrominance(picture: np.ndarray) -> np.ndarray:
    return picture - (picture * LUMINANCE).sum(axis=0)


def test_a_sky_of_two_hues_comes_nearer_to_one() -> None:
    sky = np.full((3, AT, AT), 0.5, np.float32) + 0.01 * np.random.default_rng(1).standard_normal((3, AT, AT))
    draft = np.empty((3, AT, AT), np.float32)
    draft[:, :, : AT // 4] = np.float32([1.2, 0.1, 0.1])[:, None, None]
    draft[:, :, AT // 4 :] = np.float32([0.1, 0.3, 0.9])[:, None, None]
    before, after = (each[:, :, 10].mean(1) - each[:, :, -10].mean(1) for each in (draft, harmonized(sky, draft, 1)))
    assert np.abs(after).sum() < 0.75 * np.abs(before).sum()


def slab(photo: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A draft of a photo in one tone, with strokes and a dark slab, before and after."""
    strokes = 0.05 * np.random.default_rng(2).choice(np.float32([-1, 1]), (1, AT, AT)).repeat(3, axis=0)
    draft = 0.7 + strokes
    draft[:, 40:80, 40:80] -= 0.5
    return draft, harmonized(photo, draft, 1.0)


def contrast(draft: np.ndarray) -> float:
    return draft[:, 150:].mean() - draft[:, 44:76, 44:76].mean()


def test_a_dark_slab_in_an_even_sky_goes_and_strokes_stay() -> None:
    sky = np.full((3, AT, AT), 0.5, np.float32) + 0.005 * np.random.default_rng(1).standard_normal((3, AT, AT))
    before, after = slab(sky.astype(np.float32))
    assert contrast(after) < 0.3 * contrast(before)
    own, kept = (each[:, 150:].ravel() for each in (before, after))
    assert np.corrcoef(own, kept)[0, 1] > 0.98 and kept.std() > 0.3 * own.std()


def test_strong_strokes_on_what_is_even_grow_faint_and_others_do_not() -> None:
    """A sky beside rocks, and a draft with strokes on both, in the right half of either five times as strong."""
    random = np.random.default_rng(1)
    photo = 0.5 + 0.005 * random.standard_normal((3, AT, AT), np.float32)
    photo[:, AT // 2 :] = random.random((3, AT // 2, AT), np.float32)
    draft = 0.5 + 0.04 * random.choice(np.float32([-1, 1]), (1, AT, AT)).repeat(3, axis=0)
    draft[:, :, AT // 2 :] = 0.5 + 5 * (draft[:, :, AT // 2 :] - 0.5)
    after = harmonized(photo, draft, 1.0)
    sky, rocks = np.s_[:, 20:108, 20:108], np.s_[:, 148:236, 20:108]
    strong_sky, strong_rocks = np.s_[:, 20:108, 148:236], np.s_[:, 148:236, 148:236]
    left, strongly_left = (after[part].std() / draft[part].std() for part in (sky, strong_sky))
    assert 0.25 < strongly_left < 0.5
    assert 0.8 < left < 1.05
    for part in (rocks, strong_rocks):
        assert after[part].std() > 0.9 * draft[part].std()


def beside_a_cloud() -> tuple[np.ndarray, np.ndarray]:
    """A photo of a grey sky, its left half a light cloud, and a draft with a dark smear along some of the edge."""
    photo = 0.4 + 0.005 * np.random.default_rng(1).standard_normal((3, AT, AT))
    photo[:, :, : AT // 2] += 0.5
    draft = photo.copy()
    draft[:, 60:120, AT // 2 : AT // 2 + 12] -= 0.5
    return photo.astype(np.float32), draft.astype(np.float32)


def test_a_sky_is_even_up_to_the_edge_of_a_cloud() -> None:
    photo, draft = beside_a_cloud()
    smear, sky, cloud = np.s_[:, 60:120, AT // 2 : AT // 2 + 12], np.s_[:, :, -100:], np.s_[:, :, : AT // 2]
    harmonious = harmonized(photo, draft, 1.0)
    assert harmonious[sky].mean() - harmonious[smear].mean() < 0.35 * (draft[sky].mean() - draft[smear].mean())
    assert np.ptp(harmonious[cloud].mean((0, 1))) < 0.05


def test_the_photos_contrast_grows_by_some_of_what_patches_lose() -> None:
    photo, draft = beside_a_cloud()
    harmonious = harmonized(photo, draft, 1.0)
    before, after = (each[:, :, :100].mean() - each[:, :, -100:].mean() for each in (draft, harmonious))
    assert 1.01 * before < after < 1.5 * before


def test_where_the_photo_is_not_even_light_and_dark_stay_as_painted() -> None:
    before, after = slab(np.random.default_rng(1).random((3, AT, AT), np.float32))
    assert contrast(after) > 0.95 * contrast(before)


def test_hues_that_follow_the_photos_stay() -> None:
    photo = planes(sample("astronaut", SIZE))
    draft = np.tensordot(np.float32([[0.2, 0.5, 0.1], [0.6, 0, 0.2], [-0.3, 0.1, 0.9]]), photo, 1) + np.float32(0.1)
    assert np.abs(harmonized(photo, draft, 1.0) - draft).mean() < 0.01


def test_differences_of_hue_shrink_the_more_the_larger_they_are() -> None:
    photo, draft = planes(sample("stream", SIZE)), planes(painting("cottages-at-auvers", SIZE))
    change = np.abs(chrominance(harmonized(photo, draft, 1.0) - draft)).sum(axis=0)
    even = np.abs(chrominance(draft) - chrominance(draft).mean((1, 2), keepdims=True)).sum(axis=0)
    assert change[even > np.quantile(even, 0.9)].mean() > 3 * change[even < np.median(even)].mean()


def test_by_strength_and_without_any_not_at_all() -> None:
    photo, draft = planes(sample("coffee", SIZE)), planes(painting("poppies", SIZE))
    half, whole = (harmonized(photo, draft, strength) for strength in (0.5, 1.0))
    assert np.array_equal(harmonized(photo, draft, 0.0), draft)
    assert np.allclose(half, (draft + whole) / 2, atol=1e-6)


@pytest.mark.parametrize("size", [(1, 1), (16, 16), (16, 333)])
def test_even_grey_and_tiny_pictures_have_finite_colours(size: tuple[int, int]) -> None:
    grey = np.full((3, *size), 0.5, np.float32)
    draft = 3 * np.random.default_rng(1).random((3, *size), np.float32)
    for photo, painted in ((grey, draft), (np.repeat(draft[:1], 3, axis=0), draft), (draft, grey)):
        assert np.isfinite(harmonized(photo, painted, 1.0)).all()


def test_a_blue_sky_is_not_painted_red_in_places(painter: lapstyle.Painter) -> None:
    """By *Cottages* it was painted red, green and blue, in streaks; the photo's is one blue."""
    painted = lapstyle.run(lapstyle.stylize(sample("mountains", (640, 480)), "cottages-at-auvers", painter=painter))
    colors = unit(painted.pixels)[:70, 200:620].reshape(-1, 3)
    red = (colors[:, 0] > colors[:, 2] + 0.25).mean()
    assert red < 0.1
