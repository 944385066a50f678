"""How much of each style is in a blend: a row for each of them, with a weight and a way out."""

from PyQt5.QtCore import QRect, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QPainter, QPaintEvent
from PyQt5.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from studio.controls import LanguageAware, NameLabel, NumberSlider
from studio.plain_words import tip_of
from studio.style_choice import StyleChoice
from studio.theme import SPACE, icon
from studio.translation import translate

USUAL_WEIGHT = 50  # %
TITLE_WIDTH = 104  # px
ROWS = 4  # that show at once; there may be more, and the gallery needs its place
LEAST_ROWS = 2  # on a small screen


class ElidedLabel(NameLabel):
    """A title with "…" in its middle where it is too long: the end tells a pack from its painting."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.width())
        painter.drawText(QRect(0, 0, self.width(), self.height()), Qt.AlignmentFlag.AlignVCenter, text)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())


class BlendRow(NumberSlider):
    """A style's weight, in one line.

    Signals:
        removal_wanted: the style shall leave the blend.
    """

    removal_wanted = pyqtSignal()

    def __init__(self) -> None:
        super().__init__(1, 100, USUAL_WEIGHT)
        self.remove = QToolButton()
        self.remove.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.remove.setIconSize(QSize(14, 14))
        self.remove.clicked.connect(self.removal_wanted)
        self._into_one_line()
        self.refresh_icons()

    def _replace_name(self) -> None:
        """A label that elides, in the place of one that cuts off."""
        plain, self.name = self.name, ElidedLabel()
        self.name.reset_wanted.connect(self.reset)
        plain.hide()
        plain.deleteLater()

    def _into_one_line(self) -> None:
        grid = self.layout()
        assert isinstance(grid, QGridLayout)
        grid.removeWidget(self.name)
        self._replace_name()
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.name.setFixedWidth(TITLE_WIDTH)
        grid.addWidget(self.name, 0, 0)
        grid.addWidget(self.slider, 0, 1)
        grid.addWidget(self.number, 0, 2)
        grid.addWidget(self.remove, 0, 3)
        grid.setColumnStretch(0, 0)
        grid.setColumnStretch(1, 1)
        self.setTabOrder(self.slider, self.number)
        self.setTabOrder(self.number, self.remove)

    def set_title(self, title: str) -> None:
        self.set_texts(title, translate("BlendList", "How much of this painting is in the blend."))
        self.name.setToolTip(tip_of(title))
        leave = translate("BlendList", "Take {title} out of the blend").format(title=title)
        self.remove.setAccessibleName(leave)
        self.remove.setToolTip(tip_of(leave))

    def refresh_icons(self) -> None:
        self.remove.setIcon(icon("x"))


class BlendList(LanguageAware):
    """The rows of a blend; hidden while there is only one style.

    Attributes:
        rows: by the style's id, in the order of choosing.

    Signals:
        changed: a weight moved.
        removal_wanted: id of the style that shall leave the blend.
    """

    changed = pyqtSignal()
    removal_wanted = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, BlendRow] = {}
        self.title = QLabel()
        self.title.setObjectName("quiet")
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE // 2)
        layout.addWidget(self.title)
        layout.addWidget(self._scroll)
        self.hide()
        self.retranslate()

    def retranslate(self) -> None:
        self.title.setText(translate("BlendList", "Blend"))
        for row in self.rows.values():
            row.set_title(row.name.text())

    def refresh_icons(self) -> None:
        for row in self.rows.values():
            row.refresh_icons()

    def set_styles(self, styles: list[StyleChoice]) -> None:
        """Show a row for each of several styles; weights of styles that stay are kept."""
        wanted = {style.id: style.shown_name for style in styles} if len(styles) > 1 else {}
        for id in [id for id in self.rows if id not in wanted]:
            row = self.rows.pop(id)
            row.hide()  # deleted only when Qt is idle, and it must not show until then
            self._column.removeWidget(row)
            row.deleteLater()
        for id, title in wanted.items():
            if id not in self.rows:
                self.rows[id] = self._new_row(id)
            self.rows[id].set_title(title)
        self.rows = {id: self.rows[id] for id in wanted}
        for row in self.rows.values():
            self._column.addWidget(row)  # also moves it
        if self.rows:
            height = next(iter(self.rows.values())).sizeHint().height()
            self._scroll.setMinimumHeight(min(len(self.rows), LEAST_ROWS) * height)
            self._scroll.setMaximumHeight(min(len(self.rows), ROWS) * height)
        self.setVisible(bool(self.rows))

    def _new_row(self, id: str) -> BlendRow:
        row = BlendRow()
        row.changed.connect(self.changed)
        row.removal_wanted.connect(lambda: self.removal_wanted.emit(id))
        return row
