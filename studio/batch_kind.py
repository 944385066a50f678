"""What a batch can do to a folder of photos: a tab offers a kind of it, and the batch window runs it."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from cyclegan.factor import Factor
from studio.translation import translate
from workbench.entries import Entry
from workbench.image_io import WriteOptions

if TYPE_CHECKING:
    from recipes.folder_batch import FolderBatch
    from studio.batch_plan import BatchPlan

PATTERN = "{stem}"
OnEntry = Callable[[int, Entry], None]


class Recipe(ABC):
    """What is done to every photo of a batch. It never changes, and is equal to one that does the same.

    Attributes:
        kind: the `BatchKind.name` of what made it.
    """

    kind: ClassVar[str]

    @property
    @abstractmethod
    def title(self) -> str:
        """What it does, in a few words of the window's language."""

    @property
    @abstractmethod
    def style(self) -> str:
        """What stands for {style} in the results' names."""

    @property
    @abstractmethod
    def complete(self) -> bool:
        """Whether it does anything at all."""

    @abstractmethod
    def prepare(self, plan: "BatchPlan", on_entry: OnEntry) -> "FolderBatch":
        """The batch, ready to run; it looks for the photos and reads files, so not in the window's thread.

        Raises:
            StudioError: there is no photo, or something cannot be used.
        """

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """For JSON."""


@dataclass(frozen=True)
class BatchPreset:
    """A recipe from a file, and how its results are to be written.

    Attributes:
        name: of the preset.
        pattern, suffix, enlarge: of the results; `PATTERN` and None where the file says nothing of it.
    """

    name: str
    recipe: Recipe
    options: WriteOptions = field(default_factory=WriteOptions)
    pattern: str = PATTERN
    suffix: str | None = None
    enlarge: Factor | None = None


class BatchKind(ABC):
    """What a tab can do to a folder, with the words for it; see `studio.tab.Tab.batch`.

    Attributes:
        name: in the preferences.
    """

    name: ClassVar[str]

    @abstractmethod
    def now(self) -> Recipe | None:
        """What is set in the tab."""

    def presets(self) -> list[BatchPreset]:
        """Those that the user keeps."""
        return []

    @abstractmethod
    def read_preset(self, path: Path) -> BatchPreset:
        """Raises `StudioError`: it is no preset of this kind."""

    @abstractmethod
    def recipe_from(self, content: dict[str, Any]) -> Recipe:
        """The inverse of `Recipe.to_dict`. Raises `StudioError`, KeyError, TypeError, ValueError or AttributeError."""

    # Words, in the window's language

    @abstractmethod
    def window_title(self) -> str: ...

    @abstractmethod
    def label(self) -> str:
        """What stands before the recipe, with an underlined T."""

    @abstractmethod
    def label_tip(self) -> str:
        """What can be chosen there."""

    @abstractmethod
    def style_tip(self) -> str:
        """What {style} is in the results' names."""

    @abstractmethod
    def lack(self) -> str:
        """What to set first, while `now` gives nothing to do."""

    @abstractmethod
    def preset_tip(self) -> str:
        """What the button for a preset does."""

    def preset_files(self) -> str:
        """What presets are, and the patterns of their names, as a file dialog takes them."""
        return f"{translate('Batch', 'Presets')} (*.json)"

    @abstractmethod
    def start(self, photos: int) -> str:
        """The command that begins, with an underlined P."""

    @abstractmethod
    def output_name(self, folder: str) -> str:
        """What to call the folder of the results of a folder, or of single photos where that is ""."""
