"""The upper part of the batch window: which photos, where to, under which names, and what is done to them."""

import itertools
from pathlib import Path

from PyQt5.QtCore import QTimer, pyqtSignal
from PyQt5.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from cyclegan.factor import FACTORS
from studio.actions import plain
from studio.batch_kind import PATTERN, BatchKind
from studio.batch_labels import ElidedLabel, WarningLine
from studio.batch_plan import EARLIER, BatchPlan
from studio.controls import LanguageAware
from studio.recipe_box import RecipeBox
from studio.services import Services
from studio.theme import SPACE
from studio.translation import sentence_of, translate
from studio.worker import Failure
from workbench.errors import StudioError
from workbench.formats import FORMATS, READABLE_SUFFIXES, WRITABLE_SUFFIXES, format_of_name
from workbench.tree import check_pattern, destinations

SAMPLE = Path("photo.jpg")  # in the example of a name, while there is no photo
TYPING = 500  # ms without a key until a folder's name is taken for whole
FALLBACK_SUFFIX = ".png"  # of photos in a format that is only read


class BatchForm(LanguageAware):
    """What makes a `BatchPlan`.

    Attributes:
        inputs: folders and files.
        recipes: what can be done to them.

    Signals:
        inputs_changed: other photos, or another folder for the results, which is not searched.
        changed: anything else.
        failed: `Failure`: a preset cannot be used.
    """

    inputs_changed = pyqtSignal()
    changed = pyqtSignal()
    failed = pyqtSignal(object)

    def __init__(self, services: Services, kind: BatchKind) -> None:
        super().__init__()
        self.inputs: tuple[Path, ...] = ()
        self._preferences = services.preferences
        self.recipes = RecipeBox(kind)
        self._suggested = ""  # folder for the results
        self._first: Path | None = None
        self._found: int | None = None
        self._search = QTimer(self)
        self._search.setSingleShot(True)
        self._search.setInterval(TYPING)
        self._search.timeout.connect(self.inputs_changed)
        self._make_controls()
        self._arrange()
        self._restore()
        self.retranslate()

    def _make_controls(self) -> None:
        self.photos = ElidedLabel()
        self.photos.setMinimumWidth(80)
        self.folder_button = QPushButton()
        self.photos_button = QPushButton()
        self.output = QLineEdit()
        self.output_button = QPushButton()
        self.pattern = QLineEdit()
        self.format = QComboBox()
        self.format.addItem("", None)
        for kind in FORMATS:
            if kind.written:
                self.format.addItem(kind.name, kind.suffixes[0])
        self.enlarge = QComboBox()
        for factor in (None, *FACTORS):
            self.enlarge.addItem("", factor)
        self.example = ElidedLabel()
        self.example.setObjectName("quiet")
        self.problem = WarningLine()
        self.lack = WarningLine()
        for box in (self.format, self.enlarge, self.recipes):  # as high as the fields and buttons beside them
            box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.preset_button = QPushButton()
        self.folder_button.clicked.connect(self.ask_folder)
        self.photos_button.clicked.connect(self.ask_photos)
        self.output_button.clicked.connect(self.ask_output)
        self.output.textChanged.connect(self._on_output)
        self.pattern.textChanged.connect(self._on_changed)
        self.format.currentIndexChanged.connect(self._on_changed)
        self.enlarge.currentIndexChanged.connect(self._on_changed)
        self.recipes.currentIndexChanged.connect(self._on_changed)
        self.preset_button.clicked.connect(self.ask_preset)

    def _arrange(self) -> None:
        self.labels = {name: QLabel() for name in ("photos", "output", "pattern", "recipe")}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE)
        grid.setVerticalSpacing(SPACE)
        grid.setColumnStretch(1, 1)
        naming = QHBoxLayout()
        naming.setSpacing(SPACE)
        naming.addWidget(self.pattern, 1)
        naming.addWidget(self.format)
        naming.addWidget(self.enlarge)
        telling = QHBoxLayout()
        telling.addWidget(self.problem, 1)
        telling.addWidget(self.example, 1)
        for row, name in ((0, "photos"), (1, "output"), (2, "pattern"), (4, "recipe")):
            grid.addWidget(self.labels[name], row, 0)
        grid.addWidget(self.photos, 0, 1)
        grid.addWidget(self.output, 1, 1, 1, 2)
        grid.addLayout(naming, 2, 1, 1, 3)
        grid.addLayout(telling, 3, 1, 1, 3)
        grid.addWidget(self.recipes, 4, 1, 1, 2)
        grid.addWidget(self.lack, 5, 1, 1, 3)
        choosing = QHBoxLayout()
        choosing.setSpacing(SPACE)
        choosing.addWidget(self.folder_button)
        choosing.addWidget(self.photos_button)
        grid.addLayout(choosing, 0, 2, 1, 2)
        grid.addWidget(self.output_button, 1, 3)
        grid.addWidget(self.preset_button, 4, 3)
        for name, buddy in (("output", self.output), ("pattern", self.pattern), ("recipe", self.recipes)):
            self.labels[name].setBuddy(buddy)
        order = [self.folder_button, self.photos_button, self.output, self.output_button, self.pattern, self.format]
        order += [self.enlarge, self.recipes, self.preset_button]
        for before, after in itertools.pairwise(order):
            QWidget.setTabOrder(before, after)

    def retranslate(self) -> None:
        self.labels["photos"].setText(translate("Batch", "Photos"))
        self.labels["output"].setText(translate("Batch", "Save &in"))
        self.labels["pattern"].setText(translate("Batch", "&Names"))
        tip = translate("Batch", "Choose a folder of photos (Ctrl+O)")
        self._word(self.folder_button, translate("Batch", "Folder…"), tip)
        tip = translate("Batch", "Choose single photos (Ctrl+Shift+O)")
        self._word(self.photos_button, translate("Batch", "Photos…"), tip)
        self._word(self.output_button, translate("Batch", "Choose…"), translate("Batch", "Choose where to save"))
        self._word(self.preset_button, translate("Batch", "Preset…"), self.kind.preset_tip())
        self.labels["recipe"].setText(self.kind.label())
        self.recipes.setAccessibleName(plain(self.kind.label()))
        self.recipes.setToolTip(self.kind.label_tip())
        self.output.setAccessibleName(translate("Batch", "Folder to save in"))
        self.output.setToolTip(translate("Batch", "The results go here; your photos stay as they are"))
        self.pattern.setAccessibleName(translate("Batch", "Names of the results"))
        tip = "\n".join(
            [
                translate("Batch", "What the results are called:"),
                translate("Batch", "{stem}: the photo's name"),
                self.kind.style_tip(),
                translate("Batch", "{index} or {index:03}: a number"),
                translate("Batch", "{ext}: the photo's ending"),
                translate("Batch", "A / makes folders."),
            ]
        )
        self.pattern.setToolTip(tip)
        self.format.setAccessibleName(translate("Batch", "Format"))
        self.format.setToolTip(translate("Batch", "Format of the results"))
        self.format.setItemText(0, translate("Batch", "Format as the photo's"))
        self.enlarge.setAccessibleName(translate("Batch", "Size"))
        self.enlarge.setToolTip(translate("Batch", "Enlarging takes minutes for each photo"))
        self.enlarge.setItemText(0, translate("Batch", "Size as it is"))
        self.enlarge.setItemText(1, translate("Batch", "Enlarged 2 times"))
        self.enlarge.setItemText(2, translate("Batch", "Enlarged 4 times"))
        self.refresh_icons()
        self.show_recipes()
        self._show_photos()
        self._show_example()

    @staticmethod
    def _word(button: QPushButton, text: str, tip: str) -> None:
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)

    def refresh_icons(self) -> None:
        for line in (self.problem, self.lack):
            line.refresh_icons()

    def _restore(self) -> None:
        self.output.setText(self._preferences.text(self._key("folder")))
        self.pattern.setText(self._preferences.text(self._key("pattern")) or PATTERN)
        self._set_suffix(self._preferences.text(self._key("format")) or None)

    def _key(self, name: str) -> str:
        """Where a field is remembered: each kind has its own."""
        return f"batch {name}" if self.kind.name == EARLIER else f"{self.kind.name} batch {name}"

    def save(self) -> None:
        """Remember folder, pattern and format; a folder that was only suggested belongs to its photos alone."""
        folder = self.output.text()
        self._preferences.set_text(self._key("folder"), "" if folder == self._suggested else folder)
        self._preferences.set_text(self._key("pattern"), self.pattern.text())
        self._preferences.set_text(self._key("format"), self.suffix or "")

    # What is set

    @property
    def kind(self) -> BatchKind:
        return self.recipes.kind

    def use(self, kind: BatchKind) -> None:
        """Offer another kind of batch, with the folder, names and format that were set for it."""
        if kind.name == self.kind.name:
            return
        self.recipes.use(kind)
        self._suggested = ""
        self._restore()
        if self.inputs:
            self._suggest()
        self.retranslate()
        self.changed.emit()

    @property
    def suffix(self) -> str | None:
        """The results' ending; None for each photo's own."""
        suffix: str | None = self.format.currentData()
        return suffix

    def _set_suffix(self, suffix: str | None) -> None:
        kind = format_of_name(f"photo{suffix}") if suffix else None
        self.format.setCurrentIndex(max(0, self.format.findText(kind.name)) if kind is not None else 0)

    @property
    def plan(self) -> BatchPlan | None:
        """What is set; None while something is missing or wrong."""
        recipe = self.recipes.recipe
        if not self.inputs or not self.output.text().strip() or self.problem_text:
            return None
        if recipe is None or self.lack_text:
            return None
        pattern, options, factor = self.pattern.text(), self.recipes.options, self.enlarge.currentData()
        machine = self._preferences.device, self._preferences.threads
        return BatchPlan(self.inputs, self.output_folder, recipe, pattern, self.suffix, options, factor, machine)

    @property
    def output_folder(self) -> Path:
        return Path(self.output.text().strip()).expanduser()

    @property
    def problem_text(self) -> str:
        """What is wrong with the pattern, as a sentence; "" for nothing."""
        try:
            check_pattern(self.pattern.text(), READABLE_SUFFIXES | WRITABLE_SUFFIXES)
        except StudioError as error:
            return sentence_of(error)
        return ""

    @property
    def lack_text(self) -> str:
        """What must be set before anything can be done to photos, as a sentence; "" for nothing."""
        recipe = self.recipes.recipe
        return "" if recipe is not None and recipe.complete else self.kind.lack()

    def set_inputs(self, inputs: tuple[Path, ...]) -> None:
        """Take these; where no folder for the results was chosen yet, take one beside them."""
        self.inputs = inputs
        self._first = self._found = None
        if inputs:
            self._suggest()
        self.settle()
        self._show_photos()
        self._show_example()
        self.inputs_changed.emit()

    def _suggest(self) -> None:
        if self.output.text().strip() in ("", self._suggested):
            first = self.inputs[0]
            self._suggested = str(first.parent / self.kind.output_name(first.name if first.is_dir() else ""))
            self.output.setText(self._suggested)

    def settle(self) -> None:
        """Forget that a folder's name was being typed."""
        self._search.stop()

    def set_found(self, first: Path | None, number: int) -> None:
        """Say how many photos there are."""
        self._first, self._found = first, number
        self._show_photos()
        self._show_example()

    def set_plan(self, plan: BatchPlan) -> None:
        """Show what a plan says."""
        self.output.setText(str(plan.output))
        self.pattern.setText(plan.pattern)
        self._set_suffix(plan.suffix)
        self.enlarge.setCurrentIndex(self.enlarge.findData(plan.enlarge))
        self.recipes.choose_earlier(plan.recipe, plan.options)
        self.set_inputs(plan.inputs)

    def show_recipes(self) -> None:
        """What is set in the main window, and the user's presets, may have changed."""
        self.recipes.refresh()
        self._show_example()
        self.lack.say(self.lack_text)

    # Asking

    def ask_folder(self) -> None:
        title = translate("Batch", "Folder of photos")
        if chosen := QFileDialog.getExistingDirectory(self, title, str(self._preferences.folder)):
            self._preferences.set_text("folder", chosen)
            self.set_inputs((Path(chosen),))

    def ask_photos(self) -> None:
        patterns = " ".join(f"*{suffix}" for suffix in sorted(READABLE_SUFFIXES))
        kinds = f"{translate('Files', 'Pictures')} ({patterns});;{translate('Files', 'All files')} (*)"
        title = translate("Batch", "Photos of the batch")
        chosen, _ = QFileDialog.getOpenFileNames(self, title, str(self._preferences.folder), kinds)
        if chosen:
            self._preferences.set_text("folder", str(Path(chosen[0]).parent))
            self.set_inputs(tuple(Path(each) for each in chosen))

    def ask_output(self) -> None:
        folder = self.output_folder if self.output.text() else self._preferences.folder
        title = translate("Batch", "Folder to save in")
        if chosen := QFileDialog.getExistingDirectory(self, title, str(folder if folder.is_dir() else folder.parent)):
            self.output.setText(chosen)

    def ask_preset(self) -> None:
        title = translate("Batch", "Open preset")
        kinds = f"{self.kind.preset_files()};;{translate('Files', 'All files')} (*)"
        chosen, _ = QFileDialog.getOpenFileName(self, title, str(self._preferences.folder), kinds)
        if chosen:
            self.use_preset(Path(chosen))

    def use_preset(self, path: Path) -> None:
        """Do, name and write as a preset says."""
        try:
            preset = self.kind.read_preset(path)
        except StudioError as error:
            self.failed.emit(Failure(error, str(error)))
            return
        if preset.pattern != PATTERN:
            self.pattern.setText(preset.pattern)
        if preset.suffix is not None:
            self._set_suffix(preset.suffix)
        if preset.enlarge is not None:
            self.enlarge.setCurrentIndex(self.enlarge.findData(preset.enlarge))
        self.recipes.choose_preset(preset)

    # What can be seen

    def _on_output(self) -> None:
        self._on_changed()
        if self.inputs:
            self._search.start()

    def _on_changed(self) -> None:
        self._show_example()
        self.lack.say(self.lack_text)
        self.changed.emit()

    def _show_photos(self) -> None:
        if not self.inputs:
            text = translate("Batch", "None yet")
        else:
            names = ", ".join(path.name or str(path) for path in self.inputs[:3])
            text = f"{names}, …" if len(self.inputs) > 3 else names
            if self._found is not None:
                one = translate("Batch", "(1 photo)")
                several = translate("Batch", "({count} photos)").format(count=self._found)
                text += f"   {one if self._found == 1 else several}"
        self.photos.setText(text)
        self.photos.setToolTip("\n".join(str(path) for path in self.inputs[:20]))

    def _show_example(self) -> None:
        problem = self.problem_text
        self.problem.say(problem)
        self.example.setVisible(not problem)
        if problem:
            return
        photo = self._first or SAMPLE
        recipe = self.recipes.recipe
        style = recipe.style if recipe is not None else ""
        (result,) = destinations(
            [(photo.parent, photo)], Path(), suffix_of=self._suffix_of, pattern=self.pattern.text(), style=style
        )
        self.example.setText(f"{photo.name}  →  {result}")
        self.example.setToolTip(self.example.text())

    def _suffix_of(self, photo: Path) -> str:
        own = photo.suffix.lower()
        return self.suffix or (own if own in WRITABLE_SUFFIXES else FALLBACK_SUFFIX)
