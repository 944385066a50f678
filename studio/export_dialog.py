"""The export dialog: format, size and contents of a file, and what comes of them."""

from io import BytesIO

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from studio.export_options import LIMITS, LOSSY, SMALLEST, UNITS, WRITTEN, ExportOptions, size_to, too_large
from studio.painting import Photo
from studio.theme import SPACE
from studio.translation import in_words, translate
from workbench.formats import MEGAPIXEL_LIMIT

WIDTH = 420  # px, of the fields


class ExportDialog(QDialog):
    """Asks how to export a photo.

    Attributes:
        options: the choices as they are now.

    Signals:
        chosen: `ExportOptions`, when the user wants them; the dialog stays until it is told to `accept`.
    """

    chosen = pyqtSignal(object)

    def __init__(self, photo: Photo, options: ExportOptions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._picture = photo.picture
        self._aspect = photo.picture.width / photo.picture.height
        self._make_fields()
        self._arrange()
        self._word()
        self._show_options(options)
        self.unit.currentIndexChanged.connect(self._on_unit)
        for field in (self.quality, self.width_pixels, self.height_pixels, self.print_width, self.print_height):
            field.valueChanged.connect(self._refresh)
        self.dpi.valueChanged.connect(self._refresh)
        for box in (self.format, self.size_mode, self.unit, self.profile):
            box.currentIndexChanged.connect(self._refresh)
        self.metadata.toggled.connect(self._refresh)
        self._refresh()

    # Set-up

    def _make_fields(self) -> None:
        self.format = QComboBox()
        for kind in WRITTEN:
            self.format.addItem(kind.name, kind.name)
        self.quality_slider = QSlider(Qt.Orientation.Horizontal)
        self.quality = QSpinBox()
        for quality in (self.quality_slider, self.quality):
            quality.setRange(*map(int, LIMITS["quality"]))
        self.quality_slider.valueChanged.connect(self.quality.setValue)
        self.quality.valueChanged.connect(self.quality_slider.setValue)
        self.size_mode = QComboBox()
        self.width_pixels, self.height_pixels = QSpinBox(), QSpinBox()
        for pixels in (self.width_pixels, self.height_pixels):
            pixels.setRange(1, int(LIMITS["long_side"][1]))
        self.width_pixels.valueChanged.connect(lambda width: follow(self.height_pixels, width / self._aspect))
        self.height_pixels.valueChanged.connect(lambda height: follow(self.width_pixels, height * self._aspect))
        self.print_width, self.print_height = QDoubleSpinBox(), QDoubleSpinBox()
        for length in (self.print_width, self.print_height):
            length.setRange(*LIMITS["print_side"])
            length.setDecimals(1)
        self.print_width.valueChanged.connect(lambda width: follow(self.print_height, width / self._aspect))
        self.print_height.valueChanged.connect(lambda height: follow(self.print_width, height * self._aspect))
        self.unit = QComboBox()
        self.dpi = QSpinBox()
        self.dpi.setRange(*map(int, LIMITS["dpi"]))
        self.restore = QCheckBox()
        self.profile = QComboBox()
        self.metadata = QCheckBox()
        for number in (
            self.quality,
            self.dpi,
            self.width_pixels,
            self.height_pixels,
            self.print_width,
            self.print_height,
        ):
            number.setKeyboardTracking(False)

    def _arrange(self) -> None:
        self.quality_row = in_row(self.quality_slider, self.quality)
        self.quality_row.layout().setStretch(0, 1)
        self.times = QLabel("×"), QLabel("×")
        self.pixels_row = in_row(self.width_pixels, self.times[0], self.height_pixels, QLabel("px"))
        self.dpi_name = QLabel()
        self.print_row = in_row(
            self.print_width, self.times[1], self.print_height, self.unit, self.dpi_name, self.dpi, QLabel("dpi")
        )
        self.summary = QLabel()
        self.remarks = QLabel()
        for label in (self.summary, self.remarks):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.remarks.setObjectName("quiet")
        self.names = {name: QLabel() for name in ("format", "quality", "size", "colours", "metadata", "result")}
        sizes = QVBoxLayout()
        sizes.setSpacing(SPACE)
        for widget in (self.size_mode, self.restore, self.pixels_row, self.print_row):
            sizes.addWidget(widget)
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setHorizontalSpacing(2 * SPACE)
        form.setVerticalSpacing(SPACE + SPACE // 2)
        form.addRow(self.names["format"], self.format)
        form.addRow(self.names["quality"], self.quality_row)
        form.addRow(self.names["size"], sizes)
        form.addRow(self.names["colours"], self.profile)
        form.addRow(self.names["metadata"], self.metadata)
        form.addRow(self.names["result"], self.summary)
        form.addRow("", self.remarks)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.export_button = QPushButton()
        self.buttons.addButton(self.export_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self.export_button.setObjectName("primary")
        self.export_button.setDefault(True)
        self.buttons.accepted.connect(self._on_accepted)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        column.setSpacing(3 * SPACE)
        column.addLayout(form)
        column.addStretch(1)
        column.addWidget(self.buttons)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)  # it grows with what there is to say
        self.summary.setFixedWidth(WIDTH)
        self.remarks.setFixedWidth(WIDTH)

    def _word(self) -> None:
        self.setWindowTitle(translate("ExportDialog", "Export"))
        words = {
            "format": translate("ExportDialog", "Format"),
            "quality": translate("ExportDialog", "Quality"),
            "size": translate("ExportDialog", "Size"),
            "colours": translate("ExportDialog", "Colours"),
            "metadata": translate("ExportDialog", "Metadata"),
            "result": translate("ExportDialog", "Result"),
        }
        for name, text in words.items():
            self.names[name].setText(text)
        self.dpi_name.setText(translate("ExportDialog", "at"))
        self.size_mode.addItem(translate("ExportDialog", "The photo's own"), "photo")
        self.size_mode.addItem(translate("ExportDialog", "Enlarged 2 times"), "double")
        self.size_mode.addItem(translate("ExportDialog", "Enlarged 4 times"), "quadruple")
        self.size_mode.addItem(translate("ExportDialog", "In pixels"), "pixels")
        self.size_mode.addItem(translate("ExportDialog", "On paper"), "print")
        units = {"cm": translate("ExportDialog", "cm"), "inch": translate("ExportDialog", "inch")}
        for unit in UNITS:
            self.unit.addItem(units[unit], unit)
        self.profile.addItem(translate("ExportDialog", "sRGB, right on every screen"), False)
        if (profile := self._picture.metadata.icc_profile) is not None:
            own = translate("ExportDialog", "The photo's own profile ({name})").format(name=profile_name(profile))
            self.profile.addItem(own, True)
        self.restore.setText(translate("ExportDialog", "Take blur, noise and JPEG's traces away"))
        self.metadata.setText(translate("ExportDialog", "Keep date, place and camera"))
        self.export_button.setText(translate("ExportDialog", "Export…"))
        tips: list[tuple[QWidget, str, str]] = [
            (self.format, words["format"], translate("ExportDialog", "JPEG goes anywhere; PNG and TIFF lose nothing")),
            (self.quality_slider, words["quality"], translate("ExportDialog", "Higher is better and larger")),
            (self.quality, words["quality"], translate("ExportDialog", "Higher is better and larger")),
            (self.size_mode, words["size"], translate("ExportDialog", "How large the picture shall be")),
            (self.restore, self.restore.text(), translate("ExportDialog", "For a poor photo; it smooths a sharp one")),
            (self.width_pixels, translate("ExportDialog", "Width"), translate("ExportDialog", "Width in pixels")),
            (self.height_pixels, translate("ExportDialog", "Height"), translate("ExportDialog", "Height in pixels")),
            (self.print_width, translate("ExportDialog", "Width"), translate("ExportDialog", "Width on paper")),
            (self.print_height, translate("ExportDialog", "Height"), translate("ExportDialog", "Height on paper")),
            (self.unit, translate("ExportDialog", "Unit"), translate("ExportDialog", "Unit of the size on paper")),
            (self.dpi, translate("ExportDialog", "Pixels an inch"), translate("ExportDialog", "300 for good prints")),
            (self.profile, words["colours"], translate("ExportDialog", "Which colour profile the file has")),
            (self.metadata, words["metadata"], translate("ExportDialog", "Off: the file says nothing about the photo")),
            (self.export_button, translate("ExportDialog", "Export"), translate("ExportDialog", "Choose where")),
        ]  # fmt: skip
        for widget, name, tip in tips:
            widget.setAccessibleName(name)
            widget.setToolTip(tip)

    def _show_options(self, options: ExportOptions) -> None:
        self.format.setCurrentIndex(self.format.findData(options.format))
        self.quality.setValue(options.quality)
        self.size_mode.setCurrentIndex(self.size_mode.findData(options.size))
        width, height = size_to(self._picture.width, self._picture.height, options.long_side)
        self.width_pixels.setValue(width)
        self.height_pixels.setValue(height)
        self.unit.setCurrentIndex(self.unit.findData(options.unit))
        self._per_inch = UNITS[options.unit]
        (self.print_width if self._aspect >= 1 else self.print_height).setValue(options.print_side)
        self.dpi.setValue(options.dpi)
        self.profile.setCurrentIndex(max(0, self.profile.findData(options.own_profile)))
        self.restore.setChecked(options.restore)
        self.metadata.setChecked(options.metadata)

    # What is chosen

    @property
    def options(self) -> ExportOptions:
        return ExportOptions(
            format=self.format.currentData(),
            quality=self.quality.value(),
            size=self.size_mode.currentData(),
            long_side=max(SMALLEST, self.width_pixels.value(), self.height_pixels.value()),
            print_side=max(self.print_width.value(), self.print_height.value()),
            unit=self.unit.currentData(),
            dpi=self.dpi.value(),
            restore=self.restore.isChecked(),
            metadata=self.metadata.isChecked(),
            own_profile=self.profile.currentData(),
        )

    @property
    def problem(self) -> str:
        """Why it cannot be exported like this; "" where it can."""
        options = self.options
        size = options.pixels(self._picture.width, self._picture.height)
        if max(size) < SMALLEST:
            return translate("ExportDialog", "That is too small: at least {least} pixels.").format(least=SMALLEST)
        if too_large(*size):
            text = translate("ExportDialog", "That is too large: at most {limit} megapixels can be painted.")
            return text.format(limit=MEGAPIXEL_LIMIT)
        if max(size) > options.kind.side_limit:
            text = translate("ExportDialog", "{format} holds at most {limit} pixels a side. PNG and TIFF hold more.")
            return text.format(format=options.format, limit=options.kind.side_limit)
        return ""

    def _on_accepted(self) -> None:
        if not self.problem:
            self.chosen.emit(self.options)

    def _on_unit(self) -> None:
        """The size on paper stays, in other numbers."""
        factor = UNITS[self.unit.currentData()] / self._per_inch
        self._per_inch *= factor
        side = self.print_width if self._aspect >= 1 else self.print_height
        side.setValue(side.value() * factor)

    # What comes of it

    def _refresh(self) -> None:
        options = self.options
        lossy = options.format in LOSSY
        self.quality_row.setEnabled(lossy)
        self.names["quality"].setEnabled(lossy)
        self.restore.setVisible(options.factor is not None)
        self.pixels_row.setVisible(options.size == "pixels")
        self.print_row.setVisible(options.size == "print")
        self.profile.setEnabled(self.profile.count() > 1)
        width, height = options.pixels(self._picture.width, self._picture.height)
        text = translate("ExportDialog", "{width} × {height} pixels, {megapixels} megapixels")
        self.summary.setText(text.format(width=width, height=height, megapixels=f"{width * height / 1e6:.1f}"))
        problem = self.problem
        self.remarks.setText(problem or "\n".join(self._remarks(options, max(width, height))))
        self.remarks.setVisible(bool(self.remarks.text()))
        self.export_button.setEnabled(not problem)

    def _remarks(self, options: ExportOptions, long_side: int) -> list[str]:
        """How the picture comes to its size, and what the file does not hold."""
        from workbench.image_io import losses

        own_side = max(self._picture.width, self._picture.height)
        remarks = []
        if options.factor is not None:
            remarks.append(translate("ExportDialog", "Sharper than resizing; the strokes grow, too. It takes minutes."))
        elif long_side > own_side:
            remarks.append(translate("ExportDialog", "Painted anew at this size, with sharp strokes. It takes longer."))
        elif long_side < own_side:
            remarks.append(translate("ExportDialog", "Painted at the photo's size, then reduced."))
        if options.format not in LOSSY:
            remarks.append(translate("ExportDialog", "Nothing is lost to compression."))
        lost = losses(self._picture, f"picture{options.kind.suffixes[0]}", options.write_options())
        return remarks + [in_words(sentence) for sentence in lost]


def follow(other: QSpinBox | QDoubleSpinBox, value: float) -> None:
    """Keep the aspect: the other side follows, without answering."""
    other.blockSignals(True)
    if isinstance(other, QDoubleSpinBox):
        other.setValue(value)
    else:
        other.setValue(round(value))
    other.blockSignals(False)


def in_row(*widgets: QWidget) -> QWidget:
    """The widgets side by side."""
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(SPACE)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(0)
    return row


def profile_name(profile: bytes) -> str:
    """What a colour profile calls itself."""
    from PIL import ImageCms

    try:
        return ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(BytesIO(profile))).strip()
    except (ImageCms.PyCMSError, OSError, ValueError):
        return translate("ExportDialog", "unnamed")
