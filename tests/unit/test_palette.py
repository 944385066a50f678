"""The palette: a draft gets the painting's colours, all that belong together, and no others."""

import functools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

import lapstyle
from lapstyle.checkpoints import load_checkpoint
from lapstyle.palette import AXES, BEND, FLOOR, SHARES, Palette, blended, nearer, palette_of, recolored
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


def gap(first: Palette, second: Palette) -> float:
    """The mean difference of the quantiles."""
    return float(np.abs(first.quantiles - second.quantiles).mean())


photos = pytest.mark.parametrize("photo", ["astronaut", "coffee", "dandelion"])
styles = pytest.mark.parametrize("style", ["great-wave", "starry-night", "composition-viii"])
quantiles_or_not = pytest.mark.parametrize("quantiles", [True, False])


@photos
@styles
def test_a_photo_takes_on_a_paintings_colours(photo: str, style: str) -> None:
    target = palette_of(planes(painting(style, SIZE)))
    own = planes(sample(photo, SIZE))
    assert difference(palette_of(own), target) > 0.1
    for quantiles in (False, True):
        assert difference(palette_of(recolored(own, target, quantiles=quantiles)), target) < 0.04  # what `FLOOR` leaves


@photos
@styles
def test_their_shape_too(photo: str, style: str) -> None:
    target = palette_of(planes(painting(style, SIZE)))
    own = planes(sample(photo, SIZE))
    linear, full = (palette_of(recolored(own, target, quantiles=quantiles)) for quantiles in (False, True))
    assert gap(full, target) < 0.75 * gap(linear, target)


def test_a_share_of_the_way_there() -> None:
    target, own = palette_of(planes(painting("lion", SIZE))), planes(sample("coffee", SIZE))
    whole, part, none = (recolored(own, target, quantiles=True, share=share) for share in (1.0, 0.25, 0.0))
    assert np.allclose(part, 0.75 * own + 0.25 * whole, atol=1e-6)
    assert np.array_equal(none, own)


def test_a_large_picture_comes_nearer_by_what_is_seen_of_it() -> None:
    """Forty times more pixels than are looked at, with colours beyond the range, which nobody will see."""
    target, own = palette_of(planes(painting("poppies", SIZE))), planes(sample("stream", (900, 700)))
    gaps = [gap(palette_of(np.clip(nearer(1.2 * own, target, share), 0, 1)), target) for share in (0.0, 0.5, 1.0)]
    assert gaps[1] < 0.6 * gaps[0] and gaps[2] < 0.5 * gaps[1]
    exact = recolored(np.clip(1.2 * own, 0, 1), target, quantiles=True)
    assert np.abs(nearer(1.2 * own, target, 1.0) - exact).mean() < 0.005


def test_quantiles_are_those_along_the_axes() -> None:
    own = planes(sample("coffee", SIZE))
    expected = np.quantile(AXES @ own.reshape(3, -1), SHARES, axis=1).T
    assert np.allclose(palette_of(own).quantiles, expected, atol=1e-6)


def test_two_inks_do_not_break_a_soft_gradient_into_steps() -> None:
    """Half of the target is dark and half light, so what reaches it in full is a cliff in the middle."""
    gradient = np.linspace(0.3, 0.7, 512, dtype=np.float32)[None, None].repeat(3, 0)
    inks = np.where(np.arange(512) < 256, 0.1, 0.9).astype(np.float32)[None, None].repeat(3, 0)
    linear, full = (recolored(gradient, palette_of(inks), quantiles=quantiles)[0, 0] for quantiles in (False, True))
    assert np.diff(full).min() > -1e-6
    assert 1.2 < np.diff(full).max() / np.diff(linear).max() < 1.01 * BEND**2
    assert gap(palette_of(full[None, None].repeat(3, 0)), palette_of(inks)) < gap(
        palette_of(linear[None, None].repeat(3, 0)), palette_of(inks)
    )


@quantiles_or_not
def test_its_own_colours_change_nothing(quantiles: bool) -> None:
    own = planes(sample("coffee", SIZE))
    assert np.abs(recolored(own, palette_of(own), quantiles=quantiles) - own).max() < 1e-5


def test_no_picture_moves_less_to_the_same_colours() -> None:
    """Compared with the map by Cholesky factors, which reaches the same palette by turning hues."""
    own, target = planes(sample("astronaut", SIZE)), palette_of(planes(painting("poppies", SIZE)))
    palette = palette_of(own)
    turning = np.linalg.cholesky(target.covariance) @ np.linalg.inv(np.linalg.cholesky(palette.covariance))
    other = np.tensordot(turning, own - palette.mean[:, None, None], 1) + target.mean[:, None, None]
    assert difference(palette_of(other), target) < 0.04
    assert np.square(recolored(own, target, quantiles=False) - own).mean() < np.square(other - own).mean()


