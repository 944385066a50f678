"""Teaches LapStyle a style (Lin et al., CVPR 2021, sec. 3): `python -m lapstyle.train`, by `recipes.training`."""

import json
import math
import time
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import paddle
from numpy.typing import NDArray
from paddle import Tensor

from lapstyle import losses, train_model
from lapstyle.networks import statistics
from lapstyle.stages import DraftStage, RevisionStage, Stage, paint, pyramid, styled, to_tensor
from lapstyle.train_data import STROKES, Choices, centre_square, open_paintings, random_square
from lapstyle.train_judge import Judge
from lapstyle.train_learner import StageLearner
from lapstyle.train_losses import deepest, weighted_losses
from lapstyle.train_targets import Targets
from lapstyle.training_plan import SHARES, Pace, TrainingPlan
from lapstyle.training_settings import STAGES, StyleTraining
from workbench.child import Reports, child_main
from workbench.color import flattened, to_depth
from workbench.image_io import read_picture
from workbench.picture import Picture
from workbench.training_loop import Course, Losses, sheet, train
from workbench.training_pictures import Pixels
from workbench.training_state import Arrays

SAMPLES = 3  # rows of the sheet, the user's photo among them
WARMING = 0.1  # of a stage's steps, in which the rate rises from 0, at most `WARMING_STEPS`
WARMING_STEPS = 100
LAST_RATE = 0.02  # of the learning rate, at a stage's end
MEASURED = 12  # examples that are made before a stage is timed


class StyleTrainer:
    """The three networks, stage after stage, and the pictures they learn from."""

    def __init__(self, settings: StyleTraining, output: Path, plan: TrainingPlan) -> None:
        """
        Args:
            output: the training's folder, whose pictures are not learned from.

        Raises:
            FolderWithoutPictures, FolderUnreadable, PictureMissing
            StudioError: the painting, or the checkpoint to begin with, cannot be used.
        """
        self.settings = settings
        self.random = np.random.default_rng(settings.seed)
        self.plan = plan
        self.done = 0
        self.base = train_model.start_checkpoint(settings, output)
        self.networks = train_model.load_networks(self.base, settings)
        self._paintings = open_paintings(settings, output)
        self._deepest = deepest(settings.losses)
        self._targets = Targets(self._paintings, self.networks.encoder, self._deepest, settings.seed)
        choices = Choices(settings, output, len(self._paintings))
        self.stages: list[Stage] = [
            DraftStage(settings, self.networks, choices, self._targets),
            *(RevisionStage(level, settings, self.networks, choices, self._targets) for level in (1, 2)),
        ]
        self._learners = [StageLearner(stage.layers) for stage in self.stages]
        judged = np.random.default_rng((settings.seed, len(STAGES)))
        self._judges = {
            stage.level: Judge(f"judge_{stage.level}", judged)
            for stage in self.stages
            if stage.level and settings.losses.adversarial
        }
        self._shown = self._sample_squares(choices)
        self._first = [self._painted(number) for number in range(len(self._shown))]

    def step(self, part: float) -> Losses:
        """One step of the stage that is on; `Trainer.step`."""
        number, done = self.plan.at(self.done)
        stage, learner = self.stages[number], self._learners[number]
        rate = self.settings.learning_rate * scheduled(done, self.plan.steps[number])
        every = self.settings.losses.identity_every
        learner.freeze(False)
        if number == 0 and every and done % every == every - 1:
            lost = {"identity": self._identity(stage.batch)}
            learner.learn(lost["identity"], rate)
        else:
            lost = self._learn(stage, learner, rate)
        self.done += 1
        if learner.steps == self.plan.steps[number]:
            learner.finish()
            stage.forget()
        return {name: float(loss) for name, loss in lost.items()}

    def _learn(self, stage: Stage, learner: StageLearner, rate: float) -> dict[str, Tensor]:
        """One step from a batch of examples, and one of the discriminator where there is one."""
        painted = stage.paint(self.random.integers(stage.examples, size=stage.batch).tolist())
        features = self.networks.encoder(painted.picture, self._deepest)
        lost = weighted_losses(self.settings.losses, painted, features, self.random)
        judge = self._judges.get(stage.level)
        if judge is not None:
            lost["adversarial"] = self.settings.losses.adversarial * judge.loss(painted.picture)
        learner.learn(paddle.stack(list(lost.values())).sum(), rate)
        if judge is not None:
            lost["discriminator"] = judge.learn(painted.picture, painted.targets, rate, self.random)
        return lost

    def _identity(self, batch: int) -> Tensor:
        """Pictures painted in their own style are themselves: photos, or, where a pack is taught, its painting."""
        weights, side = self.settings.losses, self.settings.sides[0]
        squares = [to_tensor(self._identity_square(side)) for _ in range(batch)]
        with paddle.no_grad():
            pictures = paddle.concat(squares)
            features = self.networks.encoder(pictures, "relu4_1")
            own = {layer: statistics(values) for layer, values in features.items()}
        draft = self.networks.drafting.decode(styled(features, own))
        del features["relu1_1"]
        again = self.networks.encoder(draft, "relu4_1")
        pixels, deep = losses.identity_losses(draft, pictures, again, features)
        return weights.identity_pixels * pixels + weights.identity_features * deep

    def _identity_square(self, side: int) -> Pixels:
        index = int(self.random.integers(self.settings.examples))
        if self.settings.tuned == "all":
            return self.stages[0].choice(index).square
        planes = self._targets.at(0, int(self.random.choice(STROKES))).planes
        return random_square(to_pixels(planes), side, self.random)

    def arrays(self) -> Arrays:
        arrays = {"done": np.array([self.done])}
        for learner in self._learners:
            arrays |= learner.arrays() if learner.steps else {}
        for level, judge in self._judges.items():
            arrays |= judge.arrays() if self._learners[level].steps else {}
        return arrays

    def restore(self, arrays: Arrays) -> None:
        self.done = int(arrays["done"][0])
        for learner, steps, all_steps in zip(self._learners, self.plan.done(self.done), self.plan.steps, strict=True):
            if steps:
                learner.restore(arrays, steps, steps < all_steps)
        for level, judge in self._judges.items():
            if self._learners[level].steps:
                judge.restore(arrays)

    def learned(self) -> Arrays:
        """The parameters of the layers that have learned, by the checkpoint's names."""
        learned: Arrays = {}
        for learner in self._learners:
            learned |= learner.parameters() if learner.steps else {}
        return learned

    def save_model(self, path: Path, step: int) -> None:
        """The pack, or the checkpoint; `Trainer.save_model`."""
        if self.settings.tuned == "all":
            train_model.save_checkpoint(path, self.base, self.learned())
            return
        with self._averaged():
            preview = Picture(self._painted(0))
        style = self._paintings.style(0)
        train_model.save_pack(path, self.settings, style=style, base=self.base, learned=self.learned(), preview=preview)

    def samples(self) -> NDArray[np.uint8]:
        """A row for each of a few photos: the photo, as it was painted before the training, as it is now."""
        with self._averaged():
            now = [self._painted(number) for number in range(len(self._shown))]
        return sheet([np.stack(row) for row in zip(self._shown, self._first, now, strict=True)])

    def _averaged(self) -> ExitStack:
        """Inside, the networks are what `learned` gives."""
        stack = ExitStack()
        for learner in self._learners:
            stack.enter_context(learner.averaged())
        return stack

    def _sample_squares(self, choices: Choices) -> list[Pixels]:
        """[side, side, 3] each."""
        side, shown = self.settings.sides[-1], []
        if self.settings.photo is not None and self.settings.photo.is_file():  # it may be gone when this goes on
            picture = read_picture(self.settings.photo)
            whole = picture.pixels if picture.alpha is None else flattened(picture.pixels, picture.alpha)
            shown.append(centre_square(to_depth(whole, np.uint8), side))
        return shown + [choices.sample(index, side) for index in range(SAMPLES - len(shown))]

    def _painted(self, number: int) -> Pixels:
        """A sample, painted as it is now, with the paper's scale: the draft has a quarter of the sides."""
        with paddle.no_grad():
            levels = pyramid(to_tensor(self._shown[number]), len(self.stages) - 1)
            sides = [level.shape[2] for level in levels]
            style = number % len(self._paintings)
            measured = [self._targets.at(style, side).statistics for side in sides]
            return to_pixels(paint(self.networks, levels, measured).numpy()[0])


