"""Trainings as folders: made, stopped, gone on with. The work itself is done in a process of its own."""

import csv
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from cyclegan.models import find_model
from cyclegan.training_settings import CycleTraining, EnlargeTraining
from workbench.child import Message, run_child
from workbench.errors import FolderWithoutPictures, SettingWrong, TrainingExists, TrainingWrong
from workbench.formats import READABLE_SUFFIXES
from workbench.output_file import put_in_place, reporting, system_reason
from workbench.processors import usable_cores
from workbench.progress import Cancellation, Job
from workbench.tree import survey

Kind = Literal["cycle", "enlarge"]
TrainingSettings = CycleTraining | EnlargeTraining

MODULE = {"cycle": "cyclegan.train", "enlarge": "cyclegan.train_enlarge"}
SETTINGS_OF: dict[str, type[TrainingSettings]] = {"cycle": CycleTraining, "enlarge": EnlargeTraining}
VERSION = 1
SETTINGS, LOSSES = "settings.json", "losses.csv"
LARGEST = 1 << 16  # bytes of settings


@dataclass(frozen=True)
class TrainingStatus:
    """Where a training stands.

    Attributes:
        step: steps that are done.
        steps: of the whole training.
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
        kind: "cycle" or "enlarge".
        settings: as it was begun.
        status: while it runs, as it goes on; else as its folder says.
    """

    def __init__(self, folder: Path, settings: TrainingSettings) -> None:
        self.folder = folder
        self.settings = settings
        self.kind: Kind = "cycle" if isinstance(settings, CycleTraining) else "enlarge"
        self.status = self._saved_status()

    @classmethod
    def create(cls, folder: Path | str, settings: TrainingSettings) -> "TrainingRun":
        """Make the folder of a new training.

        Raises:
            TrainingExists: there are files in it already.
            FolderWithoutPictures, FolderUnreadable, PictureMissing: there is nothing to learn from.
            ModelUnknown, StudioError: the model to begin with cannot be used.
            OutputNotWritten: it cannot be made.
        """
        folder = Path(folder)
        for source in settings.folders:
            if not survey([source], READABLE_SUFFIXES, folder).pictures:
                raise FolderWithoutPictures(path=source)
        if isinstance(settings, CycleTraining) and settings.start is not None:
            find_model(settings.start)
        with reporting(str(folder)):
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise TrainingExists(path=folder)
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
        try:
            names, *_, last = csv.reader((self.folder / LOSSES).read_text(encoding="utf-8").splitlines())
            step, *values = map(float, last)
            losses = {name: value for name, value in zip(names[1:], values, strict=True) if math.isfinite(value)}
            return TrainingStatus(int(step), self.settings.steps, None, losses)
        except (OSError, ValueError):
            return TrainingStatus(0, self.settings.steps)


def _parsed(content: Any) -> TrainingSettings:
    """Raises ValueError or SettingWrong."""
    if not isinstance(content, dict) or content.get("version") != VERSION or content.get("kind") not in SETTINGS_OF:
        raise ValueError("it is no training's settings")
    values = content.get("settings")
    if not isinstance(values, dict):
        raise ValueError("it has no settings")
    return SETTINGS_OF[content["kind"]].from_dict(values)
