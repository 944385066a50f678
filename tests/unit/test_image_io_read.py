"""Pictures read from every kind of file, against pixels that the test knows or Pillow decodes."""

import io
import os
from pathlib import Path

import imagecodecs
import numpy as np
import pillow_heif
import pytest
import tifffile
from PIL import Image

from tests.picture_files import (
    SAMPLES,
    chunk,
    cmyk_profile,
    deep_photo,
    encoded,
    encoded_image,
    photo,
    png,
    ramp,
)
from workbench.image_io import READABLE_SUFFIXES, read_picture


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.jpg")), ids=lambda path: path.stem)
def test_the_samples_are_read_as_pillow_reads_them(path: Path) -> None:
    with Image.open(path) as image:
        expected = np.asarray(image.convert("RGB"))
    picture = read_picture(path)
    assert picture.metadata.source_format == "JPEG"
    assert picture.alpha is None
    np.testing.assert_array_equal(picture.pixels, expected)


@pytest.mark.parametrize("plugin", ["PNG", "TIFF", "BMP"])
@pytest.mark.parametrize("size", [(1, 1), (1, 7), (13, 1), (40, 61)])
def test_lossless_formats_give_the_exact_pixels(plugin: str, size: tuple[int, int]) -> None:
    pixels = photo(*size)
    picture = read_picture(encoded(pixels, plugin))
    np.testing.assert_array_equal(picture.pixels, pixels)


@pytest.mark.parametrize("plugin", ["JPEG", "WEBP", "AVIF"])
def test_lossy_formats_come_close(plugin: str) -> None:
    pixels = photo()
    picture = read_picture(encoded(pixels, plugin, quality=95))
    assert picture.pixels.dtype == np.uint8
    assert np.abs(picture.pixels.astype(int) - pixels).mean() < 6


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("plugin", ["PNG", "TIFF", "WEBP"])
def test_every_orientation_comes_out_upright(plugin: str, orientation: int) -> None:
    upright = photo(5, 8)
    turned_back = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    alpha = ramp(5, 8)
    stored = Image.fromarray(np.dstack([upright, alpha]))
    stored = stored if turned_back is None else stored.transpose(turned_back)
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True, "exact": True} if plugin == "WEBP" else {}
    picture = read_picture(encoded_image(stored, plugin, exif=exif, **options))
    np.testing.assert_array_equal(picture.pixels, upright)
    np.testing.assert_array_equal(picture.alpha, alpha)


def test_an_impossible_orientation_counts_as_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 77
    np.testing.assert_array_equal(read_picture(encoded(photo(), "PNG", exif=exif)).pixels, photo())


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_png_keeps_sixteen_bits(channels: int) -> None:
    deep = np.dstack([deep_photo(), deep_photo()[::-1, :, 0]])
    samples = {1: deep[..., :1], 2: deep[..., [0, 3]], 3: deep[..., :3], 4: deep}[channels]
    picture = read_picture(png(samples, {1: 0, 2: 4, 3: 2, 4: 6}[channels]))
    assert picture.pixels.dtype == np.uint16
    np.testing.assert_array_equal(picture.pixels, samples[..., :3] if channels > 2 else samples[..., [0, 0, 0]])
    assert (picture.alpha is not None) == (channels in (2, 4))
    if picture.alpha is not None:
        np.testing.assert_array_equal(picture.alpha, samples[..., -1])


def test_a_transparent_colour_of_a_deep_png_becomes_alpha() -> None:
    samples = deep_photo(4, 5)
    key = samples[1, 2]
    picture = read_picture(png(samples, 2, chunk(b"tRNS", key.astype(">u2").tobytes())))
    assert picture.alpha is not None
    np.testing.assert_array_equal(picture.alpha == 0, (samples == key).all(axis=-1))