@quantiles_or_not
def test_a_grey_drafts_noise_is_not_blown_up_into_colour(quantiles: bool) -> None:
    grey = np.repeat(planes(sample("rocket", SIZE)).mean(0, keepdims=True), 3, axis=0)
    noisy = grey + np.random.default_rng(1).normal(0, 0.002, grey.shape).astype(np.float32)
    target = palette_of(planes(painting("composition-viii", SIZE)))
    moved, own = (recolored(picture, target, quantiles=quantiles) for picture in (noisy, grey))
    assert np.abs(moved - own).mean() < 0.02


def test_an_even_picture_becomes_the_mean() -> None:
    even, target = np.full((3, 5, 7), 0.3, np.float32), palette_of(planes(painting("lion", SIZE)))
    assert np.allclose(recolored(even, target, quantiles=False), target.mean[:, None, None], atol=1e-5)
    assert np.allclose(recolored(even, target, quantiles=True), target.mean[:, None, None], atol=0.01)


def test_a_single_pixel_has_a_palette() -> None:
    palette = palette_of(np.full((3, 1, 1), 0.5, np.float32))
    assert np.allclose(palette.mean, 0.5) and np.allclose(palette.covariance, FLOOR * np.eye(3))
    assert np.allclose(palette.quantiles, [[0.5 * 3**0.5], [0], [0]])


def test_a_blend_lies_between() -> None:
    first, second = (palette_of(planes(painting(name, SIZE))) for name in ("great-wave", "poppies"))
    half = blended([(first, 0.5), (second, 0.5)])
    assert np.allclose(half.mean, (first.mean + second.mean) / 2)
    assert np.allclose(half.covariance, (first.covariance + second.covariance) / 2)
    assert np.allclose(half.quantiles, (first.quantiles + second.quantiles) / 2)


PALETTES = (None, "mean,covariance", "mean,covariance,quantiles")


@pytest.fixture(scope="module")
def recoloring(tmp_path_factory: pytest.TempPathFactory) -> dict[str | None, Path]:
    """The shipped weights, told by which palette they recolour, if any."""
    folder = tmp_path_factory.mktemp("weights")
    tensors = {name: np.ascontiguousarray(array) for name, array in shipped_tensors().items()}
    for palette in PALETTES:
        metadata = METADATA if palette is None else {**METADATA, "palette": palette}
        safetensors.numpy.save_file(tensors, folder / f"{palette}.safetensors", metadata)
    return {palette: folder / f"{palette}.safetensors" for palette in PALETTES}


Paint = Callable[..., np.ndarray]


@pytest.fixture(scope="module")
def paint(recoloring: dict[str | None, Path]) -> Paint:
    """Paints a photo that is no larger than its draft, so that the picture is the draft."""
    painters = {kind: lapstyle.Painter("cpu", checkpoint=path, cache=None) for kind, path in recoloring.items()}

    @functools.cache
    def paint(style: object, palette: str | None = PALETTES[-1], photo: str = "cat", **settings: float) -> np.ndarray:
        job = lapstyle.stylize(sample(photo, SIZE), style, stroke="bold", painter=painters[palette], **settings)
        return lapstyle.run(job).pixels

    return paint


@pytest.mark.parametrize("style", ["great-wave", "starry-night", "poppies"])
def test_a_draft_is_painted_in_the_paintings_colours(paint: Paint, style: str) -> None:
    found = find_style(style)
    target = found.palette_at(found.nearest_side(128))
    painted = {kind: palette_of(planes(paint(style, kind))) for kind in PALETTES}
    off = {kind: difference(palette, target) for kind, palette in painted.items()}
    assert off["mean,covariance"] < 0.08  # what clipping to [0, 1] costs
    assert max(off["mean,covariance"], off["mean,covariance,quantiles"]) < off[None]
    gaps = [gap(palette, target) for palette in painted.values()]
    assert gaps == sorted(gaps, reverse=True)


@pytest.mark.parametrize(
    ("size", "settings"),
    [
        ((500, 475), {}),  # matched at the finest level
        ((1300, 1275), {}),  # at the one before it
        ((1540, 700), {"stroke": "finest"}),  # at the first revision, though it is larger than others may be
        ((500, 475), {"strength": 0.5}),
    ],
)
@pytest.mark.parametrize("style", ["great-wave", "poppies"])
def test_a_revised_picture_is_painted_in_them_again(
    painter: lapstyle.Painter,
    monkeypatch: pytest.MonkeyPatch,
    style: str,
    size: tuple[int, int],
    settings: dict[str, Any],
) -> None:
    """What a revision adds has blurred them."""
    photo, strength = sample("friends", size), settings.get("strength", 1)
    target = blended([(find_style(style).palette_at(512), strength), (palette_of(planes(photo)), 1 - strength)])

    def off() -> float:
        job = lapstyle.stylize(photo, style, painter=painter, **settings)
        return gap(palette_of(planes(lapstyle.run(job).pixels)), target)

    matched = off()
    monkeypatch.setattr("lapstyle.painter.nearer", lambda painted, *_: painted)
    assert matched < 0.9 * off()


