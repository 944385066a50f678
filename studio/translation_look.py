"""What is set in the CycleGAN tab: a model, a direction, and how to translate; as a look that paints nothing."""

from dataclasses import dataclass, field
from pathlib import Path

from cyclegan.models import Direction, Model, Texts, in_language
from cyclegan.translation import TranslationSettings
from lapstyle.settings import Settings
from studio.painting import Look
from studio.style_choice import StyleChoice
from studio.translation import translate

CHECKPOINTS = (".safetensors", ".pth", ".pt", ".pdparams")
"""What the names of checkpoints end in."""


@dataclass(frozen=True, eq=False)
class ModelChoice:
    """A model of the cards.

    Attributes:
        model: it is never changed; a file that was written anew is another choice.
        stamp: tells a file from what it was before, in nanoseconds; 0 for a model that ships.
    """

    model: Model
    stamp: int = 0

    @classmethod
    def of_file(cls, path: Path) -> "ModelChoice":
        """Read a checkpoint; raises `StudioError`."""
        from cyclegan.models import find_model

        model = find_model(path)
        return cls(model, path.stat().st_mtime_ns)

    @property
    def id(self) -> str:
        return self.model.id

    @property
    def own(self) -> bool:
        """Whether the user loaded it."""
        return self.stamp > 0

    @property
    def key(self) -> tuple[str, int]:
        return self.model.id, self.stamp

    @property
    def title(self) -> str:
        return in_words_of(self.model.title)

    def way(self, direction: Direction) -> str:
        """ "Photo → Van Gogh": what becomes of what, in the window's language."""
        source, target = in_words_of(self.model.source_kind), in_words_of(self.model.target_kind)
        source, target = source or "A", target or "B"
        source, target = (source, target) if direction == "forward" else (target, source)
        return f"{source} → {target}"


def checkpoint_files() -> str:
    """What checkpoints are, and the patterns of their names, as a file dialog takes them."""
    patterns = " ".join(f"*{suffix}" for suffix in CHECKPOINTS)
    return f"{translate('Models', 'Checkpoints')} ({patterns})"


def in_words_of(texts: Texts) -> str:
    """The text in the window's language."""
    return in_language(texts, translate("Models", "en"))  # a translation gives its language's own name


@dataclass(frozen=True)
class TranslationLook(Look):
    """How to translate.

    Attributes:
        choice: None where no model is there, which leaves the photo as it is.
    """

    styles: tuple[tuple[StyleChoice, float], ...] = ()
    settings: Settings = field(default_factory=Settings)
    choice: ModelChoice | None = None
    direction: Direction = "forward"
    translation: TranslationSettings = field(default_factory=TranslationSettings)

    @property
    def key(self) -> tuple[object, ...]:
        return None if self.choice is None else self.choice.key, self.direction, self.translation

    @property
    def names(self) -> list[str]:
        return [] if self.choice is None else [Path(self.choice.title).stem]

    def changes_from(self, before: Look) -> list[str]:
        assert isinstance(before, TranslationLook)
        old, new = before.translation.to_dict(), self.translation.to_dict()
        changes = [name for name in old if old[name] != new[name]]
        if before.key[0] != self.key[0]:
            changes.append("model")
        elif before.direction != self.direction:
            changes.append("direction")
        return changes
