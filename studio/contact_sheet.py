"""The contact sheet: this photo in every style, side by side, to pick from."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PyQt5.QtCore import QAbstractListModel, QEvent, QModelIndex, QRect, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QFont, QImage, QKeyEvent, QPainter, QPainterPath, QPalette, QPen, QPixmap, QResizeEvent
from PyQt5.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
)

from studio import files
from studio.controls import LanguageAware
from studio.exports import PAINTED
from studio.painting import Look, PaintJobs, Photo, originals_of, style_of
from studio.pictures import Mipmap
from studio.plain_words import tip_of
from studio.services import Services
from studio.style_choice import StyleChoice
from studio.theme import NOT_CUT, SPACE, icon
from studio.translation import translate
from studio.worker import Task
from workbench.progress import Cancellation, Job, Progress, part_of

TILE = 230  # px: tiles are at least this wide
CELL = 640  # px: long side of a painting in the file of a sheet
WORKER = "contact sheet"


def paint_tile(
    jobs: PaintJobs, photo: Photo, look: Look, choice: StyleChoice, cancellation: Cancellation
) -> Job[QImage]:
    """A glance at the photo in one style, and else as the look says."""
    picture = yield from jobs.glance(photo, replace(look, styles=((choice, 1.0),)), cancellation)
    return Mipmap.build(picture.pixels, picture.alpha).levels[0].copy()


def export_sheet(jobs: PaintJobs, photo: Photo, look: Look, path: Path, cancellation: Cancellation) -> Job[Path]:
    """Paint a large sheet of a look's styles, each alone, and write it; raises `StudioError`."""
    from recipes.sheet import sheet

    yield Progress(0, 1, "photo")
    styles = [
        replace(style_of(choice), name=choice.shown_name) if choice.own or choice.pack else choice.id
        for choice, _ in look.styles
    ]
    painting = sheet(
        photo.picture,
        styles,
        settings=look.settings,
        cell=CELL,
        painter=jobs.painter("sheet file"),
        cancellation=cancellation,
    )
    picture = yield from part_of(painting, 0, PAINTED, 1)
    yield Progress(PAINTED, 1, "write")
    files.write(picture, path, originals_of(photo, look))
    return path


class TilesModel(QAbstractListModel):
    """The styles with what is painted in them so far."""

    Choice = Qt.ItemDataRole.UserRole

    def __init__(self) -> None:
        super().__init__()
        self.styles: list[StyleChoice] = []
        self.tiles: dict[str, QPixmap] = {}

    def set_styles(self, styles: list[StyleChoice], keep_tiles: bool) -> None:
        self.beginResetModel()
        self.styles = styles
        if not keep_tiles:
            self.tiles.clear()
        self.endResetModel()

    def put(self, choice: StyleChoice, image: QImage) -> None:
        """Show a tile that is painted."""
        self.tiles[choice.id] = QPixmap.fromImage(image)
        if choice in self.styles:
            index = self.index(self.styles.index(choice))
            self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        return 0 if parent.isValid() else len(self.styles)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        choice = self.styles[index.row()]
        if role == self.Choice:
            return choice
        if role == Qt.ItemDataRole.DecorationRole:
            return self.tiles.get(choice.id)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            words = "\n".join(filter(None, (choice.shown_title, choice.caption)))
            return tip_of(words) if role == Qt.ItemDataRole.ToolTipRole else words
        return choice.shown_name if role == Qt.ItemDataRole.DisplayRole else None


