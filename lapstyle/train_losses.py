"""The losses of a batch, each times its weight."""

from collections.abc import Mapping

import numpy as np
import paddle
from paddle import Tensor
from paddle.nn import functional

from lapstyle import losses
from lapstyle.networks import Statistics, statistics
from lapstyle.stages import Painted, halved
from lapstyle.train_targets import COMPARED, COMPARED_COLORS, compared, together
from lapstyle.training_settings import LAYERS, LossWeights

SIMILAR = 256  # positions whose self-similarity is compared
DIRECTIONS = 24  # along which colours are compared
EMD_LAYERS = ("relu3_1", "relu4_1")

Weighted = dict[str, Tensor]


def weighted_losses(
    weights: LossWeights, painted: Painted, features: Mapping[str, Tensor], random: np.random.Generator
) -> Weighted:
    """The losses of what was painted by name, each times its weight; those of weight 0 are left out.

    Args:
        features: of what was painted, of every layer that has a weight.
    """
    weighted = {
        "content": _content(weights, painted, features),
        "style": _style(weights, features, together(painted.targets)),
    }
    if weights.relaxed_emd:
        parts = [_relaxed_emd(layer, painted, features, random) for layer in EMD_LAYERS]
        weighted["relaxed EMD"] = weights.relaxed_emd * sum(parts)
    if painted.coarse is not None and weights.fine_emd:
        weighted["fine EMD"] = weights.fine_emd * _relaxed_emd("relu2_1", painted, features, random)
    if weights.self_similarity:
        parts = [_self_similarity(layer, painted, features, random) for layer in EMD_LAYERS]
        weighted["self-similarity"] = weights.self_similarity * sum(parts)
    if weights.palette:
        weighted["palette"] = weights.palette * _palette(painted, random)
    if weights.outside:
        weighted["outside"] = weights.outside * losses.range_loss(painted.picture)
    if weights.roughness:
        weighted["roughness"] = weights.roughness * losses.roughness(painted.picture)
    if painted.coarse is not None and weights.coarse:
        weighted["coarse"] = weights.coarse * functional.l1_loss(halved(painted.picture), painted.coarse.clip(0, 1))
    return weighted


def deepest(weights: LossWeights) -> str:
    """The deepest layer that a loss looks at."""
    layers = {*weights.content_layers, *weights.revision_content_layers, *weights.style_layers}
    used = {layer for layer in layers if any(part.get(layer) for part in _layer_weights(weights))}
    return max(used | {"relu4_1"}, key=LAYERS.index)


def _layer_weights(weights: LossWeights) -> tuple[dict[str, float], ...]:
    return weights.content_layers, weights.revision_content_layers, weights.style_layers


def _content(weights: LossWeights, painted: Painted, features: Mapping[str, Tensor]) -> Tensor:
    layers = weights.content_layers if painted.coarse is None else weights.revision_content_layers
    parts = [
        weight * losses.content_loss(features[layer], painted.photo[layer])
        for layer, weight in layers.items()
        if weight
    ]
    return weights.content * sum(parts, paddle.zeros([]))


def _style(weights: LossWeights, features: Mapping[str, Tensor], target: Mapping[str, Statistics]) -> Tensor:
    parts = [
        weight / weights.typical[layer] * losses.style_loss(statistics(features[layer]), target[layer])
        for layer, weight in weights.style_layers.items()
        if weight
    ]
    return weights.style * sum(parts, paddle.zeros([]))


def _relaxed_emd(layer: str, painted: Painted, features: Mapping[str, Tensor], random: np.random.Generator) -> Tensor:
    target = compared([target.vectors[layer] for target in painted.targets], COMPARED, random)
    return losses.relaxed_emd(losses.vectors(features[layer], positions(features[layer], COMPARED, random)), target)


def _self_similarity(
    layer: str, painted: Painted, features: Mapping[str, Tensor], random: np.random.Generator
) -> Tensor:
    where = positions(features[layer], SIMILAR, random)
    return losses.self_similarity(losses.vectors(features[layer], where), losses.vectors(painted.photo[layer], where))


def _palette(painted: Painted, random: np.random.Generator) -> Tensor:
    directions = random.standard_normal((DIRECTIONS, 3)).astype(np.float32)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    colors = compared([target.colors for target in painted.targets], COMPARED_COLORS, random)
    own = losses.vectors(painted.picture, positions(painted.picture, COMPARED_COLORS, random))
    return losses.palette_loss(own, colors[:, :, : own.shape[2]], paddle.to_tensor(directions))


def positions(features: Tensor, count: int, random: np.random.Generator) -> Tensor:
    """The indices of that many positions at random, each once; all where there are fewer."""
    there = features.shape[2] * features.shape[3]
    return paddle.to_tensor(random.permutation(there)[:count].astype(np.int64))
