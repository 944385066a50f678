"""Translation: when a generator is ready, a 24-megapixel photo, and memory. ``python -m benchmarks.translation``

Each row is measured in a process of its own, on the CPU; speed does not depend on the weights, which are random.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from safetensors.numpy import save_file

import assets
from benchmarks.contestants import peak_memory
from cyclegan.architecture import Architecture, generator_shapes
from cyclegan.checkpoints import load_generators
from cyclegan.generator_graph import generator_graph
from cyclegan.translation import TranslationSettings
from cyclegan.translator import Translator
from workbench.image_io import read_picture, resized
from workbench.progress import run
from workbench.runtime import Runtime, Session

ROOT = Path(__file__).parents[1]
LONG_SIDE = 6000  # px: 24 megapixels
ARCHITECTURES = (Architecture(32, 6), Architecture(64, 9))
SIZES = (320, 640, 1280, 3000)


def main() -> None:
    table = Table("channels", "blocks", "size, px", "graph, ms", "session, ms", "24 megapixels, s", "peak, MB")
    for architecture in ARCHITECTURES:
        for size in SIZES:
            channels, blocks = architecture.channels, architecture.blocks
            command = [sys.executable, "-m", "benchmarks.translation", str(channels), str(blocks), str(size)]
            finished = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
            row = json.loads(finished.stdout)
            numbers = (row["graph"] * 1e3, row["session"] * 1e3, row["seconds"], row["memory"] / 2**20)
            table.add_row(*map(str, (channels, blocks, size)), *(f"{number:.1f}" for number in numbers))
    Console().print(table)


def measure(architecture: Architecture, size: int) -> dict[str, Any]:
    """Seconds and bytes; the photo itself and all libraries are part of the peak."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "random.safetensors"
        random = np.random.default_rng(0)
        parameters = {
            name: random.normal(0, max(1, np.prod(shape[1:])) ** -0.5, shape).astype(np.float32)
            for name, shape in generator_shapes(architecture).items()
        }
        save_file(parameters, path)
        (generator,) = load_generators(path).generators
        generator_graph(generator)  # the first one imports onnx
        started = time.perf_counter()
        graph = generator_graph(generator)
        built = time.perf_counter()
        Session(graph.model, graph.weights, Runtime.choose("cpu"))
        ready = time.perf_counter()
        photo = resized(read_picture(assets.path("samples/mountains.jpg")), LONG_SIDE)
        translator = Translator(path, device="cpu")
        begun = time.perf_counter()
        run(translator.translate(photo, TranslationSettings(size)))
        seconds = time.perf_counter() - begun
    return {"graph": built - started, "session": ready - built, "seconds": seconds, "memory": peak_memory()}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        channels, blocks, size = map(int, sys.argv[1:])
        print(json.dumps(measure(Architecture(channels, blocks), size)))
    else:
        main()
