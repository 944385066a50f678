"""`lapstyle translate` as a user types it."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from cyclegan.translation import TranslationSettings
from cyclegan.translator import Translator
from cyclegan.upscale import Enlarger
from tests import command
from tests.command import Outcome
from tests.generators import write_generators
from tests.picture_files import deep_photo
from tests.pictures import sample
from workbench.image_io import Picture, read_picture, write_picture
from workbench.progress import run

Command = Callable[..., Outcome]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "小猫.png"
    write_picture(Picture(sample("cat", (90, 60))), path)
    return path


@pytest.fixture
def model(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    return write_generators(tmp_path / "models" / "tiny.safetensors", "netG_A", "netG_B")


def test_translates_and_prints_the_name(lapstyle: Command, photo: Path, model: Path) -> None:
    outcome = lapstyle("translate", photo, "--model", model)
    result = photo.with_name("小猫-tiny.png")
    assert (outcome.code, outcome.out.strip(), outcome.err) == (0, str(result), "")
    expected = run(Translator(model, device="cpu").translate(read_picture(photo)))
    assert np.array_equal(read_picture(result).pixels, expected.pixels)


def test_every_option(lapstyle: Command, photo: Path, model: Path, tmp_path: Path) -> None:
    options = ("--direction", "backward", "--size", "64", "--detail", "0.5", "--strength", "0.8", "--enlarge", "2")
    outcome = lapstyle(
        "translate", photo, "-m", model, *options, "--device", "cpu", "-o", tmp_path / "out.png", "--json"
    )
    told = json.loads(outcome.out)
    assert (told["width"], told["height"], told["model"], told["device"]) == (180, 120, str(model), "CPU")
    job = Translator(model, "backward", "cpu").translate(read_picture(photo), TranslationSettings(64, 0.5, 0.8))
    expected = run(Enlarger("cpu").enlarge(run(job), 2))
    assert np.array_equal(read_picture(tmp_path / "out.png").pixels, expected.pixels)


def test_at_the_photos_own_size(lapstyle: Command, photo: Path, model: Path, tmp_path: Path) -> None:
    assert lapstyle("translate", photo, "-m", model, "--size", "photo", "-o", tmp_path / "out.png").code == 0
    expected = run(Translator(model, device="cpu").translate(read_picture(photo), TranslationSettings(None)))
    assert np.array_equal(read_picture(tmp_path / "out.png").pixels, expected.pixels)


def test_16_bits_stay(lapstyle: Command, model: Path, tmp_path: Path) -> None:
    write_picture(Picture(deep_photo()), tmp_path / "deep.tiff")
    assert lapstyle("translate", tmp_path / "deep.tiff", "-m", model, "-o", tmp_path / "out.tiff").code == 0
    pixels = read_picture(tmp_path / "out.tiff").pixels
    assert (pixels.dtype, pixels.shape) == (np.uint16, deep_photo().shape)
    assert len(np.unique(pixels)) > 1000


def test_reads_and_writes_streams(photo: Path, model: Path) -> None:
    done = command.run("translate", "-", "-m", model, "-o", "-", "--format", "png", data=photo.read_bytes())
    assert done.returncode == 0
    assert done.stdout.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--size", "12"), "size"),
        (("--size", "big"), "size"),
        (("--detail", "2"), "detail"),
        (("--strength", "-1"), "strength"),
        (("--enlarge", "3"), "factor"),
        (("--direction", "sideways"), "direction"),
        (("--pattern", "{stem}"), "--pattern"),
    ],
)
def test_what_does_not_fit_is_a_sentence(
    lapstyle: Command, photo: Path, model: Path, options: tuple[str, ...], word: str
) -> None:
    outcome = lapstyle("translate", photo, "-m", model, *options)
    assert outcome.code == 2 and word in outcome.err and "Traceback" not in outcome.err
    assert sorted(path.name for path in photo.parent.iterdir()) == ["models", photo.name]


@pytest.mark.parametrize(
    "case",
    [
        ("no-such-model", None, "There is no model called"),
        ("bad.pth", b"garbage", "is not a readable checkpoint"),
        ("empty.pdparams", b"", "it is empty"),
        ("evil.pth", b"cos\nsystem\n(S'touch ran'\ntR.", "was refused"),
    ],
)
def test_a_model_that_cannot_be_used_is_a_sentence(
    lapstyle: Command, photo: Path, monkeypatch: pytest.MonkeyPatch, case: tuple[str, bytes | None, str]
) -> None:
    (name, content, sentence), tmp_path = case, photo.parent
    monkeypatch.chdir(tmp_path)
    if content is not None:
        (tmp_path / name).write_bytes(content)
    outcome = lapstyle("translate", photo, "-m", name, "-o", "out.png")
    assert outcome.code == 1 and sentence in outcome.err and name in outcome.err
    assert not (tmp_path / "out.png").exists() and not (tmp_path / "ran").exists()


def test_a_checkpoint_of_something_else_is_a_sentence(lapstyle: Command, photo: Path, tmp_path: Path) -> None:
    save_file({"net_dec.final_conv.1.weight": np.zeros((3, 64, 3, 3), "f4")}, tmp_path / "other.safetensors")
    outcome = lapstyle("translate", photo, "-m", tmp_path / "other.safetensors")
    assert outcome.code == 1 and "Use a CycleGAN checkpoint" in outcome.err


def test_neither_photo_nor_model_is_ever_replaced(lapstyle: Command, photo: Path, model: Path) -> None:
    before = photo.read_bytes(), model.read_bytes()
    for taken in (photo, model):
        assert lapstyle("translate", photo, "-m", model, "-o", taken, "--format", "png").code != 0
    assert (photo.read_bytes(), model.read_bytes()) == before


def test_a_folder(lapstyle: Command, photo: Path, model: Path, tmp_path: Path) -> None:
    folder, report = tmp_path / "photos", tmp_path / "report.json"
    (folder / "trip").mkdir(parents=True)
    photo.rename(folder / "trip" / photo.name)
    (folder / "bad.jpg").write_text("no picture " * 9)
    arguments = ("translate", folder, "-m", model, "-o", tmp_path / "out", "--size", "64", "--format", "jpg")
    outcome = lapstyle(*arguments, "--pattern", "{stem}-{style}", "--report", report)
    assert outcome.code == 1 and "bad.jpg is not a picture" in outcome.err
    assert outcome.out == f"1 translated, 1 failed. The pictures are in {tmp_path / 'out'}.\n"
    assert read_picture(tmp_path / "out" / "trip" / "小猫-tiny.jpg").width == 90
    assert json.loads(report.read_text(encoding="utf-8"))["counts"]["done"] == 1
    (folder / "bad.jpg").unlink()
    again = lapstyle(*arguments, "--pattern", "{stem}-{style}")
    assert (again.code, again.err) == (0, "") and again.out.startswith("1 done before")


def test_a_folder_needs_one_for_the_results(lapstyle: Command, photo: Path, model: Path) -> None:
    for output in ((), ("-o", "-")):
        outcome = lapstyle("translate", photo.parent, "-m", model, *output)
        assert outcome.code == 2 and "name a folder for the results" in outcome.err
