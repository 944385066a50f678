"""The window: tabs, menus, messages and drops are wired together here, and nothing else is done."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PyQt5.QtCore import QEvent, QPoint, Qt, QTimer, QUrl
from PyQt5.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QKeySequence,
)
from PyQt5.QtWidgets import QAction, QActionGroup, QMainWindow, QMenu, QMessageBox, QTabWidget, QVBoxLayout, QWidget

from lapstyle.pack_metadata import is_pack
from studio import help, logs
from studio.actions import make_action, word
from studio.batch_command import BatchCommand
from studio.message_bar import MessageBar
from studio.model_cards import ModelCards
from studio.pack_intake import is_style_file
from studio.pictures import Dropped, holds_picture, unpack
from studio.preset_menu import PresetMenu
from studio.services import Services
from studio.session import Session
from studio.settings_dialog import SettingsDialog
from studio.steps_menu import StepsMenu
from studio.style_tab import StyleTab
from studio.tab import Tab
from studio.tabs import TABS
from studio.teach_tab import TeachTab
from studio.theme import Theme
from studio.translation import NAMES, Languages, languages, translate

STATUS_TIME = 8000  # ms
SIZE = 1280, 820


class MainWindow(QMainWindow):
    """LapStyle Studio's window.

    Attributes:
        tabs: all tabs, in order.
        message_bar: shows what went wrong.
    """

    def __init__(self, services: Services, theme: Theme, chosen_languages: Languages) -> None:
        super().__init__()
        self.services = services
        self._theme = theme
        theme.system.watch(self)
        theme.system.changed.connect(self._on_system_theme)
        self._languages = chosen_languages
        self.setAcceptDrops(True)
        self.message_bar = MessageBar()
        self.book = QTabWidget()
        self.book.setDocumentMode(True)
        self.book.setTabBarAutoHide(True)
        self.tabs = [kind(services) for kind in TABS]
        self.paint_tab = next(tab for tab in self.tabs if isinstance(tab, StyleTab))
        self.teach_tab = next(tab for tab in self.tabs if isinstance(tab, TeachTab))
        for tab in self.tabs:
            self.book.addTab(tab, "")
            tab.opened.connect(self._on_opened)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.message_bar)
        column.addWidget(self.book, 1)
        self.setCentralWidget(centre)
        self.batch = BatchCommand(self, services, self.tabs, lambda: self.tab)
        services.messages.failed.connect(self.message_bar.show_failure)
        services.messages.told.connect(self.message_bar.show_text)
        services.messages.offered.connect(self.message_bar.show_offer)
        services.messages.mentioned.connect(self._on_mentioned)
        self._join_tabs()
        self._watch_openings()
        self._make_menus()
        self.book.currentChanged.connect(self._fill_menus)
        self.retranslate()
        self._restore()

    @property
    def tab(self) -> Tab:
        """The one in front."""
        return self.tabs[self.book.currentIndex()]

    def _join_tabs(self) -> None:
        """Paintings and the photo go from the tab that paints to the one that teaches, and packs come back."""
        painting, teaching = self.paint_tab, self.teach_tab
        painting.teaching_wanted.connect(teaching.teach)
        painting.teaching_wanted.connect(lambda _: self.book.setCurrentWidget(teaching))
        painting.session.opened.connect(teaching.show_photo)
        teaching.page.installed.connect(self._on_pack)
        teaching.page.packs_dropped.connect(self._install)

    def _on_pack(self, id: str, paint: bool) -> None:
        self.paint_tab.show_pack(id, paint=paint)
        if paint:
            self.book.setCurrentWidget(self.paint_tab)

    def _install(self, packs: Sequence[Path]) -> None:
        self.book.setCurrentWidget(self.paint_tab)
        self.paint_tab.intake.install(packs)

    def _watch_openings(self) -> None:
        """What could not be opened is old news as soon as something else is."""
        for session in self.findChildren(Session):
            session.opened.connect(self.message_bar.end_opening)
        for presets in self.findChildren(PresetMenu):
            presets.loaded.connect(self.message_bar.end_opening)
        for steps in self.findChildren(StepsMenu):
            steps.loaded.connect(self.message_bar.end_opening)
        for cards in self.findChildren(ModelCards):
            cards.loaded.connect(self.message_bar.end_opening)

    # Menus

    def _make_menus(self) -> None:
        self.menus = {
            name: self.menuBar().addMenu("") for name in ("file", "edit", "view", "style", "steps", "model", "help")
        }
        self.recent_menu = QMenu(self)
        self.recent_menu.aboutToShow.connect(self._fill_recent)
        self.theme_menu, self.theme_actions = self._choices(["system", "light", "dark"], self.use_theme)
        self.language_menu, self.language_actions = self._choices(["", *languages()], self.use_language)
        self.paste = make_action(self, self.paste_picture, QKeySequence.StandardKey.Paste)
        self.quit = make_action(
            self, self.close, QKeySequence.StandardKey.Quit if QKeySequence(QKeySequence.StandardKey.Quit) else "Ctrl+Q"
        )
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)
        self.settings = make_action(self, self.show_settings, "Ctrl+,", "settings")
        self.settings.setMenuRole(QAction.MenuRole.PreferencesRole)
        self.shortcuts = make_action(self, self.show_shortcuts, "F1")
        self.log_folder = make_action(self, self.open_log_folder)
        self.about = make_action(self, lambda: help.about_dialog(self).show())
        self.about.setMenuRole(QAction.MenuRole.AboutRole)

    def _choices(self, values: list[str], chosen: Callable[[str, bool], None]) -> tuple[QMenu, dict[str, QAction]]:
        menu, group = QMenu(self), QActionGroup(self)
        actions: dict[str, QAction] = {}
        for value in values:
            action = QAction(menu)
            menu.addAction(action)
            action.setCheckable(True)
            group.addAction(action)
            action.triggered.connect(partial(chosen, value))
            actions[value] = action
        return menu, actions

    def _fill_menus(self) -> None:
        of_tab = self.tab.menu_actions()
        fixed: dict[str, list[QAction | None]] = {
            "file": [
                *of_tab.get("file", []), self.recent_menu.menuAction(), self.paste, None,
                self.batch.action, None,
                *of_tab.get("save", []), None, self.quit,
            ],
            "edit": [*of_tab.get("edit", []), None, self.settings],
            "view": [*of_tab.get("view", []), None, self.theme_menu.menuAction(), self.language_menu.menuAction()],
            "style": of_tab.get("style", []),
            "steps": of_tab.get("steps", []),
            "model": of_tab.get("model", []),
            "help": [self.shortcuts, self.log_folder, None, self.about],
        }  # fmt: skip
        for name, menu in self.menus.items():
            menu.clear()
            for action in fixed[name]:
                if action is None:
                    menu.addSeparator()
                else:
                    menu.addAction(action)
            menu.menuAction().setVisible(bool(fixed[name]))
        self.language_menu.menuAction().setVisible(len(languages()) > 1)

    def _fill_recent(self) -> None:
        self.recent_menu.clear()
        for path in self.services.preferences.recent:
            action = self.recent_menu.addAction(path.name.replace("&", "&&"))
            action.setToolTip(str(path))
            action.triggered.connect(partial(self._open_recent, path))
        if self.recent_menu.isEmpty():
            self.recent_menu.addAction(translate("MainWindow", "None yet")).setEnabled(False)

    def _open_recent(self, path: Path, _checked: bool = False) -> None:
        self.tab.open_path(path)

    def retranslate(self) -> None:
        self.setWindowTitle("LapStyle Studio")
        titles = {
            "file": translate("MainWindow", "&File"),
            "edit": translate("MainWindow", "&Edit"),
            "view": translate("MainWindow", "&View"),
            "style": translate("MainWindow", "&Style"),
            "steps": translate("MainWindow", "St&eps"),
            "model": translate("MainWindow", "&Model"),
            "help": translate("MainWindow", "&Help"),
        }
        for name, menu in self.menus.items():
            menu.setTitle(titles[name])
        self.recent_menu.setTitle(translate("MainWindow", "Open &recent"))
        self.theme_menu.setTitle(translate("MainWindow", "&Theme"))
        self.language_menu.setTitle(translate("MainWindow", "&Language"))
        self.theme_actions["system"].setText(translate("MainWindow", "As the &system"))
        self.theme_actions["light"].setText(translate("MainWindow", "&Light"))
        self.theme_actions["dark"].setText(translate("MainWindow", "&Dark"))
        for name, action in self.language_actions.items():
            action.setText(NAMES[name] if name else translate("MainWindow", "As the system"))
        word(
            self.paste, translate("MainWindow", "&Paste"), translate("MainWindow", "Open the picture on the clipboard")
        )
        self.batch.retranslate()
        word(self.quit, translate("MainWindow", "&Quit"))
        word(self.settings, translate("MainWindow", "S&ettings…"))
        word(self.shortcuts, translate("MainWindow", "&Shortcuts"))
        word(self.log_folder, translate("MainWindow", "&Log folder"))
        word(self.about, translate("MainWindow", "&About LapStyle Studio"))
        for number, tab in enumerate(self.tabs):
            self.book.setTabText(number, tab.title())
        self.book.setAccessibleName(translate("MainWindow", "Tools"))
        self._fill_menus()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    # Commands

    def use_theme(self, name: str, _checked: bool = True) -> None:
        """Take "system", "light" or "dark", now and from now on."""
        self.services.preferences.set_text("theme", name)
        self._theme.use(name)
        for tab in self.tabs:
            tab.refresh_icons()

    def show_settings(self) -> None:
        dialog = SettingsDialog(self.services.preferences, self.services.worker("settings"), self)
        dialog.chosen.connect(self._on_settings)
        dialog.open()

    def _on_settings(self, theme: str, language: str) -> None:
        self.use_theme(theme)
        self.use_language(language)
        self._check_choices()
        for tab in self.tabs:
            tab.use_preferences()

    def _on_system_theme(self) -> None:
        if self.services.preferences.theme == "system":
            self.use_theme("system")

    def use_language(self, name: str, _checked: bool = True) -> None:
        """Take a language of `languages()`, or "" for the system's, now and from now on."""
        self.services.preferences.set_text("language", name)
        self._languages.use(name)

    def paste_picture(self) -> None:
        dropped = unpack(QGuiApplication.clipboard().mimeData())
        if dropped:
            self.take(dropped, None)
        else:
            self.services.messages.mentioned.emit(translate("MainWindow", "There is no picture on the clipboard."))

    def take(self, dropped: Dropped, position: QPoint | None) -> None:
        """Use what was dropped at a point of the window, or pasted (None); packs go to the gallery from anywhere."""
        goes_there = is_pack if self.tab.takes_checkpoints else is_style_file
        if packs := [path for path in dropped.paths if goes_there(path)]:
            self.tab.hover(None)
            self._install(packs)
            dropped = Dropped(tuple(path for path in dropped.paths if path not in packs))
            if not dropped:
                return
        if len(dropped.paths) > 1 or any(path.is_dir() for path in dropped.paths):
            self.tab.hover(None)
            self.batch.open(dropped.paths)
            return
        self.tab.drop(dropped, None if position is None else self.tab.mapFrom(self, position))

    def show_shortcuts(self) -> None:
        actions = [action for menu in self.menus.values() for action in menu.actions() if action.isVisible()]
        help.shortcuts_dialog(actions, self).show()

    def open_log_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(logs.folder())))

    def _on_opened(self, path: Path) -> None:
        self.services.preferences.add_recent(path)

    def _on_mentioned(self, text: str) -> None:
        self.statusBar().showMessage(text, STATUS_TIME)

    # Drops: the window takes them all, and the tab in front decides by the place

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.source() is None and holds_picture(event.mimeData()):  # not what is dragged out of the window itself
            event.acceptProposedAction()
            self.tab.hover(self.tab.mapFrom(self, event.pos()))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.acceptProposedAction()
        self.tab.hover(self.tab.mapFrom(self, event.pos()))

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self.tab.hover(None)

    def dropEvent(self, event: QDropEvent) -> None:
        dropped = unpack(event.mimeData())
        # The other program waits until this returns: even asking a slow disk for a file's kind comes later.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if dropped:
            QTimer.singleShot(0, partial(self.take, dropped, event.pos()))
        else:
            self.tab.hover(None)

    # From one start to the next

    def _restore(self) -> None:
        preferences = self.services.preferences
        self.resize(*SIZE)
        self.restoreGeometry(preferences.state("geometry"))
        self._check_choices()
        for tab in self.tabs:
            tab.restore()
        self.batch.offer_unfinished()

    def _check_choices(self) -> None:
        preferences = self.services.preferences
        self.theme_actions.get(preferences.theme, self.theme_actions["system"]).setChecked(True)
        self.language_actions.get(preferences.language, self.language_actions[""]).setChecked(True)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.batch.let_close():
            event.ignore()
            return
        losses = [loss for tab in self.tabs if (loss := tab.would_lose())]
        if losses and not self._sure(losses):
            event.ignore()
            return
        preferences = self.services.preferences
        preferences.set_state("geometry", self.saveGeometry())
        for tab in self.tabs:
            tab.save_state()
        preferences.save()
        self.hide()  # what is being written may take a moment
        self.services.stop()
        event.accept()

    def _sure(self, losses: list[str]) -> bool:
        question = "\n".join([*losses, translate("MainWindow", "Close nevertheless?")])
        return QMessageBox.question(self, "LapStyle Studio", question) == QMessageBox.StandardButton.Yes
