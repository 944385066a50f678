"""Pictures in and out: any photo as upright sRGB pixels, and a painting back as a file that is whole or absent."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np
from numpy.typing import DTypeLike, NDArray

from workbench import formats
from workbench.color import can_be_kept, flattened, from_srgb, profile_space, srgb_profile, to_depth, to_srgb
from workbench.decoding import decode
from workbench.encoding import JPEG_EXIF_LIMIT, JPEG_XMP_LIMIT, Encodable, encode
from workbench.errors import (
    FormatUnknown,
    NotAPicture,
    OutputNotWritten,
    PictureDamaged,
    PictureMissing,
    PictureTooLargeToWrite,
    PictureUnreadable,
    PictureUnsupported,
    SettingWrong,
)
from workbench.formats import MEGAPIXEL_LIMIT, READABLE_SUFFIXES, WRITABLE_SUFFIXES, Format
from workbench.metadata import Metadata, exif_to_write, sane_dpi
from workbench.output_file import check_destination, put_in_place, reporting, system_reason
from workbench.picture import Picture, resized

__all__ = [
    "MEGAPIXEL_LIMIT",
    "READABLE_SUFFIXES",
    "WRITABLE_SUFFIXES",
    "Metadata",
    "Picture",
    "WriteOptions",
    "losses",
    "output_depth",
    "read_picture",
    "resized",
    "write_picture",
]

Source = Path | str | bytes | BinaryIO
Destination = Path | str | BinaryIO

_FILE_LIMIT = 2 << 30
_SNIFFED = 64
_READ_AT_ONCE = 1 << 20

# EXIF orientation: transposed first, then quarter turns to the left, then mirrored.
_UPRIGHT = {
    2: (False, 0, True),
    3: (False, 2, False),
    4: (False, 2, True),
    5: (True, 0, False),
    6: (False, 3, False),
    7: (True, 2, False),
    8: (False, 1, False),
}


@dataclass(frozen=True)
class WriteOptions:
    """How a picture is written.

    Attributes:
        quality: 1..100, for JPEG, WebP, HEIC and AVIF; from 90 on, colour is stored at full resolution.
        compression: 0..9, for PNG and TIFF; both lose nothing.
        profile: "srgb", or "keep" for the photo's own colour profile where it is one for RGB and the format takes it.
        metadata: "keep", or "strip" to write nothing but the colour profile (and `dpi` where it is given).
        dpi: pixels an inch, instead of the photo's own.
        format: name or suffix of a format, instead of the destination's suffix; streams need it.

    Raises:
        SettingWrong: from the constructor.
    """

    quality: int = 92
    compression: int = 6
    profile: Literal["srgb", "keep"] = "srgb"
    metadata: Literal["keep", "strip"] = "keep"
    dpi: float | None = None
    format: str | None = None

    def __post_init__(self) -> None:
        for name, low, high in (("quality", 1, 100), ("compression", 0, 9)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                raise SettingWrong(name=name, value=value, expected=f"it must be a whole number from {low} to {high}")
        for name, known in (("profile", ("srgb", "keep")), ("metadata", ("keep", "strip"))):
            value = getattr(self, name)
            if value not in known:
                raise SettingWrong(name=name, value=value, expected=f"it must be {' or '.join(known)}")
        if self.dpi is not None and sane_dpi((self.dpi, self.dpi)) is None:
            raise SettingWrong(name="dpi", value=self.dpi, expected="it must be a number from 1 to 65535")


def read_picture(source: Source, *, name: str | None = None) -> Picture:
    """Open a picture: a path, the bytes of a file, or a binary stream (read to its end).

    The content decides what it is, whatever the file is called. 16-bit files give uint16 pixels, float files float32,
    all others uint8. EXIF orientation is applied, colours are converted to sRGB.

    Args:
        name: what to call the picture in notes and errors; default its path.

    Raises:
        PictureMissing, PictureUnreadable: no such file, or it may not be read.
        NotAPicture, PictureDamaged, PictureUnsupported: by its content.
        PictureTooLarge, PictureSideTooLong: refused by its header.
    """
    called = name or _name_of(source)
    data = _read_bytes(source, called)
    if not data:
        raise PictureDamaged(path=called, reason="the file is empty")
    kind = formats.sniff(data[:_SNIFFED])
    if kind is None:
        raise NotAPicture(path=called)
    decoded = decode(data, called, kind)
    del data
    pixels, problem = to_srgb(decoded.samples, decoded.space, decoded.icc_profile)
    notes = [f"{called} {note}" for note in (*decoded.notes, problem) if note]
    expected = formats.format_of_name(called)
    if expected is not None and expected != kind:
        notes.insert(0, f"{called} is really a {kind.name} file, whatever its name says.")
    orientation = decoded.exif.orientation
    dpi = decoded.dpi
    alpha = None if decoded.alpha is None else to_depth(decoded.alpha, decoded.depth)
    return Picture(
        pixels=_upright(to_depth(pixels, decoded.depth), orientation),
        alpha=None if alpha is None else _upright(alpha, orientation),
        metadata=Metadata(
            exif=decoded.exif.cleaned,
            icc_profile=decoded.icc_profile,
            dpi=(dpi[1], dpi[0]) if dpi is not None and orientation >= 5 else dpi,
            source_format=kind.name,
            xmp=decoded.xmp,
        ),
        notes=tuple(notes),
    )


def write_picture(
    picture: Picture,
    destination: Destination,
    *,
    options: WriteOptions | None = None,
    originals: Iterable[Path | str] = (),
) -> None:
    """Write a picture, whole or not at all; never over an original.

    A file is written beside its destination (".lapstyle-...part"), then put in place in one step, over whatever was
    there. A stream gets everything in one write. See `losses` for what a format cannot hold.

    Args:
        destination: a path, whose suffix names the format, or a binary stream, which needs `options.format`.
        originals: files that must not be replaced, under any of their names.

    Raises:
        FormatUnknown: neither suffix nor option names a format that is written.
        OutputIsInput: the destination is one of the originals.
        PictureTooLargeToWrite: more pixels a side than the format holds.
        OutputNotWritten: the disk, the folder or the encoder refuses.
    """
    options = options or WriteOptions()
    if isinstance(destination, str | Path):
        path = Path(destination)
        kind = formats.format_to_write(str(path), options.format)
        protected = tuple(Path(original) for original in originals)
        check_destination(path, protected)
        data = _encoded(picture, kind, options, str(path))
        check_destination(path, protected)
        put_in_place(path, data)
        return
    called = _name_of(destination)
    if options.format is None:
        raise FormatUnknown(path=called, known=", ".join(sorted(WRITABLE_SUFFIXES)))
    data = _encoded(picture, formats.format_to_write(called, options.format), options, called)
    with reporting(called):
        destination.write(data)
        destination.flush()


def output_depth(suffix: str, wanted: DTypeLike) -> np.dtype[Any]:
    """The dtype in which a format holds a picture of dtype `wanted`: uint16 for uint16 and float32 where it can
    (PNG, TIFF; HEIC with 10 bits), else uint8.

    Raises:
        FormatUnknown: no format that is written has this suffix.
    """
    kind = formats.format_to_write(f"picture{suffix.lower()}", None)
    return np.dtype(np.uint16 if kind.bits > 8 and np.dtype(wanted) != np.uint8 else np.uint8)


def losses(picture: Picture, destination: str | Path, options: WriteOptions | None = None) -> tuple[str, ...]:
    """Sentences on what a file at `destination` will not hold of a picture; empty where nothing is lost.

    Raises:
        FormatUnknown: neither suffix nor option names a format that is written.
    """
    options = options or WriteOptions()
    kind = formats.format_to_write(str(destination), options.format)
    metadata, found = picture.metadata, []
    if picture.alpha is not None and not kind.alpha:
        found.append(f"{kind.name} holds no transparency: transparent parts become white.")
    depth = picture.pixels.dtype
    if depth.kind == "f" or depth.itemsize * 8 > kind.bits:
        found.append(f"{kind.name} is written with {kind.bits} bits a channel: finer steps are rounded.")
    if options.profile == "keep" and metadata.icc_profile is not None and not _kept_profile(metadata, kind, options):
        space = profile_space(metadata.icc_profile)
        reason = f"{kind.name} holds none" if not kind.tagged else f"it is one for {space or 'something else'}, not RGB"
        found.append(f"The photo's own colour profile is not kept ({reason}): the colours are sRGB.")
    if options.metadata == "keep":
        if not kind.tagged and (metadata.exif or metadata.xmp):
            found.append(f"{kind.name} holds no EXIF: date, place and camera are not kept.")
        if kind.name == "JPEG" and (
            len(metadata.exif or b"") > JPEG_EXIF_LIMIT - 256 or len(metadata.xmp or b"") > JPEG_XMP_LIMIT
        ):
            found.append("JPEG holds 64 kB of EXIF or XMP: the parts beyond are not kept.")
    return tuple(found)


def _name_of(file: Source | Destination) -> str:
    if isinstance(file, str | Path):
        return str(file)
    name = getattr(file, "name", None)
    return name if isinstance(name, str) else "The picture"


def _read_bytes(source: Source, called: str) -> bytes:
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source)
    try:
        if not isinstance(source, str | Path):
            return _read_stream(source, called)
        with Path(source).open("rb") as file:
            return _read_stream(file, called)
    except FileNotFoundError as error:
        raise PictureMissing(path=called) from error
    except IsADirectoryError as error:
        raise PictureUnreadable(path=called, reason="it is a folder") from error
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte, a closed stream
        folder = isinstance(source, str | Path) and os.path.isdir(source)  # noqa: PTH112 (never raises)
        reason = "it is a folder" if folder else system_reason(error)
        raise PictureUnreadable(path=called, reason=reason) from error


def _read_stream(stream: BinaryIO | BufferedIOBase, called: str) -> bytes:
    """The whole stream, unless its first bytes are no picture's: nobody waits for a film to be read."""
    parts: list[bytes] = []
    size = 0
    while part := stream.read(_READ_AT_ONCE if size >= _SNIFFED else _SNIFFED - size):
        parts.append(part)
        size += len(part)
        if size == _SNIFFED and formats.sniff(b"".join(parts)) is None:
            raise NotAPicture(path=called)
        if size > _FILE_LIMIT:
            raise PictureUnsupported(path=called, reason="its file is larger than 2 GB")
    return b"".join(parts)


