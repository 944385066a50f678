"""The models to choose from, as cards with a picture before and after; the user's own checkpoints among them."""

from functools import partial
from pathlib import Path
from typing import Any

from PyQt5.QtCore import QAbstractListModel, QEvent, QModelIndex, QRect, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QFont, QImage, QPainter, QPalette, QPixmap
from PyQt5.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
)

from studio.cards import CardsView, draw_frame, draw_ring
from studio.controls import LanguageAware
from studio.theme import NOT_CUT, SPACE, icon
from studio.translation import translate
from studio.translation_look import ModelChoice, in_words_of
from studio.worker import Worker, single

THUMBNAIL = 320  # px, long side; shown at half that, sharp on dense screens
PICTURE_SHARE = 0.36  # of a card's width is the height of its pictures
EXAMPLE = "samples/mountains.jpg"  # what a checkpoint without pictures is tried on
EXAMPLE_SIZE = 256  # px
ONE_LINE = int(Qt.AlignmentFlag.AlignLeft) | NOT_CUT
Pair = tuple[QPixmap, QPixmap]


class ModelsModel(QAbstractListModel):
    """The models; their pictures are made in the background when they are first asked for."""

    Choice = Qt.ItemDataRole.UserRole

    def __init__(self, worker: Worker) -> None:
        super().__init__()
        self._worker = worker
        self._pairs: dict[tuple[str, int], Pair | None] = {}
        self.choices: list[ModelChoice] = []

    def set_choices(self, choices: list[ModelChoice]) -> None:
        self.beginResetModel()
        self.choices = choices
        self.endResetModel()

    def row_of(self, id: str) -> int | None:
        return next((row for row, choice in enumerate(self.choices) if choice.id == id), None)

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        return 0 if parent.isValid() else len(self.choices)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        choice = self.choices[index.row()]
        if role == self.Choice:
            return choice
        if role == Qt.ItemDataRole.DecorationRole:
            return self.pictures(choice)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return describe(choice)
        return choice.title if role == Qt.ItemDataRole.DisplayRole else None

    def pictures(self, choice: ModelChoice) -> Pair | None:
        """Before and after, or None while they are made."""
        if choice.key not in self._pairs:
            self._pairs[choice.key] = None
            task = self._worker.submit(single(partial(make_pictures, choice)))
            task.finished.connect(partial(self._on_pictures, choice))
        return self._pairs[choice.key]

    def _on_pictures(self, choice: ModelChoice, images: tuple[QImage, QImage]) -> None:
        before, after = images
        self._pairs[choice.key] = QPixmap.fromImage(before), QPixmap.fromImage(after)
        if (row := self.row_of(choice.id)) is not None:
            self.dataChanged.emit(self.index(row), self.index(row), [Qt.ItemDataRole.DecorationRole])


def describe(choice: ModelChoice) -> str:
    """A card in words, for tips and screen readers."""
    ways = [choice.way(direction) for direction in choice.model.directions]
    where = choice.id if choice.own else in_words_of(choice.model.description)
    return "\n".join(line for line in (choice.title, *ways, where) if line)


def make_pictures(choice: ModelChoice) -> tuple[QImage, QImage]:
    """Small pictures before and after; one of our samples where none came with the model. In a worker's thread."""
    import assets
    from cyclegan.translation import TranslationSettings
    from cyclegan.translator import Translator
    from studio.pictures import Mipmap
    from workbench.image_io import read_picture
    from workbench.picture import resized
    from workbench.progress import run

    thumbnails = choice.model.thumbnails
    if thumbnails is not None:
        pictures = [resized(read_picture(path), THUMBNAIL) for path in thumbnails]
    else:
        before = resized(read_picture(assets.path(EXAMPLE)), EXAMPLE_SIZE)
        translator = Translator(choice.model, choice.model.directions[0])
        pictures = [before, run(translator.translate(before, TranslationSettings(size=None)))]
    before_image, after_image = (Mipmap.build(picture.pixels).levels[0].copy() for picture in pictures)
    return before_image, after_image


