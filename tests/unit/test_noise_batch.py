"""A folder with noise: its own on each picture, the same after an interruption, and junk that stops nothing."""

import os
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
import tifffile

import assets
from noise.blurs import MeanBlur
from noise.pipeline import Pipeline
from noise.points import SaltPepper
from noise.restore import NonLocalMeans
from recipes.batch import Batch
from recipes.noise_batch import NoiseBatch
from tests import command
from tests.batch_child import STYLE, InvertingPainter
from tests.picture_files import deep_photo, ramp
from workbench.entries import State
from workbench.image_io import Picture, read_picture, resized, write_picture
from workbench.progress import run

SPECKS = Pipeline((SaltPepper(0.1, 0.1),), seed=7)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The same photo twice, one of them in a folder with another script's name, and junk."""
    folder = tmp_path / "photos"
    (folder / "深い").mkdir(parents=True)
    photo = resized(read_picture(assets.path("samples/cat.jpg")), 48)
    write_picture(photo, folder / "a.png")
    write_picture(photo, folder / "深い" / "é.png")
    (folder / "broken.png").write_bytes(b"no picture")
    (folder / "notes.txt").write_text("x")
    return folder


def test_every_picture_gets_its_own_noise(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "noisy"
    report = run(NoiseBatch(folder, output, pipeline=SPECKS).run())
    assert (report.count(State.DONE), report.count(State.FAILED), report.ignored) == (2, 1, 1)
    assert str(report).startswith("2 made, 1 failed, 1 other file ignored.")
    results = {name: read_picture(output / name).pixels for name in ("a.png", "深い/é.png")}
    for name, pixels in results.items():
        expected = run(SPECKS.own(name).render(read_picture(folder / name)))
        assert np.array_equal(pixels, expected.pixels)
    assert not np.array_equal(results["a.png"], results["深い/é.png"])


def test_what_is_done_is_skipped_and_other_steps_are_not(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "noisy"
    run(NoiseBatch(folder, output, pipeline=SPECKS).run())
    again = run(NoiseBatch(folder, output, pipeline=SPECKS).run())
    assert (again.count(State.SKIPPED), again.count(State.DONE)) == (2, 0)
    other = run(NoiseBatch(folder, output, pipeline=Pipeline((MeanBlur(4),))).run())
    assert other.count(State.DONE) == 2


def test_the_seed_of_a_picture_stays_what_it_is() -> None:
    assert SPECKS.own("trip/cafe\u0301.png") == SPECKS.own("trip/caf\u00e9.png")
    assert SPECKS.own("trip/cat.png").seed == 2647381146


def test_names_can_tell_the_steps(folder: Path, tmp_path: Path) -> None:
    pipeline = Pipeline((SaltPepper(0.1, 0.1), MeanBlur(3)))
    run(NoiseBatch([folder / "a.png"], tmp_path / "out", pipeline=pipeline, pattern="{stem} {style}").run())
    assert (tmp_path / "out" / "a salt-pepper+mean-blur.png").exists()


def test_a_painted_folder_has_the_steps_too(folder: Path, tmp_path: Path) -> None:
    painter = InvertingPainter(tmp_path / "log")
    plain = run(Batch(folder, tmp_path / "plain", styles=STYLE, painter=painter).run())
    assert str(plain).startswith("2 painted")
    run(Batch(folder, tmp_path / "grain", styles=STYLE, painter=painter, after=SPECKS).run())
    expected = run(SPECKS.own("a.png").render(read_picture(tmp_path / "plain" / "a.png")))
    assert np.array_equal(read_picture(tmp_path / "grain" / "a.png").pixels, expected.pixels)
    assert run(Batch(folder, tmp_path / "plain", styles=STYLE, painter=painter).run()).count(State.SKIPPED) == 2
    changed = run(Batch(folder, tmp_path / "plain", styles=STYLE, painter=painter, before=SPECKS).run())
    assert changed.count(State.DONE) == 2


@pytest.fixture
def deep_folder(tmp_path: Path) -> Path:
    """Six pictures of 16 bits with transparency, big enough to be interrupted."""
    folder = tmp_path / "deep"
    folder.mkdir()
    alpha = ramp(400, 600).astype(np.uint16) * np.uint16(257)
    for number in range(6):
        picture = Picture(np.roll(deep_photo(400, 600), number, axis=1), alpha)
        write_picture(picture, folder / f"{number}.{'png' if number % 2 else 'tif'}")
    return folder


def test_deep_pictures_stay_deep(deep_folder: Path, tmp_path: Path) -> None:
    pipeline = Pipeline((SaltPepper(0.1, 0.1), MeanBlur(4)), seed=7)
    report = run(NoiseBatch(deep_folder, tmp_path / "noisy", pipeline=pipeline).run())
    assert (report.count(State.DONE), dict(report.notes)) == (6, {})
    for name in ("0.tif", "1.png"):
        original, made = read_picture(deep_folder / name), read_picture(tmp_path / "noisy" / name)
        expected = run(pipeline.own(name).render(original))
        assert made.pixels.dtype == np.uint16
        assert np.array_equal(made.pixels, expected.pixels)
        assert made.alpha is not None and original.alpha is not None
        assert np.array_equal(made.alpha, original.alpha)
        assert len(np.unique(made.pixels)) > 1000


def test_floats_become_16_bits_and_that_is_told(tmp_path: Path) -> None:
    source = tmp_path / "float.tif"
    tifffile.imwrite(source, deep_photo().astype(np.float32) / 65535, photometric="rgb")
    report = run(NoiseBatch([source], tmp_path / "out", pipeline=SPECKS).run())
    (note,) = report.notes[source]
    assert note == f"{tmp_path / 'out' / 'float.tif'}: TIFF is written with 16 bits a channel: finer steps are rounded."
    assert report.to_dict()["pictures"][0]["notes"] == [note]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_run_that_was_killed_goes_on(deep_folder: Path, tmp_path: Path) -> None:
    """Killed once the first picture is in place; then as if nothing had happened."""
    output, pipeline = tmp_path / "noisy", Pipeline((SaltPepper(0.1, 0.1), NonLocalMeans(5.0)), seed=7)
    arguments = ("noise", deep_folder, "-o", output, "--salt-pepper", 0.1, "--non-local-means", 5, "--seed", 7)
    process = subprocess.Popen([*command.COMMAND, *map(str, arguments)], env=command.environment())
    while process.poll() is None and not (output / "0.tif").exists():
        time.sleep(0.01)
    process.kill()
    assert process.wait(60) == -9
    left = {path.name: path.read_bytes() for path in output.glob("[0-9].*")}
    assert 1 <= len(left) < 6
    report = run(NoiseBatch(deep_folder, output, pipeline=pipeline).run())
    assert (report.count(State.SKIPPED), report.count(State.DONE)) == (len(left), 6 - len(left))
    run(NoiseBatch(deep_folder, tmp_path / "at once", pipeline=pipeline).run())
    for path in (tmp_path / "at once").glob("[0-9].*"):
        assert (output / path.name).read_bytes() == path.read_bytes()
        assert left.get(path.name, path.read_bytes()) == path.read_bytes()
