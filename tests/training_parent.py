"""A training to be left without its parent: `python training_parent.py RUN`."""

import sys
from pathlib import Path

from recipes.training import TrainingRun
from workbench.progress import run

if __name__ == "__main__":
    run(TrainingRun.open(Path(sys.argv[1])).run(threads=1))
