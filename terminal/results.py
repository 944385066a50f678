"""What is said about a picture that was made."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

from terminal.console import Misuse, complain, show_json
from terminal.files import Output

if TYPE_CHECKING:
    from cyclegan.translator import Translator
    from cyclegan.upscale import Enlarger
    from lapstyle import Painter
    from noise.measure import Quality
    from workbench.runtime import Runtime


@dataclass(frozen=True)
class Made:
    """What is told about a picture that was made: its size in pixels, and notes for the user."""

    width: int
    height: int
    notes: tuple[str, ...]

    @property
    def facts(self) -> dict[str, Any]:
        """What JSON says besides the file and the size."""
        return {"notes": list(self.notes)}

    def of_runtime(self, runtime: "Runtime") -> dict[str, Any]:
        """What JSON says of an ONNX Runtime, and the notes."""
        notes = [*self.notes, *([runtime.note] if runtime.note else [])]
        return {"engine": "ONNX Runtime", "device": runtime.device, "threads": runtime.threads, "notes": notes}

    @property
    def line(self) -> str:
        """What is worth a line where no JSON is printed; empty where nothing is."""
        return ""


@dataclass(frozen=True)
class Painted(Made):
    """A painting."""

    painter: "Painter"

    @property
    def facts(self) -> dict[str, Any]:
        engine = self.painter.engine
        return {
            "engine": engine.name,
            "device": engine.device,
            "threads": engine.threads,
            "notes": [*self.notes, *([engine.note] if engine.note else [])],
        }


@dataclass(frozen=True)
class Enlarged(Made):
    """A picture that was enlarged."""

    enlarger: "Enlarger"

    @property
    def facts(self) -> dict[str, Any]:
        return self.of_runtime(self.enlarger.runtime)


@dataclass(frozen=True)
class Translated(Made):
    """A picture that was translated."""

    translator: "Translator"

    @property
    def facts(self) -> dict[str, Any]:
        return {"model": self.translator.model.id, **self.of_runtime(self.translator.runtime)}


@dataclass(frozen=True)
class Measured(Made):
    """A picture that is compared with its original."""

    quality: "Quality"

    @property
    def facts(self) -> dict[str, Any]:
        return {**self.quality.to_dict(), **super().facts}

    @property
    def line(self) -> str:
        return str(self.quality)


def require_free_output(there: Output, as_json: bool) -> None:
    """Raises `Misuse` when picture and JSON would both go to standard output."""
    if as_json and there.path is None:
        raise Misuse("--json and the picture cannot both go to standard output: name a file with -o")


def tell(there: Output, made: Made, seconds: float, as_json: bool) -> None:
    """Say what was made: as JSON, or the file's name if the program chose it; and notes on standard error."""
    if as_json:
        size = {"width": made.width, "height": made.height}
        show_json({"output": str(there.path), **size, "seconds": round(seconds, 3), **made.facts})
        return
    for note in made.notes:
        complain(f"note: {note}")
    if there.chosen:
        typer.echo(str(there.path))
    if made.line and there.path is not None:
        typer.echo(made.line)
    elif made.line:
        complain(made.line)
