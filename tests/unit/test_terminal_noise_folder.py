"""`lapstyle noise` with a folder, as a user types it."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from statistics import fmean

import numpy as np
import pytest

import assets
from noise.grain import FilmGrain
from noise.measure import compare
from noise.pipeline import Pipeline
from noise.points import SaltPepper
from recipes.pipeline_file import save_pipeline
from tests import command
from tests.command import Outcome
from workbench.image_io import read_picture, resized, write_picture
from workbench.progress import run

Command = Callable[..., Outcome]
NAMES = ("astronaut.png", "trip/cat.png", "trip/深い/coffee.png")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with three small photos in a tree, and junk: a file that is no picture by its name, one that lies."""
    folder = tmp_path / "photos"
    for name in NAMES:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_picture(resized(read_picture(assets.path(f"samples/{path.stem}.jpg")), 48), path)
    (folder / "diary.txt").write_text("Dear diary")
    (folder / "bad.jpg").write_text("no picture " * 9)
    return folder


def results(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("[!.]*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_the_tree_with_noise_of_its_own_on_each(lapstyle: Command, photos: Path, tmp_path: Path) -> None:
    """Junk stops nothing; what is done is skipped; other steps are done again; nobody else's file is replaced."""
    before, output, report = results(photos), tmp_path / "noisy", tmp_path / "报告.json"
    arguments = ("noise", photos, "-o", output, "--salt-pepper", 0.1)
    outcome = lapstyle(*arguments, "--report", report)
    assert outcome.code == 1
    pictures = {Path(told["source"]).name: told for told in json.loads(report.read_text(encoding="utf-8"))["pictures"]}
    psnr, ssim = (fmean(pictures[Path(name).name][number] for name in NAMES) for number in ("psnr", "ssim"))
    assert outcome.out == (
        f"3 made, 1 failed, 1 other file ignored. The pictures are in {output}. "
        f"On average: PSNR {psnr:.2f} dB, SSIM {ssim:.4f}.\n"
    )
    assert outcome.err.startswith(f"lapstyle: {photos / 'bad.jpg'} is not a picture. ")
    assert outcome.err.count("\n") == 1
    counts = json.loads(report.read_text(encoding="utf-8"))["counts"]
    assert counts == {"done": 3, "failed": 1, "cancelled": 0, "skipped": 0}
    assert "psnr" not in pictures["bad.jpg"]
    assert results(photos) == before
    assert sorted(results(output)) == sorted(NAMES)
    for name in NAMES:
        expected = run(Pipeline((SaltPepper(0.1, 0.1),)).own(name).render(read_picture(photos / name)))
        assert np.array_equal(read_picture(output / name).pixels, expected.pixels)
        quality = compare(read_picture(photos / name).pixels, expected.pixels)
        told = pictures[Path(name).name]
        assert (told["psnr"], told["ssim"]) == (round(quality.psnr, 3), round(quality.ssim, 5))

    (photos / "bad.jpg").unlink()
    again = lapstyle(*arguments)
    assert (again.code, again.err) == (0, "")
    assert again.out.startswith("3 done before")
    told = json.loads(lapstyle(*arguments, "--json").out)
    assert not any({"psnr", "ssim"} & picture.keys() for picture in told["pictures"])
    (output / NAMES[0]).write_bytes(b"mine")
    other = lapstyle(*arguments, "--median", 1)
    assert other.out.startswith("2 made, 1 failed")
    assert (output / NAMES[0]).read_bytes() == b"mine"


def test_a_preset_with_the_same_steps_is_the_same_work(lapstyle: Command, photos: Path, tmp_path: Path) -> None:
    (photos / "bad.jpg").unlink()
    preset, output = tmp_path / "grain.json", tmp_path / "noisy"
    save_pipeline(Pipeline((FilmGrain(amount=6.0, size=2.0),), seed=3), preset)
    assert lapstyle("noise", photos, "-o", output, "--film-grain", "6,size=2", "--seed", 3).code == 0
    assert lapstyle("noise", photos, "-o", output, "--preset", preset).out.startswith("3 done before")


def test_what_did_not_change_has_no_psnr(lapstyle: Command, photos: Path, tmp_path: Path) -> None:
    (photos / "bad.jpg").unlink()
    told = json.loads(lapstyle("noise", photos, "-o", tmp_path / "out", "--salt-pepper", 0, "--json").out)
    assert [(picture["psnr"], picture["ssim"]) for picture in told["pictures"]] == [(None, 1.0)] * 3
    said = lapstyle("noise", photos, "-o", tmp_path / "again", "--salt-pepper", 0).out
    assert said == f"3 made, 1 other file ignored. The pictures are in {tmp_path / 'again'}.\n"


def test_json_pattern_and_format(lapstyle: Command, photos: Path, tmp_path: Path) -> None:
    (photos / "bad.jpg").unlink()
    naming = ("--pattern", "{index:02} {stem} {style}", "--format", "webp")
    outcome = lapstyle("noise", photos, "-o", tmp_path / "out", "--mean-blur", 3, "--median", 1, *naming, "--json")
    told = json.loads(outcome.out)
    assert (outcome.code, outcome.err) == (0, "")
    assert [Path(picture["destination"]).name for picture in told["pictures"]] == [
        "01 astronaut mean-blur+median.webp",
        "02 cat mean-blur+median.webp",
        "03 coffee mean-blur+median.webp",
    ]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
def test_ctrl_c_and_on_again(lapstyle: Command, photos: Path, tmp_path: Path) -> None:
    """Cancelled once the first picture is in place; the next run goes on from there."""
    (photos / "bad.jpg").unlink()
    for name in NAMES[1:]:
        write_picture(resized(read_picture(assets.path("samples/coffee.jpg")), 1200), photos / name)
    output = tmp_path / "noisy"
    arguments = ("noise", str(photos), "-o", str(output), "--non-local-means", "5")
    process = subprocess.Popen(
        [*command.COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=command.environment()
    )
    while process.poll() is None and not (output / NAMES[0]).exists():
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert err == b"lapstyle: cancelled. Run the same command again to go on.\n"
    made = len(results(output))
    assert 1 <= made < 3
    assert out.decode().startswith(f"{made} made, {3 - made} cancelled")
    assert lapstyle(*arguments).out.startswith(f"{3 - made} made, {made} done before")
