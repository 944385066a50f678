"""A folder translated: resumed, done again for other settings or another model, and enlarged afterwards."""

from pathlib import Path

import numpy as np
import pytest

import assets
from cyclegan.translation import TranslationSettings
from cyclegan.translator import Translator
from cyclegan.upscale import Enlarger
from recipes.folder_batch import BatchReport
from recipes.translation_batch import TranslationBatch
from tests.generators import write_generators
from workbench.entries import State
from workbench.errors import CheckpointDamaged, SettingWrong
from workbench.image_io import read_picture, resized, write_picture
from workbench.progress import run

SMALL = TranslationSettings(64)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two photos, one of them in a folder with another script's name, and junk."""
    folder = tmp_path / "photos"
    (folder / "深い").mkdir(parents=True)
    for name in ("cat", "深い/coffee"):
        photo = resized(read_picture(assets.path(f"samples/{Path(name).name}.jpg")), 80)
        write_picture(photo, folder / f"{name}.png")
    (folder / "broken.png").write_bytes(b"no picture")
    (folder / "notes.txt").write_text("x")
    return folder


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    return write_generators(tmp_path / "梵高.safetensors", "netG_A", "netG_B")


def translate(folder: Path, output: Path, checkpoint: Path, **options: object) -> BatchReport:
    translator = options.pop("translator", None) or Translator(checkpoint, device="cpu")
    return run(TranslationBatch(folder, output, translator=translator, **{"settings": SMALL, **options}).run())


def test_every_photo_is_translated_and_junk_stops_nothing(folder: Path, tmp_path: Path, checkpoint: Path) -> None:
    report = translate(folder, tmp_path / "out", checkpoint)
    assert (report.count(State.DONE), report.count(State.FAILED), report.ignored) == (2, 1, 1)
    assert str(report).startswith("2 translated, 1 failed, 1 other file ignored.")
    for name in ("cat.png", "深い/coffee.png"):
        photo = read_picture(folder / name)
        expected = run(Translator(checkpoint, device="cpu").translate(photo, SMALL))
        assert np.array_equal(read_picture(tmp_path / "out" / name).pixels, expected.pixels)


def test_what_is_done_is_skipped_and_what_would_be_another_picture_is_not(
    folder: Path, tmp_path: Path, checkpoint: Path
) -> None:
    output = tmp_path / "out"
    translate(folder, output, checkpoint)
    same = Path(checkpoint.rename(tmp_path / "moved.safetensors"))
    assert translate(folder, output, same).count(State.SKIPPED) == 2
    changes: list[dict[str, object]] = [
        {"settings": TranslationSettings(72)},
        {"settings": TranslationSettings(64, detail=0.5)},
        {"settings": SMALL, "translator": Translator(same, "backward", device="cpu")},
        {"settings": SMALL, "translator": Translator(write_generators(tmp_path / "other.safetensors"), device="cpu")},
        {"settings": SMALL, "enlarge": 2},
    ]
    for change in changes:
        assert translate(folder, output, same, **change).count(State.DONE) == 2, change


def test_enlarged_after_the_translation(folder: Path, tmp_path: Path, checkpoint: Path) -> None:
    enlarger = Enlarger("cpu")
    translate(folder / "cat.png", tmp_path / "out", checkpoint, enlarge=2, enlarger=enlarger)
    translated = run(Translator(checkpoint, device="cpu").translate(read_picture(folder / "cat.png"), SMALL))
    expected = run(enlarger.enlarge(translated, 2))
    assert np.array_equal(read_picture(tmp_path / "out" / "cat.png").pixels, expected.pixels)


def test_names_can_tell_the_model(folder: Path, tmp_path: Path, checkpoint: Path) -> None:
    translate(folder / "cat.png", tmp_path / "out", checkpoint, pattern="{stem} {style}")
    assert (tmp_path / "out" / "cat 梵高.png").exists()


def test_a_model_that_cannot_be_used_is_told_before_anything_is_made(folder: Path, tmp_path: Path) -> None:
    single = write_generators(tmp_path / "single.safetensors")
    with pytest.raises(SettingWrong, match="only goes forward"):
        translate(folder, tmp_path / "out", single, translator=Translator(single, "backward"))
    single.write_bytes(b"garbage")
    with pytest.raises(CheckpointDamaged):
        translate(folder, tmp_path / "out", single)
    assert not (tmp_path / "out").exists()
