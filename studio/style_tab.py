"""The tab that paints a photo in a style: gallery, sliders and picture, wired to a session."""

from collections.abc import Callable
from pathlib import Path

from PyQt5.QtCore import QPoint, QSize, Qt
from PyQt5.QtGui import QImage, QKeyEvent, QPixmap
from PyQt5.QtWidgets import QAction, QHBoxLayout, QMessageBox, QPushButton, QSplitter, QVBoxLayout, QWidget

from studio import files
from studio.actions import draw_icon_of, make_action, with_keys, word
from studio.batch_painting import PaintingKind
from studio.gallery import Gallery
from studio.gallery_menu import GalleryMenu
from studio.kept_look import look_from_data, look_to_data
from studio.look_panel import LookPanel
from studio.output import Output
from studio.own_styles import OwnStyle
from studio.painting import Look, Photo, read
from studio.pictures import Dropped, Mipmap, to_bytes
from studio.preset_menu import PresetMenu, is_preset
from studio.results import Results
from studio.services import Services
from studio.session import Session
from studio.sheet_command import SheetCommand
from studio.style_choice import StyleChoice, all_styles
from studio.tab import MenuActions, Tab
from studio.theme import PANEL_WIDTH, SPACE
from studio.translation import in_words, translate
from studio.undo import Undo
from studio.viewer import Viewer
from studio.worker import Failure, single
from workbench.errors import StudioError


