"""Sliders with a name, a number and a way back to where they began."""

from collections.abc import Sequence

from PyQt5.QtCore import QEvent, Qt, pyqtSignal
from PyQt5.QtGui import QKeyEvent, QKeySequence, QMouseEvent
from PyQt5.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QSplitter,
    QWidget,
)

from studio.theme import PANEL_WIDTH, SPACE
from studio.translation import translate


class NameLabel(QLabel):
    """A slider's name; double-clicking it takes the slider back."""

    reset_wanted = pyqtSignal()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.reset_wanted.emit()


class RestSlider(QSlider):
    """A horizontal slider that jumps to where it is clicked; double-clicking takes it back.

    Attributes:
        rest: the value it begins with.
    """

    def __init__(self, least: int, most: int, rest: int) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.rest = rest
        self.setRange(least, most)
        self.setValue(rest)
        self.setMinimumHeight(22)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            margin = 7  # half of the handle
            share = (event.localPos().x() - margin) / max(1, self.width() - 2 * margin)
            self.setValue(round(self.minimum() + share * (self.maximum() - self.minimum())))
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.setValue(self.rest)


class NumberBox(QSpinBox):
    """A number to type; undo and redo stay the window's."""

    def event(self, event: QEvent) -> bool:
        if is_undo(event):
            event.ignore()
            return False
        return super().event(event)


def is_undo(event: QEvent) -> bool:
    """Whether a field is asked if it wants the keys of undo or redo for itself."""
    if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride:
        return False
    return event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)


class NumberSlider(QWidget):
    """A percentage.

    Signals:
        changed: the new value.
    """

    changed = pyqtSignal(int)

    def __init__(self, least: int, most: int, rest: int) -> None:
        super().__init__()
        self.name = NameLabel()
        self.slider = RestSlider(least, most, rest)
        self.slider.setPageStep(10)
        self.number = NumberBox()
        self.number.setRange(least, most)
        self.number.setValue(rest)
        self.number.setSuffix(" %")
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.number.setKeyboardTracking(False)
        self.number.setMinimumWidth(64)
        lay_out(self, self.name, self.number, self.slider)
        self.slider.valueChanged.connect(self.number.setValue)
        self.number.valueChanged.connect(self.slider.setValue)
        self.slider.valueChanged.connect(self.changed)
        self.name.reset_wanted.connect(self.reset)

    @property
    def value(self) -> int:
        return self.slider.value()

    def set_value(self, value: int) -> None:
        self.slider.setValue(value)

    def reset(self) -> None:
        self.slider.setValue(self.slider.rest)

    def set_texts(self, name: str, tip: str) -> None:
        self.name.setText(name)
        tip = f"{tip}\n{translate('Controls', 'Double-click: back to the usual value. Arrow keys: finer.')}"
        for part in (self.name, self.slider, self.number):
            part.setToolTip(tip)
        self.slider.setAccessibleName(name)
        self.number.setAccessibleName(name)


class StepSlider(QWidget):
    """One of a few named values, in order.

    Attributes:
        values: what the steps stand for.

    Signals:
        changed: the new value.
    """

    changed = pyqtSignal(object)

    def __init__(self, values: Sequence[str], rest: str) -> None:
        super().__init__()
        self.values = tuple(values)
        self._words: dict[str, str] = {}
        self.name = NameLabel()
        self.word = QLabel()
        self.word.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.slider = RestSlider(0, len(self.values) - 1, self.values.index(rest))
        self.slider.setPageStep(1)
        lay_out(self, self.name, self.word, self.slider)
        self.slider.valueChanged.connect(self._on_moved)
        self.name.reset_wanted.connect(lambda: self.slider.setValue(self.slider.rest))

    @property
    def value(self) -> str:
        return self.values[self.slider.value()]

    def set_value(self, value: str) -> None:
        if value in self.values:
            self.slider.setValue(self.values.index(value))

    def set_texts(self, name: str, tip: str, words: dict[str, str]) -> None:
        """
        Args:
            words: what to call each value.
        """
        self._words = words
        self.name.setText(name)
        for part in (self.name, self.slider, self.word):
            part.setToolTip(tip)
        self.slider.setAccessibleName(name)
        self._show_word()

    def _on_moved(self) -> None:
        self._show_word()
        self.changed.emit(self.value)

    def _show_word(self) -> None:
        word = self._words.get(self.value, self.value)
        self.word.setText(word)
        self.slider.setAccessibleDescription(word)


def lay_out(widget: QWidget, name: QLabel, number: QWidget, slider: QSlider) -> None:
    """Name and number in one row, the slider below."""
    name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    layout = QGridLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setHorizontalSpacing(4)
    layout.setVerticalSpacing(0)
    layout.addWidget(name, 0, 0)
    layout.addWidget(number, 0, 1)
    layout.addWidget(slider, 1, 0, 1, 2)
    layout.setColumnStretch(0, 1)


class LanguageAware(QWidget):
    """A widget that words itself again when the language changes, by `retranslate`."""

    def retranslate(self) -> None: ...

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def scrolled(widget: QWidget) -> QScrollArea:
    """It scrolls up and down where there is not room enough."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its fields have it
    area.setWidget(widget)
    return area


def beside_panel(view: QWidget, column: QLayout) -> QSplitter:
    """What is looked at on the left, and on the right a panel with a column of what can be set."""
    panel = QWidget()
    panel.setObjectName("panel")
    panel.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    panel.setMinimumWidth(PANEL_WIDTH - 20)
    column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
    panel.setLayout(column)
    splitter = QSplitter()
    splitter.setHandleWidth(1)
    splitter.setChildrenCollapsible(False)
    splitter.addWidget(view)
    splitter.addWidget(panel)
    splitter.setStretchFactor(0, 1)
    splitter.setSizes([10_000, PANEL_WIDTH])
    return splitter
