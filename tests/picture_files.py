"""Picture files for tests, made by other programs' libraries than the code under test uses, where there is one."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SAMPLES = Path(__file__).parents[1] / "assets" / "samples"


def photo(height: int = 40, width: int = 61) -> NDArray[np.uint8]:
    """A real photo, made small."""
    with Image.open(SAMPLES / "coffee.jpg") as image:
        return np.asarray(image.convert("RGB").resize((width, height)))


def deep_photo(height: int = 40, width: int = 61) -> NDArray[np.uint16]:
    """The photo with all 16 bits in use."""
    noise = np.random.default_rng(5).integers(0, 257, (height, width, 3))
    return np.minimum(photo(height, width).astype(np.int64) * 257 + noise, 65535).astype(np.uint16)


def ramp(height: int = 40, width: int = 61) -> NDArray[np.uint8]:
    """An alpha channel with transparent, half transparent and opaque parts."""
    return np.broadcast_to(np.linspace(0, 255, width).astype(np.uint8), (height, width)).copy()


def encoded(array: NDArray[Any], plugin: str, **options: Any) -> bytes:
    """Encode an array by Pillow."""
    return encoded_image(Image.fromarray(array), plugin, **options)


def encoded_image(image: Image.Image, plugin: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, plugin, **options)
    return file.getvalue()


def png(samples: NDArray[Any], color_type: int, *extra: bytes, size: tuple[int, int] | None = None) -> bytes:
    """A PNG written by hand; `size` (width, height) may lie."""
    height, width = samples.shape[:2]
    bits = samples.dtype.itemsize * 8
    rows = b"".join(b"\0" + row.astype(row.dtype.newbyteorder(">")).tobytes() for row in samples)
    header = struct.pack(">IIBBBBB", *(size or (width, height)), bits, color_type, 0, 0, 0)
    chunks = [chunk(b"IHDR", header), *extra, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def cmyk_profile() -> bytes:
    """A profile for CMYK whose paper is white, whose black is black, and that is linear in Lab between (lut8)."""
    corners = []
    for index in range(16):
        cyan, magenta, yellow, black = (index >> shift & 1 for shift in (3, 2, 1, 0))
        lightness = 0 if black else 255 - 60 * cyan - 80 * magenta - 20 * yellow
        a = 128 if black else 128 - 40 * cyan + 70 * magenta - 5 * yellow
        b = 128 if black else 128 - 45 * cyan - 5 * magenta + 80 * yellow
        corners += [lightness, a, b]
    identity = bytes(range(256))
    matrix = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    table = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + matrix + identity * 4 + bytes(corners) + identity * 3
    white = b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061)
    text = b"text\0\0\0\0none\0"
    description = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + bytes(8 + 3 + 67)
    parts = [(b"desc", description), (b"cprt", text), (b"wtpt", white), (b"A2B0", table)]
    offset, tags, body = 132 + 12 * len(parts), b"", b""
    for name, data in parts:
        padded = data + bytes(-len(data) % 4)
        tags += name + struct.pack(">II", offset + len(body), len(data))
        body += padded
    size = offset + len(body)
    header = struct.pack(">I4sI4s4s4s", size, b"lcms", 0x02100000, b"prtr", b"CMYK", b"Lab ") + bytes(12) + b"acsp"
    header += bytes(28) + struct.pack(">3i", 63190, 65536, 54061)
    return header.ljust(128, b"\0") + struct.pack(">I", len(parts)) + tags + body
