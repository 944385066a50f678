"""Pictures written: what comes back, what is kept, and what never happens to other files."""

import io
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from tests.picture_files import cmyk_profile, deep_photo, encoded, photo, ramp
from workbench import metadata
from workbench.color import srgb_profile, to_depth
from workbench.errors import (
    FormatUnknown,
    PictureTooLargeToWrite,
    SettingWrong,
)
from workbench.image_io import (
    WRITABLE_SUFFIXES,
    Picture,
    WriteOptions,
    losses,
    output_depth,
    read_picture,
    write_picture,
)

EXIF_IFD, GPS_IFD = 0x8769, 0x8825


def camera_exif(orientation: int = 6) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x0110], exif[0x8298] = orientation, "Kamera", "K-1", "(c) 2024 Ada"
    exif[0x0131], exif[0x0100] = "Camera firmware", 9999
    exif.get_ifd(EXIF_IFD).update(
        {0x9003: "2024:05:06 07:08:09", 0x8827: 200, 0xA002: 9999, 0xA003: 8888, 0xA001: 65535}
    )
    exif.get_ifd(GPS_IFD).update({1: "N", 2: (48.0, 51.0, 29.0)})
    return exif


XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
    b' xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" tiff:Orientation="6" xmp:Rating="5" hdrgm:Version="1.0">'
    b"<xmp:Thumbnails>old picture</xmp:Thumbnails></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def read_back(path: Path) -> Picture:
    picture = read_picture(path)
    assert not picture.notes
    return picture


@pytest.mark.parametrize("suffix", sorted(WRITABLE_SUFFIXES))
def test_noise_that_hardly_shrinks_is_written_too(tmp_path: Path, suffix: str) -> None:
    """Black and white in every channel, at the best quality: more bytes than a codec may expect."""
    pixels = np.random.default_rng(3).integers(0, 2, (300, 400, 3)).astype(np.uint8) * np.uint8(255)
    path = tmp_path / f"noise{suffix}"
    write_picture(Picture(pixels), path, options=WriteOptions(quality=100))
    assert read_back(path).pixels.shape == pixels.shape


@pytest.mark.parametrize("suffix", sorted(WRITABLE_SUFFIXES))
@pytest.mark.parametrize("size", [(1, 1), (33, 47)])
def test_every_format_gives_the_picture_back(tmp_path: Path, suffix: str, size: tuple[int, int]) -> None:
    path = tmp_path / f"out{suffix}"
    pixels = np.full((*size, 3), (200, 100, 50), np.uint8) if size == (1, 1) else photo(*size)
    write_picture(Picture(pixels), path, options=WriteOptions(quality=97))
    difference = np.abs(read_back(path).pixels.astype(int) - pixels)
    assert difference.mean() < 6
    if suffix in (".png", ".tif", ".tiff", ".bmp", ".dib"):
        assert difference.max() == 0