@pytest.mark.parametrize("compression", [None, "lzw", "deflate", "packbits"])
@pytest.mark.parametrize("order", ["<", ">"])
def test_tiff_keeps_sixteen_bits(compression: str | None, order: str) -> None:
    file = io.BytesIO()
    options = {"predictor": True} if compression in ("lzw", "deflate") else {}
    tifffile.imwrite(
        file, deep_photo(), photometric="rgb", compression=compression, byteorder=order, rowsperstrip=7, **options
    )
    picture = read_picture(file.getvalue())
    assert picture.pixels.dtype == np.uint16
    np.testing.assert_array_equal(picture.pixels, deep_photo())


def test_tiff_in_planes_tiles_and_with_alpha() -> None:
    samples = np.dstack([deep_photo(), ramp().astype(np.uint16) * 257])
    planes, tiles = io.BytesIO(), io.BytesIO()
    tifffile.imwrite(planes, np.moveaxis(samples, -1, 0), photometric="rgb", planarconfig="separate", extrasamples=[2])
    tifffile.imwrite(tiles, samples, photometric="rgb", extrasamples=["unassalpha"], tile=(16, 32), bigtiff=True)
    for file in (planes, tiles):
        picture = read_picture(file.getvalue())
        np.testing.assert_array_equal(picture.pixels, samples[..., :3])
        np.testing.assert_array_equal(picture.alpha, samples[..., 3])


def test_tiff_with_premultiplied_alpha_gets_its_colours_back() -> None:
    alpha = np.maximum(ramp().astype(np.uint16) * 257, 9000)
    stored = np.rint(deep_photo() / 65535 * alpha[..., None]).astype(np.uint16)
    file = io.BytesIO()
    tifffile.imwrite(file, np.dstack([stored, alpha]), photometric="rgb", extrasamples=["assocalpha"])
    picture = read_picture(file.getvalue())
    assert np.abs(picture.pixels.astype(int) - deep_photo()).max() <= 8
    np.testing.assert_array_equal(picture.alpha, alpha)


def test_float_tiff_is_read_in_unit_range() -> None:
    values = (deep_photo() / 65535).astype(np.float32)
    plain, bright = io.BytesIO(), io.BytesIO()
    tifffile.imwrite(plain, values, photometric="rgb")
    tifffile.imwrite(bright, np.where(values < 0.01, np.nan, values * 8).astype(np.float64), photometric="rgb")
    picture, scaled = read_picture(plain.getvalue()), read_picture(bright.getvalue(), name="sky.tif")
    assert picture.pixels.dtype == np.float32
    np.testing.assert_array_equal(picture.pixels, values)
    assert not picture.notes
    assert scaled.pixels.max() == 1
    assert np.isfinite(scaled.pixels).all()
    assert "sky.tif holds brightnesses" in scaled.notes[0]


