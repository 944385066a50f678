"""The settings: what to paint on, how large previews are, where dialogs begin, language and theme."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from studio.preferences import MOST_THREADS, PREVIEW_SIZES, Device, Preferences
from studio.theme import SPACE
from studio.translation import NAMES, in_words, languages, translate
from studio.worker import Failure, Worker, single
from workbench.errors import StudioError

WIDTH = 420  # px, of the fields


@dataclass(frozen=True)
class EngineFacts:
    """What would paint.

    Attributes:
        engine, device, threads: as `lapstyle info` says.
        weights: the name of their file.
        note: why it is not the device that could be expected, or "".
        no_gpu: why there is no GPU to choose, or "".
    """

    engine: str
    device: str
    threads: int
    weights: str
    note: str
    no_gpu: str


def look_up(device: Device, threads: int | None) -> EngineFacts:
    """What paints with these settings; in a worker's thread, since it loads the engine.

    Raises:
        DeviceMissing: nothing does.
    """
    import weights
    from lapstyle.checkpoints import load_checkpoint
    from lapstyle.engine import choose_engine
    from workbench.errors import DeviceMissing

    loaded = load_checkpoint(weights.path("lapstyle_universal.safetensors"))
    no_gpu = ""
    try:
        choose_engine(loaded, "gpu", threads, "auto")
    except DeviceMissing as error:
        no_gpu = str(error.details["reason"])
    engine = choose_engine(loaded, device, threads, "auto")
    return EngineFacts(engine.name, engine.device, engine.threads, Path(loaded.path).name, engine.note, no_gpu)


class SettingsDialog(QDialog):
    """Asks for the settings and keeps them; theme and language are for the window to switch.

    Signals:
        chosen: theme and language, when the rest is kept.
    """

    chosen = pyqtSignal(str, str)

    def __init__(self, preferences: Preferences, worker: Worker, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._preferences = preferences
        self._worker = worker
        self._make_fields()
        self._arrange()
        self._word()
        self._show_preferences()
        self.device.currentIndexChanged.connect(self._look_up)
        self.threads.valueChanged.connect(self._look_up)
        self._look_up()

    # Set-up

    def _make_fields(self) -> None:
        self.device = QComboBox()
        self.threads = QSpinBox()
        self.threads.setRange(0, MOST_THREADS)
        self.threads.setKeyboardTracking(False)
        self.facts = QLabel()
        self.facts.setObjectName("quiet")
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.facts.setWordWrap(True)
        self.facts.setFixedWidth(WIDTH)
        self.facts.setMinimumHeight(3 * self.fontMetrics().height())
        self.facts.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.preview = QComboBox()
        self.folder = QLineEdit()
        self.folder.setClearButtonEnabled(True)
        self.folder_button = QPushButton()
        self.folder_button.clicked.connect(self._ask_folder)
        self.language = QComboBox()
        self.theme = QComboBox()

    def _arrange(self) -> None:
        names = ("device", "threads", "facts", "preview", "folder", "language", "theme")
        self.names = {name: QLabel() for name in names}
        folder = QHBoxLayout()
        folder.setSpacing(SPACE)
        folder.addWidget(self.folder, 1)
        folder.addWidget(self.folder_button)
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setHorizontalSpacing(2 * SPACE)
        form.setVerticalSpacing(SPACE + SPACE // 2)
        form.addRow(self.names["device"], self.device)
        form.addRow(self.names["threads"], self.threads)
        form.addRow(self.names["facts"], self.facts)
        form.addRow(self.names["preview"], self.preview)
        form.addRow(self.names["folder"], folder)
        form.addRow(self.names["language"], self.language)
        form.addRow(self.names["theme"], self.theme)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Ok)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setObjectName("primary")
        self.buttons.accepted.connect(self._on_accepted)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        column.setSpacing(3 * SPACE)
        column.addLayout(form)
        column.addWidget(self.buttons)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)

    def _word(self) -> None:
        self.setWindowTitle(translate("SettingsDialog", "Settings"))
        for value, text in (
            ("auto", translate("SettingsDialog", "Automatic")),
            ("cpu", translate("SettingsDialog", "Processor")),
            ("gpu", translate("SettingsDialog", "Graphics card")),
        ):
            self.device.addItem(text, value)
        sizes = {
            "small": translate("SettingsDialog", "Small: fastest"),
            "usual": translate("SettingsDialog", "Usual"),
            "large": translate("SettingsDialog", "Large: finer, but slower"),
        }
        for size in PREVIEW_SIZES:
            self.preview.addItem(sizes[size], size)
        self.language.addItem(translate("SettingsDialog", "As the system"), "")
        for language in languages():
            self.language.addItem(NAMES[language], language)
        for value, text in (
            ("system", translate("SettingsDialog", "As the system")),
            ("light", translate("SettingsDialog", "Light")),
            ("dark", translate("SettingsDialog", "Dark")),
        ):
            self.theme.addItem(text, value)
        self.threads.setSpecialValueText(translate("SettingsDialog", "Automatic"))
        self.folder.setPlaceholderText(translate("SettingsDialog", "Where the last dialog was"))
        self.folder_button.setText(translate("SettingsDialog", "Choose…"))
        self.names["facts"].setText(translate("SettingsDialog", "Found"))
        for name, field, text, tip in (
            ("device", self.device, translate("SettingsDialog", "Paint on"),
             translate("SettingsDialog", "Automatic takes a graphics card where there is one that works")),
            ("threads", self.threads, translate("SettingsDialog", "Threads"),
             translate("SettingsDialog", "How many of the processor's cores paint")),
            ("preview", self.preview, translate("SettingsDialog", "Preview"),
             translate("SettingsDialog", "Size of the previews of photos opened from now on")),
            ("folder", self.folder, translate("SettingsDialog", "Folder"),
             translate("SettingsDialog", "Where the dialogs that open and save begin")),
            ("language", self.language, translate("SettingsDialog", "Language"),
             translate("SettingsDialog", "Language of the window")),
            ("theme", self.theme, translate("SettingsDialog", "Theme"),
             translate("SettingsDialog", "Light or dark")),
        ):  # fmt: skip
            self.names[name].setText(text)
            field.setAccessibleName(text)
            field.setToolTip(tip)
        self.folder_button.setToolTip(translate("SettingsDialog", "Choose the folder"))
        self.folder_button.setAccessibleName(translate("SettingsDialog", "Choose the folder"))

    def _show_preferences(self) -> None:
        preferences = self._preferences
        self.device.setCurrentIndex(self.device.findData(preferences.device))
        self.threads.setValue(preferences.threads or 0)
        self.preview.setCurrentIndex(self.preview.findData(preferences.preview_size))
        self.folder.setText(preferences.default_folder)
        self.language.setCurrentIndex(max(0, self.language.findData(preferences.language)))
        self.theme.setCurrentIndex(max(0, self.theme.findData(preferences.theme)))

    # The engine

    def _look_up(self) -> None:
        self.facts.setText(translate("SettingsDialog", "Looking…"))
        act = partial(look_up, self.device.currentData(), self.threads.value() or None)
        task = self._worker.submit(single(act), "facts")
        task.finished.connect(self._on_facts)
        task.failed.connect(self._on_missing)

    def _on_facts(self, facts: EngineFacts) -> None:
        lines = [
            translate("SettingsDialog", "{engine} on {device}, threads: {threads}").format(
                engine=facts.engine, device=in_words(facts.device), threads=facts.threads
            ),
            translate("SettingsDialog", "Weights: {name}").format(name=facts.weights),
        ]
        if facts.no_gpu:
            text = translate("SettingsDialog", "No graphics card: {reason}").format(reason=in_words(facts.no_gpu))
            lines.append(text)
        elif facts.note:
            lines.append(in_words(facts.note))
        self.facts.setText("\n".join(lines))
        self._allow_gpu(not facts.no_gpu)

    def _on_missing(self, failure: Failure) -> None:
        error = failure.error
        reason = in_words(error.details.get("reason", error)) if isinstance(error, StudioError) else str(error)
        self.facts.setText(translate("SettingsDialog", "No graphics card: {reason}").format(reason=reason))

    def _allow_gpu(self, there: bool) -> None:
        item = self.device.model().item(self.device.findData("gpu"))
        item.setEnabled(there or self.device.currentData() == "gpu")

    # What is chosen

    def _ask_folder(self) -> None:
        title = translate("SettingsDialog", "Choose the folder")
        chosen = QFileDialog.getExistingDirectory(self, title, str(self._preferences.folder))
        if chosen:
            self.folder.setText(chosen)

    def _on_accepted(self) -> None:
        preferences = self._preferences
        preferences.set_text("device", self.device.currentData())
        preferences.set_data("threads", self.threads.value() or None)
        preferences.set_text("preview size", self.preview.currentData())
        preferences.set_text("default folder", self.folder.text().strip())
        self.accept()
        self.chosen.emit(self.theme.currentData(), self.language.currentData())
