"""LapStyle's losses: against values computed by hand, and their gradients against finite differences."""

from collections.abc import Callable

import numpy as np
import paddle
import pytest

from lapstyle import losses
from lapstyle.networks import statistics

EXACT = 1e-5
Loss = Callable[[paddle.Tensor], paddle.Tensor]


def tensor(values: object) -> paddle.Tensor:
    return paddle.to_tensor(np.asarray(values, np.float32))


def rows(*vectors: tuple[float, ...]) -> paddle.Tensor:
    """[1, channels, positions] of vectors."""
    return tensor(vectors).transpose([1, 0]).unsqueeze(0)


class TestByHand:
    def test_content_compares_what_is_left_without_mean_and_deviation(self) -> None:
        photo = tensor([[[[0, 2], [4, 6]]]])
        assert float(losses.content_loss(3 * photo + 5, photo)) == pytest.approx(0, abs=EXACT)
        # Mean 3, variance 5: (-3, -1, 1, 3) / sqrt(5) against the same upside down: 4 times the variance of 1.
        assert float(losses.content_loss(6 - photo, photo)) == pytest.approx(4, abs=1e-4)

    def test_style_compares_mean_and_deviation(self) -> None:
        painted, style = tensor([[[[1, 3]], [[0, 0]]]]), tensor([[[[2, 2]], [[2, 6]]]])
        # Means 2, 0 against 2, 4; deviations 1, 0 against 0, 2 (each with 1e-5 inside the root).
        value = float(losses.style_loss(statistics(painted), statistics(style)))
        assert value == pytest.approx((0 + 16) / 2 + (1 + 4) / 2, abs=0.02)

    def test_relaxed_emd_is_the_dearer_of_both_ways(self) -> None:
        painted = rows((1, 0), (2, 0))
        style = rows((3, 0), (0, 1), (0, 5))
        # From what was painted: 0 and 0. From the style: 0, 1, 1.
        assert float(losses.relaxed_emd(painted, style)) == pytest.approx(2 / 3, abs=EXACT)
        assert float(losses.relaxed_emd(style, painted)) == pytest.approx(2 / 3, abs=EXACT)
        assert float(losses.relaxed_emd(painted, rows((-1, 0)))) == pytest.approx(2, abs=EXACT)

    def test_relaxed_emd_of_a_batch_is_the_mean(self) -> None:
        painted = paddle.concat([rows((1, 0)), rows((1, 0))])
        style = paddle.concat([rows((1, 0)), rows((0, 1))])
        assert float(losses.relaxed_emd(painted, style)) == pytest.approx(0.5, abs=EXACT)

    def test_self_similarity_sees_only_what_resembles_what(self) -> None:
        photo = rows((1, 0), (0, 1), (1, 0))
        turned = rows((0, 2), (3, 0), (0, 5))
        assert float(losses.self_similarity(turned, photo)) == pytest.approx(0, abs=1e-4)
        # Columns of the distances, as shares: photo (0 1 0), (.5 0 .5), (0 1 0); painted (0 0 1), (0 0 1), (.5 .5 0).
        painted = rows((1, 0), (1, 0), (0, 1))
        differences = (0 + 1 + 1) + (0.5 + 0 + 0.5) + (0.5 + 0.5 + 0)
        assert float(losses.self_similarity(painted, photo)) == pytest.approx(differences / 9 * 3, abs=1e-4)

    def test_identity_counts_pixels_and_layers(self) -> None:
        zero, one = tensor(np.zeros((1, 3, 2, 2))), tensor(np.ones((1, 3, 2, 2)))
        pixels, features = losses.identity_losses(one, zero, {"a": one, "b": 3 * one}, {"a": zero, "b": one})
        assert (float(pixels), float(features)) == (1, 0 + 1 + 4)

    def test_adversarial_losses_are_cross_entropies(self) -> None:
        scores = tensor([[[[0.0, np.log(3)]]]])  # sigmoids 1/2 and 3/4
        assert float(losses.adversarial_loss(scores)) == pytest.approx(np.log([2, 4 / 3]).mean(), abs=EXACT)
        expected = (np.log([2, 4 / 3]).mean() + np.log([2, 4]).mean()) / 2
        assert float(losses.discriminator_loss(scores, scores)) == pytest.approx(expected, abs=EXACT)

    def test_palette_compares_sorted_colours(self) -> None:
        painted, style = rows((0, 0, 0), (1, 0, 0)), rows((0.5, 1, 0), (0.25, 1, 0))
        directions = tensor([[1, 0, 0], [0, 1, 0]])
        # Red: 0, 1 against .25, .5. Green: 0, 0 against 1, 1.
        assert float(losses.palette_loss(painted, style, directions)) == pytest.approx((0.25 + 0.5 + 1 + 1) / 4)

    def test_range_and_roughness(self) -> None:
        painted = tensor([[[[-1, 0], [1, 3]]]])
        assert float(losses.range_loss(painted)) == pytest.approx((1 + 2) / 4)
        assert float(losses.roughness(painted)) == pytest.approx((1 + 2) / 2 + (2 + 3) / 2)

    def test_vectors_of_some_positions(self) -> None:
        features = tensor(np.arange(8).reshape(1, 2, 2, 2))
        chosen = losses.vectors(features, paddle.to_tensor(np.array([3, 0])))
        assert chosen.numpy().tolist() == [[[3, 0], [7, 4]]]
        assert losses.vectors(features).shape == [1, 2, 4]


def flat(loss: Callable[[paddle.Tensor, paddle.Tensor], paddle.Tensor]) -> Callable[..., paddle.Tensor]:
    return lambda own, other: loss(losses.vectors(own), losses.vectors(other))


@pytest.mark.parametrize(
    "loss",
    [
        losses.content_loss,
        lambda own, other: losses.style_loss(statistics(own), statistics(other)),
        flat(losses.relaxed_emd),
        flat(losses.self_similarity),
        lambda own, other: sum(losses.identity_losses(own, other, {"a": own * own}, {"a": other})),
        lambda own, other: losses.adversarial_loss(own - other),
        lambda own, other: losses.discriminator_loss(other, own),
        lambda own, other: losses.palette_loss(*map(losses.vectors, (own, other)), paddle.to_tensor(np.eye(3))),
        lambda own, _: losses.range_loss(own),
        lambda own, _: losses.roughness(own),
    ],
    ids=["content", "style", "emd", "similarity", "identity", "adversarial", "judge", "palette", "range", "roughness"],
)
def test_gradients_are_those_of_finite_differences(loss: Callable[..., paddle.Tensor]) -> None:
    """In float64, along a random direction; the step is too small to pass a kink."""
    random = np.random.default_rng(2)
    start, other, direction = random.standard_normal((3, 2, 3, 4, 4))
    with_gradient = paddle.to_tensor(start, stop_gradient=False)
    fixed, step = paddle.to_tensor(other), 1e-6
    loss(with_gradient, fixed).backward()
    slope = float((with_gradient.grad * paddle.to_tensor(direction)).sum())
    above, below = (float(loss(paddle.to_tensor(start + sign * step * direction), fixed)) for sign in (1, -1))
    assert slope == pytest.approx((above - below) / (2 * step), rel=1e-4, abs=1e-7)
