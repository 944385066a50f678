"""Exports the super-resolution networks as ONNX graphs without weights: `python -m cyclegan.graphs [FOLDER]`.

A development tool, part of `make graphs`. The generators' graphs are not among them: their architecture varies.
"""

import sys
from pathlib import Path

from paddle import nn
from paddle.static import InputSpec

import weights
from cyclegan.networks import cycleGAN
from workbench.graph_export import export

FACTORS = (2, 4)


def without_norms(network: nn.Layer) -> nn.Layer:
    """The same network with its batch norms left out, which `upscale.folded` puts into the convolutions before them."""
    for name, layer in list(network.named_children()):
        if isinstance(layer, nn.BatchNorm2D):
            setattr(network, name, nn.Identity())
        else:
            without_norms(layer)
    return network


def write(folder: Path) -> list[Path]:
    """Export every graph into the folder; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for factor in FACTORS:
        picture = InputSpec([1, 3, -1, -1], "float32", "picture")
        model = export(without_norms(cycleGAN(factor)), [picture], ["enlarged"])
        files.append(folder / f"enlarge_{factor}.onnx")
        files[-1].write_bytes(model.SerializeToString(deterministic=True))
    return files


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(weights.__file__).parent / "cyclegan")
