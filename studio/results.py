"""Puts what is painted on the filmstrip, returns to it, and compares two of it."""

from collections.abc import Callable

from PyQt5.QtCore import QObject, QTimer

from studio.actions import draw_icon_of, make_action, word
from studio.filmstrip import Filmstrip
from studio.gallery import Gallery
from studio.history import Entry, History
from studio.image_view import Pair
from studio.look_words import captions
from studio.painting import Look, Painted
from studio.services import Services
from studio.session import Session
from studio.translation import translate
from studio.viewer import Viewer

REST = 600  # ms that a result must stay to be kept: what flies by under a slider is not
SHOWN = "filmstrip"


class Results(QObject):
    """
    Attributes:
        history: what was painted.
        strip: shows it.
        show_strip, compare: for the menu.
        rest: runs while a result is new, and keeps it when it ends.
    """

    def __init__(
        self, services: Services, session: Session, viewer: Viewer, gallery: Gallery, set_look: Callable[[Look], None]
    ) -> None:
        """
        Args:
            set_look: moves the sliders and the gallery.
        """
        super().__init__(viewer)
        self.history = History()
        self.strip = Filmstrip(self.history)
        self._services = services
        self._session = session
        self._viewer = viewer
        self._gallery = gallery
        self._set_look = set_look
        self._pending: Painted | None = None
        self._current: Entry | None = None  # what is shown
        self._returning = False
        self._divided_before = False
        self.rest = QTimer(self)
        self.rest.setSingleShot(True)
        self.rest.setInterval(REST)
        self.rest.timeout.connect(self._on_rest)
        self.show_strip = make_action(viewer, None, "F", "film", checkable=True)
        self.compare = make_action(viewer, None, "Shift+B", checkable=True)
        self.show_strip.setChecked(services.preferences.text(SHOWN) != "hidden")
        self._connect()
        self.retranslate()
        self._refresh()

    def _connect(self) -> None:
        self._session.painted_changed.connect(self._on_painted)
        self.strip.chosen.connect(self.return_to)
        self.strip.paired.connect(self.show_pair)
        self.strip.removal_wanted.connect(self.remove)
        self.show_strip.toggled.connect(self._on_show_strip)
        self.compare.triggered.connect(self._on_compare)
        self._viewer.view.divided.connect(self._on_divided)

    def retranslate(self) -> None:
        tip = translate("Results", "A row of all results, to return to and to compare")
        word(self.show_strip, translate("Results", "Fi&lmstrip"), tip)
        tip = translate("Results", "The two results chosen in the filmstrip, or this one and the one before it")
        word(self.compare, translate("Results", "Compare two &results"), tip)

    def refresh_icons(self) -> None:
        draw_icon_of(self.show_strip)

    def _refresh(self) -> None:
        self.strip.setVisible(bool(self.history.entries) and self.show_strip.isChecked())
        self.compare.setEnabled(self._pair_to_compare() is not None)
        self.compare.setChecked(self._viewer.view.pair is not None)

    # What is painted

    def _on_painted(self, painted: Painted | None) -> None:
        self._pending = painted
        if painted is None:
            self.rest.stop()
            self._current = None
            if not self._returning:
                self.strip.pick()
            self.end_pair()
        elif self.history.find(painted.photo, painted.look) is not None:
            self._keep(painted)
        elif not self.rest.isActive():
            self.rest.start()

    def _on_rest(self) -> None:
        if self._pending is not None:
            self._keep(self._pending)

    def _keep(self, painted: Painted) -> None:
        self._pending = None
        self.rest.stop()
        self._current = self.history.add(painted)
        if self._viewer.view.pair is None:
            self.strip.pick(self._current)
        self._refresh()

    # Returning

    def take_up(self, look: Look) -> None:
        """Set a look of this photo; a result that is kept shows at once."""
        self._set_look(look)
        photo = self._session.photo
        entry = self.history.find(photo, look) if photo is not None else None
        if entry is not None:
            self._show(entry)

    def return_to(self, entry: Entry) -> None:
        """Show a result and set what it was painted with."""
        known = {choice.id for choice in self._gallery.model.styles}
        lost = [choice.shown_name for choice, _ in entry.look.styles if choice.id not in known]
        if lost:
            text = translate("Results", "“{title}” is not in the gallery any more, so this result cannot be taken up.")
            self._services.messages.told.emit(text.format(title=lost[0]))
            return
        self.end_pair()
        photo = entry.photo()
        self._returning = True
        try:
            self._set_look(entry.look)
            if photo is None and entry.path is not None:
                self._session.open(entry.path, entry.name)
                return
            if photo is not None and photo is not self._session.photo and entry.painted is None:
                self._session.take(photo)
            self._show(entry)
        finally:
            self._returning = False

    def _show(self, entry: Entry) -> None:
        """Its whole picture, or the small one until it is painted again."""
        self.history.use(entry)
        if entry.painted is not None:
            self._session.restore(entry.painted)
        else:
            self._session.show_meanwhile(entry.small)

    def remove(self, entries: list[Entry]) -> None:
        """Forget results; what is shown stays."""
        self.end_pair()
        if self._current in entries:
            self._current = None
        self.history.remove([entry for entry in entries if entry in self.history.entries])
        self.strip.pick(*([self._current] if self._current is not None else []))
        self._refresh()

    # Comparing

    def _pair_to_compare(self) -> tuple[Entry, Entry] | None:
        """The two that are chosen, else the current one and the one before it of the same photo."""
        picked = self.strip.picked
        if len(picked) == 2:
            return picked[0], picked[1]
        current = picked[0] if picked else self._current
        photo = self._session.photo
        if current is None or photo is None:
            return None
        others = [entry for entry in self.history.entries if entry is not current and entry.is_of(photo)]
        row = self.history.row_of(current) or 0
        before = [entry for entry in others if (self.history.row_of(entry) or 0) < row]
        if before:
            return before[-1], current
        return (current, others[0]) if others else None

    def show_pair(self, first: Entry, second: Entry) -> None:
        """Show one against the other, on both sides of the divider."""
        photo = self._session.photo
        if photo is None or not (first.is_of(photo) and second.is_of(photo)):
            self._services.messages.mentioned.emit(
                translate("Results", "Only results of the photo that is open can be compared.")
            )
            self.strip.pick(*([self._current] if self._current is not None else []))
            self._refresh()
            return
        view = self._viewer.view
        if view.pair is None:
            self._divided_before = view.divider is not None
        left, right = (entry.painted.shown if entry.painted else entry.small for entry in (first, second))
        view.pair = Pair(left, right, captions(first.look, second.look))
        if view.divider is None:
            view.divider = 0.5
        self._refresh()

    def end_pair(self) -> None:
        """Show photo and result again."""
        view = self._viewer.view
        if view.pair is not None:
            view.pair = None
            if not self._divided_before:
                view.divider = None
            self.strip.pick(*([self._current] if self._current is not None else []))
        self._refresh()

    def _on_compare(self, wanted: bool) -> None:
        pair = self._pair_to_compare()
        if wanted and pair is not None:
            self.strip.pick(*pair)
            self.show_pair(*pair)
        else:
            self.end_pair()

    def _on_divided(self, divided: bool) -> None:
        if not divided and self._viewer.view.pair is not None:
            self._divided_before = False
            self.end_pair()

    def _on_show_strip(self, shown: bool) -> None:
        self._services.preferences.set_text(SHOWN, "" if shown else "hidden")
        self._refresh()
