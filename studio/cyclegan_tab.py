"""The tab that translates a photo with a CycleGAN, and, on a second page, trains one."""

from functools import partial
from pathlib import Path

from PyQt5.QtCore import QPoint
from PyQt5.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QPushButton, QStackedWidget, QWidget

from cyclegan.models import DIRECTIONS, models
from cyclegan.translation import TranslationSettings
from studio.actions import draw_icon_of, make_action, push_button_for, word
from studio.batch_translation import TranslationKind
from studio.cyclegan_training import CycleGanTraining
from studio.model_cards import ModelCards
from studio.painting import Look
from studio.picture_tab import PictureTab
from studio.pictures import Dropped
from studio.services import Services
from studio.tab import MenuActions
from studio.theme import SPACE
from studio.translation import translate
from studio.translation_jobs import TranslationJobs
from studio.translation_look import CHECKPOINTS, ModelChoice, TranslationLook, checkpoint_files
from studio.translation_panel import TranslationPanel
from studio.undo import Undo
from studio.viewer import Viewer
from studio.worker import Failure, Task, single
from workbench.errors import SettingWrong, StudioError

KEPT = "translation"  # in the preferences
KEPT_FILES = 12
SPLITTER = "translation splitter"


def is_checkpoint(path: Path) -> bool:
    """Whether a file's name says that it is one."""
    return path.suffix.lower() in CHECKPOINTS


