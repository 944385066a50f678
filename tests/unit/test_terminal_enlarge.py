"""`lapstyle enlarge` as a user types it."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from PIL import Image

import weights
from cyclegan.upscale import Enlarger
from tests import command
from tests.command import Outcome
from tests.picture_files import deep_photo
from tests.pictures import sample
from workbench.image_io import Picture, read_picture, write_picture
from workbench.progress import run

Command = Callable[..., Outcome]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "小猫.png"
    write_picture(Picture(sample("cat", (60, 40))), path)
    return path


def test_doubles_unless_told_otherwise_and_prints_the_name(lapstyle: Command, small: Path) -> None:
    outcome = lapstyle("enlarge", small)
    result = small.with_name("小猫-2x.png")
    assert (outcome.code, outcome.out.strip(), outcome.err) == (0, str(result), "")
    expected = run(Enlarger("cpu").enlarge(read_picture(small), 2))
    assert np.array_equal(read_picture(result).pixels, expected.pixels)


def test_says_as_json_what_it_made(lapstyle: Command, small: Path, tmp_path: Path) -> None:
    outcome = lapstyle("enlarge", small, "--factor", "4", "--device", "cpu", "-o", tmp_path / "big.jpg", "--json")
    told = json.loads(outcome.out)
    assert (told["width"], told["height"], told["device"], told["engine"]) == (240, 160, "CPU", "ONNX Runtime")
    with Image.open(tmp_path / "big.jpg") as image:
        assert image.size == (240, 160)


def test_16_bits_stay(lapstyle: Command, tmp_path: Path) -> None:
    write_picture(Picture(deep_photo()[:30, :40]), tmp_path / "deep.tiff")
    assert lapstyle("enlarge", tmp_path / "deep.tiff", "-o", tmp_path / "big.tiff").code == 0
    pixels = read_picture(tmp_path / "big.tiff").pixels
    assert pixels.dtype == np.uint16 and pixels.shape == (60, 80, 3)
    assert len(np.unique(pixels)) > 1000


def test_reads_and_writes_streams(small: Path) -> None:
    done = command.run("enlarge", "-", "-o", "-", "--format", "png", data=small.read_bytes())
    assert done.returncode == 0
    assert done.stdout.startswith(b"\x89PNG")


@pytest.mark.parametrize("factor", ["1", "3", "8", "-2", "2.5", "big"])
def test_other_factors_are_a_sentence(lapstyle: Command, small: Path, factor: str) -> None:
    outcome = lapstyle("enlarge", small, "--factor", factor)
    assert outcome.code == 2
    assert "factor" in outcome.err and "Traceback" not in outcome.err
    assert sorted(small.parent.iterdir()) == [small]


def test_what_is_no_picture_or_would_be_too_large_is_a_sentence(lapstyle: Command, tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").write_bytes(b"not a picture")
    outcome = lapstyle("enlarge", tmp_path / "bad.jpg")
    assert outcome.code == 1 and "bad.jpg" in outcome.err
    Image.new("L", (6000, 4000)).save(tmp_path / "large.png")
    outcome = lapstyle("enlarge", tmp_path / "large.png", "--factor", "4")
    assert outcome.code == 1 and "384" in outcome.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.jpg", "large.png"]


def test_the_original_is_never_replaced(lapstyle: Command, small: Path) -> None:
    before = small.read_bytes()
    assert lapstyle("enlarge", small, "-o", small).code != 0
    assert small.read_bytes() == before


def test_a_painting_is_enlarged_last_of_all(lapstyle: Command, small: Path, tmp_path: Path) -> None:
    paint = ("stylize", small, "--style", "great-wave", "--device", "cpu")
    assert lapstyle(*paint, "-o", tmp_path / "plain.png").code == 0
    assert lapstyle(*paint, "--enlarge", "2", "-o", tmp_path / "large.png").code == 0
    expected = run(Enlarger("cpu").enlarge(read_picture(tmp_path / "plain.png"), 2)).pixels
    assert np.array_equal(read_picture(tmp_path / "large.png").pixels, expected)
    outcome = lapstyle(*paint, "--enlarge", "3", "-o", tmp_path / "none.png")
    assert outcome.code == 2 and "give 2 or 4" in outcome.err
    assert not (tmp_path / "none.png").exists()


def test_restoring_takes_the_networks_for_it(lapstyle: Command, small: Path, tmp_path: Path) -> None:
    assert lapstyle("enlarge", small, "--restore", "--device", "cpu", "-o", tmp_path / "clean.png").code == 0
    expected = run(Enlarger("cpu", restore=True).enlarge(read_picture(small), 2)).pixels
    assert np.array_equal(read_picture(tmp_path / "clean.png").pixels, expected)
    outcome = lapstyle("enlarge", small, "--restore", "--model", small, "-o", tmp_path / "none.png")
    assert outcome.code == 2 and "--restore" in outcome.err
    assert not (tmp_path / "none.png").exists()


class TestModelOfOnesOwn:
    @pytest.fixture
    def dark(self, tmp_path: Path) -> Path:
        """The network that ships, but for its last layer, which makes everything black."""
        tensors = safetensors.numpy.load_file(weights.path("cyclegan/enlarge_2.safetensors"))
        tensors |= {name: np.zeros_like(tensors[name]) for name in ("conv3.weight", "conv3.bias")}
        safetensors.numpy.save_file(tensors, tmp_path / "dark.safetensors")
        return tmp_path / "dark.safetensors"

    def test_is_what_enlarges(self, lapstyle: Command, small: Path, dark: Path, tmp_path: Path) -> None:
        assert lapstyle("enlarge", small, "--model", dark, "-o", tmp_path / "big.png").code == 0
        assert read_picture(tmp_path / "big.png").pixels.max() == 0

    def test_for_another_factor_is_a_sentence(self, lapstyle: Command, small: Path, dark: Path, tmp_path: Path) -> None:
        outcome = lapstyle("enlarge", small, "--model", dark, "--factor", "4", "-o", tmp_path / "big.png")
        assert outcome.code == 1 and "Use a super-resolution 4x checkpoint." in outcome.err
        assert not (tmp_path / "big.png").exists()

    def test_that_is_none_is_a_sentence(self, lapstyle: Command, small: Path, tmp_path: Path) -> None:
        outcome = lapstyle("enlarge", small, "--model", small, "-o", tmp_path / "big.png")
        assert outcome.code == 1 and "is not a readable checkpoint" in outcome.err
        assert lapstyle("enlarge", small, "--model", "none.safetensors").err.count("There is no checkpoint") == 1
