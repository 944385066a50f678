"""The gallery's statistics at every side, made beforehand: a shipped painting or pack needs no encoding on first use.

`python -m lapstyle.gallery_statistics`, part of `make graphs`, writes them anew after a change of weights or gallery.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import safetensors
from safetensors.numpy import save_file

import weights
from lapstyle.packs import shipped_packs
from lapstyle.styles import SIDES, Statistics, find_style, gallery

FILE = "gallery_statistics.safetensors"
CHANNELS = {"relu1_1": 64, "relu2_1": 128, "relu3_1": 256, "relu4_1": 512}


def load(encoder: str) -> Mapping[tuple[str, int], Statistics]:
    """By the style's key and side; empty when they were made with other weights than those of this name."""
    with safetensors.safe_open(weights.path(FILE), framework="numpy") as file:
        if (file.metadata() or {}).get("encoder") != encoder:
            return {}
        names = {name: name.split() for name in file.keys()}  # noqa: SIM118 (not a dict)
        return {(key, int(side)): unpacked(file.get_tensor(name)) for name, (key, side) in names.items()}


def packed(statistics: Statistics) -> np.ndarray:
    """Mean, then deviation, layer by layer, as one vector."""
    return np.concatenate([part for layer in CHANNELS for part in statistics[layer]])


def unpacked(vector: np.ndarray) -> Statistics:
    ends = np.cumsum([channels for channels in CHANNELS.values() for _ in range(2)])
    parts = np.split(vector, ends[:-1])
    return {layer: (parts[2 * index], parts[2 * index + 1]) for index, layer in enumerate(CHANNELS)}


def write(path: Path) -> None:
    """Encode every painting of the gallery, and of the packs that ship, at every side it is used at."""
    from lapstyle.painter import Painter

    painter = Painter("cpu", cache=None)
    tensors = {}
    for id in [*(painting.id for painting in gallery()), *(card.id for card in shipped_packs())]:
        style = find_style(id)
        for side in sorted({style.nearest_side(side) for side in SIDES}):
            encoded = painter.engine.encode(style.at_side(side)[None], "relu4_1")
            tensors[f"{style.key} {side}"] = packed(encoded.statistics)
    save_file(tensors, path, metadata={"encoder": painter.store.encoder})


if __name__ == "__main__":
    write(Path(weights.__file__).parent / FILE)
