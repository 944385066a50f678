"""That noise has the distribution it promises, in independent streams, the same on every platform."""

import hashlib
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import poisson

from noise import quantiles
from noise.blurs import GaussianBlur, MeanBlur, MotionBlur
from noise.grain import FilmGrain
from noise.pipeline import Pipeline
from noise.points import GaussianNoise, Poisson, SaltPepper, Speckle
from noise.random_field import RandomField
from noise.restore import AdaptiveMedian, Median, NonLocalMeans
from noise.step import Step
from tests.pictures import sample
from tests.unit.test_noise_steps import DTYPES, at_depth, rendered
from workbench.picture import Picture
from workbench.progress import run
from workbench.tiles import Tile

SIDE = 600  # px: more than two blocks of random numbers and one tile


def flat(dtype: Any, share: float, side: int = SIDE) -> NDArray[Any]:
    white = 1.0 if dtype == np.float32 else float(np.iinfo(dtype).max)
    return np.full((side, side, 3), share * white, dtype)


def shares(pixels: NDArray[Any]) -> NDArray[np.float64]:
    return pixels / (1.0 if pixels.dtype == np.float32 else float(np.iinfo(pixels.dtype).max))


def within(count: int, total: int, probability: float) -> bool:
    """Whether a binomial count is no more than 5 standard deviations from its mean."""
    return abs(count - total * probability) <= 5 * (total * probability * (1 - probability)) ** 0.5


def correlation(first: NDArray[Any], second: NDArray[Any]) -> float:
    return float(np.corrcoef(first.ravel().astype(float), second.ravel().astype(float))[0, 1])


class TestStreams:
    """Correlations of independent numbers have a standard deviation of one over the root of their count."""

    TILE = Tile(100, 900, 200, 1000)

    def test_seeds_steps_and_channels_are_independent(self) -> None:
        bits = RandomField(1, 0).bits16(self.TILE, 3)
        limit = 5 / (800 * 800) ** 0.5
        others = [RandomField(2, 0).bits16(self.TILE), RandomField(1, 1).bits16(self.TILE)]
        others += [bits[..., 1], bits[..., 2], np.roll(bits[..., 0], 256, axis=0), np.roll(bits[..., 0], 1, axis=1)]
        for other in others:
            assert abs(correlation(bits[..., 0], other)) < limit

    def test_bits_are_uniform(self) -> None:
        counts = np.bincount(RandomField(3, 0).bits16(self.TILE).ravel() >> 8, minlength=256)
        assert all(within(int(count), 800 * 800, 1 / 256) for count in counts)


class TestSaltPepper:
    @pytest.mark.parametrize("dtype", DTYPES)
    @pytest.mark.parametrize("seed", [0, 1, 2**32 - 1])
    def test_counts(self, dtype: Any, seed: int) -> None:
        found = shares(rendered(SaltPepper(salt=0.07, pepper=0.2), flat(dtype, 0.4), seed))
        assert np.ptp(found, axis=2).max() == 0  # whole pixels
        assert within(int((found[..., 0] == 1).sum()), SIDE**2, 0.07)
        assert within(int((found[..., 0] == 0).sum()), SIDE**2, 0.2)

    def test_channels_alone(self) -> None:
        found = shares(rendered(SaltPepper(salt=0.1, pepper=0.1, per_channel=True), flat(np.uint8, 0.4)))
        for channel in range(3):
            assert within(int((found[..., channel] == 1).sum()), SIDE**2, 0.1)
        assert within(int((found == 1).all(axis=2).sum()), SIDE**2, 0.001)

    def test_all_can_be_hit(self) -> None:
        found = rendered(SaltPepper(salt=0.5, pepper=0.5), flat(np.uint8, 0.4))
        assert set(np.unique(found)) == {0, 255}

    def test_two_in_a_row_hit_other_pixels(self) -> None:
        step = SaltPepper(salt=0.1, pepper=0.0)
        found = run(Pipeline((step, step)).render(Picture(flat(np.uint8, 0.4)))).pixels
        assert within(int((found[..., 0] == 255).sum()), SIDE**2, 0.19)


