"""TIFF, in and out. Pillow reads and writes at most 8 bits a colour channel; here it is all that the file holds."""

import io
import logging
import struct
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import TiffImagePlugin

from workbench import decoding
from workbench.color import ColorSpace, to_depth
from workbench.decoding import Decoded
from workbench.errors import PictureDamaged, PictureUnsupported
from workbench.metadata import EXIF_LIMIT, Dpi, ExifFacts, clean_xmp, exif_tags, quietly, read_exif

# Without a handler, Python prints tifffile's complaints about damaged files on stderr; the caller gets an error.
logging.getLogger("tifffile").addHandler(logging.NullHandler())

_XMP_TAG, _ICC_TAG, _DNG_VERSION_TAG = 700, 34675, 50706
_REDUCED = 1  # bit of NewSubfileType: a thumbnail
_MIN_IS_WHITE, _MIN_IS_BLACK, _RGB, _PALETTE, _SEPARATED, _CIE_LAB, _ICC_LAB = 0, 1, 2, 3, 5, 8, 9
_ASSOCIATED_ALPHA, _UNASSOCIATED_ALPHA = 1, 2
_STRIP_BYTES = 1 << 20
# Sizes, bits, compression, colours, strips, tiles, planes, predictor, palette, meaning of extra channels and numbers.
_STRUCTURAL_TAGS = {*range(256, 260), 262, 266, 273, *range(277, 280), 284, 317, 320, *range(322, 326), 338, 339, 347}
# None, LZW, Deflate (two numbers), PackBits, Zstandard. The rest, JPEG and fax among it, is left to Pillow while it
# has 8 bits; not these: Pillow lets libtiff print its complaints on stderr.
_PLAIN_COMPRESSIONS = (1, 5, 8, 32946, 32773, 50000)
_PLAIN_COLORS = (_MIN_IS_WHITE, _MIN_IS_BLACK, _RGB, _PALETTE, _SEPARATED)


def decode(data: bytes, name: str) -> Decoded:
    """Decode the first page of a TIFF: 1 to 64 bits, integers or floats, gray, RGB, palette, CMYK, Lab.

    Raises:
        PictureDamaged, PictureUnsupported, PictureTooLarge, PictureSideTooLong
    """
    import tifffile

    with tifffile.TiffFile(io.BytesIO(data)) as file:
        page = file.pages[0]
        _check_page(page, data, name)
        exif = read_exif(data, limit=len(data))
        if _is_deep(page) or (page.compression in _PLAIN_COMPRESSIONS and page.photometric in _PLAIN_COLORS):
            decoded = _decode_page(page, name)
        else:
            decoded = decoding.from_pillow(decoding.open_with_pillow(data, name), name)
            exif = _turned(exif)
        return Decoded(
            samples=decoded.samples,
            space=decoded.space,
            alpha=decoded.alpha,
            depth=decoded.depth,
            icc_profile=_bytes_of(page, _ICC_TAG),
            exif=exif if len(exif.cleaned or b"") <= EXIF_LIMIT else replace(exif, cleaned=None),
            xmp=clean_xmp(_bytes_of(page, _XMP_TAG)),
            dpi=exif.dpi,
            notes=tuple(note for note in decoded.notes if "animated" not in note) + _page_notes(file),
        )


