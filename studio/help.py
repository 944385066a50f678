"""Help: the shortcuts, and what this program is made of."""

import importlib.metadata
import platform

from PyQt5.QtCore import PYQT_VERSION_STR, QT_VERSION_STR, Qt
from PyQt5.QtGui import QKeySequence
from PyQt5.QtWidgets import QAction, QDialog, QDialogButtonBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from studio.actions import plain
from studio.theme import SPACE
from studio.translation import translate

PARTS = ("onnxruntime", "numpy", "opencv-python-headless", "Pillow")


class HelpDialog(QDialog):
    """A title, what to say, and a button to close it; the window goes on meanwhile."""

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        self.column.setSpacing(2 * SPACE)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self.column.addWidget(buttons)

    def add(self, widget: QWidget) -> None:
        self.column.insertWidget(self.column.count() - 1, widget)


def mouse_and_keys() -> list[tuple[str, str]]:
    """What no menu shows: keys or gesture, and what it does."""
    return [
        (translate("Help", "Wheel, pinch, + and −"), translate("Help", "Zoom")),
        (translate("Help", "Drag, or Space and drag"), translate("Help", "Move the picture")),
        (translate("Help", "Double-click the picture"), translate("Help", "Fit, or actual size")),
        (translate("Help", "Ctrl and drag"), translate("Help", "Drag the result to another program")),
        (translate("Help", "Hold O"), translate("Help", "See the photo")),
        (translate("Help", "Shift and arrow keys"), translate("Help", "Move the divider")),
        (translate("Help", "Ctrl and click a style"), translate("Help", "Blend several styles")),
        (translate("Help", "Ctrl and click a result"), translate("Help", "Compare two results")),
        (translate("Help", "Double-click a slider"), translate("Help", "Back to the usual value")),
    ]


def shortcuts_dialog(actions: list[QAction], parent: QWidget) -> QDialog:
    """All shortcuts of the menus as they are now."""
    dialog = HelpDialog(translate("Help", "Shortcuts"), parent)
    rows = [
        (action.shortcut().toString(QKeySequence.SequenceFormat.NativeText), plain(action.text()))
        for action in actions
        if not action.shortcut().isEmpty()
    ]
    table = QWidget()
    grid = QGridLayout(table)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(3 * SPACE)
    for row, (keys, what) in enumerate(dict.fromkeys(rows + mouse_and_keys())):
        label = QLabel(keys)
        label.setObjectName("quiet")
        grid.addWidget(label, row, 0)
        grid.addWidget(QLabel(what), row, 1)
    dialog.add(table)
    return dialog


def about_dialog(parent: QWidget) -> QDialog:
    """Name, versions and licences."""
    from lapstyle import __version__

    dialog = HelpDialog(translate("Help", "About LapStyle Studio"), parent)
    versions = [f"Python {platform.python_version()}", f"PyQt {PYQT_VERSION_STR}", f"Qt {QT_VERSION_STR}"]
    for part in PARTS:
        try:
            versions.append(f"{part} {importlib.metadata.version(part)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    text = "\n\n".join(
        [
            f"LapStyle Studio {__version__}",
            translate(
                "Help",
                "Paints photos in the style of paintings, on this computer alone. "
                "The method is LapStyle, by Lin et al., CVPR 2021.",
            ),
            ", ".join(versions),
            translate(
                "Help",
                "Licensed under the Apache License 2.0. Icons: Lucide, ISC licence. "
                "The files LICENSE and NOTICE have the terms of all parts.",
            ),
        ]
    )
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setMinimumWidth(420)
    dialog.add(label)
    return dialog
