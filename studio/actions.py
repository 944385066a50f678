"""Commands of menus and buttons: text, tip, icon and shortcut in one place."""

import re
from collections.abc import Callable

from PyQt5.QtCore import Qt
from PyQt5.QtGui import QKeySequence
from PyQt5.QtWidgets import QAction, QPushButton, QToolButton, QWidget

from studio.theme import icon

Keys = str | QKeySequence.StandardKey | None


def make_action(
    parent: QWidget,
    triggered: Callable[[], object] | None,
    keys: Keys = None,
    icon_name: str = "",
    checkable: bool = False,
) -> QAction:
    """A command without its words yet; see `word`."""
    action = QAction(parent)
    if keys is not None:
        action.setShortcut(QKeySequence(keys))
    action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
    action.setCheckable(checkable)
    action.setData(icon_name)
    if triggered is not None:
        action.triggered.connect(lambda _checked=False: ignore(triggered()))
    draw_icon_of(action)
    parent.addAction(action)
    return action


def ignore(_result: object) -> None:
    """For slots, whose results nobody takes."""


def draw_icon_of(action: QAction) -> None:
    """Draw its icon in the colours of the theme in use."""
    if action.data():
        action.setIcon(icon(action.data()))


def plain(text: str) -> str:
    """A command's text as a name: without dots, and without its underlined letter, in brackets or not."""
    return re.sub(r"\(&.\)", "", text).replace("&", "").rstrip("…")


def word(action: QAction, text: str, tip: str = "") -> None:
    """Give a command its words in the language in use."""
    action.setText(text)
    tip = with_keys(tip or plain(text), action.shortcut())
    action.setToolTip(tip)
    action.setStatusTip("")


def with_keys(tip: str, keys: QKeySequence | str) -> str:
    """A tooltip that names the shortcut, as it is written on this system."""
    written = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{tip} ({written})" if written else tip


def make_primary(button: QPushButton, primary: bool) -> None:
    """Whether a button is what its window is there for now."""
    name = "primary" if primary else ""
    if button.objectName() != name:
        button.setObjectName(name)
        button.style().unpolish(button)
        button.style().polish(button)


def button_for(action: QAction) -> QToolButton:
    """A button for a command, reachable by Tab; it shows the icon where there is one."""
    button = QToolButton()
    button.setDefaultAction(action)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def name_it() -> None:
        button.setAccessibleName(plain(action.text()))

    action.changed.connect(name_it)
    name_it()
    return button


def push_button_for(action: QAction, primary: bool = False) -> QPushButton:
    """A button with a command's words and icon; `primary`, without icon, is what its window is there for."""
    button = QPushButton()
    if primary:
        button.setObjectName("primary")
    button.clicked.connect(action.trigger)

    def follow() -> None:
        if primary:
            button.setText(action.text())
        else:
            room = "" if action.icon().isNull() else " "  # Qt leaves hardly any room beside an icon
            button.setText(room + action.text())
            button.setIcon(action.icon())
        button.setToolTip(action.toolTip())
        button.setAccessibleName(plain(action.text()))
        button.setEnabled(action.isEnabled())

    action.changed.connect(follow)
    follow()
    return button
