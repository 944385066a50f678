"""Trainings as folders: made, stopped, gone on with. The work itself is done in a process of its own."""

import csv
import json
import math
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from cyclegan.models import find_model
from cyclegan.training_settings import START, CycleTraining, EnlargeTraining
from lapstyle.checkpoints import load_checkpoint
from lapstyle.train_data import open_paintings
from lapstyle.training_plan import TrainingPlan
from lapstyle.training_settings import StyleTraining, kept_painting
from workbench.child import Message, run_child
from workbench.errors import FolderWithoutPictures, SettingWrong, TrainingExists, TrainingWrong
from workbench.formats import READABLE_SUFFIXES
from workbench.output_file import put_in_place, reporting, system_reason
from workbench.processors import usable_cores
from workbench.progress import Cancellation, Job
from workbench.tree import survey

Kind = Literal["cycle", "enlarge", "style"]
TrainingSettings = CycleTraining | EnlargeTraining | StyleTraining

MODULE: dict[Kind, str] = {"cycle": "cyclegan.train", "enlarge": "cyclegan.train_enlarge", "style": "lapstyle.train"}
SETTINGS_OF: dict[Kind, type[TrainingSettings]] = {
    "cycle": CycleTraining,
    "enlarge": EnlargeTraining,
    "style": StyleTraining,
}
VERSION = 1
SETTINGS, LOSSES = "settings.json", "losses.csv"
LARGEST = 1 << 16  # bytes of settings
LARGEST_TABLE = 64_000_000  # characters of losses: more than a million steps


@dataclass(frozen=True)
class TrainingStatus:
    """Where a training stands.

    Attributes:
        step: steps that are done.
        steps: of the whole training; 0 where its child has not counted them yet.
        seconds_left: None while nothing runs, or before that is known.
        losses: by name, lately; empty before there are any.
    """

    step: int
    steps: int
    seconds_left: float | None = None
    losses: Mapping[str, float] = field(default_factory=dict)


class TrainingRun:
    """A training's folder.

    Attributes:
        folder: with all that belongs to it.
        kind: "cycle", "enlarge" or "style".
        settings: as it was begun.
        status: while it runs, as it goes on; else as its folder says.
    """

    def __init__(self, folder: Path, settings: TrainingSettings) -> None:
        self.folder = folder
        self.settings = settings
        self.kind: Kind = next(kind for kind, sort in SETTINGS_OF.items() if isinstance(settings, sort))
        self.status = self._saved_status()

    @classmethod
    def create(cls, folder: Path | str, settings: TrainingSettings) -> "TrainingRun":
        """Make the folder of a new training.

        Raises:
            TrainingExists: there are files in it already.
            FolderWithoutPictures, FolderUnreadable, PictureMissing: there is nothing to learn from.
            ModelUnknown, StudioError: the model to begin with, or the painting, cannot be used.
            OutputNotWritten: it cannot be made.
        """
        folder = Path(folder)
        for source in settings.folders:
            if not survey([source], READABLE_SUFFIXES, folder).pictures:
                raise FolderWithoutPictures(path=source)
        if isinstance(settings, StyleTraining):
            open_paintings(settings, folder)  # one that cannot be used shall leave no folder behind
        start = _start(settings)
        with reporting(str(folder)):
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise TrainingExists(path=folder)
            if start is not None and Path(start).is_file():  # it may be gone when the training goes on
                shutil.copyfile(start, folder / START)
            if isinstance(settings, StyleTraining) and settings.painting.is_file():
                shutil.copyfile(settings.painting, kept_painting(settings, folder))
        run = cls(folder, settings)
        content = {"version": VERSION, "kind": run.kind, "settings": settings.to_dict()}
        put_in_place(folder / SETTINGS, f"{json.dumps(content, indent=2)}\n".encode())
        return run

    @classmethod
    def open(cls, folder: Path | str) -> "TrainingRun":
        """The training of a folder; raises `TrainingWrong` where there is none, or its settings make no sense."""
        folder = Path(folder)
        try:
            with (folder / SETTINGS).open("rb") as file:
                content = json.loads(file.read(LARGEST))
            return cls(folder, _parsed(content))
        except OSError as error:
            raise TrainingWrong(path=folder, reason=system_reason(error)) from error
        except (ValueError, RecursionError) as error:
            raise TrainingWrong(path=folder, reason="its settings are damaged") from error
        except SettingWrong as error:
            raise TrainingWrong(path=folder, reason=str(error).rstrip(".")) from error

    @property
    def samples(self) -> Path:
        """What the networks make of a few pictures, now and then; may not be there yet, as the other files."""
        return self.folder / "samples.webp"

    @property
    def losses_plot(self) -> Path:
        return self.folder / "losses.png"

    @property
    def model(self) -> Path:
        """What was learned, ready for use."""
        return self.folder / "model.safetensors"

    def run(self, cancellation: Cancellation | None = None, threads: int | None = None) -> Job[TrainingStatus]:
        """Train to the end, from where it stopped. A cancel pauses it: all is saved, and `run` goes on from there.

        Args:
            threads: that compute on the CPU; the physical cores that may be used if None.

        Raises:
            Cancelled: it was paused.
            StudioError: see `workbench.child.run_child`.
        """
        try:
            yield from run_child(
                MODULE[self.kind], self.folder, self._on_message, cancellation, threads or usable_cores()
            )
        finally:
            self.status = self._saved_status()
        return self.status

    def _on_message(self, message: Message) -> None:
        self.status = TrainingStatus(
            int(message["done"]), int(message["total"]), message.get("seconds_left"), message.get("losses", {})
        )

    def _saved_status(self) -> TrainingStatus:
        """From the last line of the losses, which are written with every checkpoint."""
        steps = self._steps()
        try:
            with (self.folder / LOSSES).open(encoding="utf-8", newline="") as file:
                names, *_, last = csv.reader(file.read(LARGEST_TABLE).splitlines())
            step, *values = map(float, last)
            losses = {name: value for name, value in zip(names[1:], values, strict=True) if math.isfinite(value)}
            return TrainingStatus(min(steps, max(0, int(step))), steps, None, losses)
        except (OSError, ValueError, OverflowError, csv.Error):
            return TrainingStatus(0, steps)

    def _steps(self) -> int:
        if not isinstance(self.settings, StyleTraining):
            return self.settings.steps
        plan = TrainingPlan.read(self.folder)
        return sum(self.settings.steps or ()) if plan is None else plan.total


def _start(settings: TrainingSettings) -> str | None:
    """The model or file to begin with, which is looked at; None for what comes with the program, or nothing."""
    if isinstance(settings, CycleTraining) and settings.start is not None:
        find_model(settings.start)
        return settings.start
    if isinstance(settings, StyleTraining) and settings.start not in ("universal", "scratch"):
        load_checkpoint(settings.start)
        return settings.start
    return None


def _parsed(content: Any) -> TrainingSettings:
    """Raises ValueError or SettingWrong."""
    kind = content.get("kind") if isinstance(content, dict) else None
    if not isinstance(kind, str) or kind not in SETTINGS_OF or content.get("version") != VERSION:
        raise ValueError("it is no training's settings")
    values = content.get("settings")
    if not isinstance(values, dict):
        raise ValueError("it has no settings")
    return SETTINGS_OF[kind].from_dict(values)
