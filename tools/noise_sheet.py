"""Makes the picture of docs/noise.md: a piece of one photo after every step, pixel by pixel.

    python -m tools.noise_sheet docs/images

Restorations are shown beside the noise that they take away, with PSNR against the photo.
"""

import sys
from pathlib import Path

from PIL import Image

import assets
import noise
from noise.step import Pixels, Step
from recipes.sheet import PAPER
from tools.contact_sheet import CAPTION, GAP, label
from workbench.image_io import read_picture
from workbench.picture import Picture
from workbench.progress import run
from workbench.tiles import Tile

PHOTO = "cat"
CROP = Tile(40, 220, 105, 345)
SEED = 7
SPECKS, SENSOR = noise.SaltPepper(salt=0.1, pepper=0.1), noise.GaussianNoise(sigma=10.0)
ROWS: tuple[tuple[tuple[Step, ...], ...], ...] = (
    (
        (noise.SaltPepper(salt=0.05, pepper=0.05),),
        (noise.GaussianNoise(sigma=12.0),),
        (noise.Speckle(sigma=25.0),),
        (noise.Poisson(photons=25),),
        (noise.FilmGrain(amount=9.0, size=2.5),),
    ),
    (
        (),
        (noise.MeanBlur(size=9),),
        (noise.GaussianBlur(sigma=2.5),),
        (noise.Bilateral(sigma=6.0, tolerance=25.0),),
        (noise.MotionBlur(length=25.0, angle=20.0),),
    ),
    (
        (SPECKS,),
        (SPECKS, noise.Median(radius=1)),
        (SPECKS, noise.AdaptiveMedian(radius=3)),
        (SENSOR,),
        (SENSOR, noise.NonLocalMeans(strength=14.0)),
    ),
)


def sheet(photo: Picture) -> Image.Image:
    wide, high = CROP.width + GAP, CROP.height + CAPTION
    page = Image.new("RGB", (GAP + len(ROWS[0]) * wide, GAP + len(ROWS) * high), PAPER)
    for row, pipelines in enumerate(ROWS):
        for column, steps in enumerate(pipelines):
            result = run(noise.Pipeline(steps, SEED).render(photo)).pixels
            left, top = GAP + column * wide, GAP + row * high
            page.paste(Image.fromarray(result[CROP.slices]), (left, top))
            with_quality = row == len(ROWS) - 1
            label(page, (left, top + CROP.height), *words(steps, photo.pixels, result if with_quality else None))
    return page


def words(steps: tuple[Step, ...], photo: Pixels, result: Pixels | None) -> tuple[str, str]:
    """The last step's name, and its numbers or how far the result is from the photo."""
    if not steps:
        return "the photo", "as it was"
    name = steps[-1].name
    if result is not None:
        return name, f"PSNR {noise.compare(photo, result).psnr:.1f} dB"
    values = {key: value for key, value in steps[-1].to_dict().items() if key != "step" and not isinstance(value, bool)}
    return name, ", ".join(f"{key} {value:g}" for key, value in values.items())


if __name__ == "__main__":
    picture = read_picture(assets.path(f"samples/{PHOTO}.jpg"))
    sheet(picture).save(Path(sys.argv[1]) / "noise.webp", quality=86, method=6)
