"""What a user can set about teaching a style: the one home of the defaults and their limits. No Paddle here."""

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, Self

from lapstyle.pack_metadata import check_texts
from workbench.errors import SettingWrong
from workbench.setting_checks import check_known, check_number, check_whole
from workbench.training_settings import LONGEST, FolderSettings

START = "start"  # a copy of the file to go on from, in the training's folder
PAINTING = "painting"  # a copy of the painting there, with its suffix: where a pack is taught
STAGES = ("draft", "revision 1", "revision 2")
LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
LONGEST_MINUTES = 10_000.0
LONGEST_START = 4096  # characters
MULTIPLE = 32  # px: the draft's three halvings, and two levels more
Tuned = Literal["pack", "all"]


@dataclass(frozen=True)
class LossWeights:
    """How much each loss counts, and when. Raises `SettingWrong`.

    The published configuration is PaddleGAN's (`lapstyle_draft.yaml`, `lapstyle_rev_first.yaml`, and the factors in
    `lapstyle_model.py`); what departs from it is what the shipped weights were trained with, and why:

    Attributes:
        content: of the perceptual loss, 1 as published.
        content_layers: published: all five layers alike. Ours leaves out relu1_1 and relu2_1 of the draft, where the
            photo's texture would compete with the painting's, and of the revisions relu5_1, which sees no detail.
        style: of the mean-variance loss, 3 as published. Ours is 10, because each layer's is divided by `typical`.
        style_layers: published: all alike. The finer layers, which carry the brush, count more here.
        typical: what the mean-variance loss of each layer typically is between a photo and a painting with our encoder,
            whose channels have a mean activation of 1; a plain sum would be the deepest layer's alone.
        relaxed_emd: at relu3_1 and relu4_1, 10 as published.
        fine_emd: at relu2_1, of the revisions only; not published: in it detail finds its strokes.
        self_similarity: at relu3_1 and relu4_1. Published: 16. Ours is 2, which leaves the painting more say.
        identity_pixels, identity_features: 50 and 1 as published, of the draft only.
        identity_every: the identity losses take the place of all others in every so many steps, which costs half of
            what both in every step do; 0 for never.
        adversarial: of the patch discriminator, in the revisions only. Published: 1. Ours is 0: the shipped weights
            are of many styles, of which no discriminator this small can tell whether they are painted.
        palette: sliced Wasserstein distance of the colours; not published: mean and deviation of relu1_1 say little of
            a palette's shape.
        outside: of pixels beyond [0, 1]; not published, and 0 where all is well.
        roughness: total variation; not published, against speckles.
        coarse: of the revisions, mean absolute difference of the halved result from the previous level's; not
            published: a revision is to add detail, and leave what is coarser as it is.
    """

    content: float = 1.0
    content_layers: dict[str, float] = field(
        default_factory=lambda: {"relu3_1": 0.6, "relu4_1": 1.0, "relu5_1": 0.3}  # of the draft
    )
    revision_content_layers: dict[str, float] = field(
        default_factory=lambda: {"relu2_1": 0.3, "relu3_1": 0.6, "relu4_1": 1.0}
    )
    style: float = 10.0
    style_layers: dict[str, float] = field(
        default_factory=lambda: {"relu1_1": 2.0, "relu2_1": 2.0, "relu3_1": 1.5, "relu4_1": 1.0, "relu5_1": 0.5}
    )
    typical: dict[str, float] = field(
        default_factory=lambda: {"relu1_1": 3.4, "relu2_1": 1.5, "relu3_1": 3.5, "relu4_1": 6.2, "relu5_1": 15.0}
    )
    relaxed_emd: float = 10.0
    fine_emd: float = 5.0
    self_similarity: float = 2.0
    identity_pixels: float = 50.0
    identity_features: float = 1.0
    identity_every: int = 6
    adversarial: float = 0.0
    palette: float = 40.0
    outside: float = 20.0
    roughness: float = 0.3
    coarse: float = 5.0

    def __post_init__(self) -> None:
        for known in fields(self):
            value = getattr(self, known.name)
            if known.name == "identity_every":
                check_whole("identity_every", value, 0, LONGEST)
            elif known.type is float:
                check_number(known.name, value, 0.0, 1e6)
            elif not isinstance(value, dict):
                raise SettingWrong(name=known.name, value=value, expected="give the weights by name")
            else:
                check_known(value.items(), LAYERS)
                for layer, weight in value.items():
                    check_number(f"{known.name} of {layer}", weight, 0.0, 1e6)
        if not set(self.style_layers) <= {layer for layer, typical in self.typical.items() if typical > 0}:
            raise SettingWrong(name="typical", value=self.typical, expected="give a number above 0 for each layer")