@pytest.mark.parametrize(("dtype", "factor"), [(np.uint32, 65537), (np.int16, 0), (np.float16, 0)])
def test_rare_numbers_of_gray_tiff(dtype: type, factor: int) -> None:
    gray = deep_photo()[..., 0]
    stored = gray.astype(np.uint32) * factor if factor else (gray // 2 if dtype == np.int16 else gray / 65535)
    file = io.BytesIO()
    tifffile.imwrite(file, stored.astype(dtype), photometric="minisblack")
    picture = read_picture(file.getvalue())
    top = 1 if picture.pixels.dtype == np.float32 else 65535
    assert np.abs(picture.pixels[..., 1] / top - gray / 65535).max() < 1e-3


def test_white_is_zero_is_inverted() -> None:
    gray = deep_photo()[..., 0]
    file = io.BytesIO()
    tifffile.imwrite(file, gray, photometric="miniswhite")
    np.testing.assert_array_equal(read_picture(file.getvalue()).pixels[..., 0], 65535 - gray)


def test_lab_tiff_gives_neutral_grays() -> None:
    lab = np.zeros((2, 2, 3), np.uint8)
    lab[..., 0] = [[0, 255], [128, 64]]
    lab[..., 1:] = 128
    picture = read_picture(encoded_image(Image.frombytes("LAB", (2, 2), lab.tobytes()), "TIFF"))
    assert np.ptp(picture.pixels, axis=-1).max() <= 1
    assert picture.pixels[0, 0, 0] == 0
    assert picture.pixels[0, 1, 0] >= 254
    assert abs(int(picture.pixels[1, 0, 0]) - 119) <= 2


@pytest.mark.parametrize("plugin", ["JPEG", "TIFF"])
def test_cmyk_with_and_without_profile(plugin: str) -> None:
    image = Image.fromarray(photo()).convert("CMYK")
    options = {"quality": 95} if plugin == "JPEG" else {}
    plain = read_picture(encoded_image(image, plugin, **options))
    assert np.abs(plain.pixels.astype(int) - photo()).mean() < 8  # and so not inverted, as Adobe's JPEGs are stored
    managed = read_picture(encoded_image(image, plugin, icc_profile=cmyk_profile(), **options))
    assert managed.metadata.icc_profile == cmyk_profile()
    assert not managed.notes
    assert np.abs(managed.pixels.astype(int) - plain.pixels).mean() > 3


def test_deep_cmyk_tiff() -> None:
    inks = np.zeros((3, 4, 4), np.uint16)
    inks[0, 0], inks[1, 1, 3] = (65535, 0, 0, 0), 65535
    file = io.BytesIO()
    tifffile.imwrite(file, inks, photometric="separated")
    picture = read_picture(file.getvalue())
    assert picture.pixels.dtype == np.uint16
    assert picture.pixels[0, 0].tolist() == [0, 65535, 65535]
    assert picture.pixels[1, 1].tolist() == [0, 0, 0]
    assert (picture.pixels[2] == 65535).all()


def test_palette_bilevel_and_gray() -> None:
    image = Image.fromarray(photo())
    palette = image.quantize(16)
    np.testing.assert_array_equal(
        read_picture(encoded_image(palette, "PNG")).pixels, np.asarray(palette.convert("RGB"))
    )
    bilevel = image.convert("1")
    for plugin in ("PNG", "TIFF", "BMP"):
        np.testing.assert_array_equal(
            read_picture(encoded_image(bilevel, plugin)).pixels[..., 2], np.asarray(bilevel.convert("L"))
        )
    gray = image.convert("LA")
    picture = read_picture(encoded_image(gray, "PNG"))
    np.testing.assert_array_equal(picture.pixels[..., 0], np.asarray(gray)[..., 0])
    assert picture.alpha is not None


def test_palette_with_transparency() -> None:
    image = Image.fromarray(photo()).quantize(8)
    picture = read_picture(encoded_image(image, "PNG", transparency=bytes([0, 128])))
    indices = np.asarray(image)
    assert picture.alpha is not None
    np.testing.assert_array_equal(picture.alpha, np.array([0, 128, *[255] * 6], np.uint8)[indices])


@pytest.mark.parametrize("plugin", ["GIF", "WEBP", "PNG", "TIFF"])
def test_of_several_pictures_the_first_is_read_and_told(plugin: str) -> None:
    frames = [Image.fromarray(photo()), Image.fromarray(255 - photo())]
    options = {"lossless": True} if plugin == "WEBP" else {}
    data = encoded_image(frames[0], plugin, save_all=True, append_images=frames[1:], **options)
    picture = read_picture(data, name="holiday")
    assert np.abs(picture.pixels.astype(int) - photo()).mean() < 10
    assert [note for note in picture.notes if "first" in note and note.startswith("holiday ")]


def test_a_phone_picture_of_several_parts_is_told() -> None:
    first, second = Image.fromarray(photo()), Image.fromarray(255 - photo())
    picture = read_picture(encoded_image(first, "MPO", save_all=True, append_images=[second], quality=95))
    assert np.abs(picture.pixels.astype(int) - photo()).mean() < 6
    assert "main" in picture.notes[0]


def test_heic_of_eight_and_ten_bits() -> None:
    for mode, pixels, dtype in (("RGB", photo(64, 80), np.uint8), ("RGB;16", deep_photo(64, 80), np.uint16)):
        file = io.BytesIO()
        pillow_heif.from_bytes(mode, (80, 64), pixels.tobytes()).save(file, quality=95, chroma=444)
        picture = read_picture(file.getvalue())
        assert picture.pixels.dtype == dtype
        assert picture.metadata.source_format == "HEIC"
        scale = 1 if dtype == np.uint8 else 257
        assert np.abs(picture.pixels / scale - pixels / scale).mean() < 3


def test_avif_of_ten_and_twelve_bits() -> None:
    for bits in (10, 12):
        stored = (deep_photo(64, 80) >> (16 - bits)).astype(np.uint16)
        data = bytes(imagecodecs.avif_encode(stored, 100, bitspersample=bits))
        picture = read_picture(data)
        assert picture.pixels.dtype == np.uint16
        assert np.abs(picture.pixels / 65535 - stored / (2**bits - 1)).max() < 2e-3


def test_a_wide_profile_is_converted_for_painting_and_remembered() -> None:
    profile = bytes(imagecodecs.cms_profile("adobergb"))
    picture = read_picture(encoded(photo(), "PNG", icc_profile=profile))
    assert picture.metadata.icc_profile == profile
    assert np.abs(picture.pixels.astype(int) - photo()).max() > 3


def test_a_profile_that_does_not_fit_is_told() -> None:
    picture = read_picture(encoded(photo(), "PNG", icc_profile=cmyk_profile()), name="odd.png")
    assert picture.notes == ("odd.png has a colour profile that does not fit its pixels; it was ignored.",)
    np.testing.assert_array_equal(picture.pixels, photo())


@pytest.mark.parametrize("plugin", ["JPEG", "PNG", "TIFF", "BMP"])
def test_dpi_is_read(plugin: str) -> None:
    picture = read_picture(encoded(photo(), plugin, dpi=(240, 300)))
    assert picture.metadata.dpi == pytest.approx((240, 300), abs=0.1)


@pytest.mark.parametrize("plugin", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_without_dpi_none_is_made_up(plugin: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    assert read_picture(encoded(photo(), plugin, exif=exif)).metadata.dpi is None


def test_the_content_decides_not_the_name(tmp_path: Path) -> None:
    path = tmp_path / "really.jpg"
    path.write_bytes(encoded(photo(), "PNG"))
    picture = read_picture(path)
    np.testing.assert_array_equal(picture.pixels, photo())
    assert picture.notes == (f"{path} is really a PNG file, whatever its name says.",)


@pytest.mark.parametrize("name", ["照片.png", "été à la mer.png", "🐈.png", "a" * 200 + ".png"])
def test_names_of_all_languages(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(encoded(photo(), "PNG"))
    for source in (path, str(path)):
        np.testing.assert_array_equal(read_picture(source).pixels, photo())


def test_streams_are_read_from_where_they_stand() -> None:
    data = encoded(photo(), "PNG")
    stream = io.BytesIO(b"before" + data)
    stream.seek(6)
    np.testing.assert_array_equal(read_picture(stream).pixels, photo())
    read_end, write_end = os.pipe()
    with os.fdopen(read_end, "rb", buffering=0) as source, os.fdopen(write_end, "wb") as sink:
        sink.write(data)
        sink.close()
        np.testing.assert_array_equal(read_picture(source).pixels, photo())


def test_all_promised_suffixes_are_readable() -> None:
    assert {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".heic", ".avif", ".gif"} <= READABLE_SUFFIXES


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_deflate", "packbits", "jpeg", "group4"])
def test_shallow_tiff_of_every_mode_is_read_as_pillow_reads_it(compression: str | None) -> None:
    image = Image.fromarray(photo())
    modes = {"jpeg": ("L", "RGB"), "group4": ("1",)}.get(
        compression or "", ("1", "L", "P", "RGB", "RGBA", "CMYK", "LA")
    )
    for mode in modes:
        stored = image.quantize(16) if mode == "P" else image.convert(mode)
        data = encoded_image(stored, "TIFF", compression=compression)
        with Image.open(io.BytesIO(data)) as reference:
            expected = np.asarray(reference.convert("RGB")).astype(int)
        picture = read_picture(data)
        assert picture.pixels.dtype == np.uint8
        assert (picture.alpha is not None) == (mode in ("RGBA", "LA"))
        assert np.abs(picture.pixels - expected).max() <= (2 if mode == "CMYK" else 0), mode
