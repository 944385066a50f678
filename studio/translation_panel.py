"""How to translate: the direction, and the sliders."""

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout

from cyclegan.models import DIRECTIONS, Direction
from cyclegan.translation import DETAIL_LIMIT, TranslationSettings
from studio.actions import button_for, draw_icon_of, make_action, word
from studio.controls import LanguageAware, NumberSlider, StepSlider
from studio.theme import SPACE
from studio.translation import translate
from studio.translation_look import ModelChoice

USUAL = TranslationSettings()
OWN_SIZE = "photo"
SIZES = ("256", "384", "512", "640", "800", "1024", "1280", "1600", OWN_SIZE)
"""Long sides in pixels at which the network works."""


class TranslationPanel(LanguageAware):
    """
    Attributes:
        swap: the command that turns the direction round.

    Signals:
        changed: something is set differently.
    """

    changed = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._choice: ModelChoice | None = None
        self.direction: Direction = "forward"
        self.way = QLabel()
        self.way.setTextFormat(Qt.TextFormat.PlainText)
        self.way.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.swap = make_action(self, self._on_swap, "Ctrl+D", "arrow-left-right")
        self.working_size = StepSlider(SIZES, str(USUAL.size))
        self.detail = NumberSlider(0, round(100 * DETAIL_LIMIT), round(100 * USUAL.detail))
        self.strength = NumberSlider(0, 100, round(100 * USUAL.strength))
        row = QHBoxLayout()
        row.addWidget(self.way, 1)
        row.addWidget(button_for(self.swap))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addLayout(row)
        for control in (self.working_size, self.detail, self.strength):
            layout.addWidget(control)
            control.changed.connect(self._on_changed)
        self.retranslate()

    def retranslate(self) -> None:
        word(
            self.swap,
            translate("TranslationPanel", "S&wap direction"),
            translate("TranslationPanel", "Translate the other way"),
        )
        tip = translate(
            "TranslationPanel", "The long side at which the network sees the photo: less changes more of it."
        )
        words = {size: f"{size} px" for size in SIZES}
        words[OWN_SIZE] = translate("TranslationPanel", "Photo's own (slow)")
        self.working_size.set_texts(translate("TranslationPanel", "Working size"), tip, words)
        self.detail.set_texts(
            translate("TranslationPanel", "Detail"),
            translate("TranslationPanel", "How much of the photo's own fine detail is given back."),
        )
        self.strength.set_texts(
            translate("TranslationPanel", "Strength"),
            translate("TranslationPanel", "How much of the translation there is: 0 % is the photo."),
        )
        self._show_way()

    def refresh_icons(self) -> None:
        draw_icon_of(self.swap)

    def set_choice(self, choice: ModelChoice | None) -> None:
        """Show what this model can do; the direction stays where it can."""
        self._choice = choice
        if choice is not None and self.direction not in choice.model.directions:
            self.direction = choice.model.directions[0]
        self._show_way()

    def set_direction(self, direction: Direction) -> None:
        """Translate this way, where the model can."""
        if self._choice is None or direction in self._choice.model.directions:
            self.direction = direction
            self._show_way()

    @property
    def settings(self) -> TranslationSettings:
        size = None if self.working_size.value == OWN_SIZE else int(self.working_size.value)
        return TranslationSettings(size, self.detail.value / 100, self.strength.value / 100)

    def set_settings(self, settings: TranslationSettings) -> None:
        """Move the sliders; a size between two steps takes the nearest."""
        size = settings.size
        steps = [step for step in SIZES if step != OWN_SIZE]
        self.working_size.set_value(OWN_SIZE if size is None else min(steps, key=lambda step: abs(int(step) - size)))
        self.detail.set_value(round(100 * settings.detail))
        self.strength.set_value(round(100 * settings.strength))

    def _on_swap(self) -> None:
        forward, backward = DIRECTIONS
        self.set_direction(backward if self.direction == forward else forward)
        self._on_changed()

    def _on_changed(self, _value: object = None) -> None:
        self.changed.emit()

    def _show_way(self) -> None:
        choice = self._choice
        self.way.setText("" if choice is None else choice.way(self.direction))
        self.swap.setEnabled(choice is not None and len(choice.model.directions) > 1)
        self.setEnabled(choice is not None)
