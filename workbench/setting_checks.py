"""What settings have in common: numbers within limits, and names that are known. All raise `SettingWrong`."""

import math
from collections.abc import Collection, Iterable

from workbench.errors import SettingWrong


def check_number(name: str, value: object, least: float, most: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise SettingWrong(name=name, value=value, expected=f"give a number from {least:g} to {most:g}")
    if not least <= value <= most:
        raise SettingWrong(name=name, value=value, expected=f"it goes from {least:g} to {most:g}")


def check_whole(name: str, value: object, least: int, most: int) -> None:
    if not is_whole(value, least, most):
        raise SettingWrong(name=name, value=value, expected=f"give a whole number from {least} to {most}")


def check_pixels(name: str, value: object, least: int, most: int) -> None:
    if not is_whole(value, least, most):
        raise SettingWrong(name=name, value=value, expected=f"give a whole number of pixels from {least} to {most}")


def is_whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def check_known(given: Iterable[tuple[str, object]], known: Collection[str]) -> None:
    """That the names of what is given, as a dict's items, are known."""
    for name, value in given:
        if name not in known:
            raise SettingWrong(name=name, value=value, expected=f"the settings are {', '.join(sorted(known))}")
