"""A painting with steps of noise and blur before and after it, and larger than it was painted, as one job."""

from cyclegan.factor import Factor
from cyclegan.upscale import Enlarger
from lapstyle.painter import Painter
from lapstyle.settings import Settings
from lapstyle.styles import WeightedStyles
from noise.pipeline import Pipeline
from workbench.image_io import Picture
from workbench.progress import Cancellation, Job, part_of

STEPS_SHARE = 0.1  # of the whole job's progress, for the steps on either side
ENLARGED_SHARE = 0.9  # for the enlargement, which is most of the work


def paint(  # noqa: PLR0917 (the order in which they are used)
    painter: Painter,
    picture: Picture,
    styles: WeightedStyles,
    settings: Settings,
    before: Pipeline,
    after: Pipeline,
    cancellation: Cancellation | None = None,
) -> Job[Picture]:
    """Paint a picture that has gone through steps, and let the painting go through others.

    Where no step does anything the painter is given the very same picture, and its job is the whole job.

    Args:
        settings: the steps before are done to the picture as it is given, those after to one of `settings.size`.
        before, after: see `noise.pipeline`.

    Yields:
        Progress; the previews are the painter's, without the steps after.

    Raises:
        PictureTooLarge: see `Painter.paint`.
        Cancelled: the cancellation was thrown.
    """
    start = 0.0 if before.idle else STEPS_SHARE
    end = 1.0 if after.idle else 1 - STEPS_SHARE
    if not before.idle:
        picture = yield from part_of(before.render(picture, cancellation), 0, start, 1)
    painting = painter.paint(picture, styles, settings, cancellation)
    if before.idle and after.idle:
        return (yield from painting)
    picture = yield from part_of(painting, start, end - start, 1, previews=True)
    if after.idle:
        return picture
    return (yield from part_of(after.render(picture, cancellation), end, 1 - end, 1))


def then_enlarge(
    job: Job[Picture], enlarger: Enlarger, factor: Factor, cancellation: Cancellation | None = None
) -> Job[Picture]:
    """The result of a job, enlarged: painted small, a picture has broader strokes and is done sooner.

    Raises:
        PictureTooLarge: it would have more than 200 megapixels.
        Cancelled: the cancellation was thrown.
    """
    start = 1 - ENLARGED_SHARE
    picture = yield from part_of(job, 0, start, 1, previews=True)
    return (yield from part_of(enlarger.enlarge(picture, factor, cancellation), start, ENLARGED_SHARE, 1))
