"""Trains a CycleGAN (Zhu et al., ICCV 2017, arXiv 1703.10593): `python -m cyclegan.train`, by `recipes.training`."""

import json
from pathlib import Path

import numpy as np
import paddle
from numpy.typing import NDArray
from paddle import nn

from cyclegan.architecture import Architecture
from cyclegan.image_pool import ImagePool
from cyclegan.models import Direction, Model, find_model
from cyclegan.networks import PatchDiscriminator, ResnetGenerator
from cyclegan.training_losses import adversarial_loss, discriminator_loss, distance
from cyclegan.training_settings import START, CycleTraining
from workbench.child import Reports, child_main
from workbench.training_loop import Losses, save_half, sheet, train
from workbench.training_pictures import Pixels, TrainingPictures, to_translate, zoomed_square
from workbench.training_state import Arrays, Learner, load

SAMPLES = 4  # squares of each folder on the sheet
DEVIATION = 0.02  # of random weights
GENERATORS: dict[str, Direction] = {"ab": "forward", "ba": "backward"}
POOLS = ("a", "b")


class CycleTrainer:
    """Both generators, both discriminators, and the pictures of two folders."""

    def __init__(self, settings: CycleTraining, output: Path) -> None:
        """
        Args:
            output: the training's folder, whose pictures are not learned from.

        Raises:
            FolderWithoutPictures, FolderUnreadable, PictureMissing, ModelUnknown
            StudioError: the model to begin with cannot be read.
        """
        self.settings = settings
        self.random = np.random.default_rng(settings.seed)
        self._a, self._b = (to_translate(folder, output, settings.crop) for folder in settings.folders)
        copy = output / START
        start = copy if copy.is_file() else settings.start
        model = find_model(start) if start is not None else None
        ab, ba = _generators(settings, model, self.random)
        discriminators = [randomized(PatchDiscriminator(settings.channels), self.random) for _ in POOLS]
        self._ab, self._ba, (self._judge_a, self._judge_b) = ab, ba, discriminators
        self._generators = Learner({"ab": ab, "ba": ba}, first_moment=0.5)
        self._discriminators = Learner({"da": self._judge_a, "db": self._judge_b}, first_moment=0.5)
        self._pools = {name: ImagePool(settings.pool) for name in POOLS}
        shown = np.random.default_rng(settings.seed)
        self._shown = [_shown(pictures, settings.crop, shown) for pictures in (self._a, self._b)]

    def step(self, part: float) -> Losses:
        """One step of the generators, then one of the discriminators (section 4); `Trainer.step`."""
        settings = self.settings
        rate = decayed(settings.learning_rate, part)
        a, b = self._batch(self._a), self._batch(self._b)
        self._discriminators.freeze(True)
        as_b, as_a = self._ab(a), self._ba(b)
        losses = {
            "adversarial a to b": adversarial_loss(self._judge_b(as_b), True),
            "adversarial b to a": adversarial_loss(self._judge_a(as_a), True),
            "cycle a": distance(self._ba(as_b), a),
            "cycle b": distance(self._ab(as_a), b),
        }
        total = losses["adversarial a to b"] + losses["adversarial b to a"]
        total += settings.cycle * (losses["cycle a"] + losses["cycle b"])
        if settings.identity:
            losses |= {"identity a": distance(self._ba(a), a), "identity b": distance(self._ab(b), b)}
            total += settings.cycle * settings.identity * (losses["identity a"] + losses["identity b"])
        self._generators.learn(total, rate)
        self._discriminators.freeze(False)
        old_a, old_b = (
            paddle.to_tensor(self._pools[name].swapped(made.numpy(), self.random))
            for name, made in zip(POOLS, (as_a, as_b), strict=True)
        )
        losses["discriminator a"] = discriminator_loss(self._judge_a(a), self._judge_a(old_a))
        losses["discriminator b"] = discriminator_loss(self._judge_b(b), self._judge_b(old_b))
        self._discriminators.learn(losses["discriminator a"] + losses["discriminator b"], rate)
        return {name: float(loss) for name, loss in losses.items()}

    def _batch(self, pictures: TrainingPictures) -> paddle.Tensor:
        side, random = self.settings.crop, self.random
        squares = [zoomed_square(pictures.pick(random), side, random) for _ in range(self.settings.batch)]
        return to_tensor(np.stack(squares))

    def arrays(self) -> Arrays:
        arrays = self._generators.arrays() | self._discriminators.arrays()
        return arrays | {f"pool.{name}": np.stack(pool.squares) for name, pool in self._pools.items() if pool.squares}

    def restore(self, arrays: Arrays) -> None:
        self._generators.restore(arrays)
        self._discriminators.restore(arrays)
        for name, pool in self._pools.items():
            kept = arrays.get(f"pool.{name}")
            if kept is not None and (kept.shape[1:] != (3, *[self.settings.crop] * 2) or len(kept) > pool.size):
                raise ValueError(f"pool.{name} has shape {list(kept.shape)}")
            pool.squares = [] if kept is None else list(kept)

    def save_model(self, path: Path, step: int) -> None:
        tensors = {
            f"{name}.{key}": tensor.numpy()
            for name, network in (("ab", self._ab), ("ba", self._ba))
            for key, tensor in network.state_dict().items()
        }
        save_half(path, tensors, {"kind": "CycleGAN"}, step)

    def samples(self) -> NDArray[np.uint8]:
        """For each folder a row of squares, one of their translations, one of these translated back."""
        rows = []
        with paddle.no_grad():
            for squares, there, back in (
                (self._shown[0], self._ab, self._ba),
                (self._shown[1], self._ba, self._ab),
            ):
                translated = there(to_tensor(squares))
                rows += [squares, to_pixels(translated), to_pixels(back(translated))]
        return sheet(rows)


