"""What makes a training of the CycleGAN tab: which kind, from which pictures, from where, how long and how large."""

import itertools
from pathlib import Path

from PyQt5.QtGui import QIntValidator
from PyQt5.QtWidgets import QComboBox, QFileDialog, QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from cyclegan.factor import FACTORS
from cyclegan.models import Model, in_language, models
from cyclegan.training_settings import CycleTraining, EnlargeTraining
from studio.actions import plain
from studio.services import Services
from studio.theme import SPACE
from studio.training_folder import FolderField
from studio.training_form import TrainingForm
from studio.translation import system_language, translate
from studio.translation_look import checkpoint_files
from workbench.errors import StudioError

TRANSLATE, ENLARGE = "translate", "enlarge"
MOST_STEPS = 10_000_000
CROPS = 64, 96, 128, 192, 256  # px
CROP = 128
NETWORKS = {"small": (16, 3), "usual": (32, 6), "large": (64, 9)}
"""Channels and blocks of the generators; "large" is the paper's."""
STEPS = {TRANSLATE: 2000, ENLARGE: 1000}
"""Few, so that a computer without a graphics card comes to an end."""
OTHER_FILE = "other file"


class CycleGanForm(TrainingForm):
    """The fields."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._models = shipped()
        self._file: Path | None = None  # to start from
        self._make_controls()
        self._arrange()
        self._connect()
        self.retranslate()

    def _make_controls(self) -> None:
        self.kind = QComboBox()
        for kind in (TRANSLATE, ENLARGE):
            self.kind.addItem("", kind)
        self.a = FolderField(self.services, "a")
        self.b = FolderField(self.services, "b")
        self.start = QComboBox()
        for model in self._models:
            self.start.addItem("", model.id)
        self.start.addItem("", None)
        self.start.addItem("", OTHER_FILE)
        self.steps = QLineEdit(str(STEPS[TRANSLATE]))
        self.steps.setValidator(QIntValidator(1, MOST_STEPS, self))
        self.crop = QComboBox()
        for side in CROPS:
            self.crop.addItem(f"{side} px", side)
        self.crop.setCurrentIndex(CROPS.index(CROP))
        self.network = QComboBox()
        for name in NETWORKS:
            self.network.addItem("", name)
        self.network.setCurrentIndex(list(NETWORKS).index("usual"))
        self.factor = QComboBox()
        for factor in FACTORS:
            self.factor.addItem("", factor)
        for box in (self.kind, self.start, self.network, self.factor, self.crop):  # as wide as there is room
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(6)

    def _arrange(self) -> None:
        self.labels = {name: QLabel() for name in ("kind", "start", "factor", "steps", "crop", "network")}
        self.labels["name"] = self.name_label
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addWidget(self.labels["kind"])
        column.addWidget(self.kind)
        column.addWidget(self.a)
        column.addWidget(self.b)
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * SPACE)
        grid.setVerticalSpacing(SPACE)
        grid.setColumnStretch(1, 1)
        self._fields = {
            "start": self.start, "factor": self.factor, "steps": self.steps, "crop": self.crop,
            "network": self.network, "name": self.name,
        }  # fmt: skip
        for row, (name, field) in enumerate(self._fields.items()):
            grid.addWidget(self.labels[name], row, 0)
            grid.addWidget(field, row, 1)
            self.labels[name].setBuddy(field)
        self.labels["kind"].setBuddy(self.kind)
        column.addLayout(grid)
        column.addLayout(self.place_row)
        column.addStretch(1)
        order: list[QWidget] = [self.kind, self.a.button, self.b.button, *self._fields.values(), self.place_button]
        for before, after in itertools.pairwise(order):
            QWidget.setTabOrder(before, after)

    def _connect(self) -> None:
        self.kind.currentIndexChanged.connect(self._on_kind)
        for folder in (self.a, self.b):
            folder.dropped.connect(folder.take)
            folder.changed.connect(self._on_folder)
        self.start.activated.connect(self._on_start)
        self.steps.textChanged.connect(self.changed)
        for box in (self.factor, self.crop, self.network):
            box.currentIndexChanged.connect(self.changed)

    def retranslate(self) -> None:
        super().retranslate()
        self.kind.setItemText(0, translate("Training", "Translate pictures (CycleGAN)"))
        self.kind.setItemText(1, translate("Training", "Enlarge pictures"))
        words = {
            "kind": (translate("Training", "What to learn"), ""),
            "start": (
                translate("Training", "Start from"),
                translate("Training", "To go on from a model is much faster than from scratch"),
            ),
            "factor": (translate("Training", "Factor"), translate("Training", "How many times larger")),
            "steps": (
                translate("Training", "Steps"),
                translate("Training", "How often the networks learn from pictures; you can stop and use them earlier"),
            ),
            "crop": (
                translate("Training", "Crop"),
                translate("Training", "Side of the squares that are cut from the pictures: larger takes longer"),
            ),
            "network": (
                translate("Training", "Network"),
                translate("Training", "A larger one learns more and takes longer"),
            ),
        }
        for name, (text, tip) in words.items():
            self.labels[name].setText(text)
            field = self.kind if name == "kind" else self._fields[name]
            field.setAccessibleName(plain(text))
            field.setToolTip(tip)
        self._word_choices()
        self._on_kind_words()
        self._show()

    def _word_choices(self) -> None:
        language = self.services.preferences.language or system_language()
        for index, model in enumerate(self._models):
            self.start.setItemText(index, in_language(model.title, language))
        count = len(self._models)
        self.start.setItemText(count, translate("Training", "Scratch"))
        file = translate("Training", "A model's file…") if self._file is None else self._file.name
        self.start.setItemText(count + 1, file)
        for index, text in enumerate(
            (
                translate("Training", "Small"),
                translate("Training", "Usual"),
                translate("Training", "Large, as in the paper"),
            )
        ):
            self.network.setItemText(index, text)
        for index, factor in enumerate(FACTORS):
            self.factor.setItemText(index, translate("Training", "{factor} times").format(factor=factor))

    def _on_kind_words(self) -> None:
        if self.enlarging:
            tip = translate("Training", "Sharp pictures; the network learns to make them from smaller copies")
            self.a.set_texts(translate("Training", "Pictures"), tip)
        else:
            tip = translate("Training", "Pictures as they are to begin with, such as photos")
            self.a.set_texts(translate("Training", "From"), tip)
        tip = translate("Training", "Pictures as they are to become, such as paintings. They need not show the same")
        self.b.set_texts(translate("Training", "To"), tip)

    # What is set

    @property
    def enlarging(self) -> bool:
        return bool(self.kind.currentData() == ENLARGE)

    @property
    def lack(self) -> str:
        """What is missing before a training can begin, as a sentence; "" for nothing."""
        folders = [self.a] if self.enlarging else [self.a, self.b]
        for folder in folders:
            if folder.lack:
                return folder.lack
        if any(folder.folder is None for folder in folders):
            if self.enlarging:
                return translate("Training", "Choose a folder of pictures to learn from.")
            return translate("Training", "Choose two folders of pictures to learn from.")
        if not self.enlarging and self.a.folder == self.b.folder:
            return translate("Training", "Both folders are the same. Choose two.")
        if not self.steps.hasAcceptableInput():
            return translate("Training", "Give the number of steps, 1 or more.")
        return self.lack_of_name

    @property
    def ready(self) -> bool:
        """Whether a training can begin."""
        folders = [self.a] if self.enlarging else [self.a, self.b]
        return not self.lack and all(folder.ready for folder in folders)

    def settings(self) -> CycleTraining | EnlargeTraining:
        """What is set; only when `ready`. Raises `SettingWrong` for what the training refuses."""
        assert self.a.folder is not None
        steps = int(self.steps.text())
        if self.enlarging:
            return EnlargeTraining(self.a.folder, factor=self.factor.currentData(), steps=steps)
        assert self.b.folder is not None
        channels, blocks = NETWORKS[self.network.currentData()]
        return CycleTraining(
            self.a.folder,
            self.b.folder,
            channels=channels,
            blocks=blocks,
            crop=self.crop.currentData(),
            steps=steps,
            start=self.started_from,
        )

    @property
    def started_from(self) -> str | None:
        """Name or file of the model to go on from; None for scratch."""
        chosen: str | None = self.start.currentData()
        return str(self._file) if chosen == OTHER_FILE else chosen

    # Asking

    def _on_start(self) -> None:
        if self.start.currentData() == OTHER_FILE:
            title = translate("Training", "Model to begin with")
            kinds = f"{checkpoint_files()};;{translate('Files', 'All files')} (*)"
            chosen, _ = QFileDialog.getOpenFileName(self, title, str(self.services.preferences.folder), kinds)
            if chosen:
                self._file = Path(chosen)
            elif self._file is None:
                self.start.setCurrentIndex(self.start.findData(None))
            self._word_choices()
        self._show()
        self.changed.emit()

    # What can be seen

    def _on_kind(self) -> None:
        other = STEPS[TRANSLATE if self.enlarging else ENLARGE]
        if self.steps.text() == str(other):
            self.steps.setText(str(STEPS[self.kind.currentData()]))
        self._on_kind_words()
        self._on_folder()

    def _on_folder(self) -> None:
        self.suggest()
        self._show()
        self.changed.emit()

    def suggestion(self) -> str:
        """After the folders."""
        a, b = (field.folder.name if field.folder is not None else "" for field in (self.a, self.b))
        if self.enlarging and a:
            return translate("Training", "{folder} enlarged").format(folder=a)
        if not self.enlarging and a and b:
            return translate("Training", "{a} to {b}").format(a=a, b=b)
        return ""

    def take(self, paths: tuple[Path, ...]) -> None:
        """The folders, for the first fields that have none yet."""
        fields = [self.a] if self.enlarging else [self.a, self.b]
        fields.sort(key=lambda field: field.folder is not None)
        for path, field in zip([path for path in paths if path.is_dir()], fields, strict=False):
            field.take((path,))

    def _show(self) -> None:
        self.b.setVisible(not self.enlarging)
        for name in ("start", "crop", "network"):
            self.labels[name].setVisible(not self.enlarging)
            self._fields[name].setVisible(not self.enlarging)
        self.labels["factor"].setVisible(self.enlarging)
        self.factor.setVisible(self.enlarging)
        self.network.setEnabled(self.started_from is None)  # a model has its size


def shipped() -> list[Model]:
    """The models that ship; none where they are missing, which is no reason not to train."""
    try:
        return models()
    except StudioError:
        return []
