"""Picture files to samples: checks before decoding, then the decoder that loses nothing of what the file holds.

Pillow decodes 8 bits; it cuts colour down to 8 bits, so deeper PNG and AVIF go through imagecodecs, deeper TIFF
through tifffile (`workbench.tiff`), HEIC through pillow-heif.
"""

import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray
from PIL import Image

from workbench import formats
from workbench.color import ColorSpace, to_depth
from workbench.errors import (
    NotAPicture,
    PictureDamaged,
    PictureSideTooLong,
    PictureTooLarge,
    PictureUnsupported,
    StudioError,
)
from workbench.metadata import Dpi, ExifFacts, clean_xmp, quietly, read_exif, sane_dpi


@dataclass(frozen=True)
class Decoded:
    """A file's samples as they are stored: not yet upright, not yet sRGB.

    Attributes:
        samples: see `workbench.color.to_srgb`.
        alpha: [height, width], uint8, uint16 or float32, or None.
        depth: dtype of the picture to make of it.
        exif: orientation 1 for formats that store it elsewhere and whose decoder has applied it.
        notes: sentences without their subject.
    """

    samples: NDArray[Any]
    space: ColorSpace
    alpha: NDArray[Any] | None = None
    depth: DTypeLike = np.uint8
    icc_profile: bytes | None = None
    exif: ExifFacts = field(default_factory=ExifFacts)
    xmp: bytes | None = None
    dpi: Dpi | None = None
    notes: tuple[str, ...] = ()


def decode(data: bytes, name: str, kind: formats.Format) -> Decoded:
    """Decode a file of the format that `workbench.formats.sniff` found.

    Raises:
        PictureTooLarge, PictureSideTooLong: found in the header, before anything is decoded.
        PictureDamaged: any part that the picture needs is missing or wrong.
        PictureUnsupported: a sound file of a kind that no decoder here knows.
    """
    from workbench import tiff  # it builds on this module

    decoders: dict[str, Callable[[bytes, str], Decoded]] = {
        "PNG": _decode_png,
        "TIFF": tiff.decode,
        "HEIC": _decode_heic,
        "AVIF": _decode_avif,
    }
    try:
        return decoders.get(kind.name, _decode_with_pillow)(data, name)
    except StudioError:
        raise
    except MemoryError as error:
        raise PictureUnsupported(path=name, reason="there is not enough memory for it") from error
    except Exception as error:  # decoders raise almost anything over damaged files: Pillow alone, eleven classes
        raise PictureDamaged(path=name, reason=_reason(error)) from error


