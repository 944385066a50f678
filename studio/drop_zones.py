"""Where to drop what: cards over the picture, one for the photo and, where one is wanted, one for the style."""

from PyQt5.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QColor, QFont, QPainter, QPaintEvent, QPalette, QPen, QPixmap
from PyQt5.QtWidgets import QAbstractButton, QHBoxLayout, QWidget

from studio.theme import NOT_CUT, SPACE, draw_icon
from studio.translation import translate

ICON = 40  # px
CARD = QSize(320, 300)


class DropCard(QAbstractButton):
    """One place to drop on; pressing it opens a dialog instead.

    Attributes:
        lit: whether something is held over it.
        picture: what it has already, or None.
    """

    def __init__(self, icon: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon = icon
        self._hint = ""
        self.lit = False
        self.picture: QPixmap | None = None
        self.setMaximumSize(CARD)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_texts(self, title: str, hint: str, tip: str) -> None:
        self.setText(title)
        self._hint = hint
        self.setAccessibleName(title)
        self.setAccessibleDescription(hint)
        self.setToolTip(tip)
        self.update()

    def sizeHint(self) -> QSize:
        return CARD

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        colors = self.palette()
        accent = self.lit or self.hasFocus() or self.underMouse()
        line = colors.color(QPalette.ColorRole.Highlight if accent else QPalette.ColorRole.PlaceholderText)
        frame = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        fill = QColor(colors.color(QPalette.ColorRole.AlternateBase))
        fill.setAlpha(245 if self.lit else 225)
        painter.setBrush(fill)
        painter.setPen(
            QPen(line, 2.5 if self.lit else 1.5, Qt.PenStyle.SolidLine if self.lit else Qt.PenStyle.DashLine)
        )
        painter.drawRoundedRect(frame, 12, 12)
        middle = self.rect().center().y() - 30
        if self.picture is not None:
            self._draw_picture(painter, QRect(self.rect().center().x() - 70, middle - 70, 140, 105))
        else:
            pixmap = draw_icon(self._icon, line, ICON, self.devicePixelRatioF())
            painter.drawPixmap(QPoint(self.rect().center().x() - ICON // 2, middle - ICON // 2), pixmap)
        self._draw_texts(painter, middle + ICON // 2 + 2 * SPACE)

    def _draw_picture(self, painter: QPainter, place: QRect) -> None:
        assert self.picture is not None
        size = self.picture.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
        corner = place.center() - QPoint(size.width() // 2, size.height() // 2)
        painter.drawPixmap(QRect(corner, size), self.picture)

    def _draw_texts(self, painter: QPainter, top: int) -> None:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 1.25)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        inner = self.rect().adjusted(2 * SPACE, 0, -2 * SPACE, 0)
        title = QRect(inner.left(), top, inner.width(), painter.fontMetrics().height())
        painter.drawText(title, int(Qt.AlignmentFlag.AlignHCenter) | NOT_CUT, self.text())
        painter.setFont(self.font())
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        hint = QRect(inner.left(), title.bottom() + SPACE, inner.width(), self.height() - title.bottom() - SPACE)
        painter.drawText(hint, int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap), self._hint)


class DropZones(QWidget):
    """The cards; shown while there is no photo, and while something is dragged over the window.

    Signals:
        photo_wanted: the photo's card was pressed.
        style_wanted: the style's card was pressed.
    """

    photo_wanted = pyqtSignal()
    style_wanted = pyqtSignal()

    def __init__(self, parent: QWidget, with_style: bool = True) -> None:
        super().__init__(parent)
        self.photo = DropCard("image-plus", self)
        self.style_card = DropCard("palette", self)
        self._dragging = False
        self._has_photo = False
        layout = QHBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 3 * SPACE)
        layout.setSpacing(2 * SPACE)
        layout.addStretch(1)
        layout.addWidget(self.photo, 4)
        layout.addWidget(self.style_card, 4)
        self._with_style = with_style
        self.style_card.setVisible(with_style)
        layout.addStretch(1)
        self.photo.clicked.connect(self.photo_wanted)
        self.style_card.clicked.connect(self.style_wanted)
        self.retranslate()

    def retranslate(self) -> None:
        or_else = translate("DropZones", "or click to open one, or paste")
        folder = translate("DropZones", "Drop a folder to do all its photos in one go")
        self.photo.set_texts(
            translate("DropZones", "Drop a photo here"),
            or_else if self._with_style else f"{or_else}\n\n{folder}",
            translate("DropZones", "The picture to begin with (Ctrl+O)"),
        )
        self.style_card.set_texts(
            translate("DropZones", "Drop a painting here"),
            translate("DropZones", "or pick one from the gallery"),
            translate("DropZones", "The style to paint in (Ctrl+Shift+O)"),
        )

    def set_photo(self, present: bool) -> None:
        self._has_photo = present
        self._refresh()

    def set_dragging(self, dragging: bool) -> None:
        self._dragging = dragging
        if not dragging:
            self._light(None)
        self._refresh()

    def zone_at(self, position: QPoint) -> str | None:
        """ "photo" or "style": the part of the view under a point of it; lights that card."""
        if not self.rect().contains(position):
            self._light(None)
            return None
        zone = "photo" if position.x() < self.width() / 2 or not self._with_style else "style"
        self._light(self.photo if zone == "photo" else self.style_card)
        return zone

    def _light(self, lit: DropCard | None) -> None:
        for card in (self.photo, self.style_card):
            if card.lit != (card is lit):
                card.lit = card is lit
                card.update()

    def _refresh(self) -> None:
        self.setVisible(self._dragging or not self._has_photo)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, self._has_photo)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        return super().event(event)
