"""What the settings of every training have in common."""

from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Self

from workbench.errors import SettingWrong
from workbench.setting_checks import check_known, check_number, check_whole

LONGEST = 10_000_000  # steps


class FolderSettings:
    """To and from a dict that JSON can hold; paths are absolute."""

    def to_dict(self) -> dict[str, Any]:
        values = asdict(self)  # type: ignore[call-overload]
        return {name: str(value) if isinstance(value, Path) else value for name, value in values.items()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """The inverse of `to_dict`; missing values take their defaults, but for folders. Raises `SettingWrong`."""
        known = {field.name: field for field in fields(cls)}  # type: ignore[arg-type]
        check_known(values.items(), known)
        paths = {name for name, field in known.items() if field.type is Path}
        optional = {name for name, field in known.items() if field.type == Path | None and values.get(name) is not None}
        for name in paths | optional:
            if not isinstance(values.get(name), str):
                raise SettingWrong(name=name, value=values.get(name), expected="give a folder")
        return cls(**{name: Path(value) if name in paths | optional else value for name, value in values.items()})


def check_common(batch: object, steps: object, learning_rate: object, seed: object) -> None:
    check_whole("batch", batch, 1, 64)
    check_whole("steps", steps, 1, LONGEST)
    check_number("learning_rate", learning_rate, 1e-7, 0.1)
    check_whole("seed", seed, 0, 2**32 - 1)
