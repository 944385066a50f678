"""Tables that turn uniformly distributed bits into other distributions by one look-up, the same on every platform."""

import math
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

POISSON_DRAWS = 4096  # quantiles of each level


@lru_cache(maxsize=1)
def normal() -> NDArray[np.float32]:
    """[65536] float32: the quantiles of the standard normal distribution in the middles of 65536 equal shares.

    Its tails therefore end at ±4.33 standard deviations.
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
    greatest = int(256 * each + 6 * (256 * each) ** 0.5 + 10)
    log_factorials = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, greatest + 1)))])
    table = np.zeros((257, POISSON_DRAWS), np.uint16)
    for level in range(1, 257):
        mean = level * each
        spread = 6 * mean**0.5 + 10
        counts = np.arange(max(0, int(mean - spread)), int(mean + spread) + 1)
        probabilities = np.exp(counts * math.log(mean) - mean - log_factorials[counts])
        # How many of the draws' middles, (0.5, 1.5, ...) / 4096, lie below each count's share of all.
        ends = np.floor(np.cumsum(probabilities) * POISSON_DRAWS + 0.5).astype(np.intp)
        table[level] = np.repeat(counts, np.diff(ends, prepend=0))
    table.flags.writeable = False
    return table
