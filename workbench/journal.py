"""What a folder run has finished, kept in the output folder so that an interrupted run resumes.

Two files: `.lapstyle-batch.json` holds the records, `.lapstyle-batch.log` the newest ones as JSON lines until they are
folded into the former. Whoever holds the lock on the log owns the folder. Unfinished outputs are made inside
`.lapstyle-batch.part/`, which therefore holds nothing that a user would miss.

A record is written *before* its output is moved into place. What is done is thus never a matter of what was written
last: an output is done if a record has its hash and that of the same input and settings. A process killed anywhere in
between leaves an output that is in place and known, or one that is not in place.
"""

import contextlib
import errno
import hashlib
import json
import logging
import os
import shutil
import sys
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import Self

from workbench.errors import (
    FolderInUse,
    JournalDamaged,
    OutputChanged,
    OutputExists,
    OutputIsInput,
    OutputNotWritten,
    OutputTaken,
)

RECORDS = ".lapstyle-batch.json"
LOG = ".lapstyle-batch.log"
PARTS = ".lapstyle-batch.part"
VERSION = 1
FOLD_AT_LEAST = 64  # records; below it, folding would cost more than it saves
LOCKED_BYTE = 1 << 40  # far beyond the log: Windows locks bytes against reading too

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Record:
    """What made an output. All hashes are SHA-256 in hexadecimal.

    Attributes:
        source: the input, an absolute path.
        input: hash of the input's bytes.
        settings: hash of everything else that decides what the output looks like.
        output: hash of the output's bytes.
        replaced: hash of our own output that this one replaced; until it did, that one is still ours.
    """

    source: str
    input: str
    settings: str
    output: str
    replaced: str | None = None


