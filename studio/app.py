"""Starts the window."""

import sys

from PyQt5.QtCore import QCoreApplication, Qt
from PyQt5.QtGui import QGuiApplication
from PyQt5.QtWidgets import QApplication

from studio import logs
from studio.main_window import MainWindow
from studio.own_styles import OwnStyles
from studio.preferences import ORGANIZATION, Preferences
from studio.services import Messages, Services
from studio.theme import Theme
from studio.translation import Languages
from studio.worker import Worker


def make_application(arguments: list[str]) -> QApplication:
    """The QApplication, sharp on dense screens."""
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_EnableHighDpiScaling)
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_UseHighDpiPixmaps)
    application = QApplication(arguments)
    application.setApplicationName(ORGANIZATION)
    application.setDesktopFileName("lapstyle-studio")
    return application


def make_window(
    application: QApplication, preferences: Preferences | None = None, own_styles: OwnStyles | None = None
) -> MainWindow:
    """The window with all it needs, not shown yet."""
    preferences = preferences or Preferences()
    theme, languages = Theme(application), Languages()
    theme.use(preferences.theme)
    languages.use(preferences.language)
    services = Services(Worker("painting"), Worker("background"), preferences, own_styles or OwnStyles(), Messages())
    return MainWindow(services, theme, languages)


def main() -> int:
    """Open the window and return when it is closed; the exit status."""
    application = make_application(sys.argv)
    logs.start_log()
    uncaught = logs.UncaughtExceptions()
    uncaught.install()
    window = make_window(application)
    uncaught.caught.connect(window.services.messages.failed)
    window.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
