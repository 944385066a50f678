"""What the window asks of a tab, whatever it does."""

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt5.QtCore import QPoint, pyqtSignal
from PyQt5.QtWidgets import QAction

from studio.controls import LanguageAware
from studio.pictures import Dropped
from studio.services import Services

if TYPE_CHECKING:
    from studio.batch_kind import BatchKind

MenuActions = dict[str, list[QAction | None]]
"""Menu ("file", "save", "edit", "view", "style", "steps") -> its commands; None is a line between them."""


class Tab(LanguageAware):
    """One of the window's tabs; see `studio.tabs` for how it gets there.

    Attributes:
        services: workers, preferences and messages, shared by all tabs.
        takes_checkpoints: whether networks' files that are dropped are for this tab, not for the gallery of styles.

    Signals:
        opened: a file was opened that belongs among the recent ones.
    """

    takes_checkpoints = False
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
    def batch(self) -> "BatchKind | None":
        """What can be done here to a folder of photos, too, and as what is set: always the same object.

        The batch window does what the tab in front says when it is opened: `studio.batch_painting.PaintingKind` for
        looks, `studio.batch_noise.NoiseKind` for steps.
        """
        return None

    def would_lose(self) -> str:
        """What closing now would lose, as a sentence; "" for nothing."""
        return ""

    def use_preferences(self) -> None:
        """The preferences may be others now."""

    def refresh_icons(self) -> None:
        """The theme changed."""
