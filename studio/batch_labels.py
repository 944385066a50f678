"""Lines of words in the batch window that keep to one line."""

from PyQt5.QtCore import Qt
from PyQt5.QtGui import QPainter, QPaintEvent
from PyQt5.QtWidgets import QHBoxLayout, QLabel, QWidget

from studio.theme import SPACE, icon


class ElidedLabel(QLabel):
    """A line that ends in dots where it is too long; the tooltip has all of it."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, text)


class WarningLine(QWidget):
    """A sentence beside a warning sign, there only while something is wrong."""

    def __init__(self) -> None:
        super().__init__()
        self._sign = QLabel()
        self._sentence = ElidedLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE // 2)
        row.addWidget(self._sign)
        row.addWidget(self._sentence, 1)
        self.refresh_icons()

    def text(self) -> str:
        return self._sentence.text()

    def say(self, sentence: str) -> None:
        """Show a sentence; "" for nothing."""
        self._sentence.setText(sentence)
        self._sentence.setToolTip(sentence)
        self.setVisible(bool(sentence))

    def refresh_icons(self) -> None:
        """The theme changed."""
        self._sign.setPixmap(icon("triangle-alert").pixmap(16, 16))
