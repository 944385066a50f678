"""`lapstyle teach` and `train-style` as a user types them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from lapstyle.packs import installed_packs, read_pack
from lapstyle.training_settings import StyleTraining
from recipes.training import TrainingRun
from tests.command import Outcome
from tests.trainings import folders

Command = Callable[..., Outcome]
TINY = ("--sides", 32, 32, 64, "--batch", 1, "--examples", 1, "--steps", 1, 0, 1, "--threads", 1)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    return folders(tmp_path, (96, 80))[0]


def test_teaches_a_gallery_painting_and_installs_the_pack(lapstyle: Command, photos: Path, tmp_path: Path) -> None:
    pack = tmp_path / "wave.safetensors"
    command = ("teach", "great-wave", "--photos", photos, "-o", pack, "--install", "--json", *TINY)
    outcome = lapstyle(*command)
    assert (outcome.code, outcome.err) == (0, "")
    told = json.loads(outcome.out)
    assert (told["pack"], told["steps"]) == (str(pack), 2) and told["losses"]["style"] > 0
    made = read_pack(pack)
    assert made.artist == "Katsushika Hokusai" and made.licence
    assert [card.id for card in installed_packs()] == [told["id"]]
    assert not (tmp_path / "wave.safetensors.training").exists()
    assert lapstyle("stylize", photos / "cat.png", "-s", told["id"], "-o", tmp_path / "out.png").code == 0


def test_goes_on_with_what_was_begun(lapstyle: Command, photos: Path, tmp_path: Path) -> None:
    painting, pack = tmp_path / "paintings" / "poppies.png", tmp_path / "poppies.safetensors"
    options = {"sides": (32, 32, 64), "batch": 1, "examples": 1, "steps": (1, 0, 1), "photos": photos, "name": "Red"}
    folder = tmp_path / "poppies.safetensors.training"
    TrainingRun.create(folder, StyleTraining(painting, **options))  # type: ignore[arg-type]
    outcome = lapstyle("teach", painting, "-o", pack)
    assert (outcome.code, outcome.out.strip()) == (0, str(pack)), outcome.err
    assert read_pack(pack).name == "Red"


def test_other_settings_than_it_was_begun_with_are_refused(lapstyle: Command, photos: Path, tmp_path: Path) -> None:
    painting, pack = tmp_path / "paintings" / "poppies.png", tmp_path / "poppies.safetensors"
    TrainingRun.create(tmp_path / "poppies.safetensors.training", StyleTraining(painting, photos))
    outcome = lapstyle("teach", painting, "-o", pack, "--minutes", 3)
    assert outcome.code == 2 and "holds a training with other settings" in outcome.err


@pytest.mark.parametrize(
    ("options", "sentence"),
    [(("--minutes", 0), "minutes cannot be 0"), (("--steps", 0, 0, 0), "steps cannot be (0, 0, 0)"),
     (("--sides", 32, 33, 64), "give multiples of 32"), (("--photos", "nowhere"), "nowhere"),
     (("--name", "x" * 300), "name cannot be"), (("-o", "x" * 250), "File name too long")],
)  # fmt: skip
def test_what_cannot_be_is_a_sentence(lapstyle: Command, tmp_path: Path, options: tuple, sentence: str) -> None:
    outcome = lapstyle("teach", "great-wave", "-o", tmp_path / "pack.safetensors", *options)
    assert outcome.code in (1, 2) and sentence in outcome.err
    assert not list(tmp_path.iterdir())


def test_an_unknown_painting_and_the_painting_as_output(lapstyle: Command, photos: Path, tmp_path: Path) -> None:
    for name in ("nobodys-wave", "x" * 300):
        outcome = lapstyle("teach", name, "-o", tmp_path / "pack.safetensors")
        assert outcome.code == 1 and f"There is no style called {name}" in outcome.err
    painting = tmp_path / "paintings" / "poppies.png"
    outcome = lapstyle("teach", painting, "-o", painting)
    assert outcome.code == 1 and "never overwritten" in outcome.err


def test_trains_weights_that_paint_any_style(lapstyle: Command, photos: Path, tmp_path: Path) -> None:
    command = ("train-style", tmp_path / "paintings", "--photos", photos, "-o", tmp_path / "run", *TINY)
    outcome = lapstyle(*command)
    assert outcome.code == 0, outcome.err
    told = json.loads(lapstyle("train-style", "-o", tmp_path / "run", "--json").out)
    assert (told["model"], told["step"]) == (outcome.out.strip(), 2)
    painted = ("stylize", photos / "cat.png", "-s", "lion", "--checkpoint", told["model"], "-o", tmp_path / "out.png")
    assert lapstyle(*painted).code == 0
    outcome = lapstyle("train-style", "--photos", photos, "-o", tmp_path / "other")
    assert outcome.code == 2 and "name the folder of paintings" in outcome.err
