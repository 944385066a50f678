"""What the training page says about a training's settings."""

from typing import TYPE_CHECKING

from cyclegan.training_settings import EnlargeTraining
from lapstyle.training_settings import StyleTraining
from studio.batch_words import time_left
from studio.translation import translate

if TYPE_CHECKING:
    from recipes.training import TrainingRun, TrainingStatus


def is_done(status: "TrainingStatus") -> bool:
    """Whether nothing is left to do."""
    return status.step >= status.steps > 0  # 0: not even how many steps there will be is known


def words_of_status(status: "TrainingStatus", running: bool, pausing: bool, stage: str) -> str:
    """How a training stands, in a line.

    Args:
        stage: what it does, as its process says.
    """
    if running and stage == "measuring":
        return translate("Training", "Measuring how fast this computer learns…")
    parts = [word] if running and (word := word_of_stage(stage)) else []
    text = translate("Training", "Step {step} of {steps}")
    parts += [text.format(step=status.step, steps=status.steps)] if status.steps else []
    if running and pausing:
        parts.append(translate("Training", "writing down where it is…"))
    elif running and status.seconds_left is not None:
        parts.append(time_left(status.seconds_left))
    elif not running:
        parts.append(translate("Training", "done") if is_done(status) else translate("Training", "paused"))
    return "  ·  ".join(parts)


def word_of_stage(stage: str) -> str:
    """What a training of several stages does now; "" for one that has but one."""
    words = {
        "draft": translate("Training", "Draft"),
        "revision 1": translate("Training", "First revision"),
        "revision 2": translate("Training", "Second revision"),
    }
    return words.get(stage, "")


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
    elif isinstance(settings, StyleTraining):
        rows = [
            (translate("Teach", "Painting: {name}"), {"name": settings.painting.name}),
            (
                translate("Teach", "Photos: {folder}"),
                {"folder": settings.photos.name if settings.photos else translate("Teach", "The samples")},
            ),
        ]
        if settings.steps is None:
            rows.append((translate("Teach", "Time: {minutes} minutes"), {"minutes": f"{settings.minutes:g}"}))
        if settings.artist:
            rows.append((translate("Teach", "Artist: {artist}"), {"artist": settings.artist}))
        if settings.licence:
            rows.append((translate("Teach", "Licence: {licence}"), {"licence": settings.licence}))
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