class CycleGanTab(PictureTab):
    """Photo, models, sliders, result; and the page that trains.

    Attributes:
        cards: the models.
        panel: direction and sliders.
        training: the other page.
    """

    takes_checkpoints = True

    def __init__(self, services: Services) -> None:
        jobs = TranslationJobs(services.preferences.device, services.preferences.threads)
        super().__init__(services, jobs, services.worker("translation"), Viewer(with_style=False))
        self.cards = ModelCards(services.worker("model cards"))
        self.panel = TranslationPanel()
        self.training = CycleGanTraining(services)
        self.undo = Undo(lambda: self.look, self.set_look, self)
        self._batch = TranslationKind(lambda: self.look)
        self._wanted = ""  # the model to choose as soon as its file is read
        self._make_actions()
        self._arrange()
        self.cards.chosen.connect(self._on_model)
        self.cards.picked.connect(self._on_picked)
        self.cards.load_wanted.connect(self.ask_checkpoint)
        self.panel.changed.connect(self._on_look)
        self.training.model_ready.connect(self._on_trained)
        self.session.opened.connect(self._show_ready)
        self.retranslate()

    # Set-up

    def _make_actions(self) -> None:
        self.load = make_action(self, self.ask_checkpoint, "Ctrl+Shift+O")
        self.remove = make_action(self, self.cards.remove_current)
        self.double = make_action(self, partial(self.output.ask, "double"))
        self.quadruple = make_action(self, partial(self.output.ask, "quadruple"))
        self.show_translation = make_action(self, partial(self.show_page, 0), checkable=True)
        self.show_training = make_action(self, partial(self.show_page, 1), "Ctrl+T", checkable=True)
        self.enlarge_menu = QMenu(self)
        self.enlarge_menu.addActions([self.double, self.quadruple])
        self.enlarge_button = QPushButton()
        self.enlarge_button.setMenu(self.enlarge_menu)

    def _arrange(self) -> None:
        self.save_row.insertWidget(0, self.enlarge_button)
        self.arrange(self.viewer, self.cards, self.panel)
        self.pages = QStackedWidget()
        column = self.layout()
        assert column is not None
        switch = QWidget()
        row = QHBoxLayout(switch)
        row.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        row.setSpacing(SPACE // 2)
        for action in (self.show_translation, self.show_training):
            row.addWidget(button := push_button_for(action))
            button.setCheckable(True)
            action.toggled.connect(button.setChecked)
        row.addStretch(1)
        column.addWidget(switch)
        column.addWidget(self.pages)
        self.pages.addWidget(self.splitter)
        self.pages.addWidget(self.training)
        self.show_page(0)

    def show_page(self, page: int) -> None:
        """Show the page that translates, 0, or the one that trains, 1."""
        self.pages.setCurrentIndex(page)
        self.show_translation.setChecked(page == 0)
        self.show_training.setChecked(page == 1)

    def retranslate(self) -> None:
        super().retranslate()
        word(
            self.load,
            translate("CycleGanTab", "&Load checkpoint…"),
            translate("CycleGanTab", "Load a checkpoint of your own"),
        )
        word(
            self.remove,
            translate("CycleGanTab", "&Remove checkpoint"),
            translate("CycleGanTab", "Its file stays where it is"),
        )
        tip = translate("CycleGanTab", "Export with twice the sides: about half a minute a megapixel on a processor")
        word(self.double, translate("CycleGanTab", "Enlarge &2 times…"), tip)
        tip = translate("CycleGanTab", "Export with four times the sides: the longest")
        word(self.quadruple, translate("CycleGanTab", "Enlarge &4 times…"), tip)
        tip = translate("CycleGanTab", "Photos through a model")
        word(self.show_translation, translate("CycleGanTab", "T&ranslate"), tip)
        tip = translate("CycleGanTab", "Make a model of your own")
        word(self.show_training, translate("CycleGanTab", "Tra&in"), tip)
        self.enlarge_menu.setTitle(translate("CycleGanTab", "En&large"))
        self.enlarge_button.setText(translate("CycleGanTab", "Enlarge"))
        self.enlarge_button.setToolTip(
            translate("CycleGanTab", "Export a larger picture whose edges stay sharp; this takes its time")
        )
        self.undo.retranslate()

    def use_preferences(self) -> None:
        self.session.use_preferences()

    def refresh_icons(self) -> None:
        super().refresh_icons()
        draw_icon_of(self.undo.undo_action)
        draw_icon_of(self.undo.redo_action)
        self.cards.refresh_icons()
        self.panel.refresh_icons()

    # What is set

    @property
    def look(self) -> TranslationLook:
        return TranslationLook(
            choice=self.cards.choice, direction=self.panel.direction, translation=self.panel.settings
        )

    def set_look(self, look: Look) -> None:
        """Set model, direction and sliders, and translate."""
        assert isinstance(look, TranslationLook)
        if look.choice is not None:
            self.cards.choose(look.choice.id)
        self.panel.set_settings(look.translation)
        self.panel.set_direction(look.direction)
        self._on_look()

    def _on_picked(self) -> None:
        self._wanted = ""  # a file that is still read comes too late

    def _on_model(self) -> None:
        self.panel.set_choice(self.cards.choice)
        self._on_look()

    def _on_look(self) -> None:
        self.undo.notice()
        self.session.set_look(self.look)
        self._show_ready()

    def _show_ready(self) -> None:
        """What can be done now."""
        choice = self.cards.choice
        self.remove.setEnabled(choice is not None and choice.own)
        for part in (self.enlarge_button, self.double, self.quadruple):
            part.setEnabled(self.session.photo is not None)

    # The models

    def ask_checkpoint(self) -> None:
        kinds = f"{checkpoint_files()};;{translate('Files', 'All files')} (*)"
        title = translate("CycleGanTab", "Load checkpoint")
        folder = str(self.services.preferences.folder)
        chosen, _ = QFileDialog.getOpenFileName(self, title, folder, kinds)
        if chosen:
            self.load_checkpoint(Path(chosen))

    def load_checkpoint(self, path: Path) -> None:
        """Add a card for the generators of a file, and choose it."""
        self._wanted = str(path)
        task = self._read(path)
        task.finished.connect(self._on_loaded)
        task.failed.connect(self.services.messages.failed)

    def _read(self, path: Path) -> Task:
        return self.services.worker("checkpoints").submit(single(partial(ModelChoice.of_file, path)))

    def _on_loaded(self, choice: ModelChoice) -> None:
        self.cards.add(choice)
        if choice.id == self._wanted:
            self._wanted = ""
            self.cards.choose(choice.id)
        self.cards.loaded.emit()

    def _on_restored(self, choice: ModelChoice) -> None:
        """As a loaded one; but what the last session ended with is nothing to take back."""
        untouched = not self.undo.undo_action.isEnabled()
        self._on_loaded(choice)
        if untouched:
            self.undo.restart()

    def _on_trained(self, path: Path) -> None:
        self.load_checkpoint(path)
        self.show_page(0)

    # What the window asks

    def title(self) -> str:
        return translate("CycleGanTab", "CycleGAN")

    def menu_actions(self) -> MenuActions:
        actions = super().menu_actions()
        return {
            **actions,
            "save": [*actions["save"], self.enlarge_menu.menuAction()],
            "edit": [self.undo.undo_action, self.undo.redo_action, None, self.copy_action],
            "view": [*self.viewer.menu_actions(), None, self.show_translation, self.show_training],
            "model": [self.load, self.remove, None, self.panel.swap],
        }

    @property
    def batch(self) -> TranslationKind:
        return self._batch

    def drop(self, dropped: Dropped, position: QPoint | None) -> None:
        self.show_page(0)
        super().drop(dropped, position)

    def take_file(self, path: Path) -> bool:
        if not is_checkpoint(path):
            return False
        self.load_checkpoint(path)
        return True

    def restore(self) -> None:
        self.splitter.restoreState(self.services.preferences.state(SPLITTER))
        try:
            self.cards.set_choices([ModelChoice(model) for model in models()])
        except StudioError as error:
            self.services.messages.failed.emit(Failure(error, str(error)))
        data = self.services.preferences.data(KEPT)
        data = data if isinstance(data, dict) else {}
        try:
            self.panel.set_settings(TranslationSettings.from_dict(data.get("settings", {})))
        except (SettingWrong, TypeError, AttributeError):  # of another version
            self.panel.set_settings(TranslationSettings())
        self._wanted = str(data.get("model", ""))
        self.cards.choose(self._wanted)
        self.panel.set_direction(data["direction"] if data.get("direction") in DIRECTIONS else DIRECTIONS[0])
        files = data.get("files", [])
        for path in [Path(path) for path in files if isinstance(path, str)] if isinstance(files, list) else []:
            task = self._read(path)  # one that is gone by now is left out
            task.finished.connect(self._on_restored)
        self.session.set_look(self.look)
        self.undo.restart()

    def save_state(self) -> None:
        self.services.preferences.set_state(SPLITTER, self.splitter.saveState())
        look = self.look
        kept = {
            "model": "" if look.choice is None else look.choice.id,
            "direction": look.direction,
            "settings": look.translation.to_dict(),
            "files": [str(path) for path in self.cards.own_files[:KEPT_FILES]],
        }
        self.services.preferences.set_data(KEPT, kept)
