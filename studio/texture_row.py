"""The row of the style tab that says which steps come before a painting and which after it."""

from dataclasses import replace

from PyQt5.QtCore import QPoint, pyqtSignal
from PyQt5.QtGui import QHideEvent
from PyQt5.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout

from noise.grain import FilmGrain
from noise.pipeline import STEPS_LIMIT, Pipeline
from studio.actions import make_action, plain, with_keys, word
from studio.controls import LanguageAware
from studio.look_words import steps_in_words
from studio.steps_dialog import StepsDialog
from studio.theme import SPACE
from studio.translation import translate

WIDTHS = 4, 4, 3  # of the buttons, as shares of the row


class TextureRow(LanguageAware):
    """Two buttons that open the steps, and one that puts film grain on the painting.

    Attributes:
        before, after: the steps.
        actions_shown: for the menu.

    Signals:
        changed: one of them is another.
    """

    changed = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("texture")
        self.before = Pipeline()
        self.after = Pipeline()
        self._dialogs: dict[str, StepsDialog] = {}  # made when they are first wanted
        self.title = QLabel()
        self.before_button, self.after_button, self.grain_button = QPushButton(), QPushButton(), QPushButton()
        self.actions_shown = [
            make_action(self, lambda: self.open("before"), "Ctrl+Shift+B"),
            make_action(self, lambda: self.open("after"), "Ctrl+Shift+A"),
            make_action(self, self.toggle_grain, "Ctrl+Shift+G", checkable=True),
        ]
        self._buttons = list(
            zip((self.before_button, self.after_button, self.grain_button), self.actions_shown, strict=True)
        )
        self.grain_button.setCheckable(True)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        for (button, action), share in zip(self._buttons, WIDTHS, strict=True):
            button.clicked.connect(action.trigger)
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            row.addWidget(button, share)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE // 2)
        column.addWidget(self.title)
        column.addLayout(row)
        self.retranslate()

    def retranslate(self) -> None:
        self.title.setText(translate("TextureRow", "Texture"))
        self.title.setToolTip(translate("TextureRow", "Noise, blur and restoration around the painting"))
        self.grain_button.setText(translate("TextureRow", "Grain"))
        before, after, grain = self.actions_shown
        word(before, translate("TextureRow", "Steps &before painting…"))
        word(after, translate("TextureRow", "Steps &after painting…"))
        word(grain, translate("TextureRow", "Film &grain"), translate("TextureRow", "Film grain on the painting"))
        for button, action in self._buttons:
            button.setAccessibleName(plain(action.text()))
        self.grain_button.setToolTip(grain.toolTip())
        self._show()

    def refresh_icons(self) -> None:
        """The theme changed."""
        for dialog in self._dialogs.values():
            dialog.editor.refresh_icons()

    def hideEvent(self, event: QHideEvent) -> None:
        if not event.spontaneous():  # another tab, or the window closes
            for dialog in self._dialogs.values():
                dialog.hide()
        super().hideEvent(event)

    def set_steps(self, before: Pipeline, after: Pipeline) -> None:
        """Show these, also in the windows that are open; nobody is told unless they differ."""
        if (before, after) != (self.before, self.after):
            self.before, self.after = before, after
            self._show()
            self.changed.emit()

    def open(self, place: str) -> StepsDialog:
        """Show the steps "before" or "after" the painting, beside the row."""
        if place not in self._dialogs:
            dialog = self._dialogs[place] = StepsDialog(place == "before", self)
            dialog.set_pipeline(getattr(self, place))
            dialog.changed.connect(lambda pipeline: self._on_edited(place, pipeline))
            corner = self.mapToGlobal(self.rect().bottomLeft())
            dialog.move(corner - QPoint(dialog.width() + 3 * SPACE, dialog.height()))
        self._dialogs[place].bring_forward()
        return self._dialogs[place]

    def toggle_grain(self) -> None:
        """Film grain as the last step, or none any more."""
        others = tuple(step for step in self.after.steps if not isinstance(step, FilmGrain))
        steps = others if self._grainy else (*others, FilmGrain())
        self.set_steps(self.before, replace(self.after, steps=steps))

    @property
    def _grainy(self) -> bool:
        return any(isinstance(step, FilmGrain) for step in self.after.steps)

    def _on_edited(self, place: str, pipeline: Pipeline) -> None:
        self.set_steps(pipeline if place == "before" else self.before, pipeline if place == "after" else self.after)

    def _show(self) -> None:
        none = translate("TextureRow", "none")
        before, after, grain = self.actions_shown
        for action, button, name, pipeline, tip in (
            (
                before,
                self.before_button,
                translate("TextureRow", "Before"),
                self.before,
                translate("TextureRow", "Noise, blur or restoration of the photo before it is painted: {steps}"),
            ),
            (
                after,
                self.after_button,
                translate("TextureRow", "After"),
                self.after,
                translate("TextureRow", "Noise, blur or restoration of the painting: {steps}"),
            ),
        ):
            number = len(pipeline.steps)
            button.setText(f"{name} ({number})" if number else f"{name}…")
            button.setToolTip(with_keys(tip.format(steps=steps_in_words(pipeline) or none), action.shortcut()))
        grain.setChecked(self._grainy)
        self.grain_button.setChecked(self._grainy)
        possible = self._grainy or len(self.after.steps) < STEPS_LIMIT
        grain.setEnabled(possible)
        self.grain_button.setEnabled(possible)
        for place, dialog in self._dialogs.items():
            dialog.set_pipeline(getattr(self, place))
