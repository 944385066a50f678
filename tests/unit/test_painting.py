"""The painting: against the reference, at every size and depth, tile by tile, and while it runs."""

import threading

import numpy as np
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lapstyle
from lapstyle import pyramid
from lapstyle.painter import Painter
from tests.pictures import DATA, painting, sample
from workbench.errors import PictureShapeWrong, PictureTooLarge, SettingWrong, StyleUnknown
from workbench.image_io import Picture

SMALL = (96, 80)


def paint(content, style="great-wave", **settings):
    return lapstyle.run(lapstyle.stylize(content, style, **settings)).pixels


@pytest.mark.parametrize("version", [1, 2, 3, None])
@pytest.mark.parametrize("engine", ["onnx", "paddle"])
def test_the_whole_picture_is_the_references(earlier_checkpoints, engine, version):
    golden = dict(np.load(DATA / "whole_picture.npz"))
    if version:
        golden |= np.load(DATA / f"earlier_picture_{version}.npz")
    photo, style, expected = golden["photo"], golden["style"], golden["level_2"]
    painter = Painter(engine=engine, checkpoint=earlier_checkpoints.get(version), cache=None)
    painted = paint(photo.astype(np.float32) / np.float32(255), style, stroke=128, painter=painter)
    assert np.abs(painted - expected[0].transpose(1, 2, 0).astype(np.float32)).max() < 4e-3


def test_previews_go_from_coarse_to_fine_and_are_the_references_levels(painter):
    with np.load(DATA / "whole_picture.npz") as golden:
        photo, style = golden["photo"], golden["style"]
        expected = [golden["level_0"][0].transpose(1, 2, 0), golden["level_1"][0].transpose(1, 2, 0)]
    steps: list[lapstyle.Progress] = []
    lapstyle.run(lapstyle.stylize(photo, style, stroke=128, painter=painter), steps.append)
    previews = [step.preview for step in steps if step.preview is not None]
    for preview, level in zip(previews, expected, strict=True):
        assert preview.dtype == np.uint8
        assert np.abs(preview / 255 - level.astype(np.float32)).max() < 6e-3
    fractions = [step.fraction for step in steps]
    assert fractions == sorted(fractions) and fractions[0] == 0 and fractions[-1] == pytest.approx(1)


@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 40), (40, 1), (15, 17), (16, 16), (17, 33), (64, 700), (333, 271), (513, 255), (20, 3000)]
)
def test_any_size_comes_back_at_its_size(painter, shape):
    photo = sample("mountains", (shape[1], shape[0]))
    painted = paint(photo, painter=painter, stroke="broad")
    assert painted.shape == photo.shape and painted.dtype == np.uint8
    assert not np.array_equal(painted, photo)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_the_depth_stays_and_does_not_change_the_picture(painter, dtype):
    most = 1 if dtype == np.float32 else np.iinfo(dtype).max
    photo = sample("cat", (150, 100))
    painted = paint((photo / 255 * most).astype(dtype), painter=painter)
    assert painted.dtype == dtype
    assert np.abs(painted / most - paint(photo, painter=painter) / 255).max() < 0.01
    if dtype == np.uint16:
        assert len(np.unique(painted)) > 1000, "16 bit in, but only 8 bit of them out"


def test_a_size_is_the_long_side_of_what_is_painted(painter):
    photo = sample("coffee", (300, 200))
    assert paint(photo, painter=painter, size=150).shape == (100, 150, 3)
    assert paint(photo, painter=painter, size=450).shape == (300, 450, 3)


def test_transparency_and_metadata_are_carried_over(painter):
    alpha = np.tile(np.arange(96, dtype=np.uint8), (80, 1))
    picture = Picture(sample("cat", SMALL), alpha)
    painted = lapstyle.run(lapstyle.stylize(picture, "lion", painter=painter))
    assert np.array_equal(painted.alpha, alpha) and painted.metadata == picture.metadata


def test_the_photo_is_not_written_to(painter):
    photo = sample("cat", SMALL)
    before = photo.copy()
    paint(photo, painter=painter, color="content", strength=0.5)
    assert np.array_equal(photo, before)


