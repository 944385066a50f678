"""What shall become of a batch when a window is closed."""

from collections.abc import Callable

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QMessageBox, QWidget

from studio.actions import ignore
from studio.translation import translate


def ask(
    parent: QWidget, question: str, go_on: str, on_go_on: Callable[[], object], on_stop: Callable[[], object]
) -> None:
    """Ask without holding anything up: the batch goes on meanwhile. The third answer is to close nothing.

    Args:
        go_on: words of the first answer.
    """
    if any(box.isVisible() for box in parent.findChildren(QMessageBox)):  # asked already
        return
    box = QMessageBox(QMessageBox.Icon.NoIcon, "LapStyle Studio", question, parent=parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setInformativeText(translate("Batch", "A batch that is stopped can be continued at the next start."))
    going = box.addButton(go_on, QMessageBox.ButtonRole.AcceptRole)
    stopping = box.addButton(translate("Batch", "Stop"), QMessageBox.ButtonRole.DestructiveRole)
    box.addButton(translate("Batch", "Keep open"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(going)
    going.clicked.connect(lambda: ignore(on_go_on()))
    stopping.clicked.connect(lambda: ignore(on_stop()))
    box.open()
