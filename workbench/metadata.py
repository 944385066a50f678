"""What a picture file says about itself: EXIF, XMP, colour profile and dpi, cleaned to stay true of a painting."""

import contextlib
import io
import math
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import ExifTags, Image

if TYPE_CHECKING:
    from xml.dom import minidom

SOFTWARE = "LapStyle Studio"
EXIF_LIMIT = 1 << 20
XMP_LIMIT = 1 << 20
PROFILE_LIMIT = 16 << 20

Dpi = tuple[float, float]

_ORIENTATION, _SOFTWARE_TAG = 0x0112, 0x0131
_X_RESOLUTION, _Y_RESOLUTION, _RESOLUTION_UNIT = 0x011A, 0x011B, 0x0128
_COLOR_SPACE, _PIXEL_WIDTH, _PIXEL_HEIGHT = 0xA001, 0xA002, 0xA003
_MAKER_NOTE, _USER_COMMENT, _INTEROP = 0x927C, 0x9286, 0xA005
_EXIF_IFD, _GPS_IFD = int(ExifTags.IFD.Exif), int(ExifTags.IFD.GPSInfo)

# Only tags that describe the photo. Those that describe how the old file stores it (sizes, strips, thumbnails in
# IFD1) would be lies in the new one.
_DESCRIBING_TAGS = frozenset(
    {0x010E, 0x010F, 0x0110, 0x0132, 0x013B, 0x013C, 0x4746, 0x4749, 0x8298, *range(0x9C9B, 0x9CA0)}
)

_XMP_TIFF = "http://ns.adobe.com/tiff/1.0/"
_XMP_BASIC = "http://ns.adobe.com/xap/1.0/"
# They point at parts that only the old file has: gain maps, depth maps, motion clips.
_XMP_OF_THE_OLD_FILE = (
    "http://ns.adobe.com/hdr-gain-map/",
    "http://ns.apple.com/HDRGainMap/",
    "http://ns.google.com/photos/1.0/",
    "http://ns.google.com/photos/dd/",
)

_warnings_lock = threading.RLock()


@dataclass(frozen=True)
class Metadata:
    """What a file says about its picture.

    Attributes:
        exif: an EXIF block ("Exif", two zero bytes, TIFF), upright, without thumbnail, or None.
        icc_profile: the colour profile in the file, or None. The pixels of a `Picture` are sRGB all the same.
        dpi: pixels an inch, horizontally and vertically, both in 1..65535, or None.
        source_format: name of the file's format ("JPEG"), or None for a picture that no file was read for.
        xmp: an XMP packet, upright, or None.
    """

    exif: bytes | None = None
    icc_profile: bytes | None = None
    dpi: Dpi | None = None
    source_format: str | None = None
    xmp: bytes | None = None