def decayed(rate: float, part: float) -> float:
    """The paper's schedule: the same for the first half of the training, then in a line to 0."""
    return rate * min(1.0, 2 * (1 - part))


def _generators(settings: CycleTraining, model: Model | None, random: np.random.Generator) -> list[nn.Layer]:
    """From a to b and back: with the weights of the model where it has them, else with random ones."""
    architecture = Architecture(settings.channels, settings.blocks)
    given = {}
    for direction in model.directions if model is not None else ():
        assert model is not None
        given[direction], _ = model.generator(direction)
        architecture = given[direction].architecture
    networks = []
    for direction in GENERATORS.values():
        if direction in given:
            network = ResnetGenerator(given[direction].architecture)
            load(network, given[direction].parameters)
            network.eval()  # a batch norm stays the scale and shift that it is wherever the model is used
        else:
            network = randomized(ResnetGenerator(architecture), random)
        networks.append(network)
    return networks


def randomized(network: nn.Layer, random: np.random.Generator) -> nn.Layer:
    """Weights of convolutions from a narrow normal distribution, biases 0 (appendix 7.1); norms stay as they are."""
    for layer in network.sublayers():
        if isinstance(layer, nn.Conv2D | nn.Conv2DTranspose):
            shape = layer.weight.shape
            layer.weight.set_value((DEVIATION * random.standard_normal(shape)).astype(np.float32))
            if layer.bias is not None:
                layer.bias.set_value(np.zeros(layer.bias.shape, np.float32))
    return network


def _shown(pictures: TrainingPictures, side: int, random: np.random.Generator) -> Pixels:
    """The same squares each time, [count, side, side, 3], of different pictures where there are enough."""
    indices = np.resize(random.permutation(len(pictures)), SAMPLES)
    return np.stack([zoomed_square(pictures.at(int(index)), side, random) for index in indices])


def to_tensor(squares: Pixels) -> paddle.Tensor:
    """[batch, side, side, 3] uint8 -> [batch, 3, side, side] in [-1, 1]."""
    return paddle.to_tensor(squares.transpose(0, 3, 1, 2).astype(np.float32) / np.float32(127.5) - 1)


def to_pixels(squares: paddle.Tensor) -> Pixels:
    """The inverse of `to_tensor`, rounded."""
    values = np.clip(np.rint((squares.numpy() + 1) * 127.5), 0, 255)
    return np.ascontiguousarray(values.transpose(0, 2, 3, 1).astype(np.uint8))


def work(folder: Path, reports: Reports) -> None:
    """The child's work; raises as `CycleTrainer` and `training_loop.train` do."""
    settings = CycleTraining.from_dict(json.loads((folder / "settings.json").read_text(encoding="utf-8"))["settings"])
    train(folder, reports, CycleTrainer(settings, folder), settings.steps)


if __name__ == "__main__":
    child_main(work)
