"""`lapstyle stylize` as a user types it."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from PIL import Image

import assets
import weights
from lapstyle.settings import STROKES
from noise.pipeline import Pipeline
from noise.points import SaltPepper
from recipes.pipeline_file import save_pipeline
from terminal.options import Stroke, found_style, number_or_name, split_weight
from tests import command
from tests.command import Outcome
from tests.picture_files import deep_photo, ramp
from workbench import runtime
from workbench.image_io import Picture, read_picture, write_picture
from workbench.progress import run

Command = Callable[..., Outcome]


def pixels(path: Path) -> np.ndarray:
    return read_picture(path).pixels


class TestOutput:
    def test_writes_the_named_file_and_says_nothing(self, lapstyle: Command, photo: Path, tmp_path: Path) -> None:
        output = tmp_path / "画.png"
        assert lapstyle("stylize", photo, "--style", "great-wave", "-o", output) == Outcome(0, "", "")
        assert pixels(output).shape == pixels(photo).shape
        assert np.abs(pixels(output).astype(int) - pixels(photo)).mean() > 10

    def test_says_as_json_what_it_made(self, lapstyle: Command, photo: Path, tmp_path: Path) -> None:
        output = tmp_path / "画.jpg"
        outcome = lapstyle(
            "stylize",
            photo,
            "-s",
            "great-wave",
            "-o",
            output,
            "--size",
            64,
            "--threads",
            1,
            "--device",
            "cpu",
            "--json",
        )
        told = json.loads(outcome.out)
        assert outcome.code == 0
        assert outcome.out.isascii()
        assert told.pop("seconds") > 0
        assert told == {
            "output": str(output),
            "width": 64,
            "height": 64,
            "engine": "ONNX Runtime",
            "device": "CPU",
            "threads": 1,
            "notes": [],
        }

    def test_chooses_a_name_that_is_free_and_prints_it(self, lapstyle: Command, photo: Path) -> None:
        styles = ("-s", "great-wave", "-s", "lion:0.5")
        for name in (f"{photo.stem}-great-wave+lion.jpg", f"{photo.stem}-great-wave+lion-2.jpg"):
            assert lapstyle("stylize", photo, *styles, "--size", 32) == Outcome(0, f"{photo.with_name(name)}\n", "")
            assert pixels(photo.with_name(name)).shape == (32, 32, 3)

    def test_puts_it_into_a_folder(self, lapstyle: Command, photo: Path, tmp_path: Path) -> None:
        folder = tmp_path / "out"
        folder.mkdir()
        outcome = lapstyle("stylize", photo, "-s", "lion", "-o", folder, "--size", 32, "--format", "webp")
        assert outcome == Outcome(0, f"{folder / photo.stem}-lion.webp\n", "")
        assert Image.open(folder / f"{photo.stem}-lion.webp").format == "WEBP"

    def test_replaces_a_file_that_was_named(self, lapstyle: Command, photo: Path, tmp_path: Path) -> None:
        output = tmp_path / "old.png"
        output.write_text("a draft of last week")
        assert lapstyle("stylize", photo, "-s", "lion", "-o", output, "--size", 32).code == 0
        assert pixels(output).shape == (32, 32, 3)

    def test_a_name_without_an_ending_takes_the_format(self, lapstyle: Command, photo: Path, tmp_path: Path) -> None:
        output = tmp_path / "painted"
        assert lapstyle("stylize", photo, "-s", "lion", "-o", output, "--size", 32, "--format", "TIFF").code == 0
        assert Image.open(output).format == "TIFF"

    def test_tells_notes_about_the_photo(self, lapstyle: Command, tmp_path: Path) -> None:
        frames = [Image.new("RGB", (40, 30), color) for color in ("red", "green")]
        frames[0].save(tmp_path / "film.gif", save_all=True, append_images=frames[1:])
        outcome = lapstyle("stylize", tmp_path / "film.gif", "-s", "lion")
        assert outcome.code == 0
        assert outcome.out == f"{tmp_path / 'film-lion.png'}\n"
        assert outcome.err.startswith("lapstyle: note: ") and "first frame" in outcome.err

    def test_tells_what_the_file_does_not_hold(self, lapstyle: Command, tmp_path: Path) -> None:
        """As a folder's report does."""
        write_picture(Picture(deep_photo(), ramp().astype(np.uint16) * np.uint16(257)), tmp_path / "deep.png")
        output = tmp_path / "flat.jpg"
        outcome = lapstyle("stylize", tmp_path / "deep.png", "-s", "lion", "-o", output)
        assert (outcome.code, outcome.out) == (0, "")
        assert outcome.err.splitlines() == [
            f"lapstyle: note: {output}: JPEG holds no transparency: transparent parts become white.",
            f"lapstyle: note: {output}: JPEG is written with 8 bits a channel: finer steps are rounded.",
        ]


