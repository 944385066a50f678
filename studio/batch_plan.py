"""What a batch is to do: which photos, where to, under which names, and how they shall look."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import assets
from lapstyle.settings import Settings
from recipes.preset import Preset
from studio.painting import Look
from studio.style_choice import StyleChoice
from workbench.entries import Entry
from workbench.errors import StudioError, StyleUnknown
from workbench.image_io import WriteOptions

if TYPE_CHECKING:
    from lapstyle.painter import Painter
    from recipes.batch import Batch

PATTERN = "{stem}"


@dataclass(frozen=True)
class BatchPlan:
    """
    Attributes:
        inputs: folders and files.
        output: folder of the results.
        pattern: of their names, see `workbench.tree.check_pattern`.
        suffix: their ending, ".png"; None keeps each photo's own where that can be written.
    """

    inputs: tuple[Path, ...]
    output: Path
    look: Look
    pattern: str = PATTERN
    suffix: str | None = None
    options: WriteOptions = field(default_factory=WriteOptions)

    def prepare(self, painter: "Painter", on_entry: Callable[[int, Entry], None]) -> "Batch":
        """The batch, ready to run; it looks for the photos and reads the styles, so not in the window's thread.

        Raises:
            StudioError: there is nothing to paint, or something cannot be used.
        """
        from lapstyle.styles import Style
        from recipes.batch import Batch
        from workbench.image_io import read_picture

        return Batch(
            self.inputs,
            self.output,
            styles=[
                (Style(choice.title, read_picture(choice.path).pixels), weight) for choice, weight in self.look.styles
            ],
            settings=self.look.settings,
            options=self.options,
            pattern=self.pattern,
            suffix=self.suffix,
            painter=painter,
            on_entry=on_entry,
        )

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "inputs": [str(path) for path in self.inputs],
            "output": str(self.output),
            "styles": [
                {**asdict(choice), "path": str(choice.path), "weight": weight} for choice, weight in self.look.styles
            ],
            "settings": self.look.settings.to_dict(),
            "pattern": self.pattern,
            "suffix": self.suffix,
            "options": asdict(self.options),
        }

    @classmethod
    def from_dict(cls, content: Any) -> "BatchPlan | None":
        """What `to_dict` gave; None if it is anything else."""
        try:
            styles = []
            for style in content["styles"]:
                weight = float(style.pop("weight"))
                styles.append((StyleChoice(**{**style, "path": Path(style["path"])}), weight))
            return cls(
                tuple(Path(path) for path in content["inputs"]),
                Path(content["output"]),
                Look(tuple(styles), Settings.from_dict(content["settings"])),
                str(content["pattern"]),
                None if content["suffix"] is None else str(content["suffix"]),
                WriteOptions(**content["options"]),
            )
        except (StudioError, KeyError, TypeError, ValueError, AttributeError):
            return None


def look_of(preset: Preset) -> Look:
    """How a preset paints. Raises `StyleUnknown`."""
    shipped = {painting.id: painting for painting in assets.gallery()}
    styles = []
    for style, weight in preset.styles:
        if isinstance(style, Path):
            choice = StyleChoice(str(style), style.stem, "", "", style, True)
        elif style in shipped:
            painting = shipped[style]
            choice = StyleChoice(style, painting.title, painting.artist, painting.year, painting.path, False)
        else:
            raise StyleUnknown(name=style, known=", ".join(shipped))
        styles.append((choice, weight))
    return Look(tuple(styles), preset.settings)