class TestTiles:
    """Tile by tile gives the same picture as one pass."""

    @settings(max_examples=25)
    @given(st.integers(17, 300), st.integers(17, 300), st.integers(2, 320), st.sampled_from([16, 33, 64]))
    def test_for_any_size_and_any_tile(self, painter, height, width, side, stroke):
        photo = sample("rocket", (width, height)).astype(np.float32) / np.float32(255)
        tile, painter.tile = painter.tile, max(side, max(height, width) // 6)
        try:
            in_tiles = paint(photo, painter=painter, stroke=stroke)
            painter.tile = 4096
            at_once = paint(photo, painter=painter, stroke=stroke)
        finally:
            painter.tile = tile
        assert np.abs(in_tiles - at_once).max() <= 2e-4

    def test_for_tiles_of_a_few_pixels(self, painter):
        photo = sample("rocket", (70, 50)).astype(np.float32) / np.float32(255)
        whole = paint(photo, painter=painter, stroke=16)
        tile, painter.tile = painter.tile, 2
        try:
            assert np.abs(paint(photo, painter=painter, stroke=16) - whole).max() <= 2e-4
        finally:
            painter.tile = tile

    def test_with_paddlegans_revision_network(self, paddlegan_checkpoint):
        photo = sample("rocket", (260, 190)).astype(np.float32) / np.float32(255)
        whole, tiled = (
            paint(photo, painter=Painter(checkpoint=paddlegan_checkpoint, cache=None, tile=tile), stroke=32)
            for tile in (4096, 50)
        )
        assert np.abs(whole - tiled).max() <= 2e-4


class TestEngines:
    """ONNX Runtime and Paddle paint the same picture."""

    def test_with_our_weights(self, painter):
        photo = sample("friends", (331, 250)).astype(np.float32) / np.float32(255)
        styles = ["lion", ("starry-night", 0.5)]
        reference = Painter(engine="paddle", cache=None)
        ours, theirs = (
            paint(photo, styles, stroke=64, strength=0.8, painter=either) for either in (painter, reference)
        )
        assert np.abs(ours - theirs).max() <= 2e-3

    def test_with_a_paddlegan_checkpoint(self, paddlegan_checkpoint):
        photo = sample("friends", (200, 150)).astype(np.float32) / np.float32(255)
        ours, theirs = (
            paint(photo, "lion", stroke=64, painter=Painter(engine=engine, checkpoint=paddlegan_checkpoint, cache=None))
            for engine in ("onnx", "paddle")
        )
        assert np.abs(ours - theirs).max() <= 2e-3


class TestWhatIsKept:
    def encodings(self, painter, monkeypatch):
        calls = []
        encode = painter.engine.encode
        monkeypatch.setattr(painter.engine, "encode", lambda *rest: calls.append(rest[0].shape) or encode(*rest))
        return calls

    def test_other_settings_encode_neither_style_nor_photo_again(self, tmp_path, monkeypatch):
        painter = Painter(cache=tmp_path)
        photo = sample("cat", (300, 220))
        photo.flags.writeable = False
        style = lapstyle.find_style("lion")
        paint(photo, style, painter=painter, stroke=64)
        calls = self.encodings(painter, monkeypatch)
        for changes in ({"strength": 0.5}, {"detail": 0.3}, {"color": "content"}):
            paint(photo, style, painter=painter, stroke=64, **changes)
        assert calls == []

    def test_a_new_start_finds_the_styles_statistics_on_disk(self, tmp_path, monkeypatch):
        photo, style = sample("cat", (300, 220)), painting("lion", (200, 180))
        first = paint(photo, style, painter=Painter(cache=tmp_path), stroke=64)
        painter = Painter(cache=tmp_path)
        calls = self.encodings(painter, monkeypatch)
        assert np.array_equal(paint(photo, style, painter=painter, stroke=64), first)
        assert len(calls) == 1, "only the photo"

    def test_the_gallerys_paintings_need_no_encoding_at_all(self, monkeypatch):
        painter = Painter(cache=None)
        calls = self.encodings(painter, monkeypatch)
        for style in lapstyle.gallery():
            paint(sample("cat", SMALL), style.id, painter=painter, stroke=32)
        assert len(calls) == len(lapstyle.gallery()), "the photo, once a picture"

    def test_a_changed_array_is_not_mistaken_for_the_last_photo(self, painter):
        photo = sample("cat", SMALL)
        first = paint(photo, painter=painter)
        photo[:] = 255 - photo
        assert not np.array_equal(paint(photo, painter=painter), first)

    def test_repeating_a_size_needs_no_more_memory(self, painter):
        photo = sample("mountains", (400, 300))
        for _ in range(3):
            paint(photo, painter=painter, stroke=64)
        before = psutil.Process().memory_info().rss
        for _ in range(8):
            paint(photo, painter=painter, stroke=64)
        assert psutil.Process().memory_info().rss - before < 24 * 2**20

    def test_many_styles_do_not_pile_up_sessions(self, painter):
        photo = sample("mountains", SMALL)
        for number in range(12):
            paint(photo, np.full((32, 32, 3), 20 * number, np.uint8), painter=painter, stroke=32)
        assert len(painter.engine._revisions) <= 8


class TestCancel:
    def test_between_two_steps(self, painter):
        cancellation = lapstyle.Cancellation()
        job = lapstyle.stylize(sample("cat", SMALL), "lion", painter=painter, cancellation=cancellation)
        with pytest.raises(lapstyle.Cancelled):
            lapstyle.run(job, lambda step: step.stage == "draft" and cancellation.cancel(), cancellation)

    def test_inside_a_step(self, painter):
        """Thrown from another thread while the networks run: the run itself is terminated."""
        cancellation = lapstyle.Cancellation()
        photo = sample("mountains", (2400, 1600))
        stages = []

        def on_progress(step):
            stages.append(step.stage)
            if step.stage == "revision 3":
                threading.Timer(0.05, cancellation.cancel).start()

        job = lapstyle.stylize(photo, "lion", painter=painter, cancellation=cancellation)
        with pytest.raises(lapstyle.Cancelled):
            lapstyle.run(job, on_progress)  # without the cancellation: only the engine can notice
        assert paint(sample("cat", SMALL), painter=painter).shape == (80, 96, 3), "the painter goes on working"

    def test_before_the_first_step(self, painter):
        cancellation = lapstyle.Cancellation()
        cancellation.cancel()
        with pytest.raises(lapstyle.Cancelled):
            lapstyle.run(lapstyle.stylize(sample("cat", SMALL), "lion", painter=painter, cancellation=cancellation))


class TestRefusals:
    @pytest.mark.parametrize(
        "photo",
        [
            np.zeros((10, 10), np.uint8),
            np.zeros((10, 10, 4), np.uint8),
            np.zeros((0, 10, 3), np.uint8),
            np.zeros((10, 10, 3), np.int32),
            np.full((10, 10, 3), np.nan, np.float32),
            np.full((10, 10, 3), 255, np.float32),
        ],
    )
    def test_arrays_that_are_no_pictures(self, painter, photo):
        with pytest.raises(PictureShapeWrong, match="content must be an array"):
            paint(photo, painter=painter)

    @pytest.mark.parametrize("shape", [(70_000, 3, 3), (20_000, 10_001, 3)])
    def test_arrays_beyond_any_file(self, painter, shape):
        with pytest.raises(PictureTooLarge, match="megapixels; at most 200"):
            paint(np.broadcast_to(np.uint8(0), shape), painter=painter)

    def test_a_name_too_long_for_a_file_is_an_unknown_style(self, painter):
        with pytest.raises(StyleUnknown):
            paint(sample("cat", SMALL), "x" * 5000, painter=painter)

    def test_unknown_styles_list_the_known_ones(self, painter):
        with pytest.raises(StyleUnknown, match=r"no style called monet\..*great-wave"):
            paint(sample("cat", SMALL), "monet", painter=painter)

    @pytest.mark.parametrize("weight", [0, -1, float("nan"), float("inf"), "much"])
    def test_weights_that_weigh_nothing(self, painter, weight):
        with pytest.raises(SettingWrong, match="weight of a style"):
            paint(sample("cat", SMALL), [("lion", weight)], painter=painter)

    def test_no_style_at_all(self, painter):
        with pytest.raises(SettingWrong, match="at least one painting"):
            paint(sample("cat", SMALL), [], painter=painter)


@given(st.integers(1, 70000), st.integers(1, 70000), st.sampled_from([16, 96, 256, 384]))
def test_the_plan_fits_every_size(height, width, draft_side):
    sizes = pyramid.plan(height, width, draft_side)
    assert sizes.sizes[-1][0] >= height and sizes.sizes[-1][1] >= width
    assert min(sizes.sizes[0]) >= min(16, height, width)
    for coarse, fine in zip(sizes.sizes, sizes.sizes[1:], strict=False):
        assert all(c < f <= 2 * c or f <= 2 * c + 2 for c, f in zip(coarse, fine, strict=True))
        assert fine[0] % 2 == fine[1] % 2 == 0
    area = sizes.sizes[0][0] * sizes.sizes[0][1]
    short, long = sorted((max(16, height), max(16, width)))
    assert area <= 4.2 * max(draft_side, 16) ** 2 or min(sizes.sizes[0]) <= 16 or long <= 4 * short
