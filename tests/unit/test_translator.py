"""Translation: what the network gives, the same for any tiles, without seams, at every size and depth."""

from itertools import pairwise

import cv2
import numpy as np
import paddle
import pytest

from cyclegan import translator as module
from cyclegan.architecture import Architecture
from cyclegan.checkpoints import load_generators
from cyclegan.generator_graph import generator_graph, receptive_field
from cyclegan.models import DIRECTIONS
from cyclegan.networks import ResnetGenerator
from cyclegan.translation import TranslationSettings
from cyclegan.translator import Translator, spread
from tests.generators import TINY, write_generators
from tests.measures import structure
from tests.networks import load
from tests.pictures import sample
from workbench.errors import CheckpointMissing, SettingWrong
from workbench.image_io import Picture
from workbench.progress import Cancellation, Cancelled, Progress, run
from workbench.runtime import Session

OWN_SIZE = TranslationSettings(size=None)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    return write_generators(tmp_path_factory.mktemp("models") / "tiny.safetensors")


@pytest.fixture(scope="module")
def tiny(checkpoint):
    return Translator(checkpoint, device="cpu")


@pytest.fixture
def windows(monkeypatch):
    """The shapes of what sessions were given."""
    shapes = []
    original = Session.run

    def watched(self, inputs, cancellation=None):
        shapes.append(inputs["picture"].shape)
        return original(self, inputs, cancellation)

    monkeypatch.setattr(Session, "run", watched)
    return shapes


def floats(pixels):
    return pixels.astype(np.float32) / np.float32(255)


def translated(translator, pixels, settings=OWN_SIZE):
    return run(translator.translate(Picture(pixels), settings)).pixels


def luma(pixels):
    return pixels @ np.array([0.299, 0.587, 0.114], np.float32)


@paddle.no_grad()
def test_a_small_photo_is_what_the_paddle_network_gives(tiny, checkpoint):
    photo = floats(sample("cat", (120, 96)))
    (generator,) = load_generators(checkpoint).generators
    network = load(ResnetGenerator(TINY), generator.parameters)
    expected = network(paddle.to_tensor(photo.transpose(2, 0, 1)[None] * 2 - 1))[0].numpy().transpose(1, 2, 0) / 2 + 0.5
    assert np.abs(translated(tiny, photo) - expected).max() < 1e-4


@pytest.mark.parametrize("norm", ["instance", "affine instance", "batch"])
@pytest.mark.parametrize("tile", [8, 64, 100])
def test_tiles_do_not_show(tmp_path, norm, tile):
    """Not even in the third decimal: a tile with its halo and the whole picture's statistics is the picture's part."""
    path = write_generators(tmp_path / "a.safetensors", architecture=Architecture(4, 2, norm))
    photo = floats(sample("coffee", (163, 111)))
    whole = translated(Translator(path, device="cpu"), photo)
    tiled = translated(Translator(path, device="cpu", tile=tile), photo)
    assert np.abs(tiled - whole).max() <= 2e-4


