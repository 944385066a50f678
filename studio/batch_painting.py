"""Painting a folder of photos."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from lapstyle.pack_metadata import is_pack
from lapstyle.settings import Settings
from noise.pipeline import Pipeline
from recipes.preset import Preset, load_preset
from studio.batch_kind import BatchKind, BatchPreset, OnEntry, Recipe
from studio.look_words import steps_of, title_of
from studio.painting import Look, PaintJobs, style_of
from studio.presets import Presets
from studio.style_choice import StyleChoice, named_styles
from studio.translation import translate
from workbench.errors import StudioError, StyleUnknown

if TYPE_CHECKING:
    from recipes.batch import Batch
    from studio.batch_plan import BatchPlan

MOST_PRESETS = 40


@dataclass(frozen=True)
class PaintRecipe(Recipe):
    """
    Attributes:
        jobs: has the painter.
    """

    kind: ClassVar[str] = "painting"

    look: Look
    jobs: PaintJobs = field(compare=False, repr=False)

    @property
    def title(self) -> str:
        return " · ".join([title_of(self.look), *steps_of(self.look).values()])

    @property
    def style(self) -> str:
        return "+".join(choice.title for choice, _ in self.look.styles)

    @property
    def complete(self) -> bool:
        return bool(self.look.styles)

    def prepare(self, plan: "BatchPlan", on_entry: OnEntry) -> "Batch":
        from recipes.batch import Batch

        look = self.look
        return Batch(
            plan.inputs,
            plan.output,
            styles=[(style_of(choice), weight) for choice, weight in look.styles],
            settings=look.settings,
            before=look.before,
            after=look.after,
            options=plan.options,
            pattern=plan.pattern,
            suffix=plan.suffix,
            painter=self.jobs.painter("batch"),
            on_entry=on_entry,
            enlarge=plan.enlarge,
            enlarger=plan.enlarger,
        )

    def to_dict(self) -> dict[str, Any]:
        look = self.look
        return {
            "styles": [
                {**asdict(choice), "path": str(choice.path), "weight": weight} for choice, weight in look.styles
            ],
            "settings": look.settings.to_dict(),
            "before": look.before.to_dict(),
            "after": look.after.to_dict(),
        }


class PaintingKind(BatchKind):
    """Photos in the styles of paintings."""

    name = PaintRecipe.kind

    def __init__(self, jobs: PaintJobs, look: Callable[[], Look], presets: Presets) -> None:
        """
        Args:
            look: what is set in the tab.
            presets: the user's.
        """
        self._jobs = jobs
        self._look = look
        self._presets = presets

    def now(self) -> PaintRecipe:
        return PaintRecipe(self._look(), self._jobs)

    def presets(self) -> list[BatchPreset]:
        found = []
        for path in self._presets.all()[:MOST_PRESETS]:
            with suppress(StudioError):  # who opens it is told
                found.append(self.read_preset(path))
        return found

    def read_preset(self, path: Path) -> BatchPreset:
        preset = load_preset(path)
        recipe = PaintRecipe(look_of(preset), self._jobs)
        return BatchPreset(path.stem, recipe, preset.options, preset.pattern, preset.suffix, preset.enlarge)

    def recipe_from(self, content: dict[str, Any]) -> PaintRecipe:
        styles = []
        for style in content["styles"]:
            described = {name: value for name, value in style.items() if name != "weight"}
            styles.append((StyleChoice(**{**described, "path": Path(style["path"])}), float(style["weight"])))
        before, after = (  # which earlier versions did not have
            Pipeline.from_dict(content[name]) if name in content else Pipeline() for name in ("before", "after")
        )
        return PaintRecipe(Look(tuple(styles), Settings.from_dict(content["settings"]), before, after), self._jobs)

    def window_title(self) -> str:
        return translate("Batch", "Batch: paint")

    def label(self) -> str:
        return translate("Batch", "Pain&t")

    def label_tip(self) -> str:
        return translate("Batch", "The style and the sliders to paint with")

    def style_tip(self) -> str:
        return translate("Batch", "{style}: the style's name")

    def lack(self) -> str:
        return translate("Batch", "No style is chosen. Choose one in the main window, or take a preset.")

    def preset_tip(self) -> str:
        return translate("Batch", "Paint as a preset says")

    def start(self, photos: int) -> str:
        if photos == 1:
            return translate("Batch", "&Paint 1 photo")
        return (
            translate("Batch", "&Paint {count} photos").format(count=photos) if photos else translate("Batch", "&Paint")
        )

    def output_name(self, folder: str) -> str:
        return translate("Batch", "{folder} painted").format(folder=folder).strip()


def look_of(preset: Preset) -> Look:
    """How a preset paints. Raises `StyleUnknown`."""
    known = {choice.id: choice for choice in named_styles()}
    styles = []
    for style, weight in preset.styles:
        if isinstance(style, Path):
            choice = StyleChoice(str(style), style.stem, "", "", style, True, is_pack(style))
        elif style in known:
            choice = known[style]
        else:
            raise StyleUnknown(name=style, known=", ".join(known))
        styles.append((choice, weight))
    return Look(tuple(styles), preset.settings, preset.before, preset.after)
