"""What a batch is to do: which photos, where to, under which names, and what is done to them."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.batch_kind import PATTERN, BatchKind, OnEntry, Recipe
from workbench.errors import StudioError
from workbench.image_io import WriteOptions

if TYPE_CHECKING:
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
    """

    inputs: tuple[Path, ...]
    output: Path
    recipe: Recipe
    pattern: str = PATTERN
    suffix: str | None = None
    options: WriteOptions = field(default_factory=WriteOptions)

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
            )
        except (StudioError, KeyError, TypeError, ValueError, AttributeError):
            return None