class TestPipes:
    def test_from_standard_input_to_standard_output(self, photo: Path) -> None:
        done = command.run("stylize", "-", "--style", "great-wave", data=photo.read_bytes())
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.startswith(b"\x89PNG")
        assert read_picture(done.stdout).pixels.shape == pixels(photo).shape

    def test_from_a_file_to_standard_output(self, photo: Path) -> None:
        done = command.run("stylize", photo, "-s", "great-wave", "-o", "-", "--format", "jpg", "--size", 48)
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.startswith(b"\xff\xd8\xff")

    @pytest.mark.parametrize(("data", "sentence"), [(b"", "damaged"), (b"no picture", "is not a picture")])
    def test_names_standard_input(self, data: bytes, sentence: str, tmp_path: Path) -> None:
        done = command.run("stylize", "-", "-s", "lion", "-o", tmp_path / "out.png", data=data)
        assert done.returncode == 1
        assert done.stderr.startswith(b"lapstyle: standard input") and sentence in done.stderr.decode()
        assert list(tmp_path.iterdir()) == []


PLAIN = ("stylize", assets.path("samples/cat.jpg"), "-s", "great-wave", "--size", "200", "--stroke", "64")


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """The sample cat, 200 px long, painted without further options."""
    output = tmp_path_factory.mktemp("plain") / "plain.png"
    done = command.run(*PLAIN, "-o", output)
    assert done.returncode == 0, done.stderr
    return pixels(output)


class TestOptions:
    @pytest.mark.parametrize(
        "options",
        [
            ("--strength", "0.3"),
            ("--color", "content"),
            ("--color", "0.5"),
            ("--stroke", "bold"),
            ("--stroke", "16"),
            ("--detail", "0"),
            ("--style", "starry-night:0.4"),
        ],
    )
    def test_changes_the_painting(
        self, lapstyle: Command, plain: np.ndarray, tmp_path: Path, options: tuple[str, str]
    ) -> None:
        outcome = lapstyle(*PLAIN, "-o", tmp_path / "out.png", *options)
        assert outcome.code == 0, outcome.err
        assert np.abs(pixels(tmp_path / "out.png").astype(int) - plain).mean() > 1

    def test_other_weights(self, lapstyle: Command, plain: np.ndarray, tmp_path: Path) -> None:
        """The same weights under another name paint the same picture."""
        copied = tmp_path / "mine.bin"
        shutil.copy(weights.path("lapstyle_universal.safetensors"), copied)
        outcome = lapstyle(*PLAIN, "-o", tmp_path / "out.png", "--checkpoint", copied)
        assert outcome.code == 0, outcome.err
        assert np.abs(pixels(tmp_path / "out.png").astype(int) - plain).max() <= 1

    def test_quality_and_compression(self, lapstyle: Command, photo: Path, tmp_path: Path) -> None:
        sizes = {}
        for name, option in {"a.jpg": "--quality=30", "b.jpg": "--quality=95", "a.png": "--compression=9"}.items():
            assert lapstyle("stylize", photo, "-s", "lion", "-o", tmp_path / name, option).code == 0
            sizes[name] = (tmp_path / name).stat().st_size
        assert lapstyle("stylize", photo, "-s", "lion", "-o", tmp_path / "b.png", "--compression", 0).code == 0
        assert sizes["a.jpg"] < sizes["b.jpg"]
        assert sizes["a.png"] < (tmp_path / "b.png").stat().st_size

    def test_metadata(self, lapstyle: Command, photo: Path, tmp_path: Path) -> None:
        exif = Image.Exif()
        exif[0x010F] = "Camera maker"
        with Image.open(photo) as image:
            image.save(photo, exif=exif)
        for choice, expected in {"keep": "Camera maker", "strip": None}.items():
            output = tmp_path / f"{choice}.jpg"
            assert lapstyle("stylize", photo, "-s", "lion", "-o", output, "--metadata", choice).code == 0
            assert Image.open(output).getexif().get(0x010F) == expected

    def test_profile(self, lapstyle: Command, photo: Path, tmp_path: Path) -> None:
        """The photo's own is written only when it is asked for; the colours then mean the same."""
        wide = [0.68, 0.32, 1.0, 0.265, 0.69, 1.0, 0.15, 0.06, 1.0]  # Display P3
        own = bytes(imagecodecs.cms_profile("rgb", whitepoint=[0.3127, 0.329, 1.0], primaries=wide, gamma=2.2))
        with Image.open(photo) as image:
            image.save(photo, icc_profile=own, quality=95)
        for choice, same in {"srgb": False, "keep": True}.items():
            output = tmp_path / f"{choice}.png"
            assert lapstyle("stylize", photo, "-s", "lion", "-o", output, "--profile", choice).code == 0
            assert (Image.open(output).info["icc_profile"] == own) is same
        kept, converted = pixels(tmp_path / "keep.png"), pixels(tmp_path / "srgb.png")
        assert np.abs(kept.astype(int) - converted).mean() < 2

    def test_the_help_names_every_stroke(self) -> None:
        assert Stroke.__metadata__[0].metavar == "|".join([*STROKES, "PX"])


