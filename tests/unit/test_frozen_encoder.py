"""The encoder that ONNX Runtime runs for the training, held to Paddle's own."""

import numpy as np
import paddle
import pytest
from paddle.nn import functional
from PIL import Image
from safetensors.numpy import load_file

import assets
import weights
from lapstyle.checkpoints import load_checkpoint
from lapstyle.encoder_gradient import pool_gradient, reflection_gradient
from lapstyle.frozen_encoder import DEPTHS, FrozenEncoder
from lapstyle.networks import Encoder
from workbench.training_state import load


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    encoder = Encoder()
    shipped = load_checkpoint(weights.path(weights.UNIVERSAL)).parameters
    load(encoder, dict(load_file(weights.path("vgg19_relu5_1.safetensors"))) | shipped, "net_enc.")
    for parameter in encoder.parameters():
        parameter.stop_gradient = True
    return encoder


@pytest.fixture(scope="module")
def frozen(encoder: Encoder) -> FrozenEncoder:
    return FrozenEncoder(encoder, threads=2)


def photos(*names: str, size: tuple[int, int]) -> paddle.Tensor:
    """[photos, 3, height, width], with a grain, as two pixels of the same colour share a gradient in a way of their
    own."""
    squares = [Image.open(assets.path(f"samples/{name}.jpg")).resize(size) for name in names]
    grain = np.random.default_rng(0).normal(0, 0.02, (len(names), 3, size[1], size[0]))
    planes = np.stack([np.asarray(square, np.float32).transpose(2, 0, 1) / 255 for square in squares])
    return paddle.to_tensor((planes + grain).astype(np.float32))


def looked_at(encoder, picture: paddle.Tensor, through: str) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Features, and the picture's gradient of something that they all have a part in."""
    picture = picture.clone().detach()
    picture.stop_gradient = False
    features = encoder(picture, through)
    lost = sum((values - 1).square().mean() * (number + 1) for number, values in enumerate(features.values()))
    lost.backward()
    return {layer: values.numpy() for layer, values in features.items()}, picture.grad.numpy()


class TestEncoder:
    @pytest.mark.parametrize("through", DEPTHS)
    @pytest.mark.parametrize("size", [(64, 64), (112, 80), (128, 128)])
    def test_it_sees_what_paddle_sees_and_points_where_paddle_points(
        self, encoder: Encoder, frozen: FrozenEncoder, size: tuple[int, int], through: str
    ) -> None:
        picture = photos("cat", "coffee", size=size)
        (theirs, wanted), (ours, gradient) = (looked_at(each, picture, through) for each in (encoder, frozen))
        assert list(ours) == list(theirs)
        for layer in theirs:
            np.testing.assert_allclose(ours[layer], theirs[layer], atol=1e-4 * theirs[layer].max())
        # Not each pixel: where a ReLU's input is 0 but for rounding, either answer is right.
        assert np.linalg.norm(gradient - wanted) < 5e-3 * np.linalg.norm(wanted)

    @pytest.mark.parametrize("size", [(32, 32), (70, 51), (48, 128)])
    def test_pictures_that_its_graphs_do_not_fit_are_seen_all_the_same(
        self, encoder: Encoder, frozen: FrozenEncoder, size: tuple[int, int]
    ) -> None:
        picture = photos("rocket", size=size)
        (theirs, wanted), (ours, gradient) = (looked_at(each, picture, "relu5_1") for each in (encoder, frozen))
        np.testing.assert_array_equal(ours["relu5_1"], theirs["relu5_1"])
        np.testing.assert_array_equal(gradient, wanted)

    def test_layers_before_the_deepest_alone(self, encoder: Encoder, frozen: FrozenEncoder) -> None:
        picture = photos("rocket", size=(64, 64))
        assert list(frozen(picture, "relu2_1")) == ["relu1_1", "relu2_1"]


class TestGradients:
    def test_reflection(self) -> None:
        """The adjoint: <pad(x), y> = <x, gradient(y)>."""
        random = np.random.default_rng(0)
        maps = paddle.to_tensor(random.standard_normal((2, 3, 4, 7)).astype(np.float32))
        padded = paddle.to_tensor(random.standard_normal((2, 3, 6, 9)).astype(np.float32))
        there = (functional.pad(maps, [1] * 4, mode="reflect") * padded).sum()
        assert float((maps * reflection_gradient(padded)).sum()) == pytest.approx(float(there), rel=1e-5)

    def test_pooling_shares_among_equals(self) -> None:
        maps = paddle.to_tensor([[[[1.0, 5.0, 2.0, 2.0], [3.0, 4.0, 0.0, 1.0]]]])
        gradient = pool_gradient(maps, functional.max_pool2d(maps, 2), paddle.to_tensor([[[[6.0, 8.0]]]]))
        assert gradient.numpy().tolist() == [[[[0.0, 6.0, 4.0, 4.0], [0.0, 0.0, 0.0, 0.0]]]]
