"""What tabs share that make something of one photo: open it, see it, save, copy, export and drag out the result."""

from pathlib import Path

from PyQt5.QtCore import QPoint, QSize, Qt
from PyQt5.QtGui import QImage, QKeyEvent
from PyQt5.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QVBoxLayout, QWidget

from studio import files
from studio.actions import draw_icon_of, make_action, with_keys, word
from studio.output import Output
from studio.painting import Look, Photo, PictureJobs
from studio.pictures import Dropped, Mipmap, to_bytes
from studio.services import Services
from studio.session import GATHER, Session
from studio.tab import MenuActions, Tab
from studio.theme import PANEL_WIDTH, SPACE
from studio.translation import in_words, translate
from studio.viewer import Viewer
from studio.worker import Worker


class PictureTab(Tab):
    """A photo and its result.

    Attributes:
        session: the photo, and what is made of it.
        viewer: shows both.
        output: exports and drags the result.
        save_button: what the tab is there for; in `save_row`.
        splitter: between picture and panel.
    """

    def __init__(
        self, services: Services, jobs: PictureJobs, worker: Worker, viewer: Viewer, gather: int = GATHER
    ) -> None:
        super().__init__(services)
        self.session = Session(services, jobs, worker, self, gather)
        self.viewer = viewer
        self.output = Output(services, self.session, viewer.view, self)
        self.save_button = QPushButton()
        self.save_button.setObjectName("primary")
        self.save_button.clicked.connect(self.save_result)
        self.save_row = QHBoxLayout()
        self.save_row.setSpacing(SPACE)
        self.save_row.addWidget(self.save_button, 1)
        self.save_row.addWidget(self.output.handle)
        self.splitter = QSplitter()
        self.open_photo = make_action(self, self.ask_photo, "Ctrl+O", "folder-open")
        self.save = make_action(self, self.save_result, "Ctrl+S", "save")
        self.save_as = make_action(self, self.ask_and_save, "Ctrl+Shift+S")
        self.copy_action = make_action(self, self.session.copy, "Ctrl+C", "copy")
        viewer.zones.photo_wanted.connect(self.ask_photo)
        viewer.cancel_wanted.connect(self.session.cancel)
        self.session.opened.connect(self._on_opened)
        self.session.sharpened.connect(viewer.view.set_before)
        self.session.shown.connect(viewer.view.set_after)
        self.session.painted_changed.connect(self._refresh)
        self.session.progressed.connect(viewer.show_progress)
        self.session.rested.connect(viewer.show_idle)
        self._refresh()

    def arrange(self, picture: QWidget, main: QWidget, *others: QWidget, above: QWidget | None = None) -> None:
        """Put the picture on the left, and on the right a panel with the button that saves at its lower end.

        Args:
            main: of the panel's widgets, the one that takes the room there is.
            above: stands over it.
        """
        panel = QWidget()
        panel.setObjectName("panel")
        panel.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        panel.setMinimumWidth(PANEL_WIDTH - 60)
        column = QVBoxLayout(panel)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(2 * SPACE)
        if above is not None:
            column.addWidget(above)
        column.addWidget(main, 1)
        for widget in (*others, self.output.exports):
            column.addWidget(widget)
        column.addLayout(self.save_row)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(picture)
        self.splitter.addWidget(panel)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setSizes([10_000, PANEL_WIDTH])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)

    @property
    def look(self) -> Look:
        """What is set."""
        raise NotImplementedError

    def retranslate(self) -> None:
        word(self.open_photo, translate("PictureTab", "&Open photo…"))
        word(self.save, translate("PictureTab", "&Save"))
        word(self.save_as, translate("PictureTab", "Save &as…"))
        word(self.copy_action, translate("PictureTab", "&Copy result"))
        self.save_button.setText(translate("PictureTab", "Save picture"))
        tip = translate("PictureTab", "Save the result at the photo's full size")
        self.save_button.setToolTip(with_keys(tip, "Ctrl+S"))
        self.output.retranslate()
        self._show_sizes()

    def refresh_icons(self) -> None:
        for action in (self.open_photo, self.save, self.copy_action):
            draw_icon_of(action)
        self.output.refresh_icons()

    def menu_actions(self) -> MenuActions:
        return {"file": [self.open_photo], "save": [self.save, self.save_as, self.output.action]}

    def would_lose(self) -> str:
        if not self.session.saving and not self.output.exports.busy:
            return ""
        return translate("PictureTab", "The picture is not ready yet, and is not saved.")

    # What is dropped

    def hover(self, position: QPoint | None) -> None:
        self.viewer.zones.set_dragging(position is not None)
        if position is not None:
            self.viewer.zones.zone_at(self.viewer.zones.mapFrom(self, position))

    def drop(self, dropped: Dropped, position: QPoint | None) -> None:
        self.viewer.zones.set_dragging(False)
        source = dropped.paths[0] if dropped.paths else dropped.image
        if source is not None and not (isinstance(source, Path) and self.take_file(source)):
            self.open_source(source)

    def take_file(self, path: Path) -> bool:
        """Load a file that is no picture; whether it is one."""
        return False

    # The photo

    def open_path(self, path: Path) -> None:
        self.session.open(path, path.name)

    def open_source(self, source: Path | QImage) -> None:
        """Open what was dropped or pasted."""
        self.session.open(source, files.name_of(source))

    def ask_photo(self) -> None:
        title = translate("PictureTab", "Open photo")
        if (path := files.ask_picture(self, title, self.services.preferences)) is not None:
            self.open_path(path)

    def _on_opened(self, photo: Photo) -> None:
        full = QSize(photo.picture.width, photo.picture.height)
        self.viewer.view.set_before(Mipmap.plain(to_bytes(photo.preview.pixels)), full)
        self.viewer.view.set_after(None)
        self.viewer.view.fit()
        self.viewer.zones.set_photo(True)
        for note in photo.picture.notes:
            self.services.messages.told.emit(in_words(note))
        if photo.path is not None:
            self.opened.emit(photo.path)
        self._refresh()

    # The result

    def save_result(self) -> None:
        """Save under the name it was saved by before, or ask for one."""
        if self.session.saved_as is None:
            self.ask_and_save()
        else:
            self.session.save_to(self.session.saved_as)

    def ask_and_save(self) -> None:
        photo = self.session.photo
        if photo is None:
            return
        suggestion = files.suggest_name(photo.name, photo.path, self.look.names)
        title = translate("PictureTab", "Save picture")
        if (path := files.ask_where(self, title, suggestion, self.services.preferences)) is not None:
            self.session.save_to(path)

    def _refresh(self) -> None:
        """Commands that need a photo are there when there is one."""
        present = self.session.photo is not None
        for action in (self.save, self.save_as, self.copy_action, *self.viewer.actions_shown):
            action.setEnabled(present)
        self.save_button.setEnabled(present)
        self._show_sizes()

    def _show_sizes(self) -> None:
        photo, painted = self.session.photo, self.session.painted
        if photo is None:
            self.viewer.size_label.clear()
            return
        text = f"{photo.name}   {photo.picture.width} × {photo.picture.height}"
        if painted is not None and not painted.full:
            text += "   " + translate("PictureTab", "(preview)")
        self.viewer.size_label.setText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_O and not event.modifiers():
            self.viewer.view.show_original(True)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_O and not event.isAutoRepeat():
            self.viewer.view.show_original(False)
        else:
            super().keyReleaseEvent(event)
