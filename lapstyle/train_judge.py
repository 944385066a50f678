"""The patch discriminator of a revision's training (Lin et al. 2021, sec. 3.3)."""

from collections.abc import Sequence

import numpy as np
import paddle
from paddle import Tensor

from lapstyle.losses import adversarial_loss, discriminator_loss
from lapstyle.networks import PatchDiscriminator
from lapstyle.train_targets import Target
from workbench.training_state import Arrays, Learner

DEVIATION = 0.02  # of its first weights


class Judge:
    """Tells patches of the painting from painted ones, and learns to with every step of the network it judges."""

    def __init__(self, name: str, random: np.random.Generator) -> None:
        network = PatchDiscriminator()
        for key, parameter in network.named_parameters():
            if key.endswith("weight") and parameter.ndim == 4:
                parameter.set_value((DEVIATION * random.standard_normal(parameter.shape)).astype(np.float32))
        self._network = network
        self._learner = Learner({name: network}, first_moment=0.5)
        self._learner.freeze(True)

    def loss(self, painted: Tensor) -> Tensor:
        """How surely it knows what is painted."""
        return adversarial_loss(self._network(painted))

    def learn(self, painted: Tensor, targets: Sequence[Target], rate: float, random: np.random.Generator) -> Tensor:
        """One step, with a square of each painting against what is painted like it; its loss before that."""
        squares = [_square(target.planes, painted.shape[2], random) for target in targets]
        side = min(square.shape[1] for square in squares)
        shown = paddle.to_tensor(np.stack([square[:, :side, :side] for square in squares]))
        self._learner.freeze(False)
        loss = discriminator_loss(self._network(shown), self._network(painted.detach()))
        self._learner.learn(loss, rate)
        self._learner.freeze(True)
        return loss.detach()

    def arrays(self) -> Arrays:
        return self._learner.arrays()

    def restore(self, arrays: Arrays) -> None:
        self._learner.restore(arrays)


def _square(planes: np.ndarray, side: int, random: np.random.Generator) -> np.ndarray:
    """[3, side, side] from anywhere in a painting, or as large as it is."""
    side = min(side, *planes.shape[1:])
    top, left = (int(random.integers(length - side + 1)) for length in planes.shape[1:])
    return planes[:, top : top + side, left : left + side]
