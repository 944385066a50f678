"""Models by name and from anyone's file, and which of their generators goes which way."""

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from cyclegan.architecture import Architecture
from cyclegan.models import find_model, in_language, models
from tests.generators import random_generator, write_generators
from tests.pictures import DATA
from workbench.errors import (
    CheckpointDamaged,
    CheckpointMismatch,
    CheckpointUnsafe,
    ModelUnknown,
    SettingWrong,
)
from workbench.image_io import read_picture


def test_those_that_ship_are_whole():
    """Both texts, generators that load, pictures before and after of the same size."""
    assert len({model.id for model in models()}) == len(models())
    for model in models():
        for text in (model.title, model.description, model.source_kind, model.target_kind):
            assert set(text) == {"en", "zh_CN"} and all(text.values())
        assert model.directions and model.licence
        hashes = {model.generator(direction)[1] for direction in model.directions}
        assert len(hashes) == len(model.directions)
        before, after = (read_picture(path) for path in model.thumbnails)
        assert before.pixels.shape == after.pixels.shape
        assert find_model(model.id) == model


@pytest.mark.parametrize(
    ("names", "forward", "backward"),
    [
        ([""], "", None),
        (["netG_B"], "netG_B", None),
        (["netG_A", "netG_B"], "netG_A", "netG_B"),
        (["generators.G_B", "generators.G_A"], "generators.G_A", "generators.G_B"),
        (["ba", "ab"], "ab", "ba"),
        (["to_a", "to_b"], "to_b", "to_a"),
        (["first", "second"], "first", "second"),
        (["a_thing", "netG_A"], "netG_A", "a_thing"),
        (["a_thing", "netG_B"], "a_thing", "netG_B"),
    ],
)
def test_generators_are_told_apart_by_name(tmp_path, names, forward, backward):
    model = find_model(write_generators(tmp_path / "模型.safetensors", *names))
    assert (in_language(model.title, "zh_CN"), model.id) == ("模型.safetensors", str(tmp_path / "模型.safetensors"))
    assert model.generator("forward")[0].name == forward
    if backward is None:
        assert model.directions == ("forward",)
        with pytest.raises(SettingWrong, match="only goes forward"):
            model.generator("backward")
    else:
        assert model.directions == ("forward", "backward")
        assert model.generator("backward")[0].name == backward
        assert model.generator("backward")[1] != model.generator("forward")[1]


def test_an_unknown_direction_is_refused(tmp_path):
    model = find_model(write_generators(tmp_path / "a.safetensors"))
    with pytest.raises(SettingWrong, match="use forward or backward"):
        model.generator("sideways")


def test_files_of_pytorch():
    assert find_model(DATA / "torch_training.pth").directions == ("forward", "backward")
    assert find_model(str(DATA / "torch_instance.pth")).directions == ("forward",)


class TestRefused:
    @pytest.mark.parametrize("name", ["nothing-like-it", "missing/model.safetensors", ""])
    def test_what_is_neither_a_model_nor_a_file(self, tmp_path, monkeypatch, name):
        monkeypatch.chdir(tmp_path)
        with pytest.raises((ModelUnknown, CheckpointDamaged)):
            find_model(name)

    def test_a_folder(self, tmp_path):
        with pytest.raises(CheckpointDamaged, match="not a file"):
            find_model(tmp_path)

    def test_a_pickle_that_would_run_something(self, tmp_path):
        class Evil:
            def __reduce__(self):
                return Path.touch, (tmp_path / "ran",)

        (tmp_path / "evil.pth").write_bytes(pickle.dumps({"netG_A": Evil()}, protocol=2))
        with pytest.raises(CheckpointUnsafe):
            find_model(tmp_path / "evil.pth")
        assert not (tmp_path / "ran").exists()

    def test_a_file_that_is_cut_short(self, tmp_path):
        path = write_generators(tmp_path / "cut.safetensors")
        path.write_bytes(path.read_bytes()[:-100])
        with pytest.raises(CheckpointDamaged, match=r"cut\.safetensors"):
            find_model(path)

    def test_another_network(self, tmp_path):
        safetensors.numpy.save_file({"net_dec.final_conv.1.weight": np.zeros((3, 64, 3, 3), "f4")}, tmp_path / "l")
        with pytest.raises(CheckpointMismatch, match="Use a CycleGAN checkpoint"):
            find_model(tmp_path / "l")

    def test_one_that_claims_another_architecture(self, tmp_path):
        parameters = dict(random_generator(Architecture(4, 3)).parameters)
        del parameters["model.12.conv_block.5.weight"]
        safetensors.numpy.save_file(parameters, tmp_path / "hole.safetensors")
        with pytest.raises(CheckpointMismatch, match=r"model\.12\.conv_block\.5\.weight is missing"):
            find_model(tmp_path / "hole.safetensors")


def test_looking_for_models_loads_neither_onnx_nor_paddle():
    code = "import sys, cyclegan.translator; print({'onnx', 'paddle'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
