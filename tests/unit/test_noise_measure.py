"""PSNR, SSIM and histogram against scikit-image and NumPy."""

import math
from typing import Any

import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from noise.measure import compare, histogram
from noise.points import GaussianNoise
from tests.picture_files import deep_photo, photo
from tests.unit.test_noise_steps import DTYPES, at_depth, rendered
from workbench.errors import PictureShapeWrong


class TestCompare:
    @pytest.mark.parametrize("height", [7, 256, 257, 700])
    @pytest.mark.parametrize("dtype", DTYPES)
    def test_strips_give_the_number_of_the_whole(self, dtype: Any, height: int) -> None:
        original = at_depth(dtype, height, 91)
        noisy = rendered(GaussianNoise(sigma=4.0), original)
        white = 1.0 if dtype == np.float32 else float(np.iinfo(dtype).max)
        first, second = original / white, noisy / white
        luma = np.array([0.299, 0.587, 0.114])
        found = compare(original, noisy)
        assert found.ssim == pytest.approx(structural_similarity(first @ luma, second @ luma, data_range=1), abs=1e-6)
        assert found.psnr == pytest.approx(peak_signal_noise_ratio(first, second, data_range=1), abs=1e-3)

    @pytest.mark.parametrize("size", [(1, 1), (1, 9), (2, 2), (3, 50), (6, 6), (40, 61)])
    @pytest.mark.parametrize("dtype", DTYPES)
    def test_equal_pictures(self, dtype: Any, size: tuple[int, int]) -> None:
        pixels = at_depth(dtype, *size)
        found = compare(pixels, pixels.copy())
        assert found.psnr == math.inf and found.ssim == pytest.approx(1)
        assert compare(pixels, rendered(GaussianNoise(sigma=30.0), pixels)).ssim < 1

    @pytest.mark.parametrize(("size", "side"), [((3, 50), 3), ((5, 6), 5), ((40, 6), 5), ((7, 8), 7)])
    def test_small_pictures_are_compared_in_the_longest_odd_squares(self, size: tuple[int, int], side: int) -> None:
        original, result = photo(*size), photo(*size)[::-1].copy()
        first, second = (pixels @ np.array([0.299, 0.587, 0.114]) / 255 for pixels in (original, result))
        expected = structural_similarity(first, second, win_size=side, data_range=1.0)
        assert compare(original, result).ssim == pytest.approx(expected)

    def test_refuses_what_does_not_belong_together(self) -> None:
        for other in (photo(40, 60), deep_photo(), photo()[..., 0], np.zeros((40, 61, 3), np.int32)):
            with pytest.raises(PictureShapeWrong):
                compare(photo(), other)


class TestHistogram:
    @pytest.mark.parametrize("dtype", DTYPES)
    def test_counts_every_value(self, dtype: Any) -> None:
        pixels = at_depth(dtype, 50, 70).copy()
        pixels[0, 0], pixels[0, 1] = 0, 1.0 if dtype == np.float32 else np.iinfo(dtype).max
        white = 1.0 if dtype == np.float32 else float(np.iinfo(dtype).max) + 1
        levels = np.minimum((pixels / white * 256).astype(int), 255)
        expected = [np.bincount(levels[..., channel].ravel(), minlength=256) for channel in range(3)]
        assert np.array_equal(histogram(pixels), expected)
