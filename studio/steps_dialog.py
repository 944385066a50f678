"""A small window with the steps before or after a painting, which stays open beside the picture."""

from PyQt5.QtCore import QEvent, Qt, pyqtSignal
from PyQt5.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from noise.pipeline import Pipeline
from studio.step_editor import StepEditor
from studio.theme import SPACE
from studio.translation import translate

SIZE = 400, 520


class StepsDialog(QDialog):
    """Edits steps while the picture follows.

    A tool window: the shortcuts of its parent's window, as undo, go on working while it is in front.

    Attributes:
        editor: the steps.

    Signals:
        changed: the `Pipeline`, whenever the user changed it.
    """

    changed = pyqtSignal(object)

    def __init__(self, before: bool, parent: QWidget) -> None:
        """
        Args:
            before: whether the steps come before the painting, or after it.
        """
        super().__init__(parent, Qt.WindowType.Tool)
        self._before = before
        self.editor = StepEditor()
        self.hint = QLabel()
        self.hint.setObjectName("quiet")
        self.hint.setWordWrap(True)
        self.clear_button = QPushButton()
        self.close_button = QPushButton()
        self.clear_button.clicked.connect(self._clear)
        self.close_button.clicked.connect(self.hide)
        for button in (self.clear_button, self.close_button):
            button.setAutoDefault(False)
        row = QHBoxLayout()
        row.addWidget(self.clear_button)
        row.addStretch(1)
        row.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE + SPACE // 2)
        column.addWidget(self.hint)
        column.addWidget(self.editor, 1)
        column.addLayout(row)
        self.resize(*SIZE)
        self.editor.changed.connect(self._on_changed)
        self.retranslate()
        self.set_pipeline(Pipeline())

    def retranslate(self) -> None:
        if self._before:
            self.setWindowTitle(translate("StepsDialog", "Before painting"))
            self.hint.setText(translate("StepsDialog", "The photo goes through these steps before it is painted."))
        else:
            self.setWindowTitle(translate("StepsDialog", "After painting"))
            self.hint.setText(translate("StepsDialog", "The painting goes through these steps, such as film grain."))
        self.clear_button.setText(translate("StepsDialog", "Remove all"))
        self.clear_button.setToolTip(translate("StepsDialog", "Paint without these steps"))
        self.close_button.setText(translate("StepsDialog", "Close"))
        self.close_button.setToolTip(translate("StepsDialog", "Close this window; the steps stay"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def set_pipeline(self, pipeline: Pipeline) -> None:
        """Show these steps; nobody is told."""
        self.editor.set_pipeline(pipeline)
        self.clear_button.setEnabled(bool(pipeline.steps))

    def bring_forward(self) -> None:
        self.show()
        self.raise_()
        self.activateWindow()

    def _clear(self) -> None:
        self.set_pipeline(Pipeline())
        self.changed.emit(Pipeline())

    def _on_changed(self, pipeline: Pipeline) -> None:
        self.clear_button.setEnabled(bool(pipeline.steps))
        self.changed.emit(pipeline)
