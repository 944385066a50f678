"""Golden inputs and outputs of the shipped weights, in PyTorch: `python -m laboratory.golden tests/data`."""

import sys
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from laboratory.networks import LAYERS, enlarge, halve, load_networks, palette_and_grain, statistics
from laboratory.painting import Painter, resized
from laboratory.palette import recolored
from laboratory.pictures import read

ROOT = Path(__file__).parent.parent
PHOTO, STYLE, STROKE = (271, 333), 400, 128  # px: sizes that need an uneven first step and cropped edges


def random_picture(small: tuple[int, int], size: tuple[int, int], chance: torch.Generator) -> Tensor:
    """Soft spots of colour."""
    noise = torch.rand(1, 3, *small, generator=chance)
    return functional.interpolate(noise, size=size, mode="bicubic").clamp(0, 1)


@torch.no_grad()
def of_networks(painter: Painter) -> dict[str, Tensor]:
    """Each network by itself, and one upon the other."""
    chance = torch.Generator().manual_seed(5)
    content = random_picture((24, 32), (192, 256), chance)
    style = random_picture((40, 40), (256, 256), chance)
    contents, styles = [content], [style]
    for _ in painter.revisions:
        contents.insert(0, halve(contents[0]))
        styles.insert(0, halve(styles[0]))
    features = painter.encoder(contents[0])
    measured = [{k: statistics(v) for k, v in painter.encoder(each, "relu4_1").items()} for each in styles]
    draft = painter.draft(features, measured[0])
    golden = {"content_64x48": contents[0], "style_64": styles[0], "draft": draft}
    golden |= {f"encoded_{layer}": features[layer] for layer in LAYERS}
    result = golden["recolored"] = recolored(draft, styles[0])
    for number, revision in enumerate(painter.revisions, 1):
        enlarged = enlarge(result, contents[number]).half()  # which takes less room, and any input does
        laplacian = (contents[number] - enlarge(contents[number - 1], contents[number])).half()
        result = enlarged + revision(torch.cat([laplacian, enlarged], 1).float(), measured[number])
        vector = torch.cat([torch.cat(measured[number][k], 1).flatten(1) for k in revision.STYLE_LAYERS], 1)
        golden |= {
            f"revision{number}_laplacian": laplacian,
            f"revision{number}_up": enlarged,
            f"revision{number}_style_vector": vector,
            f"revision{number}_result": result,
        }
    return golden


def of_a_picture(painter: Painter) -> dict[str, np.ndarray]:
    """A photo as it is painted, level by level."""

    def to_bytes(picture: Tensor) -> np.ndarray:
        return (picture[0].permute(1, 2, 0).numpy() * 255).round().astype(np.uint8)

    def to_picture(values: np.ndarray) -> Tensor:
        return torch.from_numpy(values.astype(np.float32) / 255).permute(2, 0, 1)[None]

    assets = ROOT / "assets"
    photo = to_bytes(resized(read(assets / "samples" / "astronaut.jpg")[None] / 255, PHOTO))
    painting = read(assets / "styles" / "great-wave.jpg")[None] / 255
    height, width = (round(side * STYLE / max(painting.shape[2:])) for side in painting.shape[2:])
    style = to_bytes(resized(painting, (height, width)))
    levels = painter.paint(to_picture(photo), to_picture(style), STROKE)
    return {
        "photo": photo,
        "style": style,
        **{f"level_{number}": level.numpy().astype(np.float16) for number, level in enumerate(levels)},
    }


def main(folder: Path) -> None:
    """Write both files."""
    weights = ROOT / "weights" / "lapstyle_universal.safetensors"
    painter = Painter(*load_networks(weights), *palette_and_grain(weights))
    networks = {name: value.numpy() for name, value in of_networks(painter).items()}
    np.savez_compressed(folder / "lapstyle_universal.npz", **networks)
    np.savez_compressed(folder / "whole_picture.npz", **of_a_picture(painter))  # type: ignore[arg-type]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
