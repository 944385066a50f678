"""What the noise tab shows: steps done to a small copy of a picture, to all of it, or to the part that is visible."""

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from noise.pipeline import Pipeline
from studio.painting import Look, Painted, Photo
from studio.pictures import Mipmap
from studio.preferences import Device
from workbench.progress import Cancellation, Job, Progress

if TYPE_CHECKING:
    from workbench.picture import Picture

AT_ONCE = 0.15  # s: what takes no longer is done to the whole picture straight away
SHOWN = 0.005  # s/MP that a picture takes to be made ready for the screen, about


class NoiseJobs:
    """Makes the jobs of a session whose looks are nothing but steps (`Look.after`).

    A smaller copy goes through steps whose lengths are smaller, too, but noise on it is coarser than it will be: so
    the whole picture is done at once where that is quick, which is learned from the last time.
    """

    def __init__(self) -> None:
        self._pace: dict[tuple[str, ...], tuple[float, int]] = {}  # names of the steps -> s/MP, and their reach

    def use_engine(self, device: Device, threads: int | None) -> bool:
        """No network is used, so that it changes nothing."""
        return False

    def warm_up(self, look: Look | None, cancellation: Cancellation) -> Job[None]:
        """Nothing needs to be loaded."""
        yield Progress(1, 1, "steps")

    def preview(self, photo: Photo, look: Look, cancellation: Cancellation) -> Job[Painted]:
        """The whole picture where that is quick, else its small copy."""
        megapixels = photo.picture.width * photo.picture.height / 1e6
        if photo.preview is photo.picture or self._expected_pace(look.after) * megapixels <= AT_ONCE:
            return (yield from self.whole(photo, look, cancellation))
        steps = look.after.scaled(photo.preview.width / photo.picture.width)
        picture = yield from self._done(photo.preview, steps, cancellation)
        return Painted(photo, look, picture, Mipmap.build(picture.pixels, picture.alpha), False)

    def whole(self, photo: Photo, look: Look, cancellation: Cancellation) -> Job[Painted]:
        """All steps at full size."""
        picture = yield from self._done(photo.picture, look.after, cancellation)
        return Painted(photo, look, picture, Mipmap.build(picture.pixels, picture.alpha), True)

    def export(self, photo: Photo, look: Look, size: int | None, cancellation: Cancellation) -> "Job[Picture]":
        """The whole picture, scaled to a long side of `size` pixels after the steps; None keeps its size."""
        from workbench.picture import resized

        picture = yield from self._done(photo.picture, look.after, cancellation)
        return picture if size is None else resized(picture, size)

    def _done(self, picture: "Picture", steps: Pipeline, cancellation: Cancellation) -> "Job[Picture]":
        started = time.monotonic()
        rendering = steps.render(picture, cancellation)
        while True:
            try:
                progress = next(rendering)
            except StopIteration as stop:
                result: Picture = stop.value
                break
            yield replace(progress, stage="steps")
        seconds = time.monotonic() - started
        self._pace[_names(steps)] = seconds / (picture.width * picture.height / 1e6) + SHOWN, steps.reach
        return result

    def _expected_pace(self, steps: Pipeline) -> float:
        """s/MP, told from the last time; at worst, the work grows as the square of what a pixel looks at."""
        pace, reach = self._pace.get(_names(steps), (math.inf, 0))
        return pace * max(1.0, ((1 + steps.reach) / (1 + reach)) ** 2)


def _names(steps: Pipeline) -> tuple[str, ...]:
    return tuple(step.name for step in steps.steps)
