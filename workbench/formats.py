"""The picture formats: what each can hold, and how its first bytes tell which one a file really is."""

from dataclasses import dataclass
from pathlib import PurePath

from workbench.errors import FormatUnknown

SIDE_LIMIT = 65535
"""Longest side in pixels that is opened; no supported format but TIFF and PNG can hold more."""

MEGAPIXEL_LIMIT = 200
"""Largest picture that is opened, in megapixels."""


@dataclass(frozen=True)
class Format:
    """A picture format.

    Attributes:
        name: as the user knows it; also what `WriteOptions.format` takes, in any case.
        suffixes: lowercase, with the dot.
        written: whether pictures are written in it, not only read.
        bits: how many a channel are written, at most.
        alpha: transparency is written.
        tagged: EXIF, XMP and a colour profile are written.
        side_limit: longest side in pixels that the format holds.
    """

    name: str
    suffixes: tuple[str, ...]
    written: bool = True
    bits: int = 8
    alpha: bool = True
    tagged: bool = True
    side_limit: int = SIDE_LIMIT


FORMATS = (
    Format("JPEG", (".jpg", ".jpeg", ".jpe", ".jfif"), alpha=False, side_limit=65500),
    Format("PNG", (".png",), bits=16),
    Format("WebP", (".webp",), side_limit=16383),
    Format("TIFF", (".tif", ".tiff"), bits=16),
    Format("BMP", (".bmp", ".dib"), alpha=False, tagged=False),
    Format("HEIC", (".heic", ".heif", ".hif"), bits=10, side_limit=16384),
    Format("AVIF", (".avif",)),
    Format("GIF", (".gif",), written=False),
)

READABLE_SUFFIXES = frozenset(suffix for kind in FORMATS for suffix in kind.suffixes) | {".mpo", ".apng"}
WRITABLE_SUFFIXES = frozenset(suffix for kind in FORMATS if kind.written for suffix in kind.suffixes)

_BY_NAME = {kind.name.lower(): kind for kind in FORMATS}
_BY_SUFFIX = {suffix: kind for kind in FORMATS for suffix in kind.suffixes} | {
    ".mpo": _BY_NAME["jpeg"],
    ".apng": _BY_NAME["png"],
}
_BMP_HEADER_SIZES = {12, 16, 40, 52, 56, 64, 108, 124}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1", b"mif2"}


def format_of_name(name: str) -> Format | None:
    """The format that a file name's suffix stands for, or None."""
    return _BY_SUFFIX.get(PurePath(name).suffix.lower())


def format_to_write(name: str, wanted: str | None) -> Format:
    """The format to write: `wanted` ("PNG", "jpg", ".tif", ...) if given, else by the suffix of `name`.

    Raises:
        FormatUnknown: neither names a format that is written.
    """
    if wanted is None:
        kind = format_of_name(name)
    else:
        key = wanted.lower().lstrip(".")
        kind = _BY_NAME.get(key) or _BY_SUFFIX.get(f".{key}")
    if kind is None or not kind.written or (wanted is None and PurePath(name).suffix.lower() not in WRITABLE_SUFFIXES):
        raise FormatUnknown(path=name, known=", ".join(sorted(WRITABLE_SUFFIXES)))
    return kind


def sniff(head: bytes) -> Format | None:  # noqa: PLR0911 (one return a format reads best)
    """The format that the first bytes of a file (32 or more) show, whatever the file is called; None if none."""
    if head.startswith(b"\xff\xd8\xff"):
        return _BY_NAME["jpeg"]
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return _BY_NAME["png"]
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _BY_NAME["webp"]
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return _BY_NAME["tiff"]
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return _BY_NAME["gif"]
    # Any text may start with "BM": the size of the second header tells.
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADER_SIZES:
        return _BY_NAME["bmp"]
    if head[4:8] == b"ftyp":
        return _sniff_boxes(head)
    return None


def _sniff_boxes(head: bytes) -> Format | None:
    """HEIC and AVIF share a container: the brands tell them apart."""
    brands = {head[8:12]} | {head[start : start + 4] for start in range(16, len(head) - 3, 4)}
    if brands & {b"avif", b"avis"}:
        return _BY_NAME["avif"]
    return _BY_NAME["heic"] if head[8:12] in _HEIC_BRANDS else None
