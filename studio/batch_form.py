"""The upper part of the batch window: which photos, where to, under which names, and how they shall look."""

import itertools
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from PyQt5.QtCore import Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QPainter, QPaintEvent
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

from recipes.preset import load_preset
from studio.batch_plan import PATTERN, BatchPlan, look_of
from studio.controls import LanguageAware
from studio.painting import Look
from studio.presets import Presets
from studio.services import Services
from studio.theme import SPACE, icon
from studio.translation import sentence_of, translate
from studio.worker import Failure
from workbench.errors import StudioError
from workbench.formats import FORMATS, READABLE_SUFFIXES, WRITABLE_SUFFIXES, format_of_name
from workbench.image_io import WriteOptions
from workbench.tree import check_pattern, destinations

SAMPLE = Path("photo.jpg")  # in the example of a name, while there is no photo
TYPING = 500  # ms without a key until a folder's name is taken for whole
MOST_PRESETS = 40
FALLBACK_SUFFIX = ".png"  # of photos in a format that is only read


class ElidedLabel(QLabel):
    """A line that ends in dots where it is too long; the tooltip has all of it."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, text)


class BatchForm(LanguageAware):
    """What makes a `BatchPlan`.

    Attributes:
        inputs: folders and files.

    Signals:
        inputs_changed: other photos, or another folder for the results, which is not searched.
        changed: anything else.
        failed: `Failure`: a preset cannot be used.
    """

    inputs_changed = pyqtSignal()
    changed = pyqtSignal()
    failed = pyqtSignal(object)

    def __init__(self, services: Services, look_now: Callable[[], Look | None]) -> None:
        super().__init__()
        self.inputs: tuple[Path, ...] = ()
        self._preferences = services.preferences
        self._presets = Presets.beside(services.own_styles)
        self._look_now = look_now
        self._looks: list[tuple[str, Look, WriteOptions]] = []  # of the box, after its first item
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
        self.example = ElidedLabel()
        self.example.setObjectName("quiet")
        self.problem_icon = QLabel()
        self.problem = ElidedLabel()
        self.look = QComboBox()
        self.look.addItem("")
        for box in (self.format, self.look):  # as high as the fields and buttons beside them
            box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.preset_button = QPushButton()
        self.folder_button.clicked.connect(self.ask_folder)
        self.photos_button.clicked.connect(self.ask_photos)
        self.output_button.clicked.connect(self.ask_output)
        self.output.textChanged.connect(self._on_output)
        self.pattern.textChanged.connect(self._on_changed)
        self.format.currentIndexChanged.connect(self._on_changed)
        self.look.currentIndexChanged.connect(self._on_changed)
        self.preset_button.clicked.connect(self.ask_preset)

    def _arrange(self) -> None:
        self.labels = {name: QLabel() for name in ("photos", "output", "pattern", "look")}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE)
        grid.setVerticalSpacing(SPACE)
        grid.setColumnStretch(1, 1)
        naming = QHBoxLayout()
        naming.setSpacing(SPACE)
        naming.addWidget(self.pattern, 1)
        naming.addWidget(self.format)
        telling = QHBoxLayout()
        telling.setSpacing(SPACE // 2)
        telling.addWidget(self.problem_icon)
        telling.addWidget(self.problem, 1)
        telling.addWidget(self.example, 1)
        for row, name in ((0, "photos"), (1, "output"), (2, "pattern"), (4, "look")):
            grid.addWidget(self.labels[name], row, 0)
        grid.addWidget(self.photos, 0, 1)
        grid.addWidget(self.output, 1, 1, 1, 2)
        grid.addLayout(naming, 2, 1, 1, 3)
        grid.addLayout(telling, 3, 1, 1, 3)
        grid.addWidget(self.look, 4, 1, 1, 2)
        choosing = QHBoxLayout()
        choosing.setSpacing(SPACE)
        choosing.addWidget(self.folder_button)
        choosing.addWidget(self.photos_button)
        grid.addLayout(choosing, 0, 2, 1, 2)
        grid.addWidget(self.output_button, 1, 3)
        grid.addWidget(self.preset_button, 4, 3)
        for name, buddy in (("output", self.output), ("pattern", self.pattern), ("look", self.look)):
            self.labels[name].setBuddy(buddy)
        order = [self.folder_button, self.photos_button, self.output, self.output_button, self.pattern, self.format]
        order += [self.look, self.preset_button]
        for before, after in itertools.pairwise(order):
            QWidget.setTabOrder(before, after)

    def retranslate(self) -> None:
        self.labels["photos"].setText(translate("Batch", "Photos"))
        self.labels["output"].setText(translate("Batch", "Save &in"))
        self.labels["pattern"].setText(translate("Batch", "&Names"))
        self.labels["look"].setText(translate("Batch", "Pain&t"))
        tip = translate("Batch", "Choose a folder of photos (Ctrl+O)")
        self._word(self.folder_button, translate("Batch", "Folder…"), tip)
        tip = translate("Batch", "Choose single photos (Ctrl+Shift+O)")
        self._word(self.photos_button, translate("Batch", "Photos…"), tip)
        self._word(self.output_button, translate("Batch", "Choose…"), translate("Batch", "Choose where to save"))
        tip = translate("Batch", "Paint as a preset says")
        self._word(self.preset_button, translate("Batch", "Preset…"), tip)
        self.output.setAccessibleName(translate("Batch", "Folder to save in"))
        self.output.setToolTip(translate("Batch", "The paintings go here; your photos stay as they are"))
        self.pattern.setAccessibleName(translate("Batch", "Names of the paintings"))
        tip = "\n".join(
            [
                translate("Batch", "What the paintings are called:"),
                translate("Batch", "{stem}: the photo's name"),
                translate("Batch", "{style}: the style's name"),
                translate("Batch", "{index} or {index:03}: a number"),
                translate("Batch", "{ext}: the photo's ending"),
                translate("Batch", "A / makes folders."),
            ]
        )
        self.pattern.setToolTip(tip)
        self.format.setAccessibleName(translate("Batch", "Format"))
        self.format.setToolTip(translate("Batch", "Format of the paintings"))
        self.format.setItemText(0, translate("Batch", "Format as the photo's"))
        self.look.setAccessibleName(translate("Batch", "How to paint"))
        self.look.setToolTip(translate("Batch", "The style and the sliders to paint with"))
        self.refresh_icons()
        self.show_looks()
        self._show_photos()
        self._show_example()

    @staticmethod
    def _word(button: QPushButton, text: str, tip: str) -> None:
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)

    def refresh_icons(self) -> None:
        self.problem_icon.setPixmap(icon("triangle-alert").pixmap(16, 16))

    def _restore(self) -> None:
        self.output.setText(self._preferences.text("batch folder"))
        self.pattern.setText(self._preferences.text("batch pattern") or PATTERN)
        self._set_suffix(self._preferences.text("batch format") or None)

    def save(self) -> None:
        """Remember folder, pattern and format; a folder that was only suggested belongs to its photos alone."""
        folder = self.output.text()
        self._preferences.set_text("batch folder", "" if folder == self._suggested else folder)
        self._preferences.set_text("batch pattern", self.pattern.text())
        self._preferences.set_text("batch format", self.suffix or "")

    # What is set

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
        look, options = self._chosen_look()
        if not self.inputs or not self.output.text().strip() or self.problem_text or look is None or not look.styles:
            return None
        return BatchPlan(self.inputs, self.output_folder, look, self.pattern.text(), self.suffix, options)

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

    def set_inputs(self, inputs: tuple[Path, ...]) -> None:
        """Paint these; where no folder for the results was chosen yet, take one beside them."""
        self.inputs = inputs
        self._first = self._found = None
        if inputs and self.output.text().strip() in ("", self._suggested):
            first = inputs[0]
            name = translate("Batch", "{folder} painted").format(folder=first.name if first.is_dir() else "")
            self._suggested = str(first.parent / name.strip())
            self.output.setText(self._suggested)
        self.settle()
        self._show_photos()
        self._show_example()
        self.inputs_changed.emit()

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
        title = translate("Batch", "As before: {styles}").format(styles=titles(plan.look))
        self.look.setCurrentIndex(self._add_look(title, plan.look, plan.options))
        self.set_inputs(plan.inputs)

    def _chosen_look(self) -> tuple[Look | None, WriteOptions]:
        number = self.look.currentIndex() - 1
        return self._looks[number][1:] if number >= 0 else (self._look_now(), WriteOptions())

    def _add_look(self, title: str, look: Look, options: WriteOptions) -> int:
        """Offer a look, in the place of one with the same title; its place in the box."""
        number = next((number for number, each in enumerate(self._looks) if each[0] == title), len(self._looks))
        self._looks[number:] = [(title, look, options), *self._looks[number + 1 :]]
        if number + 1 == self.look.count():
            self.look.addItem(title)
        return number + 1

    def show_looks(self) -> None:
        """The main window's settings, and the user's presets, may have changed."""
        for path in self._presets.all()[:MOST_PRESETS]:
            with suppress(StudioError):  # who opens it is told
                preset = load_preset(path)
                self._add_look(preset_title(path, look := look_of(preset)), look, preset.options)
        now = self._look_now()
        text = translate("Batch", "As set in the window: {styles}").format(styles=titles(now) if now else "–")
        self.look.setItemText(0, text)
        self._show_example()

    # Asking

    def ask_folder(self) -> None:
        title = translate("Batch", "Folder of photos")
        if chosen := QFileDialog.getExistingDirectory(self, title, str(self._preferences.folder)):
            self._preferences.set_text("folder", chosen)
            self.set_inputs((Path(chosen),))

    def ask_photos(self) -> None:
        patterns = " ".join(f"*{suffix}" for suffix in sorted(READABLE_SUFFIXES))
        kinds = f"{translate('Files', 'Pictures')} ({patterns});;{translate('Files', 'All files')} (*)"
        title = translate("Batch", "Photos to paint")
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
        kinds = f"{translate('Batch', 'Presets')} (*.json);;{translate('Files', 'All files')} (*)"
        chosen, _ = QFileDialog.getOpenFileName(self, title, str(self._preferences.folder), kinds)
        if chosen:
            self.use_preset(Path(chosen))

    def use_preset(self, path: Path) -> None:
        """Paint, name and write as a preset says."""
        try:
            preset = load_preset(path)
            look = look_of(preset)
        except StudioError as error:
            self.failed.emit(Failure(error, str(error)))
            return
        if preset.pattern != PATTERN:
            self.pattern.setText(preset.pattern)
        if preset.suffix is not None:
            self._set_suffix(preset.suffix)
        self.look.setCurrentIndex(self._add_look(preset_title(path, look), look, preset.options))

    # What can be seen

    def _on_output(self) -> None:
        self._on_changed()
        if self.inputs:
            self._search.start()

    def _on_changed(self) -> None:
        self._show_example()
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
        self.problem.setText(problem)
        self.problem.setToolTip(problem)
        self.problem.setVisible(bool(problem))
        self.problem_icon.setVisible(bool(problem))
        self.example.setVisible(not problem)
        if problem:
            return
        photo = self._first or SAMPLE
        look, _ = self._chosen_look()
        styles = "+".join(choice.title for choice, _ in look.styles) if look else ""
        (result,) = destinations(
            [(photo.parent, photo)], Path(), suffix_of=self._suffix_of, pattern=self.pattern.text(), style=styles
        )
        self.example.setText(f"{photo.name}  →  {result}")
        self.example.setToolTip(self.example.text())

    def _suffix_of(self, photo: Path) -> str:
        own = photo.suffix.lower()
        return self.suffix or (own if own in WRITABLE_SUFFIXES else FALLBACK_SUFFIX)


def preset_title(path: Path, look: Look) -> str:
    return translate("Batch", "Preset {name}: {styles}").format(name=path.stem, styles=titles(look))


def titles(look: Look) -> str:
    """The paintings of a look."""
    return " + ".join(choice.shown_title for choice, _ in look.styles)
