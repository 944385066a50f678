"""Translating a folder of photos."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from cyclegan.models import DIRECTIONS, Direction, find_model, models
from cyclegan.translation import TranslationSettings
from studio.batch_kind import BatchKind, BatchPreset, OnEntry, Recipe
from studio.translation import translate
from studio.translation_look import ModelChoice, TranslationLook, checkpoint_files

if TYPE_CHECKING:
    from recipes.translation_batch import TranslationBatch
    from studio.batch_plan import BatchPlan


@dataclass(frozen=True)
class TranslationRecipe(Recipe):
    """A model of the CycleGAN tab, a direction, and the sliders.

    Attributes:
        model: its name, or its file; "" for none.
    """

    kind: ClassVar[str] = "translation"

    model: str
    direction: Direction
    settings: TranslationSettings

    @property
    def title(self) -> str:
        shipped = next((ModelChoice(model) for model in models() if model.id == self.model), None)
        if shipped is not None:
            return f"{shipped.title}: {shipped.way(self.direction)}"
        backward = translate("Batch", "{model}, backward")
        name = Path(self.model).name
        return name if self.direction == "forward" else backward.format(model=name)

    @property
    def style(self) -> str:
        return Path(self.model).stem

    @property
    def complete(self) -> bool:
        return bool(self.model)

    def prepare(self, plan: "BatchPlan", on_entry: OnEntry) -> "TranslationBatch":
        from cyclegan.translator import Translator
        from recipes.translation_batch import TranslationBatch

        return TranslationBatch(
            plan.inputs,
            plan.output,
            translator=Translator(self.model, self.direction, *plan.machine),
            settings=self.settings,
            options=plan.options,
            pattern=plan.pattern,
            suffix=plan.suffix,
            on_entry=on_entry,
            enlarge=plan.enlarge,
            enlarger=plan.enlarger,
        )

    def to_dict(self) -> dict[str, Any]:
        return {"model": self.model, "direction": self.direction, "settings": self.settings.to_dict()}


class TranslationKind(BatchKind):
    """Photos through a generator."""

    name = TranslationRecipe.kind

    def __init__(self, look: Callable[[], TranslationLook]) -> None:
        """
        Args:
            look: what is set in the tab.
        """
        self._look = look

    def now(self) -> TranslationRecipe:
        look = self._look()
        return TranslationRecipe("" if look.choice is None else look.choice.id, look.direction, look.translation)

    def read_preset(self, path: Path) -> BatchPreset:
        """A checkpoint, with the sliders of the tab."""
        model = find_model(path)
        return BatchPreset(path.stem, TranslationRecipe(model.id, model.directions[0], self._look().translation))

    def recipe_from(self, content: dict[str, Any]) -> TranslationRecipe:
        direction = DIRECTIONS[DIRECTIONS.index(content["direction"])]
        return TranslationRecipe(str(content["model"]), direction, TranslationSettings.from_dict(content["settings"]))

    def window_title(self) -> str:
        return translate("Batch", "Batch: translate")

    def label(self) -> str:
        return translate("Batch", "&Translation")

    def label_tip(self) -> str:
        return translate("Batch", "The model that translates every photo")

    def style_tip(self) -> str:
        return translate("Batch", "{style}: the model's name")

    def lack(self) -> str:
        return translate("Batch", "There is no model yet. Load a checkpoint in the main window, or here.")

    def preset_tip(self) -> str:
        return translate("Batch", "Take the model of a checkpoint's file")

    def preset_files(self) -> str:
        return checkpoint_files()

    def start(self, photos: int) -> str:
        if photos == 1:
            return translate("Batch", "&Process 1 photo")
        several = translate("Batch", "&Process {count} photos").format(count=photos)
        return several if photos else translate("Batch", "&Process")

    def output_name(self, folder: str) -> str:
        return translate("Batch", "{folder} translated").format(folder=folder).strip()
