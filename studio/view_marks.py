"""What is drawn over two pictures that are compared: the divider, and what the sides are called."""

from PyQt5.QtCore import QPointF, QRectF, Qt
from PyQt5.QtGui import QColor, QPainter, QPen

MARGIN = 12  # px around a caption


def draw_divider(painter: QPainter, place: QRectF, line: int) -> None:
    """A line with a handle.

    Args:
        place: what is visible of the picture.
        line: where it is, from the left.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(0, 0, 0, 90), 3))
    painter.drawLine(line, int(place.top()), line, int(place.bottom()))
    painter.setPen(QPen(Qt.GlobalColor.white, 1.5))
    painter.drawLine(line, int(place.top()), line, int(place.bottom()))
    middle = place.center().y()
    painter.setPen(QPen(QColor(0, 0, 0, 90), 1))
    painter.setBrush(Qt.GlobalColor.white)
    painter.drawEllipse(QPointF(line, middle), 13, 13)
    painter.setPen(QPen(QColor("#333"), 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    for side in (-1, 1):
        tip = QPointF(line + side * 8, middle)
        painter.drawLine(tip, tip + QPointF(-side * 4, -4))
        painter.drawLine(tip, tip + QPointF(-side * 4, 4))


def draw_captions(painter: QPainter, place: QRectF, captions: tuple[str, str]) -> None:
    """A caption in each upper corner of what is visible of the picture."""
    place = place.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
    metrics = painter.fontMetrics()
    for side, caption in enumerate(captions):
        text = metrics.elidedText(caption, Qt.TextElideMode.ElideMiddle, int(place.width() / 2) - 3 * MARGIN)
        chip = QRectF(0, place.top(), metrics.horizontalAdvance(text) + 2 * MARGIN, metrics.height() + MARGIN)
        chip.moveLeft(place.left() if side == 0 else place.right() - chip.width())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 150))
        painter.drawRoundedRect(chip, 6, 6)
        painter.setPen(Qt.GlobalColor.white)
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)
