"""Where the commands read a picture from and where they put one, standard input and output included."""

import io
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from terminal.console import Misuse
from workbench.errors import OutputNotWritten
from workbench.formats import format_of_name, format_to_write
from workbench.output_file import check_destination, put_in_place
from workbench.tree import FORBIDDEN

if TYPE_CHECKING:
    from workbench.image_io import Picture, WriteOptions
    from workbench.progress import Cancellation

STREAM = "-"
STREAM_NAME = "standard input"
STREAM_SUFFIX = ".png"
STREAM_LIMIT = 2 << 30  # bytes
NAME_LIMIT = 255  # bytes of a file's name
LONGEST_ADDITION = 100  # of them, what is added to a photo's name
LONGEST_NUMBER = 8  # of them, for where a name exists


@dataclass(frozen=True)
class Source:
    """The picture to read: a file, or the bytes that came in on standard input."""

    path: Path | None
    data: bytes = b""

    @property
    def folder(self) -> Path:
        return self.path.parent if self.path is not None else Path()

    @property
    def stem(self) -> str:
        return self.path.stem if self.path is not None else "picture"

    @property
    def writable_suffix(self) -> str:
        """The photo's own ending where that can be written, else PNG's."""
        from recipes.folder_batch import own_suffix

        return own_suffix(self.path) if self.path is not None else STREAM_SUFFIX

    def read(self) -> "Picture":
        from workbench.image_io import read_picture

        return read_picture(self.path) if self.path is not None else read_picture(self.data, name=STREAM_NAME)


def source(photo: str) -> Source:
    """The photo that was named; "-" reads standard input to its end."""
    if photo != STREAM:
        return Source(Path(photo))
    if sys.stdin is None or sys.stdin.isatty():
        raise Misuse("standard input is the keyboard: pipe a picture in, or name a file")
    # Here, not in the job's thread: a read that waits hears Ctrl-C only in the main thread.
    data = sys.stdin.buffer.read(STREAM_LIMIT + 1)
    if len(data) > STREAM_LIMIT:
        raise Misuse(f"standard input holds more than {STREAM_LIMIT >> 30} GB")
    return Source(None, data)


@dataclass(frozen=True)
class Output:
    """Where the picture goes: a file, or standard output.

    Attributes:
        path: None is standard output.
        originals: files that must not be written.
        chosen: whether the program chose the file's name.
    """

    path: Path | None
    options: "WriteOptions"
    originals: tuple[Path, ...] = ()
    chosen: bool = False

    @property
    def name(self) -> str:
        """What errors and notes call it."""
        return str(self.path or "standard output")

    @property
    def how(self) -> "WriteOptions":
        """The options with the format."""
        ending = self.path.suffix if self.path is not None else STREAM_SUFFIX
        return replace(self.options, format=self.options.format or ending)

    def notes(self, picture: "Picture") -> tuple[str, ...]:
        """Sentences about the picture, and about what this file will not hold of it."""
        from workbench.image_io import losses

        return (*picture.notes, *(f"{self.name}: {loss}" for loss in losses(picture, self.name, self.how)))

    def write(self, picture: "Picture", cancellation: "Cancellation") -> None:
        """Write the picture, but not after a cancel.

        A codec cannot be interrupted; so its work goes to memory first, and nowhere if there was a cancel meanwhile.
        """
        from workbench.image_io import write_picture

        memory = io.BytesIO()
        memory.name = self.name
        write_picture(picture, memory, options=self.how)
        cancellation.check()
        if self.path is None:
            sys.stdout.buffer.write(memory.getbuffer())
            sys.stdout.buffer.flush()
        else:
            check_destination(self.path, self.originals)
            put_in_place(self.path, memory.getvalue())


def choose_output(
    wanted: str | None,
    photo: Source,
    addition: str,
    options: "WriteOptions",
    *,
    originals: tuple[Path, ...],
    insisted: str | None = None,
    preferred: str | None = None,
) -> Output:
    """Where to write, checked as far as it can be before the work begins.

    "-", or nothing when the photo came in on standard input, is standard output. Nothing, or a folder, puts
    "PHOTO-ADDITION.ENDING" next to the photo or into the folder, with a number where that exists: only a file that
    was named is replaced. A name that would be too long for a file is shortened.

    Args:
        originals: files that must not be written.
        insisted: the ending that was asked for, ".png".
        preferred: the ending where no file is named and nothing is insisted on; None is the photo's own, or PNG.

    Raises:
        FormatUnknown: the ending names no format that is written.
        OutputIsInput: a file was named that must not be written.
        OutputNotWritten: there is no such folder.
    """
    ending = insisted or preferred
    if wanted == STREAM or (wanted is None and photo.path is None):
        if sys.stdout.isatty():
            raise Misuse("standard output is the terminal: send it to a file with > or name one with -o")
        return Output(None, replace(options, format=(ending or STREAM_SUFFIX)[1:]))
    if wanted is None or os.path.isdir(wanted) or wanted.endswith(("/", os.sep)):  # noqa: PTH112 (never raises)
        if wanted is not None:
            check_folder(wanted)
        folder = photo.folder if wanted is None else Path(wanted)
        return Output(chosen_file(folder, photo, addition, ending or photo.writable_suffix), options, chosen=True)
    path = Path(wanted)
    check_folder(path.parent)
    check_destination(path, originals)
    if path.suffix or insisted is None:
        kind = format_to_write(wanted, None)
        if insisted is not None and kind is not format_of_name(insisted):
            raise Misuse(f"{wanted} is not a file of the format {insisted[1:]}: leave --format out")
        return Output(path, options, originals)
    return Output(path, replace(options, format=insisted[1:]), originals)


def originals_of(photo: Source, styles: Iterable[str | Path]) -> tuple[Path, ...]:
    """The files that must not be written."""
    files = (photo.path, *styles)
    return tuple(file for file in files if isinstance(file, Path))


def check_folder(folder: Path | str) -> None:
    if not os.path.isdir(folder):  # noqa: PTH112 (never raises)
        raise OutputNotWritten(path=folder, reason="there is no such folder")


def chosen_file(folder: Path, photo: Source, addition: str, suffix: str) -> Path:
    """A file that is not there yet, named for the photo and what is done to it."""
    end = f"-{shortened(FORBIDDEN.sub('-', addition), LONGEST_ADDITION)}"
    room = NAME_LIMIT - len(os.fsencode(end + suffix)) - LONGEST_NUMBER
    return unused(folder, shortened(photo.stem, room) + end, suffix)


def shortened(name: str, limit: int) -> str:
    """As many of its letters as fit into so many bytes."""
    while len(os.fsencode(name)) > limit:
        name = name[:-1]
    return name


def unused(folder: Path, name: str, suffix: str) -> Path:
    """A file that is not there yet: name.png, name-2.png, ..."""
    path, number = folder / f"{name}{suffix}", 1
    while os.path.lexists(path):
        number += 1
        path = folder / f"{name}-{number}{suffix}"
    return path
