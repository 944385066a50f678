"""A histogram: how often each lightness of red, green and blue occurs in a picture, before and after."""

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PyQt5.QtGui import QColor, QFont, QPainter, QPainterPath, QPaintEvent, QPalette, QPen
from PyQt5.QtWidgets import QSizePolicy

from studio.controls import LanguageAware
from studio.theme import NOT_CUT, SPACE
from studio.translation import translate

Counts = NDArray[np.int64]
"""[3, 256]: values of red, green and blue in each of 256 equal parts of the scale."""

HEIGHT = 100  # px
SIGN = 12  # px: a sign of the legend is as wide
FILLING = 90  # of 255: how opaque the result is
COLORS = QColor(224, 64, 64), QColor(60, 170, 80), QColor(70, 120, 235)
CROWDED = 99.0  # percentile of the counts that reaches the top: a few heaps, as salt's, must not flatten the rest


class Histogram(LanguageAware):
    """The result filled, the original as lines, under a legend that says so."""

    def __init__(self) -> None:
        super().__init__()
        self._before: Counts | None = None
        self._after: Counts | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def retranslate(self) -> None:
        self.update()

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
        above = self._draw_legend(painter)
        if not self.isEnabled():
            painter.setOpacity(0.35)
        top = max(1.0, float(np.percentile(np.concatenate([self._before, self._after]), CROWDED)))
        painter.setClipRect(frame.adjusted(1, 1, -1, -1))
        for channel, color in enumerate(COLORS):
            filling = QColor(color)
            filling.setAlpha(FILLING)
            painter.fillPath(self._outline(self._after[channel], top, above, closed=True), filling)
        for channel, color in enumerate(COLORS):
            painter.strokePath(self._outline(self._before[channel], top, above, closed=False), QPen(color, 1))

    def _draw_legend(self, painter: QPainter) -> int:
        """Two signs with their words at the right end of the upper edge; the y where they end."""
        quiet = self.palette().color(QPalette.ColorRole.PlaceholderText)
        filling = QColor(quiet)
        filling.setAlpha(FILLING)
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.85)
        painter.setFont(font)
        painter.setPen(QPen(quiet, 1))
        height = painter.fontMetrics().height()
        right = self.width() - SPACE
        for words, filled in ((translate("Histogram", "Photo"), False), (translate("Histogram", "Result"), True)):
            width = painter.fontMetrics().horizontalAdvance(words)
            place = QRect(right - width, SPACE // 2, width, height)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter) | NOT_CUT, words)
            left, middle = place.left() - SIGN - SPACE // 2, place.center().y() + 0.5
            if filled:
                painter.fillRect(QRectF(left, middle - 4, SIGN, 8), filling)
            else:
                painter.drawLine(QPointF(left, middle), QPointF(left + SIGN, middle))
            right = left - SPACE - SPACE // 2
        return SPACE + height

    def _outline(self, counts: NDArray[np.int64], top: float, above: int, closed: bool) -> QPainterPath:
        """The counts as a line from left to right, or as an area above the lower edge.

        Args:
            top: the count that reaches the upper end.
            above: y of that end.
        """
        width, height = self.width() - 2, self.height() - 3
        path = QPainterPath(QPointF(1, height + 2))
        for index, count in enumerate(counts):
            point = QPointF(
                1 + (index + 0.5) * width / 256, above + (height + 2 - above) * (1 - min(1.0, float(count) / top))
            )
            if index == 0 and not closed:
                path = QPainterPath(point)
            path.lineTo(point)
        if closed:
            path.lineTo(QPointF(1 + width, height + 2))
        return path
