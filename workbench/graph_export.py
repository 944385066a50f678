"""Exports a Paddle network as an ONNX graph without weights. A development tool: nothing that paints imports it."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import paddle
import paddle2onnx
from onnx import TensorProto, numpy_helper
from paddle import nn

OPSET = 17
NO_FILE = "filled-at-run-time"  # the place that a weightless initializer names; no such file exists


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


def needed_weights(model: onnx.ModelProto) -> list[str]:
    """The names of the weights that a graph lacks, sorted."""
    return sorted(tensor.name for tensor in model.graph.initializer if tensor.data_location == TensorProto.EXTERNAL)
