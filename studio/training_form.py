"""What every training is asked: its name, and where its folder is made. What is learned is up to the subclasses."""

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton

from studio.batch_labels import ElidedLabel
from studio.controls import LanguageAware
from studio.files import UNFIT
from studio.plain_words import tip_of
from studio.services import Services
from studio.training_runs import free_name, root
from studio.translation import translate

if TYPE_CHECKING:
    from recipes.training import TrainingSettings

NAME_LENGTH = 60


class TrainingForm(LanguageAware):
    """The fields of a new training.

    Attributes:
        name: of its folder; suggested until the user types one.

    Signals:
        changed: something else is set.
    """

    changed = pyqtSignal()

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.services = services
        self._suggested = ""
        self.name_label = QLabel()
        self.name = QLineEdit()
        self.name.setMaxLength(NAME_LENGTH)
        self.name.textChanged.connect(self.changed)
        self.name_label.setBuddy(self.name)
        self.place = ElidedLabel()
        self.place.setObjectName("quiet")
        self.place.setMinimumWidth(60)
        self.place_button = QPushButton()
        self.place_button.clicked.connect(self.ask_place)
        self.place_row = QHBoxLayout()
        self.place_row.addWidget(self.place, 1)
        self.place_row.addWidget(self.place_button)

    def retranslate(self) -> None:
        self.name_label.setText(translate("Training", "Name"))
        self.name.setAccessibleName(self.name_label.text())
        self.name.setToolTip(translate("Training", "What the training's folder is called"))
        self.place_button.setText(translate("Training", "Save in…"))
        tip = translate("Training", "Choose where the training's folder is made")
        self.place_button.setToolTip(tip)
        self.place_button.setAccessibleName(tip)
        self.show_place()

    # What the page asks

    @property
    def folder(self) -> Path:
        """Where the training is to be."""
        return root(self.services.preferences) / self.name.text().strip()

    @property
    def lack(self) -> str:
        """What is missing before a training can begin, as a sentence; "" for nothing."""
        raise NotImplementedError

    @property
    def ready(self) -> bool:
        """Whether a training can begin."""
        raise NotImplementedError

    def settings(self) -> "TrainingSettings":
        """What is set; only when `ready`. Raises `SettingWrong` for what the training refuses."""
        raise NotImplementedError

    def take(self, paths: tuple[Path, ...]) -> None:
        """Learn from these files and folders, which were dropped beside the fields."""
        raise NotImplementedError

    # Name and place

    def suggestion(self) -> str:
        """What to call the training; "" while nobody can tell."""
        raise NotImplementedError

    def suggest(self) -> None:
        """A name that is free, as long as the user has not typed one."""
        if self.name.text() not in ("", self._suggested):
            return
        clean = "".join(letter for letter in self.suggestion() if letter.isprintable() and letter not in UNFIT)[
            : NAME_LENGTH - 4
        ].strip(" .")
        self._suggested = free_name(root(self.services.preferences), clean) if clean else ""
        self.name.setText(self._suggested)

    @property
    def lack_of_name(self) -> str:
        name = self.name.text().strip()
        if not name or name.strip(".") == "" or any(letter in UNFIT for letter in name):
            return translate("Training", "Give the training a name without / \\ : * ? < > | or quotes.")
        if self.folder.exists():
            return translate("Training", "There is a training of this name already. Choose another name.")
        return ""

    def ask_place(self) -> None:
        title = translate("Training", "Folder for trainings")
        here = root(self.services.preferences)
        start = here if here.is_dir() else self.services.preferences.save_folder
        if chosen := QFileDialog.getExistingDirectory(self, title, str(start)):
            self.services.preferences.set_text("training folder", chosen)
            self.suggest()
            self.show_place()
            self.changed.emit()

    def show_place(self) -> None:
        place = root(self.services.preferences)
        self.place.setText(str(place))
        self.place.setToolTip(tip_of(str(place)))
