"""How far a result is from its original, and how its values are spread."""

import math
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from noise.step import Pixels, full_scale
from workbench.errors import PictureShapeWrong
from workbench.tiles import edges

_WINDOW = 7  # px: the side of the squares that structural similarity compares
_STRIP = 2**18  # pixels that are compared at once


@dataclass(frozen=True)
class Quality:
    """How alike two pictures are.

    Attributes:
        psnr: peak signal-to-noise ratio over all channels, in dB; infinite for equal pictures.
        ssim: mean structural similarity of their luma, -1 to 1; 1 for equal pictures.
    """

    psnr: float
    ssim: float

    def __str__(self) -> str:
        """ "PSNR 28.31 dB, SSIM 0.8812"."""
        psnr = f"{self.psnr:.2f} dB" if math.isfinite(self.psnr) else "infinite"
        return f"PSNR {psnr}, SSIM {self.ssim:.4f}"

    def to_dict(self) -> dict[str, float | None]:
        """For JSON, which has no infinity: that is None."""
        return {"psnr": round(self.psnr, 3) if math.isfinite(self.psnr) else None, "ssim": round(self.ssim, 5)}


def compare(original: Pixels, result: Pixels) -> Quality:
    """Compare two pictures of one size and dtype, each [height, width, 3] uint8, uint16 or float32 in [0, 1].

    Structural similarity is scikit-image's, in squares of 7 x 7 pixels that lie in the picture (of the longest odd side
    that fits in smaller ones), computed in strips, so that no more than some 40 MB are needed whatever the size.

    Raises:
        PictureShapeWrong: they differ in shape or dtype, or are no pictures.
    """
    for name, pixels in (("original", original), ("result", result)):
        good = pixels.ndim == 3 and pixels.shape[2] == 3 and pixels.size and pixels.dtype in ("u1", "u2", "f4")
        if not good or pixels.shape != original.shape or pixels.dtype != original.dtype:
            raise PictureShapeWrong(name=name, got=f"{pixels.shape} {pixels.dtype}, beside {original.shape}")
    height, width = original.shape[:2]
    window = min(_WINDOW, height - 1 + height % 2, width - 1 + width % 2)
    margin, white = window // 2, full_scale(original)
    squares, similarity = 0.0, 0.0
    for top, bottom in pairwise(edges(height, max(16, _STRIP // width))):
        squares += cv2.norm(original[top:bottom], result[top:bottom], cv2.NORM_L2SQR) / white**2
        rows = slice(max(0, top - margin), min(height, bottom + margin))
        first, second = _luma(original[rows], white), _luma(result[rows], white)
        # The centres of the squares that lie in the picture.
        centres = slice(max(top, margin) - rows.start, min(bottom, height - margin) - rows.start)
        similarity += float(np.sum(_similarities(first, second, window)[centres, margin : width - margin]))
    psnr = math.inf if squares == 0 else 10 * math.log10(original.size / squares)
    return Quality(psnr, similarity / ((height - 2 * margin) * (width - 2 * margin)))


def histogram(pixels: Pixels) -> NDArray[np.int64]:
    """[3, 256]: how many values of red, green and blue fall into each of 256 equal parts of the scale.

    Args:
        pixels: [height, width, 3] uint8, uint16 or float32 in [0, 1].
    """
    if pixels.dtype == np.uint16:
        pixels = (pixels >> 8).astype(np.uint8)
    elif pixels.dtype.kind == "f":
        pixels = np.minimum(pixels * np.float32(256), 255).astype(np.uint8)
    pixels = np.ascontiguousarray(pixels)
    counts = [cv2.calcHist([pixels], [channel], None, [256], [0, 256]).ravel() for channel in range(3)]
    return np.array(counts).astype(np.int64)


def _luma(pixels: Pixels, white: float) -> NDArray[np.float64]:
    """[rows, width] in [0, 1]."""
    return pixels @ np.array([0.299, 0.587, 0.114]) / white


def _similarities(first: NDArray[np.float64], second: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """[rows, width]: structural similarity of the squares around each pixel, of two lumas."""
    if window == 1:  # scikit-image wants three pixels: of one, only the light can be compared
        return (2 * first * second + 1e-4) / (first * first + second * second + 1e-4)
    from skimage.metrics import structural_similarity

    _, similarities = structural_similarity(first, second, win_size=window, data_range=1.0, full=True)
    return similarities
