"""Noise, blur and restoration of a folder of photos."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from noise.pipeline import Pipeline
from recipes.pipeline_file import load_pipeline
from studio.batch_kind import BatchKind, BatchPreset, OnEntry, Recipe
from studio.look_words import steps_in_words
from studio.translation import translate

if TYPE_CHECKING:
    from recipes.noise_batch import NoiseBatch
    from studio.batch_plan import BatchPlan


@dataclass(frozen=True)
class NoiseRecipe(Recipe):
    """The steps of the noise tab."""

    kind: ClassVar[str] = "noise"

    pipeline: Pipeline

    @property
    def title(self) -> str:
        return steps_in_words(self.pipeline)

    @property
    def style(self) -> str:
        return "+".join(step.name for step in self.pipeline.steps)

    @property
    def complete(self) -> bool:
        return bool(self.pipeline.steps)

    def prepare(self, plan: "BatchPlan", on_entry: OnEntry) -> "NoiseBatch":
        from recipes.noise_batch import NoiseBatch

        return NoiseBatch(
            plan.inputs,
            plan.output,
            pipeline=self.pipeline,
            options=plan.options,
            pattern=plan.pattern,
            suffix=plan.suffix,
            on_entry=on_entry,
            enlarge=plan.enlarge,
            enlarger=plan.enlarger,
        )

    def to_dict(self) -> dict[str, Any]:
        return {"pipeline": self.pipeline.to_dict()}


class NoiseKind(BatchKind):
    """Photos through an ordered list of steps."""

    name = NoiseRecipe.kind

    def __init__(self, pipeline: Callable[[], Pipeline]) -> None:
        """
        Args:
            pipeline: what is set in the tab.
        """
        self._pipeline = pipeline

    def now(self) -> NoiseRecipe:
        return NoiseRecipe(self._pipeline())

    def read_preset(self, path: Path) -> BatchPreset:
        return BatchPreset(path.stem, NoiseRecipe(load_pipeline(path)))

    def recipe_from(self, content: dict[str, Any]) -> NoiseRecipe:
        return NoiseRecipe(Pipeline.from_dict(content["pipeline"]))

    def window_title(self) -> str:
        return translate("Batch", "Batch: noise and blur")

    def label(self) -> str:
        return translate("Batch", "S&teps")

    def label_tip(self) -> str:
        return translate("Batch", "The steps that every photo goes through")

    def style_tip(self) -> str:
        return translate("Batch", "{style}: the steps' names")

    def lack(self) -> str:
        return translate("Batch", "There are no steps yet. Add some in the main window, or take those of a preset.")

    def preset_tip(self) -> str:
        return translate("Batch", "Take the steps of a file")

    def start(self, photos: int) -> str:
        if photos == 1:
            return translate("Batch", "&Process 1 photo")
        several = translate("Batch", "&Process {count} photos").format(count=photos)
        return several if photos else translate("Batch", "&Process")

    def output_name(self, folder: str) -> str:
        return translate("Batch", "{folder} processed").format(folder=folder).strip()
