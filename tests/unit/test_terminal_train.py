"""`lapstyle train-cyclegan` and `train-enlarge` as a user types them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from recipes.training import TrainingRun, TrainingStatus
from terminal.train import words
from tests.command import Outcome
from tests.trainings import folders

Command = Callable[..., Outcome]
TINY = ("--channels", 4, "--blocks", 1, "--crop", 32, "--steps", 2, "--threads", 1)


@pytest.fixture
def sources(tmp_path: Path) -> tuple[str, Path, str, Path]:
    a, b = folders(tmp_path)
    return "--a", a, "--b", b


def test_trains_prints_the_models_name_and_goes_on(lapstyle: Command, sources: tuple, tmp_path: Path) -> None:
    outcome = lapstyle("train-cyclegan", *sources, "-o", tmp_path / "run", *TINY)
    assert (outcome.code, outcome.out.strip(), outcome.err) == (0, str(tmp_path / "run" / "model.safetensors"), "")
    told = json.loads(lapstyle("train-cyclegan", "-o", tmp_path / "run", "--json").out)
    assert (told["step"], told["steps"]) == (2, 2) and told["losses"]["cycle a"] > 0
    photo = next((tmp_path / "photos").iterdir())
    translated = ("translate", photo, "--model", told["model"], "-o", tmp_path / "out.png")
    assert lapstyle(*translated).code == 0 and (tmp_path / "out.png").exists()


def test_the_enlarging_networks_model_enlarges(lapstyle: Command, sources: tuple, tmp_path: Path) -> None:
    options = ("--steps", 1, "--patch", 8, "--batch", 1, "--threads", 1)
    outcome = lapstyle("train-enlarge", sources[1], "-o", tmp_path / "run", *options)
    assert outcome.code == 0, outcome.err
    photo = next((tmp_path / "photos").iterdir())
    big = ("enlarge", photo, "--model", outcome.out.strip(), "-o", tmp_path / "big.png")
    assert lapstyle(*big).code == 0 and (tmp_path / "big.png").exists()


def test_other_settings_than_it_was_begun_with_are_refused(lapstyle: Command, sources: tuple, tmp_path: Path) -> None:
    outcome = lapstyle("train-cyclegan", "-o", tmp_path / "run")
    assert outcome.code == 2 and "name --a and --b to begin one" in outcome.err
    assert lapstyle("train-cyclegan", *sources, "-o", tmp_path / "run", *TINY).code == 0
    for command in (("train-cyclegan", "--steps", 3), ("train-enlarge",)):
        outcome = lapstyle(*command, "-o", tmp_path / "run")
        assert outcome.code == 2 and "holds a training with other settings" in outcome.err
    assert TrainingRun.open(tmp_path / "run").status.step == 2


@pytest.mark.parametrize(
    ("option", "sentence"),
    [(("--crop", 33), "crop cannot be 33: give a multiple of 4"), (("--steps", 0), "steps cannot be 0"),
     (("--start", "nobody"), "There is no model called nobody"), (("--seed", -1), "seed cannot be -1")],
)  # fmt: skip
def test_what_cannot_be_is_a_sentence(
    lapstyle: Command, sources: tuple, tmp_path: Path, option: tuple, sentence: str
) -> None:
    outcome = lapstyle("train-cyclegan", *sources, "-o", tmp_path / "run", *option)
    assert outcome.code in (1, 2) and sentence in outcome.err
    assert not (tmp_path / "run").exists()


def test_the_bar_tells_step_and_time_left() -> None:
    assert words(TrainingStatus(3, 20)) == "step 3 of 20"
    assert words(TrainingStatus(3, 20, 11100.0)) == "step 3 of 20, 3:05 h left"
