"""Generators with random weights, and files of them."""

from pathlib import Path

import numpy as np
import safetensors.numpy

from cyclegan.architecture import Architecture, generator_shapes
from cyclegan.checkpoints import Generator

TINY = Architecture(4, 2)
BLURS = {3: np.outer([1, 2, 1], [1, 2, 1]), 7: np.ones((7, 7))}


def random_generator(architecture: Architecture = TINY, seed: int = 2, *, smooth: bool = False) -> Generator:
    """Its features neither die away nor explode on their way.

    Args:
        smooth: every convolution blurs, so that the picture has no texture for seams to hide in.
    """
    random = np.random.default_rng(seed)
    parameters = {}
    for name, shape in generator_shapes(architecture).items():
        values = random.standard_normal(shape) / np.sqrt(max(1, np.prod(shape[1:])))
        if smooth and len(shape) == 4:
            values = values.mean(axis=(2, 3), keepdims=True) * BLURS[shape[2]]
        parameters[name] = (random.uniform(0.5, 1.5, shape) if name.endswith("_variance") else values).astype("f4")
    return Generator("", architecture, parameters)


def write_generators(path: Path, *names: str, architecture: Architecture = TINY, smooth: bool = False) -> Path:
    """A file with a generator for each name, each with weights of its own; "" is one alone."""
    tensors = {
        f"{name}.{key}".removeprefix("."): values
        for seed, name in enumerate(names or ("",))
        for key, values in random_generator(architecture, seed, smooth=smooth).parameters.items()
    }
    safetensors.numpy.save_file(tensors, path)
    return path
