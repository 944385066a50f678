"""`lapstyle noise` as a user types it."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from noise.blurs import MeanBlur, MotionBlur
from noise.catalogue import STEPS
from noise.grain import FilmGrain
from noise.measure import compare
from noise.pipeline import Pipeline
from noise.points import GaussianNoise, SaltPepper
from noise.restore import Median
from noise.step import Parameter, Step
from recipes.pipeline_file import load_pipeline, save_pipeline
from terminal.step_options import step_of
from tests import command
from tests.command import Outcome
from tests.picture_files import deep_photo, ramp
from workbench.image_io import Picture, read_picture, resized, write_picture
from workbench.progress import run

Command = Callable[..., Outcome]
UNIX = pytest.mark.skipif(os.name == "nt", reason="Windows has neither pseudo-terminals nor SIGINT for one process")


def stepped(path: Path, *steps: Step, seed: int = 0) -> np.ndarray:
    """What Python makes of a picture file."""
    return run(Pipeline(steps, seed).render(read_picture(path))).pixels


def pixels(path: Path) -> np.ndarray:
    return read_picture(path).pixels


def possible(parameter: Parameter) -> st.SearchStrategy[object]:
    """The values that a parameter takes."""
    if isinstance(parameter.default, bool):
        return st.booleans()
    if isinstance(parameter.default, int):
        return st.integers(int(parameter.least), int(parameter.most))
    return st.floats(parameter.least, parameter.most)


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "噪点.png"


class TestSteps:
    @pytest.mark.parametrize(
        ("arguments", "steps"),
        [
            (["--salt-pepper", "0.1"], [SaltPepper(salt=0.1, pepper=0.1)]),
            (["--salt-pepper", "salt=0.2"], [SaltPepper(salt=0.2)]),
            (["--salt-pepper=0.1,per_channel"], [SaltPepper(0.1, 0.1, per_channel=True)]),
            (["--mean-blur", "20"], [MeanBlur(20)]),
            (["--gaussian-noise", "8, per-channel = no"], [GaussianNoise(8.0, per_channel=False)]),
            (["--film-grain", "amount=6,size=2,color"], [FilmGrain(6.0, 2.0, color=True)]),
            (["--film-grain", "color"], [FilmGrain(color=True)]),
            (["--motion-blur", "length=9,angle=-40"], [MotionBlur(9.0, -40.0)]),
            (["--film-grain"], [FilmGrain()]),
            (["--salt-pepper", "--film-grain", "--median", "2"], [SaltPepper(), FilmGrain(), Median(2)]),
            (["--median", "1", "--salt-pepper", "0.1"], [Median(1), SaltPepper(0.1, 0.1)]),
            (["--salt-pepper", "0.1", "--median", "1"], [SaltPepper(0.1, 0.1), Median(1)]),
            (
                ["--mean-blur", "2", "--salt-pepper", "0.1", "--mean-blur", "3", "--median", "1", "--mean-blur", "4"],
                [MeanBlur(2), SaltPepper(0.1, 0.1), MeanBlur(3), Median(1), MeanBlur(4)],
            ),
        ],
    )
    def test_are_done_as_they_are_typed_and_as_in_python(
        self, lapstyle: Command, photo: Path, output: Path, arguments: list[str], steps: list[Step]
    ) -> None:
        """Numbers, names and flags; the order among different options, and among options that come twice."""
        kept = output.with_name("steps.json")
        outcome = lapstyle("noise", photo, *arguments, "--seed", 7, "-o", output, "--save-preset", kept)
        assert (outcome.code, outcome.err) == (0, "")
        assert load_pipeline(kept) == Pipeline(tuple(steps), 7)
        assert np.array_equal(pixels(output), stepped(photo, *steps, seed=7))

    def test_need_no_value_at_the_end_nor_after_two_dashes(self, lapstyle: Command, photo: Path, output: Path) -> None:
        assert lapstyle("noise", photo, "-o", output, "--film-grain").code == 0
        assert np.array_equal(pixels(output), stepped(photo, FilmGrain()))
        outcome = lapstyle("noise", "-o", output, "--median", "--", "--film-grain")
        assert (outcome.code, outcome.err.startswith("lapstyle: --film-grain does not exist")) == (1, True)

    def test_the_order_decides(self, lapstyle: Command, photo: Path, tmp_path: Path) -> None:
        salt, median = ("--salt-pepper", 0.1), ("--median", 1)
        assert lapstyle("noise", photo, *salt, *median, "-o", tmp_path / "mended.png").code == 0
        assert lapstyle("noise", photo, *median, *salt, "-o", tmp_path / "specked.png").code == 0
        original = pixels(photo)
        mended, specked = (compare(original, pixels(tmp_path / name)) for name in ("mended.png", "specked.png"))
        assert mended.psnr > specked.psnr + 5

    def test_the_seed_decides(self, lapstyle: Command, photo: Path, tmp_path: Path) -> None:
        for name, seed in {"a.png": (), "b.png": ("--seed", 0), "c.png": ("--seed", 1)}.items():
            assert lapstyle("noise", photo, "--film-grain", 9, *seed, "-o", tmp_path / name).code == 0
        assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
        assert not np.array_equal(pixels(tmp_path / "a.png"), pixels(tmp_path / "c.png"))

    @given(data=st.data())
    def test_whatever_can_be_set_can_be_typed(self, data: st.DataObject) -> None:
        kind = data.draw(st.sampled_from(list(STEPS.values())))
        values = {each.name: data.draw(possible(each)) for each in kind.parameters()}
        typed = ",".join(f"{name}={value}" for name, value in values.items())
        assert step_of(None, kind.name, typed) == kind(**values)

    @pytest.mark.parametrize("name", STEPS)
    def test_each_is_there_and_takes_its_main_number(
        self, lapstyle: Command, photo: Path, output: Path, name: str
    ) -> None:
        main = STEPS[name].parameters()[0]
        assert lapstyle("noise", photo, f"--{name}", main.default, "-o", output).code == 0
        step = STEPS[name]()
        assert np.array_equal(pixels(output), stepped(photo, step))

    def test_the_help_tells_all_there_is_to_know(self, lapstyle: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COLUMNS", "300")
        shown = " ".join(lapstyle("noise", "--help").out.split())
        for name, kind in STEPS.items():
            assert f"--{name} " in shown
            for parameter in kind.parameters():
                assert f"{parameter.name}=" in shown
        assert "size=5 (1 to 201 px)" in shown and "angle=0 (-180 to 180 °)" in shown and "per_channel=no" in shown
        assert "A number alone is salt and pepper." in shown and "A number alone is amount." in shown


class TestPictures:
    def test_depth_and_transparency_stay(self, lapstyle: Command, tmp_path: Path, output: Path) -> None:
        deep = Picture(deep_photo(), ramp().astype(np.uint16) * np.uint16(257))
        original = tmp_path / "深い.tif"
        write_picture(deep, original)
        outcome = lapstyle("noise", original, "--salt-pepper", 0.1, "--mean-blur", 4, "-o", output)
        assert (outcome.code, outcome.err) == (0, "")
        made = read_picture(output)
        assert made.pixels.dtype == np.uint16
        assert np.array_equal(made.pixels, stepped(original, SaltPepper(0.1, 0.1), MeanBlur(4)))
        assert np.array_equal(made.alpha, deep.alpha)  # type: ignore[arg-type]

    def test_tells_what_the_file_does_not_hold(self, lapstyle: Command, tmp_path: Path) -> None:
        write_picture(Picture(deep_photo()), tmp_path / "deep.png")
        told = json.loads(lapstyle("noise", tmp_path / "deep.png", "--median", 1, "--format", "webp", "--json").out)
        assert told["notes"] == [f"{told['output']}: WebP is written with 8 bits a channel: finer steps are rounded."]

    def test_tells_that_floats_become_16_bits(self, lapstyle: Command, tmp_path: Path, output: Path) -> None:
        original = tmp_path / "float.tif"
        tifffile.imwrite(original, deep_photo().astype(np.float32) / 65535, photometric="rgb")
        outcome = lapstyle("noise", original, "--median", 1, "-o", output.with_suffix(".tif"))
        assert outcome.err == (
            f"lapstyle: note: {output.with_suffix('.tif')}: "
            "TIFF is written with 16 bits a channel: finer steps are rounded.\n"
        )

    def test_chooses_a_name_that_is_free_and_prints_it_with_the_numbers(self, lapstyle: Command, photo: Path) -> None:
        before = photo.read_bytes()
        for name in (f"{photo.stem}-salt-pepper+median.jpg", f"{photo.stem}-salt-pepper+median-2.jpg"):
            outcome = lapstyle("noise", photo, "--salt-pepper", 0.1, "--median", 1)
            quality = compare(pixels(photo), stepped(photo, SaltPepper(0.1, 0.1), Median(1)))
            told = f"{photo.with_name(name)}\nPSNR {quality.psnr:.2f} dB, SSIM {quality.ssim:.4f}\n"
            assert outcome == Outcome(0, told, "")
            assert photo.with_name(name).is_file()
        assert photo.read_bytes() == before

    @pytest.mark.parametrize("letter", ["x", "深"])
    def test_a_name_that_would_be_too_long_is_shortened(self, lapstyle: Command, photo: Path, letter: str) -> None:
        long = photo.rename(photo.with_name(f"{letter * (251 // len(letter.encode()))}.jpg"))
        made = []
        for _ in range(2):
            outcome = lapstyle("noise", long, "--salt-pepper", "--mean-blur", 3)
            assert (outcome.code, outcome.err) == (0, "")
            made.append(Path(outcome.out.splitlines()[0]))
            assert made[-1].is_file() and made[-1].name.startswith(letter * 70)
        assert made[0].name.endswith(f"{letter}-salt-pepper+mean-blur.jpg")
        assert made[1].name.endswith(f"{letter}-salt-pepper+mean-blur-2.jpg")

    def test_says_as_json_what_it_made(self, lapstyle: Command, photo: Path, output: Path) -> None:
        outcome = lapstyle("noise", photo, "--gaussian-noise", 5, "-o", output, "--json")
        told = json.loads(outcome.out)
        assert (outcome.code, outcome.err, outcome.out.isascii()) == (0, "", True)
        assert told.pop("seconds") > 0
        quality = compare(pixels(photo), pixels(output))
        assert told == {
            "output": str(output),
            "width": 96,
            "height": 96,
            "psnr": round(quality.psnr, 3),
            "ssim": round(quality.ssim, 5),
            "notes": [],
        }
        assert 20 < told["psnr"] < 35

    def test_numbers_of_what_changes_nothing(self, lapstyle: Command, photo: Path, output: Path) -> None:
        told = json.loads(lapstyle("noise", photo, "--salt-pepper", 0, "-o", output, "--json").out)
        assert (told["psnr"], told["ssim"]) == (None, 1.0)
        said = lapstyle("noise", photo, "--salt-pepper", 0, "-o", output)
        assert said == Outcome(0, "PSNR infinite, SSIM 1.0000\n", "")
        assert np.array_equal(pixels(output), pixels(photo))

    def test_is_written_as_asked(self, lapstyle: Command, photo: Path, tmp_path: Path) -> None:
        exif = Image.Exif()
        exif[0x010F] = "Camera maker"
        with Image.open(photo) as image:
            image.save(photo, exif=exif)
        sizes = {}
        for quality, metadata in {30: "keep", 95: "strip"}.items():
            made = tmp_path / f"{quality}.jpg"
            writing = ("--quality", quality, "--metadata", metadata)
            assert lapstyle("noise", photo, "--salt-pepper", "0.5,per_channel", "-o", made, *writing).code == 0
            assert Image.open(made).getexif().get(0x010F) == ("Camera maker" if metadata == "keep" else None)
            sizes[quality] = made.stat().st_size
        assert sizes[30] < sizes[95]
        folder = tmp_path / "out"
        folder.mkdir()
        assert lapstyle("noise", photo, "--median", 1, "-o", folder, "--format", "webp").code == 0
        assert Image.open(folder / f"{photo.stem}-median.webp").format == "WEBP"

    def test_never_writes_over_the_original(self, lapstyle: Command, photo: Path, tmp_path: Path) -> None:
        link, before = tmp_path / "link.jpg", photo.read_bytes()
        os.link(photo, link)
        for output in (photo, link, tmp_path / "." / photo.name):
            outcome = lapstyle("noise", photo, "--median", 1, "-o", output)
            assert (outcome.code, outcome.out) == (1, "")
            assert "is the original picture and is never overwritten" in outcome.err
        assert photo.read_bytes() == before

    def test_from_standard_input_to_standard_output(self, photo: Path) -> None:
        done = command.run("noise", "-", "--mean-blur", "9", data=photo.read_bytes())
        assert done.returncode == 0
        assert np.array_equal(read_picture(done.stdout).pixels, stepped(photo, MeanBlur(9)))
        quality = compare(pixels(photo), read_picture(done.stdout).pixels)
        assert done.stderr.decode() == f"lapstyle: PSNR {quality.psnr:.2f} dB, SSIM {quality.ssim:.4f}\n"
        done = command.run("noise", photo, "--mean-blur", "9", "-o", "-", "--format", "jpg")
        assert done.stdout.startswith(b"\xff\xd8\xff")
        done = command.run("noise", "-", "--mean-blur", "9", data=b"no picture")
        assert (done.returncode, done.stdout) == (1, b"")
        assert done.stderr.startswith(b"lapstyle: standard input is not a picture")


class TestPresets:
    def test_their_steps_come_first(self, lapstyle: Command, photo: Path, tmp_path: Path) -> None:
        preset, again, output = tmp_path / "粒.json", tmp_path / "again.json", tmp_path / "out.png"
        save_pipeline(Pipeline((SaltPepper(0.1, 0.1),), seed=5), preset)
        outcome = lapstyle("noise", photo, "--median", 1, "--preset", preset, "-o", output, "--save-preset", again)
        assert (outcome.code, outcome.err) == (0, "")
        assert load_pipeline(again) == Pipeline((SaltPepper(0.1, 0.1), Median(1)), seed=5)
        assert np.array_equal(pixels(output), stepped(photo, SaltPepper(0.1, 0.1), Median(1), seed=5))
        repeated = tmp_path / "repeated.png"
        assert lapstyle("noise", photo, "--preset", again, "-o", repeated).code == 0
        assert repeated.read_bytes() == output.read_bytes()

    def test_a_seed_beside_it_goes_first(self, lapstyle: Command, photo: Path, tmp_path: Path) -> None:
        preset, output = tmp_path / "grain.json", tmp_path / "out.png"
        save_pipeline(Pipeline((FilmGrain(9.0),), seed=5), preset)
        assert lapstyle("noise", photo, "--preset", preset, "--seed", 0, "-o", output).code == 0
        assert np.array_equal(pixels(output), stepped(photo, FilmGrain(9.0)))

    @pytest.mark.parametrize(
        ("content", "code", "said"),
        [
            ('{"version": 1, "steps": [{"step": "sugar"}]}', 1, "sugar"),
            ('{"version": 1, "styles": [{"style": "great-wave"}]}', 1, "is a preset for painting. Choose a file with"),
            ('{"version": 1, "sugar": []}', 1, "steps cannot be sugar"),
            ("grain", 1, "it is not JSON"),
            ('{"version": 1, "steps": []}', 2, "give at least one step"),
        ],
    )
    def test_says_what_is_wrong_with_one(
        self, lapstyle: Command, photo: Path, tmp_path: Path, *, content: str, code: int, said: str
    ) -> None:
        preset = tmp_path / "preset.json"
        preset.write_text(content)
        outcome = lapstyle("noise", photo, "--preset", preset)
        assert (outcome.code, outcome.out) == (code, "")
        assert said in outcome.err and outcome.err.count("\n") == 1


@UNIX
def test_ctrl_c_in_the_middle_of_a_big_picture(photo: Path, tmp_path: Path) -> None:
    big = tmp_path / "big.png"
    write_picture(resized(read_picture(photo), 3000), big)
    before = sorted(tmp_path.iterdir())
    arguments = ("noise", big, "--non-local-means", "5", "-o", tmp_path / "out.png")
    code, shown, written = command.interrupt(*arguments, awaited=b"non-local-means")
    assert (code, written) == (130, b""), shown
    assert b"Traceback" not in shown
    assert sorted(tmp_path.iterdir()) == before


class TestRefusals:
    """Nothing is written, one sentence is said, and the exit code tells a mistake in the command from a failure."""

    @pytest.mark.parametrize(
        "case",  # arguments, exit code, part of the sentence
        [
            (["photo.jpg"], 2, "give at least one step (--salt-pepper, --gaussian-noise"),
            (["photo.jpg", "-o", "out.png"], 2, "--non-local-means), or a --preset"),
            (["--median", "1"], 2, "FOLDER|FILE"),
            (["photo.jpg", "--median", "-1"], 2, "median radius cannot be -1"),
            (["--median", "photo.jpg"], 2, "median radius cannot be photo.jpg: give a whole number"),
            (["photo.jpg", "--median", ""], 2, "median radius cannot be"),
            (["photo.jpg", "--median", "much"], 2, "median radius cannot be much: give a whole number from 0 to 25"),
            (["photo.jpg", "--median", "26"], 2, "median radius cannot be 26"),
            (["photo.jpg", "--median", "1.5"], 2, "give a whole number"),
            (["photo.jpg", "--mean-blur", "nan"], 2, "mean-blur size cannot be nan"),
            (["photo.jpg", "--film-grain", "amount=inf"], 2, "film-grain amount cannot be inf"),
            (["photo.jpg", "--film-grain", "color=maybe"], 2, "film-grain color cannot be maybe"),
            (["photo.jpg", "--film-grain", "colour"], 2, "film-grain amount cannot be colour"),
            (["photo.jpg", "--film-grain", "6,colour"], 2, "'--film-grain': '6,colour': give one number for amount"),
            (["photo.jpg", "--film-grain", "grain=6"], 2, "from amount, size, color"),
            (["photo.jpg", "--film-grain", "size=1,size=2"], 2, "size=1,size=2"),
            (["photo.jpg", "--film-grain", "6,amount=7"], 2, "6,amount=7"),
            (["photo.jpg", "--film-grain", "size"], 2, "give one number for amount"),
            (["photo.jpg", "--salt-pepper", "0.6"], 2, "salt-pepper salt cannot be 0.6"),
            (["photo.jpg", "--sugar", "1"], 2, "--sugar"),
            (["photo.jpg", *["--median", "1"] * 33], 2, "at most 32"),
            (["photo.jpg", "--median", "1", "--seed", "-1"], 2, "seed cannot be -1"),
            (["photo.jpg", "--median", "1", "--seed", "x"], 2, "--seed"),
            (["photo.jpg", "second.jpg", "--median", "1"], 2, "second.jpg"),
            (["photo.jpg", "--median", "1", "--pattern", "{stem}"], 2, "--pattern and --report are for folders"),
            (["photo.jpg", "--median", "1", "--report", "report.json"], 2, "are for folders"),
            (["photo.jpg", "--median", "1", "--save-preset", "text.jpg"], 2, "must name a .json file"),
            (["photo.jpg", "--median", "1", "-o", "-", "--json"], 2, "--json"),
            (["photo.jpg", "--median", "1", "-o", "out.png", "--format", "jpg"], 2, "leave --format out"),
            (["photo.jpg", "--median", "1", "--quality", "0"], 2, "--quality"),
            (["photo.jpg", "--median", "1", "-o", "out.xyz"], 1, "out.xyz has no ending"),
            (["photo.jpg", "--median", "1", "-o", "nowhere/out.png"], 1, "nowhere could not be written"),
            (["photo.jpg", "--median", "1", "--preset", "nowhere.json"], 1, "nowhere.json does not exist"),
            (["nowhere.jpg", "--median", "1", "-o", "out.png"], 1, "nowhere.jpg does not exist"),
            (["x" * 5000, "--median", "1", "-o", "out.png"], 1, "cannot be read"),
            (["text.jpg", "--median", "1", "-o", "out.png"], 1, "text.jpg is not a picture"),
            ([".", "--median", "1"], 2, "name a folder for the results with -o"),
            ([".", "--median", "1", "-o", "-"], 2, "name a folder for the results with -o"),
            ([".", "--median", "1", "-o", "."], 2, "choose a folder other than the photos' own"),
            ([".", "--median", "1", "-o", "text.jpg"], 1, "text.jpg"),
            ([".", "--median", "1", "-o", "out", "--report", "photo.jpg"], 2, "must name a .json file"),
            ([".", "--median", "1", "-o", "out", "--pattern", "../{stem}"], 2, "pattern cannot be"),
            (["empty", "--median", "1", "-o", "out"], 1, "empty holds no pictures"),
        ],
    )
    def test_says_what_is_wrong(
        self, lapstyle: Command, photo: Path, monkeypatch: pytest.MonkeyPatch, case: tuple[list[str], int, str]
    ) -> None:
        (arguments, code, said), folder = case, photo.parent
        monkeypatch.chdir(folder)
        photo.rename(folder / "photo.jpg")
        (folder / "text.jpg").write_text("Dear diary, " * 20)
        (folder / "empty").mkdir()
        before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        outcome = lapstyle("noise", *arguments)
        assert (outcome.code, outcome.out) == (code, "")
        assert outcome.err.startswith("lapstyle: ") and outcome.err.count("\n") == 1
        assert said in outcome.err
        assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
