"""Shows a picture, and a second one before it: zoom, pan, and a divider between the two."""

from dataclasses import dataclass

from PyQt5.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PyQt5.QtWidgets import QGestureEvent, QPinchGesture, QWidget

from studio.pictures import Mipmap
from studio.translation import translate
from studio.view_marks import draw_captions, draw_divider

CLOSEST = 16.0  # screen pixels a picture pixel
STEP = 1.25  # zoom factor of a key
WHEEL_STEP = 1.0015  # zoom factor of an eighth of a degree
GRIP = 12  # px around the divider that take hold of it
ARROWS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (1, 0),
    Qt.Key.Key_Right: (-1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
MARGIN = 12  # px around a picture that is fitted


@dataclass(frozen=True)
class Patch:
    """A part of the result at its full size, which shows where only a smaller copy is there of the rest.

    Attributes:
        place: in the photo's pixels.
    """

    picture: Mipmap
    place: QRectF


@dataclass(frozen=True)
class Pair:
    """Two pictures to compare, with what to call them."""

    left: Mipmap
    right: Mipmap
    captions: tuple[str, str]


class ImageView(QWidget):
    """Two pictures in one place: `before` and `after`, both drawn over the whole of `canvas`.

    So a small preview takes the place of the large picture, and nothing moves when that arrives. What is visible is
    drawn once into a pixmap the size of the screen; the divider only chooses between two of them.

    Attributes:
        canvas: size of the photo; positions in the picture are given in its pixels.

    Signals:
        zoomed: screen pixels a picture pixel.
        divided: whether the divider shows.
        moved: another part of the picture is visible, or the same at another size.
    """

    zoomed = pyqtSignal(float)
    divided = pyqtSignal(bool)
    moved = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = QSize()
        self._before: Mipmap | None = None
        self._after: Mipmap | None = None
        self._patch: Patch | None = None
        self._pair: Pair | None = None
        self._scale = 1.0  # logical pixels a canvas pixel
        self._center = QPointF()
        self._fitted = True
        self._divider: float | None = None  # share of the canvas' width
        self._show_original = False
        self._panning_from: QPointF | None = None
        self._dragging_divider = False
        self._space = False
        self._drawn: dict[Mipmap, QPixmap] = {}
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(240, 180)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(translate("ImageView", "Picture"))
        self.setAccessibleDescription(
            translate(
                "ImageView",
                "Plus and minus zoom, 0 fits, 1 shows actual pixels, arrows move, B compares with the photo, "
                "Shift and arrows move the divider, hold O to see the photo.",
            )
        )

    # What is shown

    def set_before(self, picture: Mipmap | None, canvas: QSize | None = None) -> None:
        """Show another photo, or a finer copy of the same one.

        Args:
            canvas: the photo's full size; defaults to the picture's.
        """
        self._before = picture
        size = canvas or (picture.size if picture is not None else QSize())
        if size != self.canvas:
            self.canvas = size
            self.fit()
        self._redraw()

    def set_after(self, picture: Mipmap | None) -> None:
        """Show another result, at any size; None shows the photo alone."""
        self._after = picture
        self._redraw()

    @property
    def patch(self) -> Patch | None:
        """What covers a part of the result, until there is another one or None."""
        return self._patch

    @patch.setter
    def patch(self, patch: Patch | None) -> None:
        if patch is not self._patch:
            self._patch = patch
            self._redraw()

    @property
    def pair(self) -> Pair | None:
        """Two pictures that show instead of photo and result; None shows those."""
        return self._pair

    @pair.setter
    def pair(self, pair: Pair | None) -> None:
        self._pair = pair
        self._redraw()

    @property
    def _sides(self) -> tuple[Mipmap | None, Mipmap | None]:
        """What is left of the divider, and right of it."""
        return (self._before, self._after) if self._pair is None else (self._pair.left, self._pair.right)

    @property
    def after(self) -> Mipmap | None:
        return self._after

    @property
    def empty(self) -> bool:
        return self._before is None and self._after is None

    def show_original(self, shown: bool) -> None:
        """Show the photo instead of the result, while a key is held."""
        self._show_original = shown
        self.update()

    @property
    def divider(self) -> float | None:
        """Where the divider is, 0 (left) to 1; left of it is the photo. None hides it."""
        return self._divider

    @divider.setter
    def divider(self, position: float | None) -> None:
        was, self._divider = self._divider, None if position is None else min(1.0, max(0.0, position))
        if (was is None) != (position is None):
            self.divided.emit(position is not None)
        self.update()

    # Where it is shown

    @property
    def zoom(self) -> float:
        """Screen pixels a picture pixel."""
        return self._scale * self.devicePixelRatioF()

    def fit(self) -> None:
        """Show all of the picture, and keep doing so when the window changes; never larger than 1:1 needs twice."""
        self._fitted = True
        if not self.canvas.isEmpty():
            room = max(1, self.width() - 2 * MARGIN), max(1, self.height() - 2 * MARGIN)
            scale = min(room[0] / self.canvas.width(), room[1] / self.canvas.height())
            self._center = QPointF(self.canvas.width() / 2, self.canvas.height() / 2)
            self._set_scale(min(scale, 2.0))

    def show_actual_size(self) -> None:
        """One picture pixel a screen pixel."""
        self.zoom_to(1.0)

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom, keeping the point of the widget where it is (default: the middle)."""
        self.zoom_to(self.zoom * factor, at)

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        if self.canvas.isEmpty():
            return
        self._fitted = False
        at = at if at is not None else QPointF(self.rect().center())
        fixed = self.to_canvas(at)
        smallest = min(1.0, 64 / max(self.canvas.width(), self.canvas.height()))
        self._scale = min(CLOSEST, max(smallest, zoom)) / self.devicePixelRatioF()
        offset = (at - QPointF(self.rect().center())) / self._scale
        self._center = fixed - offset
        self._keep_in_sight()
        self._set_scale(self._scale)

    def to_canvas(self, point: QPointF) -> QPointF:
        """The picture's point at a point of the widget."""
        return (point - QPointF(self.rect().center())) / self._scale + self._center

    def picture_rect(self) -> QRectF:
        """Where the picture lies in the widget, on whole screen pixels."""
        ratio = self.devicePixelRatioF()
        corner = QPointF(self.rect().center()) - self._center * self._scale
        left, top = round(corner.x() * ratio) / ratio, round(corner.y() * ratio) / ratio
        return QRectF(left, top, self.canvas.width() * self._scale, self.canvas.height() * self._scale)

    def visible(self) -> QRectF:
        """What can be seen of the picture, in its pixels."""
        corner, end = self.to_canvas(QPointF(0, 0)), self.to_canvas(QPointF(self.width(), self.height()))
        return QRectF(corner, end).intersected(QRectF(0, 0, self.canvas.width(), self.canvas.height()))

    def pan(self, across: float, down: float) -> None:
        """Move the picture by logical pixels."""
        self._fitted = False
        self._center -= QPointF(across, down) / self._scale
        self._keep_in_sight()
        self._redraw()
        self.moved.emit()

    def _keep_in_sight(self) -> None:
        self._center.setX(min(max(self._center.x(), 0), self.canvas.width()))
        self._center.setY(min(max(self._center.y(), 0), self.canvas.height()))

    def _set_scale(self, scale: float) -> None:
        self._scale = scale
        self._redraw()
        self.zoomed.emit(self.zoom)
        self.moved.emit()

    # Drawing

    def _redraw(self) -> None:
        self._drawn.clear()
        self.update()

    def _pixmap(self, picture: Mipmap) -> QPixmap:
        """What is visible of a picture, the size of the widget."""
        if (kept := self._drawn.get(picture)) is not None:
            return kept
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(self._background())
        painter = QPainter(pixmap)
        place, screen = self.picture_rect(), QRectF(self.rect())
        picture.draw(painter, place, screen, ratio)
        if picture is self._after and self._patch is not None:
            part = self._patch.place
            corner = place.topLeft() + part.topLeft() * self._scale
            self._patch.picture.draw(painter, QRectF(corner, part.size() * self._scale), screen, ratio)
        painter.end()
        self._drawn[picture] = pixmap
        return pixmap

    def _background(self) -> QColor:
        return self.palette().color(QPalette.ColorRole.Dark)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        left, right = self._sides
        first = left if self._show_original or right is None else right
        if first is None:
            painter.fillRect(self.rect(), self._background())
            return
        painter.drawPixmap(0, 0, self._pixmap(first))
        if self._divider is None or self._show_original or left is None or right is None:
            return
        line = round(self._divider_x())
        painter.save()
        painter.setClipRect(0, 0, line, self.height())
        painter.drawPixmap(0, 0, self._pixmap(left))
        painter.restore()
        place = self.picture_rect().intersected(QRectF(self.rect()))
        draw_divider(painter, place, line)
        if self._pair is not None:
            draw_captions(painter, place, self._pair.captions)

    def _divider_x(self) -> float:
        place = self.picture_rect()
        return place.left() + (self._divider or 0.0) * place.width()

    # Hands

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitted:
            self.fit()
        self._redraw()
        self.moved.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom_by(WHEEL_STEP ** event.angleDelta().y(), event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif isinstance(event, QGestureEvent) and isinstance(
            pinch := event.gesture(Qt.GestureType.PinchGesture), QPinchGesture
        ):
            self.zoom_by(pinch.scaleFactor(), QPointF(self.mapFromGlobal(pinch.centerPoint().toPoint())))
            return True
        elif isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom_by(1 + event.value(), event.localPos())
            return True
        return super().event(event)

    def _over_divider(self, point: QPointF) -> bool:
        return self._divider is not None and abs(point.x() - self._divider_x()) <= GRIP and self._sides[1] is not None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self._space and self._over_divider(event.localPos()):
            self._dragging_divider = True
        elif event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._panning_from = event.localPos()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.localPos()
        if self._dragging_divider:
            place = self.picture_rect()
            self.divider = (point.x() - place.left()) / max(1.0, place.width())
        elif self._panning_from is not None:
            moved, self._panning_from = point - self._panning_from, point
            self.pan(moved.x(), moved.y())
        else:
            self._set_cursor(point)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragging_divider = False
        self._panning_from = None
        self._set_cursor(event.localPos())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Between fit and 1:1, at the point that was clicked."""
        if self._over_divider(event.localPos()):
            self.divider = 0.5
        elif self._fitted:
            self.zoom_to(1.0, event.localPos())
        else:
            self.fit()

    def _set_cursor(self, point: QPointF) -> None:
        if self._space:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        elif self._over_divider(point):
            self.setCursor(Qt.CursorShape.SplitHCursor)
        else:
            self.unsetCursor()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, arrow = event.key(), ARROWS.get(event.key())
        if key == Qt.Key.Key_Space:
            self._space = True
            if self._panning_from is None:
                self.setCursor(Qt.CursorShape.OpenHandCursor)
        elif arrow is not None and event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self._divider is not None:
            self.divider = self._divider - 0.02 * arrow[0]
        elif arrow is not None:
            self.pan(40 * arrow[0], 40 * arrow[1])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom_by(1 / STEP)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            if self._panning_from is None:
                self.unsetCursor()
        else:
            super().keyReleaseEvent(event)