class TestStyles:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("great-wave", ("great-wave", 1.0)),
            ("great-wave:0.4", ("great-wave", 0.4)),
            ("great-wave:2", ("great-wave", 2.0)),
            ("mine.png", ("mine.png", 1.0)),
            ("mine.png:.5", ("mine.png", 0.5)),
            ("a:2", ("a:2", 1.0)),
            ("a:2:0.4", ("a:2", 0.4)),
            ("C:\\pictures\\x.jpg", ("C:\\pictures\\x.jpg", 1.0)),
            ("C:\\pictures\\x.jpg:0.4", ("C:\\pictures\\x.jpg", 0.4)),
            ("unknown:name", ("unknown:name", 1.0)),
            (":0.4", (":0.4", 1.0)),
        ],
    )
    def test_weights_and_colons(
        self, text: str, expected: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        for name in ("mine.png", "a:2"):
            (tmp_path / name).touch()
        assert split_weight(text) == expected

    def test_a_gallery_name_goes_before_a_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "lion").touch()
        assert [found_style("lion"), found_style("./lion")] == ["lion", Path("lion")]

    @pytest.mark.parametrize(
        ("text", "value"), [("1", 1), ("0.5", 0.5), ("1e2", 100.0), ("fine", "fine"), ("256", 256), (None, None)]
    )
    def test_numbers_and_names(self, text: object, value: object) -> None:
        assert number_or_name(text) == value
        assert type(number_or_name(text)) is type(value)

    def test_a_file_of_ones_own(self, lapstyle: Command, photo: Path, tmp_path: Path) -> None:
        mine = tmp_path / "我的画.jpg"
        shutil.copy(assets.path("styles/great-wave.jpg"), mine)
        for name, style in {"a.png": mine, "b.png": "great-wave"}.items():
            assert lapstyle("stylize", photo, "--style", style, "-o", tmp_path / name).code == 0
        assert np.array_equal(pixels(tmp_path / "a.png"), pixels(tmp_path / "b.png"))


class TestPresets:
    def test_round_trip_and_what_is_given_goes_first(self, lapstyle: Command, photo: Path, tmp_path: Path) -> None:
        preset = tmp_path / "preset.json"
        options = ("-s", "great-wave:2", "-s", "lion", "--strength", 0.6, "--size", 48, "--quality", 50)
        assert lapstyle("stylize", photo, *options, "-o", tmp_path / "a.png", "--save-preset", preset).code == 0
        assert lapstyle("stylize", photo, "--preset", preset, "-o", tmp_path / "b.png").code == 0
        assert lapstyle("stylize", photo, "--preset", preset, "-o", tmp_path / "c.png", "--size", 32).code == 0
        assert np.array_equal(pixels(tmp_path / "a.png"), pixels(tmp_path / "b.png"))
        assert pixels(tmp_path / "c.png").shape == (32, 32, 3)
        assert json.loads(preset.read_text())["output"]["quality"] == 50

    def test_a_damaged_preset(self, lapstyle: Command, photo: Path, tmp_path: Path) -> None:
        preset = tmp_path / "preset.json"
        preset.write_text('{"version": 1, "styles": []}')
        outcome = lapstyle("stylize", photo, "--preset", preset)
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err.startswith(f"lapstyle: {preset} is not a preset") and "styles" in outcome.err


