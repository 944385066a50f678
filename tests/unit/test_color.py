"""Colours of other profiles against values computed from their definitions."""

import imagecodecs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.picture_files import cmyk_profile, deep_photo, photo
from workbench import color

D65 = (0.3127, 0.3290)
SRGB = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
DISPLAY_P3 = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
ADOBE_RGB = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
TOP = {np.uint8: 255, np.uint16: 65535, np.float32: 1}


def to_xyz(primaries: tuple[tuple[float, float], ...]) -> NDArray[np.float64]:
    """The matrix from linear RGB of some primaries, with D65 as white, to XYZ: the textbook's."""
    columns = np.array([[x / y, 1, (1 - x - y) / y] for x, y in primaries]).T
    white = np.array([D65[0] / D65[1], 1, (1 - sum(D65)) / D65[1]])
    return columns * np.linalg.solve(columns, white)


def profile(primaries: tuple[tuple[float, float], ...], gamma: float) -> bytes:
    flat = [value for x, y in primaries for value in (x, y, 1.0)]
    return bytes(imagecodecs.cms_profile("rgb", whitepoint=[*D65, 1.0], primaries=flat, gamma=gamma))


def expected_srgb(
    values: NDArray[np.float64], primaries: tuple[tuple[float, float], ...], gamma: float
) -> NDArray[np.float64]:
    linear = values**gamma @ (np.linalg.inv(to_xyz(SRGB)) @ to_xyz(primaries)).T
    linear = np.clip(linear, 0, 1)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.uint8, 1.01 / 255), (np.uint16, 3e-4), (np.float32, 3e-4)])
@pytest.mark.parametrize(("primaries", "gamma"), [(DISPLAY_P3, 2.2), (ADOBE_RGB, 2.19921875), (DISPLAY_P3, 1.0)])
def test_wide_colours_become_the_srgb_that_their_definition_gives(
    primaries: tuple[tuple[float, float], ...], gamma: float, dtype: type, tolerance: float
) -> None:
    samples = color.to_depth(deep_photo(), dtype)
    converted, problem = color.to_srgb(samples, "rgb", profile(primaries, gamma))
    expected = expected_srgb(samples.astype(np.float64) / TOP[dtype], primaries, gamma)
    assert problem is None
    assert converted.dtype == dtype
    assert np.abs(converted / TOP[dtype] - expected).max() <= tolerance
    assert np.abs(converted / TOP[dtype] - samples / TOP[dtype]).max() > 10 * tolerance, (
        "the photo must need converting"
    )


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.uint16, 40), (np.float32, 40 / 65535)])
def test_srgb_to_a_wide_profile_and_back_is_the_same_picture(dtype: type, tolerance: float) -> None:
    pixels = color.to_depth(deep_photo(), dtype)
    wide = color.from_srgb(pixels, profile(DISPLAY_P3, 2.2))
    back, _ = color.to_srgb(wide, "rgb", profile(DISPLAY_P3, 2.2))
    assert np.abs(back.astype(np.float64) - pixels).max() <= tolerance
    assert np.abs(wide.astype(np.float64) - pixels).max() > tolerance


def test_a_profile_that_is_srgb_changes_no_pixel() -> None:
    for samples in (photo(), deep_photo()):
        converted, problem = color.to_srgb(samples, "rgb", color.srgb_profile())
        assert problem is None
        np.testing.assert_array_equal(converted, samples)


def test_gray_follows_the_curve_of_its_profile() -> None:
    gray = np.linspace(0, 65535, 257).astype(np.uint16).reshape(1, -1)
    linear = bytes(imagecodecs.cms_profile("gray", gamma=1.0, whitepoint=[*D65, 1.0]))
    converted, problem = color.to_srgb(gray, "gray", linear)
    expected = expected_srgb(np.stack([gray / 65535] * 3, axis=-1), SRGB, 1.0)
    assert problem is None
    assert np.abs(converted / 65535 - expected).max() < 2e-3


