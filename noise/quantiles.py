"""Tables that turn uniformly distributed bits into other distributions by one look-up, the same on every platform."""

from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

POISSON_DRAWS = 4096  # quantiles of each level


@lru_cache(maxsize=1)
def normal() -> NDArray[np.float32]:
    """[65536] float32: the quantiles of the standard normal distribution in the middles of 65536 equal shares.

    Its tails therefore end at ±4.2 standard deviations.
    """
    lower = [NormalDist().inv_cdf((index + 0.5) / 65536) for index in range(32768)]
    half = np.array(lower, np.float32)
    table = np.concatenate([half, -half[::-1]])
    table.flags.writeable = False
    return table


@lru_cache(maxsize=4)
def poisson(each: float) -> NDArray[np.uint16]:
    """[257, 4096] uint16: the quantiles of Poisson distributions with the means 0, `each`, 2 x `each` and so on.

    The greatest mean is at most 10040.
    """
    from scipy.special import pdtr

    shares = (np.arange(POISSON_DRAWS) + 0.5) / POISSON_DRAWS
    table = np.zeros((257, POISSON_DRAWS), np.uint16)
    for level in range(1, 257):
        mean = level * each
        spread = 6 * mean**0.5 + 10
        counts = np.arange(max(0, int(mean - spread)), int(mean + spread) + 1)
        table[level] = counts[np.searchsorted(pdtr(counts, mean), shares)]
    table.flags.writeable = False
    return table
