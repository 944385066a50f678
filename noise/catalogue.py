"""Every step there is, by the name that presets and the command line use."""

from typing import Any

from noise.blurs import Bilateral, GaussianBlur, MeanBlur, MotionBlur
from noise.grain import FilmGrain
from noise.points import GaussianNoise, Poisson, SaltPepper, Speckle
from noise.restore import AdaptiveMedian, Median, NonLocalMeans
from noise.step import Step, shown
from workbench.errors import SettingWrong

_KINDS: tuple[type[Step], ...] = (
    SaltPepper,
    GaussianNoise,
    Speckle,
    Poisson,
    FilmGrain,
    MeanBlur,
    GaussianBlur,
    Bilateral,
    MotionBlur,
    Median,
    AdaptiveMedian,
    NonLocalMeans,
)
STEPS: dict[str, type[Step]] = {step.name: step for step in _KINDS}
"""Name -> step, in the order in which they are offered."""


def step_from_dict(content: Any) -> Step:
    """The inverse of `Step.to_dict`. Raises `SettingWrong` for an unknown step, an unknown or a wrong parameter."""
    name = content.get("step") if isinstance(content, dict) else None
    if not isinstance(name, str) or name not in STEPS:
        raise SettingWrong(name="step", value=shown(name), expected=f"the steps are {', '.join(STEPS)}")
    kind = STEPS[name]
    known = [parameter.name for parameter in kind.parameters()]
    values = {key: value for key, value in content.items() if key != "step"}
    for key in values:
        if key not in known:
            raise SettingWrong(name=name, value=shown(key), expected=f"it has {', '.join(known)}")
    return kind(**values)
