"""A folder of photos, from the samples: mirrored, named, resumed, reported."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import assets
import recipes
from cyclegan.upscale import Enlarger
from lapstyle.painter import Painter
from lapstyle.settings import Settings
from lapstyle.styles import Style, weighted
from recipes.batch import Batch, BatchReport, batch
from tests import batch_child
from tests.batch_child import STYLE, InvertingPainter, inverted
from workbench.entries import Entry, State
from workbench.errors import FolderWithoutPictures, FormatUnknown, SettingWrong, StyleUnknown
from workbench.image_io import Picture, WriteOptions, read_picture, resized, write_picture
from workbench.journal import LOG, RECORDS
from workbench.progress import Cancellation, Cancelled, run

ROOT = Path(recipes.__file__).parents[1]
NAMES = ("astronaut.png", "cat.jpg", "cat.png", "trip/coffee.tif", "trip/深い/dandelion.png", "trip/rocket.webp")


def sample(name: str, side: int) -> Picture:
    """A sample photo, its long side at `side` px."""
    return resized(read_picture(assets.path(f"samples/{name}.jpg")), side)


class Photos:
    """A folder with six small photos, each of another size, an output folder, and a painter that keeps a log."""

    def __init__(self, base: Path) -> None:
        self.inputs, self.output, self.log = base / "photos", base / "painted", base / "painted.log"
        self.painter = InvertingPainter(self.log)
        for number, name in enumerate(NAMES):
            path = self.inputs / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_picture(sample(path.stem, 40 + number), path)

    def run(self, **changes: object) -> BatchReport:
        given: dict[str, object] = {"styles": STYLE, "painter": self.painter, **changes}
        return run(batch(self.inputs, self.output, **given))  # type: ignore[arg-type]

    def painted(self) -> int:
        """Number of pictures painted since the last call."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return len(lines)

    def results(self) -> set[str]:
        return results(self.output)


def results(output: Path) -> set[str]:
    """Files in place, the hidden ones apart."""
    files = [path.relative_to(output) for path in output.rglob("*") if path.is_file()]
    return {path.as_posix() for path in files if not any(part.startswith(".") for part in path.parts)}


@pytest.fixture
def photos(tmp_path: Path) -> Photos:
    return Photos(tmp_path)


def states(report: BatchReport) -> list[str]:
    return [entry.state.value for entry in report.entries]


def test_a_folder_is_painted_into_the_same_tree(photos: Photos) -> None:
    report = photos.run()
    assert states(report) == ["done"] * 6
    assert report.whole
    assert photos.results() == set(NAMES)
    for name in NAMES:
        made, expected = read_picture(photos.output / name), inverted(read_picture(photos.inputs / name))
        assert made.pixels.shape == expected.shape
        lossless = name.endswith((".png", ".tif"))
        error = np.abs(made.pixels.astype(float) - expected.astype(float)).mean()
        assert error <= (0 if lossless else 8)


def test_the_report_prints_and_is_json(photos: Photos) -> None:
    (photos.inputs / "b.jpg").write_text("not a picture")
    (photos.inputs / "notes.txt").write_text("shopping")
    report = photos.run()
    content = json.loads(report.to_json())
    assert content["counts"] == {"done": 6, "failed": 1, "cancelled": 0, "skipped": 0}
    assert content["ignored"] == 1
    [failed] = [picture for picture in content["pictures"] if picture["state"] == "failed"]
    assert failed["source"] == str(photos.inputs / "b.jpg")
    assert "b.jpg" in failed["sentence"]
    assert all(picture["seconds"] > 0 for picture in content["pictures"] if picture["state"] == "done")
    first, *sentences = str(report).splitlines()
    assert "6 painted" in first
    assert "1 failed" in first
    assert "1 other file ignored" in first
    assert sentences == [failed["sentence"]]
    assert not report.whole
    assert [entry.source.name for entry in report.failed] == ["b.jpg"]


