"""What a user can set about a painting: the one home of the defaults and their limits."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from workbench.errors import SettingWrong
from workbench.setting_checks import check_known, check_number, check_pixels

STROKES = {"broad": 96, "bold": 128, "medium": 192, "fine": 256, "finest": 384}
"""Short side of the draft in pixels: the smaller the draft, the broader the picture's strokes. 128 is the paper's."""
STROKE_LIMITS = (16, 512)
COLORS = {"style": 0.0, "content": 1.0}
DETAIL_LIMIT = 3.0
LONGEST_SIDE = 65535
"""Pixels: more than JPEG, and most viewers, can hold."""


@dataclass(frozen=True)
class Settings:
    """How to paint. Raises `SettingWrong` when a value is out of its range.

    Attributes:
        strength: 0 (the photo comes back) to 1 (the style's own statistics).
        color: 0 or "style" (the painting's colours) to 1 or "content" (the photo's colours, the painting's light).
        stroke: a name of `STROKES`, or the draft's short side, 16 to 512 px.
        detail: factor on what the revisions add: 0 leaves the enlarged draft, 1 is as it is meant, at most 3.
        size: long side of the picture to paint, in pixels; None keeps the photo's size.
    """

    strength: float = 1.0
    color: float | str = "style"
    stroke: int | str = "fine"
    detail: float = 1.0
    size: int | None = None

    def __post_init__(self) -> None:
        check_number("strength", self.strength, 0.0, 1.0)
        if isinstance(self.color, str):
            check_name("color", self.color, COLORS)
        else:
            check_number("color", self.color, 0.0, 1.0)
        if isinstance(self.stroke, str):
            check_name("stroke", self.stroke, STROKES)
        else:
            check_pixels("stroke", self.stroke, *STROKE_LIMITS)
        check_number("detail", self.detail, 0.0, DETAIL_LIMIT)
        if self.size is not None:
            check_pixels("size", self.size, 1, LONGEST_SIDE)

    @property
    def content_color(self) -> float:
        """The share of the photo's own colours, 0 to 1."""
        return COLORS[self.color] if isinstance(self.color, str) else float(self.color)

    @property
    def draft_side(self) -> int:
        """The draft's short side in pixels."""
        return STROKES[self.stroke] if isinstance(self.stroke, str) else self.stroke

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Settings":
        """The inverse of `to_dict`; missing values take their defaults, unknown names raise `SettingWrong`."""
        check_known(values.items(), {field.name for field in fields(cls)})
        return cls(**values)


def check_name(name: str, value: str, known: dict[str, Any]) -> None:
    if value not in known:
        raise SettingWrong(name=name, value=value, expected=f"use {', '.join(known)} or a number")
