"""Exports the networks as ONNX graphs without weights: `python -m lapstyle.graphs [FOLDER]`, or `make graphs`.

A development tool. The graphs come from the Paddle networks (`networks.py`), are never written by hand, and name every
weight as the checkpoint does; `workbench/runtime.py` fills them from any checkpoint when a session starts, so that
painting needs neither Paddle nor one graph file for every checkpoint.
"""

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import paddle
import paddle2onnx
from onnx import TensorProto, numpy_helper
from paddle import Tensor, nn
from paddle.static import InputSpec

import weights
from lapstyle import networks
from lapstyle.checkpoints import REVISION_CHANNELS

OPSET = 17
NO_FILE = "filled-at-run-time"  # the place that a weightless initializer names; no such file exists
Exported = tuple[nn.Layer, list[Any], list[str]]
Styled = tuple[Tensor, Tensor, Tensor]


class EncoderGraph(nn.Layer):
    """Picture -> the features that drafting needs, then mean and deviation of every layer up to `through`."""

    def __init__(self, through: str, identities: bool) -> None:
        super().__init__()
        self.network = networks.Encoder(identities)
        self.through = through
        self.maps = networks.DRAFT_LAYERS if through == "relu4_1" else ()

    def forward(self, picture: Tensor) -> tuple[Tensor, ...]:
        features = self.network(picture, self.through)
        outputs = [features[layer] for layer in self.maps]
        for layer in features:
            outputs.extend(networks.statistics(features[layer]))
        return tuple(outputs)

    def output_names(self) -> list[str]:
        layers = networks.LAYERS[: networks.LAYERS.index(self.through) + 1]
        return [*self.maps, *(f"{layer}.{part}" for layer in layers for part in ("mean", "deviation"))]


class DraftGraph(nn.Layer):
    """Features, gain and offset of relu2_1, relu3_1 and relu4_1 -> the draft."""

    def __init__(self) -> None:
        super().__init__()
        self.network = networks.DraftingNet()

    def forward(self, relu2_1: Styled, relu3_1: Styled, relu4_1: Styled) -> Tensor:
        return self.network.decode({"relu2_1": relu2_1, "relu3_1": relu3_1, "relu4_1": relu4_1})


class UniversalRevisionGraph(nn.Layer):
    """Padded stack -> residual, without the style's modulation, which the engine folds into `conv1`."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.network = networks.UniversalRevisionNet(channels)

    def forward(self, stack: Tensor) -> Tensor:
        return self.network.body(stack)


class ModulationGraph(nn.Layer):
    """Style statistics -> scale and shift of every block."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.network = networks.UniversalRevisionNet(channels)

    def forward(self, style: Tensor) -> Tensor:
        return self.network.modulation(style)


class RevisionGraph(nn.Layer):
    """PaddleGAN's revision network: stack -> residual."""

    def __init__(self) -> None:
        super().__init__()
        self.network = networks.RevisionNet()

    def forward(self, stack: Tensor) -> Tensor:
        return self.network(stack)


def exports() -> dict[str, Exported]:
    """File name -> layer, inputs and names of the outputs."""

    def picture(name: str, channels: int) -> InputSpec:
        return InputSpec([1, channels, -1, -1], "float32", name)

    def encoder(through: str, identities: bool) -> Exported:
        layer = EncoderGraph(through, identities)
        return layer, [picture("picture", 3)], layer.output_names()

    def styled(layer: str, channels: int) -> list[InputSpec]:
        factors = [InputSpec([1, channels, 1, 1], "float32", f"{layer}.{part}") for part in ("gain", "offset")]
        return [picture(layer, channels), *factors]

    draft_inputs = [styled(*layer) for layer in zip(networks.DRAFT_LAYERS, (128, 256, 512), strict=True)]
    style = InputSpec([1, networks.UniversalRevisionNet.STYLE_NUMBERS], "float32", "style")
    return {
        "encoder_relu3_1": encoder("relu3_1", identities=True),
        "encoder_relu4_1": encoder("relu4_1", identities=True),
        "encoder_relu4_1_with_conv3_4": encoder("relu4_1", identities=False),
        "draft": (DraftGraph(), draft_inputs, ["draft"]),
        "revision_paddlegan": (RevisionGraph(), [picture("stack", 6)], ["residual"]),
        **{
            f"revision_universal_{channels}": (UniversalRevisionGraph(channels), [picture("stack", 6)], ["residual"])
            for channels in REVISION_CHANNELS
        },
        **{
            f"modulation_{channels}": (ModulationGraph(channels), [style], ["modulation"])
            for channels in REVISION_CHANNELS
        },
    }


