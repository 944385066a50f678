"""An editor of steps alone on the screen, with a user's hands."""

from typing import Any

from PyQt5.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt5.QtGui import QMouseEvent
from PyQt5.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from noise.pipeline import Pipeline
from noise.step import Step
from studio.parameter_controls import ParameterSlider
from studio.step_card import StepCard
from studio.step_editor import StepEditor

LEFT = Qt.MouseButton.LeftButton


class Desk:
    """An editor in a panel of 304 x 640 px, what it told, and a user's hands.

    Attributes:
        told: the pipelines, oldest first.
    """

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.window = QWidget()
        self.editor = StepEditor()
        QVBoxLayout(self.window).addWidget(self.editor)
        self.told: list[Pipeline] = []
        self.editor.changed.connect(self.told.append)
        self.window.resize(328, 640)
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitActive(self.window)

    def show(self, *steps: Step) -> None:
        self.editor.set_pipeline(Pipeline(steps, seed=7))
        QApplication.processEvents()

    @property
    def names(self) -> list[str]:
        return [step.name for step in self.editor.pipeline.steps]

    def card(self, index: int) -> StepCard:
        return self.editor.cards[index]

    def slider(self, index: int, name: str) -> ParameterSlider:
        control = self.card(index).controls[name]
        assert isinstance(control, ParameterSlider)
        return control

    def click(self, widget: QWidget) -> None:
        self.qtbot.mouseClick(widget, LEFT)
        QApplication.processEvents()

    def press(self, widget: QWidget | None, key: Qt.Key, keys: Any = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(widget, key, keys)
        QApplication.processEvents()

    def mouse(self, kind: QEvent.Type, widget: QWidget, place: QPoint) -> None:
        """One event with the left button, at a point of the screen."""
        button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else LEFT
        held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else LEFT
        here, screen = QPointF(widget.mapFromGlobal(place)), QPointF(place)
        QApplication.sendEvent(widget, QMouseEvent(kind, here, screen, button, held, Qt.KeyboardModifier.NoModifier))
        QApplication.processEvents()

    def hold(self, index: int, *over: int) -> QPoint:
        """Take a card by its title and pull it past the middle of others, in this order; where the mouse is then."""
        handle = self.card(index).handle
        place = start = handle.mapToGlobal(handle.rect().center())
        self.mouse(QEvent.Type.MouseButtonPress, handle, start)
        for other in [self.card(index) for index in over]:
            middle = other.mapToGlobal(other.rect().center()).y()
            place = QPoint(start.x(), middle + (9 if middle > place.y() else -9))
            self.mouse(QEvent.Type.MouseMove, handle, place)
        return place
