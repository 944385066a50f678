"""A step in the list of the step editor: its title, its controls, and the way out."""

from PyQt5.QtCore import QPoint, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QKeySequence, QMouseEvent, QPalette
from PyQt5.QtWidgets import QFrame, QHBoxLayout, QLabel, QShortcut, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from noise.step import Step
from studio.actions import with_keys
from studio.parameter_controls import ParameterCheck, ParameterSlider, control_for
from studio.step_words import label_of_parameter, tip_of_parameter, tip_of_step, title_of_step
from studio.theme import SPACE, draw_icon, icon
from studio.translation import translate

UP, DOWN = "Alt+Up", "Alt+Down"
ICON = 14  # px


class Handle(QWidget):
    """The title of a card, by which the mouse drags it.

    Signals:
        dragged: to this y of the screen.
        dropped: the button was let go.
    """

    dragged = pyqtSignal(int)
    dropped = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.grip = QLabel()
        self.title = QLabel()
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self._pressed: QPoint | None = None
        self._moving = False
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE // 2)
        row.addWidget(self.grip)
        row.addWidget(self.title, 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.globalPos()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        far = (event.globalPos() - self._pressed).manhattanLength() >= SPACE
        if far or self._moving:
            self._moving = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.dragged.emit(event.globalPos().y())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        moved = self._moving
        self.let_go()
        if moved:
            self.dropped.emit()

    def let_go(self) -> None:
        """Follow the mouse no longer."""
        self._pressed, self._moving = None, False
        self.setCursor(Qt.CursorShape.OpenHandCursor)


class StepCard(QFrame):
    """
    Attributes:
        kind: of the step.
        controls: by the parameter's name.

    Signals:
        changed: the user changed a parameter.
        removal_wanted: the step shall go.
        move_wanted: by so many places: -1 is up, 1 is down.
        dragged: to this y of the screen.
        dropped: the drag ended.
    """

    changed = pyqtSignal()
    removal_wanted = pyqtSignal()
    move_wanted = pyqtSignal(int)
    dragged = pyqtSignal(int)
    dropped = pyqtSignal()

    def __init__(self, step: Step) -> None:
        super().__init__()
        self.kind = type(step)
        self.setObjectName("card")
        self.handle = Handle()
        self.up, self.down, self.remove = QToolButton(), QToolButton(), QToolButton()
        self.controls: dict[str, ParameterSlider | ParameterCheck] = {
            parameter.name: control_for(parameter) for parameter in step.parameters()
        }
        self._arrange()
        self._connect()
        self.set_step(step)
        self.retranslate()
        self.refresh_icons()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(self.handle, 1)
        for button in (self.up, self.down, self.remove):
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setIconSize(QSize(ICON, ICON))
            head.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, SPACE // 2, SPACE // 2, SPACE)
        column.setSpacing(SPACE // 2)
        column.addLayout(head)
        for control in self.controls.values():
            column.addWidget(control)

    def _connect(self) -> None:
        self.up.clicked.connect(lambda: self.move_wanted.emit(-1))
        self.down.clicked.connect(lambda: self.move_wanted.emit(1))
        self.remove.clicked.connect(self.removal_wanted)
        self.handle.dragged.connect(self.dragged)
        self.handle.dropped.connect(self.dropped)
        for keys, places in ((UP, -1), (DOWN, 1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda places=places: self.move_wanted.emit(places))
        for control in self.controls.values():
            control.changed.connect(self.changed)

    def retranslate(self) -> None:
        title = title_of_step(self.kind)
        self.handle.title.setText(title)
        self.handle.setToolTip(f"{tip_of_step(self.kind)}\n{translate('StepEditor', 'Drag to change the order.')}")
        self.setAccessibleName(title)
        for button, words, keys in (
            (self.up, translate("StepEditor", "Move {step} up"), UP),
            (self.down, translate("StepEditor", "Move {step} down"), DOWN),
            (self.remove, translate("StepEditor", "Remove {step}"), ""),
        ):
            button.setAccessibleName(words.format(step=title))
            button.setToolTip(with_keys(words.format(step=title), keys))
        for name, control in self.controls.items():
            control.set_texts(label_of_parameter(self.kind, name), tip_of_parameter(self.kind, name), title)

    def refresh_icons(self) -> None:
        quiet = self.palette().color(QPalette.ColorRole.PlaceholderText)
        self.handle.grip.setPixmap(draw_icon("grip-vertical", quiet, ICON, self.devicePixelRatioF()))
        self.up.setIcon(icon("chevron-up"))
        self.down.setIcon(icon("chevron-down"))
        self.remove.setIcon(icon("x"))

    @property
    def step(self) -> Step:
        return self.kind(**{name: control.value for name, control in self.controls.items()})

    def set_step(self, step: Step) -> None:
        """Show the numbers of a step of the same kind; nobody is told."""
        for name, control in self.controls.items():
            if control.value != getattr(step, name):
                control.set_value(getattr(step, name))

    def set_place(self, index: int, count: int) -> None:
        """Where it is in the list."""
        self.up.setEnabled(index > 0)
        self.down.setEnabled(index < count - 1)

    def set_dragged(self, dragged: bool) -> None:
        """Stand out while the mouse holds it."""
        self.setProperty("dragged", dragged)
        self.style().polish(self)

    @property
    def tab_stops(self) -> list[QWidget]:
        """What the Tab key visits, in this order."""
        stops: list[QWidget] = [self.up, self.down, self.remove]
        for control in self.controls.values():
            stops += [control.slider, control.number] if isinstance(control, ParameterSlider) else [control]
        return stops

    def focus_first(self) -> None:
        """Give the keyboard to its first parameter."""
        self.tab_stops[3].setFocus(Qt.FocusReason.OtherFocusReason)
