"""`lapstyle.palette` as training needs it: for a batch, with a gradient, in Paddle."""

import paddle
from paddle import Tensor

from lapstyle.networks import Statistics
from lapstyle.palette import AXES, BEND, FLOOR, SHARES

PALETTE = "palette"  # its name among the statistics of a style
ROUNDS = 24  # of the iteration; fewer leave colours unmoved that differ by little


def measured(picture: Tensor) -> Statistics:
    """Of the colours, float64: mean [batch, 3, 1]; covariance, with `FLOOR` added to the variances, and, beside it,
    quantiles [batch, 3, 3 + 16]."""
    colors = picture.flatten(2).astype("float64")
    mean, covariance = _moments(colors)
    return mean, paddle.concat([covariance, _quantiles(_axes() @ colors)], axis=2)


def recolored(picture: Tensor, target: Statistics, *, quantiles: bool) -> Tensor:
    """A batch, [batch, 3, height, width], each in its own palette, as `measured` gives it."""
    mean, spread = target
    moved = _linear(picture.flatten(2).astype("float64"), (mean, spread[:, :, :3]))
    if quantiles:
        moved = _linear(_shaped(moved, spread[:, :, 3:]), _moments(moved))
    return moved.reshape(picture.shape).astype(picture.dtype)


def _linear(colors: Tensor, target: Statistics) -> Tensor:
    mean, covariance = _moments(colors)
    root, inverse = _roots(covariance)
    transport = inverse @ _roots(root @ target[1] @ root)[0] @ inverse
    return transport @ (colors - mean) + target[0]


def _shaped(colors: Tensor, target: Tensor) -> Tensor:
    along = _axes() @ colors
    own = _quantiles(along)
    even = own.diff(axis=2)
    steps = paddle.minimum(paddle.maximum(target.diff(axis=2), even / BEND), even * BEND)
    reached = paddle.concat([paddle.zeros_like(target[:, :, :1]), steps.cumsum(axis=2)], axis=2)
    offset = reached + (target - reached).mean(axis=2, keepdim=True) - own
    upper = paddle.searchsorted(own.detach(), along.detach()).clip(1, len(SHARES) - 1)
    below, above, low, high = (
        paddle.take_along_axis(values, index, 2) for values in (own, offset) for index in (upper - 1, upper)
    )
    share = ((along - below) / (above - below).clip(min=1e-9)).clip(0, 1)
    return colors + _axes().T @ (low + share * (high - low))


def _axes() -> Tensor:
    return paddle.to_tensor(AXES)


def _quantiles(along: Tensor) -> Tensor:
    """[batch, 3, n] -> [batch, 3, 16]."""
    place = paddle.to_tensor(SHARES * (along.shape[2] - 1))
    below = place.floor().astype("int64")
    ordered = along.sort(axis=2)
    low, high = (ordered.index_select(index.clip(max=along.shape[2] - 1), 2) for index in (below, below + 1))
    return low + (place - place.floor()) * (high - low)


def _moments(colors: Tensor) -> Statistics:
    """[batch, 3, n] -> mean and covariance."""
    mean = colors.mean(axis=2, keepdim=True)
    spread = colors - mean
    covariance = paddle.matmul(spread, spread, transpose_y=True) / colors.shape[2]
    return mean, covariance + FLOOR * paddle.eye(3, dtype="float64")


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
