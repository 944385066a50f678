"""The noise and blur workshop: noise, blurs and restoration as ordered steps, each exact, seeded and bounded in memory.

>>> pipeline = noise.Pipeline((noise.SaltPepper(salt=0.05, pepper=0.05), noise.MeanBlur(size=20)), seed=7)
>>> picture = lapstyle.run(pipeline.render(lapstyle.load("photo.jpg")))

Names are loaded when they are first used, so that importing this package loads neither OpenCV nor scikit-image.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noise.blurs import MeanBlur
    from noise.pipeline import Pipeline
    from noise.points import SaltPepper
    from noise.step import Parameter, Step

__all__ = ["MeanBlur", "Parameter", "Pipeline", "SaltPepper", "Step"]

_HOMES = {
    "MeanBlur": "noise.blurs",
    "Parameter": "noise.step",
    "Pipeline": "noise.pipeline",
    "SaltPepper": "noise.points",
    "Step": "noise.step",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
