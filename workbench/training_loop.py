"""Step after step: what every training shares, from its checkpoints to the time that is left."""

import csv
import io
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray

from workbench.child import Reports
from workbench.errors import TrainingDiverged, TrainingWrong
from workbench.image_io import write_picture
from workbench.loss_plot import loss_plot
from workbench.output_file import put_in_place
from workbench.picture import Picture
from workbench.training_state import Arrays, read_training, save_checkpoint

FIRST_SAVE = 10.0  # seconds: samples are awaited
SAVE_EVERY = 60.0  # seconds, at least; and at most a twentieth of the time goes into it
SHARE = 20
MODEL = "model.safetensors"
ROW_EVERY = 10  # steps, whose mean is a row of the losses
RECENT = 0.05  # weight of a step in the losses that are told
Losses = dict[str, float]


class Trainer(Protocol):
    """A training's networks and pictures.

    Attributes:
        random: the source of all that is random.
    """

    random: np.random.Generator

    def step(self, part: float) -> Losses:
        """Learn once, `part` (0 to 1) of the way through; the losses by name."""

    def arrays(self) -> Arrays:
        """All that is needed to go on, bit for bit."""

    def restore(self, arrays: Arrays) -> None:
        """The inverse; raises LookupError or ValueError for what does not fit."""

    def save_model(self, path: Path, step: int) -> None:
        """Write what was learned, ready for use, whole or not at all; raises as `save_half` does."""

    def samples(self) -> NDArray[np.uint8]:
        """[height, width, 3]: what the networks make of a few squares."""


@dataclass(frozen=True)
class Course:
    """How a training goes whose steps are not all alike.

    Attributes:
        ahead: the work after so many steps, in any unit.
        stage: what is done then, in a word or two.
    """

    ahead: Callable[[int], float]
    stage: Callable[[int], str]


class LossTable:
    """The losses of `losses.csv`: a row for every few steps, their means.

    A loss that no step of a row had stays what it was; before its first one it is what that was.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.steps: list[int] = []
        self.values: dict[str, list[float]] = {}
        self.recent: Losses = {}
        self._since: list[Losses] = []

    def read(self, until: int) -> None:
        """What an earlier run wrote, up to a step. A table that makes no sense is begun anew."""
        try:
            names, *rows = csv.reader(self._path.read_text(encoding="utf-8").splitlines())
            table = [[float(cell) for cell in row] for row in rows if len(row) == len(names) > 1]
            table = [row for row in table if 0 <= row[0] <= until]
        except (OSError, ValueError, OverflowError, csv.Error):
            return
        self.steps = [int(row[0]) for row in table]
        self.values = {name: [row[column] for row in table] for column, name in enumerate(names) if column}

    def add(self, step: int, losses: Losses) -> None:
        self._since.append(losses)
        for name, value in losses.items():
            self.recent[name] = self.recent.get(name, value) * (1 - RECENT) + RECENT * value
        if len(self._since) >= ROW_EVERY:
            self._close_row(step)

    def save(self, step: int) -> None:
        """Up to this step."""
        if self._since:
            self._close_row(step)
        elif self.steps and self.steps[-1] != step:  # what the last steps lost is not known any more
            self.steps.append(step)
            for values in self.values.values():
                values.append(values[-1])
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["step", *self.values])
        columns = [[f"{value:.6g}" for value in values] for values in self.values.values()]
        writer.writerows(zip(map(str, self.steps), *columns, strict=True))
        put_in_place(self._path, text.getvalue().encode())

    def _close_row(self, step: int) -> None:
        self.steps.append(step)
        known = dict.fromkeys([*self.values, *(name for losses in self._since for name in losses)])
        for name in known:
            given = [losses[name] for losses in self._since if name in losses]
            values = self.values.setdefault(name, [])
            new = sum(given) / len(given) if given else values[-1]
            values += [new] * (len(self.steps) - len(values))
        self._since.clear()


def train(folder: Path, reports: Reports, trainer: Trainer, steps: int, course: Course | None = None) -> None:
    """Train until all steps are done or the reports say to stop; all is in the folder then.

    Args:
        course: tells the time that is left, and what is done; without one all steps are alike.

    Raises:
        TrainingDiverged: a loss or a weight is no number any more; the last checkpoint before that stays.
        TrainingWrong: the folder's checkpoint does not fit.
        OutputNotWritten: the disk is full, ...
    """
    table = LossTable(folder / "losses.csv")
    step = _restored(folder, trainer, steps)
    table.read(step)
    course = course or Course(lambda done: steps - done, lambda _: "training")
    reports.tell(step, steps, course.stage(step), now=True)
    started = time.monotonic()
    first, save_at = step, started + FIRST_SAVE
    stopping = False
    whole = table.steps[-1:] in ([], [step]) and (folder / MODEL).exists()
    if step == steps and not whole:  # the last save did not come to its end
        save(folder, trainer, table, step)
    while step < steps and not stopping:
        losses = trainer.step(step / steps)
        step += 1
        if not all(map(math.isfinite, losses.values())):
            raise TrainingDiverged(path=folder)
        table.add(step, losses)
        now = time.monotonic()
        left = (now - started) / (course.ahead(first) - course.ahead(step)) * course.ahead(step)
        reports.tell(step, steps, course.stage(step), now=step == steps, losses=table.recent, seconds_left=left)
        stopping = reports.stopping
        if stopping or step == steps or now >= save_at:
            save(folder, trainer, table, step)
            after = time.monotonic()
            save_at = after + max(SAVE_EVERY, SHARE * (after - now))


def _restored(folder: Path, trainer: Trainer, steps: int) -> int:
    """The step from which to go on."""
    checkpoint = folder / "checkpoint.safetensors"
    if not checkpoint.exists():
        return 0
    arrays, step = read_training(checkpoint, trainer.random, steps)
    try:
        trainer.restore(arrays)
    except (LookupError, ValueError) as error:
        raise TrainingWrong(path=folder, reason="its checkpoint does not fit its settings") from error
    return step


def save(folder: Path, trainer: Trainer, table: LossTable, step: int) -> None:
    """Write the whole folder; the checkpoint, from which all else but the losses can be made again, first.

    Raises:
        TrainingDiverged: a number is not finite; nothing is written.
    """
    arrays = trainer.arrays()
    if not all(np.isfinite(values).all() for values in arrays.values()):
        raise TrainingDiverged(path=folder)
    save_checkpoint(folder / "checkpoint.safetensors", arrays, step, trainer.random)
    trainer.save_model(folder / MODEL, step)
    table.save(step)
    if table.steps:
        put_in_place(folder / "losses.png", loss_plot(table.steps, table.values))
    write_picture(Picture(trainer.samples()), folder / "samples.webp")


def save_half(path: Path, tensors: Arrays, words: dict[str, str], step: int) -> None:
    """Write a model in float16, whole or not at all.

    Raises:
        TrainingDiverged: a number is too large for float16, or none; nothing is written.
        OutputNotWritten: the disk is full, ...
    """
    with np.errstate(over="ignore"):
        half = {name: np.ascontiguousarray(values, np.float16) for name, values in tensors.items()}
    if not all(np.isfinite(values).all() for values in half.values()):
        raise TrainingDiverged(path=path.parent)
    put_in_place(path, safetensors.numpy.save(half, {**words, "step": str(step)}))


def sheet(rows: list[NDArray[Any]]) -> NDArray[np.uint8]:
    """Rows of squares, [count, side, side, 3] uint8 each, as one picture."""
    return np.concatenate([np.concatenate(list(row), axis=1) for row in rows], axis=0)
