"""Trainings in their folders: stopped, killed, gone on with, and refused."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest
import safetensors.numpy
from PIL import Image
from safetensors import safe_open

from cyclegan.architecture import Architecture
from cyclegan.checkpoints import load_generators
from cyclegan.models import find_model
from cyclegan.training_settings import CycleTraining, EnlargeTraining
from recipes.training import TrainingRun
from tests import training_parent
from tests.command import environment
from tests.generators import write_generators
from tests.trainings import folders, tiny
from workbench.errors import (
    ChildFailed,
    FolderWithoutPictures,
    ModelUnknown,
    PictureMissing,
    SettingWrong,
    TrainingDiverged,
    TrainingExists,
    TrainingWrong,
)
from workbench.image_io import read_picture
from workbench.progress import Cancellation, Cancelled, Progress, run

STEPS = 40


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> TrainingRun:
    """A training from its beginning to its end."""
    place = tmp_path_factory.mktemp("straight")
    made = TrainingRun.create(place / "run", tiny(place, STEPS, pool=5))
    run(made.run(threads=1))
    return made


def tensors(training: TrainingRun) -> dict[str, np.ndarray]:
    return safetensors.numpy.load_file(training.folder / "checkpoint.safetensors")


def at_step(step: int, act: Callable[[], None]) -> Callable[[Progress], None]:
    def heed(progress: Progress) -> None:
        if progress.done >= step:
            act()

    return heed


def test_a_whole_training_leaves_all_its_files(straight: TrainingRun) -> None:
    status = straight.status
    assert (status.step, status.steps, status.seconds_left) == (STEPS, STEPS, None)
    assert {"cycle a", "cycle b", "identity a", "discriminator b", "adversarial a to b"} <= status.losses.keys()
    names, *rows = (straight.folder / "losses.csv").read_text().splitlines()
    assert names.split(",")[0] == "step" and [row.split(",")[0] for row in rows] == ["10", "20", "30", "40"]
    assert read_picture(straight.samples).pixels.shape == (6 * 32, 4 * 32, 3)
    with Image.open(straight.losses_plot) as plot:
        assert len(plot.convert("RGB").getcolors(1 << 20)) > 8
    assert {path.name for path in straight.folder.iterdir()} == {
        ".lock", "settings.json", "checkpoint.safetensors", "losses.csv", "losses.png", "samples.webp",
        "model.safetensors",
    }  # fmt: skip


def test_its_model_opens_in_both_directions(straight: TrainingRun) -> None:
    assert [generator.name for generator in load_generators(straight.model).generators] == ["ab", "ba"]
    model = find_model(straight.model)
    assert model.directions == ("forward", "backward")
    assert model.generator("backward")[0].name == "ba"


def test_stopped_and_killed_it_ends_bit_for_bit_as_if_it_had_not_been(straight: TrainingRun, tmp_path: Path) -> None:
    settings = CycleTraining.from_dict(straight.settings.to_dict())
    training, cancellation = TrainingRun.create(tmp_path / "run", settings), Cancellation()
    with pytest.raises(Cancelled):
        run(training.run(cancellation, threads=1), at_step(1, cancellation.cancel), cancellation)
    stopped = training.status.step
    assert 1 <= stopped < STEPS and tensors(training)

    def kill() -> None:
        for process in psutil.Process().children():
            process.kill()

    training = TrainingRun.open(tmp_path / "run")
    assert training.status.step == stopped
    with pytest.raises(ChildFailed):
        run(training.run(threads=1), at_step(stopped, kill))
    training = TrainingRun.open(tmp_path / "run")
    assert run(training.run(threads=1)).step == STEPS
    ours, theirs = tensors(training), tensors(straight)
    assert ours.keys() == theirs.keys()
    assert all(np.array_equal(values, theirs[name]) for name, values in ours.items())
    assert any(name.startswith("pool.") for name in ours) and any(name.endswith("moment2") for name in ours)


def test_done_it_does_nothing_more(straight: TrainingRun) -> None:
    before = (straight.folder / "checkpoint.safetensors").stat().st_mtime_ns
    assert run(TrainingRun.open(straight.folder).run(threads=1)).step == STEPS
    assert (straight.folder / "checkpoint.safetensors").stat().st_mtime_ns == before


def test_it_goes_on_from_a_model(straight: TrainingRun, tmp_path: Path) -> None:
    first = straight.settings
    assert isinstance(first, CycleTraining)
    settings = CycleTraining(first.a, first.b, channels=16, crop=32, steps=1, start=str(straight.model))
    training = TrainingRun.create(tmp_path / "run", settings)
    run(training.run(threads=1))
    ours, theirs = (find_model(each.model).generator()[0] for each in (training, straight))
    assert ours.architecture == theirs.architecture
    changes = [np.abs(ours.parameters[name] - theirs.parameters[name]).max() for name in ours.parameters]
    assert 0 < max(changes) < 1e-3  # one step of Adam goes no further than its rate, and then there is rounding


def test_the_batch_norms_of_a_model_keep_their_statistics(tmp_path: Path) -> None:
    start = write_generators(tmp_path / "start.safetensors", "ab", "ba", architecture=Architecture(4, 1, "batch"))
    training = TrainingRun.create(tmp_path / "run", tiny(tmp_path, steps=2, start=str(start)))
    run(training.run(threads=1))
    ours, theirs = (find_model(path).generator()[0].parameters for path in (training.model, start))
    same = {name for name in ours if np.allclose(ours[name], theirs[name], rtol=1e-3)}
    statistics = {name for name in ours if name.endswith(("_mean", "_variance"))}
    assert statistics and statistics <= same and "model.1.weight" not in same


def test_enlarging_goes_on_from_the_network_that_ships(tmp_path: Path) -> None:
    a, _ = folders(tmp_path, (96, 80))
    training = TrainingRun.create(tmp_path / "run", EnlargeTraining(a, patch=12, batch=1, steps=3))
    status = run(training.run(threads=1))
    assert training.kind == "enlarge" and status.losses.keys() == {"difference"}
    assert read_picture(training.samples).pixels.shape == (3 * 24, 4 * 24, 3)


def test_without_its_parent_it_saves_and_ends(tmp_path: Path) -> None:
    training = TrainingRun.create(tmp_path / "run", tiny(tmp_path, 1_000_000))
    command = [sys.executable, training_parent.__file__, str(training.folder)]
    parent = subprocess.Popen(command, env=environment())
    children: list[psutil.Process] = []
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (training.folder / ".lock").exists():
        time.sleep(0.1)
    children = psutil.Process(parent.pid).children()
    assert len(children) == 1
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    _, alive = psutil.wait_procs(children, 60)
    for process in alive:
        process.kill()
    assert not alive
    assert TrainingRun.open(training.folder).status.step >= 1
    assert tensors(training)


def test_a_last_save_that_was_cut_off_is_made_up_for(straight: TrainingRun, tmp_path: Path) -> None:
    shutil.copytree(straight.folder, tmp_path / "run")
    rows = (tmp_path / "run" / "losses.csv").read_text().splitlines()
    (tmp_path / "run" / "losses.csv").write_text("\n".join(rows[:-1]) + "\n")
    (tmp_path / "run" / "model.safetensors").unlink()
    training = TrainingRun.open(tmp_path / "run")
    assert training.status.step == STEPS - 10
    assert run(training.run(threads=1)).step == STEPS
    assert TrainingRun.open(tmp_path / "run").status.step == STEPS
    made, expected = (safetensors.numpy.load_file(each.model) for each in (training, straight))
    assert made.keys() == expected.keys() and all(np.array_equal(made[name], expected[name]) for name in made)


def test_even_if_it_was_the_only_save(straight: TrainingRun, tmp_path: Path) -> None:
    for name in ("settings.json", "checkpoint.safetensors"):
        (tmp_path / name).write_bytes((straight.folder / name).read_bytes())
    training = TrainingRun.open(tmp_path)
    run(training.run(threads=1))
    made, expected = (safetensors.numpy.load_file(each.model) for each in (training, straight))
    assert made.keys() == expected.keys() and all(np.array_equal(made[name], expected[name]) for name in made)


def test_it_goes_on_without_the_file_that_it_began_with(straight: TrainingRun, tmp_path: Path) -> None:
    (start := tmp_path / "start.safetensors").write_bytes(straight.model.read_bytes())
    settings = CycleTraining.from_dict({**straight.settings.to_dict(), "start": str(start), "steps": 2})
    training = TrainingRun.create(tmp_path / "run", settings)
    start.unlink()
    assert run(training.run(threads=1)).step == 2


def test_a_weight_that_is_no_number_spoils_nothing(straight: TrainingRun, tmp_path: Path) -> None:
    shutil.copytree(straight.folder, tmp_path / "run")
    checkpoint = tmp_path / "run" / "checkpoint.safetensors"
    with safe_open(checkpoint, "numpy") as file:
        words = file.metadata()
    values = tensors(straight)
    name = next(name for name in values if name.startswith("ab."))
    values[name] = np.full_like(values[name], np.inf)
    safetensors.numpy.save_file(values, checkpoint, words)
    (tmp_path / "run" / "model.safetensors").unlink()
    before = checkpoint.read_bytes()
    with pytest.raises(TrainingDiverged):
        run(TrainingRun.open(tmp_path / "run").run(threads=1))
    assert checkpoint.read_bytes() == before and not (tmp_path / "run" / "model.safetensors").exists()


@pytest.mark.parametrize("row", ["inf,1", "-5,1", "nan,nan", "7," + "9" * 200_000, "7", ""])
def test_a_table_of_losses_that_makes_no_sense_is_no_obstacle(straight: TrainingRun, tmp_path: Path, row: str) -> None:
    (tmp_path / "settings.json").write_bytes((straight.folder / "settings.json").read_bytes())
    (tmp_path / "losses.csv").write_text(f"step,cycle a\n{row}\n")
    assert TrainingRun.open(tmp_path).status.step == 0


class TestRefused:
    def test_a_folder_with_files(self, tmp_path: Path) -> None:
        settings = tiny(tmp_path)
        with pytest.raises(TrainingExists, match=r"already holds files"):
            TrainingRun.create(settings.a, CycleTraining(settings.b, tmp_path / "photos" / "cat.png"))

    def test_folders_without_pictures_make_no_run(self, tmp_path: Path) -> None:
        settings = tiny(tmp_path)
        (tmp_path / "none").mkdir()
        for b, error in ((tmp_path / "none", FolderWithoutPictures), (tmp_path / "nowhere", PictureMissing)):
            with pytest.raises(error):
                TrainingRun.create(tmp_path / "run", CycleTraining(settings.a, b))
        with pytest.raises(ModelUnknown):
            TrainingRun.create(tmp_path / "run", CycleTraining(settings.a, settings.b, start="nobody"))
        assert not (tmp_path / "run").exists()

    def test_pictures_that_are_none(self, tmp_path: Path) -> None:
        settings = tiny(tmp_path)
        for path in settings.b.iterdir():
            path.write_bytes(b"no picture")
        with pytest.raises(FolderWithoutPictures, match=r"paintings holds no pictures"):
            run(TrainingRun.create(tmp_path / "run", settings).run(threads=1))

    @pytest.mark.parametrize(
        "content",
        [b"", b"{", b"[]", b'{"version": 2}', b'{"version": 1, "kind": "other"}', b'{"version": 1, "kind": []}',
         b"\xff" * 9,
         b'{"version": 1, "kind": "cycle", "settings": {"a": "x"}}',
         b'{"version": 1, "kind": "cycle", "settings": {"a": "x", "b": "y", "crop": 1}}',
         b'{"version": 1, "kind": "cycle", "settings": {"a": "x", "b": "y", "more": 1}}'],
    )  # fmt: skip
    def test_settings_that_make_no_sense(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "settings.json").write_bytes(content)
        with pytest.raises(TrainingWrong, match=r"does not hold a training that can go on"):
            TrainingRun.open(tmp_path)

    def test_no_training_at_all(self, tmp_path: Path) -> None:
        with pytest.raises(TrainingWrong):
            TrainingRun.open(tmp_path / "nowhere")

    @pytest.mark.parametrize("damage", ["cut", "other"])
    def test_a_checkpoint_that_does_not_fit(self, straight: TrainingRun, tmp_path: Path, damage: str) -> None:
        settings = json.loads((straight.folder / "settings.json").read_text())
        data = (straight.folder / "checkpoint.safetensors").read_bytes()
        if damage == "other":
            settings["settings"]["channels"] = 8
        (tmp_path / "settings.json").write_text(json.dumps(settings))
        (tmp_path / "checkpoint.safetensors").write_bytes(data if damage == "other" else data[: len(data) // 2])
        with pytest.raises(TrainingWrong, match=r"its checkpoint (is damaged|does not fit its settings)"):
            run(TrainingRun.open(tmp_path).run(threads=1))

    @pytest.mark.parametrize(
        ("name", "value"),
        [("channels", 0), ("channels", 4.5), ("blocks", 99), ("crop", 30), ("crop", 33), ("batch", True), ("steps", 0),
         ("learning_rate", 0.0), ("learning_rate", float("nan")), ("cycle", -1), ("identity", 11), ("pool", -1),
         ("seed", -1), ("start", 3)],
    )  # fmt: skip
    def test_values_out_of_their_range(self, name: str, value: object) -> None:
        with pytest.raises(SettingWrong, match=rf"^{name} cannot be"):
            CycleTraining.from_dict({"a": "x", "b": "y", name: value})

    def test_the_same_folder_twice(self) -> None:
        with pytest.raises(SettingWrong, match=r"give two different folders"):
            CycleTraining(Path("x"), Path("x"))

    @pytest.mark.parametrize(("name", "value"), [("factor", 3), ("patch", 4), ("folder", None)])
    def test_values_of_enlarging(self, name: str, value: object) -> None:
        with pytest.raises(SettingWrong, match=rf"^{name} cannot be"):
            EnlargeTraining.from_dict({"folder": "x", name: value})


def test_settings_come_back_from_their_dicts(tmp_path: Path) -> None:
    for settings in (CycleTraining(tmp_path, Path("b"), crop=64, start="x"), EnlargeTraining(Path("a"), factor=4)):
        assert type(settings).from_dict(json.loads(json.dumps(settings.to_dict()))) == settings
