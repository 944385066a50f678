"""What `paddle.save` and PaddleGAN write (.pdparams, .pdopt), read without Paddle and without running anything."""

import math
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from workbench.errors import CheckpointDamaged
from workbench.pickled_arrays import Budget, Malformed
from workbench.safe_pickle import allocation_limit, load, read_whole

NAME_TABLE = "StructuredToParameterName@@"  # Paddle's own names of the tensors
SLICE_TABLE = "UnpackBigParamInfor@@"  # which arrays were cut up, as protocols before 4 take at most 4 GB


def load_paddle(source: BinaryIO | bytes, path: Path) -> object:
    """The object that was saved, nested as it was, with numpy arrays for tensors and without Paddle's own tables.

    Returns and raises what `safe_pickle.load` does.
    """
    data = read_whole(source, path)
    budget = Budget(allocation_limit(len(data)))
    try:
        return _plain(load(data, path), budget)
    except (Malformed, LookupError, TypeError, ValueError, MemoryError) as problem:
        reason = str(problem) if isinstance(problem, Malformed) else "its tables of tensors are garbled"
        raise CheckpointDamaged(path=path, reason=reason) from None


def _plain(value: object, budget: Budget) -> object:
    """The same with every tensor, saved as (name, array), as an array."""
    if isinstance(value, dict):
        return {name: _plain(item, budget) for name, item in _joined(value, budget).items() if name != NAME_TABLE}
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], np.ndarray):
        return value[1]
    if isinstance(value, list | tuple):
        return type(value)(_plain(item, budget) for item in value)
    return value


def _joined(state: dict[object, object], budget: Budget) -> dict[object, object]:
    """The same with the arrays that were cut up in one piece again."""
    table = state.get(SLICE_TABLE)
    if not isinstance(table, dict):
        return state
    whole = {name: item for name, item in state.items() if name != SLICE_TABLE}
    for name, entry in table.items():
        parts = [whole.pop(part) for part in entry["slices"]]
        whole[name] = _join(parts, entry["OriginShape"], budget)
    return whole


def _join(parts: list[object], shape: tuple[int, ...], budget: Budget) -> NDArray[np.generic]:
    arrays = [part for part in parts if isinstance(part, np.ndarray)]
    if len(arrays) != len(parts) or math.prod(shape) != sum(array.size for array in arrays):
        raise Malformed("an array that was cut up has not all of its parts")
    budget.spend(sum(array.nbytes for array in arrays))
    return np.concatenate([array.ravel() for array in arrays]).reshape(shape)
