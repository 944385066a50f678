"""Teaching a style: what it learns, that it goes on exactly, and what it leaves behind."""

import json
import math
import shutil
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors import safe_open
from safetensors.numpy import save_file

from lapstyle.checkpoints import load_checkpoint
from lapstyle.packs import read_pack
from lapstyle.painter import Painter
from lapstyle.settings import Settings
from lapstyle.styles import find_style
from lapstyle.train import StyleTrainer, scheduled
from lapstyle.training_plan import Pace, TrainingPlan
from lapstyle.training_settings import LossWeights, StyleTraining
from recipes.training import TrainingRun
from tests.pictures import sample
from tests.trainings import folders
from workbench.errors import PictureDamaged, SettingWrong, TrainingWrong
from workbench.image_io import Picture, read_picture
from workbench.progress import Cancellation, Cancelled, run
from workbench.training_state import read_training, save_checkpoint

STEPS = (3, 2, 2)
TINY = {"sides": (32, 32, 64), "window": 32, "batch": 1, "examples": 2}


@pytest.fixture
def settings(tmp_path: Path) -> StyleTraining:
    return tiny(tmp_path)


def tiny(place: Path, **changes: object) -> StyleTraining:
    """A teaching of a few seconds: two photos, one painting."""
    photos, paintings = folders(place, (96, 80))
    given = {"photos": photos, "steps": STEPS, "name": "The wave", "artist": "Hokusai", "licence": "CC0"}
    return StyleTraining(paintings / "great-wave.png", **{**TINY, **given, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> TrainingRun:
    """A teaching from its beginning to its end."""
    place = tmp_path_factory.mktemp("straight")
    made = TrainingRun.create(place / "run", tiny(place))
    run(made.run(threads=1))
    return made


def trained(settings: StyleTraining, place: Path) -> list[dict[str, float]]:
    """The losses of every step."""
    assert settings.steps is not None
    trainer = StyleTrainer(settings, place, TrainingPlan(settings.steps, (1.0,) * 3))
    return [trainer.step(0) for _ in range(sum(settings.steps))]


ZERO = {known.name: 0.0 for known in fields(LossWeights) if known.type is float} | {"identity_every": 0}
ALONE = {
    "content": {"content": 10.0},
    "style": {"style": 10.0},
    "relaxed EMD": {"relaxed_emd": 10.0},
    "self-similarity": {"self_similarity": 10.0},
    "palette": {"palette": 40.0},
    "roughness": {"roughness": 10.0},
    "fine EMD": {"fine_emd": 10.0},
    "coarse": {"coarse": 10.0},
}
REVISION_ALONE = ("content", "style", "fine EMD", "coarse")
DRAFT_ALONE = ("content", "style", "relaxed EMD", "self-similarity", "palette", "roughness")


class TestLearns:
    @pytest.mark.parametrize(
        ("stage", "name"),
        [*((0, name) for name in DRAFT_ALONE), *((1, name) for name in REVISION_ALONE), (2, "style"), (2, "coarse")],
    )
    def test_each_loss_of_each_stage_falls_on_two_pictures(
        self, settings: StyleTraining, tmp_path: Path, stage: int, name: str
    ) -> None:
        """Alone, as what is good for one is bad for another."""
        weights = LossWeights(**{**ZERO, **ALONE[name]})
        steps = tuple(10 if number == stage else 0 for number in range(3))
        alone = replace(settings, learning_rate=2e-3, losses=weights, batch=2, steps=steps)
        lost = [losses[name] for losses in trained(alone, tmp_path / "run")]
        assert np.mean(lost[-3:]) < 0.97 * np.mean(lost[:2])

    def test_the_painting_painted_like_itself_comes_closer_to_itself(
        self, settings: StyleTraining, tmp_path: Path
    ) -> None:
        weights = LossWeights(identity_every=1)
        own = replace(settings, learning_rate=1e-3, losses=weights, batch=2, steps=(12, 0, 0))
        lost = [losses["identity"] for losses in trained(own, tmp_path / "run")]
        assert np.mean(lost[-3:]) < 0.9 * np.mean(lost[:3])

    def test_a_discriminator_learns_beside_the_revisions(self, settings: StyleTraining, tmp_path: Path) -> None:
        judged = replace(settings, losses=LossWeights(adversarial=1.0), steps=(1, 60, 1), learning_rate=3e-3)
        first, *lost = trained(judged, tmp_path / "run")
        assert "discriminator" not in first and all(losses["adversarial"] > 0 for losses in lost)
        told_apart = [losses["discriminator"] for losses in lost[:-1]]
        assert np.mean(told_apart[-4:]) < 0.95 * np.mean(told_apart[:2])

    @pytest.mark.parametrize("size", [(1, 1), (900, 3)])
    def test_a_painting_of_hardly_any_pixels_can_be_taught(self, tmp_path: Path, size: tuple[int, int]) -> None:
        settings = tiny(tmp_path, steps=(1, 1, 1))
        Image.new("RGB", size, "teal").save(settings.painting)
        for losses in trained(settings, tmp_path / "run"):
            assert all(map(math.isfinite, losses.values()))

    def test_what_is_not_tuned_stays(self, settings: StyleTraining, tmp_path: Path) -> None:
        trainer = StyleTrainer(settings, tmp_path / "run", TrainingPlan((1, 1, 1), (1.0,) * 3))
        before = frozen(trainer)
        for step in range(3):
            trainer.step(step / 3)
        after = frozen(trainer)
        changed = {name for name, values in after.items() if not np.array_equal(values, before[name])}
        assert changed == set(trainer.learned())
        assert all(np.isfinite(values).all() for values in after.values())


def carried(settings: StyleTraining, folder: Path, stops: tuple[int, ...]) -> StyleTrainer:
    """A training to its end, put away and taken up again after so many steps."""
    plan, kept, first = TrainingPlan(STEPS, (1.0,) * 3), folder / "checkpoint.safetensors", 0
    folder.mkdir()
    for last in (*stops, plan.total):
        trainer = StyleTrainer(settings, folder, plan)
        if first:
            arrays, _ = read_training(kept, trainer.random, plan.total)
            trainer.restore(arrays)
        for _ in range(first, last):
            trainer.step(0)
        save_checkpoint(kept, trainer.arrays(), last, trainer.random)
        first = last
    return trainer


def frozen(trainer: StyleTrainer) -> dict[str, np.ndarray]:
    """Every parameter of every network, by the checkpoint's names."""
    networks = {"net_enc": trainer.networks.encoder.encoder, "net_dec": trainer.networks.drafting}
    networks |= dict(zip(("net_rev", "net_rev_2"), trainer.networks.revisions, strict=True))
    return {
        f"{name}.{key}": tensor.numpy()
        for name, network in networks.items()
        for key, tensor in network.state_dict().items()
    }


class TestRun:
    def test_leaves_a_pack_that_paints_otherwise_than_the_universal_model(self, straight: TrainingRun) -> None:
        status = straight.status
        assert (status.step, status.steps) == (sum(STEPS), sum(STEPS))
        assert {"content", "style", "relaxed EMD", "self-similarity", "palette", "coarse"} <= status.losses.keys()
        assert read_picture(straight.samples).pixels.shape == (3 * 64, 3 * 64, 3)
        pack = read_pack(straight.model)
        assert (pack.name, pack.artist, pack.licence, pack.kind) == ("The wave", "Hokusai", "CC0", "tuned")
        assert pack.preview is not None and straight.model.stat().st_size < 4_000_000
        assert {name.split(".")[0] for name in pack.parameters} == {"net_dec", "net_rev", "net_rev_2"}
        style = find_style(straight.model)
        painter, photo = Painter("cpu", cache=None), Picture(sample("cat", (96, 64)))
        both = [
            run(painter.paint(photo, [(chosen, 1.0)], Settings(stroke=32))).pixels.astype(int)
            for chosen in (style, replace(style, pack=None))
        ]
        assert 0.2 < np.abs(both[0] - both[1]).mean() < 40

    def test_goes_on_when_the_painting_has_gone(self, tmp_path: Path) -> None:
        settings = tiny(tmp_path, steps=(1, 0, 0))
        made = TrainingRun.create(tmp_path / "run", settings)
        settings.painting.unlink()
        assert run(TrainingRun.open(made.folder).run(threads=1)).step == 1
        assert read_pack(made.model).name == "The wave"

    def test_one_that_is_stopped_in_each_stage_goes_on_bit_for_bit(
        self, settings: StyleTraining, tmp_path: Path
    ) -> None:
        whole, stopped = (carried(settings, tmp_path / name, stops) for name, stops in (("a", ()), ("b", (1, 4, 6))))
        arrays, others = whole.arrays(), stopped.arrays()
        assert arrays.keys() == others.keys() and arrays["done"] == [sum(STEPS)]
        assert all(np.array_equal(values, others[name]) for name, values in arrays.items())
        assert np.array_equal(whole.samples(), stopped.samples())

    def test_a_stop_keeps_what_was_learned_so_far(self, settings: StyleTraining, tmp_path: Path) -> None:
        training = TrainingRun.create(tmp_path / "run", replace(settings, steps=(5000, 5000, 5000)))
        cancellation = Cancellation()
        with pytest.raises(Cancelled):
            run(training.run(cancellation, threads=1), lambda told: told.done >= 2 and cancellation.cancel())
        pack = read_pack(training.model)
        assert {name.split(".")[0] for name in pack.parameters} == {"net_dec"}
        assert 2 <= training.status.step < 5000

    def test_minutes_become_a_plan_that_stays(self, settings: StyleTraining, tmp_path: Path) -> None:
        timed = replace(settings, steps=None, minutes=0.1)
        training = TrainingRun.create(tmp_path / "run", timed)
        assert training.status.steps == 0
        run(training.run(threads=1))
        plan = TrainingPlan.read(training.folder)
        assert plan is not None and plan.total == training.status.step == training.status.steps
        assert min(plan.steps[:2]) >= 1 and plan.steps[2] == 0

    def test_a_folder_of_paintings_becomes_weights_for_any_style(self, tmp_path: Path) -> None:
        settings = tiny(tmp_path, tuned="all", start="scratch", steps=(2, 1, 1))
        training = TrainingRun.create(tmp_path / "run", replace(settings, painting=settings.painting.parent))
        run(training.run(threads=1))
        checkpoint = load_checkpoint(training.model)
        assert (checkpoint.kind, checkpoint.revisions) == ("universal", 2)
        again = replace(settings, start=str(training.model), steps=(1, 0, 0))
        more = TrainingRun.create(tmp_path / "more", again)
        training.model.unlink()
        run(more.run(threads=1))
        assert load_checkpoint(more.model).parameters.keys() == checkpoint.parameters.keys()

    def test_the_users_photo_comes_first_in_the_samples(self, settings: StyleTraining, tmp_path: Path) -> None:
        assert settings.photos is not None
        shown = replace(settings, photo=settings.photos / "cat.png", steps=(1, 0, 0))
        trainer = StyleTrainer(shown, tmp_path / "run", TrainingPlan((1, 0, 0), (1.0,) * 3))
        mine = trainer.samples()[:64, :64]
        trainer = StyleTrainer(replace(shown, photo=None), tmp_path / "run", TrainingPlan((1, 0, 0), (1.0,) * 3))
        others = trainer.samples()[:, :64]
        assert np.array_equal(mine, others[:64]) or np.array_equal(mine, others[64:128])


class TestRefused:
    @pytest.mark.parametrize(
        "changes",
        [{"steps": (0, 0, 0)}, {"steps": (1, 2)}, {"minutes": None, "steps": None}, {"minutes": 0.0, "steps": None},
         {"sides": (33, 64, 64)}, {"window": 40}, {"window": "wide"}, {"batch": 0}, {"examples": 0},
         {"learning_rate": 1.0}, {"tuned": "some"}, {"start": "scratch"}, {"seed": -1}, {"artist": "a" * 201},
         {"name": "two\nlines"}],
    )  # fmt: skip
    def test_settings(self, tmp_path: Path, changes: dict[str, object]) -> None:
        with pytest.raises(SettingWrong):
            tiny(tmp_path, **changes)

    @pytest.mark.parametrize(
        "losses", [{"style": -1.0}, {"content_layers": {"relu9_9": 1.0}}, {"typical": {}}, {"identity_every": 0.5},
                   {"content_layers": 1.0}, {"content": {"relu4_1": 1.0}}]
    )  # fmt: skip
    def test_loss_weights(self, losses: dict[str, object]) -> None:
        with pytest.raises(SettingWrong):
            LossWeights(**losses)  # type: ignore[arg-type]

    def test_a_folder_of_paintings_for_one_pack(self, settings: StyleTraining, tmp_path: Path) -> None:
        with pytest.raises(SettingWrong, match="a pack holds one painting"):
            TrainingRun.create(tmp_path / "run", replace(settings, painting=settings.painting.parent))
        assert not (tmp_path / "run").exists()

    def test_a_painting_that_cannot_be_read_leaves_no_folder(self, settings: StyleTraining, tmp_path: Path) -> None:
        settings.painting.write_bytes(settings.painting.read_bytes()[:200])
        with pytest.raises(PictureDamaged):
            TrainingRun.create(tmp_path / "run", settings)
        assert not (tmp_path / "run").exists()

    @pytest.mark.parametrize("text", ["{}", "[1]", '{"steps": [1, 2], "seconds": [1, 1]}', "nonsense",
                                      '{"steps": [1, 2, -3], "seconds": [1, 1, 1]}',
                                      '{"steps": [1, 2, 3], "seconds": [1, NaN, 1]}',
                                      '{"steps": [1, 2, 3], "seconds": [Infinity, 1, 1]}'])  # fmt: skip
    def test_a_plan_that_makes_no_sense(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "plan.json").write_text(text)
        with pytest.raises(TrainingWrong, match="its plan is damaged"):
            TrainingPlan.read(tmp_path)

    def test_a_checkpoint_with_a_number_in_the_place_of_a_list(self, straight: TrainingRun, tmp_path: Path) -> None:
        shutil.copytree(straight.folder, tmp_path / "run")
        with safe_open(kept := tmp_path / "run" / "checkpoint.safetensors", "numpy") as file:
            arrays, words = {name: file.get_tensor(name) for name in file.keys()}, file.metadata()  # noqa: SIM118
        save_file({**arrays, "done": np.array(3)}, kept, words)
        with pytest.raises(TrainingWrong, match="does not fit"):
            run(TrainingRun.open(tmp_path / "run").run(threads=1))

    def test_a_checkpoint_of_other_layers(self, straight: TrainingRun, tmp_path: Path) -> None:
        shutil.copytree(straight.folder, tmp_path / "run")
        content = json.loads((tmp_path / "run" / "settings.json").read_text())
        content["settings"] |= {"tuned": "all", "steps": [9, 9, 9]}
        (tmp_path / "run" / "settings.json").write_text(json.dumps(content))
        (tmp_path / "run" / "plan.json").unlink()
        with pytest.raises(TrainingWrong, match="does not fit"):
            run(TrainingRun.open(tmp_path / "run").run(threads=1))


def test_settings_survive_json(settings: StyleTraining) -> None:
    whole = replace(settings, losses=LossWeights(adversarial=0.5), photo=settings.painting)
    assert StyleTraining.from_dict(json.loads(json.dumps(whole.to_dict()))) == whole


def test_a_plan_knows_where_it_is() -> None:
    plan = TrainingPlan((3, 0, 2), (2.0, 1.0, 5.0))
    assert [plan.at(done) for done in range(6)] == [(0, 0), (0, 1), (0, 2), (2, 0), (2, 1), (2, 2)]
    assert [plan.ahead(done) for done in (0, 2, 4, 5)] == [16, 12, 5, 0]
    assert plan.done(4) == (3, 0, 1) and plan.stage(3) == "revision 2"


def test_as_many_steps_as_fit() -> None:
    """While examples are new each step makes its own; then steps are cheaper."""
    pace = Pace(step=2.0, example=0.5, batch=4, examples=40)
    assert pace.steps_in(40.0) == 10
    assert pace.steps_in(220.0) == 100
    assert pace.steps_in(0.1) == 1


def test_the_rate_rises_and_falls() -> None:
    rates = [scheduled(done, 1000) for done in range(1000)]
    assert rates[0] == pytest.approx(0.01) and max(rates) == rates[99] > 0.97 and rates[-1] == pytest.approx(0.02, 1e-3)
