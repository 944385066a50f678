"""What is painted coarsely held to the photo's forms: `lapstyle.guidance`, differentiable, in PyTorch."""

import torch
from torch import Tensor
from torch.nn import functional

from laboratory.networks import Statistics

REACH, AT = 12, 256  # px: radius of the places that are one linear function, and the short side it is for
EVEN = 1e-3  # added to the variances of the photo's colours
BEYOND = 0.15  # of the way from the photo's statistics, farther than the painting's
LEAST_DEVIATION = 0.3  # of the painting's
OF_DRAFT, OF_REVISED = (0.25, 1), (1.0, 2)  # share of the local mean, and its radius in px of the level


def aimed(target: dict[str, Statistics], own: dict[str, Statistics]) -> dict[str, Statistics]:
    """The statistics, of the photo's layers, to give a draft that is to be guided."""
    found = {}
    for layer, (own_mean, own_deviation) in own.items():
        mean, deviation = target[layer]
        farther = deviation + BEYOND * (deviation - own_deviation)
        found[layer] = mean + BEYOND * (mean - own_mean), torch.maximum(farther, LEAST_DEVIATION * deviation)
    return found


def local_mean(picture: Tensor, radius: int) -> Tensor:
    """Over the square around each place, the picture's edge repeated: [batch, channels, height, width]."""
    padded, side = functional.pad(picture, (radius,) * 4, mode="replicate"), 2 * radius + 1
    return functional.avg_pool2d(functional.avg_pool2d(padded, (side, 1), 1), (1, side), 1)


def guided(photo: Tensor, painted: Tensor, share: float, stroke: int) -> Tensor:
    """What is painted with a share of its local mean as a local linear function of the photo (He et al. 2013)."""
    reach = max(1, round(REACH * min(photo.shape[2:]) / AT))
    guide, shown = photo.double(), painted.double()
    guide_mean, shown_mean = local_mean(guide, reach), local_mean(shown, reach)

    def covariance(other: Tensor, mean: Tensor) -> Tensor:
        """With the guide, at each place: [batch, height, width, 3, 3]."""
        products = local_mean((guide[:, :, None] * other[:, None]).flatten(1, 2), reach)
        products = products - (guide_mean[:, :, None] * mean[:, None]).flatten(1, 2)
        return products.permute(0, 2, 3, 1).unflatten(3, (3, 3))

    own = covariance(guide, guide_mean) + EVEN * torch.eye(3, dtype=torch.float64)
    slopes = torch.linalg.solve(own, covariance(shown, shown_mean)).flatten(3).permute(0, 3, 1, 2)

    def mapped(slopes: Tensor, colors: Tensor) -> Tensor:
        return (slopes.unflatten(1, (3, 3)) * colors[:, :, None]).sum(1)

    offset = shown_mean - mapped(slopes, guide_mean)
    filtered = mapped(local_mean(slopes, reach), guide) + local_mean(offset, reach)
    return (shown + share * (filtered - local_mean(shown, stroke))).to(painted.dtype)
