"""What is alike in the photo in like hues: `lapstyle.harmony`, differentiable, in PyTorch."""

import torch
from torch import Tensor
from torch.nn import functional

SURROUNDINGS, AT = 8, 256  # px: deviation of the Gaussian around a place, and the short side it is for
LIMIT = 0.5  # of differences of hue, in their root mean square
STROKE, EVEN_BELOW = 5, 0.015  # px as above; deviation of the photo's colours at which half of a patch goes
EVEN = 1e-3  # added to the variances


def blurred(picture: Tensor, deviation: float) -> Tensor:
    """By a Gaussian, the picture's edge repeated."""
    reach = round(4 * deviation)
    steps = torch.arange(-reach, reach + 1, dtype=picture.dtype)
    weights = torch.exp(-(steps**2) / (2 * deviation**2))
    weights = (weights / weights.sum()).expand(picture.shape[1], 1, 1, -1)
    for pad, kernel in (((reach, reach, 0, 0), weights), ((0, 0, reach, reach), weights.transpose(2, 3))):
        picture = functional.conv2d(functional.pad(picture, pad, mode="replicate"), kernel, groups=picture.shape[1])
    return picture


def harmonized(photo: Tensor, draft: Tensor) -> Tensor:
    """A draft with less that the photo's colours do not let expect; [batch, 3, height, width] both."""
    shown, guide = draft.double(), photo.double()
    scale = min(photo.shape[2:]) / AT
    around = blurred(guide, SURROUNDINGS * scale)
    colors = torch.cat([guide, around], 1).flatten(2)
    colors = colors - colors.mean(2, keepdim=True)
    products = torch.stack([colors[:, i] * colors[:, j] for i in range(6) for j in range(i, 6)], 1)
    known = torch.cat([torch.ones_like(colors[:, :1]), colors, products], 1)
    ridge = torch.eye(28, dtype=torch.float64) * EVEN * known.shape[2]
    ridge[0, 0] = 0
    wanted = shown.clamp(-0.5, 1.5).flatten(2).transpose(1, 2)
    factors = torch.linalg.solve(known @ known.transpose(1, 2) + ridge, known @ wanted)
    difference = shown - (factors.transpose(1, 2) @ known).unflatten(2, tuple(photo.shape[2:]))
    luminance = torch.tensor([0.299, 0.587, 0.114], dtype=torch.float64)[:, None, None]
    hue = difference - (difference * luminance).sum(1, keepdim=True)
    size = hue.square().sum(1, keepdim=True)
    allowed = LIMIT**2 * size.mean((1, 2, 3), keepdim=True) + 1e-38
    limited = difference - (1 - (1 + size / allowed).rsqrt()) * hue
    variance = blurred(guide.square(), STROKE * scale) - blurred(guide, STROKE * scale).square()
    evenness = 1 / (1 + variance.clamp_min(0).mean(1, keepdim=True) / EVEN_BELOW**2)
    return (shown - difference + limited - evenness * blurred(limited, STROKE * scale)).to(draft.dtype)
