"""The tab that paints a photo in a style: gallery, sliders and picture, wired to a session."""

from collections.abc import Callable
from pathlib import Path

from PyQt5.QtCore import QPoint, Qt, pyqtSignal
from PyQt5.QtGui import QImage, QKeyEvent, QPixmap
from PyQt5.QtWidgets import QAction, QMessageBox

from lapstyle.settings import Settings
from studio import files
from studio.actions import draw_icon_of, make_action, word
from studio.batch_painting import PaintingKind
from studio.gallery import Gallery
from studio.gallery_menu import GalleryMenu
from studio.kept_look import look_from_data, look_to_data
from studio.look_panel import LookPanel
from studio.own_styles import OwnStyle
from studio.pack_intake import PackIntake, is_style_file
from studio.painting import Look, PaintJobs, read
from studio.picture_tab import PictureTab
from studio.pictures import Dropped
from studio.plain_words import tip_of
from studio.preset_menu import PresetMenu, is_preset
from studio.results import Results
from studio.services import Services
from studio.sheet_command import SheetCommand
from studio.style_choice import StyleChoice, all_styles
from studio.tab import MenuActions
from studio.translation import translate
from studio.undo import Undo
from studio.viewer import Viewer
from studio.worker import Failure, single
from workbench.errors import StudioError

PACKS = (".safetensors", ".pdparams")