class TestSteps:
    def test_steps_after_the_painting_are_kept_in_the_preset(
        self, lapstyle: Command, photo: Path, tmp_path: Path
    ) -> None:
        specks = Pipeline((SaltPepper(0.1, 0.1),), seed=7)
        steps, preset = tmp_path / "粒.json", tmp_path / "preset.json"
        save_pipeline(specks, steps)
        plain, specked, again = (tmp_path / name for name in ("plain.png", "specked.png", "again.png"))
        options = ("-s", "great-wave", "--size", 48)
        assert lapstyle("stylize", photo, *options, "-o", plain).code == 0
        assert lapstyle("stylize", photo, *options, "--after", steps, "--save-preset", preset, "-o", specked).code == 0
        assert lapstyle("stylize", photo, "--preset", preset, "-o", again) == Outcome(0, "", "")
        assert np.array_equal(pixels(specked), run(specks.render(read_picture(plain))).pixels)
        assert np.array_equal(pixels(again), pixels(specked))

    def test_a_damaged_file_of_steps(self, lapstyle: Command, photo: Path, tmp_path: Path) -> None:
        steps = tmp_path / "steps.json"
        steps.write_text('{"version": 1, "steps": [{"step": "sugar"}]}')
        outcome = lapstyle("stylize", photo, "-s", "lion", "--before", steps)
        assert (outcome.code, outcome.out) == (1, "")
        assert "steps.json" in outcome.err and "sugar" in outcome.err

    def test_steps_in_place_of_a_preset(self, lapstyle: Command, photo: Path, tmp_path: Path) -> None:
        steps = tmp_path / "steps.json"
        save_pipeline(Pipeline((SaltPepper(0.1, 0.1),)), steps)
        outcome = lapstyle("stylize", photo, "--preset", steps)
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err.startswith(f"lapstyle: {steps} holds steps of noise and blur. Choose a preset for painting")


