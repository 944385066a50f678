"""The log file, and exceptions that nobody caught: they are logged and shown, and the window lives on."""

import logging
import logging.handlers
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

import platformdirs
from PyQt5.QtCore import QObject, QtMsgType, pyqtSignal, qInstallMessageHandler

from studio.worker import Failure

MEGABYTE = 1_000_000
LEVELS = {
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
log = logging.getLogger("studio")


def folder() -> Path:
    """Where the log is."""
    return platformdirs.user_log_path("lapstyle-studio", appauthor=False)


def start_log(directory: Path | None = None) -> Path | None:
    """Log to a file of at most 1 MB, with three older ones; returns it, or None where it cannot be written."""
    path = (directory or folder()) / "studio.log"
    handler: logging.Handler = logging.NullHandler()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(path, maxBytes=MEGABYTE, backupCount=3, encoding="utf-8")
    except OSError:  # a program without a log is better than none
        return None
    finally:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"))
        logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    qInstallMessageHandler(log_qt)
    return path


def log_qt(kind: Any, context: Any, message: str | None) -> None:
    """Qt's own messages go to the log too."""
    log.log(LEVELS.get(kind, logging.DEBUG), "Qt: %s (%s)", message, context.category)


class UncaughtExceptions(QObject):
    """Catches what nobody caught, in every thread.

    Signals:
        caught: `Failure`; delivered in the window's thread.
    """

    caught = pyqtSignal(object)

    def install(self) -> None:
        sys.excepthook = self._on_main_thread
        threading.excepthook = self._on_other_thread
        sys.unraisablehook = self._on_unraisable

    def report(self, error: BaseException) -> None:
        log.error("An exception that nobody caught", exc_info=error)
        self.caught.emit(Failure(error, "".join(traceback.format_exception(error))))

    def _on_main_thread(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self.report(error)

    def _on_other_thread(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self.report(arguments.exc_value)

    def _on_unraisable(self, arguments: Any) -> None:
        if arguments.exc_value is not None:
            self.report(arguments.exc_value)