class TestContinuous:
    def test_no_draw_is_further_out_than_the_table_goes(self) -> None:
        for step in (GaussianNoise(sigma=5.0), FilmGrain(amount=5.0, size=0.0)):
            found = np.abs(rendered(step, flat(np.float32, 0.5)) - 0.5) / 0.05
            assert 4.2 < found.max() < 4.33
        assert np.abs(rendered(FilmGrain(amount=5.0, size=1.5), flat(np.float32, 0.5)) - 0.5).max() / 0.05 > 4.33

    @pytest.mark.parametrize("dtype", DTYPES)
    @pytest.mark.parametrize("color", [True, False])
    def test_gaussian(self, dtype: Any, color: bool) -> None:
        found = shares(rendered(GaussianNoise(sigma=5.0, per_channel=color), flat(dtype, 0.5))) - shares(
            flat(dtype, 0.5)
        )
        assert found.std() == pytest.approx(0.05, rel=0.01)
        assert abs(found.mean()) < 5 * 0.05 / SIDE
        assert np.mean(np.abs(found) < 0.05) == pytest.approx(0.683, abs=0.02)
        assert abs(correlation(found[..., 0], found[..., 1]) - (not color)) < 0.01

    @pytest.mark.parametrize("dtype", DTYPES)
    def test_speckle_is_proportional(self, dtype: Any) -> None:
        spreads = [shares(rendered(Speckle(sigma=10.0), flat(dtype, share))).std() for share in (0.0, 0.3, 0.6)]
        assert spreads == pytest.approx([0, 0.03, 0.06], rel=0.02)

    @pytest.mark.parametrize("dtype", DTYPES)
    @pytest.mark.parametrize("photons", [3, 200, 10000])
    def test_poisson(self, dtype: Any, photons: int) -> None:
        level = flat(dtype, 0.3)
        counts = shares(rendered(Poisson(photons=photons), level)) * photons
        mean = float(shares(level)[0, 0, 0]) * photons
        # Few photons of three are more than white: what is clipped is missing.
        assert counts.mean() == pytest.approx(mean, rel=0.03 if photons == 3 else 0.001)
        # A level of 8 bits stands for up to 39 photons of 10000, whose spread within it adds to what is counted.
        rounding = (photons / 255) ** 2 / 12 if dtype == np.uint8 and photons > 255 else 0
        assert counts.var() == pytest.approx(mean + rounding, rel=0.12 if photons == 3 else 0.02)

    @pytest.mark.parametrize("each", [0.001, 1 / 255, 0.7, 10000 / 255])
    def test_poisson_has_the_quantiles_of_scipy(self, each: float) -> None:
        shares = (np.arange(quantiles.POISSON_DRAWS) + 0.5) / quantiles.POISSON_DRAWS
        found = quantiles.poisson(each)
        for level in (0, 1, 2, 100, 255, 256):
            assert np.array_equal(found[level], poisson.ppf(shares, level * each))

    def test_poisson_leaves_black_black(self) -> None:
        assert rendered(Poisson(photons=10), flat(np.uint16, 0.0)).max() == 0

    @pytest.mark.parametrize("dtype", DTYPES)
    @pytest.mark.parametrize("size", [0.0, 3.0, 12.0])
    def test_grain_is_strongest_in_the_midtones(self, dtype: Any, size: float) -> None:
        spreads = [
            shares(rendered(FilmGrain(amount=6.0, size=size), flat(dtype, share))).std()
            for share in (0.0, 0.1, 0.5, 0.9, 1.0)
        ]
        assert spreads == pytest.approx([0, 0.0216, 0.06, 0.0216, 0], rel=0.1)

    def test_grain_has_a_size(self) -> None:
        def alike(size: float, distance: int) -> float:
            found = rendered(FilmGrain(amount=6.0, size=size), flat(np.float32, 0.5))[..., 0]
            return correlation(found[:, distance:], found[:, :-distance])

        assert abs(alike(0.0, 1)) < 0.02
        assert alike(4.0, 2) == pytest.approx(np.exp(-(2**2) / (4 * 2.0**2)), abs=0.05)
        assert abs(alike(4.0, 14)) < 0.05

    def test_grain_is_one_for_all_channels_unless_in_color(self) -> None:
        found = rendered(FilmGrain(), flat(np.uint8, 0.5))
        assert np.ptp(found, axis=2).max() == 0
        color = rendered(FilmGrain(color=True), flat(np.uint8, 0.5))
        assert abs(correlation(color[..., 0], color[..., 1])) < 0.02