class ModelDelegate(QStyledItemDelegate):
    """Draws the pictures beside each other, the title and what becomes of what; and a ring around the chosen card."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex) -> QSize:
        view = option.widget
        width = view.viewport().width() - 1 if isinstance(view, QListView) else 280
        return QSize(width, round(width * PICTURE_SHARE) + 2 * option.fontMetrics.height() + 2 * SPACE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        choice: ModelChoice = index.data(ModelsModel.Choice)
        cell = option.rect.adjusted(SPACE // 2, SPACE // 2, -SPACE // 2, -SPACE // 2)
        place = QRect(cell.left(), cell.top(), cell.width(), round(option.rect.width() * PICTURE_SHARE))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        draw_pictures(painter, place, index.data(Qt.ItemDataRole.DecorationRole), option.palette)
        draw_ring(painter, place, option)
        line = option.fontMetrics.height()
        text = QRect(cell.left() + 2, place.bottom() + SPACE // 2, cell.width() - 4, line)
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        elide = Qt.TextElideMode.ElideMiddle if choice.own else Qt.TextElideMode.ElideRight
        painter.drawText(text, ONE_LINE, option.fontMetrics.elidedText(choice.title, elide, text.width()))
        small = QFont(option.font)
        small.setPointSizeF(small.pointSizeF() * 0.88)
        painter.setFont(small)
        painter.setPen(option.palette.color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(text.translated(0, line), ONE_LINE, short_way(choice))
        painter.restore()


def short_way(choice: ModelChoice) -> str:
    """ "Photo ⇄ Van Gogh" for a model that goes both ways."""
    directions = choice.model.directions
    way = choice.way(directions[0])
    return way.replace("→", "⇄") if len(directions) > 1 else way


def draw_pictures(painter: QPainter, place: QRect, pair: Pair | None, palette: QPalette) -> None:
    shape = draw_frame(painter, place, palette)
    if pair is None:
        return
    painter.save()
    painter.setClipPath(shape)
    half = place.width() // 2
    for picture, left in zip(pair, (place.left(), place.left() + half + 1), strict=True):
        target = QRect(left, place.top(), half, place.height())
        size = target.size().scaled(picture.size(), Qt.AspectRatioMode.KeepAspectRatio)
        source = QRect((picture.width() - size.width()) // 2, (picture.height() - size.height()) // 2, 0, 0)
        source.setSize(size)
        painter.drawPixmap(target, picture, source)
    painter.restore()


class ModelsView(CardsView):
    """Cards below each other."""

    def __init__(self) -> None:
        super().__init__()
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setItemDelegate(ModelDelegate(self))


class ModelCards(LanguageAware):
    """The cards, with a button to load a checkpoint.

    Signals:
        chosen: another model, or None where none is left; also when `choose` picked it.
        picked: the user is about to choose a card.
        load_wanted: the button was pressed.
        loaded: a checkpoint has become a card.
    """

    chosen = pyqtSignal()
    picked = pyqtSignal()
    load_wanted = pyqtSignal()
    loaded = pyqtSignal()

    def __init__(self, worker: Worker) -> None:
        super().__init__()
        self.model = ModelsModel(worker)
        self.view = ModelsView()
        self.view.setModel(self.model)
        self.heading = QLabel()
        self.empty = QLabel()
        self.empty.setObjectName("quiet")
        self.empty.setWordWrap(True)
        self.load_button = QToolButton()
        self.load_button.clicked.connect(self.load_wanted)
        self._chosen: str | None = None
        row = QHBoxLayout()
        row.addWidget(self.heading, 1)
        row.addWidget(self.load_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addLayout(row)
        layout.addWidget(self.empty)
        layout.addWidget(self.view, 1)
        layout.addStretch()
        self.view.removal_wanted.connect(self.remove_current)
        self.view.selectionModel().currentChanged.connect(self._on_current)
        self.retranslate()

    def retranslate(self) -> None:
        self.heading.setText(translate("ModelCards", "Models"))
        self.view.setAccessibleName(translate("ModelCards", "Models"))
        self.view.setAccessibleDescription(
            translate("ModelCards", "Choose one with the arrows; Delete takes a checkpoint of yours away.")
        )
        self.empty.setText(
            translate("ModelCards", "There is no model yet. Load a checkpoint, drop one here, or train one.")
        )
        self.load_button.setAccessibleName(translate("ModelCards", "Load a checkpoint"))
        self.load_button.setToolTip(translate("ModelCards", "Load a checkpoint of your own (Ctrl+Shift+O)"))
        self.view.viewport().update()
        self.refresh_icons()
        self._refresh()

    def refresh_icons(self) -> None:
        self.load_button.setIcon(icon("plus"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.refresh_icons()
        super().changeEvent(event)

    @property
    def choice(self) -> ModelChoice | None:
        """The model that is chosen; None where there is none."""
        row = None if self._chosen is None else self.model.row_of(self._chosen)
        return None if row is None else self.model.choices[row]

    @property
    def own_files(self) -> list[Path]:
        """Of the checkpoints that the user loaded."""
        return [Path(choice.id) for choice in self.model.choices if choice.own]

    def set_choices(self, choices: list[ModelChoice]) -> None:
        """Show these, and keep the choice where it is still there."""
        ids = [choice.id for choice in choices]
        self._chosen = self._chosen if self._chosen in ids else next(iter(ids), None)
        self.model.set_choices(choices)
        self._show_chosen()
        self._refresh()
        self.chosen.emit()

    def add(self, choice: ModelChoice) -> None:
        """Show one more, in place of what its file held before."""
        others = [each for each in self.model.choices if each.id != choice.id]
        own = [each for each in others if each.own]
        self.set_choices([choice, *own, *(each for each in others if not each.own)])

    def choose(self, id: str) -> None:
        """Choose a model; an unknown one changes nothing."""
        if self.model.row_of(id) is not None and id != self._chosen:
            self._chosen = id
            self._show_chosen()
            self.chosen.emit()

    def remove_current(self) -> None:
        """Take a checkpoint of the user's from the cards; its file stays where it is."""
        gone = self.choice
        if gone is not None and gone.own:
            self.set_choices([choice for choice in self.model.choices if choice is not gone])

    def _show_chosen(self) -> None:
        """Bring the view in line, without hearing back from it."""
        row = None if self._chosen is None else self.model.row_of(self._chosen)
        selection = self.view.selectionModel()
        selection.blockSignals(True)
        self.view.setCurrentIndex(self.model.index(row) if row is not None else QModelIndex())
        selection.blockSignals(False)
        self.view.viewport().update()

    def _on_current(self, current: QModelIndex) -> None:
        if current.isValid():
            self.picked.emit()
            self.choose(current.data(ModelsModel.Choice).id)

    def _refresh(self) -> None:
        self.empty.setVisible(not self.model.choices)
        self.view.setVisible(bool(self.model.choices))
