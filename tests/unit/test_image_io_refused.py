"""Files that are refused: no pictures, bombs, raw photos."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import tifffile

from tests.picture_files import (
    chunk,
    deep_photo,
    photo,
    png,
)
from workbench.errors import (
    NotAPicture,
    PictureDamaged,
    PictureMissing,
    PictureSideTooLong,
    PictureTooLarge,
    PictureUnreadable,
    PictureUnsupported,
)
from workbench.image_io import read_picture


@pytest.mark.parametrize(
    "content",
    [
        b"just a letter to a friend, longer than any header is",
        b"%PDF-1.7\n" * 20,
        b"BMW is a car" * 9,
        b"\0" * 999,
        b"x",
    ],
)
def test_what_is_no_picture_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "letter.jpg"
    path.write_bytes(content)
    with pytest.raises(NotAPicture, match=r"letter.jpg"):
        read_picture(path)


def test_missing_empty_and_folder_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(PictureMissing, match=r"gone.png"):
        read_picture(tmp_path / "gone.png")
    (tmp_path / "empty.png").touch()
    with pytest.raises(PictureDamaged, match=r"empty.png .*empty"):
        read_picture(tmp_path / "empty.png")
    with pytest.raises(PictureUnreadable, match="folder"):
        read_picture(tmp_path)
    with pytest.raises(PictureUnreadable):
        read_picture("zero\0byte.png")
    with pytest.raises(PictureUnreadable, match="xxx"):
        read_picture(tmp_path / ("x" * 5000))


@pytest.mark.parametrize(
    ("size", "error"),
    [
        ((20000, 10001), PictureTooLarge),
        ((2**31 - 1, 2**31 - 1), PictureTooLarge),
        ((65536, 3), PictureSideTooLong),
        ((3, 70000), PictureSideTooLong),
    ],
)
def test_sizes_are_bounded_by_the_header(size: tuple[int, int], error: type[Exception]) -> None:
    for samples, kind in ((photo(2, 2), 2), (deep_photo(2, 2), 2)):
        with pytest.raises(error, match="bomb"):
            read_picture(png(samples, kind, size=size), name="bomb")


def test_200_megapixels_are_not_refused_for_their_size() -> None:
    with pytest.raises(PictureDamaged):  # and so got as far as decoding
        read_picture(png(np.zeros((1, 1, 1), np.uint8), 0, size=(20000, 10000)), name="large.png")


def test_bombs_of_metadata_are_bounded() -> None:
    bomb = zlib.compress(bytes(300_000_000), 9)
    profile = chunk(b"iCCP", b"p\0\0" + bomb)
    text = chunk(b"zTXt", b"Comment\0\0" + bomb)
    for extra in (profile, text):
        with pytest.raises(PictureDamaged, match=r"bomb.png"):
            read_picture(png(photo(4, 4), 2, extra), name="bomb.png")


def test_absurd_tiff_is_refused_before_memory_is_taken() -> None:
    def tiff(width: int, height: int, count: int) -> bytes:
        entries = ((256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 16), (259, 3, 1, 1), (262, 3, 1, 1))
        entries += ((273, 4, count, 8), (277, 3, 1, 1), (278, 4, 1, height), (279, 4, count, 16))
        return (
            b"II*\0\x08\0\0\0"
            + struct.pack("<H", len(entries))
            + b"".join(struct.pack("<HHII", *entry) for entry in entries)
            + bytes(4)
        )

    with pytest.raises(PictureTooLarge):
        read_picture(tiff(4_000_000_000, 4_000_000_000, 1))
    with pytest.raises(PictureSideTooLong):
        read_picture(tiff(100_000, 10, 1))
    with pytest.raises(PictureDamaged):
        read_picture(tiff(10_000, 10_000, 1))
    with pytest.raises(PictureDamaged):
        read_picture(tiff(10, 10, 4_000_000_000))


def test_raw_photos_are_named_as_such() -> None:
    file = io.BytesIO()
    tifffile.imwrite(file, photo(), photometric="rgb", extratags=[(50706, 1, 4, b"\1\4\0\0", True)])
    with pytest.raises(PictureUnsupported, match="raw"):
        read_picture(file.getvalue())
