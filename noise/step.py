"""What every step is: a few checked numbers, and pixels in, pixels out."""

import reprlib
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

from noise.random_field import RandomField
from workbench.errors import SettingWrong
from workbench.tiles import Tile

Pixels = NDArray[Any]
"""[height, width, 3] uint8, uint16, or float32 in [0, 1], RGB in sRGB."""
Family = Literal["noise", "blur", "restore"]
FAMILIES: tuple[Family, ...] = ("noise", "blur", "restore")
_SHOWN = 40  # letters of a wrong value


@dataclass(frozen=True)
class Parameter:
    """One number of a step, or a yes or no: what the window makes a control of, and the command line reads.

    Attributes:
        name: as in the dataclass and in JSON: "per_channel".
        default: its type is the parameter's: float, int or bool.
        least, most: limits, included; both 0 for a bool.
        unit: "px", "°", "%" or "".
        scales: whether it is a length in the picture, which shrinks with a smaller copy of it.
    """

    name: str
    default: float | int | bool
    least: float = 0
    most: float = 0
    unit: str = ""
    scales: bool = False

    def check(self, value: object, step: str) -> None:
        """Raises `SettingWrong`."""
        name = f"{step} {self.name.replace('_', ' ')}"
        if isinstance(self.default, bool):
            if not isinstance(value, bool):
                raise SettingWrong(name=name, value=shown(value), expected="it is true or false")
            return
        whole = isinstance(self.default, int)
        wanted = int if whole else (int, float)
        within = isinstance(value, wanted) and not isinstance(value, bool) and self.least <= value <= self.most
        if not within:  # NaN is not within either
            kind = "a whole number" if whole else "a number"
            raise SettingWrong(
                name=name, value=shown(value), expected=f"give {kind} from {self.least:g} to {self.most:g}"
            )


def number(default: float, least: float, most: float, unit: str = "", *, scales: bool = False) -> Any:
    """A dataclass field that is a number within limits; a whole number where the default is one."""
    return field(default=default, metadata={"least": least, "most": most, "unit": unit, "scales": scales})


@dataclass(frozen=True)
class Place:
    """Where a window lies, and the random numbers that belong there.

    Attributes:
        tile: the window in the coordinates of the whole picture.
        random: the step's stream.
    """

    tile: Tile
    random: RandomField


@dataclass(frozen=True)
class Step(ABC):
    """One thing done to a picture. Raises `SettingWrong` from the constructor when a value is out of its range.

    A step sees a window of the picture, and no more: a pixel of its result depends on the pixels at most `reach` away,
    so that a window with that much of its surroundings gives the same pixels as the whole picture. Where the window
    ends at the picture's own edge, blurs reflect (OpenCV's BORDER_REFLECT_101).

    Attributes:
        name: in JSON, on the command line and, translated, in the window: "salt-pepper".
        family: what it is for.
    """

    name: ClassVar[str]
    family: ClassVar[Family]

    def __post_init__(self) -> None:
        for parameter in self.parameters():
            parameter.check(getattr(self, parameter.name), self.name)

    @property
    def reach(self) -> int:
        """Pixels to each side that a pixel of the result depends on; 0 for what treats each pixel alone."""
        return 0

    @property
    def idle(self) -> bool:
        """Whether it changes nothing, whatever the picture."""
        return False

    @abstractmethod
    def apply(self, window: Pixels, place: Place) -> Pixels:
        """The window after the step, same shape and dtype, in a new array; the window itself is not written to."""

    @classmethod
    def parameters(cls) -> tuple[Parameter, ...]:
        """In the order in which they are shown."""
        return tuple(Parameter(each.name, each.default, **each.metadata) for each in fields(cls))  # type: ignore[arg-type]

    def scaled(self, factor: float) -> Self:
        """The step for a copy of the picture whose sides are `factor` times as long: lengths shrink with it."""
        changes: dict[str, Any] = {}
        for parameter in self.parameters():
            if parameter.scales:
                value = getattr(self, parameter.name) * factor
                value = round(value) if isinstance(parameter.default, int) else value
                changes[parameter.name] = min(parameter.most, max(parameter.least, value))
        return replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """{"step": name, and every parameter}, for JSON."""
        return {"step": self.name, **{parameter.name: getattr(self, parameter.name) for parameter in self.parameters()}}


def shown(value: object) -> str:
    """A value for a sentence: short, and of printable letters, since it may come from anybody's file."""
    if isinstance(value, int) and value.bit_length() > 128:
        return f"a number of {value.bit_length()} bits"
    text = value if isinstance(value, str) else reprlib.repr(value)
    line = "".join(letter if letter.isprintable() else "?" for letter in text[:_SHOWN])
    return f"{line}…" if len(text) > _SHOWN else line


def full_scale(pixels: Pixels) -> float:
    """The number that stands for white: 255, 65535, or 1 for floats."""
    return 1.0 if pixels.dtype.kind == "f" else float(np.iinfo(pixels.dtype).max)
