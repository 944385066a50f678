"""The table of a batch: a row for each photo, with a thumbnail, how it stands, and its result."""

from collections import OrderedDict
from pathlib import Path
from typing import Any

from PyQt5.QtCore import QAbstractTableModel, QModelIndex, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QIcon, QImage, QKeyEvent, QPainter, QPaintEvent, QPalette, QPixmap
from PyQt5.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView

from studio.batch_run import Changes
from studio.theme import icon
from studio.translation import sentence_of, translate
from studio.worker import Worker, single
from workbench.entries import Entry, State
from workbench.errors import StudioError

PHOTO, STATE, TIME, RESULT = range(4)
THUMBNAIL = 48  # px; a row is a little higher
SHARPNESS = 2  # thumbnails have this many pixels for each of the screen's ordinary ones
KEPT = 600  # thumbnails
WAITING = 40  # thumbnails: more rows than a screen shows; what was scrolled past is not made
STYLE = """
QTableView { border: 1px solid palette(mid); border-radius: 5px;
    selection-background-color: palette(mid); selection-color: palette(text); }
QHeaderView { background: palette(alternate-base); }
QHeaderView::section { background: palette(alternate-base); border: none; border-bottom: 1px solid palette(mid);
    padding: 5px 4px; }
"""
ICONS = {
    State.WAITING: "clock",
    State.RUNNING: "brush",
    State.DONE: "circle-check",
    State.SKIPPED: "circle-check",
    State.FAILED: "circle-x",
    State.CANCELLED: "circle-slash",
}
MADE = (State.DONE, State.SKIPPED)
NOWHERE = Path()  # the destination of a photo before it is known


def name_of_state(state: State) -> str:
    """In the window's language."""
    return {
        State.WAITING: translate("Batch", "Waiting"),
        State.RUNNING: translate("Batch", "Working"),
        State.DONE: translate("Batch", "Done"),
        State.SKIPPED: translate("Batch", "Done already"),
        State.FAILED: translate("Batch", "Failed"),
        State.CANCELLED: translate("Batch", "Cancelled"),
    }[state]


def short_sentence(entry: Entry) -> str:
    """Why a photo failed, without the folder, which the row's tooltip has."""
    error = entry.error
    if error is None:
        return ""
    shortened = {
        name: Path(str(value)).name if value and Path(str(value)) in (entry.source, entry.destination) else value
        for name, value in error.details.items()
    }
    return sentence_of(type(error)(**shortened))


class Thumbnails:
    """Small copies of picture files, made in the background for what is on the screen: the newest wish first."""

    def __init__(self, worker: Worker, ready: Any) -> None:
        """
        Args:
            ready: called with the path of a picture when its thumbnail is there.
        """
        self._worker = worker
        self._ready = ready
        self._kept: OrderedDict[Path, QIcon | None] = OrderedDict()
        self._wanted: list[Path] = []
        self._busy = False

    def find(self, path: Path) -> QIcon | None:
        """The thumbnail; None while it is made, or where there is none."""
        if path in self._kept:
            self._kept.move_to_end(path)
            return self._kept[path]
        if path in self._wanted:
            self._wanted.remove(path)
        self._wanted = [*self._wanted[-WAITING:], path]
        self._make_next()
        return None

    def forget(self, path: Path) -> None:
        """The file changed."""
        self._kept.pop(path, None)

    def _make_next(self) -> None:
        if self._busy or not self._wanted:
            return
        self._busy = True
        path = self._wanted.pop()
        task = self._worker.submit(single(lambda: make_thumbnail(path)))
        task.finished.connect(lambda image: self._keep(path, image))
        task.ended.connect(self._on_ended)

    def _keep(self, path: Path, image: QImage | None) -> None:
        self._kept[path] = untinted(QPixmap.fromImage(image)) if image is not None else None
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self._ready(path)

    def _on_ended(self) -> None:
        self._busy = False
        self._make_next()


def untinted(pixmap: QPixmap) -> QIcon:
    """A picture that looks the same in a selected row."""
    result = QIcon(pixmap)
    result.addPixmap(pixmap, QIcon.Mode.Selected)
    return result


