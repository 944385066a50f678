"""Hears when the system's colours change between light and dark, where Qt or the system tell."""

import sys
from typing import Any

from PyQt5.QtCore import QEvent, QObject, Qt, QTimer, pyqtSignal, pyqtSlot
from PyQt5.QtWidgets import QApplication, QWidget

SETTLE = 100  # ms: a change comes as several events
THEME_CHANGE = 210  # QEvent::ThemeChange, which PyQt5 does not name
SERVICE, PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
INTERFACE = "org.freedesktop.portal.Settings"
APPEARANCE = "org.freedesktop.appearance", "color-scheme"

try:
    from PyQt5.QtDBus import QDBusConnection, QDBusMessage
except ImportError:  # Windows and macOS have no D-Bus, and need none
    QDBusConnection = QDBusMessage = None  # type: ignore[assignment, misc]


class SystemTheme(QObject):
    """Watches the system: Qt's own events on macOS and KDE, the desktop portal on Linux, and on Windows, which does
    not tell Qt, whenever the user comes back to the program.

    Signals:
        changed: the system's colours may be others now; heard once however many events there were.
    """

    changed = pyqtSignal()

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE)
        self._settle.timeout.connect(self.changed)
        if sys.platform == "win32":
            application.applicationStateChanged.connect(self._on_state)
        elif QDBusConnection is not None and sys.platform.startswith("linux"):
            bus = QDBusConnection.sessionBus()
            if bus.isConnected():
                bus.connect(SERVICE, PATH, INTERFACE, "SettingChanged", self._on_setting)

    def watch(self, window: QWidget) -> None:
        """Hear what Qt tells this window."""
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == THEME_CHANGE:
            self._settle.start()
        return False

    def _on_state(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive:
            self._settle.start()

    @pyqtSlot("QDBusMessage")
    def _on_setting(self, message: Any) -> None:
        if tuple(message.arguments()[:2]) == APPEARANCE:
            self._settle.start()
