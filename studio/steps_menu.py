"""The menu of recipes for the noise tab: some that come with the program, and files of the user's own."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PyQt5.QtCore import QObject, pyqtSignal
from PyQt5.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from noise.blurs import GaussianBlur, MeanBlur
from noise.grain import FilmGrain
from noise.pipeline import Pipeline
from noise.points import Poisson, SaltPepper
from noise.restore import AdaptiveMedian, NonLocalMeans
from recipes.pipeline_file import load_pipeline, save_pipeline
from studio.actions import make_action, word
from studio.files import sure_to_replace
from studio.services import Services
from studio.theme import icon
from studio.translation import translate
from studio.worker import single

SUFFIX = ".json"


def is_steps_file(path: Path) -> bool:
    """Whether a file's name says that it is one."""
    return path.suffix.lower() == SUFFIX


def recipes() -> list[tuple[str, Pipeline]]:
    """What comes with the program, in the language in use."""
    return [
        (translate("StepsMenu", "Film grain"), Pipeline((FilmGrain(8.0, 2.0),))),
        (
            translate("StepsMenu", "Old photograph"),
            Pipeline((GaussianBlur(1.0), FilmGrain(10.0, 2.5), SaltPepper(0.0005, 0.0005))),
        ),
        (translate("StepsMenu", "Little light"), Pipeline((Poisson(60),))),
        (translate("StepsMenu", "Salt, pepper and blur"), Pipeline((SaltPepper(0.1, 0.1), MeanBlur(20)))),
        (translate("StepsMenu", "Mend salt and pepper"), Pipeline((AdaptiveMedian(3),))),
        (translate("StepsMenu", "Take noise away"), Pipeline((NonLocalMeans(6.0),))),
    ]


class StepsMenu(QObject):
    """
    Attributes:
        actions_shown: to load and save, for the window's menu.
        button: opens the menu.

    Signals:
        chosen: the `Pipeline` of a recipe or a file.
        loaded: it came from a file.
    """

    chosen = pyqtSignal(object)
    loaded = pyqtSignal()

    def __init__(self, services: Services, pipeline: Callable[[], Pipeline], parent: QWidget) -> None:
        """
        Args:
            pipeline: what is set now.
        """
        super().__init__(parent)
        self._services = services
        self._pipeline = pipeline
        self._parent = parent
        self.open = make_action(parent, self.ask_and_open, "Ctrl+Shift+O")
        self.save = make_action(parent, self.ask_and_save, "Ctrl+Shift+P")
        self.actions_shown = [self.open, self.save]
        self.menu = QMenu(parent)
        self.menu.aboutToShow.connect(self.fill)
        self.button = QPushButton(parent)
        self.button.setMenu(self.menu)
        self.retranslate()
        self.refresh_icons()

    def retranslate(self) -> None:
        self.menu.setTitle(translate("StepsMenu", "&Recipes"))
        word(self.open, translate("StepsMenu", "&Load steps…"), translate("StepsMenu", "From a file"))
        word(self.save, translate("StepsMenu", "Sa&ve steps…"), translate("StepsMenu", "As a file, to use again"))
        self.button.setText(translate("StepsMenu", "Recipes"))
        self.button.setToolTip(translate("StepsMenu", "Recipes: steps to begin with, and files of your own"))
        self.fill()

    def refresh_icons(self) -> None:
        self.button.setIcon(icon("bookmark"))

    def fill(self) -> None:
        self.menu.clear()
        for title, pipeline in recipes():
            self.menu.addAction(title).triggered.connect(partial(self._on_recipe, pipeline))
        self.menu.addSeparator()
        self.menu.addActions(self.actions_shown)

    def _on_recipe(self, pipeline: Pipeline, _checked: bool = False) -> None:
        self.chosen.emit(replace(pipeline, seed=self._pipeline().seed))

    def load(self, path: Path) -> None:
        """Read a file of steps, and tell `chosen`."""
        task = self._services.background.submit(single(partial(load_pipeline, path)), "steps")
        task.finished.connect(partial(self._on_loaded, path))
        task.failed.connect(self._services.messages.failed)

    def _on_loaded(self, path: Path, pipeline: Pipeline) -> None:
        self.chosen.emit(pipeline)
        self.loaded.emit()
        self._mention(translate("StepsMenu", "Loaded {path}").format(path=path))

    def ask_and_open(self) -> None:
        title = translate("StepsMenu", "Load steps")
        folder = str(self._services.preferences.folder)
        chosen, _ = QFileDialog.getOpenFileName(self._parent, title, folder, self._kinds())
        if chosen:
            self.load(Path(chosen))

    def ask_and_save(self) -> None:
        pipeline = self._pipeline()
        name = "+".join(step.name for step in pipeline.steps)[:80] or "steps"
        title = translate("StepsMenu", "Save steps")
        folder = self._services.preferences.folder
        chosen, _ = QFileDialog.getSaveFileName(self._parent, title, str(folder / f"{name}{SUFFIX}"), self._kinds())
        path = Path(chosen) if is_steps_file(Path(chosen)) else Path(chosen + SUFFIX)
        # The dialog asked about the name as it was typed.
        if chosen and (str(path) == chosen or not path.exists() or sure_to_replace(self._parent, title, path)):
            task = self._services.background.submit(single(partial(save_pipeline, pipeline, path)), lasting=True)
            told = translate("StepsMenu", "Saved as {path}").format(path=path)
            task.finished.connect(lambda _: self._mention(told))
            task.failed.connect(self._services.messages.failed)

    @staticmethod
    def _kinds() -> str:
        return f"{translate('StepsMenu', 'Steps')} (*{SUFFIX});;{translate('StepsMenu', 'All files')} (*)"

    def _mention(self, text: str) -> None:
        self._services.messages.mentioned.emit(text)