class TestLarge:
    """Pictures that are too large to be seen whole, as tiny networks would see them in gigabytes only."""

    SIZE = (960, 720)
    AT_ONCE = 2**18  # px

    @pytest.fixture(autouse=True)
    def little_memory(self, monkeypatch):
        monkeypatch.setattr(module, "WHOLE", self.AT_ONCE * TINY.channels)

    def borders(self, pixels, edges, axis):
        """The mean step across the tiles' edges, over that across all other places that lie alike in the stride."""
        steps = np.abs(np.diff(pixels, axis=axis)).mean(axis=tuple(other for other in range(3) if other != axis))
        alike = [place for place in range(7, len(steps), 4) if place + 1 not in edges]
        return steps[[edge - 1 for edge in edges]].mean() / steps[alike].mean()

    def edges(self, tile, axis):
        places = module._tiles(self.SIZE[1], self.SIZE[0], tile)
        return sorted({(place.top, place.left)[axis] for place in places} - {0})

    @pytest.mark.parametrize("axis", [0, 1])
    def test_there_is_no_more_energy_along_the_edges_of_tiles(self, tmp_path, axis):
        """As there is where each tile has statistics of its own."""
        checkpoint = write_generators(tmp_path / "smooth.safetensors", smooth=True)
        photo, tile = floats(sample("coffee", self.SIZE)), 64
        edges = self.edges(tile, axis)
        assert len(edges) >= 10
        ours = translated(Translator(checkpoint, device="cpu", tile=tile), photo)
        own = np.empty_like(photo)
        translator = Translator(checkpoint, device="cpu")
        for place in module._tiles(self.SIZE[1], self.SIZE[0], tile):
            outer = place.grown(receptive_field(TINY), self.SIZE[1], self.SIZE[0])
            own[place.slices] = translated(translator, photo[outer.slices])[place.within(outer).slices]
        assert self.borders(ours, edges, axis) < 1.05
        assert self.borders(own, edges, axis) > 5

    def test_statistics_of_patches_are_near_those_of_the_whole(self, tiny, checkpoint, monkeypatch):
        photo = floats(sample("coffee", self.SIZE))
        tiled = translated(tiny, photo)
        monkeypatch.setattr(module, "WHOLE", 2**30)
        whole = translated(tiny, photo)
        assert 0 < np.abs(tiled - whole).mean() < 0.1 * whole.std()

    @pytest.mark.parametrize("channels", [4, 16])
    def test_memory_is_bounded_whatever_the_channels(self, tmp_path, windows, monkeypatch, channels):
        monkeypatch.setattr(module, "WHOLE", 2**20)
        path = write_generators(tmp_path / "a.safetensors", architecture=Architecture(channels, 1))
        translated(Translator(path, device="cpu"), sample("cat", self.SIZE))
        assert len(windows) > 2
        assert all(batch * height * width * channels <= 2**20 for batch, _, height, width in windows)
        assert max(batch * height * width * channels for batch, _, height, width in windows) > 2**19

    def test_what_is_translated_shows_before_all_is(self, checkpoint):
        told: list[Progress] = []
        job = Translator(checkpoint, device="cpu", tile=256).translate(Picture(sample("cat", self.SIZE)), OWN_SIZE)
        run(job, told.append)
        previews = [progress.preview for progress in told if progress.preview is not None]
        assert len(previews) == 12
        assert all(preview.shape == (*self.SIZE[::-1], 3) and preview.dtype == np.uint8 for preview in previews)
        assert all((one != other).any() for one, other in pairwise(previews))
        fractions = [progress.fraction for progress in told]
        assert fractions == sorted(fractions) and fractions[-1] == 1

    def test_it_can_be_cancelled_within_a_run(self, checkpoint):
        cancellation = Cancellation()
        job = Translator(checkpoint, device="cpu").translate(Picture(sample("cat", self.SIZE)), OWN_SIZE, cancellation)
        assert [next(job).stage, next(job).stage] == ["loading", "translating"]
        cancellation.cancel()
        with pytest.raises(Cancelled):
            next(job)


@pytest.mark.parametrize("size", [(4000, 3000), (3000, 4000), (20000, 64), (300, 260), (256, 256)])
@pytest.mark.parametrize("at_once", [2**16, 2**19, 2**20])
def test_patches_lie_evenly_and_are_bounded(size, at_once):
    patches = spread(*size, at_once)
    assert len({(patch.height, patch.width) for patch in patches}) == 1
    assert len(set(patches)) == len(patches)
    assert len(patches) == 1 or sum(patch.height * patch.width for patch in patches) <= at_once
    centre = np.mean([(patch.top + patch.bottom, patch.left + patch.right) for patch in patches], axis=0) / 2
    assert np.abs(centre - np.array(size) / 2).max() <= 1
    if len(patches) > 1:
        assert min(patch.left for patch in patches) == 0 or min(patch.top for patch in patches) == 0
    most = min(at_once, size[0] * size[1]) / patches[0].height / patches[0].width
    assert len(patches) >= 0.6 * most


