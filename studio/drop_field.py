"""A field that is a card on which files and folders can be dropped; it lights up while they are held over it."""

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PyQt5.QtWidgets import QSizePolicy

from studio.controls import LanguageAware
from studio.pictures import unpack


class DropField(LanguageAware):
    """
    Signals:
        dropped: files and folders that fell on it, at least one.
    """

    dropped = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if unpack(event.mimeData()).paths:
            event.acceptProposedAction()
            self._light(True)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._light(False)

    def dropEvent(self, event: QDropEvent) -> None:
        paths = unpack(event.mimeData()).paths
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self._light(False)
        self.dropped.emit(paths)

    def _light(self, lit: bool) -> None:
        self.setProperty("dragged", lit)
        self.style().unpolish(self)
        self.style().polish(self)
