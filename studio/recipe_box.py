"""The box of the batch window that says what is done to the photos: as a tab is set, as a preset says, or as before."""

from PyQt5.QtWidgets import QComboBox

from studio.batch_kind import BatchKind, BatchPreset, Recipe
from studio.translation import translate
from workbench.image_io import WriteOptions

Offer = tuple[str, Recipe, WriteOptions]


class RecipeBox(QComboBox):
    """
    Attributes:
        kind: what its recipes are of.
    """

    def __init__(self, kind: BatchKind) -> None:
        super().__init__()
        self.kind = kind
        self._offers: dict[str, list[Offer]] = {}  # by the kind's name, those after the first item
        self.addItem("")

    def use(self, kind: BatchKind) -> None:
        """Offer recipes of this kind, first what is set in its tab."""
        if kind.name != self.kind.name:
            self.kind = kind
            self.clear()
            self.addItem("")
            self.addItems([title for title, _, _ in self._of_kind])
        self.kind = kind
        self.setCurrentIndex(0)
        self.refresh()

    @property
    def _of_kind(self) -> list[Offer]:
        return self._offers.setdefault(self.kind.name, [])

    @property
    def recipe(self) -> Recipe | None:
        """What is chosen; None where the tab has nothing set."""
        number = self.currentIndex() - 1
        return self._of_kind[number][1] if number >= 0 else self.kind.now()

    @property
    def options(self) -> WriteOptions:
        """How the results of what is chosen are written."""
        number = self.currentIndex() - 1
        return self._of_kind[number][2] if number >= 0 else WriteOptions()

    def refresh(self) -> None:
        """What is set in the tab, and the user's presets, may have changed."""
        for preset in self.kind.presets():
            self._offer(title_of(preset), preset.recipe, preset.options)
        now = self.kind.now()
        title = now.title if now is not None and now.complete else "–"
        self.setItemText(0, translate("Batch", "As set in the window: {styles}").format(styles=title))

    def choose_preset(self, preset: BatchPreset) -> None:
        self.setCurrentIndex(self._offer(title_of(preset), preset.recipe, preset.options))

    def choose_earlier(self, recipe: Recipe, options: WriteOptions) -> None:
        """Take up what another batch did."""
        title = translate("Batch", "As before: {styles}").format(styles=recipe.title)
        self.setCurrentIndex(self._offer(title, recipe, options))

    def _offer(self, title: str, recipe: Recipe, options: WriteOptions) -> int:
        """Offer a recipe, in the place of one with the same title; its place in the box."""
        offers = self._of_kind
        number = next((number for number, each in enumerate(offers) if each[0] == title), len(offers))
        offers[number:] = [(title, recipe, options), *offers[number + 1 :]]
        if number + 1 == self.count():
            self.addItem(title)
        return number + 1


def title_of(preset: BatchPreset) -> str:
    return translate("Batch", "Preset {name}: {styles}").format(name=preset.name, styles=preset.recipe.title)
