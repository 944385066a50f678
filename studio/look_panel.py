"""The sliders: strength, stroke, detail, colour, how much of each style is in a blend; and the texture."""

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QVBoxLayout

from lapstyle.settings import DETAIL_LIMIT, STROKES, Settings
from noise.pipeline import Pipeline
from studio.blend_list import BlendList, BlendRow
from studio.controls import LanguageAware, NumberSlider, StepSlider
from studio.style_choice import StyleChoice
from studio.texture_row import TextureRow
from studio.theme import SPACE
from studio.translation import translate

USUAL = Settings()


class LookPanel(LanguageAware):
    """What the user sets about a painting: `Settings`, and the steps before and after it.

    Signals:
        changed: a slider moved, or steps are others.
    """

    changed = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.strength = NumberSlider(0, 100, round(100 * USUAL.strength))
        self.stroke = StepSlider(list(STROKES), str(USUAL.stroke))
        self.detail = NumberSlider(0, round(100 * DETAIL_LIMIT), round(100 * USUAL.detail))
        self.color = NumberSlider(0, 100, round(100 * USUAL.content_color))
        self.blend = BlendList()
        self.texture = TextureRow()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addWidget(self.blend)
        for control in (self.strength, self.stroke, self.detail, self.color):
            layout.addWidget(control)
            control.changed.connect(self._on_changed)
        layout.addWidget(self.texture)
        self.texture.changed.connect(self._on_changed)
        self.blend.changed.connect(self._on_changed)
        self.retranslate()

    def retranslate(self) -> None:
        self.strength.set_texts(
            translate("LookPanel", "Strength"),
            translate("LookPanel", "How much of the painting there is: 0 % is the photo."),
        )
        words = {
            "broad": translate("LookPanel", "Broad"),
            "bold": translate("LookPanel", "Bold"),
            "medium": translate("LookPanel", "Medium"),
            "fine": translate("LookPanel", "Fine"),
            "finest": translate("LookPanel", "Finest"),
        }
        self.stroke.set_texts(
            translate("LookPanel", "Stroke"), translate("LookPanel", "How broad the brush is."), words
        )
        self.detail.set_texts(
            translate("LookPanel", "Detail"),
            translate("LookPanel", "How much fine texture is added: 0 % is soft, more than 100 % is crisp."),
        )
        self.color.set_texts(
            translate("LookPanel", "Photo's colours"),
            translate("LookPanel", "0 %: the painting's colours. 100 %: the photo keeps its own."),
        )

    @property
    def settings(self) -> Settings:
        return Settings(
            strength=self.strength.value / 100,
            color=self.color.value / 100,
            stroke=self.stroke.value,
            detail=self.detail.value / 100,
        )

    def set_settings(self, settings: Settings) -> None:
        """Move the sliders; a stroke in pixels takes the nearest step."""
        self.strength.set_value(round(100 * settings.strength))
        self.color.set_value(round(100 * settings.content_color))
        self.detail.set_value(round(100 * settings.detail))
        self.stroke.set_value(min(STROKES, key=lambda name: abs(STROKES[name] - settings.draft_side)))

    @property
    def before(self) -> Pipeline:
        """Steps of the photo, before it is painted."""
        return self.texture.before

    @property
    def after(self) -> Pipeline:
        """Steps of the painting."""
        return self.texture.after

    def set_steps(self, before: Pipeline, after: Pipeline) -> None:
        """Paint with these steps before and after."""
        self.texture.set_steps(before, after)

    @property
    def weights(self) -> dict[str, BlendRow]:
        """The weights of a blend by the styles' ids; empty for a single style."""
        return self.blend.rows

    def set_styles(self, styles: list[StyleChoice]) -> None:
        """Show a weight for each of several styles; weights of styles that stay are kept."""
        self.blend.set_styles(styles)

    def weight(self, id: str) -> float:
        return float(self.weights[id].value) if id in self.weights else 1.0

    def set_weights(self, weights: dict[str, float]) -> None:
        for id, weight in weights.items():
            if id in self.weights:
                self.weights[id].set_value(round(weight))

    def refresh_icons(self) -> None:
        """The theme changed."""
        self.blend.refresh_icons()
        self.texture.refresh_icons()

    def reset(self) -> None:
        """Move the sliders back; the texture stays."""
        self.set_settings(USUAL)

    def _on_changed(self) -> None:
        self.changed.emit()
