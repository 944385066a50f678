"""What is alike in the photo in like hues: `lapstyle.harmony`, differentiable, in PyTorch."""

import torch
from torch import Tensor
from torch.nn import functional

from laboratory.guidance import local_mean

SURROUNDINGS, AT = 8, 256  # px: deviation of the Gaussian around a place, and the short side it is for
LIMIT = 0.5  # of differences of hue, in their root mean square
WINDOW, SHIFT = 5, 6  # px as above: from a window's middle to its edge, and from the place to its window
EVEN_BELOW = 0.025  # unlikeness of a window at which half of a patch goes
CHOOSINESS, ROUNDS = 4, 2  # power of the likeness that windows count by; how often patches are taken away
STROKES = 0.5  # of those on what is even, in the root mean square of all differences
KEPT, MOST = 0.15, 2  # of the lost contrast, and the factor it may come to
EVEN = 1e-3  # added to the variances
LUMINANCE = torch.tensor([0.299, 0.587, 0.114], dtype=torch.float64)[:, None, None]


def blurred(picture: Tensor, deviation: float) -> Tensor:
    """By a Gaussian, the picture's edge repeated."""
    reach = round(4 * deviation)
    steps = torch.arange(-reach, reach + 1, dtype=picture.dtype)
    weights = torch.exp(-(steps**2) / (2 * deviation**2))
    weights = (weights / weights.sum()).expand(picture.shape[1], 1, 1, -1)
    for pad, kernel in (((reach, reach, 0, 0), weights), ((0, 0, reach, reach), weights.transpose(2, 3))):
        picture = functional.conv2d(functional.pad(picture, pad, mode="replicate"), kernel, groups=picture.shape[1])
    return picture


def windowed(picture: Tensor, reach: int, down: int, across: int) -> Tensor:
    """The means of the windows whose middles are some px away from each place, edges repeated."""
    margins = (abs(across),) * 2 + (abs(down),) * 2
    padded = functional.pad(local_mean(local_mean(picture, reach), 1), margins, "replicate")
    top, left = abs(down) + down, abs(across) + across
    return padded[:, :, top : top + picture.shape[2], left : left + picture.shape[3]]


Place = tuple[int, int, int]  # reach of a window, and how far down and across its middle is


def shares(photo: Tensor, scale: float) -> list[tuple[Place, Tensor]]:
    """Windows by how alike they are in the photo to each place."""
    reach, shift = max(1, round(WINDOW * scale)), max(1, round(SHIFT * scale))
    found = []
    for down in (-1, 0, 1):
        for across in (-1, 0, 1):
            far = 0.7 * shift if down and across else shift
            place = reach, round(down * far), round(across * far)
            mean, square = windowed(photo, *place), windowed(photo.square(), *place)
            alike = 1 / (1 + (square - 2 * photo * mean + photo.square()).mean(1, keepdim=True) / EVEN_BELOW**2)
            found.append((place, alike))
    weights = torch.stack([alike**CHOOSINESS for _, alike in found]).sum(0)
    return [(place, alike ** (CHOOSINESS + 1) / weights) for place, alike in found]


def averaged(values: Tensor, windows: list[tuple[Place, Tensor]]) -> Tensor:
    """The sum of the windows' means, each by its share."""
    return torch.stack([share * windowed(values, *place) for place, share in windows]).sum(0)


def without_patches(photo: Tensor, difference: Tensor, scale: float) -> Tensor:
    """Differences with neither patches nor strong strokes on what is even in the photo."""
    windows = shares(photo, scale)
    for _ in range(ROUNDS):
        difference = difference - averaged(difference, windows)
    energy = difference.square().mean(1, keepdim=True)
    even = torch.stack([share for _, share in windows]).sum(0)
    limit = STROKES**2 * energy.mean((1, 2, 3), keepdim=True) + 1e-38
    return difference * (1 - even * (1 - (1 + averaged(energy, windows) / even / limit).rsqrt()))


def contrast(draft: Tensor, expected: Tensor, kept: Tensor) -> Tensor:
    """What the expected colours are multiplied by: [batch, 1, 1, 1]."""
    before, own, after = (
        (planes * LUMINANCE).sum(1, keepdim=True).var((1, 2, 3), correction=0, keepdim=True)
        for planes in (draft, expected, kept)
    )
    return 1 + KEPT * (((before - after).clamp_min(0) / own.clamp_min(1e-6)).sqrt().clamp(1, MOST) - 1)


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
    expected = (factors.transpose(1, 2) @ known).unflatten(2, tuple(photo.shape[2:]))
    difference = shown - expected
    hue = difference - (difference * LUMINANCE).sum(1, keepdim=True)
    size = hue.square().sum(1, keepdim=True)
    allowed = LIMIT**2 * size.mean((1, 2, 3), keepdim=True) + 1e-38
    limited = difference - (1 - (1 + size / allowed).rsqrt()) * hue
    kept = without_patches(guide, limited, scale)
    with torch.no_grad():
        gain = contrast(shown, expected, kept)
    return (expected + (gain - 1) * (expected - expected.mean((2, 3), keepdim=True)) + kept).to(draft.dtype)
