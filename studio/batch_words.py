"""What the batch window says about how far it is."""

from studio.translation import translate
from workbench.entries import State


def status_of(running: bool, paused: bool, counts: dict[State, int], found: int, seconds_left: float | None) -> str:
    """How a batch stands, in a line.

    Args:
        counts: pictures in each state; empty before there was a batch.
        found: number of photos that there are.
        seconds_left: None while nobody can tell.
    """
    if not counts:
        if running:
            return translate("Batch", "Looking for photos…")
        return "" if found else translate("Batch", "No photos yet.")
    total = sum(counts.values())
    parts = [
        translate("Batch", "{done} of {total} done").format(
            done=counts[State.DONE] + counts[State.SKIPPED], total=total
        )
    ]
    if counts[State.SKIPPED]:
        parts.append(translate("Batch", "{count} of them before").format(count=counts[State.SKIPPED]))
    if counts[State.FAILED]:
        parts.append(translate("Batch", "{count} failed").format(count=counts[State.FAILED]))
    if counts[State.CANCELLED]:
        parts.append(translate("Batch", "{count} cancelled").format(count=counts[State.CANCELLED]))
    if paused:
        parts.append(translate("Batch", "paused"))
    elif running and seconds_left is not None:
        parts.append(time_left(seconds_left))
    return "  ·  ".join(parts)


def time_left(seconds: float) -> str:
    """About how long it still takes."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return translate("Batch", "less than a minute left")
    if minutes == 1:
        return translate("Batch", "about a minute left")
    if minutes < 60:
        return translate("Batch", "about {minutes} minutes left").format(minutes=minutes)
    return translate("Batch", "about {hours} h {minutes} min left").format(hours=minutes // 60, minutes=minutes % 60)
