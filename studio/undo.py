"""Undo and redo of what the user sets: one step an act, however many sliders it moved."""

import time
from collections.abc import Callable

from PyQt5.QtCore import QObject, Qt, QTimer
from PyQt5.QtGui import QKeySequence
from PyQt5.QtWidgets import QApplication, QUndoCommand, QUndoStack, QWidget

from studio.actions import make_action, word
from studio.painting import Look
from studio.translation import translate

MERGED = 1.0  # s: key presses and turns of the wheel that follow each other faster are one step
DRAGGED = 50  # ms between two looks at whether a slider was let go
STEPS = 200
MERGEABLE = ("strength", "stroke", "detail", "color", "weights", "before values", "after values", "steps values")


def kind_of(before: Look, after: Look) -> str:
    """What was changed, see `Look.changes_from`; or "several"."""
    kinds = after.changes_from(before)
    return kinds[0] if len(kinds) == 1 else "several"


def name_of(kind: str) -> str:
    names = {
        "strength": translate("Undo", "strength"),
        "stroke": translate("Undo", "stroke"),
        "detail": translate("Undo", "detail"),
        "color": translate("Undo", "photo's colours"),
        "weights": translate("Undo", "blend"),
        "styles": translate("Undo", "style"),
        "before": translate("Undo", "steps before painting"),
        "after": translate("Undo", "steps after painting"),
        "steps": translate("Undo", "steps"),
        "model": translate("Undo", "model"),
        "direction": translate("Undo", "direction"),
        "size": translate("Undo", "working size"),
    }
    return names.get(kind.removesuffix(" values"), translate("Undo", "settings"))


class Step(QUndoCommand):
    """From one look to the next; steps of the same slider in quick succession become one."""

    def __init__(self, before: Look, after: Look, apply: Callable[[Look], None]) -> None:
        super().__init__()
        self.before = before
        self.after = after
        self.kind = kind_of(before, after)
        self.moment = time.monotonic()
        self._apply = apply
        self._seen = True  # the user has just done it

    def id(self) -> int:
        return MERGEABLE.index(self.kind) if self.kind in MERGEABLE else -1

    def mergeWith(self, other: QUndoCommand | None) -> bool:
        if not isinstance(other, Step) or other.moment - self.moment > MERGED:
            return False
        self.after, self.moment = other.after, other.moment
        self.setObsolete(self.after.key == self.before.key)
        return True

    def undo(self) -> None:
        self._apply(self.before)

    def redo(self) -> None:
        if not self._seen:
            self._apply(self.after)
        self._seen = False


class Undo(QObject):
    """Notices what the user sets, and takes it back.

    What changes within one turn of the event loop, or until the mouse is let go, is one step.

    Attributes:
        undo_action, redo_action: for the menu.
    """

    def __init__(self, look: Callable[[], Look | None], apply: Callable[[Look], None], parent: QWidget) -> None:
        """
        Args:
            look: what is set now; None while nothing can be.
            apply: sets a look.
        """
        super().__init__(parent)
        self._look = look
        self._set = apply
        self._last: Look | None = None
        self._stack = QUndoStack(self)
        self._stack.setUndoLimit(STEPS)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_time)
        self.undo_action = make_action(parent, self.undo, QKeySequence.StandardKey.Undo, "undo-2")
        self.redo_action = make_action(parent, self.redo, QKeySequence.StandardKey.Redo, "redo-2")
        self.redo_action.setShortcuts(QKeySequence.StandardKey.Redo)
        self._stack.indexChanged.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        index = self._stack.index()
        undo, redo = translate("Undo", "&Undo"), translate("Undo", "&Redo")
        past, coming = self._step(index - 1), self._step(index)
        if past is not None:
            undo = translate("Undo", "&Undo {what}").format(what=name_of(past.kind))
        if coming is not None:
            redo = translate("Undo", "&Redo {what}").format(what=name_of(coming.kind))
        word(self.undo_action, undo)
        word(self.redo_action, redo)
        self.undo_action.setEnabled(past is not None)
        self.redo_action.setEnabled(coming is not None)

    def _step(self, index: int) -> Step | None:
        step = self._stack.command(index) if 0 <= index < self._stack.count() else None
        return step if isinstance(step, Step) else None

    def restart(self) -> None:
        """Begin with what is set now, which cannot be taken back."""
        self._timer.stop()
        self._stack.clear()
        self._last = self._look()

    def notice(self) -> None:
        """Something may have been set."""
        if not self._timer.isActive():
            self._timer.start(0)

    def undo(self) -> None:
        self._record()
        self._stack.undo()

    def redo(self) -> None:
        self._record()
        self._stack.redo()

    def _on_time(self) -> None:
        if QApplication.mouseButtons() == Qt.MouseButton.NoButton:
            self._record()
        else:
            self._timer.start(DRAGGED)

    def _record(self) -> None:
        self._timer.stop()
        look = self._look()
        if look is None:
            return
        before, self._last = self._last, look
        if before is not None and before.key != look.key:
            self._stack.push(Step(before, look, self._apply))

    def _apply(self, look: Look) -> None:
        self._set(look)
        self._last = self._look()  # which differs where a painting has left the gallery
        self._timer.stop()
