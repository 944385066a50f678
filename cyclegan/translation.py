"""What a user can set about a translation: the one home of the defaults and their limits."""

import math
from dataclasses import asdict, dataclass, fields
from typing import Any

from workbench.errors import SettingWrong
from workbench.formats import SIDE_LIMIT

SMALLEST, LARGEST = 64, SIDE_LIMIT
"""Long side in pixels at which the network works."""
DETAIL_LIMIT = 1.5


@dataclass(frozen=True)
class TranslationSettings:
    """How to translate. Raises `SettingWrong` when a value is out of its range.

    Attributes:
        size: long side in pixels at which the network works, 64 or more; a smaller photo is translated as it is. None
            works at the photo's own size, however large.
        detail: how much of the photo's own fine detail, which is lost at that size, is given back: 0 to 1.5 times.
        strength: 0 (the photo comes back) to 1 (the translation).
    """

    size: int | None = 640
    detail: float = 1.0
    strength: float = 1.0

    def __post_init__(self) -> None:
        if self.size is not None:
            check_size("size", self.size)
        check_number("detail", self.detail, 0.0, DETAIL_LIMIT)
        check_number("strength", self.strength, 0.0, 1.0)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "TranslationSettings":
        """The inverse of `to_dict`; missing values take their defaults, unknown names raise `SettingWrong`."""
        known = {field.name for field in fields(cls)}
        for name, value in values.items():
            if name not in known:
                raise SettingWrong(name=name, value=value, expected=f"the settings are {', '.join(sorted(known))}")
        return cls(**values)


def check_number(name: str, value: object, least: float, most: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise SettingWrong(name=name, value=value, expected=f"give a number from {least:g} to {most:g}")
    if not least <= value <= most:
        raise SettingWrong(name=name, value=value, expected=f"it goes from {least:g} to {most:g}")


def check_size(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not SMALLEST <= value <= LARGEST:
        expected = f"give a whole number of pixels from {SMALLEST} to {LARGEST}"
        raise SettingWrong(name=name, value=value, expected=expected)
