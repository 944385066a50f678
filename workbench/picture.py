"""A picture in memory."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.color import to_depth
from workbench.errors import PictureShapeWrong, PictureTooLarge, SettingWrong
from workbench.formats import MEGAPIXEL_LIMIT, SIDE_LIMIT
from workbench.metadata import Metadata


@dataclass(frozen=True)
class Picture:
    """A picture in memory.

    Attributes:
        pixels: [height, width, 3], RGB in sRGB, upright; uint8, uint16, or float32 in [0, 1].
        alpha: [height, width], same dtype as the pixels, 0 is transparent; None for an opaque picture.
        metadata: what its file said about it.
        notes: sentences worth telling the user ("photo.gif is animated: only its first frame is used.").

    Raises:
        PictureShapeWrong: from the constructor.
    """

    pixels: NDArray[Any]
    alpha: NDArray[Any] | None = None
    metadata: Metadata = field(default_factory=Metadata)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_array("pixels", self.pixels, self.pixels.ndim == 3 and self.pixels.shape[-1] == 3)
        if self.alpha is not None:
            fits = self.alpha.shape == self.pixels.shape[:2] and self.alpha.dtype == self.pixels.dtype
            _check_array("alpha", self.alpha, fits)

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])


def check_size(name: str, width: int, height: int) -> None:
    """Raises `PictureTooLarge` for more pixels than a picture may have; `name` is what the sentence calls it."""
    if width * height > MEGAPIXEL_LIMIT * 1_000_000 or max(width, height) > SIDE_LIMIT:
        raise PictureTooLarge(path=name, megapixels=round(width * height / 1e6, 1), limit=MEGAPIXEL_LIMIT)


def resized(picture: Picture, long_side: int) -> Picture:
    """The picture scaled so that its longer side has `long_side` pixels: Lanczos, antialiased, at its own depth.

    Transparent parts do not bleed their hidden colours into visible ones.

    Raises:
        SettingWrong: less than 1, or a picture beyond `MEGAPIXEL_LIMIT`.
    """
    if isinstance(long_side, bool) or not isinstance(long_side, int) or not 1 <= long_side <= SIDE_LIMIT:
        raise SettingWrong(name="size", value=long_side, expected=f"it must be from 1 to {SIDE_LIMIT} pixels")
    scale = long_side / max(picture.width, picture.height)
    width, height = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    if width * height > MEGAPIXEL_LIMIT * 1_000_000:
        raise SettingWrong(name="size", value=long_side, expected=f"at most {MEGAPIXEL_LIMIT} megapixels are painted")
    if (width, height) == (picture.width, picture.height):
        return picture
    dtype = picture.pixels.dtype
    if picture.alpha is None:
        return replace(picture, pixels=_scaled(picture.pixels, width, height))
    cover = to_depth(picture.alpha, np.float32)
    weighted = to_depth(picture.pixels, np.float32) * cover[..., None]
    alpha = _scaled(cover, width, height)
    plain = _scaled(to_depth(picture.pixels, np.float32), width, height)
    colors = _scaled(weighted, width, height) / np.maximum(alpha, 1e-4)[..., None]
    colors = np.where(alpha[..., None] > 1e-4, colors, plain)
    return replace(picture, pixels=to_depth(colors, dtype), alpha=to_depth(alpha, dtype))


def _scaled(samples: NDArray[Any], width: int, height: int) -> NDArray[Any]:
    if samples.dtype == np.uint8:
        return np.asarray(Image.fromarray(samples).resize((width, height), Image.Resampling.LANCZOS))
    if samples.ndim == 2:  # Pillow resizes deeper samples only as single planes of floats
        plane = Image.fromarray(samples.astype(np.float32)).resize((width, height), Image.Resampling.LANCZOS)
        values = np.asarray(plane)
        top = 1 if samples.dtype == np.float32 else 65535
        return to_depth(np.clip(values, 0, top) / np.float32(top), samples.dtype)
    return np.stack([_scaled(samples[..., channel], width, height) for channel in range(samples.shape[2])], axis=-1)


def _check_array(name: str, array: NDArray[Any], fits: bool) -> None:
    if not fits or array.size == 0 or array.dtype not in (np.uint8, np.uint16, np.float32):
        raise PictureShapeWrong(name=name, got=f"{list(array.shape)} {array.dtype}")