class TestSizes:
    @pytest.mark.parametrize("shape", [(1, 1), (1, 30), (30, 1), (2, 3), (17, 5), (131, 66)])
    @pytest.mark.parametrize("tile", [None, 16])
    def test_any(self, checkpoint, shape, tile):
        photo = sample("cat", (shape[1], shape[0]))
        assert translated(Translator(checkpoint, device="cpu", tile=tile), photo).shape == (*shape, 3)

    def test_the_network_works_at_the_size_that_was_set(self, tiny, windows):
        photo = sample("coffee", (500, 301))
        for size, worked in ((128, (80, 128)), (200, (120, 200)), (640, (304, 500)), (None, (304, 500))):
            result = translated(tiny, photo, TranslationSettings(size))
            assert windows.pop()[2:] == worked
            assert result.shape == photo.shape, "never squashed, never another size"


class TestDetail:
    def test_the_photos_fine_luminance_comes_back(self, tiny):
        """All that the working size loses of it, and as much as was asked for."""
        photo = floats(sample("coffee", (600, 400))) * np.float32(0.5) + np.float32(0.25)
        plain, once, more = (translated(tiny, photo, TranslationSettings(128, detail)) for detail in (0.0, 1.0, 1.5))
        fits = ((once > 0) & (once < 1) & (more > 0) & (more < 1) & (plain > 0) & (plain < 1)).all(axis=2)
        assert fits.mean() > 0.2
        added = (once - plain)[fits]
        assert np.abs(added - added[:, :1]).max() < 1e-3, "the same for red, green and blue"
        assert np.abs((more - plain)[fits] - 1.5 * added).max() < 1e-3
        reduced = run(tiny.translate(Picture(photo), TranslationSettings(128, strength=0))).pixels
        assert np.array_equal(reduced, photo)
        fine = luma(photo)[1:, 1:] - luma(photo)[:-1, :-1]
        mask = fits[1:, 1:] & fits[:-1, :-1]
        gained = luma(once - plain)[1:, 1:] - luma(once - plain)[:-1, :-1]
        assert np.corrcoef(fine[mask], gained[mask])[0, 1] > 0.9

    def test_it_changes_nothing_where_nothing_was_lost(self, tiny):
        photo = sample("coffee", (120, 80))
        one, other = (translated(tiny, photo, TranslationSettings(None, detail)) for detail in (0.0, 1.5))
        assert np.abs(one.astype(int) - other).max() <= 1

    def test_strength_mixes_with_the_photo(self, tiny):
        photo = floats(sample("cat", (90, 60)))
        none, half, full = (translated(tiny, photo, TranslationSettings(strength=part)) for part in (0.0, 0.5, 1.0))
        assert np.array_equal(none, photo)
        assert np.abs(half - (photo + full) / 2).max() < 1e-5
        assert np.abs(full - photo).mean() > 0.05

    @pytest.mark.parametrize("stripe", [1, 5000])
    def test_stripes_do_not_show(self, tiny, monkeypatch, stripe):
        photo = sample("cat", (301, 257))
        expected = translated(tiny, photo, TranslationSettings(100))
        monkeypatch.setattr(module, "STRIPE", stripe)
        assert np.abs(translated(tiny, photo, TranslationSettings(100)).astype(int) - expected).max() <= 1


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("size", [64, None])
def test_depth_transparency_and_metadata_stay(tiny, dtype, size):
    white = 1 if dtype == np.float32 else np.iinfo(dtype).max
    photo = (sample("cat", (140, 90)) / 255 * white).astype(dtype)
    alpha = np.full((90, 140), white, dtype)
    alpha[:, :70] = 0
    picture = Picture(photo, alpha, notes=("kept",))
    result = run(tiny.translate(picture, TranslationSettings(size)))
    assert result.pixels.dtype == dtype and np.array_equal(result.alpha, alpha)
    assert (result.metadata, result.notes) == (picture.metadata, ("kept",))
    opaque = translated(tiny, sample("cat", (140, 90)), TranslationSettings(size))
    right = np.s_[:, 90:]
    assert np.abs(result.pixels[right] / white - opaque[right] / 255).mean() < 0.05
    if dtype == np.uint16:
        assert len(np.unique(result.pixels)) > 1000


