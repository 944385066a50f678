"""A folder of photos painted in one go: which pictures, under which names, with what came of it."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, ClassVar

from cyclegan.factor import Factor
from lapstyle.painter import Painter
from lapstyle.settings import Settings
from lapstyle.styles import Style, StyleLike, weighted
from lapstyle.stylization import shared_painter
from noise.pipeline import Pipeline
from recipes.chain import paint
from recipes.folder_batch import BatchReport, FolderBatch, Found, PathLike
from workbench.entries import Entry
from workbench.image_io import Picture, WriteOptions
from workbench.progress import Cancellation, Job, Progress

if TYPE_CHECKING:
    from cyclegan.upscale import Enlarger

__all__ = ["Batch", "BatchReport", "batch", "settings_hash"]

Styles = StyleLike | Sequence[StyleLike | tuple[StyleLike, float]]


class Batch(FolderBatch):
    """A folder made ready to be painted. `queue` can be paused, and its pictures cancelled and tried again.

    Args: see `batch`.
    """

    verb: ClassVar[str] = "painted"

    def __init__(
        self,
        inputs: PathLike | Iterable[PathLike],
        output: PathLike,
        *,
        styles: Styles,
        settings: Settings | None = None,
        options: WriteOptions | None = None,
        pattern: str = "{stem}",
        suffix: str | None = None,
        painter: Painter | None = None,
        before: Pipeline | None = None,
        after: Pipeline | None = None,
        enlarge: Factor | None = None,
        enlarger: "Enlarger | None" = None,
        on_entry: Callable[[int, Entry], None] | None = None,
    ) -> None:
        self._settings = settings = settings or Settings()
        self._before, self._after = before or Pipeline(), after or Pipeline()
        self._painter = painter = painter or shared_painter("auto", None, None)
        self._styles = pairs = weighted(styles)
        options = replace(options or WriteOptions(), format=None)  # the ending decides
        super().__init__(
            inputs,
            output,
            settings=settings_hash(pairs, settings, options, painter, before=self._before, after=self._after),
            style="+".join(style.name for style, _ in pairs),
            options=options,
            pattern=pattern,
            suffix=suffix,
            on_entry=on_entry,
            enlarge=enlarge,
            enlarger=enlarger,
        )

    def _work(self, found: Found, cancellation: Cancellation) -> Job[Picture]:
        before, after = (steps.own(found.relative) for steps in (self._before, self._after))
        return paint(self._painter, found.picture, self._styles, self._settings, before, after, cancellation)


def batch(
    inputs: PathLike | Iterable[PathLike],
    output: PathLike,
    *,
    styles: Styles,
    settings: Settings | None = None,
    options: WriteOptions | None = None,
    pattern: str = "{stem}",
    suffix: str | None = None,
    painter: Painter | None = None,
    before: Pipeline | None = None,
    after: Pipeline | None = None,
    enlarge: Factor | None = None,
    enlarger: "Enlarger | None" = None,
    cancellation: Cancellation | None = None,
    on_entry: Callable[[int, Entry], None] | None = None,
) -> Job[BatchReport]:
    """Paint every photo of a folder, and of those below it, into the same tree in another folder.

    A bad file stops nothing: the report says what failed and why. What is done already is skipped, so that a run that
    was interrupted, however hard, goes on where it stopped. Other settings paint again; a file that was not written by
    an earlier run, or that was changed since, is never replaced.

    Args:
        inputs: a folder, or several folders and files.
        output: another folder; made when missing. It may lie inside `inputs`.
        styles: as in `lapstyle.stylize`.
        options: of the files; their format is what the ending says.
        pattern: names of the results, see `workbench.tree.check_pattern`.
        suffix: ending of the results, ".png" or "png"; None keeps each photo's own where that can be written.
        painter: reuse one that is there.
        before, after: steps before and after the painting; each photo gets noise of its own, see `Pipeline.own`.
        enlarge: 2 or 4 times the sides, last of all.
        enlarger: reuse one that is there.
        cancellation: throw it to stop in the middle of a step.
        on_entry: told the index and state of a picture whenever the state changes.

    Yields:
        Progress, in pictures; its stage is the name of the photo.

    Raises:
        FolderWithoutPictures, PictureMissing, FolderUnreadable: there is nothing to paint.
        SettingWrong, FormatUnknown, StyleUnknown, ...: a setting cannot be used.
        FolderInUse, OutputNotWritten: the output folder cannot be used.
        Cancelled: the cancellation was thrown.
    """
    yield Progress(0, 1, "")
    job = Batch(
        inputs,
        output,
        styles=styles,
        settings=settings,
        options=options,
        pattern=pattern,
        suffix=suffix,
        painter=painter,
        before=before,
        after=after,
        enlarge=enlarge,
        enlarger=enlarger,
        on_entry=on_entry,
    )
    return (yield from job.run(cancellation))


def settings_hash(
    styles: Sequence[tuple[Style, float]],
    settings: Settings,
    options: WriteOptions,
    painter: Painter,
    *,
    before: Pipeline,
    after: Pipeline,
) -> str:
    """SHA-256 of all that decides what a painting looks like, besides the photo: two ways to say the same are equal."""
    content: dict[str, Any] = {
        "styles": sorted((style.fingerprint, round(weight, 9)) for style, weight in styles),
        "settings": {
            **settings.to_dict(),
            "color": settings.content_color,
            "stroke": settings.draft_side,
        },
        "options": asdict(options),
        "weights": painter.store.encoder,
    }
    for name, steps in (("before", before), ("after", after)):
        if steps.steps:  # what was painted without any is still known as done
            content[name] = steps.fingerprint
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
