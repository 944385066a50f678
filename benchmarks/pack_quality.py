"""How much better packs paint than the universal model. ``python -m benchmarks.pack_quality [--photos FOLDER] PACK...``

For each pack, photos that it never saw are painted with it, and with the universal model in the style of its painting.
What is compared, with the encoder's eyes and at the same scale (short sides at most 512 px, and no larger than the
painting):

- style distance: of the picture to the painting, mean and standard deviation of relu1_1 to relu4_1, mean squares, each
  layer's divided by what it typically is between a photo and a painting;
- content distance: of the picture to the photo, mean square of the normalised features of relu3_1 and relu4_1.

The table is Markdown. Without packs it takes those that ship.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import assets
from lapstyle.engine import Features
from lapstyle.packs import shipped_packs
from lapstyle.painter import Painter
from lapstyle.pyramid import reduce, size_to_short
from lapstyle.settings import Settings
from lapstyle.styles import Style, find_style
from lapstyle.training_settings import LossWeights
from workbench.color import to_depth
from workbench.image_io import Picture, read_picture, write_picture
from workbench.progress import run

UNSEEN = ("astronaut", "cat", "coffee", "rocket")  # of the bundled samples
SIZE = 1024  # px, long side that is painted: all levels take part
SIDE = 512  # px, short side at most that is compared
STYLE_LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1")
CONTENT_LAYERS = ("relu3_1", "relu4_1")
Distances = tuple[float, float]
Row = tuple[str, Distances, Distances]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packs", nargs="*", type=Path)
    parser.add_argument("--photos", type=Path, nargs="+", help="pictures; four of the samples without them")
    parser.add_argument("--stroke", default="fine")
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--pictures", type=Path, help="a folder for what is painted")
    given = parser.parse_args(arguments)
    photos = given.photos or [sample.path for sample in assets.samples() if sample.id in UNSEEN]
    settings = Settings(stroke=given.stroke, size=given.size)
    packs = given.packs or [pack.path for pack in shipped_packs()]
    if given.pictures is not None:
        given.pictures.mkdir(parents=True, exist_ok=True)
    print_table(measured(packs, photos, settings, given.pictures))


def measured(packs: Sequence[Path], photos: Sequence[Path], settings: Settings, pictures: Path | None) -> list[Row]:
    """For each pack its name, and style and content distance, means over the photos: the universal model's, its own."""
    painter = Painter("cpu")
    results: list[Row] = []
    for path in packs:
        style = find_style(path)
        name = style.pack.name if style.pack is not None else style.name
        plain = Style(name, style.pixels)
        rows = []
        for photo in map(read_picture, photos):
            row = []
            for chosen in (plain, style):
                painted = run(painter.paint(photo, [(chosen, 1.0)], settings))
                row.append(distances(painter, painted, photo, plain))
                if pictures is not None:
                    kind = "universal" if chosen is plain else "pack"
                    write_picture(painted, pictures / f"{path.stem}-{len(rows)}-{kind}.jpg")
            rows.append(row)
        universal, pack = np.mean(rows, axis=0)
        results.append((name, (float(universal[0]), float(universal[1])), (float(pack[0]), float(pack[1]))))
    return results


def distances(painter: Painter, painted: Picture, photo: Picture, style: Style) -> Distances:
    """Style and content distance of one picture."""
    side = style.nearest_side(SIDE)
    own, aimed = seen(painter, planes(painted, side)), seen(painter, style.at_side(side))
    shown = seen(painter, planes(photo, side, painted))
    typical = LossWeights().typical
    style_distance = sum(
        float(np.square(one - other).mean()) / typical[layer]
        for layer in STYLE_LAYERS
        for one, other in zip(own.statistics[layer], aimed.statistics[layer], strict=True)
    )
    parts = [float(np.square(normalized(own, layer) - normalized(shown, layer)).mean()) for layer in CONTENT_LAYERS]
    return style_distance, sum(parts) / len(parts)


def seen(painter: Painter, shown: NDArray[np.float32]) -> Features:
    return painter.engine.encode(shown[None], "relu4_1")


def planes(picture: Picture, side: int, like: Picture | None = None) -> NDArray[np.float32]:
    """[3, height, width] in [0, 1], of the size that the picture, or the one to match, has at this short side."""
    size = size_to_short((like or picture).pixels.shape[:2], side)
    pixels = np.ascontiguousarray(to_depth(picture.pixels, np.float32).transpose(2, 0, 1))
    return reduce(pixels, size)


def normalized(features: Features, layer: str) -> NDArray[np.float32]:
    mean, deviation = (part[None, :, None, None] for part in features.statistics[layer])
    return (features.maps[layer] - mean) / deviation


def print_table(results: Sequence[Row]) -> None:
    """Markdown, with the means in the last row."""
    print("| painting | style, universal | style, pack | change | content, universal | content, pack | change |")
    print("| --- | --: | --: | --: | --: | --: | --: |")
    table = [np.array([universal, pack]) for _, universal, pack in results]
    changes = [pack / universal - 1 for universal, pack in table]
    for (name, *_), both, change in zip(results, table, changes, strict=True):
        print_row(name, both, change)
    if len(table) > 1:
        print_row("mean", np.mean(table, axis=0), np.mean(changes, axis=0))


def print_row(name: str, both: NDArray[np.float64], changes: NDArray[np.float64]) -> None:
    (style, content), (pack_style, pack_content) = both
    cells = [f"{style:.3f}", f"{pack_style:.3f}", f"{changes[0]:+.0%}"]
    cells += [f"{content:.3f}", f"{pack_content:.3f}", f"{changes[1]:+.0%}"]
    print(f"| {' | '.join([name, *cells])} |")


if __name__ == "__main__":
    main()
