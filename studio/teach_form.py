"""What a style pack is made from: a painting, photos, how long it may take, and what the pack says about itself."""

import itertools
from pathlib import Path
from typing import Any

from PyQt5.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from lapstyle.training_settings import StyleTraining
from studio.plain_words import PlainLabel
from studio.services import Services
from studio.style_choice import StyleChoice
from studio.teach_painting import PaintingField
from studio.theme import SPACE
from studio.training_folder import FolderField
from studio.training_form import TrainingForm
from studio.translation import translate

MINUTES = 5, 10, 20, 40, 60, 120, 240
USUAL_MINUTES = 20
QUALITIES: dict[str, dict[str, Any]] = {
    "quick": {"sides": (96, 192, 384), "window": 192},
    "usual": {},
    "thorough": {"sides": (192, 384, 768), "window": 384, "examples": 120},
}
"""Other values than the defaults of `StyleTraining`, by quality; fewer large squares take no more memory."""
ARTIST_LENGTH, LICENCE_LENGTH = 120, 200  # as a pack's file takes


class TeachForm(TrainingForm):
    """The fields.

    Attributes:
        photo: what the samples show, too; None for none.
    """

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self.photo: Path | None = None
        self._make_controls()
        self._arrange()
        self._connect()
        self.retranslate()

    def _make_controls(self) -> None:
        self.painting = PaintingField(self.services)
        self.photos = FolderField(self.services, "photos", optional=True)
        self.minutes = QComboBox()
        for minutes in MINUTES:
            self.minutes.addItem("", minutes)
        self.minutes.setCurrentIndex(MINUTES.index(USUAL_MINUTES))
        self.quality = QComboBox()
        for quality in QUALITIES:
            self.quality.addItem("", quality)
        self.quality.setCurrentIndex(list(QUALITIES).index("usual"))
        self.artist = QLineEdit()
        self.artist.setMaxLength(ARTIST_LENGTH)
        self.licence = QLineEdit()
        self.licence.setMaxLength(LICENCE_LENGTH)
        self.shown = PlainLabel()
        self.shown.setObjectName("quiet")
        for box in (self.minutes, self.quality):  # as wide as there is room
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(6)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addWidget(self.painting)
        column.addWidget(self.photos)
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * SPACE)
        grid.setVerticalSpacing(SPACE)
        grid.setColumnStretch(1, 1)
        fields: dict[str, QWidget] = {
            "minutes": self.minutes, "quality": self.quality, "name": self.name,
            "artist": self.artist, "licence": self.licence,
        }  # fmt: skip
        self._fields = fields
        self.labels = {name: QLabel() for name in fields} | {"name": self.name_label}
        for row, (name, field) in enumerate(fields.items()):
            grid.addWidget(self.labels[name], row, 0)
            grid.addWidget(field, row, 1)
            self.labels[name].setBuddy(field)
        column.addLayout(grid)
        column.addLayout(self.place_row)
        column.addWidget(self.shown)
        column.addStretch(1)
        order = [self.painting.button, self.photos.button, self.photos.clear, *fields.values(), self.place_button]
        for before, after in itertools.pairwise(order):
            QWidget.setTabOrder(before, after)

    def _connect(self) -> None:
        self.painting.changed.connect(self._on_painting)
        self.photos.changed.connect(self.changed)
        for box in (self.minutes, self.quality):
            box.currentIndexChanged.connect(self.changed)

    def retranslate(self) -> None:
        super().retranslate()
        tip = translate("Teach", "Photos to practise on; a folder of yours teaches more than the samples that ship")
        self.photos.set_texts(translate("Teach", "Photos"), tip, translate("Teach", "The samples"))
        words = {
            "minutes": (
                translate("Teach", "Time"),
                translate("Teach", "How long it may take; you can stop earlier and keep what it has learned so far"),
            ),
            "quality": (
                translate("Teach", "Quality"),
                translate("Teach", "Larger squares show more of the painting at once, and need more time"),
            ),
            "artist": (translate("Teach", "Artist"), translate("Teach", "Who made the painting; the pack says it")),
            "licence": (
                translate("Teach", "Licence"),
                translate("Teach", "What others may do with the pack, if you send it to them"),
            ),
        }
        for name, (text, tip) in words.items():
            self.labels[name].setText(text)
            self._fields[name].setAccessibleName(text)
            self._fields[name].setToolTip(tip)
        self.name.setToolTip(translate("Teach", "What the style pack and its folder are called"))
        self._word_choices()
        self.set_photo(self.photo)

    def _word_choices(self) -> None:
        for index, minutes in enumerate(MINUTES):
            if minutes < 60:
                text = translate("Teach", "{minutes} minutes").format(minutes=minutes)
            elif minutes == 60:
                text = translate("Teach", "1 hour")
            else:
                text = translate("Teach", "{hours} hours").format(hours=minutes // 60)
            self.minutes.setItemText(index, text)
        qualities = (
            translate("Teach", "Quick: small squares"),
            translate("Teach", "Usual"),
            translate("Teach", "Thorough: large squares"),
        )
        for index, text in enumerate(qualities):
            self.quality.setItemText(index, text)

    def set_photo(self, photo: Path | None) -> None:
        """Show this photo in the samples, too."""
        self.photo = photo
        text = translate("Teach", "The samples will show your photo {name}, too.")
        self.shown.setText(text.format(name=photo.name) if photo is not None else "")
        self.shown.setVisible(photo is not None)

    def set_choice(self, choice: StyleChoice) -> None:
        """Teach a painting of the gallery."""
        self.painting.set_choice(choice)

    # What is set

    @property
    def lack(self) -> str:
        return self.painting.lack or self.photos.lack or self.lack_of_name

    @property
    def ready(self) -> bool:
        return not self.lack and self.painting.ready and (self.photos.folder is None or self.photos.ready)

    def settings(self) -> StyleTraining:
        assert self.painting.path is not None
        return StyleTraining(
            self.painting.path,
            self.photos.folder,
            minutes=float(self.minutes.currentData()),
            name=self.name.text().strip(),
            artist=self.artist.text().strip(),
            licence=self.licence.text().strip(),
            photo=self.photo,
            **QUALITIES[self.quality.currentData()],
        )

    def take(self, paths: tuple[Path, ...]) -> None:
        """A picture is the painting, a folder has the photos."""
        for path in paths:
            if path.is_dir():
                self.photos.take((path,))
            else:
                self.painting.set_file(path)

    def suggestion(self) -> str:
        return self.painting.title

    # What can be seen

    def _on_painting(self) -> None:
        if not self.painting.ready:  # it is another one
            self.suggest()
            self.artist.setText(self.painting.artist)
            self.licence.setText(self.painting.licence)
            for field in (self.name, self.artist, self.licence):  # long ones show their beginning
                field.setCursorPosition(0)
        self.changed.emit()
