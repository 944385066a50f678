"""Samples to the bytes of a picture file."""

import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.color import packed
from workbench.metadata import Dpi

JPEG_EXIF_LIMIT = 65533 - 2
JPEG_XMP_LIMIT = 65533 - 31


@dataclass(frozen=True)
class Encodable:
    """What goes in a file, already in its final colours, depth and size.

    Attributes:
        pixels: [height, width, 3], uint8 or uint16.
        alpha: [height, width] of the same dtype, or None.
        profile: colour profile to tag it with.
        exif: block with its "Exif" head, or None for none.
        quality: 1..100 for lossy formats.
        compression: 0..9 for PNG and TIFF.
    """

    pixels: NDArray[Any]
    alpha: NDArray[Any] | None
    profile: bytes
    exif: bytes | None
    xmp: bytes | None
    dpi: Dpi | None
    quality: int
    compression: int

    @property
    def samples(self) -> NDArray[Any]:
        """Pixels and alpha, if any, as one array: [height, width, 3 or 4]."""
        return packed(self.pixels if self.alpha is None else np.dstack([self.pixels, self.alpha]))


def encode(picture: Encodable, format_name: str) -> bytes:
    """The bytes of a file in a format of `workbench.formats`.

    Raises:
        ImportError: HEIC without the package pillow-heif.
        OSError, ValueError, RuntimeError: the encoder refuses.
    """
    encoders: dict[str, Callable[[Encodable], bytes]] = {
        "JPEG": _jpeg,
        "PNG": _png,
        "WebP": _webp,
        "TIFF": _tiff,
        "BMP": _bmp,
        "HEIC": _heic,
        "AVIF": _avif,
    }
    return encoders[format_name](picture)


def _jpeg(picture: Encodable) -> bytes:
    options: dict[str, Any] = {}
    if picture.xmp is not None and len(picture.xmp) <= JPEG_XMP_LIMIT:
        options["xmp"] = picture.xmp
    return _by_pillow(
        picture,
        "JPEG",
        quality=picture.quality,
        subsampling=0 if picture.quality >= 90 else 2,
        # Optimising would save 3 %, but Pillow gives it a buffer that pictures of noise do not fit in.
        icc_profile=picture.profile,
        exif=picture.exif or b"",
        **_density(picture.dpi),
        **options,
    )


def _webp(picture: Encodable) -> bytes:
    return _by_pillow(
        picture,
        "WEBP",
        quality=picture.quality,
        exact=True,  # the colours under transparent parts stay
        icc_profile=picture.profile,
        exif=picture.exif or b"",
        xmp=picture.xmp or b"",
    )


def _bmp(picture: Encodable) -> bytes:
    return _by_pillow(picture, "BMP", **_density(picture.dpi))


def _avif(picture: Encodable) -> bytes:
    return _by_pillow(
        picture,
        "AVIF",
        quality=picture.quality,
        subsampling="4:4:4" if picture.quality >= 90 else "4:2:0",
        icc_profile=picture.profile,
        exif=picture.exif or b"",
        xmp=picture.xmp or b"",
    )


def _by_pillow(picture: Encodable, plugin: str, **options: Any) -> bytes:
    samples = picture.samples
    file = io.BytesIO()
    Image.fromarray(samples).save(file, plugin, **options)
    return file.getvalue()


def _density(dpi: Dpi | None) -> dict[str, Any]:
    return {} if dpi is None else {"dpi": dpi}


def _heic(picture: Encodable) -> bytes:
    import pillow_heif

    samples = picture.samples
    mode = ("RGB" if picture.alpha is None else "RGBA") + (";16" if samples.dtype == np.uint16 else "")
    height, width = samples.shape[:2]
    file = io.BytesIO()
    pillow_heif.from_bytes(mode, (width, height), samples.tobytes()).save(
        file,
        quality=picture.quality,
        chroma=444 if picture.quality >= 90 else 420,
        icc_profile=picture.profile,
        exif=picture.exif,
        xmp=picture.xmp,
    )
    return file.getvalue()


def _tiff(picture: Encodable) -> bytes:
    from workbench import tiff

    return tiff.encode(
        picture.pixels,
        picture.alpha,
        compression=picture.compression,
        profile=picture.profile,
        exif=picture.exif,
        xmp=picture.xmp,
        dpi=picture.dpi,
    )


def _png(picture: Encodable) -> bytes:
    """Written here, since Pillow writes colour in 8 bits only, and libdeflate is three times as fast as zlib.

    Each row is stored as differences between neighbours (filter 1), which suits pictures; choosing a filter for every
    row, as libpng does, saves 2 % more.
    """
    import imagecodecs

    samples = picture.samples
    height, width, channels = samples.shape
    rows = samples.astype(samples.dtype.newbyteorder(">"), copy=False).view(np.uint8).reshape(height, -1)
    step = channels * samples.dtype.itemsize
    filtered = np.empty((height, 1 + rows.shape[1]), np.uint8)
    filtered[:, 0] = 1
    filtered[:, 1 : 1 + step] = rows[:, :step]
    np.subtract(rows[:, step:], rows[:, :-step], out=filtered[:, 1 + step :])
    color_type = 2 if channels == 3 else 6
    header = struct.pack(">IIBBBBB", width, height, 8 * samples.dtype.itemsize, color_type, 0, 0, 0)
    chunks = [_chunk(b"IHDR", header), _chunk(b"iCCP", b"ICC Profile\0\0" + zlib.compress(picture.profile))]
    if picture.dpi is not None:
        across, down = (round(dpi / 0.0254) for dpi in picture.dpi)
        chunks.append(_chunk(b"pHYs", struct.pack(">IIB", across, down, 1)))
    if picture.exif is not None:
        chunks.append(_chunk(b"eXIf", picture.exif[6:]))
    if picture.xmp is not None:
        chunks.append(_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + picture.xmp))
    pixels: Any = filtered  # its annotation asks for bytes, but any buffer will do
    chunks.append(_chunk(b"IDAT", bytes(imagecodecs.deflate_encode(pixels, picture.compression))))
    return b"".join([b"\x89PNG\r\n\x1a\n", *chunks, _chunk(b"IEND", b"")])


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
