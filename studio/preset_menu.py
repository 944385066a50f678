"""The menu of presets: keep a look under a name, take one up, share one as a file."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PyQt5.QtCore import QObject, QSize, Qt, pyqtSignal
from PyQt5.QtWidgets import QFileDialog, QInputDialog, QMenu, QMessageBox, QToolButton, QWidget

from studio import presets
from studio.actions import make_action, word
from studio.painting import Look
from studio.presets import SUFFIX, Presets
from studio.services import Services
from studio.theme import icon
from studio.translation import translate
from studio.worker import single

LIST_LENGTH = 40


def is_preset(path: Path) -> bool:
    """Whether a file's name says that it is one."""
    return path.suffix.lower() == SUFFIX


class PresetMenu(QObject):
    """
    Attributes:
        presets: the user's.
        menu: what can be done with them, and the list.
        button: opens the menu.

    Signals:
        loaded: `Look` of the preset that was chosen.
    """

    loaded = pyqtSignal(object)

    def __init__(self, services: Services, look: Callable[[], Look], parent: QWidget) -> None:
        super().__init__(parent)
        self.presets = Presets.beside(services.own_styles)
        self._services = services
        self._look = look
        self._parent = parent
        self.save = make_action(parent, self.ask_and_save, "Ctrl+Shift+P")
        self.open = make_action(parent, self.ask_and_open)
        self.share = make_action(parent, self.ask_and_share)
        self.menu = QMenu(parent)
        self.menu.setIcon(icon("bookmark"))
        self.removal_menu = QMenu(self.menu)
        self.menu.aboutToShow.connect(self.fill)
        self.button = QToolButton(parent)
        self.button.setMenu(self.menu)
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button.setIconSize(QSize(18, 18))
        self.button.setObjectName("menu")
        self.retranslate()
        self.refresh_icons()

    def retranslate(self) -> None:
        self.menu.setTitle(translate("PresetMenu", "&Presets"))
        self.removal_menu.setTitle(translate("PresetMenu", "&Remove"))
        word(
            self.save,
            translate("PresetMenu", "&Save preset…"),
            translate("PresetMenu", "Keep the style and the sliders under a name"),
        )
        word(self.open, translate("PresetMenu", "&Load preset…"), translate("PresetMenu", "From a file"))
        word(
            self.share,
            translate("PresetMenu", "S&hare preset…"),
            translate("PresetMenu", "As a file, with your own paintings beside it"),
        )
        self.button.setAccessibleName(translate("PresetMenu", "Presets"))
        self.button.setToolTip(translate("PresetMenu", "Presets: styles and sliders under a name"))

    def refresh_icons(self) -> None:
        self.button.setIcon(icon("bookmark"))
        self.menu.setIcon(icon("bookmark"))

    def fill(self) -> None:
        """List the presets there are now."""
        self.menu.clear()
        self.removal_menu.clear()
        self.menu.addActions([self.save, self.open, self.share])
        self.menu.addSeparator()
        found = self.presets.all()[:LIST_LENGTH]
        for path in found:
            name = path.stem.replace("&", "&&")
            self.menu.addAction(name).triggered.connect(partial(self._on_load, path))
            self.removal_menu.addAction(name).triggered.connect(partial(self._on_remove, path))
        if found:
            self.menu.addSeparator()
            self.menu.addMenu(self.removal_menu)
        else:
            self.menu.addAction(translate("PresetMenu", "None yet")).setEnabled(False)

    def load(self, path: Path) -> None:
        """Read a preset's file, and tell `loaded`."""
        read = partial(presets.load, path, self._services.own_styles)
        task = self._services.background.submit(single(read), "preset")
        task.finished.connect(partial(self._on_loaded, path))
        task.failed.connect(self._services.messages.failed)

    def ask_and_save(self) -> None:
        look = self._look()
        suggestion = " + ".join(choice.shown_title for choice, _ in look.styles)
        title, label = translate("PresetMenu", "Save preset"), translate("PresetMenu", "Name:")
        name, accepted = QInputDialog.getText(self._parent, title, label, text=suggestion)
        if not accepted or not name.strip():
            return
        path = self.presets.path(name)
        question = translate("PresetMenu", "There is a preset “{name}” already. Replace it?").format(name=path.stem)
        if path.exists() and not self._sure(title, question):
            return
        kept = translate("PresetMenu", "Kept as preset “{name}”.").format(name=path.stem)
        self._submit(lambda: self.presets.save(name, look), kept)

    def ask_and_open(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self._parent, translate("PresetMenu", "Load preset"), str(self._services.preferences.folder), self._kinds()
        )
        if chosen:
            self.load(Path(chosen))

    def ask_and_share(self) -> None:
        look = self._look()
        name = presets.file_name(" + ".join(choice.shown_title for choice, _ in look.styles)) + SUFFIX
        folder = self._services.preferences.folder
        chosen, _ = QFileDialog.getSaveFileName(
            self._parent, translate("PresetMenu", "Share preset"), str(folder / name), self._kinds()
        )
        if not chosen:
            return
        path = Path(chosen) if is_preset(Path(chosen)) else Path(chosen + SUFFIX)
        self._submit(lambda: presets.share(look, path), translate("PresetMenu", "Saved as {path}").format(path=path))

    @staticmethod
    def _kinds() -> str:
        return f"{translate('PresetMenu', 'Presets')} (*{SUFFIX});;{translate('PresetMenu', 'All files')} (*)"

    def _on_load(self, path: Path, _checked: bool = False) -> None:
        self.load(path)

    def _on_loaded(self, path: Path, look: Look) -> None:
        self.loaded.emit(look)
        self._mention(translate("PresetMenu", "Loaded preset “{name}”.").format(name=path.stem))

    def _on_remove(self, path: Path, _checked: bool = False) -> None:
        question = translate("PresetMenu", "Remove the preset “{name}”?").format(name=path.stem)
        if self._sure(translate("PresetMenu", "Remove preset"), question):
            gone = translate("PresetMenu", "Removed preset “{name}”.").format(name=path.stem)
            self._submit(lambda: self.presets.remove(path), gone)

    def _sure(self, title: str, question: str) -> bool:
        return QMessageBox.question(self._parent, title, question) == QMessageBox.StandardButton.Yes

    def _submit(self, act: Callable[[], object], told: str) -> None:
        """Write in the background, and say so."""
        task = self._services.background.submit(single(act), lasting=True)
        task.finished.connect(lambda _: self._mention(told))
        task.failed.connect(self._services.messages.failed)

    def _mention(self, text: str) -> None:
        self._services.messages.mentioned.emit(text)
