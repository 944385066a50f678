"""The command that shows the contact sheet over the picture, and takes it away again."""

from functools import partial

from PyQt5.QtCore import QObject, Qt, QTimer
from PyQt5.QtWidgets import QStackedWidget, QWidget

from studio import files
from studio.actions import draw_icon_of, make_action, word
from studio.contact_sheet import ContactSheet, export_sheet
from studio.exports import Exports
from studio.gallery import Gallery
from studio.painting import Look, PaintJobs
from studio.services import Services
from studio.session import Session
from studio.style_choice import StyleChoice
from studio.translation import translate
from workbench.formats import format_to_write

GATHER = 300  # ms: sliders that move faster than this give one sheet


class SheetCommand(QObject):
    """Switches between the picture and the contact sheet.

    Attributes:
        action: the command.
        pages: the picture, and the sheet.
    """

    def __init__(
        self,
        services: Services,
        session: Session,
        exports: Exports,
        gallery: Gallery,
        picture: QWidget,
        *,
        jobs: PaintJobs,
    ) -> None:
        """
        Args:
            gallery: has the styles, and gets the one that is picked.
            picture: what the sheet covers.
            jobs: of the session, which paint.
        """
        super().__init__(picture)
        self._services = services
        self._session = session
        self._exports = exports
        self._gallery = gallery
        self._picture = picture
        self._jobs = jobs
        self.page = ContactSheet(services, jobs)
        self.pages = QStackedWidget()
        self.pages.addWidget(picture)
        self.pages.addWidget(self.page)
        self.action = make_action(self.pages, self.toggle, "Ctrl+Shift+C", "layout-grid", checkable=True)
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.setInterval(GATHER)
        self._gather.timeout.connect(self._paint)
        self.page.picked.connect(self._on_picked)
        self.page.left.connect(self.leave)
        self.page.export_wanted.connect(self.ask_where)
        session.opened.connect(self._on_opened)
        session.painted_changed.connect(self._on_painted_changed)
        self.action.setEnabled(session.photo is not None)
        self.retranslate()

    def retranslate(self) -> None:
        tip = translate("SheetCommand", "The photo in every style, to pick from")
        word(self.action, translate("SheetCommand", "&Contact sheet"), tip)

    def refresh_icons(self) -> None:
        draw_icon_of(self.action)
        self.page.refresh_icons()

    @property
    def shown(self) -> bool:
        return self.pages.currentWidget() is self.page

    def toggle(self) -> None:
        if self.shown:
            self.leave()
        elif self._session.photo is not None:
            self.pages.setCurrentWidget(self.page)
            self._paint()
            self.page.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.action.setChecked(self.shown)

    def leave(self) -> None:
        """Back to the picture."""
        self._gather.stop()
        self.page.stop()
        self.pages.setCurrentWidget(self._picture)
        self.action.setChecked(False)

    def ask_where(self) -> None:
        """Save the sheet as a picture."""
        photo, look = self._session.photo, self._session.look
        if photo is None or look is None:
            return
        kind = format_to_write("sheet.jpg", None)
        suggestion = files.suggest_name(photo.name, photo.path, [translate("SheetCommand", "Contact sheet")], kind)
        title = translate("SheetCommand", "Save contact sheet")
        path = files.ask_where(self.page, title, suggestion, self._services.preferences)
        if path is not None:
            everything = Look(tuple((choice, 1.0) for choice in self._gallery.model.styles), look.settings)
            start = partial(export_sheet, self._jobs, photo, everything, path)
            self._exports.add(start, path)

    def _paint(self) -> None:
        photo, look = self._session.photo, self._session.look
        if photo is not None and look is not None and self.shown:
            self.page.paint(photo, look, self._gallery.model.styles)

    def _on_picked(self, choice: StyleChoice) -> None:
        self.leave()
        self._gallery.choose([choice.id])

    def _on_opened(self) -> None:
        self.action.setEnabled(True)
        self.leave()

    def _on_painted_changed(self, painted: object) -> None:
        if painted is None and self.shown:  # something was set anew
            self._gather.start()