def make_thumbnail(path: Path) -> QImage | None:
    """A square of `THUMBNAIL` with the picture in its middle; in a worker's thread.

    None for what is no picture; painting it says what is wrong.
    """
    from studio.pictures import Mipmap
    from workbench.image_io import read_picture
    from workbench.picture import resized

    side = THUMBNAIL * SHARPNESS
    try:
        picture = read_picture(path)
    except StudioError:
        return None
    if max(picture.width, picture.height) > side:
        picture = resized(picture, side)
    small = Mipmap.build(picture.pixels, picture.alpha).levels[0]
    square = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    square.fill(Qt.GlobalColor.transparent)
    painter = QPainter(square)
    painter.drawImage((side - small.width()) // 2, (side - small.height()) // 2, small)
    painter.end()
    square.setDevicePixelRatio(SHARPNESS)
    return square


class BatchModel(QAbstractTableModel):
    """Entries as rows; thousands are no burden, as only changed rows are told and only seen ones are drawn."""

    def __init__(self, worker: Worker) -> None:
        super().__init__()
        self.entries: list[Entry] = []
        self._rows: dict[Path, int] = {}
        self._thumbnails = Thumbnails(worker, self._on_thumbnail)
        nothing = QPixmap(THUMBNAIL, THUMBNAIL)
        nothing.fill(Qt.GlobalColor.transparent)
        self._blank = untinted(nothing)  # so that names stand in a line
        self._icons: dict[State, QIcon] = {}

    def set_entries(self, entries: list[Entry]) -> None:
        """Show these."""
        self.beginResetModel()
        self.entries = list(entries)
        self._rows = {entry.source: row for row, entry in enumerate(entries)}
        self._rows |= {entry.destination: row for row, entry in enumerate(entries) if entry.destination != NOWHERE}
        self.endResetModel()

    def update(self, changes: Changes) -> None:
        """Take new states over; the view hears of them once."""
        rows = [row for row, _ in changes if row < len(self.entries)]
        for row, entry in changes:
            if row < len(self.entries):
                self.entries[row] = entry
                if entry.state is State.DONE:
                    self._thumbnails.forget(entry.destination)
                elif entry.state is State.RUNNING:
                    self._thumbnails.forget(entry.source)  # it may have been repaired since
        if rows:
            self.dataChanged.emit(self.index(min(rows), 0), self.index(max(rows), RESULT))

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        return 0 if parent.isValid() else len(self.entries)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else RESULT + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Vertical or role != Qt.ItemDataRole.DisplayRole:
            return super().headerData(section, orientation, role)
        return {
            PHOTO: translate("Batch", "Photo"),
            STATE: translate("Batch", "State"),
            TIME: translate("Batch", "Time"),
            RESULT: translate("Batch", "Result"),
        }[section]

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        entry, column = self.entries[index.row()], index.column()
        answers = {
            Qt.ItemDataRole.DisplayRole: self._text,
            Qt.ItemDataRole.AccessibleTextRole: self._text,
            Qt.ItemDataRole.DecorationRole: self._picture,
            Qt.ItemDataRole.ToolTipRole: self._tip,
        }
        if role in answers:
            return answers[Qt.ItemDataRole(role)](entry, column)
        if role == Qt.ItemDataRole.ForegroundRole and column == RESULT and entry.state not in MADE:
            return QApplication.palette().color(QPalette.ColorRole.PlaceholderText)
        return None

    def refresh_icons(self) -> None:
        """The theme changed."""
        self._icons.clear()
        if self.entries:
            self.dataChanged.emit(self.index(0, STATE), self.index(len(self.entries) - 1, STATE))

    @staticmethod
    def _text(entry: Entry, column: int) -> str:
        if column == PHOTO:
            return entry.source.name
        if column == STATE:
            return short_sentence(entry) or name_of_state(entry.state)
        if column == TIME:
            return translate("Batch", "{seconds} s").format(seconds=f"{entry.seconds:.1f}") if entry.seconds else ""
        return entry.destination.name

    def _picture(self, entry: Entry, column: int) -> QIcon | None:
        if column == PHOTO:
            return self._thumbnails.find(entry.source) or self._blank
        if column == RESULT and entry.destination != NOWHERE:
            return self._thumbnails.find(entry.destination) or self._blank if entry.state in MADE else self._blank
        if column != STATE:
            return None
        if entry.state not in self._icons:
            self._icons[entry.state] = untinted(icon(ICONS[entry.state]).pixmap(20, 20))
        return self._icons[entry.state]

    @staticmethod
    def _tip(entry: Entry, column: int) -> str | None:
        if column == PHOTO:
            return str(entry.source)
        if column == STATE and entry.error is not None:
            return sentence_of(entry.error)
        return str(entry.destination) if column == RESULT and entry.destination != NOWHERE else None

    def _on_thumbnail(self, path: Path) -> None:
        row = self._rows.get(path)
        if row is not None:
            self.dataChanged.emit(self.index(row, 0), self.index(row, RESULT), [Qt.ItemDataRole.DecorationRole])


class BatchTable(QTableView):
    """The rows.

    Signals:
        open_wanted: a row was double-clicked, or Enter pressed on it.
        cancel_wanted: Delete was pressed.
    """

    open_wanted = pyqtSignal(int)
    cancel_wanted = pyqtSignal()

    def __init__(self, model: BatchModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setIconSize(QSize(THUMBNAIL, THUMBNAIL))
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(THUMBNAIL + 8)
        rows.hide()
        columns = self.horizontalHeader()
        self.setStyleSheet(STYLE)
        columns.setHighlightSections(False)
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        columns.setSectionResizeMode(STATE, QHeaderView.ResizeMode.Stretch)
        for column, width in ((PHOTO, 260), (TIME, 80), (RESULT, 280)):
            self.setColumnWidth(column, width)
        self.doubleClicked.connect(lambda index: self.open_wanted.emit(index.row()))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.model().rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            text = translate("Batch", "Drop photos or a folder here, or choose them")
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        current = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and current.isValid():
            self.open_wanted.emit(current.row())
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.cancel_wanted.emit()
        else:
            super().keyPressEvent(event)

    @property
    def selected(self) -> list[int]:
        """Rows that are selected, in order."""
        return sorted(index.row() for index in self.selectionModel().selectedRows())
