"""One stage's layers as they learn: their Adam, and the moving average that is kept of them."""

import contextlib
from collections.abc import Iterator, Mapping

import numpy as np
import paddle
from paddle import Tensor, nn

from workbench.training_state import Arrays, Learner, load

KEPT = 0.998  # of the average, at most, at each step
SETTLING = 20  # steps after which the average has begun to forget
LARGEST_GRADIENT = 20.0  # norm of all of a step's


class StageLearner:
    """Layers that learn together.

    Attributes:
        steps: that they have learned for.
    """

    def __init__(self, layers: Mapping[str, nn.Layer]) -> None:
        """
        Args:
            layers: by the names that the checkpoint has for them; frozen while nothing is learned.
        """
        self.steps = 0
        self._layers = dict(layers)
        self._learner = Learner(layers, first_moment=0.9, clip=LARGEST_GRADIENT, second_moment=0.99)
        self._averages: dict[str, Tensor] = {}
        self.freeze(True)

    def freeze(self, frozen: bool) -> None:
        self._learner.freeze(frozen)

    def learn(self, loss: Tensor, rate: float) -> None:
        """One step down the loss, and the average follows."""
        self._learner.learn(loss, rate)
        self.steps += 1
        keep = min(KEPT, self.steps / (self.steps + SETTLING))
        with paddle.no_grad():
            for name, parameter in self._learner.parameters.items():
                value = parameter.detach()
                kept = self._averages.get(name)
                self._averages[name] = value.clone() if kept is None else kept * keep + value * (1 - keep)

    def finish(self) -> None:
        """The layers take the average of what they were; they learn no more."""
        for name, parameter in self._learner.parameters.items():
            parameter.set_value(self._averages[name])
        self._averages = {}
        self.freeze(True)

    @property
    def learning(self) -> bool:
        """Whether they have begun and not finished."""
        return bool(self._averages)

    @contextlib.contextmanager
    def averaged(self) -> Iterator[None]:
        """Inside, the layers are what `parameters` gives."""
        values = {name: self._learner.parameters[name].clone() for name in self._averages}
        for name, average in self._averages.items():
            self._learner.parameters[name].set_value(average)
        try:
            yield
        finally:
            for name, value in values.items():
                self._learner.parameters[name].set_value(value)

    def parameters(self) -> Arrays:
        """What the layers learned, by the checkpoint's names: the average while they learn."""
        return {
            name: self._averages.get(name, parameter).numpy() for name, parameter in self._learner.parameters.items()
        }

    def arrays(self) -> Arrays:
        """All that is needed to go on: where they have finished, the layers alone."""
        if not self.learning:
            return self.parameters()
        averages = {f"average.{name}": value.numpy() for name, value in self._averages.items()}
        return {**self._learner.arrays(), **averages}

    def restore(self, arrays: Arrays, steps: int, learning: bool) -> None:
        """The inverse; raises KeyError or ValueError for what does not fit.

        Args:
            steps: that they had learned for.
            learning: whether they had not finished.
        """
        self.steps = steps
        if not learning:
            for name, layer in self._layers.items():
                load(layer, arrays, f"{name}.")
            return
        self._learner.restore(arrays)
        for name, parameter in self._learner.parameters.items():
            kept = arrays[f"average.{name}"]
            if list(kept.shape) != list(parameter.shape):
                raise ValueError(f"average.{name} has shape {list(kept.shape)}")
            self._averages[name] = paddle.to_tensor(np.ascontiguousarray(kept, np.float32))
