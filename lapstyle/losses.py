"""The losses of LapStyle's training (Lin et al., CVPR 2021, sec. 3.2 and 3.3), in Paddle.

Features are [batch, channels, height, width]; where only some positions are compared, they come as vectors
[batch, channels, positions], see `vectors`. Every loss is the mean over the batch, a tensor of shape [].
"""

from collections.abc import Mapping

import paddle
from paddle import Tensor
from paddle.nn import functional

from lapstyle.networks import Statistics, statistics

EPSILON = 1e-5


def vectors(features: Tensor, positions: Tensor | None = None) -> Tensor:
    """[batch, channels, height, width] -> [batch, channels, positions], all of them or those of these indices."""
    flat = features.flatten(2)
    return flat if positions is None else paddle.index_select(flat, positions, axis=2)


def normalized(features: Tensor) -> Tensor:
    """Mean 0 and standard deviation 1 in every channel."""
    mean, deviation = statistics(features)
    return (features - mean) / deviation


def content_loss(painted: Tensor, photo: Tensor) -> Tensor:
    """Perceptual loss of one layer: || norm(F_c) - norm(F_cs) ||, as the mean square (sec. 3.2, L_p)."""
    return functional.mse_loss(normalized(painted), normalized(photo))


def style_loss(painted: Statistics, style: Statistics) -> Tensor:
    """Mean-variance loss of one layer: || mu(F_s) - mu(F_cs) || + || sigma(F_s) - sigma(F_cs) || (sec. 3.2, L_m).

    As mean squares over the channels. Each statistic is [batch, channels, 1, 1].
    """
    return functional.mse_loss(painted[0], style[0]) + functional.mse_loss(painted[1], style[1])


def cosine_distances(first: Tensor, second: Tensor) -> Tensor:
    """1 - cosine of every two vectors: [batch, channels, n] and [batch, channels, m] -> [batch, n, m] (sec. 3.2)."""
    unit = [functional.normalize(values, axis=1, epsilon=EPSILON) for values in (first, second)]
    return 1 - paddle.bmm(unit[0].transpose([0, 2, 1]), unit[1])


def relaxed_emd(painted: Tensor, style: Tensor) -> Tensor:
    """Relaxed earth mover's distance of two sets of vectors (sec. 3.2, L_r; Kolkin et al. 2019).

    max( mean_i min_j C_ij, mean_j min_i C_ij ), C the cosine distances: the dearer of the two one-sided ways of
    carrying every vector to its nearest one. In [0, 2].
    """
    distances = cosine_distances(painted, style)
    there, back = _nearest(distances).mean(axis=1), _nearest(distances.transpose([0, 2, 1])).mean(axis=1)
    return paddle.maximum(there, back).mean()


def _nearest(distances: Tensor) -> Tensor:
    """The smallest of each row: [batch, n, m] -> [batch, n]. The gradient of Paddle's own `min` takes a hundred times
    as long on a CPU as all else here."""
    chosen = functional.one_hot(distances.detach().argmin(axis=2), distances.shape[2])
    return (distances * chosen).sum(axis=2)


def self_similarity(painted: Tensor, photo: Tensor) -> Tensor:
    """How differently the positions of two feature maps resemble each other (sec. 3.2, L_ss; Kolkin et al. 2019).

    The sum over j, and mean over i, of | D_ij / sum_i D_ij - D'_ij / sum_i D'_ij |, D and D' the cosine distances
    within each. Both [batch, channels, n], of the same n positions.
    """
    shares = []
    for values in (painted, photo):
        distances = cosine_distances(values, values)
        shares.append(distances / (distances.sum(axis=1, keepdim=True) + EPSILON))
    return (shares[0] - shares[1]).abs().mean() * painted.shape[2]


def identity_losses(
    painted: Tensor, picture: Tensor, painted_features: Mapping[str, Tensor], features: Mapping[str, Tensor]
) -> tuple[Tensor, Tensor]:
    """What a picture painted in its own style loses: in pixels, and in features, summed over the layers of `features`.

    Mean squares (PaddleGAN's `l_identity1` and `l_identity2`; Park & Lee 2019, eq. 9).
    """
    layers = [functional.mse_loss(painted_features[layer], values) for layer, values in features.items()]
    return functional.mse_loss(painted, picture), paddle.stack(layers).sum()


def adversarial_loss(scores: Tensor) -> Tensor:
    """How surely the discriminator knows what is painted: mean of -log sigmoid(score) (sec. 3.3, L_adv)."""
    return functional.softplus(-scores).mean()


def discriminator_loss(style_scores: Tensor, painted_scores: Tensor) -> Tensor:
    """Half the cross entropy of telling the painting's patches from painted ones, as PaddleGAN's "vanilla" loss."""
    return (functional.softplus(-style_scores).mean() + functional.softplus(painted_scores).mean()) / 2


def palette_loss(painted: Tensor, style: Tensor, directions: Tensor) -> Tensor:
    """Sliced Wasserstein distance of two sets of colours; not the paper's.

    Along each direction, the mean absolute difference of the sorted colours.

    Args:
        painted, style: [batch, 3, n] in [0, 1].
        directions: [directions, 3], of length 1.
    """
    along = [paddle.sort(paddle.matmul(directions, colors), axis=2) for colors in (painted, style)]
    return (along[0] - along[1]).abs().mean()


def range_loss(painted: Tensor) -> Tensor:
    """How far pixels are outside [0, 1]: mean distance."""
    return (painted - painted.clip(0, 1)).abs().mean()


def roughness(painted: Tensor) -> Tensor:
    """Total variation: mean absolute difference of neighbours, to the right and down."""
    across = (painted[:, :, :, 1:] - painted[:, :, :, :-1]).abs().mean()
    return across + (painted[:, :, 1:] - painted[:, :, :-1]).abs().mean()
