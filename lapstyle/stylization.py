"""The job that everything else stands on: a photo and a painting in, the painted photo out."""

import functools
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lapstyle.painter import Painter
from lapstyle.pyramid import Pixels
from lapstyle.settings import Settings
from lapstyle.styles import StyleLike, checked_pixels, weighted
from workbench.image_io import Picture, read_picture
from workbench.progress import Cancellation, Job
from workbench.runtime import Device

ContentLike = str | os.PathLike[str] | Picture | Pixels
DEFAULT = Settings()


def stylize(
    content: ContentLike,
    styles: StyleLike | Sequence[StyleLike | tuple[StyleLike, float]],
    *,
    strength: float = DEFAULT.strength,
    color: float | str = DEFAULT.color,
    stroke: int | str = DEFAULT.stroke,
    detail: float = DEFAULT.detail,
    size: int | None = DEFAULT.size,
    device: Device = "auto",
    threads: int | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    painter: Painter | None = None,
    cancellation: Cancellation | None = None,
) -> Job[Picture]:
    """Paint a photo in the style of one or several paintings; drive it with `lapstyle.run`.

    Args:
        content: a file, a picture, or an array [height, width, 3] in uint8, uint16, or float32 in [0, 1], sRGB.
        styles: a gallery painting's name, a file, a picture or an array; or a list of these, each alone or with its
            weight: ``["great-wave", ("starry-night", 0.4)]``. Weights are shares of their sum.
        strength, color, stroke, detail, size: see `Settings`.
        device, threads, checkpoint: see `Painter`.
        painter: reuse one for many pictures instead of giving device, threads and checkpoint.
        cancellation: throw it from another thread to stop in the middle of a step.

    Yields:
        Progress; its previews are the draft and each finished level, at most 1600 px long.

    Returns:
        The picture, with the photo's size (or `size`), depth, transparency and metadata.

    Raises:
        StudioError: a file cannot be used or a setting is out of range; the sentence says what to do.
        Cancelled: the cancellation was thrown.
    """
    settings = Settings(strength, color, stroke, detail, size)
    pairs = weighted(styles)
    picture = find_content(content)
    painter = painter or shared_painter(device, threads, os.fspath(checkpoint) if checkpoint else None)
    return (yield from painter.paint(picture, pairs, settings, cancellation))


def find_content(content: ContentLike) -> Picture:
    """The picture itself, or what the file or the array holds."""
    if isinstance(content, Picture):
        return content
    if isinstance(content, np.ndarray):
        return Picture(checked_pixels(content, "content"))
    return read_picture(Path(content))


@functools.lru_cache(maxsize=2)
def shared_painter(device: Device, threads: int | None, checkpoint: str | None) -> Painter:
    """The same painter for the same request: its sessions and styles are made once a process."""
    return Painter(device, threads, checkpoint)
