"""The palette: a draft gets the painting's colours, all that belong together, and no others."""

import functools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

import lapstyle
from lapstyle.checkpoints import load_checkpoint
from lapstyle.palette import FLOOR, Palette, blended, palette_of, recolored
from lapstyle.styles import Style, find_style
from tests.checkpoint_files import METADATA, SHIPPED, shipped_tensors
from tests.measures import structure, unit
from tests.pictures import painting, sample

SIZE = (192, 128)


def planes(pixels: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(unit(pixels).transpose(2, 0, 1))


def difference(first: Palette, second: Palette) -> float:
    """The largest, of means and of covariances, in parts of full scale."""
    means = np.abs(first.mean - second.mean).max()
    return float(max(means, np.sqrt(np.abs(first.covariance - second.covariance)).max()))


@pytest.mark.parametrize("photo", ["astronaut", "coffee", "dandelion"])
@pytest.mark.parametrize("style", ["great-wave", "starry-night", "composition-viii"])
def test_a_photo_takes_on_a_paintings_colours(photo: str, style: str) -> None:
    target = palette_of(planes(painting(style, SIZE)))
    own = planes(sample(photo, SIZE))
    assert difference(palette_of(own), target) > 0.1
    assert difference(palette_of(recolored(own, target)), target) < 0.04  # what `FLOOR` leaves


def test_its_own_colours_change_nothing() -> None:
    own = planes(sample("coffee", SIZE))
    assert np.abs(recolored(own, palette_of(own)) - own).max() < 1e-5


def test_no_picture_moves_less_to_the_same_colours() -> None:
    """Compared with the map by Cholesky factors, which reaches the same palette by turning hues."""
    own, target = planes(sample("astronaut", SIZE)), palette_of(planes(painting("poppies", SIZE)))
    palette = palette_of(own)
    turning = np.linalg.cholesky(target.covariance) @ np.linalg.inv(np.linalg.cholesky(palette.covariance))
    other = np.tensordot(turning, own - palette.mean[:, None, None], 1) + target.mean[:, None, None]
    assert difference(palette_of(other), target) < 0.04
    assert np.square(recolored(own, target) - own).mean() < np.square(other - own).mean()


def test_a_grey_drafts_noise_is_not_blown_up_into_colour() -> None:
    grey = np.repeat(planes(sample("rocket", SIZE)).mean(0, keepdims=True), 3, axis=0)
    noisy = grey + np.random.default_rng(1).normal(0, 0.002, grey.shape).astype(np.float32)
    moved = recolored(noisy, palette_of(planes(painting("composition-viii", SIZE))))
    own = recolored(grey, palette_of(planes(painting("composition-viii", SIZE))))
    assert np.abs(moved - own).mean() < 0.02


def test_an_even_picture_becomes_the_mean() -> None:
    even, target = np.full((3, 5, 7), 0.3, np.float32), palette_of(planes(painting("lion", SIZE)))
    assert np.allclose(recolored(even, target), target.mean[:, None, None], atol=1e-5)


def test_a_single_pixel_has_a_palette() -> None:
    palette = palette_of(np.full((3, 1, 1), 0.5, np.float32))
    assert np.allclose(palette.mean, 0.5) and np.allclose(palette.covariance, FLOOR * np.eye(3))


def test_a_blend_lies_between() -> None:
    first, second = (palette_of(planes(painting(name, SIZE))) for name in ("great-wave", "poppies"))
    half = blended([(first, 0.5), (second, 0.5)])
    assert np.allclose(half.mean, (first.mean + second.mean) / 2)
    assert np.allclose(half.covariance, (first.covariance + second.covariance) / 2)


@pytest.fixture(scope="module")
def recoloring(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped weights, told that they recolour."""
    path = tmp_path_factory.mktemp("weights") / "recoloring.safetensors"
    tensors = {name: np.ascontiguousarray(array) for name, array in shipped_tensors().items()}
    safetensors.numpy.save_file(tensors, path, {**METADATA, "palette": "mean,covariance"})
    return path


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same weights, told nothing."""
    path = tmp_path_factory.mktemp("weights") / "plain.safetensors"
    safetensors.numpy.save_file({n: np.ascontiguousarray(a) for n, a in shipped_tensors().items()}, path, METADATA)
    return path


Paint = Callable[..., np.ndarray]


@pytest.fixture(scope="module")
def paint(recoloring: Path, plain: Path) -> Paint:
    """Paints a photo that is no larger than its draft, so that the picture is the draft."""
    painters = {
        True: lapstyle.Painter("cpu", checkpoint=recoloring, cache=None),
        False: lapstyle.Painter("cpu", checkpoint=plain, cache=None),
    }

    @functools.cache
    def paint(style: object, recolors: bool = True, photo: str = "cat", **settings: float) -> np.ndarray:
        job = lapstyle.stylize(sample(photo, SIZE), style, stroke="bold", painter=painters[recolors], **settings)
        return lapstyle.run(job).pixels

    return paint


@pytest.mark.parametrize("style", ["great-wave", "starry-night", "poppies"])
def test_a_draft_is_painted_in_the_paintings_colours(paint: Paint, style: str) -> None:
    found = find_style(style)
    target = found.palette_at(found.nearest_side(128))
    off = {recolors: difference(palette_of(planes(paint(style, recolors))), target) for recolors in (True, False)}
    assert off[True] < 0.08  # what clipping to [0, 1] costs
    assert off[True] < off[False]


def test_strength_moves_the_colours_from_the_photos_to_the_paintings(paint: Paint) -> None:
    photo = palette_of(planes(sample("cat", SIZE)))
    moved = [
        difference(palette_of(planes(paint("great-wave", strength=strength))), photo)
        for strength in (0.0, 0.3, 0.6, 1.0)
    ]
    assert moved == sorted(moved)
    assert moved[0] < 0.05
    assert structure(paint("great-wave", strength=0.0), sample("cat", SIZE)) > 0.8


def test_a_blends_colours_lie_between(paint: Paint) -> None:
    means = [
        palette_of(planes(paint(style))).mean
        for style in ("great-wave", (("great-wave", 1.0), ("starry-night", 1.0)), "starry-night")
    ]
    assert np.abs(means[1] - (means[0] + means[2]) / 2).max() < 0.03


def test_a_style_keeps_its_palette(monkeypatch: pytest.MonkeyPatch) -> None:
    style = Style("a painting", painting("lion"))
    first = style.palette_at(128)
    monkeypatch.setattr(Style, "at_side", lambda *_: pytest.fail("made again"))
    assert style.palette_at(128) is first


def test_a_checkpoint_says_whether_it_recolours(recoloring: Path, plain: Path, tmp_path: Path) -> None:
    assert load_checkpoint(recoloring).palette
    assert not load_checkpoint(plain).palette
    tensors = {name: np.ascontiguousarray(array) for name, array in shipped_tensors().items()}
    for metadata in ({**METADATA, "palette": "histogram"}, {"upsampling": "nearest", "palette": "mean,covariance"}):
        path = tmp_path / "other.safetensors"
        safetensors.numpy.save_file(tensors, path, metadata)
        with pytest.raises(lapstyle.StudioError, match="does not know"):
            load_checkpoint(path)


def test_what_is_trained_upon_it_recolours_too(recoloring: Path, tmp_path: Path) -> None:
    from lapstyle.train_model import save_checkpoint

    save_checkpoint(tmp_path / "taught.safetensors", load_checkpoint(recoloring), {})
    assert load_checkpoint(tmp_path / "taught.safetensors").palette
    save_checkpoint(tmp_path / "taught.safetensors", replace(load_checkpoint(SHIPPED), palette=False), {})
    assert not load_checkpoint(tmp_path / "taught.safetensors").palette


class TestInTraining:
    """In Paddle it is the same, and has a gradient."""

    def test_it_is_the_same(self) -> None:
        import paddle

        from lapstyle.train_palette import moments
        from lapstyle.train_palette import recolored as in_training

        drafts = [planes(sample(name, SIZE)) for name in ("coffee", "rocket")]
        styles = [planes(painting(name, SIZE)) for name in ("great-wave", "lion")]
        moved = in_training(paddle.to_tensor(np.stack(drafts)), moments(paddle.to_tensor(np.stack(styles)))).numpy()
        for draft, style, got in zip(drafts, styles, moved, strict=True):
            assert np.abs(got - recolored(draft, palette_of(style))).max() < 1e-4

    def test_its_gradient_is_that_of_differences(self) -> None:
        import paddle

        from lapstyle.train_palette import moments
        from lapstyle.train_palette import recolored as in_training

        random = np.random.default_rng(3)
        draft = random.random((1, 3, 4, 6)).astype("float64")
        target = moments(paddle.to_tensor(planes(painting("lion", SIZE))[None]))
        weight = paddle.to_tensor(random.standard_normal(draft.shape))

        def loss(values: np.ndarray) -> paddle.Tensor:
            picture = paddle.to_tensor(values, stop_gradient=False)
            result = (in_training(picture, target) * weight).sum()
            result.backward()
            return result, picture.grad

        _, gradient = loss(draft)
        for place in [(0, 0, 0, 0), (0, 1, 2, 3), (0, 2, 3, 5)]:
            step = np.zeros_like(draft)
            step[place] = 1e-5
            slope = (float(loss(draft + step)[0]) - float(loss(draft - step)[0])) / 2e-5
            assert float(gradient[place]) == pytest.approx(slope, rel=1e-4, abs=1e-6)

    def test_a_flat_draft_has_a_finite_gradient(self) -> None:
        import paddle

        from lapstyle.train_palette import moments
        from lapstyle.train_palette import recolored as in_training

        flat = paddle.full([1, 3, 8, 8], 0.4)
        flat.stop_gradient = False
        target = moments(paddle.to_tensor(planes(painting("composition-viii", SIZE))[None]))
        in_training(flat, target).square().mean().backward()
        assert bool(paddle.isfinite(flat.grad).all())