class TileDelegate(QStyledItemDelegate):
    """Draws a painted photo whole, its style's title below, and a ring around the current one.

    Attributes:
        aspect: the photo's width to its height.
    """

    aspect = 1.5

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex) -> QSize:
        view = option.widget
        room = view.viewport().width() - 1 if isinstance(view, QListView) else 4 * TILE
        width = room // max(1, room // TILE)
        inner = width - 2 * SPACE
        height = min(round(inner / self.aspect), round(1.25 * inner))
        return QSize(width, height + option.fontMetrics.height() + 2 * SPACE + SPACE // 2)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        line = option.fontMetrics.height()
        cell = option.rect.adjusted(SPACE, SPACE, -SPACE, -SPACE)
        room = QRect(cell.left(), cell.top(), cell.width(), cell.height() - line - SPACE // 2)
        tile: QPixmap | None = index.data(Qt.ItemDataRole.DecorationRole)
        size = QSize(round(1000 * self.aspect), 1000).scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(room.left() + (room.width() - size.width()) // 2, room.bottom() - size.height(), *lengths(size))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        shape = QPainterPath()
        shape.addRoundedRect(place.x(), place.y(), place.width(), place.height(), 4, 4)
        if tile is None:
            painter.fillPath(shape, option.palette.color(QPalette.ColorRole.Mid))
        else:
            painter.save()
            painter.setClipPath(shape)
            painter.drawPixmap(place, tile)
            painter.restore()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(option.palette.color(QPalette.ColorRole.Highlight), 3))
            painter.drawRoundedRect(place.adjusted(-2, -2, 2, 2), 5, 5)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(QPen(option.palette.color(QPalette.ColorRole.PlaceholderText), 1.5))
            painter.drawRoundedRect(place.adjusted(-1, -1, 1, 1), 5, 5)
        text = QRect(cell.left(), room.bottom() + SPACE // 2, cell.width(), line)
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        title = option.fontMetrics.elidedText(index.data(), Qt.TextElideMode.ElideMiddle, text.width())
        painter.drawText(text, int(Qt.AlignmentFlag.AlignHCenter) | NOT_CUT, title)
        painter.restore()


def lengths(size: QSize) -> tuple[int, int]:
    return size.width(), size.height()


class TilesView(QListView):
    """Tiles in rows that fill the width; Enter or a click picks one."""

    picked = pyqtSignal(QModelIndex)
    left = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("tiles")
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setDragEnabled(False)
        self.setItemDelegate(TileDelegate(self))
        self.clicked.connect(self.picked)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def event(self, event: QEvent) -> bool:
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if escape and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # ours, not the shortcut of another command
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if self.currentIndex().isValid():
                self.picked.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class ContactSheet(LanguageAware):
    """The page with the tiles.

    Signals:
        picked: `StyleChoice`.
        left: the user goes back without having picked one.
        export_wanted: the sheet shall become a file.
    """

    picked = pyqtSignal(object)
    left = pyqtSignal()
    export_wanted = pyqtSignal()

    def __init__(self, services: Services, jobs: PaintJobs) -> None:
        super().__init__()
        self._services = services
        self._jobs = jobs
        self._tasks: list[Task] = []
        self._painted_for: tuple[Photo, Look] | None = None
        self.model = TilesModel()
        self.view = TilesView()
        self.view.setModel(self.model)
        self.title = QLabel()
        self.count = QLabel()
        self.count.setObjectName("quiet")
        self.export_button = QPushButton()
        self.close_button = QToolButton()
        self._arrange()
        self.view.picked.connect(self._on_picked)
        self.view.left.connect(self.left)
        self.close_button.clicked.connect(self.left)
        self.export_button.clicked.connect(self.export_wanted)
        self.retranslate()

    def _arrange(self) -> None:
        font = QFont(self.title.font())
        font.setPointSizeF(font.pointSizeF() * 1.25)
        font.setWeight(QFont.Weight.DemiBold)
        self.title.setFont(font)
        head = QHBoxLayout()
        head.setContentsMargins(2 * SPACE, SPACE, SPACE, SPACE)
        head.setSpacing(2 * SPACE)
        head.addWidget(self.title)
        head.addWidget(self.count, 1)
        head.addWidget(self.export_button)
        head.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.view, 1)

    def retranslate(self) -> None:
        self.title.setText(translate("ContactSheet", "Contact sheet"))
        self.export_button.setText(translate("ContactSheet", "Save sheet…"))
        self.export_button.setToolTip(translate("ContactSheet", "Paint the sheet larger and save it as a picture"))
        self.close_button.setAccessibleName(translate("ContactSheet", "Back to the picture"))
        self.close_button.setToolTip(translate("ContactSheet", "Back to the picture (Esc)"))
        self.view.setAccessibleName(translate("ContactSheet", "The photo in every style"))
        self.view.setAccessibleDescription(
            translate("ContactSheet", "The arrows choose, Enter takes the style, Escape goes back.")
        )
        self.refresh_icons()
        self._show_count()

    def refresh_icons(self) -> None:
        self.close_button.setIcon(icon("x"))

    def paint(self, photo: Photo, look: Look, styles: list[StyleChoice]) -> None:
        """Show the photo in each of these styles; what was painted of it with the same settings is there at once."""
        self.stop()
        current = look.styles[0][0].id if look.styles else ""
        look = replace(look, styles=())
        kept = self._painted_for == (photo, look)
        self._painted_for = photo, look
        delegate = self.view.itemDelegate()
        assert isinstance(delegate, TileDelegate)
        delegate.aspect = photo.picture.width / photo.picture.height
        self.model.set_styles(styles, keep_tiles=kept)
        row = next((row for row, style in enumerate(styles) if style.id == current), 0)
        self.view.setCurrentIndex(self.model.index(row))
        for choice in styles:
            if choice.id not in self.model.tiles:
                start = partial(paint_tile, self._jobs, photo, look, choice)
                task = self._services.worker(WORKER).submit(start)
                task.finished.connect(partial(self._on_tile, choice))
                task.failed.connect(self._services.messages.failed)
                task.ended.connect(partial(self._on_ended, task))
                self._tasks.append(task)
        self._show_count()

    def stop(self) -> None:
        """Paint no more tiles."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()

    def _on_tile(self, choice: StyleChoice, image: QImage) -> None:
        self.model.put(choice, image)

    def _on_ended(self, task: Task) -> None:
        if task in self._tasks:
            self._tasks.remove(task)
        self._show_count()

    def _show_count(self) -> None:
        total = len(self.model.styles)
        text = translate("ContactSheet", "{done} of {total} painted").format(done=total - len(self._tasks), total=total)
        self.count.setText(text if self._tasks else "")

    def _on_picked(self, index: QModelIndex) -> None:
        self.picked.emit(index.data(TilesModel.Choice))
