"""What a user can set about a training: the one home of the defaults and their limits. No Paddle here."""

from dataclasses import dataclass
from pathlib import Path

from cyclegan.factor import Factor, check_factor
from workbench.errors import SettingWrong
from workbench.setting_checks import check_number, check_whole
from workbench.training_settings import FolderSettings, check_common

START = "start"  # a copy of the file to go on from, in the training's folder


@dataclass(frozen=True)
class CycleTraining(FolderSettings):
    """A CycleGAN's training (Zhu et al. 2017, section 4 and appendix 7). Raises `SettingWrong`.

    Attributes:
        a: folder of pictures as they come, such as photos; made absolute.
        b: folder of pictures as they are to become, such as paintings; they need not show the same.
        channels: ngf, of the generators' first layer; the discriminators' have as many. 4 to 128.
        blocks: residual blocks of the generators, 1 to 16: 6 for squares of 128 px, 9 for 256 px.
        crop: side of the squares that are trained on, in pixels: 32 to 512, a multiple of 4.
        batch: squares of each folder in a step.
        steps: in all. The rate stays for the first half and falls to 0 in the second, as in the paper.
        learning_rate: of Adam, whose first moment is 0.5.
        cycle: weight of the cycle loss.
        identity: weight of the identity loss, as a share of `cycle`; 0 leaves it out.
        pool: translated pictures that each discriminator is shown again; 0 for none.
        start: a model's name or a file to go on from, instead of random weights; it decides on channels and blocks.
            A file's path is made absolute.
        seed: of weights, pictures, squares and pools.
    """

    a: Path
    b: Path
    channels: int = 32
    blocks: int = 6
    crop: int = 128
    batch: int = 1
    steps: int = 20_000
    learning_rate: float = 2e-4
    cycle: float = 10.0
    identity: float = 0.5
    pool: int = 50
    start: str | None = None
    seed: int = 0

    @property
    def folders(self) -> tuple[Path, ...]:
        """What is learned from."""
        return self.a, self.b

    def __post_init__(self) -> None:
        for name in ("a", "b"):
            object.__setattr__(self, name, Path(getattr(self, name)).absolute())
        if self.a == self.b:
            raise SettingWrong(name="b", value=self.b, expected="give two different folders")
        check_whole("channels", self.channels, 4, 128)
        check_whole("blocks", self.blocks, 1, 16)
        check_whole("crop", self.crop, 32, 512)
        if self.crop % 4:
            raise SettingWrong(name="crop", value=self.crop, expected="give a multiple of 4")
        check_whole("pool", self.pool, 0, 200)
        check_number("cycle", self.cycle, 0.0, 100.0)
        check_number("identity", self.identity, 0.0, 10.0)
        if self.start is not None and not isinstance(self.start, str):
            raise SettingWrong(name="start", value=self.start, expected="give a model's name or a file")
        if self.start is not None and Path(self.start).is_file():
            object.__setattr__(self, "start", str(Path(self.start).absolute()))
        check_common(self.batch, self.steps, self.learning_rate, self.seed)


@dataclass(frozen=True)
class EnlargeTraining(FolderSettings):
    """A super-resolution network's training, which goes on from the network that ships. Raises `SettingWrong`.

    Attributes:
        folder: of sharp pictures; made absolute.
        factor: 2 or 4 times the sides.
        patch: side of the small squares, in pixels: 8 to 128.
        batch: squares in a step.
        steps: in all. The rate falls to a fiftieth of itself along a cosine.
        learning_rate: of Adam.
        seed: of pictures and squares.
    """

    folder: Path
    factor: Factor = 2
    patch: int = 24
    batch: int = 8
    steps: int = 5_000
    learning_rate: float = 2e-4
    seed: int = 0

    @property
    def folders(self) -> tuple[Path, ...]:
        """What is learned from."""
        return (self.folder,)

    def __post_init__(self) -> None:
        object.__setattr__(self, "folder", Path(self.folder).absolute())
        check_factor(self.factor)
        check_whole("patch", self.patch, 8, 128)
        check_common(self.batch, self.steps, self.learning_rate, self.seed)