def scheduled(done: int, steps: int) -> float:
    """The share of the learning rate after so many of a stage's steps: it rises in a line, and falls along a cosine."""
    warm = min(1.0, (done + 1) / max(1.0, min(WARMING_STEPS, WARMING * steps)))
    return warm * (LAST_RATE + (1 - LAST_RATE) * 0.5 * (1 + math.cos(math.pi * done / steps)))


def to_pixels(planes: NDArray[np.float32]) -> Pixels:
    """[3, height, width] -> [height, width, 3], rounded."""
    return np.ascontiguousarray((planes.clip(0, 1) * 255 + 0.5).astype(np.uint8).transpose(1, 2, 0))


def make_plan(settings: StyleTraining, folder: Path, started: float) -> TrainingPlan:
    """The steps that the settings ask for, or as many as fit in the time, by what two steps of each stage take.

    Args:
        started: when the time began to run, of `time.monotonic`.
    """
    if settings.steps is not None:
        return TrainingPlan(settings.steps, (1.0,) * len(STAGES))
    assert settings.minutes is not None  # the settings check it
    shares = SHARES[settings.tuned]
    tried = TrainingPlan(tuple(2 if share else 0 for share in shares), (1.0,) * len(STAGES))
    trainer = StyleTrainer(settings, folder, tried)
    paces = [_measured(trainer, stage) if share else None for stage, share in zip(trainer.stages, shares, strict=True)]
    return TrainingPlan.fitting(settings.minutes - (time.monotonic() - started) / 60, paces, settings.tuned)


def _measured(trainer: StyleTrainer, stage: Stage) -> Pace:
    for index in range(MEASURED):  # those of all the scales at which paintings are seen, as good as certainly
        stage.example(stage.examples + index)
    trainer.step(0)  # the first one is slower
    times = [time.monotonic()]
    trainer.step(0)
    times.append(time.monotonic())
    stage.example(stage.examples + MEASURED)  # one that no step asks for
    times.append(time.monotonic())
    step, example = np.diff(times)
    return Pace(max(step / 2, step - stage.batch * example), example, stage.batch, stage.examples)


def work(folder: Path, reports: Reports) -> None:
    """The child's work; raises as `StyleTrainer` and `training_loop.train` do."""
    started = time.monotonic()
    reports.tell(0, 1, "measuring", now=True)
    content = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    settings = StyleTraining.from_dict(content["settings"])
    plan = TrainingPlan.read(folder)
    if plan is None:
        plan = make_plan(settings, folder, started)
        plan.save(folder)
    trainer = StyleTrainer(settings, folder, plan)
    train(folder, reports, trainer, plan.total, Course(plan.ahead, plan.stage))


if __name__ == "__main__":
    child_main(work)