def test_gray_with_an_rgb_profile_is_converted_by_it() -> None:
    gray = photo()[..., 0]
    converted, problem = color.to_srgb(gray, "gray", profile(DISPLAY_P3, 1.0))
    assert problem is None
    assert converted.shape == (*gray.shape, 3)
    assert converted[gray > 100].mean() > gray[gray > 100].mean() + 10


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_cmyk_goes_through_its_profile(dtype: type) -> None:
    inks = np.array([[[0, 0, 0, 0], [0, 0, 0, 1], [0, 1, 0, 0], [1, 0, 0, 0]]]) * TOP[dtype]
    converted, problem = color.to_srgb(inks.astype(dtype), "cmyk", cmyk_profile())
    assert problem is None
    white, black, magenta, cyan = converted[0].astype(float) / TOP[dtype]
    assert white.min() > 0.98
    assert black.max() < 0.02
    assert magenta[0] > magenta[1] + 0.3
    assert cyan[2] > cyan[0] + 0.3


def test_cmyk_without_a_profile_multiplies_the_inks() -> None:
    inks = np.array([[[0, 0, 0, 0], [255, 0, 0, 0], [0, 0, 0, 255], [128, 64, 0, 51]]], np.uint8)
    converted, _ = color.to_srgb(inks, "cmyk", None)
    assert converted[0, :3].tolist() == [[255, 255, 255], [0, 255, 255], [0, 0, 0]]
    assert converted[0, 3].tolist() == [round(127 * 204 / 255), round(191 * 204 / 255), 204]


def test_lab_gives_known_colours() -> None:
    lab = np.array([[[100, 0, 0], [0, 0, 0], [54.29, 80.81, 69.89], [50, 0, 0]]], np.float32)  # red of sRGB at D50
    converted, _ = color.to_srgb(lab, "lab", None)
    assert np.abs(converted[0] - [[1, 1, 1], [0, 0, 0], [1, 0, 0], [0.4663, 0.4663, 0.4663]]).max() < 5e-3


@pytest.mark.parametrize(
    "broken", [b"", b"nonsense", color.srgb_profile()[:200], color.srgb_profile()[:132] + bytes(400)]
)
def test_a_broken_profile_is_ignored_and_told(broken: bytes) -> None:
    converted, problem = color.to_srgb(photo(), "rgb", broken)
    assert problem is not None
    assert "ignored" in problem
    np.testing.assert_array_equal(converted, photo())
    assert not color.can_be_kept(broken)


def test_only_rgb_profiles_can_be_kept() -> None:
    assert color.can_be_kept(profile(ADOBE_RGB, 2.2))
    assert not color.can_be_kept(cmyk_profile())


@given(st.integers(0, 65535))
def test_depths_round_to_the_nearest(value: int) -> None:
    deep = np.array([[value]], np.uint16)
    assert color.to_depth(deep, np.uint8)[0, 0] == round(value / 257)
    assert color.to_depth(color.to_depth(deep, np.float32), np.uint16)[0, 0] == value
    shallow = np.array([[value % 256]], np.uint8)
    for between in (np.uint16, np.float32):
        assert color.to_depth(color.to_depth(shallow, between), np.uint8)[0, 0] == value % 256


def test_floats_beyond_the_range_are_clipped() -> None:
    odd = np.array([[-1, 0.5, 2, np.nan, np.inf, -np.inf]], np.float32)
    assert color.to_depth(odd, np.float32).tolist() == [[0, 0.5, 1, 0, 1, 0]]
    assert color.to_depth(odd, np.uint8).tolist() == [[0, 128, 255, 0, 255, 0]]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_flattening_shows_white_through(dtype: type) -> None:
    pixels = np.zeros((1, 3, 3), dtype)
    alpha = color.to_depth(np.array([[0.0, 0.5, 1.0]], np.float32), dtype)
    flat = color.flattened(pixels, alpha)[0, :, 0] / TOP[dtype]
    assert np.abs(flat - [1, 0.5, 0]).max() < 0.003
