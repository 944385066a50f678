"""`lapstyle batch` and `lapstyle sheet` as a user types them."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import assets
from noise.pipeline import Pipeline
from noise.points import SaltPepper
from recipes.pipeline_file import save_pipeline
from tests import command
from tests.command import Outcome
from workbench.image_io import read_picture, resized, write_picture
from workbench.progress import run

Command = Callable[..., Outcome]
STYLE = ("--style", "great-wave")
NAMES = ("astronaut.jpg", "trip/cat.png", "trip/深い/coffee.webp")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with three small photos in a tree, and a file that is none."""
    folder = tmp_path / "photos"
    for name in NAMES:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_picture(resized(read_picture(assets.path(f"samples/{path.stem}.jpg")), 48), path)
    (folder / "diary.txt").write_text("Dear diary")
    return folder


def results(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("[!.]*") if path.is_file())


class TestBatch:
    def test_steps_after_the_paintings(self, lapstyle: Command, photos: Path, tmp_path: Path) -> None:
        specks, steps = Pipeline((SaltPepper(0.1, 0.1),), seed=7), tmp_path / "粒.json"
        save_pipeline(specks, steps)
        assert lapstyle("batch", photos, "-o", tmp_path / "plain", *STYLE, "--format", "png").code == 0
        specked = lapstyle("batch", photos, "-o", tmp_path / "specked", *STYLE, "--format", "png", "--after", steps)
        assert specked.code == 0
        plain = read_picture(tmp_path / "plain" / "trip" / "cat.png")
        expected = run(specks.own("trip/cat.png").render(plain))
        assert np.array_equal(read_picture(tmp_path / "specked" / "trip" / "cat.png").pixels, expected.pixels)

    def test_paints_the_tree_and_skips_what_is_done(self, lapstyle: Command, photos: Path, tmp_path: Path) -> None:
        output = tmp_path / "painted"
        outcome = lapstyle("batch", photos, "-o", output, *STYLE)
        assert outcome == Outcome(0, f"3 painted, 1 other file ignored. The pictures are in {output}.\n", "")
        assert results(output) == sorted(NAMES)
        again = lapstyle("batch", photos, "-o", output, *STYLE)
        assert (again.code, again.err) == (0, "")
        assert again.out.startswith("3 done before")
        other = lapstyle("batch", photos, "-o", output, *STYLE, "--strength", 0.5)
        assert other.out.startswith("3 painted")

    def test_one_bad_file_stops_nothing(self, lapstyle: Command, photos: Path, tmp_path: Path) -> None:
        (photos / "bad.jpg").write_text("no picture " * 9)
        report = tmp_path / "报告.json"
        outcome = lapstyle("batch", photos, "-o", tmp_path / "painted", *STYLE, "--report", report)
        assert outcome.code == 1
        assert outcome.out.startswith("3 painted, 1 failed")
        assert outcome.err == f"lapstyle: {photos / 'bad.jpg'} is not a picture. " + outcome.err.split(". ", 1)[1]
        assert outcome.err.count("\n") == 1
        told = json.loads(report.read_text(encoding="utf-8"))
        assert told["counts"] == {"done": 3, "failed": 1, "cancelled": 0, "skipped": 0}
        assert results(tmp_path / "painted") == sorted(NAMES)

    def test_json_pattern_format_and_several_inputs(self, lapstyle: Command, photos: Path, tmp_path: Path) -> None:
        output = tmp_path / "painted"
        inputs = (photos / "trip", photos / "astronaut.jpg")
        naming = ("--pattern", "{index:02} {stem} in {style}", "--format", "png", "--size", 32)
        outcome = lapstyle("batch", *inputs, "-o", output, *STYLE, *naming, "--json")
        told = json.loads(outcome.out)
        assert (outcome.code, outcome.err) == (0, "")
        assert [Path(picture["destination"]).name for picture in told["pictures"]] == [
            "01 cat in great-wave.png",
            "02 coffee in great-wave.png",
            "03 astronaut in great-wave.png",
        ]
        assert all(max(Image.open(picture["destination"]).size) == 32 for picture in told["pictures"])

    def test_with_a_preset(self, lapstyle: Command, photos: Path, tmp_path: Path) -> None:
        preset = tmp_path / "preset.json"
        naming = ("--pattern", "{stem} painted", "--format", "webp", "--size", 32)
        assert lapstyle("batch", photos, "-o", tmp_path / "a", *STYLE, *naming, "--save-preset", preset).code == 0
        assert lapstyle("batch", photos, "-o", tmp_path / "b", "--preset", preset).code == 0
        assert results(tmp_path / "a") == results(tmp_path / "b") != []
        first = results(tmp_path / "a")[0]
        assert first == "astronaut painted.webp"
        assert (tmp_path / "a" / first).read_bytes() == (tmp_path / "b" / first).read_bytes()

    @pytest.mark.parametrize(
        ("arguments", "code", "said"),
        [
            (["nowhere", "-o", "out", *STYLE], 1, "nowhere does not exist"),
            (["empty", "-o", "out", *STYLE], 1, "empty holds no pictures"),
            (["photos", "-o", "photos", *STYLE], 2, "choose a folder other than the photos' own"),
            (["photos", "-o", "photos/diary.txt", *STYLE], 1, "diary.txt"),
            (["photos", "-o", "out"], 2, "--style"),
            (["photos", *STYLE], 2, "--output"),
            (["photos", "-o", "out", *STYLE, "--pattern", "../{stem}"], 2, "pattern cannot be"),
            (["photos", "-o", "out", *STYLE, "--format", "doc"], 1, "doc has no ending"),
            (["photos", "-o", "out", *STYLE, "--report", "photos/astronaut.jpg"], 2, "must name a .json file"),
        ],
    )
    def test_says_what_is_wrong(
        self,
        lapstyle: Command,
        photos: Path,
        monkeypatch: pytest.MonkeyPatch,
        *,
        arguments: list[str],
        code: int,
        said: str,
    ) -> None:
        monkeypatch.chdir(photos.parent)
        (photos.parent / "empty").mkdir()
        before = {path: path.read_bytes() for path in photos.parent.rglob("*") if path.is_file()}
        outcome = lapstyle("batch", *arguments)
        assert (outcome.code, outcome.out) == (code, "")
        assert outcome.err.startswith("lapstyle: ") and outcome.err.count("\n") == 1
        assert said in outcome.err
        assert {path: path.read_bytes() for path in photos.parent.rglob("*") if path.is_file()} == before

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
    def test_ctrl_c_and_on_again(self, lapstyle: Command, photos: Path, tmp_path: Path) -> None:
        """Cancelled once the first picture is in place; the next run goes on from there."""
        output, report = tmp_path / "painted", tmp_path / "report.json"
        arguments = ("batch", str(photos), "-o", str(output), *STYLE, "--size", "600", "--report", str(report))
        process = subprocess.Popen(
            [*command.COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=command.environment()
        )
        while process.poll() is None and not (output / NAMES[0]).exists():
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 130, err
        assert err == b"lapstyle: cancelled. Run the same command again to go on.\n"
        counts = json.loads(report.read_text())["counts"]
        assert counts["cancelled"] >= 1 and counts["failed"] == 0
        assert f"{counts['done']} painted, {counts['cancelled']} cancelled" in out.decode()
        assert len(results(output)) == counts["done"]
        again = lapstyle(*arguments)
        assert again.code == 0
        assert again.out.startswith(f"{counts['cancelled']} painted, {counts['done']} done before")


class TestSheet:
    def test_chosen_styles_in_a_row(self, lapstyle: Command, photo: Path) -> None:
        arguments = ("--size", 64, "--columns", 3, "-s", "great-wave", "-s", "lion")
        outcome = lapstyle("sheet", photo, *arguments)
        made = photo.with_name(f"{photo.stem}-styles.png")
        assert outcome == Outcome(0, f"{made}\n", "")
        height, width = read_picture(made).pixels.shape[:2]
        assert width > 3 * 64 and 64 < height < 2 * 64 + 64

    def test_settings_count(self, lapstyle: Command, photo: Path, tmp_path: Path) -> None:
        for name, strength in {"a.png": 0.2, "b.png": 1}.items():
            arguments = ("-s", "great-wave", "--size", 64, "--strength", strength, "-o", tmp_path / name, "--json")
            outcome = lapstyle("sheet", photo, *arguments)
            told = json.loads(outcome.out)
            assert (outcome.code, told["output"]) == (0, str(tmp_path / name))
        assert not np.array_equal(read_picture(tmp_path / "a.png").pixels, read_picture(tmp_path / "b.png").pixels)

    @pytest.mark.parametrize(
        ("arguments", "code", "said"),
        [
            (["-s", "great-wave:0.5"], 2, "leave the weights out"),
            (["-s", "lions"], 1, "no style called lions"),
            (["-s", "lion", "--size", "10"], 2, "size cannot be 10"),
            (["-s", "lion", "--columns", "0"], 2, "columns cannot be 0"),
        ],
    )
    def test_says_what_is_wrong(
        self, lapstyle: Command, photo: Path, *, arguments: list[str], code: int, said: str
    ) -> None:
        outcome = lapstyle("sheet", photo, *arguments)
        assert (outcome.code, outcome.out) == (code, "")
        assert said in outcome.err and outcome.err.count("\n") == 1
        assert list(photo.parent.iterdir()) == [photo]
