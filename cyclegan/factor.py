"""How many times its sides a picture can be enlarged."""

from typing import Literal, get_args

from workbench.errors import SettingWrong

Factor = Literal[2, 4]
FACTORS: tuple[Factor, ...] = get_args(Factor)


def check_factor(factor: object) -> Factor:
    """The factor itself; raises `SettingWrong` unless it is 2 or 4."""
    for known in FACTORS:
        if isinstance(factor, int) and factor == known:
            return known
    raise SettingWrong(name="factor", value=factor, expected="give 2 or 4")
