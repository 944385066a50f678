"""What is said about a picture that was made."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from terminal.console import Misuse, complain, show_json
from terminal.files import Output

if TYPE_CHECKING:
    from lapstyle import Painter


@dataclass(frozen=True)
class Painted:
    """What is told about a picture that was made."""

    width: int
    height: int
    notes: tuple[str, ...]
    painter: "Painter"


def require_free_output(there: Output, as_json: bool) -> None:
    """Raises `Misuse` when picture and JSON would both go to standard output."""
    if as_json and there.path is None:
        raise Misuse("--json and the picture cannot both go to standard output: name a file with -o")


def tell(there: Output, painted: Painted, seconds: float, as_json: bool) -> None:
    """Say what was made: as JSON, or the file's name if the program chose it; and notes on standard error."""
    engine = painted.painter.engine
    if not as_json:
        for note in painted.notes:
            complain(f"note: {note}")
        if there.chosen:
            typer.echo(str(there.path))
        return
    show_json(
        {
            "output": str(there.path),
            "width": painted.width,
            "height": painted.height,
            "seconds": round(seconds, 3),
            "engine": engine.name,
            "device": engine.device,
            "threads": engine.threads,
            "notes": [*painted.notes, *([engine.note] if engine.note else [])],
        }
    )
