"""Revisions: the texture of large pictures is not too faint beside the painting's."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import lapstyle
from lapstyle import revision
from lapstyle.pyramid import FloatLevel, halve
from lapstyle.revision import RevisionWindow
from tests.measures import unit
from tests.pictures import painting, sample
from workbench.tiles import Tile


class Adds:
    """An engine whose residual is the same everywhere."""

    HALO, universal = 4, True

    def __init__(self, guided: bool) -> None:
        self.checkpoint = SimpleNamespace(guided=guided)

    def revise(self, level: int, stack: np.ndarray, *_: Any) -> np.ndarray:
        return np.full((1, 3, *stack.shape[2:]), 0.5, np.float32)


def residual(short: int, guided: bool) -> float:
    levels = [FloatLevel(np.zeros((3, side, 2 * side), np.float32)) for side in (short // 2, short)]
    engine: Any = Adds(guided)
    window = RevisionWindow(engine, levels, 1, levels[0].planes)
    _, enlarged, found = window.revise(Tile(0, 16, 0, 24), {}, None)
    assert found.shape == enlarged.shape == (3, 16, 24) and np.ptp(found) == 0
    return float(found[0, 0, 0])


@pytest.mark.parametrize(("short", "expected"), [(64, 0.5), (704, 0.5), (996, 0.575), (1408, 0.65), (4000, 0.65)])
def test_residuals_are_stronger_where_levels_are_large(short: int, expected: float) -> None:
    assert residual(short, guided=True) == pytest.approx(expected, abs=1e-3)


def test_earlier_weights_paint_as_they_did() -> None:
    assert residual(1024, guided=False) == 0.5


def test_at_full_size_texture_is_nearer_to_the_paintings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The finest octave, in a photo that is sharp at that size: of small pixels beside each other."""
    photo = np.tile(sample("coffee", (512, 341)), (3, 2, 1))

    def faint() -> float:
        painted = lapstyle.run(lapstyle.stylize(photo, "great-wave"))
        return finest(painting("great-wave")) - finest(painted.pixels)

    now = faint()
    monkeypatch.setattr(revision, "FINER", 0.0)
    before = faint()
    assert abs(now) < abs(before) and before > 0


def finest(pixels: np.ndarray) -> float:
    """Deviation from the mean of every 2x2 pixels."""
    even = pixels[: pixels.shape[0] // 2 * 2, : pixels.shape[1] // 2 * 2]
    planes = np.ascontiguousarray(unit(even).transpose(2, 0, 1))
    return float(np.std(planes - halve(planes).repeat(2, 1).repeat(2, 2)))
