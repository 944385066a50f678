"""What every batch shares: which pictures of a folder, under which names, with what came of it."""

import json
import math
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any, ClassVar

from cyclegan.factor import Factor, check_factor
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
from workbench.progress import Cancellation, Job
from workbench.tree import check_pattern, destinations, survey

if TYPE_CHECKING:
    from cyclegan.upscale import Enlarger
    from noise.measure import Quality

FALLBACK_SUFFIX = ".png"  # of photos in a format that is only read, as GIF

PathLike = str | Path


@dataclass(frozen=True)
class BatchReport:
    """What came of a folder.

    Attributes:
        output: the folder with the results.
        entries: every picture, in order.
        ignored: number of files that are no pictures by their ending.
        problems: sentences about what is not a single picture: sub-folders that could not be opened, ...
        notes: by source, sentences on what was left out: further frames, transparency that JPEG cannot hold, ...
        verb: what was done to the pictures: "painted", "made".
        qualities: by source, how far its result is from it; of what this run made, where that is measured.
    """

    output: Path
    entries: tuple[Entry, ...]
    ignored: int = 0
    problems: tuple[str, ...] = ()
    notes: Mapping[Path, tuple[str, ...]] = field(default_factory=dict)
    verb: str = "painted"
    qualities: Mapping[Path, "Quality"] = field(default_factory=dict)

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
                    **(self.qualities[entry.source].to_dict() if entry.source in self.qualities else {}),
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
            (State.DONE, self.verb),
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
        return "\n".join([f"{', '.join(counts)}. The pictures are in {self.output}.{self._average()}", *sentences])

    def _average(self) -> str:
        changed = [quality for quality in self.qualities.values() if math.isfinite(quality.psnr)]
        if not changed:
            return ""
        psnr, ssim = fmean(quality.psnr for quality in changed), fmean(quality.ssim for quality in changed)
        return f" On average: {replace(changed[0], psnr=psnr, ssim=ssim)}."


@dataclass(frozen=True)
class Found:
    """A picture of the folder.

    Attributes:
        source: its file.
        relative: its path from the folder it was found in, with "/" on every platform.
    """

    picture: Picture
    source: Path
    relative: str


class FolderBatch(ABC):
    """A folder made ready to be worked on. `queue` can be paused, and its pictures cancelled and tried again.

    Attributes:
        verb: for the report.
        queue: the pictures, and how each stands.
        output: the folder for the results.
    """

    verb: ClassVar[str] = "made"

    def __init__(
        self,
        inputs: PathLike | Iterable[PathLike],
        output: PathLike,
        *,
        settings: str,
        style: str,
        options: WriteOptions,
        pattern: str,
        suffix: str | None,
        on_entry: Callable[[int, Entry], None] | None,
        enlarge: Factor | None = None,
        enlarger: "Enlarger | None" = None,
    ) -> None:
        """
        Args:
            settings: hash of everything besides the picture that decides what the result looks like.
            style: what stands for {style} in the names.
            enlarge: 2 or 4 times the sides, last of all.
            enlarger: reuse one that is there.

        Raises: see `recipes.batch.batch`.
        """
        self._factor = None if enlarge is None else check_factor(enlarge)
        self._enlarger = enlarger
        check_pattern(pattern, READABLE_SUFFIXES | WRITABLE_SUFFIXES)
        ending = checked_suffix(suffix)
        given = [Path(path) for path in ([inputs] if isinstance(inputs, PathLike) else inputs)]
        self.output = Path(output)
        found = survey(given, READABLE_SUFFIXES, self.output)
        self._problems = [str(error) for error in found.unreadable]
        if not found.pictures:
            raise FolderWithoutPictures(path=", ".join(map(str, given)))
        self._ignored = found.ignored
        self._notes: dict[Path, tuple[str, ...]] = {}
        self._qualities: dict[Path, Quality] = {}
        self._options = options
        self._relative = {source: source.relative_to(root).as_posix() for root, source in found.pictures}
        places = destinations(
            found.pictures,
            self.output,
            suffix_of=lambda source: ending or own_suffix(source),
            pattern=pattern,
            style=style,
        )
        self._place_of = dict(zip(self._relative, places, strict=True))
        self.queue: FolderQueue[Found, Picture] = FolderQueue(
            self._place_of.items(),
            folder=self.output,
            settings=settings if enlarge is None else f"{settings} x{enlarge}",
            decode=self._read,
            work=self._work if enlarge is None else self._work_and_enlarge,
            encode=self._write,
            on_entry=on_entry,
        )

    @abstractmethod
    def _work(self, found: Found, cancellation: Cancellation) -> Job[Picture]:
        """The job that makes the result of one picture."""

    def _work_and_enlarge(self, found: Found, cancellation: Cancellation) -> Job[Picture]:
        from cyclegan.upscale import Enlarger
        from recipes.chain import then_enlarge

        assert self._factor is not None
        self._enlarger = self._enlarger or Enlarger()
        return (yield from then_enlarge(self._work(found, cancellation), self._enlarger, self._factor, cancellation))

    def _read(self, source: Path) -> Found:
        picture = read_picture(source)
        place = self._place_of[source]
        lost = losses(picture, place, self._options)
        if picture.notes or lost:
            self._notes[source] = (*picture.notes, *(f"{place}: {loss}" for loss in lost))
        return Found(picture, source, self._relative[source])

    def _write(self, picture: Picture, path: Path) -> None:
        write_picture(picture, path, options=self._options)

    def run(self, cancellation: Cancellation | None = None) -> Job[BatchReport]:
        """Work through all that waits; see `recipes.batch.batch`. Run it again after `queue.retry`."""
        yield from self.queue.run(cancellation)
        return self.report()

    def report(self) -> BatchReport:
        """How the pictures stand now."""
        entries, problems = tuple(self.queue.entries), (*self._problems, *self.queue.notes)
        done = [entry.source for entry in entries if entry.state is State.DONE]
        return BatchReport(
            self.output,
            entries,
            self._ignored,
            problems,
            dict(self._notes),
            self.verb,
            {source: self._qualities[source] for source in done if source in self._qualities},
        )


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
