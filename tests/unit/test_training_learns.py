"""That training learns: four small pictures are learned by heart."""

from pathlib import Path

import numpy as np
import pytest

from cyclegan.train import CycleTrainer
from cyclegan.training_settings import CycleTraining
from tests.trainings import folders
from workbench import training_pictures

STEPS = 500


def test_there_and_back_four_pictures_come_out_ten_times_closer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each shown whole, mirrored or not. With so few pictures and steps the cycle needs weight and a high rate."""
    monkeypatch.setattr(training_pictures, "ZOOM", 1.0)
    a, b = folders(tmp_path, (16, 16))
    settings = CycleTraining(a, b, channels=16, blocks=1, crop=32, steps=STEPS, learning_rate=4e-3, cycle=100.0)
    trainer, errors = CycleTrainer(settings, tmp_path / "run"), []
    for step in range(STEPS):
        losses = trainer.step(step / STEPS)
        errors.append((losses["cycle a"] + losses["cycle b"]) / 2)
    assert np.mean(errors[-20:]) < errors[0] / 10
