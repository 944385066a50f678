"""Painting with style packs: alone, blended, by strength, tile by tile, and on both engines."""

import copy
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import lapstyle
import weights
from lapstyle import shares
from lapstyle.checkpoints import describing, load_checkpoint
from lapstyle.engine import Engine
from lapstyle.pack_file import whole_pack_bytes
from lapstyle.painter import Painter
from lapstyle.styles import find_style
from tests import checkpoint_files, pack_files
from tests.measures import structure
from tests.pictures import painting, sample
from workbench.errors import PackForOtherWeights
from workbench.image_io import Picture

SIZE = (150, 110)
STROKE = 32  # two revisions at this size


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packs")


@pytest.fixture(scope="module")
def tuned(folder: Path) -> Path:
    return pack_files.write_tuned(folder / "tuned.safetensors")


@pytest.fixture(scope="module")
def other(folder: Path) -> Path:
    return pack_files.write_tuned(folder / "other.safetensors", seed=1, style="lion")


@pytest.fixture(scope="module")
def whole(folder: Path, paddlegan_checkpoint: Path) -> Path:
    texts = {"name": "Random", "artist": "", "licence": ""}
    data = whole_pack_bytes(load_checkpoint(paddlegan_checkpoint), texts, Picture(painting("lion", (200, 150))))
    (folder / "whole.safetensors").write_bytes(data)
    return folder / "whole.safetensors"


@pytest.fixture
def photo() -> np.ndarray:
    return sample("rocket", SIZE).astype(np.float32) / np.float32(255)


def paint(photo, styles, painter, **settings):
    settings.setdefault("stroke", STROKE)
    return lapstyle.run(lapstyle.stylize(photo, styles, painter=painter, **settings)).pixels


def merged(tuned: Path, path: Path) -> Path:
    """A checkpoint with all the parameters that a tuned pack paints with."""
    pack = find_style(tuned).pack
    assert pack is not None
    checkpoint = pack.checkpoint(pack_files.universal())
    described = describing("universal", palette=checkpoint.palette, grain=checkpoint.grain)
    return checkpoint_files.write_safetensors(path, dict(checkpoint.parameters), {"format": "lapstyle", **described})


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Which act ran with which weights' file, as the painting goes on."""
    calls: list[tuple[str, str]] = []
    for act in ("encode", "draft", "revise"):
        original = getattr(Engine, act)

        def noted(self, *rest, act=act, original=original):
            calls.append((act, self.checkpoint.path.name))
            return original(self, *rest)

        monkeypatch.setattr(Engine, act, noted)
    return calls


class TestAlone:
    def test_a_tuned_pack_paints_as_an_engine_with_its_parameters(self, painter, tuned, photo, tmp_path):
        reference = Painter("cpu", checkpoint=merged(tuned, tmp_path / "merged.safetensors"), cache=None)
        expected = paint(photo, find_style(tuned).pixels, reference)
        painted = paint(photo, tuned, painter)
        assert np.array_equal(painted, expected)
        assert np.abs(painted - paint(photo, find_style(tuned).pixels, painter)).max() > 0.1, "it taught nothing"

    def test_it_costs_what_the_universal_model_costs(self, painter, tuned, photo, runs):
        paint(photo, find_style(tuned).pixels, painter)
        plain = [act for act, _ in runs if act != "encode"]
        runs.clear()
        paint(photo, tuned, painter)
        assert [act for act, _ in runs if act != "encode"] == plain
        assert {name for act, name in runs if act != "encode"} == {"tuned.safetensors"}
        assert [name for act, name in runs if act == "encode"] == [pack_files.universal().path.name], "only the photo"

    def test_a_whole_pack_paints_as_its_checkpoint(self, painter, whole, paddlegan_checkpoint, photo, runs):
        reference = Painter("cpu", checkpoint=paddlegan_checkpoint, cache=None)
        for strength in (1, 0.4):
            expected = paint(photo, find_style(whole).pixels, reference, strength=strength)
            runs.clear()
            painted = paint(photo, whole, painter, strength=strength)
            assert (
                np.abs(painted - expected).max() < 0.03
            )  # float16 in the pack, in what is painted and in what is given back
            assert {name for _, name in runs} == {"whole.safetensors"}

    def test_a_whole_pack_is_painted_with_whatever_weights_others_are(self, whole, earlier_checkpoint, painter, photo):
        with_others = Painter("cpu", checkpoint=earlier_checkpoint, cache=None)
        assert np.array_equal(paint(photo, whole, with_others), paint(photo, whole, painter))


