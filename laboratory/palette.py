"""The painting's colours given to the draft: `lapstyle.palette`, differentiable, in PyTorch."""

import torch
from torch import Tensor
from torch.nn import functional

FLOOR = 4e-4  # added to every variance: no colour is spread out from less than 0.02 of its deviation
ROUNDS = 24
AXES = torch.tensor(
    [[3**-0.5, 3**-0.5, 3**-0.5], [2**-0.5, 0.0, -(2**-0.5)], [6**-0.5, -2 * 6**-0.5, 6**-0.5]], dtype=torch.float64
)  # light, and two of colour
SHARES = (torch.arange(16, dtype=torch.float64) + 0.5) / 16  # below each quantile
BEND = 2.0  # steepest slope of the maps along the axes, and its inverse the flattest


def square_roots(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """The square root of positive matrices and its inverse, by the Newton-Schulz iteration (Higham 2008, eq. 6.35)."""
    scale = matrix.diagonal(dim1=1, dim2=2).sum(1).view(-1, 1, 1)
    identity = torch.eye(matrix.shape[1], dtype=matrix.dtype)
    root, inverse = matrix / scale, identity.expand_as(matrix)
    for _ in range(ROUNDS):
        factor = (3 * identity - inverse @ root) / 2
        root, inverse = root @ factor, factor @ inverse
    return root * scale.sqrt(), inverse / scale.sqrt()


def moments(colors: Tensor) -> tuple[Tensor, Tensor]:
    """Mean [batch, 3, 1] and covariance [batch, 3, 3] of colours, [batch, 3, n]."""
    mean = colors.mean(2, keepdim=True)
    spread = colors - mean
    floor = FLOOR * torch.eye(3, dtype=torch.float64)
    return mean, spread @ spread.transpose(1, 2) / colors.shape[2] + floor


def quantiles(along: Tensor) -> Tensor:
    """[batch, axes, n] -> [batch, axes, quantiles]."""
    return torch.quantile(along, SHARES, dim=2).permute(1, 2, 0)


def shaped(colors: Tensor, others: Tensor, seen: Tensor) -> Tensor:
    """Colours moved as gives those seen the quantiles of others along each axis, as far as maps may be bent.

    All are [batch, 3, any].
    """
    along = AXES @ colors
    own, target = quantiles(AXES @ seen), quantiles(AXES @ others)
    even = own.diff(dim=2)
    steps = target.diff(dim=2).clamp(even / BEND, even * BEND)
    moved = functional.pad(steps.cumsum(2), (1, 0))
    offset = moved - own + (target - moved).mean(2, keepdim=True)
    upper = torch.searchsorted(own.detach(), along.detach()).clamp(1, len(SHARES) - 1)
    below, above, low, high = (values.gather(2, index) for values in (own, offset) for index in (upper - 1, upper))
    share = ((along - below) / (above - below).clamp_min(1e-9)).clamp(0, 1)
    return colors + AXES.T @ (low + share * (high - low))


def linear(colors: Tensor, others: Tensor, seen: Tensor) -> Tensor:
    """Colours moved as gives those seen the mean and covariance of others, as little as can be (Pitie 2007).

    All are [batch, 3, any].
    """
    (mean, own), (target_mean, target) = moments(seen), moments(others)
    root, inverse = square_roots(own)
    transport = inverse @ square_roots(root @ target @ root)[0] @ inverse
    return transport @ (colors - mean) + target_mean


def recolored(picture: Tensor, painting: Tensor, seen: Tensor | None = None) -> Tensor:
    """The picture in the painting's colours: in their mean and covariance, and with those in their quantiles.

    What is `seen` of the picture, by default all, says how its colours are moved.
    """
    wanted = painting.double().flatten(2)
    own = (picture if seen is None else seen).double().flatten(2)
    moved, basis = (linear(colors, wanted, own) for colors in (picture.double().flatten(2), own))
    bent, bent_basis = (shaped(colors, wanted, basis) for colors in (moved, basis))
    return linear(bent, basis, bent_basis).view(picture.shape).to(picture.dtype)
