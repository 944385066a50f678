"""Real pictures for tests."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

import assets

DATA = Path(__file__).parent / "data"


def sample(name: str, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
    """A sample photo, [height, width, 3] uint8, scaled to (width, height) when a size is given."""
    return _open(assets.path(f"samples/{name}.jpg"), size)


def painting(name: str, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
    """A gallery painting, likewise."""
    return _open(assets.path(f"styles/{name}.jpg"), size)


def _open(path: Path, size: tuple[int, int] | None) -> NDArray[np.uint8]:
    with Image.open(path) as image:
        picture = image.convert("RGB")
        return np.array(picture.resize(size, Image.Resampling.LANCZOS) if size else picture)
