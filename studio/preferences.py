"""What the window remembers between starts, in QSettings."""

import json
from pathlib import Path
from typing import Any, Literal, get_args

from PyQt5.QtCore import QByteArray, QSettings

ORGANIZATION = "LapStyle Studio"
RECENT = 10  # files
MOST_THREADS = 256
PREVIEW_SIZES = {"small": 200_000, "usual": 400_000, "large": 1_000_000}
"""Pixels of a preview. A side of the usual one, 730 x 548, is at least the draft's: strokes look as in the whole."""
Device = Literal["auto", "cpu", "gpu"]  # as workbench.runtime, which loads ONNX Runtime


def user_settings() -> QSettings:
    form, scope = QSettings.Format.IniFormat, QSettings.Scope.UserScope
    return QSettings(form, scope, ORGANIZATION, ORGANIZATION)


class Preferences:
    """Typed access to the settings file; a value that makes no sense counts as not there."""

    def __init__(self, settings: QSettings | None = None) -> None:
        self._settings = settings or user_settings()

    def text(self, name: str, default: str = "") -> str:
        value = self._settings.value(name, default)
        return value if isinstance(value, str) else default

    def set_text(self, name: str, value: str) -> None:
        self._settings.setValue(name, value)

    def data(self, name: str) -> Any:
        """What `set_data` stored, or None."""
        try:
            return json.loads(self.text(name, "null"))
        except ValueError:
            return None

    def set_data(self, name: str, value: Any) -> None:
        """Store anything that JSON can hold."""
        self._settings.setValue(name, json.dumps(value))

    def state(self, name: str) -> QByteArray:
        """A window's or splitter's state; empty when there is none."""
        value = self._settings.value(name)
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_state(self, name: str, value: QByteArray) -> None:
        self._settings.setValue(name, value)

    @property
    def theme(self) -> str:
        """ "system", "light" or "dark"."""
        return self.text("theme", "system")

    @property
    def language(self) -> str:
        """ "en", "zh_CN", or "" for the system's."""
        return self.text("language")

    @property
    def default_folder(self) -> str:
        """Where all dialogs begin; "" for wherever the last one ended."""
        return self.text("default folder")

    @property
    def folder(self) -> Path:
        """Where the open dialogs begin."""
        return self._first_folder(self.default_folder, self.text("folder"))

    @property
    def save_folder(self) -> Path:
        """Where the save dialogs begin."""
        return self._first_folder(self.default_folder, self.text("save folder"), self.text("folder"))

    @staticmethod
    def _first_folder(*candidates: str) -> Path:
        return next((Path(each) for each in candidates if each and Path(each).is_dir()), Path.home())

    @property
    def device(self) -> Device:
        """What to paint on."""
        value = self.text("device", "auto")
        return value if value in get_args(Device) else "auto"  # type: ignore[return-value]

    @property
    def threads(self) -> int | None:
        """Threads to paint with; None for as many as are useful."""
        value = self.data("threads")
        return value if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_THREADS else None

    @property
    def preview_size(self) -> str:
        """One of `PREVIEW_SIZES`."""
        value = self.text("preview size", "usual")
        return value if value in PREVIEW_SIZES else "usual"

    @property
    def recent(self) -> list[Path]:
        """Photos opened lately, the newest first."""
        values = self.data("recent")
        return [Path(value) for value in values if isinstance(value, str)] if isinstance(values, list) else []

    def add_recent(self, path: Path) -> None:
        paths = [path, *(other for other in self.recent if other != path)]
        self.set_data("recent", [str(each) for each in paths[:RECENT]])

    def save(self) -> None:
        """Write the file now."""
        self._settings.sync()