def check_size(width: int, height: int, name: str) -> None:
    """Refuse sizes that no photo has, before memory is taken for them.

    Raises:
        PictureDamaged, PictureSideTooLong, PictureTooLarge
    """
    if width < 1 or height < 1:
        raise PictureDamaged(path=name, reason="it has no pixels")
    if width * height > formats.MEGAPIXEL_LIMIT * 1_000_000:
        megapixels = -(-width * height // 1_000_000)
        raise PictureTooLarge(path=name, megapixels=megapixels, limit=formats.MEGAPIXEL_LIMIT)
    if max(width, height) > formats.SIDE_LIMIT:
        raise PictureSideTooLong(path=name, width=width, height=height, limit=formats.SIDE_LIMIT)


def open_with_pillow(data: bytes, name: str) -> Image.Image:
    """A Pillow image whose header is read and whose size is checked.

    The plugin is called directly: `Image.open` would apply Pillow's own, lower limit on pixels, which can only be
    changed for the whole process.
    """
    kind = formats.sniff(data[:64])
    if kind is None:
        raise NotAPicture(path=name)
    with quietly():
        image = _pillow_plugin(kind.name)(io.BytesIO(data))
    check_size(*image.size, name)
    return image


def from_pillow(image: Image.Image, name: str) -> Decoded:
    """Decode a Pillow image and split it in colour and alpha, 8 bits a channel."""
    try:
        image.load()
    except Image.DecompressionBombError as error:
        width, height = image.size
        raise PictureTooLarge(
            path=name, megapixels=width * height // 1_000_000, limit=formats.MEGAPIXEL_LIMIT
        ) from error
    samples, space, alpha = _channels(image, name)
    information = image.info
    exif = read_exif(information.get("exif"))
    return Decoded(
        samples=samples,
        space=space,
        alpha=alpha,
        icc_profile=information.get("icc_profile") or None,
        exif=exif,
        xmp=clean_xmp(information.get("xmp")),
        dpi=_dpi(image) or exif.dpi,
        notes=_frame_notes(image),
    )


def _dpi(image: Image.Image) -> Dpi | None:
    if image.format in ("JPEG", "MPO") and image.info.get("jfif_unit") not in (1, 2):
        return None  # Pillow would claim 72
    return sane_dpi(image.info.get("dpi"))


def _decode_with_pillow(data: bytes, name: str) -> Decoded:
    if data[:4] == b"RIFF" and int.from_bytes(data[4:8], "little") + 8 > len(data):
        raise PictureDamaged(path=name, reason="its end is missing")
    return from_pillow(open_with_pillow(data, name), name)


def _pillow_plugin(name: str) -> Callable[[io.BytesIO], Image.Image]:
    from PIL import (
        AvifImagePlugin,
        BmpImagePlugin,
        GifImagePlugin,
        JpegImagePlugin,
        PngImagePlugin,
        TiffImagePlugin,
        WebPImagePlugin,
    )

    plugins: dict[str, Callable[[io.BytesIO], Image.Image]] = {
        "JPEG": JpegImagePlugin.JpegImageFile,
        "PNG": PngImagePlugin.PngImageFile,
        "WebP": WebPImagePlugin.WebPImageFile,
        "TIFF": TiffImagePlugin.TiffImageFile,
        "BMP": BmpImagePlugin.BmpImageFile,
        "AVIF": AvifImagePlugin.AvifImageFile,
        "GIF": GifImagePlugin.GifImageFile,
    }
    return plugins[name]


def _channels(image: Image.Image, name: str) -> tuple[NDArray[Any], ColorSpace, NDArray[Any] | None]:
    mode = image.mode
    if image.has_transparency_data and mode not in ("LA", "RGBA"):
        image = image.convert("RGBA")
    elif mode == "1":
        image = image.convert("L")
    elif mode in ("P", "YCbCr", "RGBX"):
        image = image.convert("RGB")
    array = np.asarray(image)
    if image.mode == "L":
        return array, "gray", None
    if image.mode == "LA":
        return array[..., 0], "gray", array[..., 1]
    if image.mode == "RGB":
        return array, "rgb", None
    if image.mode == "RGBA":
        return array[..., :3], "rgb", array[..., 3]
    if image.mode == "CMYK":
        return array, "cmyk", None
    if image.mode == "LAB":
        return lab_from_bytes(array), "lab", None
    raise PictureUnsupported(path=name, reason=f"its pixels are stored as {mode}")


def lab_from_bytes(array: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Lab as Pillow stores it (L over 0..255, a and b plus 128) as L in 0..100 and a, b around 0."""
    scale, zero = np.array([100 / 255, 1, 1], np.float32), np.array([0, 128, 128], np.float32)
    return np.asarray(array.astype(np.float32) * scale - zero)


def _frame_notes(image: Image.Image) -> tuple[str, ...]:
    if "mp" in image.info:
        return ("holds further pictures (MPO): only the main one is used.",)
    if getattr(image, "n_frames", 1) > 1:
        return ("is animated: only its first frame is used.",)
    return ()


def _deep(stored: NDArray[Any], image: Image.Image, exif_block: bytes | None) -> Decoded:
    """16-bit samples, with everything else as Pillow has read it from the same file."""
    samples, alpha = _split_alpha(stored)
    exif = read_exif(exif_block)
    return Decoded(
        samples=samples,
        space="gray" if samples.ndim == 2 else "rgb",
        alpha=alpha,
        depth=np.uint16,
        icc_profile=image.info.get("icc_profile") or None,
        exif=exif,
        xmp=clean_xmp(image.info.get("xmp")),
        dpi=sane_dpi(image.info.get("dpi")) or exif.dpi,
        notes=_frame_notes(image),
    )


def _decode_png(data: bytes, name: str) -> Decoded:
    chunks = _png_chunks(data, name)
    image = open_with_pillow(data, name)
    if data[24] != 16:
        return from_pillow(image, name)
    import imagecodecs

    return _deep(imagecodecs.png_decode(data), image, chunks.get(b"eXIf") or image.info.get("exif"))


def _png_chunks(data: bytes, name: str) -> dict[bytes, bytes]:
    """The first chunk of each small kind, after checking that the file is whole: decoders let some damage pass."""
    chunks: dict[bytes, bytes] = {}
    position = 8
    while position + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        end = position + 12 + length
        if end > len(data):
            break
        critical = not kind[0] & 0x20
        if critical and zlib.crc32(memoryview(data)[position + 4 : end - 4]) != int.from_bytes(
            data[end - 4 : end], "big"
        ):
            raise PictureDamaged(path=name, reason="its check sums do not match")
        if kind == b"IEND":
            return chunks
        if kind == b"eXIf":
            chunks.setdefault(kind, data[position + 8 : end - 4])
        position = end
    raise PictureDamaged(path=name, reason="its end is missing")


def _decode_avif(data: bytes, name: str) -> Decoded:
    """Pillow reads the header and rotation (as EXIF orientation), imagecodecs the pixels at their depth."""
    image = open_with_pillow(data, name)
    bits = _avif_deep_bits(data)
    if not bits:
        return from_pillow(image, name)
    import imagecodecs

    stored = imagecodecs.avif_decode(data, index=0, numthreads=1)
    return _deep(stretched(stored, bits), image, image.info.get("exif"))


def _avif_deep_bits(data: bytes) -> int:
    """Bits a channel if more than 8, else 0, from the AV1 configuration box."""
    start = data.find(b"av1C", 0, 1 << 16)
    flags = data[start + 6] if 0 <= start < len(data) - 6 else 0
    return (12 if flags & 0x20 else 10) if flags & 0x40 else 0


def _decode_heic(data: bytes, name: str) -> Decoded:
    try:
        import pillow_heif
    except ImportError as error:
        raise PictureUnsupported(path=name, reason="HEIC needs the package pillow-heif") from error

    file = pillow_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=False, hdr_to_16bit=True)
    width, height = file.size
    check_size(width, height, name)
    array = np.asarray(file)
    samples, alpha = _split_alpha(array)
    if alpha is not None and file.premultiplied_alpha:
        samples = unpremultiplied(samples, alpha)
    information = file.info
    exif = read_exif(information.get("exif"))
    notes: tuple[str, ...] = ()
    if len(file) > 1:
        notes += ("holds further pictures: only the main one is used.",)
    if (information.get("nclx_profile") or {}).get("transfer_characteristics") in (16, 18):
        notes += ("is an HDR picture: its brightest parts may look flat.",)
    return Decoded(
        samples=samples,
        space="gray" if samples.ndim == 2 else "rgb",
        alpha=alpha,
        depth=array.dtype,
        icc_profile=information.get("icc_profile") or None,
        exif=ExifFacts(cleaned=exif.cleaned, dpi=exif.dpi),  # the decoder has turned the pixels upright
        xmp=clean_xmp(information.get("xmp")),
        dpi=exif.dpi,
        notes=notes,
    )


def _split_alpha(array: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any] | None]:
    if array.ndim == 2:
        return array, None
    if array.shape[2] == 1:
        return array[..., 0], None
    if array.shape[2] == 2:
        return array[..., 0], array[..., 1]
    return array[..., :3], array[..., 3] if array.shape[2] == 4 else None


def stretched(stored: NDArray[Any], bits: int) -> NDArray[np.uint16]:
    """Integers of some bits over the whole range of uint16."""
    top = (1 << bits) - 1
    scaled: NDArray[np.uint32] = (np.minimum(stored, top).astype(np.uint32) * 65535 + top // 2) // top
    return scaled.astype(np.uint16)


def unpremultiplied(samples: NDArray[Any], alpha: NDArray[Any]) -> NDArray[Any]:
    """Colours that were stored multiplied by their alpha, divided by it again; same dtype."""
    cover = np.maximum(to_depth(alpha, np.float32), np.float32(1e-6))
    colors = to_depth(samples, np.float32)
    return to_depth(colors / (cover[..., None] if colors.ndim == 3 else cover), samples.dtype)


def _reason(error: Exception) -> str:
    """An exception of a decoder as half a sentence."""
    text = " ".join(str(error).split())[:120].rstrip(". ")
    return text or type(error).__name__