class StyleTab(PictureTab):
    """Photo, gallery, sliders, result.

    Attributes:
        session: the photo, and what is painted of it.
        intake: installs style packs.

    Signals:
        teaching_wanted: `StyleChoice` of a painting that a pack shall be taught of.
    """

    teaching_wanted = pyqtSignal(object)

    def __init__(self, services: Services) -> None:
        jobs = PaintJobs(services.preferences.device, services.preferences.threads)
        super().__init__(services, jobs, services.painting, Viewer())
        self.gallery = Gallery(services.background)
        self.gallery_menu = GalleryMenu(self.gallery)
        self.panel = LookPanel()
        self.intake = PackIntake(services, self)
        self.sheet = SheetCommand(services, self.session, self.output.exports, self.gallery, self.viewer, jobs=jobs)
        self.results = Results(services, self.session, self.viewer, self.gallery, self.set_look)
        self.undo = Undo(lambda: self.look if self.gallery.choice else None, self.results.take_up, self)
        self.presets = PresetMenu(services, lambda: self.look, self)
        self._batch = PaintingKind(jobs, lambda: self.look, self.presets.presets)
        self._make_actions()
        self._arrange()
        self._connect()
        self.retranslate()

    # Set-up

    def _make_actions(self) -> None:
        self.open_style = make_action(self, self.ask_style, "Ctrl+Shift+O", "palette")
        self.reset = make_action(self, self.panel.reset, "Ctrl+R", "rotate-ccw")
        self.find_style = make_action(self, self._focus_search, "Ctrl+F", "search")
        self.rename = make_action(self, self.gallery.rename_current)
        self.remove = make_action(self, self.gallery.remove_current)
        self.teach = make_action(self, self._teach_current)

    def _arrange(self) -> None:
        self.viewer.add_below(self.results.strip)
        self.save_row.insertWidget(0, self.presets.button)
        self.arrange(self.sheet.pages, self.gallery, self.panel)

    def _connect(self) -> None:
        self.viewer.zones.style_wanted.connect(self.ask_style)
        self.gallery.chosen.connect(self._on_styles)
        self.gallery.add_wanted.connect(self.ask_style)
        self.gallery.removal_wanted.connect(self._on_removal)
        self.gallery.renamed.connect(self._on_renamed)
        self.gallery.teaching_wanted.connect(self.teaching_wanted)
        self.gallery.settings_wanted.connect(self._on_settings)
        self.intake.installed.connect(self._on_installed)
        self.intake.removed.connect(self._refill)
        self.gallery.model.dataChanged.connect(self._show_style_card)
        self.panel.changed.connect(self._on_look)
        self.panel.blend.removal_wanted.connect(self._on_unblend)
        self.presets.loaded.connect(self._on_preset)

    def retranslate(self) -> None:
        super().retranslate()
        word(
            self.open_style,
            translate("StyleTab", "Open s&tyle…"),
            translate("StyleTab", "Add a painting of your own, or a style pack"),
        )
        word(self.reset, translate("StyleTab", "&Reset sliders"))
        word(self.find_style, translate("StyleTab", "&Find style"))
        word(
            self.teach,
            translate("StyleTab", "Teac&h this style…"),
            translate("StyleTab", "Train a style pack that paints this painting's style better"),
        )
        word(self.rename, translate("StyleTab", "&Rename own style"))
        word(self.remove, translate("StyleTab", "Re&move own style…"))
        self.undo.retranslate()
        self.presets.retranslate()
        self.results.retranslate()
        self.sheet.retranslate()

    def use_preferences(self) -> None:
        self.session.use_preferences()

    def refresh_icons(self) -> None:
        super().refresh_icons()
        for action in (self.open_style, self.reset, self.find_style):
            draw_icon_of(action)
        draw_icon_of(self.undo.undo_action)
        draw_icon_of(self.undo.redo_action)
        self.panel.refresh_icons()
        self.presets.refresh_icons()
        self.results.refresh_icons()
        self.sheet.refresh_icons()

    # What the window asks

    def title(self) -> str:
        return translate("StyleTab", "Paint")

    def menu_actions(self) -> MenuActions:
        return {
            **super().menu_actions(),
            "file": [self.open_photo, self.open_style],
            "edit": [self.undo.undo_action, self.undo.redo_action, None, self.copy_action, None, self.reset],
            "view": self._view_actions(),
            "style": self._style_actions(),
        }

    def _view_actions(self) -> list[QAction | None]:
        return [*self.viewer.menu_actions(), self.results.compare, None, self.sheet.action, self.results.show_strip]

    def _style_actions(self) -> list[QAction | None]:
        presets = self.presets.menu.menuAction()
        texture = self.panel.texture.actions_shown
        return [
            self.find_style,
            self.open_style,
            None,
            *texture,
            None,
            presets,
            None,
            self.teach,
            self.rename,
            self.remove,
        ]

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
        if isinstance(source, Path) and is_style_file(source):
            self.intake.install([source])
            return
        if target == "photo":
            self.open_source(source)
        else:
            self.add_style(source)

    def _target(self, position: QPoint) -> str | None:
        """ "photo" or "style" for a point of this tab, None where it could be either."""
        if self.gallery.rect().contains(self.gallery.mapFrom(self, position)):
            self.viewer.zones.zone_at(QPoint(-1, -1))
            return "style"
        return self.viewer.zones.zone_at(self.viewer.zones.mapFrom(self, position))

    # The styles

    def ask_style(self) -> None:
        title = translate("StyleTab", "Open style")
        path = files.ask_picture(self, title, self.services.preferences, PACKS)
        if path is not None and is_style_file(path):
            self.intake.install([path])
        elif path is not None:
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

    def _refill(self) -> None:
        self.gallery.set_styles(all_styles(self.services.own_styles))

    def _on_style_added(self, style: OwnStyle) -> None:
        self._refill()
        self.gallery.choose([style.id])

    def _on_installed(self, id: str) -> None:
        self.show_pack(id, paint=True)

    def show_pack(self, id: str, *, paint: bool) -> None:
        """A pack was installed: show it in the gallery, and paint with it if wanted."""
        self._refill()
        if paint:
            self.gallery.choose([id])
        elif id in [choice.id for choice in self.gallery.choice]:
            self._on_look()  # it was taught further
        if (row := self.gallery.model.row_of(id)) is not None:
            text = translate("StyleTab", "In the gallery now: {name}")
            self.services.messages.mentioned.emit(text.format(name=self.gallery.model.styles[row].shown_title))

    def _on_removal(self, style: StyleChoice) -> None:
        question = translate("StyleTab", "Remove “{title}” from the gallery? Your own file stays where it is.")
        title = translate("StyleTab", "Remove style")
        text = tip_of(question.format(title=style.shown_title))
        if QMessageBox.question(self, title, text) != QMessageBox.StandardButton.Yes:
            return
        if style.pack:
            self.intake.remove(style.id)
        else:
            self._guarded(lambda: self.services.own_styles.remove(style.id))
            self._refill()

    def _on_settings(self, pack: StyleChoice) -> None:
        """Paint with a pack, as it recommends."""
        self.gallery.choose([pack.id])
        self.panel.set_settings(Settings.from_dict({**self.panel.settings.to_dict(), **pack.settings}))
        self._on_look()

    def _teach_current(self) -> None:
        if (choice := next((each for each in self.gallery.choice if not each.pack), None)) is not None:
            self.teaching_wanted.emit(choice)

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
        self.teach.setEnabled(any(not style.pack for style in styles))
        self.rename.setEnabled(any(style.renamable for style in styles))
        self.remove.setEnabled(any(style.own for style in styles))
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
        self._refill()  # it may have brought some along
        self.set_look(look)

    def _on_look(self) -> None:
        self.undo.notice()
        self.session.set_look(self.look)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.results.end_pair()
        else:
            super().keyPressEvent(event)
