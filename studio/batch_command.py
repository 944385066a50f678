"""The way to the batch window, which is made when it is first wanted."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt5.QtWidgets import QAction, QMainWindow

from studio.actions import ignore, make_action, word
from studio.message_bar import Offer
from studio.services import Services
from studio.tab import Tab
from studio.translation import translate

if TYPE_CHECKING:
    from studio.batch_kind import BatchKind
    from studio.batch_plan import BatchPlan
    from studio.batch_window import BatchWindow

UNFINISHED = "unfinished batch"  # in the preferences


class BatchCommand:
    """
    Attributes:
        action: opens the window.
        window: None before it was wanted.
    """

    def __init__(
        self, parent: QMainWindow, services: Services, tabs: Sequence[Tab], in_front: Callable[[], Tab]
    ) -> None:
        """
        Args:
            in_front: the tab that says what is done to the photos.
        """
        self.action: QAction = make_action(parent, self.open, "Ctrl+B", "images")
        self.window: BatchWindow | None = None
        self._parent = parent
        self._services = services
        self._in_front = in_front
        self._kinds = [tab.batch for tab in tabs if tab.batch is not None]

    def retranslate(self) -> None:
        word(
            self.action,
            translate("Batch", "&Batch folder…"),
            translate("Batch", "A folder of photos, or several, in one go"),
        )

    def open(self, paths: tuple[Path, ...] = ()) -> "BatchWindow":
        """Show the window for what the tab in front does, with these photos and folders if there are any."""
        window = self._show(self._in_front().batch or self._kinds[0])
        if paths:
            window.take(paths)
        return window

    def _show(self, kind: "BatchKind") -> "BatchWindow":
        from studio.batch_window import BatchWindow

        if self.window is None:
            self.window = BatchWindow(self._services, kind)
            self._parent.destroyed.connect(self.window.deleteLater)
            self.window.may_close.connect(lambda: ignore(self._parent.close()))
        self.window.use(kind)
        self.window.bring_forward()
        return self.window

    def offer_unfinished(self) -> None:
        """Tell the user of a batch that the last time did not finish, and how to go on."""
        content = self._services.preferences.data(UNFINISHED)
        if content is None:
            return
        from studio.batch_plan import BatchPlan

        plan = BatchPlan.from_dict(content, self._kinds)
        if plan is None:
            self._forget()
            return
        text = translate("Batch", "The batch into {folder} was not finished.").format(folder=plan.output)
        label = translate("Batch", "Continue")
        self._services.messages.offered.emit(Offer(text, label, lambda: self._take_up(plan), self._forget))

    def let_close(self) -> bool:
        """Whether the program may be closed now; if not, the user is asked, and it closes by itself later."""
        if self.window is None:
            return True
        if not self.window.let_close():
            return False
        self.window.close()
        return True

    def _take_up(self, plan: "BatchPlan") -> None:
        kind = next(kind for kind in self._kinds if kind.name == plan.recipe.kind)
        self._show(kind).take_up(plan)

    def _forget(self) -> None:
        self._services.preferences.set_data(UNFINISHED, None)
