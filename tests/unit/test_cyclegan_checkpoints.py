"""Generators from files that PyTorch, Paddle and we wrote, whatever they call their parameters."""

from pathlib import Path

import numpy as np
import paddle
import pytest
import safetensors.numpy

from cyclegan.architecture import Architecture
from cyclegan.checkpoints import Generator, load_generators
from cyclegan.networks import PatchDiscriminator, ResnetGenerator
from tests.networks import largest_difference, load
from tests.pictures import DATA
from workbench.errors import CheckpointMismatch


@pytest.fixture(scope="module")
def torch_results():
    with np.load(DATA / "torch_results.npz") as file:
        return dict(file)


@paddle.no_grad()
def translated(generator: Generator, picture: np.ndarray) -> np.ndarray:
    network = load(ResnetGenerator(generator.architecture), generator.parameters)
    return network(paddle.to_tensor(picture)).numpy()


def only(path: Path) -> Generator:
    (generator,) = load_generators(path).generators
    return generator


class TestPyTorch:
    @pytest.mark.parametrize("name", ["torch_instance.pth", "torch_instance_old.pth"])
    def test_a_file_of_either_format_translates_as_pytorch_does(self, torch_results, name):
        generator = only(DATA / name)
        assert (generator.name, generator.architecture) == ("", Architecture(4, 6, "instance"))
        assert largest_difference(translated(generator, torch_results["picture"]), torch_results["instance"]) < 1e-5

    def test_a_trainings_whole_state_has_both_directions(self, torch_results):
        """One with "module.", "block" and an affine norm, in float16; one with batch norm and dropout."""
        first, second = load_generators(DATA / "torch_training.pth").generators
        assert (first.name, first.architecture) == ("netG_A", Architecture(3, 2, "affine instance"))
        assert (second.name, second.architecture) == ("netG_B", Architecture(3, 2, "batch"))
        picture = torch_results["picture"]
        assert largest_difference(translated(first, picture), torch_results["affine"]) < 1e-2
        assert largest_difference(translated(second, picture), torch_results["batch"]) < 1e-5


class TestPaddle:
    def test_what_paddle_saves(self, tmp_path):
        architecture = Architecture(4, 9, "affine instance")
        networks = {"netG_A": ResnetGenerator(architecture), "netG_B": ResnetGenerator(architecture)}
        state = {name: network.state_dict() for name, network in networks.items()}
        paddle.save({**state, "netD_A": PatchDiscriminator(4).state_dict(), "epoch": 2}, str(tmp_path / "a.pdparams"))
        found = load_generators(tmp_path / "a.pdparams").generators
        assert [generator.name for generator in found] == ["netG_A", "netG_B"]
        for generator in found:
            assert generator.architecture == architecture
            for name, values in networks[generator.name].state_dict().items():
                assert np.array_equal(generator.parameters[name], values.numpy())

    def test_one_network_alone(self, tmp_path):
        network = ResnetGenerator(Architecture(8, 6))
        paddle.save(network.state_dict(), str(tmp_path / "net_G.pdparams"))
        assert only(tmp_path / "net_G.pdparams").architecture == Architecture(8, 6)


@pytest.fixture
def state() -> dict[str, np.ndarray]:
    return {name: values.numpy() for name, values in ResnetGenerator(Architecture(3, 2)).state_dict().items()}


def refused(path: Path) -> tuple[object, object]:
    with pytest.raises(CheckpointMismatch, match="Use a CycleGAN checkpoint") as problem:
        load_generators(path)
    return problem.value.details["parameter"], problem.value.details["reason"]


class TestOurs:
    def test_two_directions_in_one_file(self, state, tmp_path):
        both = {f"{name}.{key}": values.astype("f2") for name in ("to_a", "to_b") for key, values in state.items()}
        safetensors.numpy.save_file(both, tmp_path / "ours.safetensors")
        found = load_generators(tmp_path / "ours.safetensors").generators
        assert [generator.name for generator in found] == ["to_a", "to_b"]
        assert all(values.dtype == np.float32 for values in found[0].parameters.values())

    @pytest.mark.parametrize(
        ("name", "change", "reason"),
        [
            ("model.4.weight", None, "is missing"),
            (
                "model.10.conv_block.1.weight",
                lambda values: values[:, :5],
                "has shape [12, 5, 3, 3], needs [12, 12, 3, 3]",
            ),
            ("model.11.conv_block.5.bias", lambda values: values + np.nan, "holds numbers that are not finite"),
            ("model.19.weight", lambda values: values.astype("f8"), "has type float64, needs float32 or float16"),
        ],
    )
    def test_what_does_not_fit_is_named(self, state, tmp_path, name, change, reason):
        rest = {key: values for key, values in state.items() if key != name}
        changed = rest if change is None else rest | {name: np.ascontiguousarray(change(state[name]))}
        safetensors.numpy.save_file(changed, tmp_path / "wrong.safetensors")
        assert refused(tmp_path / "wrong.safetensors") == (name, reason)

    def test_what_has_no_place_is_named(self, state, tmp_path):
        safetensors.numpy.save_file(state | {"model.30.weight": np.zeros(3, "f4")}, tmp_path / "more.safetensors")
        assert refused(tmp_path / "more.safetensors") == ("model.30.weight", "is not part of the networks")

    def test_a_file_without_a_generator(self, tmp_path):
        safetensors.numpy.save_file({"model.0.weight": np.zeros((4, 3, 4, 4), "f4")}, tmp_path / "d.safetensors")
        assert refused(tmp_path / "d.safetensors") == ("model.1.weight", "is missing")