def test_a_grey_photo_is_a_photo(tiny):
    grey = np.repeat(sample("cat", (64, 48)).mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)
    assert translated(tiny, grey).std() > 10


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_photo_of_one_colour_is_no_trouble(tiny, level):
    assert translated(tiny, np.full((40, 50, 3), level, np.uint8)).shape == (40, 50, 3)


class TestModels:
    def test_both_directions_of_a_file(self, tmp_path):
        path = write_generators(tmp_path / "both.safetensors", "netG_A", "netG_B")
        forward, backward = (Translator(path, direction, "cpu") for direction in ("forward", "backward"))
        photo = sample("cat", (64, 64))
        assert not np.array_equal(translated(forward, photo), translated(backward, photo))
        assert forward.fingerprint != backward.fingerprint

    def test_a_direction_that_is_not_there(self, checkpoint):
        with pytest.raises(SettingWrong, match="only goes forward"):
            run(Translator(checkpoint, "backward").translate(Picture(sample("cat", (64, 64)))))

    def test_the_file_is_read_once(self, tmp_path):
        path = write_generators(tmp_path / "a.safetensors")
        translator = Translator(path, device="cpu")
        first = translated(translator, sample("cat", (64, 64)))
        path.unlink()
        assert np.array_equal(translated(translator, sample("cat", (64, 64))), first)
        with pytest.raises(CheckpointMissing):
            run(Translator(translator.model).translate(Picture(first)))


class TestSettings:
    @pytest.mark.parametrize(
        "values",
        [
            {"size": 63},
            {"size": 70000},
            {"size": 640.0},
            {"size": True},
            {"size": "640"},
            {"detail": -0.1},
            {"detail": 1.6},
            {"detail": float("nan")},
            {"strength": 1.1},
            {"strength": "all"},
            {"strength": True},
            {"stroke": 1},
        ],
    )
    def test_what_does_not_fit_is_refused(self, values):
        with pytest.raises(SettingWrong, match=next(iter(values))):
            TranslationSettings.from_dict(values)

    def test_there_and_back(self):
        settings = TranslationSettings(None, 0.5, 0.25)
        assert TranslationSettings.from_dict(settings.to_dict()) == settings
        assert TranslationSettings.from_dict({}) == TranslationSettings(640, 1.0, 1.0)


def test_a_graph_is_made_once_for_pictures_that_are_seen_whole(tiny, monkeypatch):
    made = []
    monkeypatch.setattr(module, "generator_graph", lambda *given: made.append(given) or generator_graph(*given))
    for _ in range(2):
        translated(tiny, sample("cat", (64, 64)))
    assert made == []


class TestVanGogh:
    """The model that ships."""

    @pytest.mark.parametrize("name", ["astronaut", "coffee"])
    def test_a_photo_becomes_a_painting_of_the_same_things(self, name: str) -> None:
        """What it shows stays; strokes and stronger colours are new; of what is finer than a stroke, most goes."""
        photo = sample(name, (480, 320))
        painted = run(Translator("van-gogh", device="cpu").translate(Picture(photo), OWN_SIZE))
        assert structure(cv2.GaussianBlur(photo, (0, 0), 4), cv2.GaussianBlur(painted.pixels, (0, 0), 4)) > 0.8
        assert np.abs(painted.pixels.astype(int) - photo).mean() > 8
        saturation = [cv2.cvtColor(pixels, cv2.COLOR_RGB2HSV)[..., 1].mean() for pixels in (photo, painted.pixels)]
        assert saturation[1] > 1.05 * saturation[0]

    def test_the_way_back_takes_the_paint_away(self) -> None:
        photo = sample("cat", (480, 320))
        there, back = (Translator("van-gogh", direction, "cpu") for direction in DIRECTIONS)
        painted = run(there.translate(Picture(photo), OWN_SIZE))
        returned = run(back.translate(painted, OWN_SIZE)).pixels
        errors = [np.abs(pixels.astype(int) - photo).mean() for pixels in (painted.pixels, returned)]
        assert errors[1] < 0.8 * errors[0]
