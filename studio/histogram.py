"""A histogram: how often each lightness of red, green and blue occurs in a picture, before and after."""

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QPointF, QSize
from PyQt5.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPalette, QPen
from PyQt5.QtWidgets import QSizePolicy, QWidget

Counts = NDArray[np.int64]
"""[3, 256]: values of red, green and blue in each of 256 equal parts of the scale."""

HEIGHT = 84  # px
COLORS = QColor(224, 64, 64), QColor(60, 170, 80), QColor(70, 120, 235)
CROWDED = 99.0  # percentile of the counts that reaches the top: a few heaps, as salt's, must not flatten the rest


class Histogram(QWidget):
    """The result filled, the original as lines."""

    def __init__(self) -> None:
        super().__init__()
        self._before: Counts | None = None
        self._after: Counts | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, HEIGHT)

    def show_counts(self, before: Counts | None, after: Counts | None) -> None:
        """None shows nothing."""
        self._before, self._after = before, after
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = self.palette()
        frame = self.rect().adjusted(0, 0, -1, -1)
        painter.setPen(QPen(colors.color(QPalette.ColorRole.Mid), 1))
        painter.setBrush(colors.color(QPalette.ColorRole.Base))
        painter.drawRoundedRect(frame, 4, 4)
        if self._before is None or self._after is None:
            return
        if not self.isEnabled():
            painter.setOpacity(0.35)
        top = max(1.0, float(np.percentile(np.concatenate([self._before, self._after]), CROWDED)))
        painter.setClipRect(frame.adjusted(1, 1, -1, -1))
        for channel, color in enumerate(COLORS):
            filling = QColor(color)
            filling.setAlpha(90)
            painter.fillPath(self._outline(self._after[channel], top, closed=True), filling)
        for channel, color in enumerate(COLORS):
            painter.strokePath(self._outline(self._before[channel], top, closed=False), QPen(color, 1))

    def _outline(self, counts: NDArray[np.int64], top: float, closed: bool) -> QPainterPath:
        """The counts as a line from left to right, or as an area above the lower edge."""
        width, height = self.width() - 2, self.height() - 3
        path = QPainterPath(QPointF(1, height + 2))
        for index, count in enumerate(counts):
            point = QPointF(1 + (index + 0.5) * width / 256, 2 + height * (1 - min(1.0, float(count) / top)))
            if index == 0 and not closed:
                path = QPainterPath(point)
            path.lineTo(point)
        if closed:
            path.lineTo(QPointF(1 + width, height + 2))
        return path
