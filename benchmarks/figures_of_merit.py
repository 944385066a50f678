"""What a painted picture is measured by: two distances to the painting, two likenesses to the photo.

- style: of the encoder's channel means and deviations, relu1_1 to relu5_1, picture to painting, as a share of photo to
  painting: 1 is not stylized at all, lower is closer;
- patch: sliced Wasserstein distance of 5x5 patches at three scales, the same share; no network is asked;
- content: mean square of the difference of normalized relu4_1 features, picture to photo: 0 is the same, 2 unrelated;
- structure: SSIM of the luminance, picture to photo: 1 is the same.

Pictures are [3, side, side] in [0, 1], the square in the middle of what has its short side at `SIDE`; or, to see what
is finer than that, the square in the middle of the picture at 100 %, at most `WINDOW` a side. A painting can be seen
whole instead, as a painter sees it: in the middle of a wide one there may be other colours than beside it.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

import weights
from lapstyle.engine import graph_session
from lapstyle.pyramid import halve
from workbench.color import to_depth
from workbench.image_io import Picture
from workbench.runtime import CPU_PROVIDER, Runtime

SIDE, WINDOW = 512, 1024  # px
DEEPER = "vgg19_relu5_1.safetensors"
EPSILON = 1e-5
TYPICAL = {"relu1_1": 3.4, "relu2_1": 1.5, "relu3_1": 3.5, "relu4_1": 6.2, "relu5_1": 15.0}
"""Usual distance of a photo to a painting, each layer's share in the style distance."""
PATCH, DIRECTIONS, SCALES, QUANTILES, STEP = 5, 128, 3, 512, 2

Square = NDArray[np.float32]


@dataclass(frozen=True)
class Seen:
    """A square with what the encoder says of it.

    Attributes:
        square: [3, side, side] in [0, 1]; of a painting seen whole, [3, height, width].
        statistics: of each layer, mean and deviation one after the other, [2, channels].
        content: normalized relu4_1, [512, side / 8, side / 8].
    """

    square: Square
    statistics: dict[str, NDArray[np.float32]]
    content: NDArray[np.float32]


class Judge:
    """Measures pictures, scaled or at 100 %; holds the encoder, down to relu5_1."""

    def __init__(self, threads: int, *, at_full_size: bool = False) -> None:
        parameters = load_file(weights.path(weights.UNIVERSAL)) | load_file(weights.path(DEEPER))
        encoder = {
            name.removeprefix("net_enc."): values.astype(np.float32)
            for name, values in parameters.items()
            if name.startswith("net_enc.")
        }
        self._session = graph_session("encoder_maps_relu5_1", encoder, Runtime(CPU_PROVIDER, threads))
        self._directions = directions()
        self._square = window if at_full_size else square

    def see(self, picture: Picture, *, whole: bool = False) -> Seen:
        """The middle of a picture, or all of it with its short side at `SIDE`."""
        shown = scaled(picture) if whole else self._square(picture)
        maps = self._session.run({"picture": shown[None]})
        flat = {layer: maps[layer][0].reshape(maps[layer].shape[1], -1) for layer in TYPICAL}
        statistics = {
            layer: np.stack([values.mean(1), np.sqrt(values.var(1) + EPSILON)]) for layer, values in flat.items()
        }
        mean, deviation = statistics["relu4_1"][..., None]
        return Seen(shown, statistics, (flat["relu4_1"] - mean) / deviation)

    def figures(self, painted: Seen, photo: Seen, painting: Seen) -> NDArray[np.float64]:
        """Style, patch, content, structure."""
        style = style_distance(painted, painting) / style_distance(photo, painting)
        patch = self._patch_distance(painted, painting) / self._patch_distance(photo, painting)
        content = float(np.square(painted.content - photo.content).mean())
        return np.array([style, patch, content, structure(painted.square, photo.square)])

    def _patch_distance(self, first: Seen, second: Seen) -> float:
        one, other, total = first.square, second.square, 0.0
        for _ in range(SCALES):
            total += float(np.abs(self._quantiles(one) - self._quantiles(other)).mean())
            one, other = halve(one), halve(other)
        return total

    def _quantiles(self, shown: Square) -> NDArray[np.float32]:
        """Of the patches' projections on each direction, [directions, quantiles]."""
        windows = np.lib.stride_tricks.sliding_window_view(shown, (PATCH, PATCH), (1, 2))[:, ::STEP, ::STEP]
        patches = windows.transpose(0, 3, 4, 1, 2).reshape(3 * PATCH * PATCH, -1)
        projected = np.sort(self._directions @ patches, axis=1)
        return projected[:, (np.linspace(0, 1, QUANTILES) * (projected.shape[1] - 1)).astype(int)]


def square(picture: Picture) -> Square:
    """The middle of a picture, its short side scaled to `SIDE`."""
    shown = scaled(picture)
    top, left = (shown.shape[1] - SIDE) // 2, (shown.shape[2] - SIDE) // 2
    return np.ascontiguousarray(shown[:, top : top + SIDE, left : left + SIDE])


def scaled(picture: Picture) -> Square:
    """A picture, its short side scaled to `SIDE`, the other to a multiple of 8: by area when larger, else Lanczos."""
    values = to_depth(picture.pixels, np.float32)
    height, width = values.shape[:2]
    scale = SIDE / min(height, width)
    size = 8 * round(width * scale / 8), 8 * round(height * scale / 8)
    values = cv2.resize(values, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LANCZOS4)
    return np.ascontiguousarray(values.clip(0, 1).transpose(2, 0, 1))


def window(picture: Picture) -> Square:
    """The middle of a picture as it is, its side a multiple of 8."""
    values = to_depth(picture.pixels, np.float32)
    side = min(WINDOW, *values.shape[:2]) // 8 * 8
    top, left = (values.shape[0] - side) // 2, (values.shape[1] - side) // 2
    return np.ascontiguousarray(values[top : top + side, left : left + side].transpose(2, 0, 1))


def directions() -> NDArray[np.float32]:
    """Of unit length, by chance but the same ones always, [DIRECTIONS, 75]."""
    drawn = np.random.default_rng(0).standard_normal((DIRECTIONS, 3 * PATCH * PATCH))
    return (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)


def style_distance(first: Seen, second: Seen) -> float:
    """Mean squares of the differences, each layer's over its usual one."""
    return sum(
        float(np.square(first.statistics[layer] - second.statistics[layer]).mean(1).sum()) / usual
        for layer, usual in TYPICAL.items()
    )


def structure(first: Square, second: Square) -> float:
    """SSIM over 7x7 windows (Wang et al. 2004)."""
    a, b = (np.tensordot(np.float32([0.299, 0.587, 0.114]), shown, 1) for shown in (first, second))

    def mean(values: Square) -> Square:
        return cv2.blur(values, (7, 7))[3:-3, 3:-3]

    mean_a, mean_b = mean(a), mean(b)
    spread = mean(a * a) - mean_a**2 + mean(b * b) - mean_b**2
    shared = mean(a * b) - mean_a * mean_b
    likeness = (2 * mean_a * mean_b + 1e-4) * (2 * shared + 9e-4)
    return float((likeness / ((mean_a**2 + mean_b**2 + 1e-4) * (spread + 9e-4))).mean())
