"""Figures that say what a setting did to a picture. Pictures are [height, width, 3] uint8."""

import cv2
import numpy as np
from numpy.typing import NDArray

from lapstyle.engine import Engine
from lapstyle.styles import Statistics

Pixels = NDArray[np.uint8]
TYPICAL = {"relu1_1": 3.4, "relu2_1": 1.5, "relu3_1": 3.5, "relu4_1": 6.2}  # usual photo-to-painting distance


def unit(pixels: Pixels) -> NDArray[np.float32]:
    return pixels.astype(np.float32) / np.float32(255)


def gray(pixels: Pixels) -> NDArray[np.float32]:
    return cv2.cvtColor(unit(pixels), cv2.COLOR_RGB2GRAY)


def structure(first: Pixels, second: Pixels) -> float:
    """SSIM of the luminance over 7x7 windows: 1 is the same."""

    def mean(values):
        return cv2.blur(values, (7, 7))

    a, b = gray(first), gray(second)
    mean_a, mean_b = mean(a), mean(b)
    variance_a, variance_b = mean(a * a) - mean_a**2, mean(b * b) - mean_b**2
    covariance = mean(a * b) - mean_a * mean_b
    top = (2 * mean_a * mean_b + 1e-4) * (2 * covariance + 9e-4)
    return float((top / ((mean_a**2 + mean_b**2 + 1e-4) * (variance_a + variance_b + 9e-4))).mean())


def style_statistics(engine: Engine, pixels: Pixels) -> Statistics:
    planes = np.ascontiguousarray(unit(pixels).transpose(2, 0, 1))
    return engine.encode(planes[None], "relu4_1").statistics


def style_distance(engine: Engine, painted: Pixels, style: Statistics) -> float:
    """Distance of the encoder's statistics, each layer over its usual one: 0 is the same."""
    own = style_statistics(engine, painted)
    return sum(
        float(np.square(first - second).mean()) / typical
        for layer, typical in TYPICAL.items()
        for first, second in zip(own[layer], style[layer], strict=True)
    )


def chrominance(pixels: Pixels) -> NDArray[np.float32]:
    """Each pixel less its luminance."""
    values = unit(pixels)
    return values - (values @ np.array([0.299, 0.587, 0.114], np.float32))[..., None]


def color_distance(first: Pixels, second: Pixels) -> float:
    """Mean absolute difference of the chrominance."""
    return float(np.abs(chrominance(first) - chrominance(second)).mean())


def sharpness(pixels: Pixels) -> float:
    """Energy of the highest frequencies: standard deviation of the luminance's Laplacian."""
    return float(cv2.Laplacian(gray(pixels), cv2.CV_32F).std())