@dataclass(frozen=True)
class Plan:
    """What to do about an output: nothing if `done`, else make it. `replaces`: hash of our own that stands there."""

    done: bool
    replaces: str | None = None


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Journal:
    """The records of one output folder, owned by this process while inside `with`.

    Attributes:
        folder: the output folder, made when missing.
        parts: the folder for unfinished outputs; on the same file system, emptied at the start and the end.
        notes: sentences that the user should read, known after entering.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.parts = folder / PARTS
        self.notes: list[str] = []
        self._records: dict[str, Record] = {}
        self._log = -1
        self._log_size = 0
        self._unfolded = 0

    def __enter__(self) -> Self:
        """Lock the folder and read its records.

        Raises:
            FolderInUse: another run fills this folder.
            OutputNotWritten: the folder cannot be made or written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._log = os.open(
                self.folder / LOG, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o666
            )
            lock(self._log, self.folder)
            shutil.rmtree(self.parts, ignore_errors=True)
            self.parts.mkdir(exist_ok=True)
            self._records = self._read_records()
            logged = self._read_log()
            self._records |= logged
            self._unfolded = len(logged)
            self._fold()
        except OSError as error:
            self._close()
            raise OutputNotWritten(path=self.folder, reason=error.strerror or error) from error
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            self._fold()
        except OSError:  # a full disk, say; the log still has every record
            logger.warning("The records of %s stay in its log", self.folder, exc_info=True)
        finally:
            shutil.rmtree(self.parts, ignore_errors=True)
            self._close()

    def plan(self, destination: Path, source: Path, input_hash: str, settings: str) -> Plan:
        """Whether an output must be made, and which of our own outputs it replaces.

        Raises:
            OutputExists: something else stands there: another program's, edited since, or of another picture.
            OutputIsInput: the input itself stands there.
        """
        if not os.path.lexists(destination):
            return Plan(done=False)
        if destination.exists() and destination.samefile(source):
            raise OutputIsInput(path=destination)
        record = self._records.get(self._key(destination))
        if record is None or destination.is_symlink() or not destination.is_file():
            raise OutputExists(path=destination)
        try:
            standing = file_hash(destination)
        except OSError as error:
            raise OutputNotWritten(path=destination, reason=error.strerror or error) from error
        if standing not in (record.output, record.replaced):
            raise OutputChanged(path=destination)
        if standing == record.output and (record.input, record.settings) == (input_hash, settings):
            return Plan(done=True, replaces=standing)
        if source.absolute().as_posix() != record.source and input_hash != record.input:
            raise OutputTaken(path=destination, source=record.source)
        return Plan(done=False, replaces=standing)

    def move_into_place(self, part: Path, destination: Path, source: Path, input_hash: str, settings: str) -> None:
        """Record a finished output and put it where it belongs: after a kill at any point it is known or not there.

        Raises:
            OutputExists: something that is not ours came to stand there since.
            OSError: the disk is full, the folder read-only, ...
        """
        replaces = self.plan(destination, source, input_hash, settings).replaces
        destination.parent.mkdir(parents=True, exist_ok=True)
        record = Record(source.absolute().as_posix(), input_hash, settings, file_hash(part), replaces)
        self._write(self._key(destination), record)
        part.replace(destination)

    def _key(self, destination: Path) -> str:
        return destination.relative_to(self.folder).as_posix()

    def _write(self, key: str, record: Record) -> None:
        """Append one record and see it to the disk. A record that did not fit is taken back whole."""
        line = json.dumps({"picture": key, **_without_none(record)}).encode() + b"\n"
        try:
            if os.write(self._log, line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._log)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._log, self._log_size)
            raise
        self._log_size += len(line)
        self._records[key] = record
        self._unfolded += 1
        # Folding when the log has doubled the records keeps the bytes written linear in their number.
        if self._unfolded >= max(FOLD_AT_LEAST, len(self._records) // 2):
            try:
                self._fold()
            except OSError:
                logger.warning("The records of %s stay in its log", self.folder, exc_info=True)

    def _fold(self) -> None:
        """Write all records anew, move them to `.lapstyle-batch.json`, and empty the log."""
        if self._unfolded:
            pictures = {key: _without_none(record) for key, record in sorted(self._records.items())}
            part = self.parts / RECORDS
            with part.open("w", encoding="ascii") as file:
                json.dump({"version": VERSION, "pictures": pictures}, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self.folder / RECORDS)
            self._unfolded = 0
        # Also when there was nothing to fold: half a line may be left of a run that was killed.
        os.ftruncate(self._log, 0)
        self._log_size = 0

    def _read_records(self) -> dict[str, Record]:
        path = self.folder / RECORDS
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return {}
        try:
            return _parse_records(content)
        except (ValueError, RecursionError) as error:
            number = 1
            while os.path.lexists(kept := path.with_name(f"{RECORDS}.damaged-{number}")):
                number += 1
            path.replace(kept)
            self.notes.append(str(JournalDamaged(path=path, reason=error, kept=kept.name)))
            return {}

    def _read_log(self) -> dict[str, Record]:
        """Records of the log. A line cut short was never acted upon: its output is not in place."""
        records: dict[str, Record] = {}
        for line in (self.folder / LOG).read_bytes().split(b"\n"):
            with contextlib.suppress(ValueError, RecursionError):
                item = json.loads(line)
                if isinstance(item, dict) and isinstance(key := item.pop("picture", None), str):
                    records[key] = _parse_record(item)
        return records

    def _close(self) -> None:
        if self._log >= 0:
            os.close(self._log)  # which also gives the lock back
            self._log = -1


def _without_none(record: Record) -> dict[str, str]:
    return {name: value for name, value in asdict(record).items() if value is not None}


def _parse_records(text: bytes) -> dict[str, Record]:
    """Raises ValueError with the reason."""
    try:
        content = json.loads(text)
    except ValueError as error:
        raise ValueError("it is not JSON") from error
    if not isinstance(content, dict) or not isinstance(content.get("pictures"), dict):
        raise ValueError("it is not a record of pictures")
    if content.get("version") != VERSION:
        raise ValueError(f"its version is {content.get('version')!r}, this program knows {VERSION}")
    return {key: _parse_record(item) for key, item in content["pictures"].items()}


def _parse_record(item: object) -> Record:
    names = {field.name for field in fields(Record)}
    if not isinstance(item, dict) or not names - {"replaced"} <= item.keys() <= names:
        raise ValueError("a record has other fields than ours")
    if not all(isinstance(value, str) or (name == "replaced" and value is None) for name, value in item.items()):
        raise ValueError("a record holds something other than text")
    return Record(**item)


def lock(descriptor: int, folder: Path) -> None:
    """Take the folder for this process. The system gives the lock back when the process ends, however it ends.

    A file system without locks (some network drives) is used unlocked.

    Raises:
        FolderInUse: another run has it.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES, errno.EWOULDBLOCK, errno.EDEADLK):
            raise FolderInUse(path=folder) from error
        logger.warning("%s cannot be locked", folder, exc_info=True)
