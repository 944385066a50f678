"""A training's networks and optimizers to arrays and back, so that it goes on bit for bit."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import paddle
import safetensors.numpy
from numpy.typing import NDArray
from paddle import nn
from safetensors import SafetensorError, safe_open

from workbench.errors import TrainingWrong
from workbench.output_file import put_in_place, system_reason

Arrays = dict[str, NDArray[Any]]
LARGEST = 4 * 2**30  # bytes; the largest generators with their moments and pools have some 3 GB
MOMENTS = ("moment1", "moment2", "beta1_pow_acc", "beta2_pow_acc")  # what Adam keeps of a parameter, as Paddle calls it


class Learner:
    """Networks that one Adam trains together."""

    def __init__(
        self,
        networks: Mapping[str, nn.Layer],
        first_moment: float,
        clip: float | None = None,
        second_moment: float = 0.999,
    ) -> None:
        """
        Args:
            networks: by name.
            first_moment, second_moment: beta 1 and beta 2.
            clip: largest norm of all gradients together; None for any.
        """
        self.networks = dict(networks)
        self.parameters = {
            f"{name}.{key}": parameter
            for name, network in networks.items()
            for key, parameter in network.named_parameters()
        }
        self._adam = paddle.optimizer.Adam(
            learning_rate=1.0,
            beta1=first_moment,
            beta2=second_moment,
            parameters=list(self.parameters.values()),
            grad_clip=None if clip is None else nn.ClipGradByGlobalNorm(clip),
        )

    def learn(self, loss: paddle.Tensor, rate: float) -> None:
        """One step down the loss."""
        self._adam.set_lr(rate)
        loss.backward()
        self._adam.step()
        self._adam.clear_grad()

    def freeze(self, frozen: bool) -> None:
        """Whether its networks are only looked through."""
        for parameter in self.parameters.values():
            parameter.stop_gradient = frozen

    def arrays(self) -> Arrays:
        """All that is needed to go on."""
        arrays = {
            f"{name}.{key}": tensor.numpy()
            for name, network in self.networks.items()
            for key, tensor in network.state_dict().items()
        }
        kept = self._adam.state_dict()
        for name, parameter in self.parameters.items():
            for moment in MOMENTS:
                if (tensor := kept.get(f"{parameter.name}_{moment}_0")) is not None:
                    arrays[f"adam.{name}.{moment}"] = tensor.numpy()
        return arrays

    def restore(self, arrays: Arrays) -> None:
        """The inverse of `arrays`; raises KeyError or ValueError with the reason."""
        for name, network in self.networks.items():
            load(network, arrays, f"{name}.")
        kept = {}
        for name, parameter in self.parameters.items():
            for moment in MOMENTS:
                values = arrays[f"adam.{name}.{moment}"]
                if moment.startswith("moment") and list(values.shape) != list(parameter.shape):
                    raise ValueError(f"adam.{name}.{moment} has shape {list(values.shape)}")
                kept[f"{parameter.name}_{moment}_0"] = paddle.to_tensor(values)
        self._adam.set_state_dict(kept)


def load(network: nn.Layer, arrays: Mapping[str, NDArray[Any]], prefix: str = "") -> None:
    """Fill a network; raises KeyError for what is missing, ValueError for another shape."""
    for key, tensor in network.state_dict().items():
        values = arrays[f"{prefix}{key}"]
        if list(values.shape) != list(tensor.shape):
            raise ValueError(f"{prefix}{key} has shape {list(values.shape)}, needs {list(tensor.shape)}")
        tensor.set_value(np.ascontiguousarray(values, np.float32))


def save_checkpoint(path: Path, arrays: Arrays, step: int, random: np.random.Generator) -> None:
    """Whole or not at all; what was there stays until then."""
    metadata = {"step": str(step), "random": json.dumps(random.bit_generator.state)}
    tensors = {name: np.ascontiguousarray(values) for name, values in arrays.items()}
    put_in_place(path, safetensors.numpy.save(tensors, metadata))


def read_training(path: Path, random: np.random.Generator, steps: int) -> tuple[Arrays, int]:
    """Arrays and step of a checkpoint; the random numbers go on where they were.

    Args:
        steps: of the whole training.

    Raises:
        TrainingWrong: it cannot be read, is damaged or too large.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise TrainingWrong(path=path.parent, reason="its checkpoint is damaged")
        with safe_open(path, "numpy") as file:
            metadata = file.metadata() or {}
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (it is no dict)
        random.bit_generator.state = json.loads(metadata["random"])
        step = int(metadata["step"])
        if not 0 <= step <= steps:
            raise ValueError(f"step {step} of {steps}")
        return arrays, step
    except OSError as error:
        raise TrainingWrong(path=path.parent, reason=system_reason(error)) from error
    except (SafetensorError, KeyError, ValueError, TypeError, OverflowError) as error:
        raise TrainingWrong(path=path.parent, reason="its checkpoint is damaged") from error
