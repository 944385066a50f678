"""Pictures in memory: their shape, and resizing."""

import numpy as np
import pytest

from tests.picture_files import deep_photo, photo, ramp
from workbench.color import to_depth
from workbench.errors import (
    PictureShapeWrong,
    SettingWrong,
)
from workbench.image_io import (
    Picture,
    resized,
)


def test_arrays_that_are_no_pictures_are_refused() -> None:
    for pixels in (np.zeros((2, 2)), np.zeros((2, 2, 3)), np.zeros((0, 2, 3), np.uint8), np.zeros((2, 2, 4), np.uint8)):
        with pytest.raises(PictureShapeWrong):
            Picture(pixels)
    with pytest.raises(PictureShapeWrong, match="alpha"):
        Picture(photo(), ramp(3, 4))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_resizing_keeps_aspect_depth_and_brightness(dtype: type) -> None:
    picture = Picture(to_depth(deep_photo(90, 121), dtype))
    for side, shape in ((50, (37, 50, 3)), (242, (180, 242, 3)), (1, (1, 1, 3))):
        smaller = resized(picture, side)
        assert smaller.pixels.shape == shape
        assert smaller.pixels.dtype == dtype
        top = 1 if dtype == np.float32 else np.iinfo(dtype).max
        assert abs(smaller.pixels.mean() - picture.pixels.mean()) / top < 0.01
    np.testing.assert_array_equal(resized(picture, 121).pixels, picture.pixels)


def test_resizing_is_antialiased() -> None:
    stripes = np.zeros((64, 64, 3), np.uint16)
    stripes[:, ::2] = 65535
    small = resized(Picture(stripes), 16).pixels
    assert np.abs(small.astype(int) - 32768).max() < 3000


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_hidden_colours_do_not_bleed(dtype: type) -> None:
    top = np.iinfo(dtype).max
    pixels = np.zeros((40, 40, 3), dtype)
    pixels[:, :21] = (0, top, 0)  # green, hidden
    pixels[:, 21:] = (top, 0, 0)
    alpha = np.zeros((40, 40), dtype)
    alpha[:, 21:] = top
    small = resized(Picture(pixels, alpha), 15)
    assert small.alpha is not None
    visible = small.alpha > top // 20
    assert small.pixels[visible][:, 1].max() <= top // 100


@pytest.mark.parametrize("side", [0, -3, 65536, True, 2.5])
def test_impossible_sizes_are_refused(side: int) -> None:
    with pytest.raises(SettingWrong):
        resized(Picture(photo()), side)
    with pytest.raises(SettingWrong, match="megapixels"):
        resized(Picture(photo()), 65535)
