"""What every tab is given: workers, preferences, the user's styles, and a way to speak to the user."""

from dataclasses import dataclass, field

from PyQt5.QtCore import QObject, pyqtSignal

from studio.own_styles import OwnStyles
from studio.preferences import Preferences
from studio.worker import Worker


class Messages(QObject):
    """Tells the user something, in the window's bar and its status line.

    Signals:
        failed: `Failure`; shown until it is closed.
        told: a sentence worth reading; shown until it is closed.
        offered: `Offer`: such a sentence with a button.
        mentioned: a sentence for the status line, gone after a while.
    """

    failed = pyqtSignal(object)
    told = pyqtSignal(str)
    offered = pyqtSignal(object)
    mentioned = pyqtSignal(str)


@dataclass
class Services:
    """
    Attributes:
        painting: runs what computes; only the newest job matters there.
        background: runs what must not be lost or can wait: saving, thumbnails.
    """

    painting: Worker
    background: Worker
    preferences: Preferences
    own_styles: OwnStyles
    messages: Messages
    _others: dict[str, Worker] = field(default_factory=dict)

    def worker(self, name: str) -> Worker:
        """A thread for one purpose that neither waits for the others nor holds them up; made when first asked for."""
        if name not in self._others:
            self._others[name] = Worker(name)
        return self._others[name]

    def stop(self) -> None:
        """End all threads; what is being written is given time to end whole."""
        for worker in (self.painting, self.background, *self._others.values()):
            worker.stop()
