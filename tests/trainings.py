"""Trainings small enough for tests: four pictures, tiny networks."""

from pathlib import Path

from PIL import Image

from cyclegan.training_settings import CycleTraining
from tests.pictures import painting, sample

TINY = {"channels": 4, "blocks": 1, "crop": 32}


def folders(place: Path, size: tuple[int, int] = (48, 40)) -> tuple[Path, Path]:
    """Two photos, and two paintings."""
    a, b = place / "photos", place / "paintings"
    for folder in (a, b):
        folder.mkdir()
    for name in ("coffee", "cat"):
        Image.fromarray(sample(name, size)).save(a / f"{name}.png")
    for name in ("great-wave", "poppies"):
        Image.fromarray(painting(name, size)).save(b / f"{name}.png")
    return a, b


def tiny(place: Path, steps: int = 30, **changes: float | str) -> CycleTraining:
    """Settings of a training of a few seconds, with its folders."""
    return CycleTraining(*folders(place), steps=steps, **{**TINY, **changes})  # type: ignore[arg-type]