def export(layer: nn.Layer, inputs: Sequence[Any], outputs: Sequence[str]) -> onnx.ModelProto:
    """The layer as an ONNX model whose weights are named as in the checkpoint and hold no numbers."""
    layer.eval()
    fill_with_distinct_numbers(layer)
    with tempfile.TemporaryDirectory() as folder:
        stem = Path(folder) / "model"
        paddle.jit.save(layer, str(stem), list(inputs))
        # Polygraphy, the default optimizer, installs packages by itself and would fold the weights into others.
        paddle2onnx.export(f"{stem}.json", f"{stem}.pdiparams", f"{stem}.onnx", OPSET, optimize_tool="None")
        model = onnx.load(f"{stem}.onnx")
    onnx.checker.check_model(model)
    drop_padding_values(model.graph)
    rename_outputs(model.graph, outputs)
    remove_weights(
        model.graph, {name.removeprefix("network."): value.numpy() for name, value in layer.state_dict().items()}
    )
    del model.metadata_props[:]
    model.producer_name, model.producer_version, model.doc_string = "lapstyle", "", ""
    return model


def fill_with_distinct_numbers(layer: nn.Layer) -> None:
    """So that a tensor of the exported graph can be told from all others by its numbers alone."""
    generator = np.random.default_rng(0)
    for parameter in layer.parameters():
        parameter.set_value(generator.standard_normal(parameter.shape).astype(np.float32))


def drop_padding_values(graph: Any) -> None:
    """Paddle2onnx gives reflecting pads a value to pad with too: from uninitialized memory, new in every export."""
    for node in graph.node:
        if node.op_type == "Pad":
            del node.input[2:]
    while unused := [node for node in graph.node if not used_names(graph).intersection(node.output)]:
        for node in unused:
            graph.node.remove(node)


def used_names(graph: Any) -> set[str]:
    return {name for node in graph.node for name in node.input} | {output.name for output in graph.output}


def rename_outputs(graph: Any, names: Sequence[str]) -> None:
    renamed = {output.name: name for output, name in zip(graph.output, names, strict=True)}
    for output in graph.output:
        output.name = renamed[output.name]
    for node in graph.node:
        node.input[:] = [renamed.get(name, name) for name in node.input]
        node.output[:] = [renamed.get(name, name) for name in node.output]


def remove_weights(graph: Any, parameters: dict[str, np.ndarray]) -> None:
    """Turn each weight, a constant so far, into an initializer with its name in the checkpoint and without numbers."""
    renamed = {}
    kept = []
    for node in graph.node:
        name = parameter_name(node, parameters)
        if name is None:
            kept.append(node)
        else:
            renamed[node.output[0]] = name
            graph.initializer.append(weightless(name, parameters[name].shape))
    del graph.node[:]
    graph.node.extend(kept)
    for node in graph.node:
        node.input[:] = [renamed.get(name, name) for name in node.input]


def parameter_name(node: Any, parameters: dict[str, np.ndarray]) -> str | None:
    """The name of the parameter that this node holds as a constant, if it does."""
    if node.op_type != "Constant":
        return None
    values = numpy_helper.to_array(node.attribute[0].t)
    return next((name for name, held in parameters.items() if np.array_equal(values, held)), None)


def weightless(name: str, shape: Sequence[int]) -> TensorProto:
    tensor = TensorProto(name=name, dims=shape, data_type=TensorProto.FLOAT, data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value=NO_FILE)
    return tensor


def write(folder: Path) -> list[Path]:
    """Export every graph into the folder, and the names of the weights that each needs; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files, parameters = [], {}
    for name, (layer, inputs, outputs) in exports().items():
        model = export(layer, inputs, outputs)
        parameters[name] = sorted(
            tensor.name for tensor in model.graph.initializer if tensor.data_location == TensorProto.EXTERNAL
        )
        files.append(folder / f"{name}.onnx")
        files[-1].write_bytes(model.SerializeToString(deterministic=True))
    files.append(folder / "parameters.json")
    files[-1].write_text(json.dumps(parameters, indent=1) + "\n")
    return files


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(weights.__file__).parent / "graphs")
