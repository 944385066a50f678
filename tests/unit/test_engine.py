"""The engines and the graphs they run, the styles' statistics, and the machine they run on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import weights
from lapstyle import engine as engine_module
from lapstyle import gallery_statistics
from lapstyle.checkpoints import load_checkpoint
from lapstyle.engine import OnnxEngine, PaddleEngine, choose_engine, graph_parameters
from lapstyle.styles import SIDES, StatisticsStore, Style, find_style, mix
from tests.pictures import painting, sample
from workbench import processors
from workbench import runtime as runtime_module
from workbench.errors import DeviceMissing
from workbench.runtime import GPU_PROVIDERS, Runtime, Session


def planes(pixels):
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)[None], np.float32) / np.float32(255)


@pytest.fixture(scope="module", params=["universal", "paddlegan"])
def engines(request, paddlegan_checkpoint):
    path = weights.path(weights.UNIVERSAL) if request.param == "universal" else paddlegan_checkpoint
    checkpoint = load_checkpoint(path)
    return OnnxEngine(checkpoint, "cpu"), PaddleEngine(checkpoint, "cpu")


class TestRunnersAgree:
    """On each act alone, relative to the largest value."""

    @staticmethod
    def assert_same(ours, theirs):
        assert ours.shape == theirs.shape
        assert np.abs(ours - theirs).max() <= 1e-4 * max(1, np.abs(theirs).max())

    @pytest.mark.parametrize("size", [(64, 64), (37, 50), (200, 16)])
    def test_encode(self, engines, size):
        picture = planes(sample("friends", size))
        ours, theirs = (engine.encode(picture, "relu4_1") for engine in engines)
        for layer, features in ours.maps.items():
            self.assert_same(features, theirs.maps[layer])
        for layer, pair in ours.statistics.items():
            for part, other in zip(pair, theirs.statistics[layer], strict=True):
                self.assert_same(part, other)

    def test_draft(self, engines):
        picture, style = planes(sample("coffee", (96, 64))), planes(painting("lion", (64, 80)))
        ours, theirs = (
            engine.draft(engine.encode(picture, "relu4_1"), engine.encode(style, "relu4_1").statistics)
            for engine in engines
        )
        assert ours.shape == picture.shape
        self.assert_same(ours, theirs)

    @pytest.mark.parametrize("revision", [1, 2, 5])
    def test_revise(self, engines, revision):
        stack = np.random.default_rng(0).random((1, 6, 80, 60), dtype=np.float32) - np.float32(0.5)
        style = engines[0].encode(planes(painting("lion", (96, 96))), "relu3_1").statistics
        self.assert_same(*(engine.revise(revision, stack, style) for engine in engines))


class TestGraphs:
    def test_an_export_gives_what_is_committed(self, tmp_path):
        """In a process of its own, as `make graphs` runs it: Paddle numbers its tensors as it goes."""
        subprocess.run([sys.executable, "-m", "lapstyle.graphs", tmp_path], check=True, capture_output=True)
        committed = weights.path("graphs/parameters.json").parent
        assert sorted(file.name for file in tmp_path.iterdir()) == sorted(file.name for file in committed.iterdir())
        for file in tmp_path.iterdir():
            assert file.read_bytes() == (committed / file.name).read_bytes(), f"make graphs: {file.name} has changed"

    def test_they_hold_no_weights(self):
        for graph in graph_parameters():
            assert weights.path(f"graphs/{graph}.onnx").stat().st_size < 200_000

    def test_they_name_every_parameter_as_the_checkpoint_does(self):
        checkpoint = load_checkpoint(weights.path(weights.UNIVERSAL))
        named = {f"net_enc.{name}" for name in graph_parameters()["encoder_relu4_1"]}
        named |= {f"net_dec.{name}" for name in graph_parameters()["draft"]}
        for network, channels in (("net_rev", 64), ("net_rev_2", 32)):
            for graph in (f"revision_universal_{channels}", f"modulation_{channels}"):
                named |= {f"{network}.{name}" for name in graph_parameters()[graph]}
        assert named == set(checkpoint.parameters)


class TestDevice:
    def test_auto_falls_back_to_the_processor_and_says_so(self, monkeypatch):
        monkeypatch.setattr(runtime_module, "available_providers", lambda: ["CPUExecutionProvider"])
        runtime = Runtime.choose("auto")
        assert runtime.device == "CPU" and "on the CPU" in runtime.note
        assert Runtime.choose("cpu").note == ""

    def test_a_gpu_that_is_not_there_is_an_error(self, monkeypatch):
        monkeypatch.setattr(runtime_module, "available_providers", lambda: ["CPUExecutionProvider"])
        with pytest.raises(DeviceMissing, match=r"no GPU.*--device auto or cpu"):
            Runtime.choose("gpu")

    @pytest.mark.parametrize("provider", GPU_PROVIDERS)
    def test_a_provider_whose_driver_does_not_load_is_not_used(self, monkeypatch, provider):
        """onnxruntime lists the providers it was built with, whether or not there is a driver."""
        monkeypatch.setattr(runtime_module, "available_providers", lambda: [provider, "CPUExecutionProvider"])
        runtime = Runtime.choose("auto")
        assert runtime.device == "CPU" and provider in runtime.note
        with pytest.raises(DeviceMissing, match=provider):
            Runtime.choose("gpu")

    def test_paddle_without_cuda_refuses_a_gpu(self):
        with pytest.raises(DeviceMissing, match="no NVIDIA GPU"):
            PaddleEngine(load_checkpoint(weights.path(weights.UNIVERSAL)), "gpu")

    def test_paddles_gpu_is_used_where_onnx_runtime_has_none(self, monkeypatch):
        checkpoint = load_checkpoint(weights.path(weights.UNIVERSAL))
        asked = []

        def paddle_engine(checkpoint, device, threads):
            asked.append(device)
            raise DeviceMissing(device="GPU", reason="there is none in this test")

        monkeypatch.setattr(engine_module, "PaddleEngine", paddle_engine)
        monkeypatch.setattr(engine_module, "paddle_has_cuda", lambda: True)
        monkeypatch.setattr(engine_module, "gpu_provider", lambda: None)
        assert isinstance(choose_engine(checkpoint, "cpu"), OnnxEngine) and asked == []
        assert isinstance(choose_engine(checkpoint, "auto"), OnnxEngine) and asked == ["gpu"], "falls back"
        with pytest.raises(DeviceMissing):
            choose_engine(checkpoint, "gpu")

    def test_threads_are_the_physical_cores_of_the_affinity(self, monkeypatch):
        siblings = {0: "0,4", 4: "0,4", 1: "1,5", 5: "1,5", 2: "2,6"}
        monkeypatch.setattr(processors, "sibling_list", siblings.get)
        monkeypatch.setattr(processors, "cgroup_quota", lambda: None)
        monkeypatch.setattr(processors, "allowed_processors", lambda: {0, 4, 1, 5})
        assert processors.usable_cores() == 2
        monkeypatch.setattr(processors, "allowed_processors", lambda: {4})
        assert processors.usable_cores() == 1

    @pytest.mark.parametrize(("quota", "cores"), [("150000 100000", 2), ("50000 100000", 1), ("max 100000", 4)])
    def test_threads_respect_the_control_group(self, monkeypatch, tmp_path, quota, cores):
        (tmp_path / "cpu.max").write_text(quota)
        monkeypatch.setattr(processors, "CGROUP_FOLDER", tmp_path)
        monkeypatch.setattr(processors, "sibling_list", str)
        monkeypatch.setattr(processors, "allowed_processors", lambda: {0, 1, 2, 3})
        assert processors.usable_cores() == cores

    def test_a_session_tells_its_outputs_by_name(self):
        graph = weights.path("graphs/revision_universal_64.onnx").read_bytes()
        parameters = load_checkpoint(weights.path(weights.UNIVERSAL)).network("net_rev")
        needed = {name: parameters[name] for name in graph_parameters()["revision_universal_64"]}
        outputs = Session(graph, needed, Runtime.choose("cpu", 1)).run({"stack": np.zeros((1, 6, 32, 48), np.float32)})
        assert {name: array.shape for name, array in outputs.items()} == {"residual": (1, 3, 32, 48)}


class TestStyles:
    def statistics(self, number):
        return {"relu1_1": (np.full(2, number, np.float32), np.full(2, number + 1, np.float32))}

    def test_a_style_is_encoded_at_a_few_sides_only_and_never_enlarged(self):
        style = Style("lion", painting("lion"))
        short = min(painting("lion").shape[:2])
        assert {style.nearest_side(side) for side in range(1, 5000)} == {min(side, short) for side in SIDES}
        small = Style("small", painting("lion", (90, 70)))
        assert small.nearest_side(500) == 70
        assert small.at_side(70).shape == (3, 70, 90)

    @pytest.mark.parametrize("size", [(1, 1), (3, 200), (200, 3), (5000, 2)])
    def test_tiny_and_thin_paintings_are_replicated(self, size):
        style = Style("thin", painting("lion", size))
        assert min(style.at_side(style.nearest_side(256)).shape[1:]) >= 16

    def test_huge_paintings_are_halved_first(self):
        style = Style("huge", np.zeros((4200, 5000, 3), np.uint8))
        assert style.planes.shape == (3, 1050, 1250) or min(style.planes.shape[1:]) <= 2101

    def test_a_style_is_found_by_name_file_picture_or_array(self, tmp_path):
        from PIL import Image

        path = tmp_path / "画 lion.png"
        Image.fromarray(painting("lion")).save(path)
        keys = {find_style(each).key for each in (path, str(path), painting("lion"), "lion")}
        assert len(keys) == 1, "the same pixels are the same style, whatever they came from"

    def test_files_that_are_cut_short_or_foreign_are_encoded_again(self, tmp_path):
        style = Style("lion", painting("lion", (32, 32)))
        store = StatisticsStore("weights", tmp_path)
        store.find(style, 32, ["relu1_1"], lambda _: self.statistics(1))
        (file,) = tmp_path.iterdir()
        for content in (b"", file.read_bytes()[:100], b"junk" * 100):
            file.write_bytes(content)
            again = StatisticsStore("weights", tmp_path).find(style, 32, ["relu1_1"], lambda _: self.statistics(2))
            assert again["relu1_1"][0][0] == 2

    def test_other_weights_do_not_see_these_statistics(self, tmp_path):
        style = Style("lion", painting("lion", (32, 32)))
        StatisticsStore("one", tmp_path).find(style, 32, ["relu1_1"], lambda _: self.statistics(1))
        other = StatisticsStore("two", tmp_path).find(style, 32, ["relu1_1"], lambda _: self.statistics(2))
        assert other["relu1_1"][0][0] == 2

    def test_a_read_only_folder_costs_nothing_but_time(self, tmp_path):
        blocked = tmp_path / "file"
        blocked.write_text("not a folder")
        store = StatisticsStore("weights", blocked / "styles")
        assert store.find(Style("lion", painting("lion", (32, 32))), 32, [], lambda _: self.statistics(3))

    @pytest.mark.parametrize("side", [64, 256, 512])
    def test_the_gallerys_shipped_statistics_are_those_of_the_weights(self, painter, side):
        style = find_style("starry-night")
        shipped = gallery_statistics.load(painter.store.encoder)[style.key, side]
        encoded = painter.engine.encode(style.at_side(side)[None], "relu4_1").statistics
        for layer, pair in encoded.items():
            for part, kept in zip(pair, shipped[layer], strict=True):
                assert np.abs(part - kept).max() <= 1e-4 * np.abs(part).max()

    def test_statistics_of_other_weights_are_not_used(self):
        assert gallery_statistics.load("other weights") == {}

    def test_a_mix_is_the_weighted_mean(self):
        mixed = mix([(self.statistics(0), 0.25), (self.statistics(4), 0.75)])
        assert np.allclose(mixed["relu1_1"][0], 3) and np.allclose(mixed["relu1_1"][1], 4)


def test_painting_never_imports_paddle():
    code = """
import sys, numpy, json, lapstyle
picture = lapstyle.run(lapstyle.stylize(numpy.zeros((40, 50, 3), "uint8"), "lion", device="cpu"))
print(json.dumps([name for name in sys.modules if name.split(".")[0] in ("paddle", "PyQt5", "onnx", "torch")]))
"""
    finished = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=Path(weights.__file__).parents[1]
    )
    assert json.loads(finished.stdout) == []


def test_nothing_is_collected_for_anyone(tmp_path):
    """ONNX Runtime's telemetry leaves a device's number and a database in the cache folder, where it is on."""
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    environment |= dict.fromkeys(("HOME", "USERPROFILE", "XDG_CACHE_HOME", "LOCALAPPDATA"), str(tmp_path))
    code = "import numpy, lapstyle; lapstyle.run(lapstyle.stylize(numpy.zeros((40, 50, 3), 'uint8'), 'lion'))"
    root = Path(weights.__file__).parents[1]
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=root, env=environment)
    assert [path.name for path in tmp_path.rglob("*") if "microsoft" in str(path).lower()] == []
