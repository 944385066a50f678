"""The look as the preferences keep it from one start to the next."""

from typing import Any

from lapstyle.settings import Settings
from noise.pipeline import Pipeline
from studio.painting import Look
from studio.style_choice import StyleChoice
from workbench.errors import StudioError


def look_to_data(look: Look) -> dict[str, Any]:
    """For JSON."""
    return {
        "settings": look.settings.to_dict(),
        "styles": [[choice.id, weight] for choice, weight in look.styles],
        "before": look.before.to_dict(),
        "after": look.after.to_dict(),
    }


def look_from_data(data: Any, known: list[StyleChoice]) -> Look | None:
    """What `look_to_data` gave, here or in an earlier version; None if it is anything else.

    Args:
        known: the paintings there are; others are left out.
    """
    choices = {choice.id: choice for choice in known}
    try:
        styles = tuple((choices[id], float(weight)) for id, weight in data["styles"] if id in choices)
        before, after = (Pipeline.from_dict(data[name]) if name in data else Pipeline() for name in ("before", "after"))
        return Look(styles, Settings.from_dict(data["settings"]), before, after)
    except (StudioError, KeyError, TypeError, ValueError, AttributeError):
        return None
