"""The tab for noise, blur and restoration: a photo, steps, and how far they take it from the original."""

from pathlib import Path

from lapstyle.settings import Settings
from noise.pipeline import Pipeline
from studio.actions import draw_icon_of
from studio.batch_noise import NoiseKind
from studio.noise_jobs import NoiseJobs
from studio.noise_region import RegionPreview
from studio.painting import Look
from studio.picture_tab import PictureTab
from studio.quality_panel import QualityPanel
from studio.services import Services
from studio.step_editor import StepEditor
from studio.steps_menu import StepsMenu, is_steps_file
from studio.tab import MenuActions
from studio.translation import translate
from studio.undo import Undo
from studio.viewer import Viewer
from workbench.errors import SettingWrong

GATHER = 5  # ms
KEPT = "steps"  # in the preferences
SPLITTER = "noise splitter"


class NoiseTab(PictureTab):
    """Photo, steps, numbers.

    Attributes:
        editor: the steps.
    """

    def __init__(self, services: Services) -> None:
        super().__init__(services, NoiseJobs(), services.worker("noise"), Viewer(with_style=False), GATHER)
        self.editor = StepEditor()
        self.menu = StepsMenu(services, lambda: self.editor.pipeline, self)
        self.quality = QualityPanel(services, self.session)
        self.region = RegionPreview(services, self.session, self.viewer.view, self)
        self.undo = Undo(lambda: self.look, lambda look: self.set_pipeline(look.after), self)
        self._batch = NoiseKind(lambda: self.editor.pipeline)
        self.arrange(self.viewer, self.editor, self.quality, above=self.menu.button)
        self.editor.changed.connect(self._on_steps)
        self.menu.chosen.connect(self.set_pipeline)
        self.retranslate()

    def retranslate(self) -> None:
        super().retranslate()
        self.menu.retranslate()
        self.undo.retranslate()

    def refresh_icons(self) -> None:
        super().refresh_icons()
        draw_icon_of(self.undo.undo_action)
        draw_icon_of(self.undo.redo_action)
        self.editor.refresh_icons()
        self.menu.refresh_icons()

    # The steps

    @property
    def look(self) -> Look:
        """The steps as a look that paints nothing."""
        return Look((), Settings(), after=self.editor.pipeline)

    def set_pipeline(self, pipeline: Pipeline) -> None:
        """Set other steps, and do them."""
        self.editor.set_pipeline(pipeline)
        self._on_steps()

    def _on_steps(self, _pipeline: Pipeline | None = None) -> None:
        self.undo.notice()
        self.session.set_look(self.look)
        self.region.refresh()

    # What the window asks

    def title(self) -> str:
        return translate("NoiseTab", "Noise and blur")

    def menu_actions(self) -> MenuActions:
        return {
            **super().menu_actions(),
            "edit": [self.undo.undo_action, self.undo.redo_action, None, self.copy_action],
            "view": self.viewer.menu_actions(),
            "steps": [self.menu.menu.menuAction(), None, *self.menu.actions_shown],
        }

    @property
    def batch(self) -> NoiseKind:
        return self._batch

    def take_file(self, path: Path) -> bool:
        if not is_steps_file(path):
            return False
        self.menu.load(path)
        return True

    def restore(self) -> None:
        self.splitter.restoreState(self.services.preferences.state(SPLITTER))
        try:
            self.editor.set_pipeline(Pipeline.from_dict(self.services.preferences.data(KEPT)))
        except SettingWrong:  # nothing was kept, or by a version that knew other steps
            self.editor.set_pipeline(Pipeline())
        self.session.set_look(self.look)
        self.undo.restart()

    def save_state(self) -> None:
        self.services.preferences.set_state(SPLITTER, self.splitter.saveState())
        self.services.preferences.set_data(KEPT, self.editor.pipeline.to_dict())
