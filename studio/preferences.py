"""What the window remembers between starts, in QSettings."""

import json
from pathlib import Path
from typing import Any

from PyQt5.QtCore import QByteArray, QSettings

ORGANIZATION = "LapStyle Studio"
RECENT = 10  # files


def user_settings() -> QSettings:
    form, scope = QSettings.Format.IniFormat, QSettings.Scope.UserScope
    return QSettings(form, scope, ORGANIZATION, ORGANIZATION)


class Preferences:
    """Typed access to the settings file; a value that makes no sense counts as not there."""

    def __init__(self, settings: QSettings | None = None) -> None:
        self._settings = settings or QSettings(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, ORGANIZATION, ORGANIZATION
        )

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
    def folder(self) -> Path:
        """Where the open and save dialogs begin."""
        folder = Path(self.text("folder") or Path.home())
        return folder if folder.is_dir() else Path.home()

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
