"""Sheets of what two checkpoints paint, side by side: docs/images/before-after-<photo>.webp.

    python -m benchmarks.picture_quality --photos assets/samples --checkpoint before.safetensors after.safetensors \\
        --pictures painted
    python -m tools.before_after painted before after docs/images

One sheet for each photo: a row for each painting, with the painting, then the photo as either paints it.
"""

import sys
from pathlib import Path

from PIL import Image, ImageOps

import assets
from recipes.sheet import PAPER
from tools.contact_sheet import CAPTION, GAP, label

PHOTOS = ("astronaut", "cat", "coffee", "friends", "mountains", "stream")
PAINTINGS = 8  # of the gallery, those that `benchmarks.picture_quality` paints with
WIDTH = 480  # px, of a painted picture
HIGHEST = 0.8  # of the width
TOP = (0.5, 0.15)  # of what is cropped to fit, most goes at the bottom: faces are above the middle


def sheet(painted: Path, photo: str, contestants: tuple[str, str]) -> Image.Image:
    """The sheet of one photo; `contestants` are the stems of the checkpoints' names."""
    paintings = assets.gallery()[:PAINTINGS]
    with Image.open(assets.path(f"samples/{photo}.jpg")) as original:
        height = round(WIDTH * min(HIGHEST, original.height / original.width))
    wide, high = WIDTH + GAP, height + CAPTION
    page = Image.new("RGB", (GAP + 3 * wide, GAP + len(paintings) * high), PAPER)
    for row, painting in enumerate(paintings):
        cells = [(painting.path, painting.title, painting.artist)]
        for contestant, words in zip(contestants, ("before", "after"), strict=True):
            cells.append((painted / f"{photo}-{painting.id}-{contestant}.png", words, ""))
        for column, (path, title, subtitle) in enumerate(cells):
            left, top = GAP + column * wide, GAP + row * high
            with Image.open(path) as picture:
                fitted = ImageOps.fit(picture.convert("RGB"), (WIDTH, height), Image.Resampling.LANCZOS, centering=TOP)
            page.paste(fitted, (left, top))
            label(page, (left, top + height), title, subtitle)
    return page


def main(painted: Path, before: str, after: str, folder: Path) -> None:
    """Write all sheets."""
    for photo in PHOTOS:
        sheet(painted, photo, (before, after)).save(folder / f"before-after-{photo}.webp", quality=62, method=6)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], Path(sys.argv[4]))
