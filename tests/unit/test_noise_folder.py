"""The original program's folder, with junk in it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import ExifTags, Image

import noise
from noise.blurs import MeanBlur
from noise.pipeline import Pipeline
from noise.points import SaltPepper
from tests.picture_files import SAMPLES, deep_photo, encoded, photo, ramp
from workbench.errors import (
    FolderUnreadable,
    NameNotKept,
    NotAPicture,
    OutputExists,
    OutputNotWritten,
    PictureDamaged,
    PictureMissing,
    PictureShapeWrong,
    SettingWrong,
)
from workbench.image_io import read_picture, write_picture
from workbench.picture import Picture
from workbench.progress import run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    source = tmp_path / "in"
    (source / "a folder.jpg").mkdir(parents=True)
    (source / "cat.jpg").write_bytes((SAMPLES / "cat.jpg").read_bytes())
    (source / "plain.png").write_bytes(encoded(photo(), "PNG"))
    write_picture(Picture(deep_photo(), deep_photo()[..., 0]), source / "deep.png")
    (source / "text.jpg").write_text("not a picture at all, whatever the name says: " * 10)
    (source / "empty.png").write_bytes(b"")
    (source / "short.jpg").write_bytes((SAMPLES / "cat.jpg").read_bytes()[:5000])
    (source / "moving.gif").write_bytes(encoded(photo()[..., 0], "GIF"))
    (source / "gone.jpg").symlink_to(source / "nowhere.jpg")
    return source


class TestFolder:
    def test_writes_pictures_and_reports_the_rest(self, folder: Path, tmp_path: Path) -> None:
        before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
        report = noise.ImageNoise(folder, tmp_path / "out" / "deeper").add_noise()
        assert [path.name for path in report.written] == ["cat.jpg", "deep.png", "plain.png"]
        assert {skipped.path.name: type(skipped.reason) for skipped in report.skipped} == {
            "empty.png": PictureDamaged,
            "gone.jpg": PictureMissing,
            "moving.gif": NameNotKept,
            "short.jpg": PictureDamaged,
            "text.jpg": NotAPicture,
        }
        assert all(str(skipped.path) in str(skipped.reason) for skipped in report.skipped)
        (moving,) = (str(skipped.reason) for skipped in report.skipped if skipped.path.suffix == ".gif")
        assert "is to have the same name, and no picture is written with this ending" in moving
        assert {path.name for path in (tmp_path / "out" / "deeper").iterdir()} == {"cat.jpg", "deep.png", "plain.png"}
        assert before == {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}

    def test_depth_and_alpha_stay(self, folder: Path, tmp_path: Path) -> None:
        noise.ImageNoise(folder, tmp_path / "out").add_noise()
        original, result = read_picture(folder / "deep.png"), read_picture(tmp_path / "out" / "deep.png")
        assert result.pixels.dtype == np.uint16 and not np.array_equal(result.pixels, original.pixels)
        assert result.alpha is not None and original.alpha is not None
        assert np.array_equal(result.alpha, original.alpha)

    def test_cameras_and_printers_files(self, tmp_path: Path) -> None:
        """EXIF is kept, but for the orientation, which is done; CMYK becomes RGB."""
        source, exif = tmp_path / "in", Image.Exif()
        source.mkdir()
        exif[ExifTags.Base.Orientation], exif[ExifTags.Base.Make] = 6, "Camera"
        Image.fromarray(photo()).save(source / "turned.jpg", exif=exif, dpi=(300, 300))
        Image.fromarray(photo()).convert("CMYK").save(source / "print.jpg")
        report = noise.ImageNoise(source, tmp_path / "out").add_noise()
        assert [path.name for path in report.written] == ["print.jpg", "turned.jpg"]
        with Image.open(tmp_path / "out" / "turned.jpg") as turned:
            assert turned.size == (40, 61) and turned.info["dpi"] == (300, 300)
            assert turned.getexif()[ExifTags.Base.Make] == "Camera"
            assert turned.getexif().get(ExifTags.Base.Orientation, 1) == 1
        with Image.open(tmp_path / "out" / "print.jpg") as printed:
            assert (printed.mode, printed.size) == ("RGB", (61, 40))

    def test_what_a_result_lacks_is_told(self, tmp_path: Path) -> None:
        source = tmp_path / "in"
        source.mkdir()
        covered = Image.fromarray(np.dstack([photo(), ramp()]))
        covered.save(source / "whole.png")
        covered.save(source / "named wrongly.jpg", "PNG")
        report = noise.ImageNoise(source, tmp_path / "out").add_noise()
        assert [path.name for path in report.notes] == ["named wrongly.jpg"]
        really, transparent = report.notes[source / "named wrongly.jpg"]
        assert "really a PNG" in really and "no transparency" in transparent

    def test_floats_are_written_with_16_bits_and_grey_as_rgb(self, tmp_path: Path) -> None:
        source = tmp_path / "in"
        source.mkdir()
        tifffile.imwrite(source / "float.tif", deep_photo().astype(np.float32) / 65535, photometric="rgb")
        Image.fromarray(ramp()).save(source / "grey.png")
        report = noise.ImageNoise(source, tmp_path / "out").add_noise()
        assert report.notes == {
            source / "float.tif": ("TIFF is written with 16 bits a channel: finer steps are rounded.",)
        }
        assert tifffile.imread(tmp_path / "out" / "float.tif").dtype == np.uint16
        with Image.open(tmp_path / "out" / "grey.png") as grey:
            assert grey.mode == "RGB"

    def test_is_salt_and_pepper_under_a_mean_of_20(self, folder: Path, tmp_path: Path) -> None:
        worker = noise.ImageNoise(folder, tmp_path / "out")
        worker.add_noise(0.0)
        expected = run(Pipeline((MeanBlur(size=20),)).render(read_picture(folder / "plain.png")))
        assert np.array_equal(read_picture(tmp_path / "out" / "plain.png").pixels, expected.pixels)

    def test_the_seed_decides_and_pictures_differ(self, folder: Path, tmp_path: Path) -> None:
        (folder / "twin.png").write_bytes((folder / "plain.png").read_bytes())
        for name, seed in (("first", 1), ("again", 1), ("other", 2)):
            noise.ImageNoise(folder, tmp_path / name, seed=seed).add_noise()
        first, again, other = ((tmp_path / name / "plain.png").read_bytes() for name in ("first", "again", "other"))
        assert first == again != other
        assert (tmp_path / "first" / "twin.png").read_bytes() != first

    def test_each_picture_has_the_noise_that_every_batch_gives_it(self, folder: Path, tmp_path: Path) -> None:
        noise.ImageNoise(folder, tmp_path / "out", seed=5).add_noise(0.2)
        pipeline = Pipeline((SaltPepper(salt=0.2, pepper=0.2), MeanBlur(size=20)), 5).own("plain.png")
        expected = run(pipeline.render(read_picture(folder / "plain.png")))
        assert np.array_equal(read_picture(tmp_path / "out" / "plain.png").pixels, expected.pixels)

    def test_nothing_is_replaced(self, folder: Path, tmp_path: Path) -> None:
        target = tmp_path / "out"
        target.mkdir()
        (target / "cat.jpg").write_text("precious")
        report = noise.ImageNoise(folder, target).add_noise()
        assert (target / "cat.jpg").read_text() == "precious"
        assert [type(item.reason) for item in report.skipped if item.path.name == "cat.jpg"] == [OutputExists]

    def test_the_folder_itself_is_refused(self, folder: Path, tmp_path: Path) -> None:
        (tmp_path / "link").symlink_to(folder)
        for target in (folder, tmp_path / "link", folder / ".." / "in"):
            with pytest.raises(OutputNotWritten, match="originals"):
                noise.ImageNoise(folder, target)
        with pytest.raises(FolderUnreadable):
            noise.ImageNoise(tmp_path / "nowhere", tmp_path / "out")
        (tmp_path / "file").write_text("")
        with pytest.raises(OutputNotWritten):
            noise.ImageNoise(folder, tmp_path / "file").add_noise()

    @pytest.mark.parametrize("prob", [-0.1, 0.51, float("nan"), "0.1", True])
    def test_wrong_prob(self, folder: Path, tmp_path: Path, prob: object) -> None:
        with pytest.raises(SettingWrong):
            noise.ImageNoise(folder, tmp_path / "out").add_noise(prob)  # type: ignore[arg-type]
        assert not (tmp_path / "out").exists()


class TestArray:
    def test_any_layout_and_depth(self, tmp_path: Path) -> None:
        worker = noise.ImageNoise(SAMPLES, tmp_path / "out", seed=3)
        gray, color = ramp(50, 60), photo(50, 60)
        covered = np.dstack([color, gray])
        noisy = worker.sp_noise(color, 0.2)
        expected = run(Pipeline((SaltPepper(salt=0.2, pepper=0.2),), 3).render(Picture(color)))
        assert np.array_equal(worker.sp_noise(covered, 0.2), np.dstack([noisy, gray]))
        hit = (noisy != color).any(axis=2)
        assert np.array_equal(worker.sp_noise(gray, 0.2)[~hit], gray[~hit])
        deep = worker.sp_noise(deep_photo(50, 60), 0.2)
        assert deep.dtype == np.uint16 and set(np.unique(deep[hit])) == {0, 65535}
        assert np.array_equal(noisy, expected.pixels)

    def test_nothing_to_do_is_a_copy(self, tmp_path: Path) -> None:
        worker = noise.ImageNoise(SAMPLES, tmp_path / "out")
        for image in (photo(), ramp(), np.dstack([photo(), ramp()])):
            result = worker.sp_noise(image, 0)
            assert np.array_equal(result, image) and not np.shares_memory(result, image)

    def test_refused(self, tmp_path: Path) -> None:
        worker = noise.ImageNoise(SAMPLES, tmp_path / "out")
        for wrong in (np.zeros((4, 4, 2), np.uint8), np.zeros(5, np.uint8), np.zeros((4, 4, 3), np.int64)):
            with pytest.raises(PictureShapeWrong):
                worker.sp_noise(wrong, 0.1)

    @pytest.mark.parametrize(
        ("wrong", "got"),
        [
            ([[0, 255]], "an object of type list"),
            (Image.new("RGB", (4, 4)), "an object of type Image"),
            (None, "an object of type NoneType"),
            (np.zeros((0, 4), np.uint8), "[0, 4] uint8"),
            (np.zeros((4, 4), ">u2"), "[4, 4] >u2"),
            (np.full((4, 4), 1.5, np.float32), "values from 1.5 to 1.5"),
            (np.full((4, 4, 4), -0.5, np.float32), "values from -0.5 to -0.5"),
            (np.full((4, 4, 3), np.nan, np.float32), "values from nan to nan"),
        ],
        ids=range(8),
    )
    def test_says_what_is_taken_and_what_it_got(self, tmp_path: Path, wrong: Any, got: str) -> None:
        with pytest.raises(PictureShapeWrong) as caught:
            noise.ImageNoise(SAMPLES, tmp_path / "out").sp_noise(wrong, 0.1)
        assert "[height, width], [height, width, 3] or [height, width, 4]" in str(caught.value)
        assert str(caught.value).endswith(f"; got {got}.")

    def test_prob_may_be_a_number_of_numpy(self, tmp_path: Path) -> None:
        worker = noise.ImageNoise(SAMPLES, tmp_path / "out")
        for prob in (np.float32(0.25), np.float64(0.25)):
            assert np.array_equal(worker.sp_noise(photo(), prob), worker.sp_noise(photo(), 0.25))
        assert np.array_equal(worker.sp_noise(photo(), np.int64(0)), photo())
        for wrong in (np.float32(0.75), np.float64("nan"), np.bool_(0)):
            with pytest.raises(SettingWrong):
                worker.sp_noise(photo(), wrong)


def test_apply_opens_files(tmp_path: Path) -> None:
    Image.fromarray(photo()).save(tmp_path / "photo.png")
    pipeline = Pipeline((SaltPepper(),), 4)
    opened = run(noise.apply(tmp_path / "photo.png", pipeline))
    assert np.array_equal(opened.pixels, run(noise.apply(Picture(photo()), pipeline)).pixels)