@dataclass(frozen=True)
class StyleTraining(FolderSettings):
    """Teaching of one painting, or of a folder of paintings (Lin et al. 2021, sec. 3). Raises `SettingWrong`.

    Attributes:
        painting: a picture, or a folder of pictures for a universal training; made absolute.
        photos: a folder of photos to paint; the bundled samples if None.
        minutes: that it may take; the child measures how many steps of each stage that is.
        steps: of draft, revision 1 and revision 2; then `minutes` does not count.
        sides: of the squares of the photo that each stage paints, in pixels; multiples of 32.
        window: of a square larger than this, a window of this side is learned from.
        batch: pictures in a step of the draft; the revisions take as many pixels, at least one picture.
        examples: squares that the draft learns from, and twice what each revision does. What is frozen of them is kept
            in memory: some 2 MB for each of the draft's, 8 MB for each of a revision's.
        learning_rate: of Adam; it falls to a fiftieth along a cosine in each stage.
        start: "universal" for the shipped weights, "scratch", or a checkpoint's file.
        tuned: "pack" for what fits in a style pack, "all" for whole networks.
        name, artist, licence: of the painting, for the pack; the name is the file's if empty.
        photo: shown in the samples, beside some of the photos; made absolute.
        seed: of all that is random.
        losses: their weights.
    """

    painting: Path
    photos: Path | None = None
    minutes: float | None = 20.0
    steps: tuple[int, int, int] | None = None
    sides: tuple[int, int, int] = (128, 256, 512)
    window: int = 256
    batch: int = 4
    examples: int = 240
    learning_rate: float = 3e-4
    start: str = "universal"
    tuned: Tuned = "pack"
    name: str = ""
    artist: str = ""
    licence: str = ""
    photo: Path | None = None
    seed: int = 0
    losses: LossWeights = field(default_factory=LossWeights)

    @property
    def folders(self) -> tuple[Path, ...]:
        """What is learned from."""
        return (self.painting,) if self.photos is None else (self.painting, self.photos)

    def __post_init__(self) -> None:
        for name in ("painting", "photos", "photo"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, Path(getattr(self, name)).absolute())
        if self.steps is not None:
            self._check_stages("steps", 0, LONGEST)
            if not sum(self.steps):
                raise SettingWrong(name="steps", value=self.steps, expected="give at least one step")
        elif self.minutes is None:
            raise SettingWrong(name="minutes", value=None, expected="give a number of minutes, or of steps")
        else:
            check_number("minutes", self.minutes, 0.1, LONGEST_MINUTES)
        self._check_stages("sides", MULTIPLE, 2048)
        check_whole("window", self.window, MULTIPLE, 2048)
        for name, sides in ("sides", self.sides), ("window", (self.window,)):
            if any(side % MULTIPLE for side in sides):
                raise SettingWrong(name=name, value=getattr(self, name), expected=f"give multiples of {MULTIPLE}")
        check_whole("batch", self.batch, 1, 64)
        check_whole("examples", self.examples, 1, LONGEST)
        check_number("learning_rate", self.learning_rate, 1e-7, 0.1)
        if self.tuned not in ("pack", "all"):
            raise SettingWrong(name="tuned", value=self.tuned, expected="use pack or all")
        self._check_start()
        check_texts(name=self.name or "after the file", artist=self.artist, licence=self.licence)
        if self.start not in ("universal", "scratch"):
            object.__setattr__(self, "start", str(Path(self.start).absolute()))
        if self.start == "scratch" and self.tuned == "pack":
            raise SettingWrong(name="start", value=self.start, expected="a pack begins with the universal weights")
        check_whole("seed", self.seed, 0, 2**32 - 1)

    def _check_stages(self, name: str, least: int, most: int) -> None:
        values = getattr(self, name)
        if not isinstance(values, list | tuple) or len(values) != len(STAGES):
            raise SettingWrong(name=name, value=values, expected=f"give {len(STAGES)} whole numbers")
        for value in values:
            check_whole(name, value, least, most)
        object.__setattr__(self, name, tuple(values))

    def _check_start(self) -> None:
        if not isinstance(self.start, str) or len(self.start) > LONGEST_START:
            expected = f"give at most {LONGEST_START} characters"
            raise SettingWrong(name="start", value=self.start, expected=expected)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        losses = values.get("losses", {})
        if not isinstance(losses, dict):
            raise SettingWrong(name="losses", value=losses, expected="give the weights by name")
        check_known(losses.items(), {known.name for known in fields(LossWeights)})
        return super().from_dict({**values, "losses": LossWeights(**losses)})


def kept_painting(settings: StyleTraining, folder: Path) -> Path:
    """Where a training's folder keeps the painting of its pack, which may be gone when the training goes on."""
    return folder / f"{PAINTING}{settings.painting.suffix}"


def painting_of(settings: StyleTraining, folder: Path) -> Path:
    """The painting that a training's folder keeps; where it keeps none, that of the settings."""
    kept = kept_painting(settings, folder)
    return kept if kept.is_file() else settings.painting
