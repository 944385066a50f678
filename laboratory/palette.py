"""The painting's colours given to the draft: the linear transport of `lapstyle.palette`, differentiable, in PyTorch."""

import torch
from torch import Tensor

FLOOR = 4e-4  # added to every variance: no colour is spread out from less than 0.02 of its deviation
ROUNDS = 24


def square_roots(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """The square root of positive matrices and its inverse, by the Newton-Schulz iteration (Higham 2008, eq. 6.35)."""
    scale = matrix.diagonal(dim1=1, dim2=2).sum(1).view(-1, 1, 1)
    identity = torch.eye(matrix.shape[1], dtype=matrix.dtype)
    root, inverse = matrix / scale, identity.expand_as(matrix)
    for _ in range(ROUNDS):
        factor = (3 * identity - inverse @ root) / 2
        root, inverse = root @ factor, factor @ inverse
    return root * scale.sqrt(), inverse / scale.sqrt()


def moments(picture: Tensor) -> tuple[Tensor, Tensor]:
    """Mean [batch, 3, 1] and covariance [batch, 3, 3] of the colours, in float64."""
    flat = picture.double().flatten(2)
    mean = flat.mean(2, keepdim=True)
    spread = flat - mean
    floor = FLOOR * torch.eye(3, dtype=torch.float64)
    return mean, spread @ spread.transpose(1, 2) / flat.shape[2] + floor


def recolored(picture: Tensor, painting: Tensor) -> Tensor:
    """The picture with the painting's mean and covariance of colours: each moved as little as can be (Pitie 2007)."""
    (mean, own), (target_mean, target) = moments(picture), moments(painting)
    root, inverse = square_roots(own)
    transport = inverse @ square_roots(root @ target @ root)[0] @ inverse
    colors = transport @ (picture.double().flatten(2) - mean) + target_mean
    return colors.view(picture.shape).to(picture.dtype)
