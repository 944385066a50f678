"""What a training's folder shows: how far it came, its losses and its samples."""

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from studio.pictures import Mipmap, to_bytes
from studio.training_curve import Losses
from workbench.errors import StudioError

if TYPE_CHECKING:
    from recipes.training import TrainingRun, TrainingStatus

LOSSES = "losses.csv"
LARGEST = 64_000_000  # bytes of losses that are read: more than a million steps
Stamp = tuple[int, int]
"""A file's time and size: the same while nobody has written it anew."""


@dataclass(frozen=True, eq=False)
class News:
    """
    Attributes:
        status: where the training stands.
        losses: None before there are any.
        samples: the newest sheet; None before there is one.
        model: the file of its networks; None before there is one.
        stamps: of the files that losses and samples were read from, by their names.
    """

    run: "TrainingRun"
    status: "TrainingStatus"
    losses: Losses | None
    samples: Mipmap | None
    model: Path | None
    stamps: dict[str, Stamp] = field(default_factory=dict)


def read_news(folder: Path, before: News | None = None) -> News:
    """Read a training's folder; what did not change since `before` is not read again.

    Raises:
        StudioError: it is no training's folder.
    """
    from recipes.training import TrainingRun

    run = TrainingRun.open(folder)
    stamps = {path.name: stamp for path in (folder / LOSSES, run.samples) if (stamp := stamp_of(path)) is not None}
    known = before.stamps if before is not None else {}
    losses = before.losses if before is not None else None
    samples = before.samples if before is not None else None
    if stamps.get(LOSSES) != known.get(LOSSES):
        losses = read_losses(folder / LOSSES)
    if stamps.get(run.samples.name) != known.get(run.samples.name):
        samples = read_samples(run.samples)
    return News(run, run.status, losses, samples, run.model if run.model.is_file() else None, stamps)


def stamp_of(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def read_losses(path: Path) -> Losses | None:
    """The table of a training: steps in the first column, a loss in each other one; None where it makes no sense."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            names, *rows = csv.reader(file.read(LARGEST).splitlines())
        table = np.array([[float(cell) for cell in row] for row in rows if len(row) == len(names)], np.float64)
    except (OSError, ValueError, csv.Error):
        return None
    if len(table) < 2 or len(names) < 2 or not np.isfinite(table).all() or (np.diff(table[:, 0]) < 0).any():
        return None
    return Losses(table[:, 0], {name: table[:, column] for column, name in enumerate(names) if column})


def read_samples(path: Path) -> Mipmap | None:
    """A sheet of samples; None where it cannot be read."""
    from workbench.image_io import read_picture

    try:
        return Mipmap.build(to_bytes(read_picture(path).pixels))
    except StudioError:
        return None
