"""What the training page says about a training's settings."""

from typing import TYPE_CHECKING

from cyclegan.training_settings import EnlargeTraining
from studio.translation import translate

if TYPE_CHECKING:
    from recipes.training import TrainingRun


def summary_of(run: "TrainingRun") -> str:
    """A training's settings, a line each."""
    settings = run.settings
    rows: list[tuple[str, dict[str, object]]]
    if isinstance(settings, EnlargeTraining):
        rows = [
            (translate("Training", "Enlarges {factor} times"), {"factor": settings.factor}),
            (translate("Training", "Pictures: {folder}"), {"folder": settings.folder.name}),
            (translate("Training", "Squares of {side} px"), {"side": settings.patch}),
        ]
    else:
        rows = [
            (translate("Training", "From: {folder}"), {"folder": settings.a.name}),
            (translate("Training", "To: {folder}"), {"folder": settings.b.name}),
            (
                translate("Training", "Begun with: {model}"),
                {"model": settings.start or translate("Training", "scratch")},
            ),
            (translate("Training", "Squares of {side} px"), {"side": settings.crop}),
        ]
    return "\n\n".join(text.format(**gaps) for text, gaps in rows)
