"""What the training of the universal weights minimizes: the losses of Lin et al. 2021, sec. 3.4, and patches.

Where a function takes two things of a batch, the first is what was painted, the second what is wanted. Each returns one
number.
"""

import torch
from torch import Tensor
from torch.nn import functional

from laboratory.harmony import LUMINANCE, blurred
from laboratory.networks import Statistics, halve, normalized, statistics

TYPICAL = {"relu1_1": 3.4, "relu2_1": 1.5, "relu3_1": 3.5, "relu4_1": 6.2, "relu5_1": 15.0}
"""The distance of a photo's statistics from a painting's, in each layer: what a layer's is divided by."""
SOBEL = torch.tensor([[[[1.0, 2, 1], [0, 0, 0], [-1, -2, -1]]]]) / 8
EVEN_SHARE, COMB_SCALES = 0.35, (1, 2, 4)
"""Share of the photo that counts as even, and the Gaussians, px, that a picture's strokes are looked at under."""
PATCH, PATCH_SCALES, DIRECTIONS, QUANTILES = 5, 3, 32, 256


def content_distance(features: dict[str, Tensor], wanted: dict[str, Tensor], weights: dict[str, float]) -> Tensor:
    """Mean squared difference of normalized features (L_p)."""
    return torch.stack(
        [
            weight * functional.mse_loss(normalized(features[layer]), normalized(wanted[layer]))
            for layer, weight in weights.items()
        ]
    ).sum()


def style_distance(features: dict[str, Tensor], wanted: dict[str, Statistics], weights: dict[str, float]) -> Tensor:
    """Mean squared difference of means and deviations (L_m), each layer's over its typical one."""
    total = features["relu1_1"].new_zeros(())
    for layer, weight in weights.items():
        for own, target in zip(statistics(features[layer]), wanted[layer], strict=True):
            total = total + weight / TYPICAL[layer] * functional.mse_loss(own, target)
    return total


def cosine_distance(first: Tensor, second: Tensor) -> Tensor:
    """[batch, channels, n], [batch, channels, m] -> [batch, n, m], 0 to 2."""
    return 1 - torch.bmm(functional.normalize(first, dim=1).transpose(1, 2), functional.normalize(second, dim=1))


def sampled(features: Tensor, count: int) -> Tensor:
    """`count` positions by chance, [batch, channels, count]."""
    flat = features.flatten(2)
    return flat[:, :, torch.randperm(flat.shape[2])[:count]]


def earth_mover_distance(features: Tensor, wanted: Tensor) -> Tensor:
    """Relaxed (L_r; Kolkin et al. 2019): of [batch, channels, height, width] and [batch, channels, points]."""
    cost = cosine_distance(sampled(features, wanted.shape[2]), wanted)
    return torch.maximum(cost.min(2)[0].mean(1), cost.min(1)[0].mean(1)).mean()


def self_similarity(features: Tensor, wanted: Tensor, points: int = 256) -> Tensor:
    """Difference of the distances between positions (L_ss; Kolkin et al. 2019)."""
    chosen = torch.randperm(features[0, 0].numel())[:points]
    own, target = [
        cosine_distance(flat[:, :, chosen], flat[:, :, chosen]) for flat in (features.flatten(2), wanted.flatten(2))
    ]
    shares = [cost / (cost.sum(1, keepdim=True) + 1e-5) for cost in (own, target)]
    return (shares[0] - shares[1]).abs().mean() * len(chosen)


def patch_distance(picture: Tensor, painting: Tensor) -> Tensor:
    """Sliced Wasserstein distance of 5x5 patches at three scales: of their quantiles along directions by chance.

    Sorting is what matches them, so it has no network in it that could be fooled: colours that the painting does not
    have, and too even areas, cost at once.
    """
    total = picture.new_zeros(())
    for _ in range(PATCH_SCALES):
        directions = torch.randn(DIRECTIONS, 3, PATCH, PATCH)
        # Half of them are all but even over the patch, which makes them directions of colour.
        directions[::2] = directions[::2].mean((2, 3), keepdim=True) + 0.05 * directions[::2]
        directions = directions / directions.flatten(1).norm(dim=1).view(-1, 1, 1, 1)
        own, wanted = [
            functional.conv2d(value, directions, stride=2).flatten(2).sort(2)[0] for value in (picture, painting)
        ]
        chosen = torch.linspace(0, own.shape[2] - 1, min(QUANTILES, own.shape[2])).round().long()
        total = total + (own[:, :, chosen] - wanted[:, :, chosen]).abs().mean()
        picture, painting = halve(picture), halve(painting)
    return total


def unevenness(picture: Tensor) -> Tensor:
    """Total variation: the mean absolute difference of neighbours."""
    across = (picture[..., 1:] - picture[..., :-1]).abs().mean()
    return across + (picture[..., 1:, :] - picture[..., :-1, :]).abs().mean()


def slopes(light: Tensor) -> tuple[Tensor, Tensor]:
    """Of [batch, 1, height, width], down and across."""
    padded = functional.pad(light, (1,) * 4, mode="replicate")
    return functional.conv2d(padded, SOBEL), functional.conv2d(padded, SOBEL.transpose(2, 3))


def combs(picture: Tensor, photo: Tensor) -> Tensor:
    """How much more a picture changes along rows and columns than along diagonals, where the photo is even.

    The logarithm of the one over the other, where that is not negative, by the structure tensor at three scales.
    """
    luminance = LUMINANCE.float()
    with torch.no_grad():
        down, across = slopes((photo * luminance).sum(1, keepdim=True))
        change = blurred(down.square() + across.square(), 4.0)
        even = change <= change.flatten(1).quantile(EVEN_SHARE, 1)[:, None, None, None]
    total, light = picture.new_zeros(()), (picture * luminance).sum(1, keepdim=True)
    for scale in COMB_SCALES:
        down, across = slopes(blurred(light, float(scale)))
        products = torch.cat([across.square() - down.square(), 2 * across * down], 1)
        straight, slanted = ((blurred(products, scale + 1.0).square() + 1e-14).sqrt() * even).sum((0, 2, 3))
        total = total + ((straight + 1e-4) / (slanted + 1e-4)).log().clamp_min(0)
    return total / len(COMB_SCALES)


def overflow(picture: Tensor) -> Tensor:
    """How far outside [0, 1] the picture is, on average."""
    return (picture - picture.clamp(0, 1)).abs().mean()