class TestBlurs:
    @pytest.mark.parametrize("dtype", DTYPES)
    def test_an_even_kernel_reaches_further_left_and_up(self, dtype: Any) -> None:
        point = np.zeros((40, 40, 3), dtype)
        point[20, 20] = 1.0 if dtype == np.float32 else np.iinfo(dtype).max
        rows, columns = np.nonzero(rendered(MeanBlur(size=4), point)[..., 0])
        # Pixels whose square, 2 before and 1 after them, holds the point.
        assert (rows.min(), rows.max(), columns.min(), columns.max()) == (19, 22, 19, 22)

    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
    @pytest.mark.parametrize("size", [2, 17, 20, 182, 201])
    def test_the_mean_is_exact_and_where_opencv_has_it(self, dtype: Any, size: int) -> None:
        pixels = at_depth(dtype, 210, 230)
        before, after = size // 2, (size - 1) // 2
        padded = np.pad(pixels, ((before, after), (before, after), (0, 0)), "reflect").astype(np.int64)
        sums = np.pad(padded, ((1, 0), (1, 0), (0, 0))).cumsum(axis=0).cumsum(axis=1)
        sums = sums[size:, size:] - sums[:-size, size:] - sums[size:, :-size] + sums[:-size, :-size]
        found = rendered(MeanBlur(size=size), pixels)
        assert np.array_equal(found, (sums + size * size // 2) // (size * size))
        assert cv2.norm(found, cv2.blur(pixels, (size, size)), cv2.NORM_INF) <= 1

    def test_gaussian_has_its_width(self) -> None:
        point = np.zeros((61, 61, 3), np.float32)
        point[30, 30] = 1
        spread = rendered(GaussianBlur(sigma=4.0), point)[..., 0]
        assert spread.sum() == pytest.approx(1, abs=1e-4)
        assert (spread.sum(axis=0) @ (np.arange(61) - 30) ** 2) ** 0.5 == pytest.approx(4, rel=0.02)

    @pytest.mark.parametrize(("angle", "rise"), [(0.0, 0.0), (30.0, 0.577), (45.0, 1.0), (-45.0, -1.0), (90.0, 1e9)])
    def test_motion_has_a_direction_and_a_length(self, angle: float, rise: float) -> None:
        point = np.zeros((61, 61, 3), np.float32)
        point[30, 30] = 1
        line = rendered(MotionBlur(length=21.0, angle=angle), point)[..., 0]
        assert line.sum() == pytest.approx(1, abs=1e-4)
        rows, columns = np.nonzero(line > 0.01)
        up, right = 30 - rows, columns - 30
        length = np.hypot(np.ptp(rows), np.ptp(columns))
        assert length == pytest.approx(20, abs=1.5)
        assert np.abs(up - rise * right).max() < 1.5 if abs(rise) < 10 else np.ptp(columns) == 0


def psnr(first: NDArray[Any], second: NDArray[Any]) -> float:
    return float(-10 * np.log10(np.mean((shares(first) - shares(second)) ** 2)))


class TestRestoration:
    @pytest.mark.parametrize("dtype", DTYPES)
    def test_adaptive_median_beats_the_median_at_heavy_salt_and_pepper(self, dtype: Any) -> None:
        original = at_depth(dtype, 200, 300)
        noisy = rendered(SaltPepper(salt=0.15, pepper=0.15), original)
        adaptive = psnr(original, rendered(AdaptiveMedian(), noisy))
        for radius in (1, 2, 3):
            assert adaptive > psnr(original, rendered(Median(radius=radius), noisy)) + 1
        assert adaptive > psnr(original, noisy) + 15

    @pytest.mark.parametrize("radius", [2, 5])
    def test_adaptive_median_is_the_same_at_any_depth(self, radius: int) -> None:
        """Deep pictures have their larger medians from elsewhere."""
        pixels = rendered(SaltPepper(salt=0.2, pepper=0.2), at_depth(np.uint8, 120, 130))
        deep = rendered(AdaptiveMedian(radius=radius), pixels.astype(np.uint16) * 257)
        assert np.array_equal(deep, rendered(AdaptiveMedian(radius=radius), pixels).astype(np.uint16) * 257)

    @pytest.mark.parametrize("dtype", DTYPES)
    def test_non_local_means_restores(self, dtype: Any) -> None:
        original = sample("coffee", (300, 200))
        if dtype != np.uint8:
            original = (original / 255 * (65535 if dtype == np.uint16 else 1)).astype(dtype)
        noisy = rendered(GaussianNoise(sigma=8.0), original)
        assert psnr(original, rendered(NonLocalMeans(strength=8.0), noisy)) > psnr(original, noisy) + 3

    @pytest.mark.parametrize("radius", [1, 2, 4])
    def test_the_median_is_numpys(self, radius: int) -> None:
        for dtype in DTYPES:
            pixels = at_depth(dtype, 30, 41)
            padded = np.pad(pixels, ((radius, radius), (radius, radius), (0, 0)), "reflect")
            side = 2 * radius + 1
            squares = np.lib.stride_tricks.sliding_window_view(padded, (side, side), (0, 1))
            assert np.array_equal(rendered(Median(radius=radius), pixels), np.median(squares, axis=(-2, -1)))


class TestEverywhereTheSame:
    """Steps that count, add and compare whole numbers, so any platform and version must give these very pixels.

    Gaussian noise takes its whole numbers from a table of rounded quantiles, none of which is near enough to a half
    for the last digit of a logarithm to matter.
    """

    @pytest.mark.parametrize(
        ("step", "expected"),
        [
            (SaltPepper(salt=0.1, pepper=0.1), "a9948a364ab85643e163d6f3c7926f1710080509c0bca83cfce53cb0f2d61721"),
            (
                SaltPepper(salt=0.1, pepper=0.1, per_channel=True),
                "2ba63678a21e90662197fed307cb9020f31766e11228f349711efec44ab35cff",
            ),
            (GaussianNoise(sigma=5.0), "7ab13d3a615fe05b261a87dba6405550acf48b9341c302eef168c643327676fe"),
            (MeanBlur(size=20), "5771eb1c942a2a74fc5db23605436965de992e5b46d7ad2b37c0b601964345ce"),
            (Median(radius=2), "663d31711a4d9d4415a5d497183652fbd73071a9226baa13b89fb37d1caf69d7"),
            (AdaptiveMedian(), "ddf9254568619c611805724ec7402ccc24186357d0404323fe1d2365552cd725"),
        ],
        ids=lambda value: value.name if isinstance(value, Step) else "",
    )
    def test_pixels(self, step: Step, expected: str) -> None:
        rows, columns, channels = np.mgrid[:300, :280, :3]
        pixels = ((rows * rows + 3 * columns * (channels + 1)) // 7 % 256).astype(np.uint8)
        assert hashlib.sha256(rendered(step, pixels, 42).tobytes()).hexdigest() == expected

    @pytest.mark.parametrize(
        ("step", "dtype", "expected"),
        [
            (
                SaltPepper(salt=0.1, pepper=0.1),
                np.uint16,
                "419720880f29789645f508d03c468a467a258bf0635e2ff15c57604479cbdbb0",
            ),
            (
                SaltPepper(salt=0.1, pepper=0.1),
                np.float32,
                "c84398955fc1111824a70c4ef4f6e5365bdcb39f6ed7ba995adebe1b2569e5ff",
            ),
            (GaussianNoise(sigma=5.0), np.uint16, "7fc2290c83426567cfe63af26eec9a90f85ad78bb2129908020eb942582ddc59"),
            (MeanBlur(size=20), np.uint16, "cca15895ae49abc82df55a4f3e31cd8626a583926902e0b09c3cf381a969cbf4"),
            (Median(radius=2), np.uint16, "3563511392fbdc4ed9a25fcd4bf5a878f2f84b071e2237c0430a1e6ff65af38e"),
            (Median(radius=2), np.float32, "7b08f72e90015f5de9c5c57240459ac07892d664c4ad172e7e08cc0308d95bba"),
            (AdaptiveMedian(), np.uint16, "05af131ea7ca8762917ba5fb2f01255c1fedf4e4e079f57a014463ffd081fcee"),
            (AdaptiveMedian(), np.float32, "3396c742d32acf2489b466f6f9ecdbf020875212247fc98b58e424f1042c7151"),
        ],
        ids=lambda value: value.name if isinstance(value, Step) else "",
    )
    def test_deep_pixels(self, step: Step, dtype: Any, expected: str) -> None:
        rows, columns, channels = np.mgrid[:300, :280, :3]
        levels = ((rows * rows * 37 + 301 * columns * (channels + 1)) // 7 % 65536).astype("<u2")
        pixels = levels if dtype == np.uint16 else levels.astype("<f4") / np.float32(65535)
        assert hashlib.sha256(rendered(step, pixels, 42).tobytes()).hexdigest() == expected
