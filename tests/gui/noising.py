"""The noise tab's hands, and what its tests expect."""

from pathlib import Path

import numpy as np

from noise.pipeline import Pipeline
from studio.noise_tab import NoiseTab
from tests.gui.hands import Hands, PictureTabHands
from workbench.image_io import read_picture
from workbench.progress import run


class NoiseHands(PictureTabHands):
    """A window whose noise tab is in front.

    Attributes:
        noise: the tab.
    """

    def __init__(self, hands: Hands) -> None:
        super().__init__(hands, hands.window, NoiseTab)
        self.noise = self.tab

    def add(self, title: str) -> None:
        """Choose a step from the editor's menu."""
        (action,) = [action for action in self.noise.editor.menu.actions() if action.text() == title]
        action.trigger()


def expected(photo: Path, pipeline: Pipeline) -> np.ndarray:
    """What the library makes of a file."""
    return run(pipeline.render(read_picture(photo))).pixels
