"""Each control does what it says, by a measurement on real pictures."""

import functools
from itertools import pairwise

import numpy as np
import pytest

import lapstyle
from lapstyle.coloring import with_color_of
from tests.measures import color_distance, gray, sharpness, structure, style_distance, style_statistics
from tests.pictures import painting, sample

PHOTOS = {
    "astronaut": (320, 320),
    "cat": (384, 256),
    "coffee": (384, 256),
    "rocket": (384, 256),
    "mountains": (384, 256),
    "stream": (384, 240),
    "friends": (320, 240),
    "dandelion": (400, 290),
}
FEW = ("astronaut", "coffee", "rocket")


@pytest.fixture(scope="module")
def paint(painter):
    @functools.cache
    def cached(name, style, settings):
        styles = list(style) if isinstance(style, tuple) else style
        photo = sample(name, PHOTOS[name])
        return lapstyle.run(lapstyle.stylize(photo, styles, painter=painter, **dict(settings))).pixels

    def paint(name, style="great-wave", **settings):
        settings.setdefault("stroke", "bold")  # a quarter of the work of the default
        return cached(name, tuple(style) if isinstance(style, list) else style, tuple(settings.items()))

    return paint


@pytest.fixture(scope="module")
def distance(painter):
    """Style distance to a gallery painting, reduced to the photos' size."""
    statistics = {
        style: style_statistics(painter.engine, painting(style, (360, 256))) for style in ("great-wave", "starry-night")
    }
    return lambda painted, style: style_distance(painter.engine, painted, statistics[style])


def rising(values) -> bool:
    return all(earlier < later for earlier, later in pairwise(values))


@pytest.mark.parametrize("photo", PHOTOS)
def test_at_strength_0_the_photo_comes_back(paint, photo):
    assert structure(paint(photo, strength=0.0, stroke="fine"), sample(photo, PHOTOS[photo])) >= 0.85


@pytest.mark.parametrize("style", ["great-wave", "starry-night"])
def test_strength_moves_towards_the_painting_and_away_from_the_photo(paint, distance, style):
    strengths = (0.0, 0.25, 0.5, 0.75, 1.0)
    painted = [[paint(photo, style, strength=strength) for photo in FEW] for strength in strengths]
    to_style = [np.mean([distance(each, style) for each in row]) for row in painted]
    to_photo = [
        np.mean([structure(each, sample(photo, PHOTOS[photo])) for photo, each in zip(FEW, row, strict=True)])
        for row in painted
    ]
    assert rising(to_style[::-1]), to_style
    assert rising(to_photo[::-1]), to_photo
    assert to_style[-1] < 0.25 * to_style[0]


def test_half_strength_is_no_fade_of_photo_and_painting(paint):
    """Between the two in feature space there are strokes of their own; a fade would be the mean of both."""
    photo = sample("coffee", PHOTOS["coffee"])
    fade = (photo / 2 + paint("coffee") / 2).astype(np.uint8)
    half = paint("coffee", strength=0.5)
    assert np.abs(half.astype(int) - fade).mean() > 8


@pytest.mark.parametrize("photo", FEW)
def test_color_moves_towards_the_photos(paint, photo):
    original = sample(photo, PHOTOS[photo])
    distances = [color_distance(paint(photo, color=share), original) for share in (1.0, 0.75, 0.5, 0.25, 0.0)]
    assert rising(distances), distances
    assert distances[0] < 0.25 * distances[-1]
    assert np.array_equal(paint(photo, color="content"), paint(photo, color=1.0))
    assert np.array_equal(paint(photo, color="style"), paint(photo, color=0))


def test_color_leaves_light_and_dark_as_painted(paint):
    assert np.abs(gray(paint("coffee", color="content")) - gray(paint("coffee"))).max() < 0.01


def test_chrominance_that_does_not_fit_gives_way_without_changing_its_hue():
    red = np.zeros((3, 1, 1), np.float32)
    red[0] = 0.9
    bright = np.full((3, 1, 1), 0.95, np.float32)
    colored = with_color_of(red, bright, 1.0).ravel()
    assert colored @ [0.299, 0.587, 0.114] == pytest.approx(0.95, abs=1e-4)
    assert colored[0] == pytest.approx(1.0, abs=1e-4) and colored[1] == pytest.approx(colored[2], abs=1e-5)


def test_a_finer_stroke_keeps_more_of_the_photos_structure(paint):
    kept = [
        np.mean([structure(paint(photo, stroke=stroke), sample(photo, PHOTOS[photo])) for photo in PHOTOS])
        for stroke in lapstyle.STROKES
    ]
    assert rising(kept), kept


def test_a_stroke_in_pixels_is_the_one_of_that_name(paint):
    assert np.array_equal(paint("coffee", stroke=128), paint("coffee", stroke="bold"))


@pytest.mark.parametrize("photo", FEW)
def test_detail_sharpens(paint, photo):
    energies = [sharpness(paint(photo, detail=detail)) for detail in (0.0, 0.5, 1.0, 1.5, 2.5)]
    assert rising(energies), energies


def test_a_blend_goes_from_one_painting_to_the_other(paint, distance):
    shares = (0.0, 0.25, 0.5, 0.75, 1.0)
    blends = [
        [("great-wave", 1 - share), ("starry-night", share)]
        if 0 < share < 1
        else ["great-wave", "starry-night"][int(share)]
        for share in shares
    ]
    painted = [[paint(photo, blend) for photo in FEW] for blend in blends]

    def distances(style):
        return [np.mean([distance(each, style) for each in row]) for row in painted]

    assert rising(distances("great-wave"))
    assert rising(distances("starry-night")[::-1])


def test_a_blend_depends_on_the_weights_ratio_only(paint):
    first = paint("coffee", [("lion", 1), ("poppies", 3)])
    assert np.array_equal(first, paint("coffee", [("lion", 0.5), ("poppies", 1.5)]))
    assert np.array_equal(paint("coffee", ["lion", "lion"]), paint("coffee", "lion"))
