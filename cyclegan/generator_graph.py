"""The ResNet generator as an ONNX model, built from its tensors: no Paddle, no export, nothing to keep (ADR 0010).

There are two forms. One computes its norms as it goes, and tells the mean and the variance of each. The other has them
folded into its convolutions, so that it is local: what it gives for a pixel depends on the pixels near it alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cyclegan.architecture import Architecture, convolution_shapes, norm_channels
from cyclegan.checkpoints import Generator

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, TensorProto

Values = NDArray[np.float32]
EPSILON = 1e-5  # of every norm, as Paddle's and PyTorch's
STRIDE = 4  # px: sides, and the edges of tiles, are multiples of it
LEAST = 8  # px a side, so that the residual blocks have two pixels to reflect
OPSET, IR_VERSION = 17, 8  # understood by ONNX Runtime since 1.12
NO_FILE = "filled-at-run-time"  # the place that a weightless initializer names; no such file exists


@dataclass(frozen=True, eq=False)
class Statistics:
    """What a norm subtracts and divides by.

    Attributes:
        mean, variance: [channels]; the variance is of the whole population.
    """

    mean: Values
    variance: Values


@dataclass(frozen=True, eq=False)
class GeneratorGraph:
    """Ready for `workbench.runtime.Session`.

    Attributes:
        model: serialized ONNX without weights: "picture" [batch, 3, height, width] in [-1, 1], whose sides are
            multiples of 4 and at least 8, becomes "translated" of the same shape and range. Where it computes norms,
            "NORM.mean" and "NORM.variance" [1, channels, 1, 1] come with it.
        weights: by the names that the model has for them.
        norms: those it computes, by name; none when they are folded.
    """

    model: bytes
    weights: Mapping[str, Values]
    norms: tuple[str, ...]

    def statistics(self, outputs: Mapping[str, Values]) -> dict[str, Statistics]:
        """Those of each norm, from what a session gave."""
        return {
            norm: Statistics(outputs[f"{norm}.mean"].reshape(-1), outputs[f"{norm}.variance"].reshape(-1))
            for norm in self.norms
        }


def receptive_field(architecture: Architecture) -> int:
    """How far from a pixel those lie that its translation depends on where norms are folded, in px, a multiple of 4.

    3 for each 7x7 convolution, 1 + 2 on the way down, 4 for each of two 3x3 convolutions in a block at a quarter of the
    scale, 4 + 2 on the way up.
    """
    reach = 3 + 1 + 2 + 4 * 2 * architecture.blocks + 4 + 2 + 3
    return -(-reach // STRIDE) * STRIDE


def generator_graph(generator: Generator, statistics: Mapping[str, Statistics] | None = None) -> GeneratorGraph:
    """
    Args:
        statistics: of every norm, to be folded in. None: instance norms are computed, over the batch and the pixels,
            so that the patches of a picture share theirs; batch norms have what they learned folded in all the same.
    """
    if generator.architecture.norm == "batch":
        statistics = learned(generator)
    network = _Network(generator, statistics)
    model = network.build()
    return GeneratorGraph(model.SerializeToString(deterministic=True), network.weights, tuple(network.norms))


def learned(generator: Generator) -> dict[str, Statistics]:
    """The running statistics of batch norms."""
    parameters = generator.parameters
    return {
        norm: Statistics(parameters[f"{norm}._mean"], parameters[f"{norm}._variance"])
        for norm in norm_channels(generator.architecture)
    }


class _Network:
    """Puts the nodes one behind the other, as `networks.ResnetGenerator` does its layers."""

    def __init__(self, generator: Generator, statistics: Mapping[str, Statistics] | None) -> None:
        self.architecture = generator.architecture
        self.parameters = generator.parameters
        self.statistics = statistics
        self.weights: dict[str, Values] = {}
        self.norms: list[str] = []
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []

    def build(self) -> "ModelProto":
        from onnx import TensorProto, helper

        names = list(convolution_shapes(self.architecture))
        first, down, blocks, up, last = names[0], names[1:3], names[3:-3], names[-3:-1], names[-1]
        features = self.normalized(self.padded("picture", 3), first)
        for name in down:
            features = self.normalized(features, name, strides=[2, 2], pads=[1, 1, 1, 1])
        for one, other in zip(blocks[::2], blocks[1::2], strict=True):
            inner = self.normalized(self.padded(features, 1), one)
            residual = self.normalized(self.padded(inner, 1), other, relu=False)
            features = self.node("Add", [features, residual])
        for name in up:
            features = self.normalized(features, name, strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 1])
        weight, bias = self.weight(f"{last}.weight"), self.weight(f"{last}.bias")
        self.node("Tanh", [self.node("Conv", [self.padded(features, 3), weight, bias])], "translated")
        shape = ["batch", 3, "height", "width"]
        outputs = [helper.make_tensor_value_info("translated", TensorProto.FLOAT, shape)]
        outputs += [
            helper.make_tensor_value_info(f"{norm}.{name}", TensorProto.FLOAT, [1, None, 1, 1])
            for norm in self.norms
            for name in ("mean", "variance")
        ]
        picture = helper.make_tensor_value_info("picture", TensorProto.FLOAT, shape)
        graph = helper.make_graph(self.nodes, "generator", [picture], outputs, self.constants)
        return helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
            producer_name="LapStyle Studio",
        )

    def normalized(self, features: str, name: str, *, relu: bool = True, **attributes: Any) -> str:
        """A convolution, transposed where its output is padded, its norm, and a ReLU."""
        start, _, number = name.rpartition(".")
        norm = f"{start}.{int(number) + 1}"
        transposed = "output_padding" in attributes
        operator = "ConvTranspose" if transposed else "Conv"
        if self.statistics is None:
            inputs = [features, self.weight(f"{name}.weight"), self.weight(f"{name}.bias")]
            result = self.norm(self.node(operator, inputs, **attributes), norm)
        else:
            self.fold(name, norm, transposed)
            inputs = [features, self.weightless(f"{name}.weight"), self.weightless(f"{name}.bias")]
            result = self.node(operator, inputs, **attributes)
        return self.node("Relu", [result]) if relu else result

    def norm(self, features: str, norm: str) -> str:
        """Over the batch and the pixels of each channel; reported besides."""
        self.norms.append(norm)
        axes: dict[str, Any] = {"axes": [0, 2, 3], "keepdims": 1}
        mean = self.node("ReduceMean", [features], f"{norm}.mean", **axes)
        centred = self.node("Sub", [features, mean])
        variance = self.node("ReduceMean", [self.node("Mul", [centred, centred])], f"{norm}.variance", **axes)
        deviation = self.node("Sqrt", [self.node("Add", [variance, self.constant(np.float32(EPSILON))])])
        if self.architecture.norm == "instance":
            return self.node("Div", [centred, deviation])
        gain = self.node("Div", [self.weight(f"{norm}.scale", (1, -1, 1, 1)), deviation])
        return self.node("Add", [self.node("Mul", [centred, gain]), self.weight(f"{norm}.bias", (1, -1, 1, 1))])

    def fold(self, name: str, norm: str, transposed: bool) -> None:
        """gain * (convolution - mean) + shift is a convolution, too."""
        assert self.statistics is not None
        statistics, weight = self.statistics[norm], self.parameters[f"{name}.weight"]
        none, one = np.float32(0), np.float32(1)
        scale = self.parameters.get(f"{norm}.scale", self.parameters.get(f"{norm}.weight", one))
        gain = np.asarray(scale / np.sqrt(statistics.variance + np.float32(EPSILON)), np.float32)
        bias = self.parameters.get(f"{name}.bias", none) - statistics.mean
        self.weights[f"{name}.weight"] = weight * gain.reshape((1, -1, 1, 1) if transposed else (-1, 1, 1, 1))
        self.weights[f"{name}.bias"] = bias * gain + self.parameters.get(f"{norm}.bias", none)

    def padded(self, features: str, margin: int) -> str:
        """Reflected at its edges."""
        pads = self.constant(np.array([0, 0, margin, margin] * 2, np.int64))
        return self.node("Pad", [features, pads], mode="reflect")

    def weight(self, name: str, shape: tuple[int, ...] | None = None) -> str:
        values = self.parameters[name]
        self.weights[name] = values if shape is None else values.reshape(shape)
        return self.weightless(name)

    def weightless(self, name: str) -> str:
        """An initializer without numbers."""
        from onnx import TensorProto

        tensor = TensorProto(
            name=name,
            dims=self.weights[name].shape,
            data_type=TensorProto.FLOAT,
            data_location=TensorProto.EXTERNAL,
        )
        tensor.external_data.add(key="location", value=NO_FILE)
        self.constants.append(tensor)
        return name

    def constant(self, values: Any) -> str:
        from onnx import numpy_helper

        name = f"constant.{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def node(self, operator: str, inputs: list[str], output: str = "", **attributes: Any) -> str:
        from onnx import helper

        output = output or f"{operator}.{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output
