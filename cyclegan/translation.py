"""What a user can set about a translation: the one home of the defaults and their limits."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from workbench.formats import SIDE_LIMIT
from workbench.setting_checks import check_known, check_number, check_pixels

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
            check_pixels("size", self.size, SMALLEST, LARGEST)
        check_number("detail", self.detail, 0.0, DETAIL_LIMIT)
        check_number("strength", self.strength, 0.0, 1.0)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "TranslationSettings":
        """The inverse of `to_dict`; missing values take their defaults, unknown names raise `SettingWrong`."""
        check_known(values.items(), {field.name for field in fields(cls)})
        return cls(**values)
