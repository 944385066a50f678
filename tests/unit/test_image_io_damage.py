"""Damaged files: each is refused with a sentence or read whole, never half and never with a traceback."""

import contextlib
import io
from collections.abc import Callable
from functools import cache

import numpy as np
import pillow_heif
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.picture_files import SAMPLES, cmyk_profile, deep_photo, encoded, encoded_image, photo, png, ramp
from workbench.errors import NotAPicture, PictureDamaged, StudioError
from workbench.image_io import read_picture
from workbench.metadata import clean_xmp, read_exif


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Kamera", 6
    exif.get_ifd(0x8769)[0x9003] = "2024:05:06 07:08:09"
    return exif


def _tiff(**options: object) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, deep_photo(), photometric="rgb", **options)
    return file.getvalue()


def _heic() -> bytes:
    file = io.BytesIO()
    pillow_heif.from_bytes("RGB", (80, 64), photo(64, 80).tobytes()).save(file, quality=60)
    return file.getvalue()


CORPUS: dict[str, Callable[[], bytes]] = {
    "jpeg": lambda: encoded(photo(), "JPEG", exif=_exif()),
    "progressive jpeg": lambda: encoded(photo(), "JPEG", progressive=True),
    "cmyk jpeg": lambda: encoded_image(Image.fromarray(photo()).convert("CMYK"), "JPEG", icc_profile=cmyk_profile()),
    "sample": (SAMPLES / "cat.jpg").read_bytes,
    "png": lambda: encoded(np.dstack([photo(), ramp()]), "PNG", exif=_exif()),
    "deep png": lambda: png(deep_photo(), 2),
    "webp": lambda: encoded(photo(), "WEBP", exif=_exif()),
    "lossless webp": lambda: encoded(np.dstack([photo(), ramp()]), "WEBP", lossless=True),
    "tiff": lambda: encoded(photo(), "TIFF", compression="tiff_lzw"),
    "deep tiff": _tiff,
    "packed deep tiff": lambda: _tiff(compression="deflate", predictor=True, rowsperstrip=8),
    "bmp": lambda: encoded(photo(), "BMP"),
    "heic": _heic,
    "avif": lambda: encoded(photo(), "AVIF", quality=60),
    "gif": lambda: encoded_image(Image.fromarray(photo()).quantize(16), "GIF"),
}


@cache
def corpus_file(name: str) -> bytes:
    return CORPUS[name]()


@pytest.mark.parametrize("name", CORPUS)
def test_the_corpus_itself_is_sound(name: str) -> None:
    assert read_picture(corpus_file(name)).pixels.size > 0


@pytest.mark.parametrize("name", CORPUS)
@given(st.data())
@settings(max_examples=25)
def test_a_file_cut_short_is_refused(name: str, data: st.DataObject) -> None:
    whole = corpus_file(name)
    cut = whole[: data.draw(st.integers(1, len(whole) - 1))]
    if name in ("gif", "bmp"):  # they end in bytes that no pixel needs: a trailer, the padding of a row
        with contextlib.suppress(PictureDamaged, NotAPicture):
            np.testing.assert_array_equal(read_picture(cut).pixels, read_picture(whole).pixels)
    else:
        with pytest.raises((PictureDamaged, NotAPicture), match="holiday"):
            read_picture(cut, name="holiday")


@pytest.mark.parametrize("name", ["jpeg", "progressive jpeg", "sample", "png", "deep png"])
@given(st.data())
@settings(max_examples=15)
def test_a_download_that_was_broken_off_is_refused(name: str, data: st.DataObject) -> None:
    """Such files have their full length, and zeros where the rest should be."""
    whole = corpus_file(name)
    cut = data.draw(st.integers(30, len(whole) - 20))
    with pytest.raises((PictureDamaged, NotAPicture)):
        read_picture(whole[:cut] + bytes(len(whole) - cut))


@pytest.mark.parametrize("name", CORPUS)
@given(st.data())
@settings(max_examples=30)
def test_flipped_bits_end_in_a_picture_or_a_sentence(name: str, data: st.DataObject) -> None:
    damaged = bytearray(corpus_file(name))
    # Headers, where flips do the most, get half of them.
    places = st.one_of(st.integers(0, min(400, len(damaged) - 1)), st.integers(0, len(damaged) - 1))
    for place in data.draw(st.lists(places, min_size=1, max_size=6)):
        damaged[place] ^= 1 << data.draw(st.integers(0, 7))
    try:
        picture = read_picture(bytes(damaged), name="holiday.pic")
    except StudioError as error:
        assert "holiday.pic" in str(error)
    else:
        assert picture.pixels.size > 0


@given(st.sampled_from(["png", "deep png"]), st.data())
@settings(max_examples=60)
def test_png_with_any_flipped_bit_of_its_pixels_is_refused(name: str, data: st.DataObject) -> None:
    damaged = bytearray(corpus_file(name))
    start = damaged.index(b"IDAT") + 4
    place = data.draw(st.integers(start, len(damaged) - 17))
    damaged[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(PictureDamaged):
        read_picture(bytes(damaged))


@given(
    st.sampled_from(
        [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b"II+\0\x08\0\0\0", b"GIF89a",
         b"RIFF\x40\0\0\0WEBPVP8 ", b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", b"\0\0\0\x18ftypheic",
         b"\0\0\0\x18ftypavif"]
    ),
    st.binary(max_size=300),
)  # fmt: skip
@settings(max_examples=200)
def test_any_bytes_behind_a_picture_s_first_ones_end_in_a_sentence(head: bytes, rest: bytes) -> None:
    with pytest.raises(StudioError, match="noise"):
        read_picture(head + rest, name="noise")


@given(st.binary(max_size=400))
@settings(max_examples=200)
def test_any_bytes_as_exif_or_xmp_do_no_harm(block: bytes) -> None:
    for data in (block, b"Exif\0\0MM\0*\0\0\0\x08" + block, b"Exif\0\0II*\0\x08\0\0\0" + block):
        assert read_exif(data).orientation in range(1, 9)
    assert clean_xmp(block) is None


def test_hostile_xmp_is_dropped() -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    assert clean_xmp(laughs) is None
    assert clean_xmp(b"<a>" * 50_000 + b"</a>" * 50_000) is None
    assert clean_xmp(b"<a>" + b"x" * (2 << 20) + b"</a>") is None


def test_damaged_files_leave_stderr_alone(capfd: pytest.CaptureFixture[str]) -> None:
    """Libraries print nothing: not on damaged pixels, not on damaged EXIF."""
    exif = bytearray(_exif().tobytes())
    exif[16:20] = b"\xff\xff\xff\xff"
    read_picture(encoded(photo(), "JPEG", exif=bytes(exif)))
    for name in CORPUS:
        damaged = bytearray(corpus_file(name))
        damaged[len(damaged) // 2 : len(damaged) // 2 + 40] = bytes(40)
        for content in (bytes(damaged), bytes(damaged[: len(damaged) // 3])):
            try:
                read_picture(content)
            except StudioError:
                continue
    assert capfd.readouterr() == ("", "")