@pytest.mark.parametrize("palette", PALETTES[1:])
def test_strength_moves_the_colours_from_the_photos_to_the_paintings(paint: Paint, palette: str) -> None:
    photo = palette_of(planes(sample("cat", SIZE)))
    moved = [
        difference(palette_of(planes(paint("great-wave", palette, strength=strength))), photo)
        for strength in (0.0, 0.3, 0.6, 1.0)
    ]
    assert moved == sorted(moved)
    assert moved[0] < 0.05
    assert structure(paint("great-wave", palette, strength=0.0), sample("cat", SIZE)) > 0.8


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


def test_a_checkpoint_says_whether_it_recolours(recoloring: dict[str | None, Path], tmp_path: Path) -> None:
    for palette, path in recoloring.items():
        assert load_checkpoint(path).palette == palette
    tensors = {name: np.ascontiguousarray(array) for name, array in shipped_tensors().items()}
    for metadata in ({**METADATA, "palette": "histogram"}, {"upsampling": "nearest", "palette": "mean,covariance"}):
        path = tmp_path / "other.safetensors"
        safetensors.numpy.save_file(tensors, path, metadata)
        with pytest.raises(lapstyle.StudioError, match="does not know"):
            load_checkpoint(path)


@pytest.mark.parametrize("palette", PALETTES)
def test_what_is_trained_upon_it_recolours_too(palette: str | None, tmp_path: Path) -> None:
    from lapstyle.train_model import save_checkpoint

    save_checkpoint(tmp_path / "taught.safetensors", replace(load_checkpoint(SHIPPED), palette=palette), {})
    assert load_checkpoint(tmp_path / "taught.safetensors").palette == palette


class TestInTraining:
    """In Paddle it is the same, and has a gradient."""

    @quantiles_or_not
    def test_it_is_the_same(self, quantiles: bool) -> None:
        import paddle

        from lapstyle.train_palette import measured
        from lapstyle.train_palette import recolored as in_training

        drafts = [planes(sample(name, SIZE)) for name in ("coffee", "rocket")]
        styles = [planes(painting(name, SIZE)) for name in ("great-wave", "lion")]
        target = measured(paddle.to_tensor(np.stack(styles)))
        moved = in_training(paddle.to_tensor(np.stack(drafts)), target, quantiles=quantiles).numpy()
        for draft, style, got in zip(drafts, styles, moved, strict=True):
            assert np.abs(got - recolored(draft, palette_of(style), quantiles=quantiles)).max() < 1e-4

    @quantiles_or_not
    def test_its_gradient_is_that_of_differences(self, quantiles: bool) -> None:
        import paddle

        from lapstyle.train_palette import measured
        from lapstyle.train_palette import recolored as in_training

        random = np.random.default_rng(3)
        draft = random.random((1, 3, 4, 6)).astype("float64")
        target = measured(paddle.to_tensor(planes(painting("lion", SIZE))[None]))
        weight = paddle.to_tensor(random.standard_normal(draft.shape))

        def loss(values: np.ndarray) -> paddle.Tensor:
            picture = paddle.to_tensor(values, stop_gradient=False)
            result = (in_training(picture, target, quantiles=quantiles) * weight).sum()
            result.backward()
            return result, picture.grad

        _, gradient = loss(draft)
        for place in [(0, 0, 0, 0), (0, 1, 2, 3), (0, 2, 3, 5)]:
            step = np.zeros_like(draft)
            step[place] = 1e-5
            slope = (float(loss(draft + step)[0]) - float(loss(draft - step)[0])) / 2e-5
            assert float(gradient[place]) == pytest.approx(slope, rel=1e-4, abs=1e-6)

    @quantiles_or_not
    def test_a_flat_draft_has_a_finite_gradient(self, quantiles: bool) -> None:
        import paddle

        from lapstyle.train_palette import measured
        from lapstyle.train_palette import recolored as in_training

        flat = paddle.full([1, 3, 8, 8], 0.4)
        flat.stop_gradient = False
        target = measured(paddle.to_tensor(planes(painting("composition-viii", SIZE))[None]))
        in_training(flat, target, quantiles=quantiles).square().mean().backward()
        assert bool(paddle.isfinite(flat.grad).all())
