"""The noise and blur workshop: speed, the wait for a preview, and memory. ``python -m benchmarks.noise``

Prints three tables. Ratios are within one run; times and memory are of this machine, pictures of 8 bits.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import psutil
from rich.console import Console
from rich.table import Table
from skimage.util import random_noise

import assets
from benchmarks.contestants import peak_memory
from lapstyle.settings import Settings
from noise import ImageNoise, Pipeline, quantiles
from noise.catalogue import STEPS
from noise.step import Pixels, Step
from studio.noise_jobs import NoiseJobs
from studio.noise_region import region
from studio.painting import PREVIEW_PIXELS, Look, with_copies
from workbench.image_io import read_picture, resized
from workbench.picture import Picture
from workbench.progress import Cancellation, Job, run
from workbench.tiles import Tile

ROOT = Path(__file__).parents[1]
LONG_SIDE = 4000  # px: 12 megapixels
PROB = 0.1
LOOP_SHARE = 10  # the loop salts a tenth of the picture's rows
WHOLE, VIEW = (1080, 1920), Tile(1000, 1800, 1000, 2280)  # a full HD picture; what a window shows of a large one
QUICK, PATIENT = 50, 300  # ms: the goals of what treats pixels alone or is linear, and of the rest
QUICK_STEPS = ("salt-pepper", "gaussian-noise", "speckle", "poisson", "mean-blur", "gaussian-blur", "motion-blur")
REPEATS = 7


def main() -> None:
    console = Console()
    console.print(memory())  # first, since a process begins with the peak of the one that started it
    photo = large_photo()
    console.print(salt_and_pepper(photo), previews(photo))


def large_photo() -> Pixels:
    return resized(read_picture(assets.path("samples/mountains.jpg")), LONG_SIDE).pixels


def the_loop(image: Pixels, prob: float) -> Pixels:
    """As the original program does it."""
    output = np.zeros(image.shape, np.uint8)
    threshold = 1 - prob
    for i in range(image.shape[0]):
        for j in range(image.shape[1]):
            rdn = random.random()
            if rdn < prob:
                output[i][j] = 0
            elif rdn > threshold:
                output[i][j] = 255
            else:
                output[i][j] = image[i][j]
    return output


def salt_and_pepper(photo: Pixels) -> Table:
    """Three ways to salt and pepper 12 megapixels, in turn; the fastest run of each counts."""
    some = photo[: len(photo) // LOOP_SHARE]
    with tempfile.TemporaryDirectory() as folder:
        worker = ImageNoise(folder, Path(folder) / "unused")
        ways: dict[str, tuple[float, Callable[[], object]]] = {
            "ours": (1, lambda: worker.sp_noise(photo, PROB)),
            f"the original's loop (from 1/{LOOP_SHARE} of the rows)": (LOOP_SHARE, lambda: the_loop(some, PROB)),
            "skimage random_noise": (1, lambda: random_noise(photo, mode="s&p", amount=2 * PROB)),
        }
        seconds = {name: float("inf") for name in ways}
        for _ in range(REPEATS):
            for name, (share, work) in ways.items():
                seconds[name] = min(seconds[name], share * timed(work))
    megapixels = photo.shape[0] * photo.shape[1] / 1e6
    table = Table("salt and pepper", "times ours", "s", title=f"{megapixels:.0f} megapixels", title_justify="left")
    for name, duration in seconds.items():
        table.add_row(name, f"{duration / seconds['ours']:.0f}", f"{duration:.3f}")
    return table


def previews(pixels: Pixels) -> Table:
    """The jobs that the window runs after a change, up to what it can draw; the fastest run counts."""
    whole = resized(Picture(pixels), WHOLE[1]).pixels[: WHOLE[0]]
    whole = np.ascontiguousarray(np.pad(whole, ((0, WHOLE[0] - len(whole)), (0, 0), (0, 0)), "reflect"))
    small, large = (with_copies("photo", None, Picture(each), PREVIEW_PIXELS) for each in (whole, pixels))
    jobs, never = NoiseJobs(), Cancellation()
    table = Table("step", "whole, ms", "view, ms", "goal, ms", title_justify="left")
    table.title = f"preview of {WHOLE[1]}x{WHOLE[0]}, and of {VIEW.width}x{VIEW.height} in 12 megapixels"
    for name, kind in STEPS.items():
        times = (
            wait(kind(), lambda look: jobs.whole(small, look, never)),
            wait(kind(), lambda look: region(large, look, VIEW, never)),
        )
        quick = name in QUICK_STEPS
        met = times[0] <= QUICK if quick else times[1] <= PATIENT
        goal = f"whole {QUICK}" if quick else f"view {PATIENT}"
        table.add_row(name, *(f"{each:.1f}" for each in times), goal if met else f"{goal}, missed")
    return table


def wait(step: Step, job: Callable[[Look], Job[object]]) -> float:
    """Milliseconds of the fastest preview; nothing kept from the one before is of use."""
    best = float("inf")
    for seed in range(REPEATS):
        quantiles.poisson.cache_clear()
        look = Look((), Settings(), after=Pipeline((step,), seed))
        best = min(best, timed(partial(run, job(look))))
    return 1000 * best


def memory() -> Table:
    """Peak of the memory of a process that renders 12 megapixels, the picture itself included, programs not."""
    table = Table("step", "pictures", title="peak memory; at most 4", title_justify="left")
    for name in [*STEPS, "three steps"]:
        command = [sys.executable, "-m", "benchmarks.noise", name]
        finished = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
        table.add_row(name, f"{json.loads(finished.stdout):.2f}")
    return table


def measure_memory(name: str) -> float:
    """In pictures."""
    steps = [STEPS[each]() for each in (("salt-pepper", "mean-blur", "median") if name == "three steps" else (name,))]
    pipeline = Pipeline(tuple(steps))
    run(pipeline.render(Picture(np.zeros((600, 600, 3), np.uint8))))  # loads what is needed
    before = psutil.Process().memory_info().rss
    photo = np.empty((3000, LONG_SIDE, 3), np.uint8)
    photo[:] = np.arange(LONG_SIDE, dtype=np.uint16)[:, None] % 251
    run(pipeline.render(Picture(photo)))
    return (peak_memory() - before) / photo.nbytes


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(measure_memory(sys.argv[1]))
    else:
        main()
