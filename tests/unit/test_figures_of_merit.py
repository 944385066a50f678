"""What painted pictures are measured by tells better ones from worse ones."""

import numpy as np
import pytest

import lapstyle
from benchmarks.figures_of_merit import SIDE, Judge, square, window
from tests.pictures import painting, sample
from workbench.image_io import Picture
from workbench.processors import usable_cores


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(usable_cores())


@pytest.fixture(scope="module")
def seen(judge):
    return judge.see(Picture(sample("cat"))), judge.see(Picture(painting("great-wave")))


def test_the_photo_itself_is_not_stylized_at_all(judge, seen):
    photo, style = seen
    assert judge.figures(photo, photo, style) == pytest.approx([1, 1, 0, 1], abs=1e-5)


def test_the_painting_itself_has_nothing_of_the_photo(judge, seen):
    photo, style = seen
    distance, patch, content, structure = judge.figures(style, photo, style)
    assert distance == pytest.approx(0, abs=1e-6) and patch == pytest.approx(0, abs=1e-6)
    assert content > 1.5 and structure < 0.3


def test_a_painted_picture_lies_between(judge, seen):
    photo, style = seen
    painted = lapstyle.run(lapstyle.stylize(sample("cat"), "great-wave", stroke="bold", size=640))
    half = lapstyle.run(lapstyle.stylize(sample("cat"), "great-wave", stroke="bold", size=640, strength=0.5))
    rows = [judge.figures(judge.see(picture), photo, style) for picture in (half, painted)]
    for weaker, stronger in zip(rows[0][:2], rows[1][:2], strict=True):
        assert 0 < stronger < weaker < 1
    assert 0 < rows[0][2] < rows[1][2] < 2
    assert 1 > rows[0][3] > rows[1][3] > 0


def test_pixels_in_another_order_keep_colours_but_not_patches(judge, seen):
    photo, style = seen
    pixels = painting("great-wave")
    order = np.random.default_rng(0).permutation(pixels.shape[0] * pixels.shape[1])
    shuffled = Picture(pixels.reshape(-1, 3)[order].reshape(pixels.shape))
    _, patch, *_ = judge.figures(judge.see(shuffled), photo, style)
    assert patch > 0.2


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_every_depth_is_seen_alike(dtype):
    pixels = sample("coffee", (300, 200))
    full = 1 if dtype == np.float32 else np.iinfo(dtype).max
    same = square(Picture((pixels / 255 * full).astype(dtype)))
    assert same.shape == (3, SIDE, SIDE)
    assert np.abs(same - square(Picture(pixels))).max() < 0.005


def test_at_full_size_the_middle_is_seen_as_it_is():
    pixels = np.random.default_rng(1).integers(0, 256, (1031, 2000, 3), np.uint8)
    seen = window(Picture(pixels))
    assert np.array_equal(np.round(seen * 255), pixels[3:1027, 488:1512].transpose(2, 0, 1))
    assert window(Picture(pixels[:333, :402])).shape == (3, 328, 328)
