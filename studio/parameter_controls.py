"""Controls for the parameters of steps: a slider with a number, or a check box, made from what a step says of each."""

import math

from PyQt5.QtCore import QEvent, QSignalBlocker, Qt, pyqtSignal
from PyQt5.QtGui import QKeyEvent, QWheelEvent
from PyQt5.QtWidgets import QCheckBox, QDoubleSpinBox, QHBoxLayout, QWidget

from noise.step import Parameter
from studio.controls import NameLabel, RestSlider, is_undo
from studio.theme import SPACE
from studio.translation import translate

NAME_WIDTH, NUMBER_WIDTH = 76, 74  # px
POSITIONS = 240  # of a slider: more than its width has pixels would be in vain
FEW = 32  # whole numbers that a slider shows one by one
REST = 1 / 3  # of a slider's way lies below the usual value, so that small numbers have room
STEPS_OF_KEYS = {
    Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1,
    Qt.Key.Key_PageDown: -10, Qt.Key.Key_PageUp: 10,
}  # fmt: skip


class Scale:
    """Which number each position of a slider stands for: evenly, or finer where numbers are small.

    Attributes:
        positions: the last one; the first is 0.
        factor: what a number is multiplied by to be shown: 100 for shares, which are shown in percent.
        decimals: digits after the point, as shown.
        step: of the arrow keys and of the slider, as shown.
    """

    def __init__(self, parameter: Parameter) -> None:
        self._parameter = parameter
        self._span = parameter.most - parameter.least
        self._whole = isinstance(parameter.default, int)
        share = not self._whole and not parameter.unit and parameter.most <= 1
        few = self._whole and self._span <= FEW
        self.positions = int(self._span) if few else POSITIONS
        self.factor = 100 if share else 1
        self.suffix = " %" if share else f" {parameter.unit}".rstrip()
        self.decimals = 0 if self._whole else 1
        self.step = 10 if self._span > 1000 else 1 if self._whole or self._span > 100 else 0.1
        above = parameter.default - parameter.least
        even = few or parameter.least < 0 or not 0 < above < self._span
        self._exponent = 1.0 if even else math.log(above / self._span) / math.log(REST)

    def number_at(self, position: int) -> float | int:
        share = (position / self.positions) ** self._exponent
        shown = (self._parameter.least + share * self._span) * self.factor
        number = self.rounded(round(shown / self.step) * self.step / self.factor)
        return min(self._parameter.most, max(self._parameter.least, number))

    def position_of(self, number: float) -> int:
        share = (number - self._parameter.least) / self._span
        return round(self.positions * share ** (1 / self._exponent))

    def rounded(self, number: float) -> float | int:
        """As exact as it can be shown, and of the parameter's type."""
        return round(number) if self._whole else round(round(number * self.factor, self.decimals) / self.factor, 6)


class ScaledSlider(RestSlider):
    """A slider whose keys step through the numbers instead of its positions; the wheel scrolls what it lies in.

    Signals:
        stepped: by how many steps of the number.
        reset_wanted: it was double-clicked.
    """

    stepped = pyqtSignal(int)
    reset_wanted = pyqtSignal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if (steps := STEPS_OF_KEYS.get(Qt.Key(event.key()))) is not None:
            self.stepped.emit(steps)
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, _event: object) -> None:
        self.reset_wanted.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class DecimalBox(QDoubleSpinBox):
    """A number to type; undo and redo stay the window's, and the wheel scrolls what it lies in."""

    def __init__(self) -> None:
        super().__init__()
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def event(self, event: QEvent) -> bool:
        if is_undo(event):
            event.ignore()
            return False
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class ParameterSlider(QWidget):
    """A number of a step in one line: name, slider, number with its unit.

    Attributes:
        value: exact, also where the number shown is rounded.

    Signals:
        changed: the user changed the value.
    """

    changed = pyqtSignal()

    def __init__(self, parameter: Parameter) -> None:
        super().__init__()
        self._parameter = parameter
        self._scale = scale = Scale(parameter)
        self.value = parameter.default
        self.name = NameLabel()
        self.name.setFixedWidth(NAME_WIDTH)
        self.slider = ScaledSlider(0, scale.positions, scale.position_of(parameter.default))
        self.number = DecimalBox()
        self.number.setDecimals(scale.decimals)
        self.number.setSingleStep(scale.step)
        self.number.setSuffix(scale.suffix)
        self.number.setRange(scale.factor * parameter.least, scale.factor * parameter.most)
        self.number.setFixedWidth(NUMBER_WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE // 2)
        row.addWidget(self.name)
        row.addWidget(self.slider, 1)
        row.addWidget(self.number)
        self.set_value(parameter.default)
        self.slider.valueChanged.connect(lambda position: self._take(scale.number_at(position)))
        self.slider.stepped.connect(self.number.stepBy)
        self.slider.reset_wanted.connect(self.reset)
        self.name.reset_wanted.connect(self.reset)
        self.number.valueChanged.connect(lambda number: self._take(scale.rounded(number / scale.factor)))

    def set_value(self, value: float | bool) -> None:
        """Show it; nobody is told."""
        self.value = value
        with QSignalBlocker(self.slider), QSignalBlocker(self.number):
            self.slider.setValue(self._scale.position_of(value))
            self.number.setValue(value * self._scale.factor)
        self.slider.setAccessibleDescription(self.number.text())

    def reset(self) -> None:
        self._take(self._parameter.default)

    def set_texts(self, name: str, tip: str, owner: str) -> None:
        """
        Args:
            owner: title of the step, without which who does not see could not tell the amounts of two steps apart.
        """
        self.name.setText(name)
        tip = f"{tip}\n{translate('Controls', 'Double-click: back to the usual value. Arrow keys: finer.')}"
        for part in (self.name, self.slider, self.number):
            part.setToolTip(tip)
        self.slider.setAccessibleName(f"{owner} {name}")
        self.number.setAccessibleName(f"{owner} {name}")

    def _take(self, value: float) -> None:
        if value != self.value:
            self.set_value(value)
            self.changed.emit()


class ParameterCheck(QCheckBox):
    """A yes or no of a step.

    Signals:
        changed: the user changed the value.
    """

    changed = pyqtSignal()

    def __init__(self, parameter: Parameter) -> None:
        super().__init__()
        self.setChecked(bool(parameter.default))
        self.clicked.connect(self.changed)

    @property
    def value(self) -> bool:
        return self.isChecked()

    def set_value(self, value: float | bool) -> None:
        """Show it; nobody is told."""
        self.setChecked(bool(value))

    def set_texts(self, name: str, tip: str, owner: str) -> None:
        self.setText(name)
        self.setToolTip(tip)
        self.setAccessibleName(f"{owner} {name}")


def control_for(parameter: Parameter) -> ParameterSlider | ParameterCheck:
    return ParameterCheck(parameter) if isinstance(parameter.default, bool) else ParameterSlider(parameter)
