"""The styles to pick from: paintings and packs, with thumbnails, search and blending by choice."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PyQt5.QtCore import (
    QAbstractListModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRect,
    QSize,
    QSortFilterProxyModel,
    Qt,
    pyqtSignal,
)
from PyQt5.QtGui import (
    QFont,
    QImage,
    QPainter,
    QPalette,
    QPixmap,
)
from PyQt5.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.cards import CardsView, draw_frame, draw_ring
from studio.look_words import settings_in_words
from studio.plain_words import tip_of
from studio.style_choice import StyleChoice
from studio.theme import NOT_CUT, SPACE, draw_icon, icon
from studio.translation import translate
from studio.worker import Worker, single

THUMBNAIL = 320  # px, long side; shown at half that, sharp on dense screens
COLUMNS = 2
ABOVE = 0.2  # of what is cropped of a tall painting, most goes at the bottom: faces are above the middle
ONE_LINE = int(Qt.AlignmentFlag.AlignLeft) | NOT_CUT
BADGE = 22  # px
PICTURE_SHARE = 0.72  # of a cell's width is the height of its picture


class StylesModel(QAbstractListModel):
    """The gallery's styles; thumbnails are made in the background when they are first asked for."""

    Choice = Qt.ItemDataRole.UserRole
    SearchText = Qt.ItemDataRole.UserRole + 1
    renamed = pyqtSignal(str, str)

    def __init__(self, worker: Worker) -> None:
        super().__init__()
        self._worker = worker
        self._styles: list[StyleChoice] = []
        self._thumbnails: dict[str, QPixmap | None] = {}

    def set_styles(self, styles: list[StyleChoice]) -> None:
        self.beginResetModel()
        self._styles = styles
        known = {style.id for style in styles}  # a pack may get the name of one that has left
        self._thumbnails = {id: picture for id, picture in self._thumbnails.items() if id in known}
        self.endResetModel()

    @property
    def styles(self) -> list[StyleChoice]:
        return list(self._styles)

    def row_of(self, id: str) -> int | None:
        return next((row for row, style in enumerate(self._styles) if style.id == id), None)

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        return 0 if parent.isValid() else len(self._styles)

    def flags(self, index: QModelIndex) -> Qt.ItemFlags:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.isValid() and self._styles[index.row()].renamable else flags

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        style = self._styles[index.row()]
        if role == self.Choice:
            return style
        if role == Qt.ItemDataRole.DecorationRole:
            return self.thumbnail(style)
        if role == self.SearchText:
            shown = f"{style.shown_title} {style.shown_artist} {style.caption if style.pack else ''}"
            return f"{style.title} {style.artist} {style.year} {shown}"
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            words = describe(style)
            return tip_of(words) if role == Qt.ItemDataRole.ToolTipRole else words
        return style.shown_title if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole) else None

    def setData(self, index: QModelIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        title = str(value).strip()
        if role != Qt.ItemDataRole.EditRole or not title:
            return False
        style = self._styles[index.row()]
        self._styles[index.row()] = replace(style, title=title)
        self.dataChanged.emit(index, index)
        self.renamed.emit(style.id, title)
        return True

    def thumbnail(self, style: StyleChoice) -> QPixmap | None:
        """The thumbnail, or None while it is made."""
        if style.id not in self._thumbnails:
            self._thumbnails[style.id] = None
            task = self._worker.submit(single(partial(make_thumbnail, style)))
            task.finished.connect(lambda image: self._on_thumbnail(style.id, image))
        return self._thumbnails[style.id]

    def _on_thumbnail(self, id: str, image: QImage) -> None:
        if (row := self.row_of(id)) is not None:
            self._thumbnails[id] = QPixmap.fromImage(image)
            self.dataChanged.emit(self.index(row), self.index(row), [Qt.ItemDataRole.DecorationRole])


def make_thumbnail(style: StyleChoice) -> QImage:
    """A small copy of a painting; in a worker's thread."""
    from lapstyle.packs import read_pack
    from studio.pictures import Mipmap
    from workbench.image_io import read_picture
    from workbench.picture import resized

    picture = read_pack(style.path).painting if style.pack else read_picture(style.path)
    if max(picture.width, picture.height) > THUMBNAIL:
        picture = resized(picture, THUMBNAIL)
    return Mipmap.build(picture.pixels).levels[0].copy()


def describe(style: StyleChoice) -> str:
    """A card in words, for tips and screen readers: whose it is, and of a pack all that it says about itself."""
    lines = [style.shown_title, style.caption]
    if style.pack:
        lines.append(
            translate("Gallery", "It has learned this one painting, and paints more like it than the universal model.")
        )
        if style.licence:
            lines.append(translate("Gallery", "Licence: {licence}").format(licence=style.licence))
        if words := settings_in_words(style.settings):
            lines.append(translate("Gallery", "Recommended: {settings}").format(settings=words))
    return "\n".join(filter(None, lines))


class StyleDelegate(QStyledItemDelegate):
    """Draws a painting with its title and artist, and a ring around a chosen one."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex) -> QSize:
        view = option.widget
        width = (view.viewport().width() - 1) // COLUMNS if isinstance(view, QListView) else 140
        return QSize(width, round(width * PICTURE_SHARE) + 3 * option.fontMetrics.height() + SPACE // 2)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        style: StyleChoice = index.data(StylesModel.Choice)
        cell = option.rect.adjusted(SPACE // 2, SPACE // 2, -SPACE // 2, -SPACE // 2)
        place = QRect(cell.left(), cell.top(), cell.width(), round(option.rect.width() * PICTURE_SHARE) - SPACE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._draw_picture(painter, place, index.data(Qt.ItemDataRole.DecorationRole), option)
        if style.pack:
            draw_badge(painter, place, option)
        draw_ring(painter, place, option)
        line = option.fontMetrics.height()
        text = QRect(cell.left() + 2, place.bottom() + SPACE // 2, cell.width() - 4, line)
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        painter.drawText(
            text,
            ONE_LINE,
            option.fontMetrics.elidedText(style.shown_title, Qt.TextElideMode.ElideRight, text.width()),
        )
        small = QFont(option.font)
        small.setPointSizeF(small.pointSizeF() * 0.88)
        painter.setFont(small)
        painter.setPen(option.palette.color(QPalette.ColorRole.PlaceholderText))
        artist = painter.fontMetrics().elidedText(style.shown_artist, Qt.TextElideMode.ElideRight, text.width())
        painter.drawText(text.translated(0, line), ONE_LINE, artist)
        below = translate("Gallery", "Style pack") if style.pack else style.shown_year
        painter.drawText(text.translated(0, line + painter.fontMetrics().height()), ONE_LINE, below)
        painter.restore()

    @staticmethod
    def _draw_picture(painter: QPainter, place: QRect, picture: QPixmap | None, option: QStyleOptionViewItem) -> None:
        shape = draw_frame(painter, place, option.palette)
        if picture is None:
            return
        painter.save()
        painter.setClipPath(shape)
        size = picture.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        corner = QPoint(
            place.center().x() - size.width() // 2, place.top() + round((place.height() - size.height()) * ABOVE)
        )
        painter.drawPixmap(QRect(corner, size), picture)
        painter.restore()

    def setEditorData(self, editor: QWidget, index: QModelIndex) -> None:
        """Once only: Qt asks again when a thumbnail arrives, and would undo what has been typed."""
        if isinstance(editor, QLineEdit) and not editor.text():
            super().setEditorData(editor, index)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: QModelIndex) -> None:
        height = editor.sizeHint().height()
        top = option.rect.top() + round(option.rect.width() * PICTURE_SHARE) - SPACE // 2
        editor.setGeometry(option.rect.left(), top, option.rect.width(), height)


def draw_badge(painter: QPainter, place: QRect, option: QStyleOptionViewItem) -> None:
    """What tells a pack from a painting: a brush in the picture's corner."""
    badge = QRect(place.right() - BADGE - SPACE // 2, place.top() + SPACE // 2, BADGE, BADGE)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(option.palette.color(QPalette.ColorRole.Highlight))
    painter.drawEllipse(badge)
    color = option.palette.color(QPalette.ColorRole.HighlightedText)
    side, ratio = BADGE - 8, painter.device().devicePixelRatioF()
    painter.drawPixmap(badge.topLeft() + QPoint(4, 4), draw_icon("brush", color, side, ratio))


class StylesView(CardsView):
    """Paintings in columns that fill the width."""

    def __init__(self) -> None:
        super().__init__()
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setAcceptDrops(False)
        self.setDragEnabled(False)
        self.setEditTriggers(QListView.EditTrigger.EditKeyPressed)
        self.setItemDelegate(StyleDelegate(self))


class Gallery(QWidget):
    """The gallery with its search field.

    Signals:
        chosen: list of `StyleChoice`, when the user or `choose` picked others; never empty.
        add_wanted: the button to add a painting was pressed.
        removal_wanted: `StyleChoice` of the user's own, which shall go.
        renamed: id and new title of one of the user's own.
        teaching_wanted: `StyleChoice` of a painting that a pack shall be taught of.
        settings_wanted: `StyleChoice` of a pack to paint with as it recommends.
    """

    chosen = pyqtSignal(list)
    add_wanted = pyqtSignal()
    removal_wanted = pyqtSignal(object)
    renamed = pyqtSignal(str, str)
    teaching_wanted = pyqtSignal(object)
    settings_wanted = pyqtSignal(object)

    def __init__(self, worker: Worker) -> None:
        super().__init__()
        self.model = StylesModel(worker)
        self._filtered = QSortFilterProxyModel(self)
        self._filtered.setSourceModel(self.model)
        self._filtered.setFilterRole(StylesModel.SearchText)
        self._filtered.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.view = StylesView()
        self.view.setModel(self._filtered)
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.setAcceptDrops(False)
        self.add_button = QToolButton()
        self._chosen: list[str] = []
        self._arrange()
        self.search.textChanged.connect(self._on_search)
        self.add_button.clicked.connect(self.add_wanted)
        self.view.removal_wanted.connect(self.remove_current)
        self.view.selectionModel().selectionChanged.connect(self._on_selection)
        self.model.renamed.connect(self.renamed)
        self.retranslate()

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(SPACE // 2)
        row.addWidget(self.search, 1)
        row.addWidget(self.add_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addLayout(row)
        layout.addWidget(self.view, 1)

    def retranslate(self) -> None:
        self.search.setPlaceholderText(translate("Gallery", "Search styles"))
        self.search.setAccessibleName(translate("Gallery", "Search styles"))
        self.search.setToolTip(translate("Gallery", "Show only styles whose title, artist or year has this (Ctrl+F)"))
        self.view.setAccessibleName(translate("Gallery", "Styles"))
        self.view.setAccessibleDescription(
            translate("Gallery", "Choose one with the arrows; Ctrl and click, or Ctrl+Space, adds it to a blend.")
        )
        self.add_button.setAccessibleName(translate("Gallery", "Add a painting"))
        self.add_button.setToolTip(translate("Gallery", "Add a painting of your own, or a style pack (Ctrl+Shift+O)"))
        self._filtered.invalidate()  # titles are searched in the window's language, too
        self.view.viewport().update()
        self.refresh_icons()

    def refresh_icons(self) -> None:
        self.add_button.setIcon(icon("plus"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            self.refresh_icons()
        super().changeEvent(event)

    def set_styles(self, styles: list[StyleChoice]) -> None:
        """Show these; those that were chosen stay chosen where they are there; then nothing is painted anew."""
        known = {style.id for style in styles}
        kept = [id for id in self._chosen if id in known]
        self.model.set_styles(styles)
        if kept and kept == self._chosen:
            self._show_chosen()
            self._show_first()
        else:
            self.choose(kept or [style.id for style in styles[:1]])

    def choose(self, ids: Sequence[str]) -> None:
        """Pick these styles and no others; unknown ones are left out."""
        wanted = [id for id in ids if self.model.row_of(id) is not None]
        if not wanted:
            return
        if any(self._index_of(id) is None for id in wanted):
            self.search.clear()
        self._chosen = wanted
        self._show_chosen()
        self._show_first()
        self.chosen.emit(self.choice)

    def _show_first(self) -> None:
        """Scroll to the first that is chosen."""
        if (index := self._index_of(self._chosen[0])) is not None:
            self.view.scrollTo(index)

    @property
    def choice(self) -> list[StyleChoice]:
        """The styles that are picked, in the order of picking."""
        by_id = {style.id: style for style in self.model.styles}
        return [by_id[id] for id in self._chosen if id in by_id]

    def rename_current(self) -> None:
        """Edit the title of the current painting, if it is the user's own."""
        index = self.view.currentIndex()
        if index.isValid() and index.data(StylesModel.Choice).renamable:
            self.view.scrollTo(index)
            self.view.edit(index)

    def remove_current(self) -> None:
        index = self.view.currentIndex()
        if index.isValid() and index.data(StylesModel.Choice).own:
            self.removal_wanted.emit(index.data(StylesModel.Choice))

    def _index_of(self, id: str) -> QModelIndex | None:
        row = self.model.row_of(id)
        index = self._filtered.mapFromSource(self.model.index(row)) if row is not None else QModelIndex()
        return index if index.isValid() else None

    def _show_chosen(self) -> None:
        """Bring the view's selection in line, without hearing back from it."""
        selection = self.view.selectionModel()
        selection.blockSignals(True)
        selection.clearSelection()
        for id in reversed(self._chosen):
            if (index := self._index_of(id)) is not None:
                selection.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.Select)
        selection.blockSignals(False)
        self.view.viewport().update()

    def _on_search(self, text: str) -> None:
        selection = self.view.selectionModel()
        selection.blockSignals(True)  # what is filtered out stays chosen
        self._filtered.setFilterFixedString(text.strip())
        selection.blockSignals(False)
        self._show_chosen()

    def _on_selection(self) -> None:
        indexes = self.view.selectionModel().selectedIndexes()
        picked = [index.data(StylesModel.Choice).id for index in indexes]
        if not picked:  # a click into nothing: something must be chosen
            self._show_chosen()
            return
        if QApplication.keyboardModifiers() & Qt.KeyboardModifier.ControlModifier:  # what the search hides stays
            picked += [id for id in self._chosen if self._index_of(id) is None]
        self._chosen = [id for id in self._chosen if id in picked] + [id for id in picked if id not in self._chosen]
        self.chosen.emit(self.choice)