def test_a_bad_file_in_the_middle_stops_nothing(photos: Photos) -> None:
    whole = (photos.inputs / "cat.png").read_bytes()
    (photos.inputs / "cat.png").write_bytes(whole[: len(whole) // 2])
    report = photos.run()
    assert states(report) == ["done", "done", "failed", "done", "done", "done"]
    assert photos.results() == set(NAMES) - {"cat.png"}
    (photos.inputs / "cat.png").write_bytes(whole)
    photos.painted()
    assert states(photos.run()) == ["skipped", "skipped", "done", "skipped", "skipped", "skipped"]
    assert photos.painted() == 1


def test_what_is_done_is_skipped_until_something_changes(photos: Photos) -> None:
    photos.run()
    assert photos.painted() == 6
    report = photos.run()
    assert states(report) == ["skipped"] * 6
    assert report.whole
    # The same said otherwise changes nothing: color and stroke by name or number, weights by share.
    photos.run(settings=Settings(color=0.0, stroke=256), styles=[(STYLE, 7.0)])
    assert photos.painted() == 0


def test_enlarged_last_of_all_and_again_when_that_changes(photos: Photos) -> None:
    for name in NAMES[2:]:
        (photos.inputs / name).unlink()
    photos.run(suffix="png", pattern="{stem}")
    plain = {path.name: read_picture(path) for path in photos.output.glob("*.png")}
    assert states(photos.run(suffix="png", enlarge=2)) == ["done", "done"]
    for name, picture in plain.items():
        expected = run(Enlarger().enlarge(picture, 2)).pixels
        assert np.array_equal(read_picture(photos.output / name).pixels, expected)
    assert states(photos.run(suffix="png", enlarge=2)) == ["skipped", "skipped"]
    with pytest.raises(SettingWrong, match="give 2 or 4"):
        photos.run(enlarge=3)


@pytest.mark.parametrize(
    "change",
    [
        {"settings": Settings(strength=0.5)},
        {"settings": Settings(stroke="bold")},
        {"options": WriteOptions(quality=50)},
        {"styles": Style("other", np.zeros((20, 20, 3), np.uint8))},
        {"styles": [(STYLE, 1.0), (Style("other", np.zeros((20, 20, 3), np.uint8)), 0.5)]},
    ],
)
def test_changed_settings_paint_again(photos: Photos, change: dict[str, object]) -> None:
    photos.run()
    photos.painted()
    assert states(photos.run(**change)) == ["done"] * 6
    assert photos.painted() == 6
    assert photos.results() == set(NAMES)


def test_other_weights_paint_again(photos: Photos) -> None:
    photos.run()
    photos.painter.store.encoder = "another checkpoint"
    assert states(photos.run()) == ["done"] * 6


def test_foreign_and_retouched_results_stay(photos: Photos) -> None:
    photos.run()
    write_picture(sample("friends", 30), photos.output / "cat.jpg")
    kept = (photos.output / "cat.jpg").read_bytes()
    (photos.inputs / "new.png").write_bytes((photos.inputs / "cat.png").read_bytes())
    (photos.output / "new.png").write_bytes(b"somebody else's")
    report = photos.run(settings=Settings(strength=0.5))
    assert sorted(entry.source.name for entry in report.failed) == ["cat.jpg", "new.png"]
    assert all("exists already" in entry.sentence for entry in report.failed)
    assert (photos.output / "cat.jpg").read_bytes() == kept
    assert (photos.output / "new.png").read_bytes() == b"somebody else's"


def test_one_format_for_all_tells_equal_names_apart(photos: Photos) -> None:
    photos.run(suffix="PNG")
    assert photos.results() == {
        "astronaut.png", "cat-jpg.png", "cat.png", "trip/coffee.png", "trip/深い/dandelion.png", "trip/rocket.png",
    }  # fmt: skip
    made, expected = read_picture(photos.output / "cat-jpg.png"), inverted(read_picture(photos.inputs / "cat.jpg"))
    assert np.array_equal(made.pixels, expected)
    photos.painted()
    photos.run(suffix="PNG")
    assert photos.painted() == 0


def test_the_same_names_are_given_whatever_is_done(photos: Photos) -> None:
    cancellation = Cancellation()

    def stop_after_one(index: int, entry: Entry) -> None:
        if entry.state is State.DONE:
            cancellation.cancel()

    with pytest.raises(Cancelled):
        photos.run(suffix=".png", cancellation=cancellation, on_entry=stop_after_one)
    early = photos.results()
    assert 0 < len(early) < 6
    photos.painted()
    report = photos.run(suffix=".png")
    assert report.count(State.SKIPPED) == len(early)
    assert photos.painted() == 6 - len(early)
    assert early < photos.results()


def test_formats_that_are_only_read_become_png(photos: Photos) -> None:
    from PIL import Image

    frames = [Image.new("RGB", (30, 20), color) for color in ("red", "blue")]
    frames[0].save(photos.inputs / "moving.gif", save_all=True, append_images=frames[1:])
    report = photos.run()
    assert (photos.output / "moving.png").exists()
    assert any("moving.gif" in line for line in str(report).splitlines()[1:])  # only its first frame is used
    [moving] = [item for item in json.loads(report.to_json())["pictures"] if item["source"].endswith("moving.gif")]
    assert moving["notes"]


def test_what_a_format_cannot_hold_is_told(photos: Photos) -> None:
    photo = sample("cat", 50)
    write_picture(Picture(photo.pixels, np.full(photo.pixels.shape[:2], 9, np.uint8)), photos.inputs / "clear.png")
    report = photos.run(suffix=".jpg")
    [line] = [line for line in str(report).splitlines() if "transparency" in line]
    assert str(photos.output / "clear.jpg") in line


def test_the_output_folder_may_lie_inside_the_input(photos: Photos) -> None:
    photos.output = photos.inputs / "painted"
    assert states(photos.run()) == ["done"] * 6
    assert states(photos.run()) == ["skipped"] * 6
    photos.output = photos.inputs
    with pytest.raises(SettingWrong, match="photos' own"):
        photos.run()


def test_names_follow_the_pattern(photos: Photos) -> None:
    photos.run(pattern="{style}/{index:02}-{stem}", styles=STYLE)
    assert "trip/checks/04-coffee.tif" in photos.results()
    with pytest.raises(SettingWrong):
        photos.run(pattern="../{stem}")


def test_files_can_be_given_one_by_one(photos: Photos) -> None:
    given = [photos.inputs / "trip" / "rocket.webp", str(photos.inputs / "cat.jpg")]
    report = run(batch(given, photos.output, styles=STYLE, painter=photos.painter))
    assert states(report) == ["done"] * 2
    assert photos.results() == {"rocket.webp", "cat.jpg"}
    report = run(batch(given[1], str(photos.output), styles=STYLE, painter=photos.painter))
    assert states(report) == ["skipped"]


def test_wrong_wishes_are_told_before_the_output_is_touched(photos: Photos, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(FolderWithoutPictures, match="empty"):
        run(batch(tmp_path / "empty", photos.output, styles=STYLE, painter=photos.painter))
    with pytest.raises(FormatUnknown):
        photos.run(suffix=".exe")
    with pytest.raises(StyleUnknown):
        photos.run(styles="no such painting")
    assert not photos.output.exists()


def test_a_batch_can_be_held_and_its_failures_tried_again(photos: Photos) -> None:
    whole = (photos.inputs / "cat.jpg").read_bytes()
    (photos.inputs / "cat.jpg").write_bytes(b"cut short")
    told: list[tuple[int, str]] = []
    job = Batch(
        photos.inputs,
        photos.output,
        styles=STYLE,
        painter=photos.painter,
        on_entry=lambda index, entry: told.append((index, entry.state.value)),
    )
    job.queue.pause()
    running = job.run()
    for _ in range(5):
        next(running)
    assert photos.painted() == 0
    job.queue.resume()
    assert states(run(running)) == ["done", "failed", "done", "done", "done", "done"]
    (photos.inputs / "cat.jpg").write_bytes(whole)
    job.queue.retry()
    assert states(run(job.run())) == ["done"] * 6
    assert [state for index, state in told if index == 1] == ["failed", "waiting", "running", "done"]


def test_the_real_painter_paints_a_folder_as_it_paints_each_photo(tmp_path: Path) -> None:
    inputs = tmp_path / "photos"
    inputs.mkdir()
    for name in ("cat", "rocket"):
        write_picture(sample(name, 120), inputs / f"{name}.png")
    painter = Painter("cpu", cache=None)
    settings = Settings(stroke="broad")
    report = run(batch(inputs, tmp_path / "painted", styles="great-wave", settings=settings, painter=painter))
    assert report.whole
    for name in ("cat", "rocket"):
        alone = run(painter.paint(read_picture(inputs / f"{name}.png"), weighted("great-wave"), settings))
        made = read_picture(tmp_path / "painted" / f"{name}.png")
        assert np.array_equal(made.pixels, alone.pixels)
    again = run(batch(inputs, tmp_path / "painted", styles="great-wave", settings=settings, painter=painter))
    assert again.count(State.SKIPPED) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_batch_killed_again_and_again_ends_whole_and_paints_nothing_twice(tmp_path: Path) -> None:
    inputs, output, log = tmp_path / "photos", tmp_path / "painted", tmp_path / "log"
    (inputs / "sub").mkdir(parents=True)
    photos: dict[str, Picture] = {}  # by size, which is what the log knows
    names: dict[str, str] = {}
    for number in range(12):
        picture = sample("mountains", 60 + number)
        name = f"{'sub/' if number % 3 == 0 else ''}photo {number}.png"
        write_picture(picture, inputs / name)
        size = f"{picture.pixels.shape[1]}x{picture.pixels.shape[0]}"
        photos[size], names[size] = read_picture(inputs / name), name
    assert len(photos) == 12
    script = [sys.executable, batch_child.__file__, str(inputs), str(output), str(log)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    chance = random.Random(7)
    kills = 0
    while True:
        before = results(output)
        log.write_text("")
        with subprocess.Popen(script, env=environment, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0, 0.3) if kills < 12 else 0.5)
            if child.poll() is None:
                child.kill()
        after = results(output)
        assert before <= after  # nothing lost
        for size, name in names.items():
            if name in after:  # nothing half-written
                assert np.array_equal(read_picture(output / name).pixels, inverted(photos[size]))
        painted = {names[size] for size in log.read_text().split()}
        assert not painted & before  # nothing in place painted again
        if child.returncode == 0:
            break
        assert child.returncode == -9
        kills += 1
    assert results(output) == set(names.values())
    assert kills >= 3
    assert set(json.loads((output / RECORDS).read_bytes())["pictures"]) == set(names.values())
    assert {path.name for path in output.glob(".*")} == {RECORDS, LOG}
