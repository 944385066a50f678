"""Makes the picture of docs/teaching.md: paintings, and photos painted by the universal model and by their packs.

python -m benchmarks.pack_quality --pictures painted
python -m tools.pack_sheet painted docs/images
"""

import sys
from pathlib import Path

from PIL import Image, ImageOps

import assets
from lapstyle.packs import PackCard, shipped_packs
from recipes.sheet import PAPER
from tools.contact_sheet import CAPTION, GAP, label

CELL = 300, 225  # px
PHOTOS = (1, 2)  # of those that the benchmark paints, by number: cat and coffee


def sheet(painted: Path) -> Image.Image:
    """A row for each pack: the painting, then each photo by the universal model and by the pack."""
    packs = shipped_packs()
    wide, high = CELL[0] + GAP, CELL[1] + CAPTION
    page = Image.new("RGB", (GAP + (1 + 2 * len(PHOTOS)) * wide, GAP + len(packs) * high), PAPER)
    for row, pack in enumerate(packs):
        for column, (picture, *words) in enumerate(cells(painted, pack)):
            left, top = GAP + column * wide, GAP + row * high
            page.paste(ImageOps.fit(picture, CELL, Image.Resampling.LANCZOS), (left, top))
            label(page, (left, top + CELL[1]), words[0], words[1])
    return page


def cells(painted: Path, pack: PackCard) -> list[tuple[Image.Image, str, str]]:
    """Pictures, and two lines for each."""
    painting = next(painting for painting in assets.gallery() if pack.id.startswith(painting.id))
    found = [(Image.open(painting.path).convert("RGB"), painting.title, painting.artist)]
    for photo in PHOTOS:
        for kind, words in (("universal", "universal model"), ("pack", "style pack")):
            found.append((Image.open(painted / f"{pack.path.stem}-{photo}-{kind}.jpg"), words, ""))
    return found


if __name__ == "__main__":
    sheet(Path(sys.argv[1])).save(Path(sys.argv[2]) / "packs.webp", quality=60, method=6)
