"""The noise and blur workshop: noise, blurs and restoration as ordered steps, each exact, seeded and bounded in memory.

>>> pipeline = noise.Pipeline((noise.SaltPepper(salt=0.05, pepper=0.05), noise.MeanBlur(size=20)), seed=7)
>>> picture = lapstyle.run(pipeline.render(lapstyle.load("photo.jpg")))

Names are loaded when they are first used, so that importing this package loads neither OpenCV nor scikit-image.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noise.blurs import Bilateral, GaussianBlur, MeanBlur, MotionBlur
    from noise.folder import FolderReport, ImageNoise, Skipped, apply
    from noise.grain import FilmGrain
    from noise.measure import Quality, compare, histogram
    from noise.pipeline import Pipeline
    from noise.points import GaussianNoise, Poisson, SaltPepper, Speckle
    from noise.restore import AdaptiveMedian, Median, NonLocalMeans
    from noise.step import Parameter, Step

__all__ = [
    "AdaptiveMedian",
    "Bilateral",
    "FilmGrain",
    "FolderReport",
    "GaussianBlur",
    "GaussianNoise",
    "ImageNoise",
    "MeanBlur",
    "Median",
    "MotionBlur",
    "NonLocalMeans",
    "Parameter",
    "Pipeline",
    "Poisson",
    "Quality",
    "SaltPepper",
    "Skipped",
    "Speckle",
    "Step",
    "apply",
    "compare",
    "histogram",
]

_HOMES = {
    "AdaptiveMedian": "noise.restore",
    "Bilateral": "noise.blurs",
    "FilmGrain": "noise.grain",
    "FolderReport": "noise.folder",
    "GaussianBlur": "noise.blurs",
    "GaussianNoise": "noise.points",
    "ImageNoise": "noise.folder",
    "MeanBlur": "noise.blurs",
    "Median": "noise.restore",
    "MotionBlur": "noise.blurs",
    "NonLocalMeans": "noise.restore",
    "Parameter": "noise.step",
    "Pipeline": "noise.pipeline",
    "Poisson": "noise.points",
    "Quality": "noise.measure",
    "SaltPepper": "noise.points",
    "Skipped": "noise.folder",
    "Speckle": "noise.points",
    "Step": "noise.step",
    "apply": "noise.folder",
    "compare": "noise.measure",
    "histogram": "noise.measure",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