@dataclass(frozen=True)
class ExifFacts:
    """What reading needs of an EXIF block: the block cleaned, the orientation 1..8, and the dpi."""

    cleaned: bytes | None = None
    orientation: int = 1
    dpi: Dpi | None = None


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Silence Python warnings: Pillow warns of every odd tag. Locked, since the filters belong to the whole process."""
    with _warnings_lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def read_exif(block: bytes | None, limit: int = EXIF_LIMIT) -> ExifFacts:
    """Read an EXIF block, or a whole TIFF file, which is laid out the same. A broken block counts as none."""
    if not block or len(block) > limit:
        return ExifFacts()
    start = 6 if block.startswith(b"Exif\0\0") else 0
    exif = Image.Exif()
    try:
        with quietly():
            exif.load_from_fp(io.BytesIO(block[start:] if start else block))
            orientation = exif.get(_ORIENTATION, 1)
            return ExifFacts(
                cleaned=_cleaned(exif),
                orientation=int(orientation) if orientation in range(1, 9) else 1,
                dpi=_exif_dpi(exif),
            )
    except Exception:  # a damaged block makes Pillow raise almost anything, and the photo is worth opening without it
        return ExifFacts()


def sane_dpi(value: Any) -> Dpi | None:
    """A pair of pixels an inch if `value` is one that can be true, else None."""
    try:
        across, down = float(value[0]), float(value[1])
    except (TypeError, ValueError, IndexError, ZeroDivisionError, OverflowError):
        return None
    if all(math.isfinite(number) and 1 <= number <= 65535 for number in (across, down)):
        return across, down
    return None


def exif_to_write(
    metadata: Metadata, size: tuple[int, int], dpi: Dpi | None, *, is_srgb: bool, limit: int | None = None
) -> bytes:
    """The EXIF block for a written picture: upright, named after this program, with its own size and dpi.

    Args:
        size: width and height in pixels.
        is_srgb: whether the written pixels are sRGB.
        limit: most bytes that the format holds; maker notes, comments and then all of the camera's data give way.
    """
    dropped: tuple[tuple[int, ...], ...] = ((), (_MAKER_NOTE,), (_MAKER_NOTE, _USER_COMMENT))
    for without in dropped:
        block = _exif_block(metadata.exif, size, dpi, is_srgb, without)
        if block is not None and (limit is None or len(block) <= limit):
            return block
    block = _exif_block(None, size, dpi, is_srgb, ())
    assert block is not None, "a block of our own tags can always be written"
    return block


def exif_tags(block: bytes) -> dict[int, Any]:
    """The tags of an EXIF block; those of the Exif and GPS directories as dictionaries under their own tag."""
    exif = Image.Exif()
    with quietly():
        exif.load_from_fp(io.BytesIO(block[6:]))
        return {tag: dict(exif.get_ifd(tag)) if tag in (_EXIF_IFD, _GPS_IFD) else exif[tag] for tag in exif}


def clean_xmp(packet: bytes | str | None) -> bytes | None:
    """The packet without what only held for the old file (orientation, thumbnails, gain maps); None if unreadable."""
    if isinstance(packet, str):
        packet = packet.encode()
    if not packet or len(packet) > XMP_LIMIT or b"<!DOCTYPE" in packet or b"<!ENTITY" in packet:
        return None
    from xml.dom import minidom

    try:
        document = minidom.parseString(packet.strip(b"\0 \r\n\t\xef\xbb\xbf"))
        for child in document.childNodes:
            if isinstance(child, minidom.Element):
                _clean_element(child)
        return b"".join(node.toxml().encode() for node in document.childNodes)
    except Exception:  # damaged or hostile XML; the photo is worth opening without it
        return None


def _cleaned(exif: Image.Exif) -> bytes | None:
    kept = Image.Exif()
    for tag in _DESCRIBING_TAGS:
        if tag in exif:
            kept[tag] = exif[tag]
    for directory in (_EXIF_IFD, _GPS_IFD):
        values = dict(exif.get_ifd(directory)) if directory in exif else {}
        values.pop(_INTEROP, None)
        if values:
            kept.get_ifd(directory).update(values)
    if not len(kept) and not kept.get_ifd(_EXIF_IFD) and not kept.get_ifd(_GPS_IFD):
        return None
    kept[_ORIENTATION] = 1
    return kept.tobytes()


def _exif_dpi(exif: Image.Exif) -> Dpi | None:
    across, down = exif.get(_X_RESOLUTION), exif.get(_Y_RESOLUTION)
    unit = exif.get(_RESOLUTION_UNIT, 2)
    if across is None or unit not in (2, 3):
        return None
    scale = 2.54 if unit == 3 else 1.0
    dpi = sane_dpi((across, down if down is not None else across))
    return sane_dpi((dpi[0] * scale, dpi[1] * scale)) if dpi else None


def _exif_block(
    cleaned: bytes | None, size: tuple[int, int], dpi: Dpi | None, is_srgb: bool, without: tuple[int, ...]
) -> bytes | None:
    """An EXIF block of ours; None if Pillow cannot write what the camera wrote."""
    exif = Image.Exif()
    try:
        with quietly():
            for tag, value in exif_tags(cleaned).items() if cleaned else ():
                if isinstance(value, dict):
                    exif.get_ifd(tag).update(value)
                else:
                    exif[tag] = value
            exif[_ORIENTATION], exif[_SOFTWARE_TAG] = 1, SOFTWARE
            if dpi:
                exif[_X_RESOLUTION], exif[_Y_RESOLUTION], exif[_RESOLUTION_UNIT] = dpi[0], dpi[1], 2
            camera = exif.get_ifd(_EXIF_IFD)
            camera.update({_COLOR_SPACE: 1 if is_srgb else 65535, _PIXEL_WIDTH: size[0], _PIXEL_HEIGHT: size[1]})
            for tag in without:
                camera.pop(tag, None)
            return exif.tobytes()
    except Exception:
        if cleaned is None:
            raise
        return None


def _clean_element(element: "minidom.Element") -> None:
    for name, attribute in list(element.attributes.items()) if element.attributes else []:
        node = element.attributes[name]
        space = node.namespaceURI or ""
        if space == _XMP_TIFF and node.localName == "Orientation":
            element.setAttribute(name, "1")
        elif space.startswith(_XMP_OF_THE_OLD_FILE) and attribute:
            element.removeAttribute(name)
    for child in list(element.childNodes):
        if child.nodeType != child.ELEMENT_NODE:
            continue
        space = child.namespaceURI or ""
        named = (space, child.localName)
        if space.startswith(_XMP_OF_THE_OLD_FILE) or named in ((_XMP_BASIC, "Thumbnails"), (_XMP_TIFF, "Orientation")):
            element.removeChild(child)
        else:
            _clean_element(child)
