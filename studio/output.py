"""How the result leaves the window, other than by saving: it is exported, or dragged out."""

from dataclasses import replace
from functools import partial

from PyQt5.QtCore import QObject
from PyQt5.QtWidgets import QWidget

from studio import files
from studio.actions import draw_icon_of, make_action, word
from studio.drag_out import DragHandle, DragOut, Gesture
from studio.export_dialog import ExportDialog
from studio.export_options import ExportOptions, SizeMode
from studio.exports import Export, Exports, export
from studio.painting import Look, Photo
from studio.services import Services
from studio.session import Session
from studio.translation import translate

KEPT = "export"  # in the preferences


class Output(QObject):
    """What exports and drags the result of a session.

    Attributes:
        action: the command that exports.
        exports: shows what is being written.
        handle: to drag the result by.
    """

    def __init__(self, services: Services, session: Session, view: QWidget, parent: QWidget) -> None:
        """
        Args:
            view: where holding Ctrl drags the result out.
        """
        super().__init__(parent)
        self._widget = parent
        self._services = services
        self._session = session
        self.exports = Exports(services)
        self.drag_out = DragOut(services, session, self)
        self.handle = DragHandle(self.drag_out)
        self._gesture = Gesture(view, self.drag_out, with_control=True)
        self.action = make_action(parent, self.ask, "Ctrl+E", "download")
        session.painted_changed.connect(self._refresh)
        session.opened.connect(self._refresh)
        self._refresh()
        self.retranslate()

    def retranslate(self) -> None:
        tip = translate("Output", "Write the picture in another format, size or colour profile")
        word(self.action, translate("Output", "&Export…"), tip)

    def refresh_icons(self) -> None:
        draw_icon_of(self.action)
        self.exports.refresh_icons()

    def ask(self, size: SizeMode | None = None) -> None:
        """Ask how to export the photo in the look of now.

        Args:
            size: what the dialog begins with; None for what was chosen last.
        """
        photo, look = self._session.photo, self._session.look
        if photo is None or look is None:
            return
        options = ExportOptions.from_data(self._services.preferences.data(KEPT))
        options = options if size is None else replace(options, size=size)
        dialog = ExportDialog(photo, options, self._widget)
        dialog.chosen.connect(partial(self._on_chosen, dialog, photo, look))
        dialog.open()

    def _on_chosen(self, dialog: ExportDialog, photo: Photo, look: Look, options: ExportOptions) -> None:
        self._services.preferences.set_data(KEPT, options.to_data())
        suggestion = files.suggest_name(photo.name, photo.path, look.names, options.kind)
        title = translate("Output", "Export picture")
        path = files.ask_where(dialog, title, suggestion, self._services.preferences, options.kind)
        if path is None:  # back to the choices
            return
        dialog.accept()
        painted = self._session.painted
        ready = painted is not None and painted.full and painted.photo is photo and painted.look.key == look.key
        picture = painted.picture if painted is not None and ready else None
        preferences = self._services.preferences
        wanted = Export(photo, look, picture, options, path, (preferences.device, preferences.threads))
        self.exports.add(partial(export, self._session.jobs, wanted), path)

    def _refresh(self) -> None:
        self.action.setEnabled(self._session.photo is not None)
        self.handle.setEnabled(self._session.photo is not None)
