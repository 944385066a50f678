"""What a batch is to do: which photos, where to, under which names, and what is done to them."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclegan.factor import Factor, check_factor
from studio.batch_kind import PATTERN, BatchKind, OnEntry, Recipe
from studio.preferences import Device
from workbench.errors import StudioError
from workbench.image_io import WriteOptions

if TYPE_CHECKING:
    from cyclegan.upscale import Enlarger
    from recipes.folder_batch import FolderBatch

EARLIER = "painting"  # the only kind there was, when plans did not name it


@dataclass(frozen=True)
class BatchPlan:
    """
    Attributes:
        inputs: folders and files.
        output: folder of the results.
        pattern: of their names, see `workbench.tree.check_pattern`.
        suffix: their ending, ".png"; None keeps each photo's own where that can be written.
        enlarge: 2 or 4 times the sides, last of all.
        machine: the device and the threads that enlarge.
    """

    inputs: tuple[Path, ...]
    output: Path
    recipe: Recipe
    pattern: str = PATTERN
    suffix: str | None = None
    options: WriteOptions = field(default_factory=WriteOptions)
    enlarge: Factor | None = None
    machine: tuple[Device, int | None] = field(default=("auto", None), compare=False)

    @property
    def enlarger(self) -> "Enlarger":
        from cyclegan.upscale import Enlarger

        return Enlarger(*self.machine)

    def prepare(self, on_entry: OnEntry) -> "FolderBatch":
        """The batch, ready to run; see `Recipe.prepare`."""
        return self.recipe.prepare(self, on_entry)

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "kind": self.recipe.kind,
            "inputs": [str(path) for path in self.inputs],
            "output": str(self.output),
            **self.recipe.to_dict(),
            "pattern": self.pattern,
            "suffix": self.suffix,
            "options": asdict(self.options),
            "enlarge": self.enlarge,
        }

    @classmethod
    def from_dict(cls, content: Any, kinds: Iterable[BatchKind]) -> "BatchPlan | None":
        """What `to_dict` gave, here or in an earlier version; None if it is anything else.

        Args:
            kinds: those that there are.
        """
        try:
            kind = {kind.name: kind for kind in kinds}[content.get("kind", EARLIER)]
            return cls(
                tuple(Path(path) for path in content["inputs"]),
                Path(content["output"]),
                kind.recipe_from(content),
                str(content["pattern"]),
                None if content["suffix"] is None else str(content["suffix"]),
                WriteOptions(**content["options"]),
                None if content.get("enlarge") is None else check_factor(content["enlarge"]),
            )
        except (StudioError, KeyError, TypeError, ValueError, AttributeError):
            return None
