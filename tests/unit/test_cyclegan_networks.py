"""The networks of translation and enlargement, against PaddleGAN's own files and by their definition."""

import numpy as np
import paddle
import pytest

from cyclegan import networks
from cyclegan.architecture import Architecture, generator_shapes
from tests import oracle
from tests.networks import largest_difference, same_weights


@pytest.fixture
def picture():
    return paddle.to_tensor(np.random.default_rng(1).uniform(-1, 1, (1, 3, 72, 52)).astype(np.float32))


class TestAgainstPaddleGAN:
    """Random weights, the same in both."""

    @pytest.mark.parametrize("blocks", [6, 9])
    @paddle.no_grad()
    def test_generator(self, picture, blocks):
        theirs = oracle.module("models/generators/resnet.py").ResnetGenerator(3, 3, ngf=16, n_blocks=blocks)
        ours, theirs = same_weights(networks.ResnetGenerator(Architecture(16, blocks, "affine instance")), theirs)
        assert largest_difference(ours(picture), theirs(picture)) < 1e-5

    @paddle.no_grad()
    def test_generator_with_batch_norm(self, picture):
        theirs = oracle.module("models/generators/resnet.py").ResnetGenerator(3, 3, 16, "batch", n_blocks=6)
        ours, theirs = same_weights(networks.ResnetGenerator(Architecture(16, 6, "batch")), theirs)
        # PaddleGAN takes the batch's own statistics when it paints, too; ours does so while it trains.
        assert largest_difference(ours.train()(picture), theirs.train()(picture)) < 1e-5

    @paddle.no_grad()
    def test_discriminator(self, picture):
        theirs = oracle.module("models/discriminators/nlayers.py").NLayerDiscriminator(3, ndf=16)
        ours, theirs = same_weights(networks.PatchDiscriminator(16, "affine instance"), theirs)
        assert largest_difference(ours(picture), theirs(picture)) < 1e-5


@pytest.mark.parametrize("norm", ["instance", "affine instance", "batch"])
@pytest.mark.parametrize(("channels", "blocks"), [(8, 6), (4, 9), (3, 1)])
def test_the_parameters_are_known_without_the_network(channels, blocks, norm):
    architecture = Architecture(channels, blocks, norm)
    state = networks.ResnetGenerator(architecture).state_dict()
    expected = generator_shapes(architecture)
    assert {name: tuple(value.shape) for name, value in state.items()} == expected
    assert list(expected) == list(state)


@paddle.no_grad()
def test_an_instance_norm_that_is_not_affine_is_one_of_scale_1_and_shift_0(picture):
    plain = networks.ResnetGenerator(Architecture(8, 6, "instance")).eval()
    affine = networks.ResnetGenerator(Architecture(8, 6, "affine instance")).eval()
    ones = {name: value for name, value in affine.state_dict().items() if name not in plain.state_dict()}
    assert {name.rsplit(".")[-1] for name in ones} == {"scale", "bias"}
    affine.set_state_dict(ones | plain.state_dict())
    assert largest_difference(plain(picture), affine(picture)) < 1e-6


def test_a_score_of_the_discriminator_sees_70_pixels():
    discriminator = networks.PatchDiscriminator(8).eval()
    for layer in discriminator.sublayers():
        if isinstance(layer, paddle.nn.InstanceNorm2D):  # which looks at the whole picture
            layer.forward = lambda features: features
    picture = paddle.rand([1, 3, 160, 160])
    picture.stop_gradient = False
    scores = discriminator(picture)
    scores[0, 0, scores.shape[2] // 2, scores.shape[3] // 2].backward()
    touched = np.abs(picture.grad.numpy()).sum((0, 1)) > 0
    assert (touched.any(0).sum(), touched.any(1).sum()) == (70, 70)


class TestSuperResolution:
    ATTRIBUTES = ("conv1", "prelu", "residual_blocks", "conv2", "bn2", "upsampling", "conv3")

    @pytest.mark.parametrize(("factor", "scale"), [(1, 1), (2, 2), (3, 2), (4, 4), (6, 8)])
    @paddle.no_grad()
    def test_it_doubles_once_for_every_two_of_its_factor(self, factor, scale):
        network = networks.cycleGAN(factor, num_residual_blocks=1).eval()
        assert network(paddle.rand([1, 3, 5, 7])).shape == [1, 3, 5 * scale, 7 * scale]

    def test_its_checkpoints_name_the_originals_attributes(self):
        network = networks.cycleGAN()
        assert list(dict.fromkeys(name.split(".")[0] for name in network.state_dict())) == list(self.ATTRIBUTES)
        assert len(network.residual_blocks) == 16
        assert {name.split(".")[0] for name in network.residual_blocks[0].state_dict()} == {
            *("conv1", "bn1", "prelu", "conv2", "bn2")
        }
        assert all(network.state_dict()[f"upsampling.{layer}.weight"].shape == [64, 64, 3, 3] for layer in (0, 3))

    @paddle.no_grad()
    def test_what_the_last_convolution_adds_to_is_the_output_of_the_residual_blocks(self):
        network = networks.cycleGAN(2, num_residual_blocks=2).eval()
        picture = paddle.rand([1, 3, 9, 8])
        network.bn2.weight.set_value(paddle.zeros([64]))
        network.bn2.bias.set_value(paddle.zeros([64]))
        residual = network.residual_blocks(network.prelu(network.conv1(picture)))
        assert largest_difference(network(picture), network.conv3(network.upsampling(residual))) < 1e-6
        assert largest_difference(residual, network.prelu(network.conv1(picture))) > 1e-3
