"""Files that appear whole or not at all, and never over an original."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from workbench.errors import OutputIsInput, OutputNotWritten, StudioError


def check_destination(path: Path, originals: tuple[Path, ...]) -> None:
    with reporting(str(path)):
        if not path.exists():
            return
        for original in originals:
            # Also true for hard and symbolic links, and for another spelling where case does not count.
            if original.exists() and path.samefile(original):
                raise OutputIsInput(path=str(path))
        if path.is_dir():
            raise OutputNotWritten(path=str(path), reason="it is a folder")
        if not path.is_file():
            raise OutputNotWritten(path=str(path), reason="it is not an ordinary file")


def put_in_place(path: Path, data: bytes) -> None:
    """Write beside, then replace. The part is removed on any exception, so also when the program is interrupted."""
    with reporting(str(path)):
        target = path.resolve() if path.is_symlink() else path  # the link stays, what it points to is replaced
        part = target.with_name(f".lapstyle-{os.getpid()}-{secrets.token_hex(6)}.part")
        try:
            with part.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            raise


@contextlib.contextmanager
def reporting(called: str) -> Iterator[None]:
    """Turn the system's refusals into sentences that name the file."""
    try:
        yield
    except StudioError:
        raise
    except FileNotFoundError as error:
        raise OutputNotWritten(path=called, reason="its folder does not exist") from error
    except (OSError, ValueError) as error:
        raise OutputNotWritten(path=called, reason=system_reason(error)) from error


def system_reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