class TestStrength:
    def test_at_0_the_photo_comes_back(self, painter, tuned, photo, runs):
        painted = paint(photo, tuned, painter, strength=0)
        assert {name for _, name in runs} == {pack_files.universal().path.name}
        assert np.array_equal(painted, paint(photo, "lion", painter, strength=0))
        large = sample("astronaut", (400, 400))
        assert structure(paint(large, tuned, painter, strength=0, stroke=128), large) > 0.85

    def test_it_moves_continuously(self, painter, tuned, photo):
        strengths = (0, 1e-7, 0.001, 0.5, 0.501, 0.999, 1 - 1e-7, 1)
        pictures = [paint(photo, tuned, painter, strength=strength) for strength in strengths]
        near, far = [], []
        for (before, first), (after, second) in pairwise(zip(strengths, pictures, strict=True)):
            (near if after - before < 0.01 else far).append(np.abs(first - second).max())
        assert max(near) < 0.02 < min(far)

    def test_where_there_is_only_a_draft_it_is_the_mean_by_strength(self, painter, tuned):
        """Of what both models draft with the same statistics; a photo as small as the draft has no revisions."""
        tiny = sample("cat", (40, 32)).astype(np.float32) / np.float32(255)
        style = find_style(tuned)
        painted = paint(tiny, [(style, 0.3), (style.pixels, 0.7)], painter)
        own, universal = (paint(tiny, each, painter) for each in (style, style.pixels))
        inside = (np.minimum(own, universal) > 0) & (np.maximum(own, universal) < 1)  # the mean is taken before the cut
        assert inside.mean() > 0.5
        assert np.abs(painted - (0.3 * own + 0.7 * universal))[inside].max() < 1e-4  # an entry of the palette's tables


class TestBlends:
    def test_they_are_not_moved_to_the_palette_of_one(self, painter, folder, earlier_checkpoints, photo):
        """A picture by earlier weights is not matched once more, but a blend with it is, to the palette of both."""
        texts = {"name": "Wave", "artist": "", "licence": ""}
        wave = Picture(painting("great-wave", (300, 200)))
        path = folder / "wave.safetensors"
        path.write_bytes(whole_pack_bytes(load_checkpoint(earlier_checkpoints[2]), texts, wave))
        blend = [path, "starry-night"]
        both, alone, other = (paint(photo, styles, painter).mean((0, 1)) for styles in (blend, *blend))
        share = np.dot(both - alone, other - alone) / np.dot(other - alone, other - alone)
        assert 0.4 < share < 0.6

    def test_they_move_continuously(self, painter, tuned, whole, photo):
        ends = {"tuned": tuned, "painting": "great-wave", "whole": whole}
        for first, second in (("tuned", "painting"), ("whole", "painting"), ("tuned", "whole")):
            at = {
                weight: paint(photo, [(ends[first], weight), (ends[second], 1 - weight)], painter)
                for weight in (1e-8, 0.001, 0.5, 0.501, 0.999)
            }
            alone = {name: paint(photo, ends[name], painter) for name in (first, second)}
            near = [(at[1e-8], alone[second]), (at[1e-8], at[0.001]), (at[0.5], at[0.501]), (at[0.999], alone[first])]
            assert max(np.abs(one - another).max() for one, another in near) < 0.02, (first, second)

    def test_two_packs_and_a_painting(self, painter, tuned, other, photo, runs):
        styles = [(tuned, 0.5), (other, 0.25), ("great-wave", 0.25)]
        blended = paint(photo, styles, painter)
        drafted = [name for act, name in runs if act == "draft"]
        assert sorted(drafted) == [pack_files.universal().path.name, "other.safetensors", "tuned.safetensors"]
        plain = [(find_style(style).pixels, weight) for style, weight in styles]
        assert 0.02 < np.abs(blended - paint(photo, plain, painter)).max() < 1

    def test_a_pack_named_twice_is_one(self, painter, tuned, photo, runs):
        twice = paint(photo, [(tuned, 0.5), (str(tuned), 0.5)], painter)
        assert len([act for act, _ in runs if act == "draft"]) == 1
        assert np.abs(twice - paint(photo, tuned, painter)).max() < 1e-5

    def test_progress_goes_from_0_to_1(self, painter, tuned, whole, photo):
        fractions: list[float] = []
        job = lapstyle.stylize(photo, [tuned, whole, "lion"], painter=painter, stroke=STROKE)
        lapstyle.run(job, lambda step: fractions.append(step.fraction))
        assert fractions == sorted(fractions) and fractions[0] == 0 and fractions[-1] == pytest.approx(1)

    def test_in_tiles_it_is_the_same_picture(self, painter, tuned, whole, photo):
        styles = [(tuned, 0.5), (whole, 0.2), ("lion", 0.3)]
        at_once = paint(photo, styles, painter, strength=0.8)
        for tile in (33, 64):
            in_tiles = copy.copy(painter)
            in_tiles.tile = tile
            assert np.abs(paint(photo, styles, in_tiles, strength=0.8) - at_once).max() <= 2e-4

    def test_both_engines_paint_the_same(self, painter, tuned, whole, photo):
        styles = [(tuned, 0.6), (whole, 0.2), ("lion", 0.2)]
        reference = Painter(engine="paddle", cache=None)
        ours, theirs = (paint(photo, styles, each, strength=0.8) for each in (painter, reference))
        assert np.abs(ours - theirs).max() <= 2e-3


