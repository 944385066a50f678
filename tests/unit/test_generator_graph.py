"""The generator's ONNX model against the network in Paddle, with norms computed and folded in."""

import numpy as np
import paddle
import pytest

from cyclegan.architecture import Architecture, norm_channels
from cyclegan.checkpoints import Generator
from cyclegan.generator_graph import STRIDE, GeneratorGraph, Statistics, generator_graph, receptive_field
from cyclegan.models import find_model, models
from cyclegan.networks import ResnetGenerator
from tests.generators import random_generator
from tests.networks import load
from tests.pictures import sample
from workbench.runtime import Runtime, Session


def run(graph: GeneratorGraph, picture: np.ndarray) -> dict[str, np.ndarray]:
    return Session(graph.model, graph.weights, Runtime.choose("cpu")).run({"picture": picture})


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    return np.random.default_rng(1).uniform(-1, 1, (1, 3, 72, 52)).astype(np.float32)


@paddle.no_grad()
def in_paddle(generator: Generator, picture: np.ndarray) -> np.ndarray:
    return load(ResnetGenerator(generator.architecture), generator.parameters)(paddle.to_tensor(picture)).numpy()


@pytest.mark.parametrize("norm", ["instance", "affine instance", "batch"])
@pytest.mark.parametrize("blocks", [6, 9])
def test_it_is_the_network(picture, norm, blocks):
    generator = random_generator(Architecture(16, blocks, norm))
    expected = in_paddle(generator, picture)
    graph = generator_graph(generator)
    outputs = run(graph, picture)
    assert np.abs(outputs["translated"] - expected).max() <= 1e-4
    assert expected.std() > 0.1
    if norm == "batch":
        assert graph.norms == ()
        return
    folded = generator_graph(generator, graph.statistics(outputs))
    assert folded.norms == ()
    assert np.abs(run(folded, picture)["translated"] - expected).max() <= 1e-4


@pytest.mark.parametrize(("model", "direction"), [(each.id, way) for each in models() for way in each.directions])
def test_what_ships_is_what_paddle_gives(model, direction):
    generator = find_model(model).generator(direction)[0]
    planes = sample("cat", (96, 64)).transpose(2, 0, 1)[None]
    photo = np.ascontiguousarray(planes.astype(np.float32) / np.float32(127.5) - 1)
    assert np.abs(run(generator_graph(generator), photo)["translated"] - in_paddle(generator, photo)).max() <= 1e-3


def test_statistics_are_of_the_batch_and_all_pixels(picture):
    """Of a picture and its double, in each norm's own order."""
    generator = random_generator()
    graph = generator_graph(generator)
    assert graph.norms == tuple(norm_channels(generator.architecture))
    other = np.ascontiguousarray(picture[..., ::-1] * np.float32(0.5))
    both = graph.statistics(run(graph, np.concatenate([picture, other])))
    single = [graph.statistics(run(graph, one))["model.2"] for one in (picture, other)]
    mean = (single[0].mean + single[1].mean) / 2
    square = sum(one.variance + one.mean**2 for one in single) / 2
    assert both["model.2"].mean == pytest.approx(mean, abs=1e-5)
    assert both["model.2"].variance == pytest.approx(square - mean**2, abs=1e-5)
    twice = run(graph, np.concatenate([picture, picture]))["translated"]
    assert np.abs(twice - run(graph, picture)["translated"]).max() < 1e-5


@pytest.mark.parametrize("blocks", [1, 2, 6])
def test_nothing_farther_than_the_receptive_field_is_seen(picture, blocks):
    """And what is that far is seen, but for the rounding to the stride."""
    generator = random_generator(Architecture(4, blocks))
    statistics = {
        norm: Statistics(np.zeros(channels, np.float32), np.ones(channels, np.float32))
        for norm, channels in norm_channels(generator.architecture).items()
    }
    graph, reach = generator_graph(generator, statistics), receptive_field(generator.architecture)
    wide = np.zeros((1, 3, 16, 4 * reach), np.float32)
    for changed in range(2 * reach, 2 * reach + STRIDE):
        other = wide.copy()
        other[..., changed] = 1
        difference = np.abs(run(graph, other)["translated"] - run(graph, wide)["translated"]).max((0, 1, 2))
        seen = np.flatnonzero(difference)
        assert changed - reach <= seen.min() and seen.max() <= changed + reach
    assert seen.max() - seen.min() > 2 * reach - 4 * STRIDE


def test_the_model_holds_no_weights():
    """They are handed over in memory."""
    small, large = (generator_graph(random_generator(Architecture(channels, 2))) for channels in (4, 32))
    assert abs(len(large.model) - len(small.model)) < 200
    assert sum(values.size for values in large.weights.values()) > 50 * sum(v.size for v in small.weights.values())