@pytest.mark.parametrize("suffix", [".png", ".tif", ".tiff"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@given(height=st.integers(1, 40), width=st.integers(1, 40), opaque=st.booleans(), compression=st.integers(0, 9))
@settings(max_examples=15)
def test_lossless_formats_lose_nothing(
    suffix: str, dtype: type, *, height: int, width: int, opaque: bool, compression: int
) -> None:
    random = np.random.default_rng(height * 41 + width)
    samples = random.integers(0, np.iinfo(dtype).max + 1, (height, width, 4)).astype(dtype)
    file = io.BytesIO()
    picture = Picture(samples[..., :3], None if opaque else samples[..., 3])
    write_picture(picture, file, options=WriteOptions(format=suffix, compression=compression))
    back = read_picture(file.getvalue())
    assert back.pixels.dtype == dtype
    np.testing.assert_array_equal(back.pixels, picture.pixels)
    if opaque:
        assert back.alpha is None
    else:
        np.testing.assert_array_equal(back.alpha, picture.alpha)


def test_other_programs_read_our_deep_files(tmp_path: Path) -> None:
    samples = np.dstack([deep_photo(), ramp().astype(np.uint16) * 257])
    picture = Picture(samples[..., :3], samples[..., 3], metadata.Metadata(exif=camera_exif().tobytes(), xmp=XMP))
    write_picture(picture, tmp_path / "a.tif")
    np.testing.assert_array_equal(tifffile.imread(tmp_path / "a.tif"), samples)
    with Image.open(tmp_path / "a.tif") as image:
        image.load()
        assert image.size == (61, 40)
    write_picture(picture, tmp_path / "a.png")
    np.testing.assert_array_equal(imagecodecs.png_decode((tmp_path / "a.png").read_bytes()), samples)
    with Image.open(tmp_path / "a.png") as image:
        image.verify()


@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp", ".heic", ".avif"])
def test_transparent_stays_transparent(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out{suffix}"
    write_picture(Picture(photo(64, 80), ramp(64, 80)), path, options=WriteOptions(quality=100))
    alpha = read_back(path).alpha
    assert alpha is not None
    tolerance = 6 if suffix in (".heic", ".avif") else 0
    assert np.abs(alpha.astype(int) - ramp(64, 80)).max() <= tolerance


@pytest.mark.parametrize("suffix", [".jpg", ".bmp"])
def test_formats_without_alpha_show_white_and_say_so(tmp_path: Path, suffix: str) -> None:
    picture = Picture(np.zeros((16, 16, 3), np.uint8), np.zeros((16, 16), np.uint8))
    path = tmp_path / f"out{suffix}"
    assert any("white" in sentence for sentence in losses(picture, path))
    write_picture(picture, path)
    assert read_back(path).pixels.min() >= 254


def test_depth_follows_the_format(tmp_path: Path) -> None:
    deep = Picture(deep_photo())
    for suffix, dtype in ((".png", np.uint16), (".tif", np.uint16), (".jpg", np.uint8), (".webp", np.uint8)):
        path = tmp_path / f"out{suffix}"
        write_picture(deep, path)
        assert (
            read_back(path).pixels.dtype == dtype == output_depth(suffix, np.uint16) == output_depth(suffix, np.float32)
        )
        assert output_depth(suffix, np.uint8) == np.uint8
        assert bool(losses(deep, path)) == (dtype == np.uint8)
        assert losses(Picture(photo()), path) == ()
    assert losses(deep, "out.heic") == ("HEIC is written with 10 bits a channel: finer steps are rounded.",)
    floats = Picture(to_depth(deep_photo(), np.float32))
    assert losses(floats, "out.tif") == ("TIFF is written with 16 bits a channel: finer steps are rounded.",)
    write_picture(floats, tmp_path / "float.png")
    np.testing.assert_array_equal(read_back(tmp_path / "float.png").pixels, deep_photo())


def test_quality_and_compression_are_heeded() -> None:
    def size(format_name: str, **options: int) -> int:
        file = io.BytesIO()
        write_picture(Picture(photo(200, 300)), file, options=WriteOptions(format=format_name, **options))
        return len(file.getvalue())

    for lossy in ("jpeg", "webp", "avif", "heic"):
        assert size(lossy, quality=40) < size(lossy, quality=95)
    for lossless in ("png", "tiff"):
        assert size(lossless, compression=9) < size(lossless, compression=0)


def test_jpeg_keeps_fine_colour_from_quality_90_on() -> None:
    for quality, sampling in ((90, 1), (89, 2)):
        file = io.BytesIO()
        write_picture(Picture(photo()), file, options=WriteOptions(format="jpeg", quality=quality))
        with Image.open(file) as image:
            assert image.layer[0][1] == sampling  # type: ignore[attr-defined]


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp", ".heic", ".avif"])
def test_exif_is_kept_and_true_of_the_painting(tmp_path: Path, suffix: str) -> None:
    photo_path = tmp_path / "photo.jpg"
    photo_path.write_bytes(encoded(photo(), "JPEG", exif=camera_exif(), xmp=XMP, dpi=(300, 240)))
    picture = read_picture(photo_path)
    assert (picture.height, picture.width) == (61, 40)
    assert picture.metadata.dpi == (240, 300)
    path = tmp_path / f"out{suffix}"
    write_picture(picture, path)
    back = read_back(path)
    assert back.pixels.shape == (61, 40, 3)
    assert back.metadata.exif is not None
    assert back.metadata.dpi == pytest.approx((240, 300), abs=0.1)
    tags = metadata.exif_tags(back.metadata.exif)
    assert (tags[0x010F], tags[0x0110], tags[0x8298], tags[0x0112]) == ("Kamera", "K-1", "(c) 2024 Ada", 1)
    assert tags[EXIF_IFD][0x9003] == "2024:05:06 07:08:09"
    assert (tags[EXIF_IFD][0xA002], tags[EXIF_IFD][0xA003], tags[EXIF_IFD][0xA001]) == (40, 61, 1)
    assert tuple(float(part) for part in tags[GPS_IFD][2]) == (48, 51, 29)
    assert back.metadata.xmp is not None
    assert b'Rating="5"' in back.metadata.xmp
    assert b'tiff:Orientation="6"' not in back.metadata.xmp
    assert b"hdrgm:Version" not in back.metadata.xmp
    content = path.read_bytes()
    assert b"old picture" not in content
    assert b"LapStyle Studio" in content
    assert b"Camera firmware" not in content


def test_the_old_thumbnail_is_not_kept(tmp_path: Path) -> None:
    exif = camera_exif()
    thumbnail = encoded(photo(12, 16), "JPEG")
    block = bytearray(exif.tobytes())
    # A second directory with the thumbnail, linked from the end of the first.
    count = int.from_bytes(block[14:16], "big")
    link = 16 + 12 * count
    start = len(block) - 6
    block[link : link + 4] = start.to_bytes(4, "big")
    entries = ((0x0201, start + 2 + 24 + 4), (0x0202, len(thumbnail)))
    block += len(entries).to_bytes(2, "big")
    for tag, value in entries:
        block += tag.to_bytes(2, "big") + (4).to_bytes(2, "big") + (1).to_bytes(4, "big") + value.to_bytes(4, "big")
    block += bytes(4) + thumbnail
    data = encoded(photo(), "JPEG", exif=bytes(block))
    assert thumbnail in data
    with Image.open(io.BytesIO(data)) as image:
        assert image.getexif().get_ifd(ExifTags.IFD.IFD1), "the photo must have a thumbnail"
    write_picture(read_picture(data), tmp_path / "out.jpg")
    assert thumbnail not in (tmp_path / "out.jpg").read_bytes()
    with Image.open(tmp_path / "out.jpg") as image:
        assert image.getexif()[0x010F] == "Kamera"


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp", ".heic", ".avif"])
def test_strip_leaves_nothing_but_the_colour_tag(tmp_path: Path, suffix: str) -> None:
    picture = read_picture(encoded(photo(), "JPEG", exif=camera_exif(), xmp=XMP, dpi=(300, 240)))
    path = tmp_path / f"out{suffix}"
    write_picture(picture, path, options=WriteOptions(metadata="strip"))
    back, content = read_back(path).metadata, path.read_bytes()
    assert (back.exif, back.xmp, back.dpi) == (None, None, None)
    assert back.icc_profile == srgb_profile()
    for secret in (b"Kamera", b"2024:05:06", b"Rating", b"LapStyle"):
        assert secret not in content


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".bmp", ".webp"])
def test_dpi_can_be_chosen(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out{suffix}"
    write_picture(Picture(photo()), path, options=WriteOptions(dpi=600))
    assert read_back(path).metadata.dpi == pytest.approx((600, 600), abs=0.1)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp", ".heic", ".avif"])
def test_outputs_are_tagged_srgb_or_keep_the_photos_profile(tmp_path: Path, suffix: str) -> None:
    wide = bytes(imagecodecs.cms_profile("adobergb"))
    stored = photo(64, 80)
    picture = read_picture(encoded(stored, "PNG", icc_profile=wide))
    path, kept = tmp_path / f"srgb{suffix}", tmp_path / f"kept{suffix}"
    write_picture(picture, path, options=WriteOptions(quality=97))
    write_picture(picture, kept, options=WriteOptions(quality=97, profile="keep"))
    assert read_back(path).metadata.icc_profile == srgb_profile()
    assert read_back(kept).metadata.icc_profile == wide
    for written in (path, kept):
        assert np.abs(read_back(written).pixels.astype(int) - picture.pixels).mean() < 4
    if suffix in (".png", ".tif"):
        with Image.open(kept) as image:
            inside = np.asarray(image).astype(int)
        colourful = np.ptp(picture.pixels, axis=-1) > 30
        assert np.abs(inside - picture.pixels)[colourful].mean() > 2
        assert np.abs(inside - stored).mean() < 1.5


def test_a_profile_that_cannot_be_kept_is_told(tmp_path: Path) -> None:
    picture = Picture(photo(), metadata=metadata.Metadata(icc_profile=cmyk_profile()))
    options = WriteOptions(profile="keep")
    assert any("cmyk" in sentence for sentence in losses(picture, "a.png", options))
    write_picture(picture, tmp_path / "a.png", options=options)
    back = read_back(tmp_path / "a.png")
    assert back.metadata.icc_profile == srgb_profile()
    np.testing.assert_array_equal(back.pixels, photo())


def test_outputs_are_the_same_bytes_each_time() -> None:
    for name in ("png", "jpeg", "tiff", "webp"):
        files = [io.BytesIO(), io.BytesIO()]
        for file in files:
            write_picture(Picture(photo()), file, options=WriteOptions(format=name))
        assert files[0].getvalue() == files[1].getvalue()


def test_oversized_exif_gives_way_in_jpeg(tmp_path: Path) -> None:
    exif = camera_exif()
    exif.get_ifd(EXIF_IFD)[0x927C] = bytes(range(256)) * 300
    picture = read_picture(encoded(photo(), "PNG", exif=exif))
    assert losses(picture, tmp_path / "a.jpg")
    write_picture(picture, tmp_path / "a.jpg")
    kept = read_back(tmp_path / "a.jpg").metadata.exif
    assert kept is not None
    assert metadata.exif_tags(kept)[0x010F] == "Kamera"


@pytest.mark.parametrize("name", ["画.png", "🎨.jpg", "déjà vu.webp", "b" * 240 + ".tif"])
def test_names_of_all_languages(tmp_path: Path, name: str) -> None:
    write_picture(Picture(photo()), str(tmp_path / name))
    assert read_back(tmp_path / name).pixels.shape == photo().shape
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["out", "out.txt", "out.gif", "out.mpo"])
def test_unknown_formats_are_refused_by_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(FormatUnknown, match=name):
        write_picture(Picture(photo()), tmp_path / name)
    with pytest.raises(FormatUnknown):
        write_picture(Picture(photo()), io.BytesIO())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("suffix", "limit"), [(".webp", 16383), (".jpg", 65500)])
def test_sides_that_a_format_cannot_hold(tmp_path: Path, suffix: str, limit: int) -> None:
    write_picture(Picture(np.zeros((1, limit, 3), np.uint8)), tmp_path / f"fits{suffix}")
    with pytest.raises(PictureTooLargeToWrite, match=str(limit)):
        write_picture(Picture(np.zeros((1, limit + 1, 3), np.uint8)), tmp_path / f"long{suffix}")
    assert [path.name for path in tmp_path.iterdir()] == [f"fits{suffix}"]


@pytest.mark.parametrize(
    "options",
    [{"quality": 0}, {"quality": 101}, {"compression": 10}, {"dpi": 0}, {"dpi": float("nan")}, {"profile": "p3"},
     {"metadata": "some"}, {"quality": 1.5}],
)  # fmt: skip
def test_wrong_options_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(SettingWrong, match=next(iter(options))):
        WriteOptions(**options)  # type: ignore[arg-type]
