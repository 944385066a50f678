"""The losses of a training as a picture."""

import io
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

SIZE = (960, 480)
MARGIN = 48  # px around the curves
COLORS = ("#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#9a8a00", "#7f7f7f")
"""Okabe and Ito's colours, which those who see few colours can tell apart."""
LEGEND = 4  # names in a row
CROWDED = 99.0  # percentile of the values that reaches the top: the first few steps must not flatten the rest


def loss_plot(steps: Sequence[int], losses: Mapping[str, Sequence[float]]) -> bytes:
    """A PNG with a line for each loss: its mean over every few pixels.

    Args:
        steps: rising, at least one.
        losses: by name, one for each step.
    """
    image = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(14)
    left, top, right, bottom = MARGIN, 2 * MARGIN, SIZE[0] - MARGIN, SIZE[1] - MARGIN
    highest = max(
        1e-6, float(np.percentile(np.concatenate([np.asarray(values) for values in losses.values()]), CROWDED))
    )
    for share in (0.0, 0.5, 1.0):
        y = bottom - share * (bottom - top)
        draw.line((left, y, right, y), "#dddddd")
        draw.text((left - 6, y), f"{share * highest:.2g}", "#555555", font, anchor="rm")
    draw.text((left, bottom + 6), str(steps[0]), "#555555", font)
    draw.text((right, bottom + 6), str(steps[-1]), "#555555", font, anchor="ra")
    for index, ((name, values), color) in enumerate(zip(losses.items(), COLORS, strict=False)):
        row, column = divmod(index, LEGEND)
        place = (left + column * (right - left) / LEGEND, MARGIN // 2 + 24 * row)
        draw.text(place, f"{name} {values[-1]:.3g}", color, font)
        points = _points(np.asarray(steps), np.asarray(values), right - left)
        line = [(left + across, bottom - min(1.0, value / highest) * (bottom - top)) for across, value in points]
        draw.line(line, color, 2)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _points(steps: np.ndarray, values: np.ndarray, width: int) -> list[tuple[float, float]]:
    """(px from the left, mean value) for every third pixel that has any."""
    across = (steps - steps[0]) / max(1, steps[-1] - steps[0]) * width
    columns = (across / 3).astype(np.int64)
    counts = np.bincount(columns)
    there = counts > 0
    x, y = (np.bincount(columns, numbers)[there] / counts[there] for numbers in (across, values))
    return list(zip(x.tolist(), y.tolist(), strict=True))
