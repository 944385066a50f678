"""A look in words, for tips and captions."""

from typing import Any

from lapstyle.settings import Settings
from noise.pipeline import Pipeline
from studio.painting import Look
from studio.step_words import title_of_step
from studio.translation import translate


def title_of(look: Look) -> str:
    """ "Poppies", or "Poppies + The Great Wave" for a blend."""
    return " + ".join(choice.shown_name for choice, _ in look.styles)


def settings_of(look: Look) -> dict[str, str]:
    """What is set, by the setting's name, in words."""
    return words_of(look.settings)


def settings_in_words(values: dict[str, Any]) -> str:
    """Some settings, as a pack recommends them: "Stroke Bold, Detail 120 %"; "" for none."""
    words = words_of(Settings.from_dict(values))
    return ", ".join(words[name] for name in values if name in words)


def words_of(settings: Settings) -> dict[str, str]:
    """Settings in words, by their names."""
    strokes = {
        "broad": translate("LookPanel", "Broad"),
        "bold": translate("LookPanel", "Bold"),
        "medium": translate("LookPanel", "Medium"),
        "fine": translate("LookPanel", "Fine"),
        "finest": translate("LookPanel", "Finest"),
    }
    stroke = strokes.get(str(settings.stroke), str(settings.stroke))
    color = translate("LookPanel", "Photo's colours")
    return {
        "strength": f"{translate('LookPanel', 'Strength')} {100 * settings.strength:.0f} %",
        "stroke": f"{translate('LookPanel', 'Stroke')} {stroke}",
        "detail": f"{translate('LookPanel', 'Detail')} {100 * settings.detail:.0f} %",
        "color": f"{color} {100 * settings.content_color:.0f} %",
    }


def steps_in_words(pipeline: Pipeline) -> str:
    """ "Film grain, Mean blur"; "" for none."""
    return ", ".join(title_of_step(type(step)) for step in pipeline.steps)


def steps_of(look: Look) -> dict[str, str]:
    """The steps before and after the painting in words, by "before" and "after", where there are any."""
    words = {
        "before": (look.before, translate("LookWords", "Before painting: {steps}")),
        "after": (look.after, translate("LookWords", "After painting: {steps}")),
    }
    return {name: text.format(steps=steps_in_words(steps)) for name, (steps, text) in words.items() if steps.steps}


def weights_of(look: Look) -> str:
    """ "Poppies 25 % + The Great Wave 100 %"."""
    return " + ".join(f"{choice.shown_name} {weight:.0f} %" for choice, weight in look.styles)


def describe(look: Look) -> str:
    """All of it, in a few lines."""
    styles = weights_of(look) if len(look.styles) > 1 else title_of(look)
    return "\n".join([styles, *settings_of(look).values(), *steps_of(look).values()])


def captions(first: Look, second: Look) -> tuple[str, str]:
    """What to call two looks beside each other: the style, and what else differs."""
    same_styles = first.key[0] == second.key[0]
    only_weights = not same_styles and [each.id for each, _ in first.styles] == [each.id for each, _ in second.styles]
    differ = [name for name, words in settings_of(first).items() if words != settings_of(second)[name]]
    differ += [name for name in ("before", "after") if getattr(first, name) != getattr(second, name)]
    without = {
        "before": translate("LookWords", "Nothing before painting"),
        "after": translate("LookWords", "Nothing after painting"),
    }

    def caption(look: Look) -> str:
        styles = weights_of(look) if only_weights else title_of(look)
        words = {**settings_of(look), **without, **steps_of(look)}
        return " · ".join([*([] if same_styles and differ else [styles]), *(words[name] for name in differ)])

    return caption(first), caption(second)