class TestRefusals:
    """Nothing is written, one sentence is said, and the exit code tells a mistake in the command from a failure."""

    @pytest.mark.parametrize(
        "case",  # arguments, exit code, part of the sentence
        [
            (["nowhere.jpg", "-s", "lion", "-o", "out.png"], 1, "nowhere.jpg does not exist"),
            (["nowhere/at all.jpg", "-s", "lion"], 1, "does not exist"),
            (["photo.jpg", "-s", "lions", "-o", "out.png"], 1, "no style called lions"),
            (["photo.jpg", "-s", "lions", "-o", "out.png"], 1, "starry-night"),
            (["photo.jpg", "-s", "x" * 5000, "-o", "out.png"], 1, "no style called xxx"),
            (["photo.jpg", "-s", "C:\\my.jpg", "-o", "out.png"], 1, "no style called C:\\my.jpg"),
            (["text.jpg", "-s", "lion", "-o", "out.png"], 1, "text.jpg is not a picture"),
            (["short.jpg", "-s", "lion", "-o", "out.png"], 1, "short.jpg is damaged"),
            (["empty.jpg", "-s", "lion", "-o", "out.png"], 1, "empty.jpg is damaged"),
            ([".", "-s", "lion", "-o", "out.png"], 1, "folder"),
            (["photo.jpg", "-s", "text.jpg", "-o", "out.png"], 1, "text.jpg is not a picture"),
            (["photo.jpg", "-s", "lion", "-o", "out.xyz"], 1, "out.xyz has no ending"),
            (["photo.jpg", "-s", "lion", "-o", "out"], 1, "out has no ending"),
            (["photo.jpg", "-s", "lion", "--format", "doc"], 1, "doc has no ending"),
            (["photo.jpg", "-s", "lion", "-o", "nowhere/out.png"], 1, "nowhere could not be written"),
            (["photo.jpg", "-s", "lion", "-o", "nowhere/"], 1, "nowhere/ could not be written"),
            (["photo.jpg", "-s", "lion", "--checkpoint", "nowhere.pdparams"], 1, "no checkpoint at nowhere.pdparams"),
            (["photo.jpg", "-s", "lion", "--checkpoint", "text.jpg"], 1, "text.jpg is not a readable checkpoint"),
            (["photo.jpg", "--preset", "nowhere.json"], 1, "nowhere.json does not exist"),
            (["photo.jpg", "-o", "out.png"], 2, "give a painting with --style"),
            (["photo.jpg", "-s", "lion", "-o", "out.png", "--strength", "1.5"], 2, "strength cannot be 1.5"),
            (["photo.jpg", "-s", "lion", "-o", "out.png", "--strength", "nan"], 2, "strength cannot be nan"),
            (["photo.jpg", "-s", "lion", "-o", "out.png", "--strength", "much"], 2, "--strength"),
            (["photo.jpg", "-s", "lion", "-o", "out.png", "--color", "blue"], 2, "color cannot be blue"),
            (["photo.jpg", "-s", "lion", "-o", "out.png", "--stroke", "3"], 2, "stroke cannot be 3"),
            (["photo.jpg", "-s", "lion", "-o", "out.png", "--stroke", "wide"], 2, "use broad, bold"),
            (["photo.jpg", "-s", "lion", "-o", "out.png", "--detail", "-1"], 2, "detail cannot be -1"),
            (["photo.jpg", "-s", "lion", "-o", "out.png", "--size", "0"], 2, "size cannot be 0"),
            (["photo.jpg", "-s", "lion", "-o", "out.png", "--size", "big"], 2, "--size"),
            (["photo.jpg", "-s", "lion:0", "-o", "out.png"], 2, "weight"),
            (["photo.jpg", "-s", "lion:-1", "-o", "out.png"], 2, "weight"),
            (["photo.jpg", "-s", "lion", "--quality", "0"], 2, "--quality"),
            (["photo.jpg", "-s", "lion", "--compression", "10"], 2, "--compression"),
            (["photo.jpg", "-s", "lion", "--profile", "mine"], 2, "--profile"),
            (["photo.jpg", "-s", "lion", "--device", "tpu"], 2, "--device"),
            (["photo.jpg", "-s", "lion", "--threads", "0"], 2, "--threads"),
            (["photo.jpg", "-s", "lion", "-o", "out.png", "--format", "jpg"], 2, "leave --format out"),
            (["photo.jpg", "-s", "lion", "-o", "-", "--json"], 2, "--json"),
            (["photo.jpg", "-s", "lion", "--save-preset", "text.jpg"], 2, "must name a .json file"),
            (["photo.jpg", "-s", "lion", "--unknown"], 2, "--unknown"),
            (["photo.jpg", "second.jpg", "-s", "lion"], 2, "second.jpg"),
            ([], 2, "PHOTO"),
        ],
    )
    def test_says_what_is_wrong(
        self,
        lapstyle: Command,
        photo: Path,
        monkeypatch: pytest.MonkeyPatch,
        case: tuple[list[str], int, str],
    ) -> None:
        (arguments, code, said), folder = case, photo.parent
        monkeypatch.chdir(folder)
        photo.rename(folder / "photo.jpg")
        (folder / "text.jpg").write_text("Dear diary, " * 20)
        (folder / "short.jpg").write_bytes((folder / "photo.jpg").read_bytes()[:1500])
        (folder / "empty.jpg").touch()
        before = {path: path.read_bytes() for path in folder.iterdir()}
        outcome = lapstyle("stylize", *arguments)
        assert (outcome.code, outcome.out) == (code, "")
        assert outcome.err.startswith("lapstyle: ") and outcome.err.count("\n") == 1
        assert said in outcome.err
        assert {path: path.read_bytes() for path in folder.iterdir()} == before

    def test_never_writes_over_the_photo_or_a_style(self, lapstyle: Command, photo: Path, tmp_path: Path) -> None:
        style, link = tmp_path / "style.jpg", tmp_path / "link.jpg"
        shutil.copy(assets.path("styles/great-wave.jpg"), style)
        os.link(photo, link)
        before = photo.read_bytes(), style.read_bytes()
        for output in (photo, style, link, tmp_path / "." / photo.name):
            outcome = lapstyle("stylize", photo, "-s", style, "-o", output, "--size", 32)
            assert outcome.code == 1
            assert "is the original picture and is never overwritten" in outcome.err
        assert (photo.read_bytes(), style.read_bytes()) == before

    def test_a_gpu_that_is_not_there(
        self, lapstyle: Command, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(runtime, "gpu_provider", lambda: None)
        outcome = lapstyle("stylize", photo, "-s", "lion", "-o", tmp_path / "out.png", "--device", "gpu")
        assert (outcome.code, outcome.out) == (1, "")
        assert "There is no GPU" in outcome.err
        assert not (tmp_path / "out.png").exists()
