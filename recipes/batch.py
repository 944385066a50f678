"""A folder of photos painted in one go: which pictures, under which names, with what came of it."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from lapstyle.painter import Painter
from lapstyle.settings import Settings
from lapstyle.styles import Style, StyleLike, weighted
from lapstyle.stylization import shared_painter
from workbench.entries import Entry, State
from workbench.errors import FolderWithoutPictures, FormatUnknown
from workbench.folders import FolderQueue
from workbench.image_io import (
    READABLE_SUFFIXES,
    WRITABLE_SUFFIXES,
    Picture,
    WriteOptions,
    losses,
    read_picture,
    write_picture,
)
from workbench.progress import Cancellation, Job, Progress
from workbench.tree import check_pattern, destinations, survey

FALLBACK_SUFFIX = ".png"  # of photos in a format that is only read, as GIF

PathLike = str | Path
Styles = StyleLike | Sequence[StyleLike | tuple[StyleLike, float]]


@dataclass(frozen=True)
class BatchReport:
    """What came of a folder.

    Attributes:
        output: the folder with the results.
        entries: every picture, in order.
        ignored: number of files that are no pictures by their ending.
        problems: sentences about what is not a single picture: sub-folders that could not be opened, ...
        notes: by source, sentences on what was left out: further frames, transparency that JPEG cannot hold, ...
    """

    output: Path
    entries: tuple[Entry, ...]
    ignored: int = 0
    problems: tuple[str, ...] = ()
    notes: Mapping[Path, tuple[str, ...]] = field(default_factory=dict)

    def count(self, state: State) -> int:
        """Number of pictures in a state."""
        return sum(entry.state is state for entry in self.entries)

    @property
    def failed(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.state is State.FAILED]

    @property
    def whole(self) -> bool:
        """Whether every picture that is there has its result in place."""
        return not self.problems and all(entry.state in (State.DONE, State.SKIPPED) for entry in self.entries)

    def to_dict(self) -> dict[str, Any]:
        """For JSON; paths as text, seconds to the millisecond."""
        counts = Counter(entry.state for entry in self.entries)
        return {
            "output": str(self.output),
            "counts": {state.value: counts[state] for state in State if state not in (State.WAITING, State.RUNNING)},
            "ignored": self.ignored,
            "problems": list(self.problems),
            "pictures": [
                {
                    "source": str(entry.source),
                    "destination": str(entry.destination),
                    "state": entry.state.value,
                    "sentence": entry.sentence,
                    "seconds": round(entry.seconds, 3),
                    "notes": list(self.notes.get(entry.source, ())),
                }
                for entry in self.entries
            ],
        }

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), indent=2)

    def __str__(self) -> str:
        """What happened, and every sentence worth telling, a line each."""
        words = [
            (State.DONE, "painted"),
            (State.SKIPPED, "done before"),
            (State.FAILED, "failed"),
            (State.CANCELLED, "cancelled"),
            (State.RUNNING, "running"),
            (State.WAITING, "waiting"),
        ]
        counts = [f"{self.count(state)} {word}" for state, word in words if self.count(state)]
        if self.ignored:
            counts.append(f"{self.ignored} other files ignored" if self.ignored > 1 else "1 other file ignored")
        sentences = [*self.problems, *(entry.sentence for entry in self.failed)]
        sentences += [note for notes in self.notes.values() for note in notes]
        return "\n".join([f"{', '.join(counts)}. The pictures are in {self.output}.", *sentences])


class Batch:
    """A folder made ready to be painted. `queue` can be paused, and its pictures cancelled and tried again.

    Args: see `batch`.

    Attributes:
        queue: the pictures, and how each stands.
        output: the folder for the results.
    """

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
        on_entry: Callable[[int, Entry], None] | None = None,
    ) -> None:
        check_pattern(pattern, READABLE_SUFFIXES | WRITABLE_SUFFIXES)
        ending = checked_suffix(suffix)
        given = [Path(path) for path in ([inputs] if isinstance(inputs, PathLike) else inputs)]
        self.output = output = Path(output)
        found = survey(given, READABLE_SUFFIXES, output)
        self._problems = [str(error) for error in found.unreadable]
        if not found.pictures:
            raise FolderWithoutPictures(path=", ".join(map(str, given)))
        self._ignored = found.ignored
        self._notes: dict[Path, tuple[str, ...]] = {}
        settings = settings or Settings()
        options = replace(options or WriteOptions(), format=None)  # the ending decides
        painter = painter or shared_painter("auto", None, None)
        pairs = weighted(styles)

        sources = [source for _, source in found.pictures]
        places = destinations(
            found.pictures,
            output,
            suffix_of=lambda source: ending or own_suffix(source),
            pattern=pattern,
            style="+".join(style.name for style, _ in pairs),
        )
        place_of = dict(zip(sources, places, strict=True))

        def read(source: Path) -> Picture:
            picture = read_picture(source)
            lost = losses(picture, place_of[source], options)
            if picture.notes or lost:
                self._notes[source] = (*picture.notes, *(f"{place_of[source]}: {loss}" for loss in lost))
            return picture

        def paint(picture: Picture, cancellation: Cancellation) -> Job[Picture]:
            return painter.paint(picture, pairs, settings, cancellation)

        def write(picture: Picture, path: Path) -> None:
            write_picture(picture, path, options=options)

        self.queue: FolderQueue[Picture, Picture] = FolderQueue(
            place_of.items(),
            folder=output,
            settings=settings_hash(pairs, settings, options, painter),
            decode=read,
            work=paint,
            encode=write,
            on_entry=on_entry,
        )

    def run(self, cancellation: Cancellation | None = None) -> Job[BatchReport]:
        """Paint all that waits; see `batch`. Run it again after `queue.retry`."""
        yield from self.queue.run(cancellation)
        return self.report()

    def report(self) -> BatchReport:
        """How the pictures stand now."""
        problems = (*self._problems, *self.queue.notes)
        return BatchReport(self.output, tuple(self.queue.entries), self._ignored, problems, dict(self._notes))


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
        on_entry=on_entry,
    )
    return (yield from job.run(cancellation))


def checked_suffix(suffix: str | None) -> str | None:
    """An ending to write, lower case and with its dot; None stays None. Raises FormatUnknown."""
    if suffix is None:
        return None
    ending = f".{suffix.lower().removeprefix('.')}"
    if ending not in WRITABLE_SUFFIXES:
        raise FormatUnknown(path=suffix, known=", ".join(sorted(WRITABLE_SUFFIXES)))
    return ending


def own_suffix(source: Path) -> str:
    """The source's own ending where it can be written, else PNG's."""
    suffix = source.suffix.lower()
    return suffix if suffix in WRITABLE_SUFFIXES else FALLBACK_SUFFIX


def settings_hash(
    styles: Sequence[tuple[Style, float]], settings: Settings, options: WriteOptions, painter: Painter
) -> str:
    """SHA-256 of all that decides what a painting looks like, besides the photo: two ways to say the same are equal."""
    content = {
        "styles": sorted((style.key, round(weight, 9)) for style, weight in styles),
        "settings": {
            **settings.to_dict(),
            "color": settings.content_color,
            "stroke": settings.draft_side,
        },
        "options": asdict(options),
        "weights": painter.store.encoder,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