def _upright(array: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Turn stored rows and columns as EXIF orientation 1..8 says."""
    if orientation not in _UPRIGHT:
        return array
    transposed, quarter_turns, mirrored = _UPRIGHT[orientation]
    if transposed:
        array = array.swapaxes(0, 1)
    array = np.rot90(array, quarter_turns)
    return np.ascontiguousarray(array[:, ::-1] if mirrored else array)


def _kept_profile(metadata: Metadata, kind: Format, options: WriteOptions) -> bytes | None:
    profile = metadata.icc_profile
    wanted = options.profile == "keep" and kind.tagged and profile is not None
    return profile if wanted and profile is not None and can_be_kept(profile) else None


def _encoded(picture: Picture, kind: Format, options: WriteOptions, called: str) -> bytes:
    if max(picture.width, picture.height) > kind.side_limit:
        raise PictureTooLargeToWrite(
            path=called, width=picture.width, height=picture.height, format=kind.name, limit=kind.side_limit
        )
    keep = options.metadata == "keep"
    dpi = (options.dpi, options.dpi) if options.dpi is not None else picture.metadata.dpi if keep else None
    depth = output_depth(kind.suffixes[0], picture.pixels.dtype)
    pixels, alpha = picture.pixels, picture.alpha
    profile = _kept_profile(picture.metadata, kind, options)
    if profile is not None:
        pixels = from_srgb(pixels, profile)
    if alpha is not None and not kind.alpha:
        pixels, alpha = flattened(pixels, alpha), None
    exif = exif_to_write(
        picture.metadata,
        (picture.width, picture.height),
        dpi,
        is_srgb=profile is None,
        limit=JPEG_EXIF_LIMIT if kind.name == "JPEG" else None,
    )
    file = Encodable(
        pixels=to_depth(pixels, depth),
        alpha=None if alpha is None else to_depth(alpha, depth),
        profile=profile or srgb_profile(),
        exif=exif if keep else None,
        xmp=picture.metadata.xmp if keep else None,
        dpi=dpi,
        quality=options.quality,
        compression=options.compression,
    )
    try:
        return encode(file, kind.name)
    except ImportError as error:
        raise OutputNotWritten(path=called, reason=f"{kind.name} needs the package {error.name}") from error
    except MemoryError as error:
        raise OutputNotWritten(path=called, reason="there is not enough memory") from error
    except (OSError, ValueError, RuntimeError) as error:
        raise OutputNotWritten(path=called, reason=str(error) or type(error).__name__) from error
