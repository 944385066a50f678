"""Grain: an even area is painted differently at every place, and only by weights that were trained with it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

import lapstyle
from lapstyle.checkpoints import load_checkpoint
from lapstyle.grain import DEVIATION, grained
from tests.checkpoint_files import METADATA, shipped_tensors
from tests.pictures import sample

SIZE = (120, 90)
EVEN = np.full((128, 160, 3), 90, np.uint8)
PERIOD = 8  # px: what the drafting network's enlargements repeat

Write = Callable[..., Path]


@pytest.fixture(scope="module")
def write(tmp_path_factory: pytest.TempPathFactory) -> Write:
    """Writes the shipped weights with another description."""
    folder = tmp_path_factory.mktemp("weights")

    def write(name: str, **described: str) -> Path:
        tensors = {name: np.ascontiguousarray(array) for name, array in shipped_tensors().items()}
        safetensors.numpy.save_file(tensors, folder / name, {**METADATA, **described})
        return folder / name

    return write


@pytest.fixture(scope="module")
def with_grain(write: Write) -> lapstyle.Painter:
    return lapstyle.Painter("cpu", checkpoint=write("grain.safetensors", grain="3/255"), cache=None)


@pytest.fixture(scope="module")
def without(write: Write) -> lapstyle.Painter:
    return lapstyle.Painter("cpu", checkpoint=write("plain.safetensors"), cache=None)


def paint(painter: lapstyle.Painter, photo: np.ndarray, **settings: float) -> np.ndarray:
    job = lapstyle.stylize(photo, "starry-night", stroke="bold", painter=painter, **settings)
    return lapstyle.run(job).pixels


def repeated(painted: np.ndarray) -> float:
    """How far, on average, the middle of a picture is from itself one period on."""
    middle = painted[32:-32, 32:-32].astype(np.float64)
    return float(np.abs(middle[:, PERIOD:] - middle[:, :-PERIOD]).mean())


def test_no_two_places_of_an_even_photo_are_painted_alike(
    with_grain: lapstyle.Painter, without: lapstyle.Painter
) -> None:
    assert repeated(paint(with_grain, EVEN)) > 2 * repeated(paint(without, EVEN))
    assert repeated(paint(with_grain, EVEN)) > 5


def test_the_same_each_time(with_grain: lapstyle.Painter) -> None:
    assert np.array_equal(paint(with_grain, EVEN), paint(with_grain, EVEN))


def test_at_no_strength_there_is_none(with_grain: lapstyle.Painter, without: lapstyle.Painter) -> None:
    photo = sample("cat", SIZE)
    for painter in (with_grain, without):
        assert np.abs(paint(painter, photo, strength=0.0).astype(int) - photo).max() <= 1


def test_grain_is_weak_grey_noise_that_leaves_the_mean() -> None:
    planes = np.full((3, 200, 300), 0.5, np.float32)
    noise = grained(planes) - planes
    assert np.allclose(noise[0], noise[1]) and np.allclose(noise[0], noise[2])
    assert abs(noise.mean()) < 3e-4 and abs(noise.std() / DEVIATION - 1) < 0.02
    assert grained(planes).dtype == np.float32
    assert grained(planes[:, :1, :1]).shape == (3, 1, 1)


def test_a_checkpoint_says_whether_it_was_trained_with_grain(write: Write) -> None:
    assert load_checkpoint(write("grain.safetensors", grain="3/255")).grain
    assert not load_checkpoint(write("plain.safetensors")).grain
    with pytest.raises(lapstyle.StudioError, match="does not know"):
        load_checkpoint(write("other.safetensors", grain="9/255"))


class TestInTraining:
    def test_what_is_trained_upon_it_has_grain_too(self, write: Write, tmp_path: Path) -> None:
        from lapstyle.train_model import save_checkpoint

        base = load_checkpoint(write("grain.safetensors", grain="3/255"))
        for grain in (True, False):
            save_checkpoint(tmp_path / "taught.safetensors", replace(base, grain=grain), {})
            assert load_checkpoint(tmp_path / "taught.safetensors").grain is grain
