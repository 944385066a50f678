"""What the noise tab shows: steps done to a small copy of a picture, to all of it, or to the part that is visible."""

import contextlib
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
TRIED = 0.3  # s: after which that is given up where it takes longer than it should
SHOWN = 0.005  # s/MP that a picture takes to be made ready for the screen, about


class NoiseJobs:
    """Makes the jobs of a session whose looks are nothing but steps (`Look.after`).

    A smaller copy goes through steps whose lengths are smaller, too, but noise on it is coarser than it will be: so
    the whole picture is done at once where that is quick, which is learned from the last time.
    """

    def __init__(self) -> None:
        self._pace: dict[Kind, tuple[float, int]] = {}  # s/MP, and the reach of the steps that took them

    def use_engine(self, device: Device, threads: int | None) -> bool:
        """No network is used, so that it changes nothing."""
        return False

    def warm_up(self, look: Look | None, cancellation: Cancellation) -> Job[None]:
        """Nothing needs to be loaded."""
        yield Progress(1, 1, "steps")

    def preview(self, photo: Photo, look: Look, cancellation: Cancellation) -> Job[Painted]:
        """The whole picture where that is quick, else its small copy."""
        if photo.preview is photo.picture:
            return (yield from self.whole(photo, look, cancellation))
        if self._expected_pace(photo.picture, look.after) * _megapixels(photo.picture) <= AT_ONCE:
            painted = yield from _tried(self.whole(photo, look, cancellation))
            if painted is not None:
                return painted
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
        share, seconds, ended = 0.0, 0.0, False
        try:
            while True:
                try:
                    progress = next(rendering)
                except StopIteration as stop:
                    share, seconds, ended = 1.0, time.monotonic() - started, True
                    result: Picture = stop.value
                    return result
                share, seconds = progress.fraction, time.monotonic() - started
                yield replace(progress, stage="steps")
        finally:
            rendering.close()
            if share > 0:
                self._learn(picture, steps, seconds / share, ended)

    def _learn(self, picture: "Picture", steps: Pipeline, seconds: float, ended: bool) -> None:
        """Keep how long steps take; what was cancelled may have had the slow ones before it: it can only be slower."""
        kind = _kind(picture, steps)
        pace = seconds / _megapixels(picture) + SHOWN
        if ended or pace > self._expected_pace(picture, steps):
            self._pace[kind] = pace, steps.reach

    def _expected_pace(self, picture: "Picture", steps: Pipeline) -> float:
        """s/MP, told from the last time; at worst, the work grows as the square of what a pixel looks at."""
        pace, reach = self._pace.get(_kind(picture, steps), (math.inf, 0))
        return pace * max(1.0, ((1 + steps.reach) / (1 + reach)) ** 2)


Kind = tuple[str, ...]


def _kind(picture: "Picture", steps: Pipeline) -> Kind:
    """What decides the pace: the depth, and the steps that do something."""
    return picture.pixels.dtype.str, *(step.name for step in steps.steps if not step.idle)


def _megapixels(picture: "Picture") -> float:
    return picture.width * picture.height / 1e6


def _tried(job: Job[Painted]) -> Job[Painted | None]:
    """The same job, or None once it turns out not to end soon."""
    started = time.monotonic()
    with contextlib.closing(job):
        while True:
            try:
                progress = next(job)
            except StopIteration as stop:
                painted: Painted = stop.value
                return painted
            elapsed = time.monotonic() - started
            if elapsed > TRIED and elapsed * (1 - progress.fraction) > TRIED * progress.fraction:
                return None
            yield progress
