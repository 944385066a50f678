"""The noise tab's hands, and what its tests expect."""

from pathlib import Path

import numpy as np

from noise.pipeline import Pipeline
from studio.noise_tab import NoiseTab
from studio.painting import Painted
from tests.gui.hands import Hands
from workbench.image_io import read_picture
from workbench.progress import run


class NoiseHands:
    """A window whose noise tab is in front.

    Attributes:
        noise: the tab.
    """

    def __init__(self, hands: Hands) -> None:
        self.hands = hands
        self.window = hands.window
        tab = hands.window.tabs[1]
        assert isinstance(tab, NoiseTab)
        self.noise = tab
        hands.window.book.setCurrentIndex(1)

    def open(self, photo: Path) -> None:
        self.hands.drop_files(photo, on=self.noise.viewer)
        self.hands.wait(lambda: self.noise.session.photo is not None and self.noise.session.photo.path == photo)

    def whole(self) -> Painted:
        """The result of what is set now."""
        session = self.noise.session
        self.hands.wait(
            lambda: (
                session.painted is not None and session.painted.full and session.painted.look.key == self.noise.look.key
            )
        )
        assert session.painted is not None
        return session.painted

    def add(self, title: str) -> None:
        """Choose a step from the editor's menu."""
        (action,) = [action for action in self.noise.editor.menu.actions() if action.text() == title]
        action.trigger()


def expected(photo: Path, pipeline: Pipeline) -> np.ndarray:
    """What the library makes of a file."""
    return run(pipeline.render(read_picture(photo))).pixels