class StyleTab(Tab):
    """Photo, gallery, sliders, result.

    Attributes:
        session: the photo, and what is painted of it.
    """

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self.session = Session(services, self)
        self.viewer = Viewer()
        self.gallery = Gallery(services.background)
        self.gallery_menu = GalleryMenu(self.gallery)
        self.panel = LookPanel()
        self.output = Output(services, self.session, self.viewer.view, self)
        self.sheet = SheetCommand(services, self.session, self.output.exports, self.gallery, self.viewer)
        self.save_button = QPushButton()
        self.save_button.setObjectName("primary")
        self.results = Results(services, self.session, self.viewer, self.gallery, self.set_look)
        self.undo = Undo(lambda: self.look, self.results.take_up, self)
        self.presets = PresetMenu(services, lambda: self.look, self)
        self._batch = PaintingKind(self.session.jobs, lambda: self.look, self.presets.presets)
        self._make_actions()
        self._arrange()
        self._connect()
        self.retranslate()
        self._refresh()

    # Set-up

    def _make_actions(self) -> None:
        self.open_photo = make_action(self, self.ask_photo, "Ctrl+O", "folder-open")
        self.open_style = make_action(self, self.ask_style, "Ctrl+Shift+O", "palette")
        self.save = make_action(self, self.save_result, "Ctrl+S", "save")
        self.save_as = make_action(self, self.ask_and_save, "Ctrl+Shift+S")
        self.copy_action = make_action(self, self.session.copy, "Ctrl+C", "copy")
        self.reset = make_action(self, self.panel.reset, "Ctrl+R", "rotate-ccw")
        self.find_style = make_action(self, self._focus_search, "Ctrl+F", "search")
        self.rename = make_action(self, self.gallery.rename_current)
        self.remove = make_action(self, self.gallery.remove_current)

    def _arrange(self) -> None:
        side = QWidget()
        side.setObjectName("panel")
        side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        side.setMinimumWidth(PANEL_WIDTH - 60)
        column = QVBoxLayout(side)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addWidget(self.gallery, 1)
        column.addWidget(self.panel)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.presets.button)
        row.addWidget(self.save_button, 1)
        row.addWidget(self.output.handle)
        column.addWidget(self.output.exports)
        column.addLayout(row)
        self.viewer.add_below(self.results.strip)
        self.splitter = QSplitter()
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.sheet.pages)
        self.splitter.addWidget(side)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setSizes([10_000, PANEL_WIDTH])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)

    def _connect(self) -> None:
        self.viewer.zones.photo_wanted.connect(self.ask_photo)
        self.viewer.zones.style_wanted.connect(self.ask_style)
        self.viewer.cancel_wanted.connect(self.session.cancel)
        self.session.opened.connect(self._on_opened)
        self.session.sharpened.connect(self.viewer.view.set_before)
        self.session.shown.connect(self.viewer.view.set_after)
        self.session.painted_changed.connect(self._refresh)
        self.session.progressed.connect(self.viewer.show_progress)
        self.session.rested.connect(self.viewer.show_idle)
        self.gallery.chosen.connect(self._on_styles)
        self.gallery.add_wanted.connect(self.ask_style)
        self.gallery.removal_wanted.connect(self._on_removal)
        self.gallery.renamed.connect(self._on_renamed)
        self.gallery.model.dataChanged.connect(self._show_style_card)
        self.panel.changed.connect(self._on_look)
        self.panel.blend.removal_wanted.connect(self._on_unblend)
        self.presets.loaded.connect(self._on_preset)
        self.save_button.clicked.connect(self.save_result)

    def retranslate(self) -> None:
        word(self.open_photo, translate("StyleTab", "&Open photo…"))
        word(
            self.open_style, translate("StyleTab", "Open s&tyle…"), translate("StyleTab", "Add a painting of your own")
        )
        word(self.save, translate("StyleTab", "&Save"))
        word(self.save_as, translate("StyleTab", "Save &as…"))
        word(self.copy_action, translate("StyleTab", "&Copy result"))
        word(self.reset, translate("StyleTab", "&Reset sliders"))
        word(self.find_style, translate("StyleTab", "&Find style"))
        word(self.rename, translate("StyleTab", "&Rename own style"))
        word(self.remove, translate("StyleTab", "Re&move own style…"))
        self.save_button.setText(translate("StyleTab", "Save picture"))
        self.save_button.setToolTip(
            with_keys(translate("StyleTab", "Paint the photo at its full size and save it"), "Ctrl+S")
        )
        self.undo.retranslate()
        self.presets.retranslate()
        self.results.retranslate()
        self.output.retranslate()
        self.sheet.retranslate()
        self._show_sizes()

    def use_preferences(self) -> None:
        self.session.use_preferences()

    def refresh_icons(self) -> None:
        for action in (self.open_photo, self.open_style, self.save, self.copy_action, self.reset, self.find_style):
            draw_icon_of(action)
        draw_icon_of(self.undo.undo_action)
        draw_icon_of(self.undo.redo_action)
        self.panel.refresh_icons()
        self.presets.refresh_icons()
        self.results.refresh_icons()
        self.output.refresh_icons()
        self.sheet.refresh_icons()

    # What the window asks

    def title(self) -> str:
        return translate("StyleTab", "Paint")

    def menu_actions(self) -> MenuActions:
        return {
            "file": [self.open_photo, self.open_style],
            "save": [self.save, self.save_as, self.output.action],
            "edit": [self.undo.undo_action, self.undo.redo_action, None, self.copy_action, None, self.reset],
            "view": self._view_actions(),
            "style": self._style_actions(),
        }

    def _view_actions(self) -> list[QAction | None]:
        return [*self.viewer.menu_actions(), self.results.compare, None, self.sheet.action, self.results.show_strip]

    def _style_actions(self) -> list[QAction | None]:
        presets = self.presets.menu.menuAction()
        texture = self.panel.texture.actions_shown
        return [self.find_style, self.open_style, None, *texture, None, presets, None, self.rename, self.remove]

    @property
    def batch(self) -> PaintingKind:
        return self._batch

    def restore(self) -> None:
        self.splitter.restoreState(self.services.preferences.state("splitter"))
        self.gallery.set_styles(all_styles(self.services.own_styles))
        self._restore_look()
        self.undo.restart()

    def _restore_look(self) -> None:
        kept = look_from_data(self.services.preferences.data("look"), self.gallery.model.styles)
        if kept is not None:
            self.set_look(kept)

    def save_state(self) -> None:
        self.services.preferences.set_state("splitter", self.splitter.saveState())
        self.services.preferences.set_data("look", look_to_data(self.look))

    def would_lose(self) -> str:
        if not self.session.saving and not self.output.exports.busy:
            return ""
        return translate("StyleTab", "The picture is still being painted, and is not saved yet.")

    def open_path(self, path: Path) -> None:
        self.session.open(path, path.name)

    def hover(self, position: QPoint | None) -> None:
        self.viewer.zones.set_dragging(position is not None)
        if position is not None:
            self._target(position)

    def drop(self, dropped: Dropped, position: QPoint | None) -> None:
        target = self._target(position) if position is not None else None
        self.viewer.zones.set_dragging(False)
        if target is None:
            target = "photo" if self.session.photo is None or position is None else "style"
        source = dropped.paths[0] if dropped.paths else dropped.image
        if source is None:
            return
        if isinstance(source, Path) and is_preset(source):
            self.presets.load(source)
            return
        if target == "photo":
            self.session.open(source, files.name_of(source))
        else:
            self.add_style(source)

    def _target(self, position: QPoint) -> str | None:
        """ "photo" or "style" for a point of this tab, None where it could be either."""
        if self.gallery.rect().contains(self.gallery.mapFrom(self, position)):
            self.viewer.zones.zone_at(QPoint(-1, -1))
            return "style"
        return self.viewer.zones.zone_at(self.viewer.zones.mapFrom(self, position))

    # The photo

    def ask_photo(self) -> None:
        title = translate("StyleTab", "Open photo")
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

    # The styles

    def ask_style(self) -> None:
        title = translate("StyleTab", "Open style")
        if (path := files.ask_picture(self, title, self.services.preferences)) is not None:
            self.add_style(path)

    def add_style(self, source: Path | QImage) -> None:
        """Keep a painting of the user's and choose it."""
        own = self.services.own_styles

        def add() -> OwnStyle:
            picture = read(source)  # it must be readable before it is kept
            if isinstance(source, Path):
                return own.add_file(source)
            return own.add_picture(picture, translate("StyleTab", "Pasted painting"))

        task = self.services.background.submit(single(add), lasting=True)
        task.finished.connect(self._on_style_added)
        task.failed.connect(self.services.messages.failed)

    def _on_style_added(self, style: OwnStyle) -> None:
        self.gallery.set_styles(all_styles(self.services.own_styles))
        self.gallery.choose([style.id])

    def _on_removal(self, style: StyleChoice) -> None:
        question = translate("StyleTab", "Remove “{title}” from the gallery? Your own file stays where it is.")
        title = translate("StyleTab", "Remove style")
        if QMessageBox.question(self, title, question.format(title=style.title)) == QMessageBox.StandardButton.Yes:
            self._guarded(lambda: self.services.own_styles.remove(style.id))
            self.gallery.set_styles(all_styles(self.services.own_styles))

    def _on_renamed(self, id: str, title: str) -> None:
        self._guarded(lambda: self.services.own_styles.rename(id, title))

    def _guarded(self, act: Callable[[], None]) -> None:
        try:
            act()
        except StudioError as error:
            self.services.messages.failed.emit(Failure(error, str(error)))

    def _on_styles(self, styles: list[StyleChoice]) -> None:
        self.panel.set_styles(styles)
        self._show_style_card()
        own = any(style.own for style in styles)
        self.rename.setEnabled(own)
        self.remove.setEnabled(own)
        self._on_look()

    def _show_style_card(self) -> None:
        choice = self.gallery.choice
        pixmap: QPixmap | None = self.gallery.model.thumbnail(choice[0]) if choice else None
        self.viewer.zones.style_card.picture = pixmap
        self.viewer.zones.style_card.update()

    def _focus_search(self) -> None:
        self.gallery.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.gallery.search.selectAll()

    # The painting

    @property
    def look(self) -> Look:
        """What is set."""
        styles = tuple((choice, self.panel.weight(choice.id)) for choice in self.gallery.choice)
        return Look(styles, self.panel.settings, self.panel.before, self.panel.after)

    def set_look(self, look: Look) -> None:
        """Set the sliders and the gallery, and paint it."""
        self.panel.set_settings(look.settings)
        self.panel.set_steps(look.before, look.after)
        self.gallery.choose([choice.id for choice, _ in look.styles])
        self.panel.set_weights({choice.id: weight for choice, weight in look.styles})

    def _on_unblend(self, id: str) -> None:
        self.gallery.choose([choice.id for choice in self.gallery.choice if choice.id != id])

    def _on_preset(self, look: Look) -> None:
        self.gallery.set_styles(all_styles(self.services.own_styles))  # it may have brought some along
        self.set_look(look)

    def _on_look(self) -> None:
        self.undo.notice()
        self.session.set_look(self.look)

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
        suggestion = files.suggest_name(photo.name, photo.path, [choice.title for choice, _ in self.look.styles])
        title = translate("StyleTab", "Save picture")
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
            text += "   " + translate("StyleTab", "(preview)")
        self.viewer.size_label.setText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_O and not event.modifiers():
            self.viewer.view.show_original(True)
        elif event.key() == Qt.Key.Key_Escape:
            self.results.end_pair()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_O and not event.isAutoRepeat():
            self.viewer.view.show_original(False)
        else:
            super().keyReleaseEvent(event)
