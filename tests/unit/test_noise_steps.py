"""What holds for every step, whatever its parameters, the picture's size and depth."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from noise.blurs import Bilateral, GaussianBlur, MeanBlur
from noise.catalogue import STEPS, step_from_dict
from noise.pipeline import Pipeline
from noise.restore import Median
from noise.step import Step
from tests.picture_files import deep_photo, photo
from workbench.errors import SettingWrong
from workbench.picture import Picture
from workbench.progress import run
from workbench.tiles import Tile

DTYPES = (np.uint8, np.uint16, np.float32)
IDLE = {
    "salt-pepper": {"salt": 0.0, "pepper": 0.0},
    "gaussian-noise": {"sigma": 0.0},
    "speckle": {"sigma": 0.0},
    "film-grain": {"amount": 0.0},
    "mean-blur": {"size": 1},
    "gaussian-blur": {"sigma": 0.0},
    "bilateral": {"sigma": 0.0},
    "motion-blur": {"length": 1.0},
    "median": {"radius": 0},
    "adaptive-median": {"radius": 0},
    "non-local-means": {"strength": 0.0},
}  # all but photon noise, which there is with any number of photons


def at_depth(dtype: Any, height: int, width: int) -> NDArray[Any]:
    """A real photo with all levels of a depth in use."""
    if dtype == np.uint8:
        return photo(height, width)
    deep = deep_photo(height, width)
    return deep if dtype == np.uint16 else deep.astype(np.float32) / np.float32(65535)


def rendered(step: Step, pixels: NDArray[Any], seed: int = 0) -> NDArray[Any]:
    return run(Pipeline((step,), seed).render(Picture(pixels))).pixels


@st.composite
def steps(draw: st.DrawFn) -> Step:
    kind = draw(st.sampled_from(list(STEPS.values())))
    values: dict[str, Any] = {}
    for parameter in kind.parameters():
        most = min(parameter.most, 15) if parameter.unit == "px" else parameter.most
        if isinstance(parameter.default, bool):
            values[parameter.name] = draw(st.booleans())
        elif isinstance(parameter.default, int):
            values[parameter.name] = draw(st.integers(int(parameter.least), int(most)))
        else:
            values[parameter.name] = draw(st.floats(parameter.least, most))
    return kind(**values)


class TestEveryStep:
    @settings(max_examples=150)
    @given(
        steps(),
        st.sampled_from(DTYPES),
        st.tuples(st.integers(1, 40), st.integers(1, 40)),
        st.integers(0, 2**32 - 1),
        st.data(),
    )
    def test_a_region_is_what_the_whole_has_there(
        self, step: Step, dtype: Any, size: tuple[int, int], seed: int, data: st.DataObject
    ) -> None:
        height, width = size
        pixels = at_depth(dtype, height, width)
        before = pixels.copy()
        whole = rendered(step, pixels, seed)
        assert whole.shape == pixels.shape and whole.dtype == pixels.dtype
        assert np.array_equal(pixels, before)
        if dtype == np.float32:
            assert whole.min() >= 0 and whole.max() <= 1
        assert np.array_equal(rendered(step, pixels, seed), whole)
        top, left = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
        tile = Tile(top, data.draw(st.integers(top + 1, height)), left, data.draw(st.integers(left + 1, width)))
        part = Pipeline((step,), seed).region(pixels, tile)
        difference = np.abs(part.astype(np.float64) - whole[tile.slices])
        # OpenCV's large line kernels go through a Fourier transform: a value midway may round to either side.
        tolerance = 1e-5 if dtype == np.float32 else 1 if step.name == "motion-blur" else 0
        assert difference.max() <= tolerance

    @pytest.mark.parametrize("dtype", DTYPES)
    @pytest.mark.parametrize("name", IDLE)
    def test_zero_changes_nothing(self, name: str, dtype: Any) -> None:
        step = STEPS[name](**IDLE[name])  # type: ignore[arg-type]
        assert step.idle
        pixels = at_depth(dtype, 33, 21)
        assert rendered(step, pixels) is pixels
        assert np.array_equal(Pipeline((step,)).region(pixels, Tile(2, 20, 3, 9)), pixels[2:20, 3:9])

    @pytest.mark.parametrize("dtype", DTYPES)
    @pytest.mark.parametrize("name", STEPS)
    def test_the_defaults_change_the_picture_but_little(self, name: str, dtype: Any) -> None:
        pixels = at_depth(dtype, 120, 181)
        step = STEPS[name]()
        assert not step.idle
        white = 1.0 if dtype == np.float32 else float(np.iinfo(dtype).max)
        change = (rendered(step, pixels).astype(np.float64) - pixels) / white
        assert 1e-4 < np.abs(change).mean() < 0.1
        assert abs(change.mean()) < 0.01

    @pytest.mark.parametrize("name", [name for name, step in STEPS.items() if step.family == "noise"])
    def test_noise_crosses_the_edges_of_tiles_unseen(self, name: str) -> None:
        pixels = at_depth(np.uint8, 530, 540)
        whole = rendered(STEPS[name](), pixels, 5)
        tile = Tile(240, 275, 500, 524)
        assert np.array_equal(Pipeline((STEPS[name](),), 5).region(pixels, tile), whole[tile.slices])

    @given(steps())
    def test_survives_json(self, step: Step) -> None:
        assert step_from_dict(step.to_dict()) == step

    @pytest.mark.parametrize("dtype", DTYPES)
    @pytest.mark.parametrize(
        "step",
        [MeanBlur(size=59), MeanBlur(size=200), GaussianBlur(sigma=27.9), Bilateral(sigma=10.0), Median(radius=9)],
        ids=lambda step: step.name,
    )
    def test_regions_of_large_kernels(self, step: Step, dtype: Any) -> None:
        """Many windows, since their widths decide which of a processor's ways to add up OpenCV takes."""
        pixels = at_depth(dtype, 130, 90)
        whole = rendered(step, pixels)
        for left in range(0, 90, 7):
            for width in (1, 5, 30):
                tile = Tile(left, 120, left, min(left + width, 90))
                difference = np.abs(Pipeline((step,)).region(pixels, tile).astype(float) - whole[tile.slices])
                assert difference.max() <= (1e-5 if dtype == np.float32 else 0)

    def test_a_chain_of_all_has_regions_too(self) -> None:
        pixels = at_depth(np.uint8, 90, 130)
        pipeline = Pipeline(tuple(kind() for kind in STEPS.values()), 9)
        whole = run(pipeline.render(Picture(pixels))).pixels
        tile = Tile(30, 60, 40, 90)
        # Where the horizontal motion blur is the only one not exact, nothing comes after it but medians and means.
        assert np.abs(pipeline.region(pixels, tile).astype(int) - whole[tile.slices]).max() <= 1

    def test_alpha_stays(self) -> None:
        alpha = deep_photo(30, 40)[..., 0].copy()
        picture = Picture(deep_photo(30, 40), alpha)
        result = run(Pipeline(tuple(kind() for kind in STEPS.values())).render(picture))
        assert result.alpha is alpha and result.pixels.dtype == np.uint16


