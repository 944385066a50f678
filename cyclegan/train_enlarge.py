"""Trains the super-resolution network on, from one folder: `python -m cyclegan.train_enlarge`, by `recipes.training`.

Pictures are made smaller bicubically, and the network is to give back what they were. Its batch norms stay a scale and
a shift of each channel: their statistics are never touched.
"""

import json
import math
from pathlib import Path

import cv2
import numpy as np
import paddle
from numpy.typing import NDArray
from PIL import Image
from safetensors.numpy import load_file

import weights
from cyclegan.networks import cycleGAN
from cyclegan.training_losses import distance
from cyclegan.training_settings import EnlargeTraining
from workbench.child import Reports, child_main
from workbench.training_loop import Losses, save_half, sheet, train
from workbench.training_pictures import Pixels, plain_square, to_enlarge
from workbench.training_state import Arrays, Learner, load

SAMPLES = 4
EDGE = 2  # px of the large square that do not count: the network sees black beyond them
LARGEST_GRADIENT = 0.5
LAST_RATE = 0.02  # of the learning rate, at the end


class EnlargeTrainer:
    """The network and the pictures of a folder."""

    def __init__(self, settings: EnlargeTraining, output: Path) -> None:
        """
        Args:
            output: the training's folder, whose pictures are not learned from.

        Raises:
            FolderWithoutPictures, FolderUnreadable, PictureMissing
        """
        self.settings = settings
        self.random = np.random.default_rng(settings.seed)
        self._side = settings.patch * settings.factor
        self._pictures = to_enlarge(settings.folder, output, self._side)
        self._network = cycleGAN(settings.factor)
        load(self._network, load_file(weights.path(f"cyclegan/enlarge_{settings.factor}.safetensors")))
        self._network.eval()
        self._learner = Learner({"network": self._network}, first_moment=0.9, clip=LARGEST_GRADIENT)
        shown = np.random.default_rng(settings.seed)
        indices = np.resize(shown.permutation(len(self._pictures)), SAMPLES)
        self._shown = np.stack([plain_square(self._pictures.at(int(i)), self._side, shown) for i in indices])

    def step(self, part: float) -> Losses:
        settings, random = self.settings, self.random
        squares = [plain_square(self._pictures.pick(random), self._side, random) for _ in range(settings.batch)]
        large = np.stack(squares)
        enlarged, wanted = self._network(to_tensor(reduced(large, settings.factor))), to_tensor(large)
        inner = (slice(None), slice(None), slice(EDGE, -EDGE), slice(EDGE, -EDGE))
        loss = distance(enlarged[inner], wanted[inner])
        self._learner.learn(loss, cosine(settings.learning_rate, part))
        return {"difference": float(loss)}

    def arrays(self) -> Arrays:
        return self._learner.arrays()

    def restore(self, arrays: Arrays) -> None:
        self._learner.restore(arrays)

    def save_model(self, path: Path, step: int) -> None:
        tensors = {name: tensor.numpy() for name, tensor in self._network.state_dict().items()}
        save_half(path, tensors, {"kind": "super-resolution", "factor": str(self.settings.factor)}, step)

    def samples(self) -> NDArray[np.uint8]:
        """Rows of squares: enlarged bicubically, by the network, and as they were."""
        small = reduced(self._shown, self.settings.factor)
        size = (self._side, self._side)
        bicubic = np.stack([cv2.resize(square, size, interpolation=cv2.INTER_CUBIC) for square in small])
        with paddle.no_grad():
            values = self._network(to_tensor(small)).numpy()
        enlarged = np.clip(np.rint(values * 255), 0, 255).astype(np.uint8).transpose(0, 2, 3, 1)
        return sheet([bicubic, enlarged, self._shown])


def cosine(rate: float, part: float) -> float:
    """Falls from the rate to a fiftieth of it along half a wave."""
    return rate * (LAST_RATE + (1 - LAST_RATE) * 0.5 * (1 + math.cos(math.pi * part)))


def to_tensor(squares: Pixels) -> paddle.Tensor:
    """[batch, side, side, 3] uint8 -> [batch, 3, side, side] in [0, 1]."""
    return paddle.to_tensor(squares.transpose(0, 3, 1, 2).astype(np.float32) / np.float32(255))


def reduced(squares: Pixels, factor: int) -> Pixels:
    """Squares made smaller, bicubically and without aliasing."""
    size = (squares.shape[2] // factor, squares.shape[1] // factor)
    small = [np.asarray(Image.fromarray(square).resize(size, Image.Resampling.BICUBIC)) for square in squares]
    return np.stack(small)


def work(folder: Path, reports: Reports) -> None:
    """The child's work; raises as `EnlargeTrainer` and `training_loop.train` do."""
    settings = EnlargeTraining.from_dict(json.loads((folder / "settings.json").read_text(encoding="utf-8"))["settings"])
    train(folder, reports, EnlargeTrainer(settings, folder), settings.steps)


if __name__ == "__main__":
    child_main(work)
