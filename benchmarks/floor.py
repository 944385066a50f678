"""How fast the painting could be at best: its multiply-adds, over the rate of one large convolution on this machine."""

import math
import time

import numpy as np
import onnxruntime

from lapstyle.pyramid import DRAFT_MULTIPLE, plan, round_up
from workbench.processors import usable_cores

# Multiply-adds of one 3x3 convolution from a to b channels at 1/side of the resolution: 9 a b / side^2 a pixel.
ENCODER = [
    (3, 64, 1),
    (64, 64, 1),
    (64, 128, 2),
    (128, 128, 2),
    (128, 256, 4),
    (256, 256, 4),
    (256, 256, 4),
    (256, 512, 8),
]
DECODER = [
    *((512, 512, 8), (512, 512, 8), (512, 256, 8)),
    *((256, 256, 4), (256, 256, 4), (256, 128, 4)),
    *((128, 128, 2), (128, 64, 2)),
    *((64, 64, 1), (64, 3, 1)),
]
REVISION_CHANNELS = (64, 32)  # of the first revision, and of all others
CHANNELS, SIDE = 256, 96  # of the large convolution


def multiply_adds(layers: list[tuple[int, int, int]]) -> float:
    """Of one pixel."""
    return sum(9 * before * after / side**2 for before, after, side in layers)


def painting_operations(width: int, height: int, draft_side: int) -> float:
    """Floating-point operations of a painting, two a multiply-add; no halos, no style."""
    sizes = plan(height, width, draft_side).sizes
    rows, columns = round_up(sizes[0], DRAFT_MULTIPLE)
    draft = multiply_adds(ENCODER) + multiply_adds(DECODER)
    revised = sum(multiply_adds(revision_layers(number)) * math.prod(size) for number, size in enumerate(sizes[1:], 1))
    return 2 * (draft * rows * columns + revised)


def revision_layers(number: int) -> list[tuple[int, int, int]]:
    """Of the revision network of a level, 1 for the first after the draft."""
    channels = REVISION_CHANNELS[min(number, 2) - 1]
    return [(24, channels, 2), *[(channels, channels, 2)] * 4, (channels, 12, 2)]


def convolution_rate(repeats: int = 20) -> float:
    """Operations a second of one 3x3 convolution, 256 to 256 channels at 96x96, as ONNX Runtime runs it; the best."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = usable_cores()
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(convolution_graph(), options, providers=["CPUExecutionProvider"])
    picture = np.random.default_rng(0).random((1, CHANNELS, SIDE, SIDE), dtype=np.float32)
    best = float("inf")
    for _ in range(repeats):
        started = time.perf_counter()
        session.run(None, {"x": picture})
        best = min(best, time.perf_counter() - started)
    return 2 * 9 * CHANNELS**2 * SIDE**2 / best


def convolution_graph() -> bytes:
    from onnx import TensorProto, helper, numpy_helper

    weights = np.random.default_rng(1).standard_normal((CHANNELS, CHANNELS, 3, 3)).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("Conv", ["x", "w"], ["y"], pads=[1, 1, 1, 1])],
        "convolution",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, CHANNELS, SIDE, SIDE])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(weights, "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())