class TestRefused:
    @pytest.mark.parametrize("name", STEPS)
    def test_values_out_of_range(self, name: str) -> None:
        for parameter in STEPS[name].parameters():
            wrong: list[object] = ["1", None, float("nan"), [1]]
            if not isinstance(parameter.default, bool):
                wrong += [parameter.least - 1, parameter.most + 1, True]
            for value in wrong:
                with pytest.raises(SettingWrong):
                    step_from_dict({"step": name, parameter.name: value})

    @pytest.mark.parametrize(
        "content",
        [
            None,
            [],
            {},
            {"version": 2, "steps": []},
            {"version": True, "steps": []},
            {"version": 1.0, "seed": True},
            {"version": 1, "seed": None},
            {"version": 1, "seed": "7"},
            {"version": 1, "steps": None},
            {"version": 1, "steps": [None]},
            {"version": 1, "steps": [{"step": None}]},
            {"version": 1, "steps": [{"step": "median", "radius": 1e400}]},
            {"version": 1, "steps": [{"step": "median", "radius": 10**400}]},
            {"version": 1, "steps": [{"step": "speckle", "sigma": 10**400}]},
            {"version": 1, "steps": [{"step": "median", "step ": 1}]},
            {"version": 1, "steps": [{"step": "median", "reach": 5}]},
            {"version": 1, "steps": [{"step": "median", "__class__": "x"}]},
            {"version": 1, "steps": {}},
            {"version": 1, "steps": [{"step": "sharpen"}]},
            {"version": 1, "steps": [{"step": ["median"]}]},
            {"version": 1, "steps": ["median"]},
            {"version": 1, "steps": [{"step": "median", "color": 1}]},
            {"version": 1, "steps": [{"step": "median"}] * 33},
            {"version": 1, "seed": -1},
            {"version": 1, "seed": 2**32},
            {"version": 1, "seed": 0.5},
            {"version": 1, "noise": []},
        ],
    )
    def test_json(self, content: object) -> None:
        with pytest.raises(SettingWrong):
            Pipeline.from_dict(content)

    @pytest.mark.parametrize(
        "wrong",
        ["z" * 100_000, "\x1b[31m\n", 10**5000, [[["deep"] * 1000] * 1000]],
        ids=["long", "escapes", "digits", "nested"],
    )
    def test_sentences_stay_short_and_printable(self, wrong: Any) -> None:
        contents = [{"seed": wrong}, {"steps": [{"step": wrong}]}, {"steps": [{"step": "median", "radius": wrong}]}]
        contents += [{"steps": wrong}] if isinstance(wrong, str | int) else []
        contents += [{wrong: 1}, {"steps": [{"step": "median", wrong: 1}]}] if isinstance(wrong, str) else []
        for content in contents:
            with pytest.raises(SettingWrong) as caught:
                Pipeline.from_dict({"version": 1, **content})
            assert len(str(caught.value)) < 300 and str(caught.value).isprintable()
