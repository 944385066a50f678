"""Pictures on their way to the screen: numpy arrays as QImages, and reduced copies to draw huge ones fast."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QMimeData, QRectF, QSize, Qt
from PyQt5.QtGui import QImage, QPainter

Pixels = NDArray[np.generic]
SMALLEST_LEVEL = 256  # px, long side


def image_of(pixels: NDArray[np.uint8], kind: QImage.Format = QImage.Format.Format_RGB888) -> QImage:
    """A QImage that shares the memory of an array; keep the array alive.

    Args:
        pixels: [height, width, 3] RGB, or [height, width, 4] BGRA for the kinds with 32 bits.
    """
    memory: Any = pixels.data
    return QImage(memory, pixels.shape[1], pixels.shape[0], pixels.strides[0], kind)


def pixels_of(image: QImage) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
    """[height, width, 3] RGB and, where there is transparency, [height, width] alpha."""
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    buffer: Any = image.constBits()
    buffer.setsize(image.sizeInBytes())
    rows = np.frombuffer(buffer, np.uint8).reshape(image.height(), image.bytesPerLine())
    rgba = rows[:, : 4 * image.width()].reshape(image.height(), image.width(), 4)
    alpha = np.ascontiguousarray(rgba[..., 3])
    return np.ascontiguousarray(rgba[..., :3]), alpha if alpha.min() < 255 else None


def to_bytes(pixels: Pixels) -> NDArray[np.uint8]:
    """The pixels in 8 bits, as they are shown; a picture in 8 bits is returned itself."""
    if pixels.dtype == np.uint8:
        return cast(NDArray[np.uint8], pixels)
    import cv2

    return cv2.convertScaleAbs(pixels, alpha=255 / 65535 if pixels.dtype == np.uint16 else 255)


@dataclass(frozen=True, eq=False)
class Mipmap:
    """A picture with halved copies, so that the screen never has to reduce all of it.

    Attributes:
        size: of the picture.
        levels: the picture, then each half the size of the one before.
    """

    size: QSize
    levels: tuple[QImage, ...]
    _memory: tuple[NDArray[np.uint8], ...] = field(repr=False)

    @classmethod
    def plain(cls, pixels: NDArray[np.uint8]) -> "Mipmap":
        """Of a small picture, [height, width, 3] uint8, without any copy."""
        pixels = np.ascontiguousarray(pixels)
        image = image_of(pixels)
        return cls(image.size(), (image,), (pixels,))

    @classmethod
    def build(cls, pixels: Pixels, alpha: Pixels | None = None) -> "Mipmap":
        """Of any picture, [height, width, 3]; takes some 100 ms for 24 megapixels, so not in the window's thread."""
        import cv2

        level = cv2.cvtColor(to_bytes(pixels), cv2.COLOR_RGB2BGRA)  # 4 bytes a pixel draw several times faster
        if alpha is not None:
            cv2.insertChannel(to_bytes(alpha), level, 3)
        arrays = [level]
        while max(arrays[-1].shape[:2]) > SMALLEST_LEVEL and min(arrays[-1].shape[:2]) > 1:
            height, width = arrays[-1].shape[:2]
            arrays.append(cv2.resize(arrays[-1], (-(-width // 2), -(-height // 2)), interpolation=cv2.INTER_AREA))
        kind = QImage.Format.Format_RGB32 if alpha is None else QImage.Format.Format_ARGB32
        images = tuple(image_of(array, kind) for array in arrays)
        return cls(images[0].size(), images, tuple(arrays))

    def draw(self, painter: QPainter, target: QRectF, clip: QRectF, ratio: float = 1.0) -> None:
        """Draw the picture into `target`, but only what lies in `clip`.

        Args:
            ratio: screen pixels a unit of the painter.
        """
        visible = target.intersected(clip)
        if visible.isEmpty():
            return
        wanted = target.width() * ratio
        image = next((level for level in reversed(self.levels) if level.width() >= wanted), self.levels[0])
        across, down = image.width() / target.width(), image.height() / target.height()
        source = QRectF(
            (visible.left() - target.left()) * across,
            (visible.top() - target.top()) * down,
            visible.width() * across,
            visible.height() * down,
        )
        # Beyond 2:1, pixels are looked at, not the picture: show them as they are.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, wanted <= 2 * image.width())
        painter.drawImage(visible, image, source)

    def thumbnail(self, side: int) -> QImage:
        """A copy with its long side at most `side`."""
        wanted = [level for level in self.levels if max(level.width(), level.height()) >= side]
        return (wanted[-1] if wanted else self.levels[0]).scaled(
            side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )


@dataclass(frozen=True)
class Dropped:
    """What was dropped or pasted: files, or a picture without a file."""

    paths: tuple[Path, ...] = ()
    image: QImage | None = None

    def __bool__(self) -> bool:
        return bool(self.paths) or self.image is not None


def holds_picture(mime: QMimeData | None) -> bool:
    """Whether it may hold something to open; cheap enough for every move of the mouse."""
    return mime is not None and (mime.hasImage() or any(url.isLocalFile() for url in mime.urls()))


def unpack(mime: QMimeData | None) -> Dropped:
    """The local files, else the picture itself, as browsers and screenshots give it."""
    if mime is None:
        return Dropped()
    paths = tuple(Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile())
    if paths:
        return Dropped(paths)
    image = QImage(mime.imageData()) if mime.hasImage() else QImage()
    return Dropped(image=None if image.isNull() else image)
