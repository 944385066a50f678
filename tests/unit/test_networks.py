"""The Paddle networks against what the weights were trained with, and against PaddleGAN's own files."""

import numpy as np
import paddle
import pytest

import weights
from lapstyle import networks
from lapstyle.checkpoints import load_checkpoint
from lapstyle.palette import palette_of, recolored
from tests import oracle
from tests.networks import largest_difference, load, same_weights
from tests.pictures import DATA


@pytest.fixture(scope="module")
def golden():
    with np.load(DATA / "lapstyle_universal.npz") as file:
        return {name: paddle.to_tensor(values.astype(np.float32)) for name, values in file.items()}


@pytest.fixture(scope="module")
def checkpoint():
    return load_checkpoint(weights.path("lapstyle_universal.safetensors"))


@pytest.fixture(scope="module")
def encoder(checkpoint):
    """Through relu5_1: what painting needs, and the deeper layers of the losses."""
    from safetensors.numpy import load_file

    deeper = load_file(weights.path("vgg19_relu5_1.safetensors"))
    deeper = {key.removeprefix("net_enc."): value.astype(np.float32) for key, value in deeper.items()}
    return load(networks.Encoder(), checkpoint.network("net_enc") | deeper)


@paddle.no_grad()
def test_the_encoder_sees_what_training_saw(golden, encoder):
    for layer, features in encoder(golden["content_64x48"]).items():
        assert largest_difference(features, golden[f"encoded_{layer}"]) < 1e-3


@paddle.no_grad()
def test_the_drafting_network_paints_the_golden_draft(golden, encoder, checkpoint):
    drafting = load(networks.DraftingNet(), checkpoint.network("net_dec"))
    style = {layer: networks.statistics(value) for layer, value in encoder(golden["style_64"], "relu4_1").items()}
    draft = drafting(encoder(golden["content_64x48"], "relu4_1"), style)
    assert largest_difference(draft, golden["draft"]) < 1e-3


def test_its_colours_are_moved_as_in_training(golden):
    style = palette_of(golden["style_64"].numpy()[0])
    moved = recolored(golden["draft"].numpy()[0], style, quantiles=True)
    assert np.abs(moved - golden["recolored"].numpy()[0]).max() < 1e-3


@pytest.mark.parametrize(("revision", "network", "channels"), [(1, "net_rev", 64), (2, "net_rev_2", 32)])
@paddle.no_grad()
def test_each_revision_network_paints_the_golden_level(golden, checkpoint, revision, network, channels):
    revise = load(networks.UniversalRevisionNet(channels), checkpoint.network(network))
    laplacian, enlarged, style, result = (
        golden[f"revision{revision}_{part}"] for part in ("laplacian", "up", "style_vector", "result")
    )
    residual = revise(paddle.concat([laplacian, enlarged], axis=1), style)
    assert largest_difference(enlarged + residual, result) < 1e-3


class TestAgainstPaddleGAN:
    """Random weights, the same in both."""

    @pytest.fixture
    def generators(self):
        return oracle.module("models/generators/generater_lapstyle.py")

    @pytest.fixture
    def picture(self):
        return paddle.to_tensor(np.random.default_rng(1).random((1, 3, 70, 53), dtype=np.float32))

    @paddle.no_grad()
    def test_encoder(self, picture):
        ours, theirs = same_weights(networks.Encoder(identities=False), oracle.encoder())
        expected = theirs(picture)
        for layer, features in ours(picture).items():
            assert largest_difference(features, expected["r" + layer[4] + "1"]) < 1e-5

    @paddle.no_grad()
    def test_drafting_network(self, generators):
        ours, theirs = same_weights(networks.DraftingNet(unbiased=True), generators.DecoderNet())
        generator = np.random.default_rng(3)
        shapes = {"relu2_1": (128, 32, 24), "relu3_1": (256, 16, 12), "relu4_1": (512, 8, 6)}
        content, style = (
            {
                layer: paddle.to_tensor(generator.random((1, *shape), dtype=np.float32))
                for layer, shape in shapes.items()
            }
            for _ in range(2)
        )
        expected = theirs(
            *({"r" + key[4] + "1": value.clone() for key, value in side.items()} for side in (content, style))
        )
        painted = ours(content, {layer: networks.statistics(value, unbiased=True) for layer, value in style.items()})
        assert largest_difference(painted, expected) < 1e-5

    @paddle.no_grad()
    def test_revision_network(self, generators):
        ours, theirs = same_weights(networks.RevisionNet(), generators.RevisionNet())
        stack = paddle.to_tensor(np.random.default_rng(4).random((1, 6, 40, 36), dtype=np.float32))
        assert largest_difference(ours(stack), theirs(stack)) < 1e-5

    @paddle.no_grad()
    def test_patch_discriminator(self, picture):
        discriminators = oracle.module("models/discriminators/discriminator_lapstyle.py")
        ours, theirs = same_weights(networks.PatchDiscriminator(), discriminators.LapStyleDiscriminator())
        assert largest_difference(ours(picture), theirs(picture)) < 1e-5


@paddle.no_grad()
def test_the_encoder_without_identities_skips_nothing_that_matters(encoder):
    """An explicit identity convolution in conv3_4 and conv4_4 changes nothing behind a ReLU."""
    complete = networks.Encoder(identities=False)
    parameters = {name: value.numpy() for name, value in encoder.state_dict().items()}
    for name, channels in (("enc_4.7", 256), ("enc_5.7", 512)):
        kernel = np.zeros((channels, channels, 3, 3), np.float32)
        kernel[range(channels), range(channels), 1, 1] = 1
        parameters |= {f"{name}.weight": kernel, f"{name}.bias": np.zeros(channels, np.float32)}
    load(complete, parameters)
    picture = paddle.to_tensor(np.random.default_rng(5).random((1, 3, 50, 66), dtype=np.float32))
    for layer, features in complete(picture).items():
        assert largest_difference(features, encoder(picture)[layer]) < 1e-5
