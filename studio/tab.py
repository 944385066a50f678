"""What the window asks of a tab, whatever it does."""

from pathlib import Path

from PyQt5.QtCore import QPoint, pyqtSignal
from PyQt5.QtWidgets import QAction

from studio.controls import LanguageAware
from studio.painting import Look, PaintJobs
from studio.pictures import Dropped
from studio.services import Services

MenuActions = dict[str, list[QAction | None]]
"""Menu ("file", "edit", "view", "style", ...) -> its commands; None is a line between them."""


class Tab(LanguageAware):
    """One of the window's tabs; see `studio.tabs` for how it gets there.

    Attributes:
        services: workers, preferences and messages, shared by all tabs.

    Signals:
        opened: a file was opened that belongs among the recent ones.
    """

    opened = pyqtSignal(object)

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.services = services

    def title(self) -> str:
        """In the language in use."""
        raise NotImplementedError

    def menu_actions(self) -> MenuActions:
        """Commands for the window's menus while this tab is in front."""
        return {}

    def open_path(self, path: Path) -> None:
        """Open a photo."""

    def hover(self, position: QPoint | None) -> None:
        """Something that can be dropped is held over a point of the tab; None when it left."""

    def drop(self, dropped: Dropped, position: QPoint | None) -> None:
        """One picture was dropped on a point of the tab, or elsewhere in the window, or pasted (None)."""

    def restore(self) -> None:
        """Take up what `save_state` left in the preferences."""

    def save_state(self) -> None:
        """Leave in the preferences what shall come back at the next start."""

    @property
    def look(self) -> Look | None:
        """How photos are painted here, where that could be done to a folder of them, too."""
        return None

    @property
    def jobs(self) -> PaintJobs | None:
        """What paints them."""
        return None

    def would_lose(self) -> str:
        """What closing now would lose, as a sentence; "" for nothing."""
        return ""

    def use_preferences(self) -> None:
        """The preferences may be others now."""

    def refresh_icons(self) -> None:
        """The theme changed."""
