"""The results under the picture, to return to and to compare."""

from PyQt5.QtCore import QEvent, QItemSelectionModel, QModelIndex, QRect, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QContextMenuEvent, QKeyEvent, QPainter, QPainterPath, QPalette, QPen
from PyQt5.QtWidgets import QListView, QMenu, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.history import Entry, History
from studio.theme import SPACE
from studio.translation import translate

CELL = QSize(100, 72)
RADIUS = 5


class ThumbnailDelegate(QStyledItemDelegate):
    """Draws a result, and a ring around one that is chosen."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex) -> QSize:
        return CELL

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        picture = index.data(Qt.ItemDataRole.DecorationRole)
        place = option.rect.adjusted(SPACE // 2, SPACE // 2, -SPACE // 2, -SPACE // 2)
        shape = QPainterPath()
        shape.addRoundedRect(place.x(), place.y(), place.width(), place.height(), RADIUS, RADIUS)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setClipPath(shape)
        size = picture.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        corner = place.center() - QRect(0, 0, size.width(), size.height()).center()
        painter.drawPixmap(QRect(corner, size), picture)
        painter.setClipping(False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(option.palette.color(QPalette.ColorRole.Highlight), 3))
            painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        elif option.state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus):
            painter.setPen(QPen(option.palette.color(QPalette.ColorRole.PlaceholderText), 1.5))
            painter.drawRoundedRect(place, RADIUS, RADIUS)
        painter.restore()


class Filmstrip(QListView):
    """A row of results; hidden while there are none.

    Signals:
        chosen: `Entry` to return to.
        paired: two `Entry`s to compare, in the order of the strip.
        removal_wanted: list of `Entry`.
    """

    chosen = pyqtSignal(object)
    paired = pyqtSignal(object, object)
    removal_wanted = pyqtSignal(list)

    def __init__(self, history: History) -> None:
        super().__init__()
        self.setObjectName("filmstrip")
        self._history = history
        history.setParent(self)  # it must outlive the view, whose selection needs it
        self._picked: list[Entry] = []
        self.setModel(history)
        self.setItemDelegate(ThumbnailDelegate(self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedHeight(CELL.height() + SPACE + self.horizontalScrollBar().sizeHint().height())
        self.selectionModel().selectionChanged.connect(self._on_selection)
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(translate("Filmstrip", "Results"))
        self.setAccessibleDescription(
            translate(
                "Filmstrip",
                "The arrow keys return to a result; Ctrl and click, or Shift and an arrow key, compares two; "
                "Delete removes one from this list.",
            )
        )

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @property
    def picked(self) -> list[Entry]:
        """Those that are chosen, at most two."""
        return list(self._picked)

    def pick(self, *entries: Entry) -> None:
        """Show these as chosen, without telling anyone."""
        self._picked = list(entries)
        selection = self.selectionModel()
        selection.blockSignals(True)
        selection.clearSelection()
        for entry in entries:
            if (row := self._history.row_of(entry)) is not None:
                selection.setCurrentIndex(self._history.index(row), QItemSelectionModel.SelectionFlag.Select)
                self.scrollTo(self._history.index(row))
        selection.blockSignals(False)
        self.viewport().update()

    def _on_selection(self) -> None:
        entries = [index.data(History.Kept) for index in self.selectionModel().selectedIndexes()]
        if len(entries) > 2:  # the one that was there first, and the newest choice
            current = self.currentIndex().data(History.Kept)
            others = [entry for entry in self._picked if entry in entries and entry is not current]
            entries = [*others[:1], current] if others else entries[:2]
            self.pick(*entries)
        self._picked = entries
        if len(entries) == 2:
            self.paired.emit(*sorted(entries, key=self._history.entries.index))
        elif entries:
            self.chosen.emit(entries[0])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            if self._picked:
                self.removal_wanted.emit(self.picked)
        elif event.text().isalpha() and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            event.ignore()  # letters are the window's shortcuts
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        if index.isValid():
            self.menu_of(index.data(History.Kept)).popup(event.globalPos())

    def menu_of(self, entry: Entry) -> QMenu:
        """What can be done with a result."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        entries = [entry] if entry not in self._picked else self.picked
        menu.addAction(translate("Filmstrip", "&Remove")).triggered.connect(lambda: self.removal_wanted.emit(entries))
        menu.addAction(translate("Filmstrip", "Remove &all")).triggered.connect(
            lambda: self.removal_wanted.emit(list(self._history.entries))
        )
        return menu