def encode(
    pixels: NDArray[Any],
    alpha: NDArray[Any] | None,
    *,
    compression: int,
    profile: bytes,
    exif: bytes | None,
    xmp: bytes | None,
    dpi: Dpi | None,
) -> bytes:
    """A TIFF of uint8 or uint16 pixels, compressed without loss (Deflate with horizontal differences)."""
    height, width = pixels.shape[:2]
    samples = pixels if alpha is None else np.dstack([pixels, alpha])
    channels, bits = samples.shape[2], samples.dtype.itemsize * 8
    rows = max(1, _STRIP_BYTES // (width * channels * samples.dtype.itemsize))
    strips = [_compressed(samples[top : top + rows], compression) for top in range(0, height, rows)]
    sizes = [len(strip) for strip in strips]
    offsets = [0, *np.cumsum(sizes[:-1], dtype=np.int64).tolist()]

    directory = TiffImagePlugin.ImageFileDirectory_v2(b"II*\0\x08\0\0\0")
    for tag, value in exif_tags(exif).items() if exif else ():
        directory[tag] = value
    for tag, kind, value in (
        (256, 4, width),
        (257, 4, height),
        (258, 3, (bits,) * channels),
        (259, 3, 8),  # Deflate
        (262, 3, _RGB),
        (273, 4, tuple(offsets)),  # Pillow adds the length of the directory, which the strips follow
        (274, 3, 1),
        (277, 3, channels),
        (278, 4, rows),
        (279, 4, tuple(sizes)),
        (284, 3, 1),
        (317, 3, 2),  # differences between neighbours
        (_ICC_TAG, 7, profile),
    ):
        directory.tagtype[tag] = kind
        directory[tag] = value
    if alpha is not None:
        directory[338] = _UNASSOCIATED_ALPHA
    if xmp is not None:
        directory.tagtype[_XMP_TAG] = 1
        directory[_XMP_TAG] = xmp
    if dpi is not None:
        directory[282], directory[283], directory[296] = dpi[0], dpi[1], 2
    with quietly():
        head = b"II*\0\x08\0\0\0" + directory.tobytes(8)
    return b"".join([head, *strips])


def _is_deep(page: Any) -> bool:
    """Whether Pillow would lose depth, or not open it at all."""
    return bool(page.bitspersample > 8 or (page.dtype is not None and page.dtype.kind in "if"))


def _turned(exif: ExifFacts) -> ExifFacts:
    """The facts of a TIFF that Pillow has decoded: it turns these, and only these, upright by itself."""
    swapped = exif.orientation >= 5 and exif.dpi is not None
    return replace(exif, orientation=1, dpi=exif.dpi[::-1] if swapped and exif.dpi else exif.dpi)


def _compressed(rows: NDArray[Any], compression: int) -> bytes:
    import imagecodecs

    little = rows.astype(rows.dtype.newbyteorder("<"))
    little[:, 1:] -= rows[:, :-1]  # wraps around, as the format wants
    return bytes(imagecodecs.deflate_encode(little.tobytes(), compression))  # libdeflate, three times as fast as zlib


def _check_page(page: Any, data: bytes, name: str) -> None:
    """Sizes, raw photos, and that all is there: tifffile passes over broken tags and fills lost strips with zeros."""
    if _STRUCTURAL_TAGS & _tags_in_file(page, data) - {tag.code for tag in page.tags}:
        raise PictureDamaged(path=name, reason="its header is incomplete")
    decoding.check_size(page.imagewidth, page.imagelength, name)
    if page.is_tiled:
        decoding.check_size(page.tilewidth, page.tilelength, name)
    if _DNG_VERSION_TAG in page.tags or page.subfiletype & _REDUCED or page.photometric >= 32803 or data[8:10] == b"CR":
        raise PictureUnsupported(path=name, reason="it is a camera's raw photo")
    if page.imagedepth != 1 or page.samplesperpixel > 5 + 8:
        raise PictureUnsupported(path=name, reason=f"it has {page.samplesperpixel} channels")
    offsets, sizes = page.dataoffsets, page.databytecounts
    whole = len(offsets) == len(sizes) > 0 and all(
        offset > 0 and size > 0 and offset + size <= len(data) for offset, size in zip(offsets, sizes, strict=True)
    )
    if not whole:
        raise PictureDamaged(path=name, reason="a part of its pixels is missing")
    if page.compression == 1:
        bits = page.imagewidth * page.imagelength * page.samplesperpixel * page.bitspersample
        if page.photometric != 6 and sum(sizes) * 8 < bits:
            raise PictureDamaged(path=name, reason="a part of its pixels is missing")


def _tags_in_file(page: Any, data: bytes) -> set[int]:
    """The numbers of all tags that the page's directory lists, broken ones too."""
    form = page.parent.tiff
    (count,) = struct.unpack_from(form.tagnoformat, data, page.offset)
    start = page.offset + form.tagnosize
    places = range(start, start + count * form.tagsize, form.tagsize)
    return {struct.unpack_from(f"{form.byteorder}H", data, place)[0] for place in places}


def _decode_page(page: Any, name: str) -> Decoded:
    if (
        page.dtype is None
        or page.dtype.kind not in "uifb"
        or page.photometric not in (*_PLAIN_COLORS, _CIE_LAB, _ICC_LAB)
    ):
        raise PictureUnsupported(path=name, reason="its pixels are stored in a rare way")
    array = page.asarray(maxworkers=1)  # threads start elsewhere
    if page.planarconfig == 2 and page.samplesperpixel > 1:
        array = np.moveaxis(array, 0, -1)
    array = array.reshape(page.imagelength, page.imagewidth, page.samplesperpixel)
    if page.photometric in (_CIE_LAB, _ICC_LAB):
        return Decoded(_lab(array, page, name), "lab", depth=np.uint16)
    if page.photometric == _PALETTE:
        colors = (page.colormap >> 8).astype(np.uint8) if array.dtype.itemsize == 1 else page.colormap
        return Decoded(np.moveaxis(colors, 0, -1)[array[..., 0].astype(np.intp)], "rgb", depth=colors.dtype)
    values, notes = _unit_range(array, page.bitspersample)
    colors, space = _color_channels(page.photometric, page.samplesperpixel, name)
    samples = values[..., :colors] if colors > 1 else values[..., 0]
    if page.photometric == _MIN_IS_WHITE:
        samples = (1 - samples) if samples.dtype == np.float32 else ~samples
    alpha = None
    extra = tuple(int(kind) for kind in page.extrasamples)
    if extra and extra[0] in (_ASSOCIATED_ALPHA, _UNASSOCIATED_ALPHA):
        alpha = values[..., colors]
        if extra[0] == _ASSOCIATED_ALPHA:
            samples = decoding.unpremultiplied(samples, alpha)
    return Decoded(samples, space, alpha, depth=samples.dtype, notes=notes)


def _color_channels(photometric: int, channels: int, name: str) -> tuple[int, ColorSpace]:
    colors, space = {_RGB: (3, "rgb"), _SEPARATED: (4, "cmyk")}.get(photometric, (1, "gray"))
    if channels < colors:
        raise PictureDamaged(path=name, reason=f"it has {channels} channels where {colors} are needed")
    return colors, space  # type: ignore[return-value]


def _unit_range(array: NDArray[Any], bits: int) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Any numbers as uint8 or uint16 (integers, over their whole range) or float32 in [0, 1]."""
    if array.dtype.kind != "f":
        return _integers_over_range(array, bits), ()
    values = np.nan_to_num(array.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    top = float(values.max(initial=0.0))
    if top <= 1:
        return to_depth(values, np.float32), ()
    note = f"holds brightnesses up to {top:.4g}, where 1 is white: they were scaled to fit."
    return to_depth(values / np.float32(top), np.float32), (note,)


def _integers_over_range(array: NDArray[Any], bits: int) -> NDArray[Any]:
    if array.dtype.kind == "b":
        return array.astype(np.uint8) * np.uint8(255)
    if array.dtype.kind == "i":
        array, bits = np.maximum(array, 0), bits - 1  # negative brightness is black
    if bits in (8, 16):
        return array.astype(f"u{bits // 8}", copy=False)
    if bits > 16:
        return (array.astype(np.uint64) >> np.uint64(bits - 16)).astype(np.uint16)
    stretched = decoding.stretched(array, bits)
    return to_depth(stretched, np.uint8) if bits < 8 else stretched


def _lab(array: NDArray[Any], page: Any, name: str) -> NDArray[np.float32]:
    if array.shape[2] != 3 or page.bitspersample != 16 or array.dtype.kind != "u":
        raise PictureUnsupported(path=name, reason="its Lab colours are stored in a rare way")
    lightness = array[..., :1].astype(np.float32) * np.float32(100 / 65535)
    if page.photometric == _CIE_LAB:
        colors = array[..., 1:].astype(np.int16).astype(np.float32) / 256
    else:
        colors = array[..., 1:].astype(np.float32) / 256 - 128
    return np.concatenate([lightness, colors], axis=2)


def _bytes_of(page: Any, tag: int) -> bytes | None:
    value = page.tags.valueof(tag)
    if isinstance(value, tuple):
        value = bytes(value)
    return value if isinstance(value, bytes) and value else None


def _page_notes(file: Any) -> tuple[str, ...]:
    try:
        second = file.pages[1]
        more = not second.subfiletype & _REDUCED
    except Exception:  # a broken second page is no reason to refuse the first
        more = False
    return ("has several pages: only the first is used.",) if more else ()