class TestModels:
    def test_a_tuned_pack_has_no_encoder_of_its_own(self, tuned, photo):
        painter = Painter("cpu", cache=None)
        paint(photo, tuned, painter)
        (model,) = painter.models._packs.values()
        assert model.encoder is painter.engine and model.store is painter.store
        assert not [graph for graph in model.engine._sessions if graph.startswith("encoder")]

    def test_a_whole_pack_has_its_own_statistics(self, whole, photo, tmp_path):
        painter = Painter("cpu", cache=tmp_path)
        paint(photo, whole, painter)
        (model,) = painter.models._packs.values()
        assert model.encoder is model.engine and model.store.encoder != painter.store.encoder
        assert model.store.folder == tmp_path and list(tmp_path.glob("*.npz"))

    def test_the_last_two_are_kept_and_those_in_use(self, folder, tuned, other, photo):
        painter = Painter("cpu", cache=None)
        third = pack_files.write_tuned(folder / "third.safetensors", seed=2, style="spring")
        small = photo[:40, :40]
        for pack in (tuned, other, third, other):
            paint(small, pack, painter)
        names = [model.engine.checkpoint.path.stem for model in painter.models._packs.values()]
        assert names == ["third", "other"]
        paint(small, [tuned, other, third], painter)
        assert len(painter.models._packs) == 3
        paint(small, tuned, painter)
        assert len(painter.models._packs) == shares.KEPT_PACKS

    def test_copies_of_a_painter_share_them(self, tuned, photo):
        painter = Painter("cpu", cache=None)
        paint(photo, tuned, copy.copy(painter))
        assert len(painter.models._packs) == 1

    def test_other_settings_encode_nothing_again(self, painter, tuned, whole, photo, runs):
        photo.flags.writeable = False
        styles = [find_style(tuned), find_style(whole)]
        paint(photo, styles, painter)
        runs.clear()
        for changes in ({"strength": 0.5}, {"detail": 0.3}):
            paint(photo, styles, painter, **changes)
        assert "encode" not in {act for act, _ in runs}

    def test_a_pack_for_other_weights_is_refused(self, tuned, earlier_checkpoint, photo):
        painter = Painter("cpu", checkpoint=earlier_checkpoint, cache=None)
        with pytest.raises(PackForOtherWeights, match="taught from other weights than earlier"):
            paint(photo, tuned, painter)

    def test_a_cancel_stops_inside_and_leaves_a_painter_that_works(self, painter, tuned, photo):
        cancellation = lapstyle.Cancellation()
        job = lapstyle.stylize(photo, [tuned, "lion"], painter=painter, stroke=STROKE, cancellation=cancellation)
        with pytest.raises(lapstyle.Cancelled):
            lapstyle.run(job, lambda step: step.stage == "revision 1" and cancellation.cancel())
        assert paint(photo, tuned, painter).shape == photo.shape


@pytest.fixture(scope="class")
def earlier(folder, version):
    """A pack of an earlier version that has a parameter, as it was."""
    name = "net_dec.final_conv.1.bias"
    taught = {name: checkpoint_files.earlier_tensors(version)[name]}
    base = list(weights.EARLIER)[version - 1]
    return pack_files.write_tuned(folder / f"earlier_{version}.safetensors", base=base, parameters=taught)


@pytest.mark.parametrize("version", [1, 2, 3], scope="class")
class TestOfEarlierWeights:
    @pytest.fixture
    def earlier_checkpoint(self, earlier_checkpoints, version):
        return earlier_checkpoints[version]

    def test_a_pack_is_painted_with_the_weights_it_was_taught_from(self, painter, earlier, earlier_checkpoint, photo):
        expected = paint(photo, find_style(earlier).pixels, Painter("cpu", checkpoint=earlier_checkpoint, cache=None))
        assert np.array_equal(paint(photo, earlier, painter), expected)
        assert not np.array_equal(expected, paint(photo, find_style(earlier).pixels, painter))

    def test_and_blended_with_any_other(self, painter, earlier, tuned, photo):
        alone = [paint(photo, [(pack, 1)], painter) for pack in (earlier, tuned)]
        near = [paint(photo, [(earlier, share), (tuned, 1 - share)], painter) for share in (0.999, 0.001)]
        assert all(np.abs(a - b).max() < 0.02 for a, b in zip(alone, near, strict=True))

    def test_it_is_refused_where_the_user_brought_weights(self, earlier, earlier_checkpoint, photo):
        with pytest.raises(PackForOtherWeights, match="taught from other weights than earlier"):
            paint(photo, earlier, Painter("cpu", checkpoint=earlier_checkpoint, cache=None))
