"""What lists of cards share: a view that scrolls smoothly and leaves letters to the window, and the ring of a card."""

from PyQt5.QtCore import QRect, Qt, pyqtSignal
from PyQt5.QtGui import QKeyEvent, QPainter, QPainterPath, QPalette, QPen, QResizeEvent
from PyQt5.QtWidgets import QListView, QStyle, QStyleOptionViewItem

ROUND = 6  # px, radius of a picture's corners


class CardsView(QListView):
    """
    Signals:
        removal_wanted: Delete was pressed.
    """

    removal_wanted = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removal_wanted.emit()
        elif event.text().isalpha() and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            event.ignore()  # letters are the window's shortcuts
        else:
            super().keyPressEvent(event)


def draw_frame(painter: QPainter, place: QRect, palette: QPalette) -> QPainterPath:
    """Where a picture goes, filled while there is none; the shape to cut it to."""
    shape = QPainterPath()
    shape.addRoundedRect(place.x(), place.y(), place.width(), place.height(), ROUND, ROUND)
    painter.fillPath(shape, palette.color(QPalette.ColorRole.Mid))
    return shape


def draw_ring(painter: QPainter, place: QRect, option: QStyleOptionViewItem) -> None:
    """Around a picture that is chosen, or under the mouse or the keyboard's focus."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if option.state & QStyle.StateFlag.State_Selected:
        painter.setPen(QPen(option.palette.color(QPalette.ColorRole.Highlight), 3))
        painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), ROUND, ROUND)
    elif option.state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus):
        painter.setPen(QPen(option.palette.color(QPalette.ColorRole.PlaceholderText), 1.5))
        painter.drawRoundedRect(place, ROUND, ROUND)
