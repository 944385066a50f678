"""Exports the networks as ONNX graphs without weights: `python -m lapstyle.graphs [FOLDER]`, or `make graphs`.

A development tool. The graphs come from the Paddle networks (`networks.py`), are never written by hand, and name every
weight as the checkpoint does; `workbench/runtime.py` fills them from any checkpoint when a session starts, so that
painting needs neither Paddle nor one graph file for every checkpoint.
"""

import json
import sys
from pathlib import Path
from typing import Any

from paddle import Tensor, nn
from paddle.static import InputSpec

import weights
from lapstyle import networks
from lapstyle.checkpoints import REVISION_CHANNELS
from lapstyle.encoder_gradient import MAPS, EncoderGradient, EncoderMaps, gradient_of, maps_through
from workbench.graph_export import export, needed_weights

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

    def batch(name: str, channels: int) -> InputSpec:
        return InputSpec([-1, channels, -1, -1], "float32", name)

    def encoder(through: str, identities: bool) -> Exported:
        layer = EncoderGraph(through, identities)
        return layer, [picture("picture", 3)], layer.output_names()

    def styled(layer: str, channels: int) -> list[InputSpec]:
        factors = [InputSpec([1, channels, 1, 1], "float32", f"{layer}.{part}") for part in ("gain", "offset")]
        return [picture(layer, channels), *factors]

    def maps(through: str) -> Exported:
        return EncoderMaps(through), [batch("picture", 3)], maps_through(through)

    def gradient(through: str) -> Exported:
        layer = EncoderGradient(through)
        given = [batch(name, MAPS[name]) for name in maps_through(through)]
        wanted = [batch(gradient_of(name), MAPS[name]) for name in layer.layers]
        return layer, [given, wanted], [gradient_of("picture")]

    draft_inputs = [styled(*layer) for layer in zip(networks.DRAFT_LAYERS, (128, 256, 512), strict=True)]
    style = InputSpec([1, networks.UniversalRevisionNet.STYLE_NUMBERS], "float32", "style")
    return {
        "encoder_relu3_1": encoder("relu3_1", identities=True),
        "encoder_relu4_1": encoder("relu4_1", identities=True),
        "encoder_relu4_1_with_conv3_4": encoder("relu4_1", identities=False),
        **{f"encoder_maps_{through}": maps(through) for through in ("relu4_1", "relu5_1")},
        **{f"encoder_gradient_{through}": gradient(through) for through in ("relu4_1", "relu5_1")},
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


def write(folder: Path) -> list[Path]:
    """Export every graph into the folder, and the names of the weights that each needs; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files, parameters = [], {}
    for name, (layer, inputs, outputs) in exports().items():
        model = export(layer, inputs, outputs)
        parameters[name] = needed_weights(model)
        files.append(folder / f"{name}.onnx")
        files[-1].write_bytes(model.SerializeToString(deterministic=True))
    files.append(folder / "parameters.json")
    files[-1].write_text(json.dumps(parameters, indent=1) + "\n")
    return files


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(weights.__file__).parent / "graphs")
