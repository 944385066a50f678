"""A batch to be killed: `python batch_child.py INPUT OUTPUT LOG`, with a painter that inverts and keeps a log."""

import sys
import time
from pathlib import Path

import numpy as np

from lapstyle.painter import Painter
from lapstyle.settings import Settings
from lapstyle.styles import StatisticsStore, Style, WeightedStyles
from recipes.batch import batch
from workbench.image_io import Picture
from workbench.progress import Cancellation, Job, Progress, run

STYLE = Style("checks", np.indices((32, 32, 3)).sum(axis=0).astype(np.uint8))


class InvertingPainter(Painter):
    """Inverts a picture in three steps; the size of each picture it begins is a line of the log."""

    def __init__(self, log: Path, seconds: float = 0.0) -> None:
        self.store = StatisticsStore("inverting", None)
        self.log = log
        self.seconds = seconds

    def paint(
        self,
        picture: Picture,
        styles: WeightedStyles,
        settings: Settings | None = None,
        cancellation: Cancellation | None = None,
    ) -> Job[Picture]:
        height, width = picture.pixels.shape[:2]
        with self.log.open("a") as file:
            file.write(f"{width}x{height}\n")
        for step in range(3):
            if cancellation is not None:
                cancellation.check()
            time.sleep(self.seconds / 3)
            yield Progress(step, 3, "invert")
        return Picture(inverted(picture), picture.alpha, picture.metadata)


def inverted(picture: Picture) -> np.ndarray:
    return np.iinfo(picture.pixels.dtype).max - picture.pixels


if __name__ == "__main__":
    inputs, output, log = (Path(argument) for argument in sys.argv[1:4])
    job = batch(inputs, output, styles=STYLE, painter=InvertingPainter(log, seconds=0.03))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    run(job)
