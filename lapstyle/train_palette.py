"""`lapstyle.palette` as training needs it: for a batch, with a gradient, in Paddle."""

import paddle
from paddle import Tensor

from lapstyle.networks import Statistics
from lapstyle.palette import FLOOR

PALETTE = "palette"  # its name among the statistics of a style
ROUNDS = 24  # of the iteration; fewer leave colours unmoved that differ by little


def moments(picture: Tensor) -> Statistics:
    """Mean [batch, 3, 1] and covariance [batch, 3, 3] of the colours, float64, with `FLOOR` added to the variances."""
    colors = picture.flatten(2).astype("float64")
    mean = colors.mean(axis=2, keepdim=True)
    spread = colors - mean
    covariance = paddle.matmul(spread, spread, transpose_y=True) / colors.shape[2]
    return mean, covariance + FLOOR * paddle.eye(3, dtype="float64")


def recolored(picture: Tensor, target: Statistics) -> Tensor:
    """A batch, [batch, 3, height, width], each in its own palette, as `moments` gives it."""
    (mean, own), (target_mean, wanted) = moments(picture), target
    root, inverse = _roots(own)
    transport = inverse @ _roots(root @ wanted @ root)[0] @ inverse
    colors = transport @ (picture.flatten(2).astype("float64") - mean) + target_mean
    return colors.reshape(picture.shape).astype(picture.dtype)


def _roots(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """The square root of symmetric positive matrices and its inverse, by the Newton-Schulz iteration (Higham,
    "Functions of Matrices", 2008, sec. 6.3), whose gradient knows no division by the difference of eigenvalues."""
    scale = matrix.diagonal(axis1=1, axis2=2).sum(axis=1).reshape([-1, 1, 1])
    identity = paddle.eye(matrix.shape[1], dtype=matrix.dtype)
    root, inverse = matrix / scale, identity.expand_as(matrix)
    for _ in range(ROUNDS):
        factor = (3 * identity - inverse @ root) / 2
        root, inverse = root @ factor, factor @ inverse
    return root * scale.sqrt(), inverse / scale.sqrt()
