"""Runs the networks: the same three acts, encode, draft and revise, by ONNX Runtime or by Paddle.

Arrays are [1, channels, height, width] float32.
"""

import contextlib
import functools
import importlib.metadata
import json
import threading
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

import weights
from lapstyle.checkpoints import Checkpoint, channels_of, revision_name
from lapstyle.styles import Statistics
from workbench.errors import DeviceMissing
from workbench.processors import usable_cores
from workbench.progress import Cancellation
from workbench.runtime import Device, Runtime, Session, gpu_provider

Array = NDArray[np.float32]
DRAFT_LAYERS = ("relu2_1", "relu3_1", "relu4_1")
STYLE_LAYERS = ("relu1_1", "relu2_1", "relu3_1")
EPSILON = 1e-5  # inside the root of every standard deviation
KEPT_REVISIONS = 8  # sessions of revision networks with a style folded in, some 1 MB each
EngineName = Literal["auto", "onnx", "paddle"]
Through = Literal["relu3_1", "relu4_1"]
STRIDES = {"relu1_1": 1, "relu2_1": 2, "relu3_1": 4, "relu4_1": 8}


@dataclass(frozen=True)
class Features:
    """What the encoder sees in a picture: the maps that drafting needs, and the statistics of every layer."""

    maps: dict[str, Array]
    statistics: Statistics


class Engine(ABC):
    """Runs one checkpoint's networks.

    Attributes:
        checkpoint: the weights.
        name: "ONNX Runtime" or "Paddle".
        device: what it runs on, in words.
        threads: threads that share one operator on the CPU.
        note: a sentence when the device is not the one that could be expected, else "".
    """

    HALO = 14  # px around a tile: both revision networks see at most 13, and windows begin on even pixels
    name: str
    device: str
    threads: int
    note: str = ""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.checkpoint = checkpoint
        self.has_conv3_4 = "enc_4.7.weight" in checkpoint.network("net_enc")

    @property
    def universal(self) -> bool:
        """Whether the revisions are modulated by the style, and padded once by reflection before they run."""
        return self.checkpoint.kind == "universal"

    def encode(self, picture: Array, through: Through, cancellation: Cancellation | None = None) -> Features:
        """Features of a picture [1, 3, height, width] in [0, 1], its sides at least 16 px."""
        features = self._encode(picture, through, cancellation)
        if self.universal:
            return features
        return Features(features.maps, unbiased(features.statistics, picture.shape[2:]))

    def draft(self, content: Features, target: Statistics, cancellation: Cancellation | None = None) -> Array:
        """The draft, [1, 3, height, width]: the content's features given the target's statistics (AdaIN), decoded."""
        styled = {}
        for layer in DRAFT_LAYERS:
            (mean, deviation), (target_mean, target_deviation) = content.statistics[layer], target[layer]
            gain = target_deviation / deviation
            factors = gain, target_mean - mean * gain
            styled[layer] = content.maps[layer], *(factor.reshape(1, -1, 1, 1) for factor in factors)
        return self._draft(styled, cancellation)

    def revise(self, revision: int, stack: Array, style: Statistics, cancellation: Cancellation | None = None) -> Array:
        """The residual of a window, [1, 3, height, width].

        Args:
            revision: 1 for the first after the draft; beyond the checkpoint's last, the last is used again.
            stack: [1, 6, height, width], Laplacian and enlarged previous result; sides even.
            style: the style's statistics at this level's scale; PaddleGAN's network, made for one style, needs none.

        The outer 13 px are valid only where they are the picture's own edge and the network is PaddleGAN's.
        """
        return self._revise(min(revision, self.checkpoint.revisions), stack, style, cancellation)

    def revision_cost(self, revision: int) -> float:
        """About how many million operations a pixel a revision takes: nearly all of it runs at half resolution."""
        network = self.checkpoint.network(revision_name(min(revision, self.checkpoint.revisions)))
        return 2 * sum(array.size for array in network.values() if array.ndim == 4) / 4 / 1e6

    @abstractmethod
    def with_checkpoint(self, checkpoint: Checkpoint) -> "Engine":
        """The same runner on the same device for other weights."""

    @abstractmethod
    def _encode(self, picture: Array, through: Through, cancellation: Cancellation | None) -> Features: ...

    @abstractmethod
    def _draft(self, styled: dict[str, tuple[Array, ...]], cancellation: Cancellation | None) -> Array: ...

    @abstractmethod
    def _revise(self, revision: int, stack: Array, style: Statistics, cancellation: Cancellation | None) -> Array: ...


def style_vector(statistics: Statistics) -> Array:
    """[1, 896]: mean then deviation of relu1_1, relu2_1 and relu3_1."""
    return np.concatenate([part for layer in STYLE_LAYERS for part in statistics[layer]])[None]


def unbiased(statistics: Statistics, size: tuple[int, ...]) -> Statistics:
    """The deviations as PaddleGAN takes them: divided by positions - 1 (`paddle.var`), epsilon added after."""
    converted = {}
    for layer, (mean, deviation) in statistics.items():
        stride = STRIDES[layer]
        positions = -(-size[0] // stride) * -(-size[1] // stride)
        variance = (np.square(deviation) - EPSILON).clip(0) * (positions / max(1, positions - 1))
        converted[layer] = mean, np.sqrt(variance + EPSILON).astype(np.float32)
    return converted


def choose_engine(
    checkpoint: Checkpoint, device: Device = "auto", threads: int | None = None, name: EngineName = "auto"
) -> Engine:
    """The engine of that name; "auto" is ONNX Runtime, or Paddle where only Paddle reaches a GPU.

    Raises:
        DeviceMissing: a GPU was asked for and neither reaches one.
    """
    if name == "paddle":
        return PaddleEngine(checkpoint, device, threads)
    if name == "auto" and device != "cpu" and gpu_provider() is None and paddle_has_cuda():
        with contextlib.suppress(DeviceMissing):
            return PaddleEngine(checkpoint, "gpu", threads)
    return OnnxEngine(checkpoint, device, threads)


def paddle_has_cuda() -> bool:
    """Whether the installed Paddle was compiled for NVIDIA GPUs; without the seconds that importing it takes."""
    try:
        importlib.metadata.distribution("paddlepaddle-gpu")
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


@functools.cache
def graph_parameters() -> dict[str, list[str]]:
    """Graph -> the names of the weights that it must be filled with."""
    names: dict[str, list[str]] = json.loads(weights.path("graphs/parameters.json").read_text())
    return names


def graph_session(graph: str, parameters: Mapping[str, Array], runtime: Runtime) -> Session:
    """A graph of `weights/graphs`, filled with those of the parameters that it needs."""
    needed = {name: parameters[name] for name in graph_parameters()[graph]}
    return Session(weights.path(f"graphs/{graph}.onnx").read_bytes(), needed, runtime)


class OnnxEngine(Engine):
    """The default: graphs exported from the Paddle networks, filled with the checkpoint, run by ONNX Runtime."""

    name = "ONNX Runtime"

    def __init__(
        self,
        checkpoint: Checkpoint,
        device: Device = "auto",
        threads: int | None = None,
        *,
        runtime: Runtime | None = None,
    ) -> None:
        super().__init__(checkpoint)
        self.runtime = runtime or Runtime.choose(device, threads)
        self.device, self.threads, self.note = self.runtime.device, self.runtime.threads, self.runtime.note
        self._sessions: dict[str, Session] = {}
        self._revisions: OrderedDict[tuple[int, bytes], Session] = OrderedDict()
        self._lock = threading.RLock()  # the window and its batches may share an engine

    def with_checkpoint(self, checkpoint: Checkpoint) -> "OnnxEngine":
        return OnnxEngine(checkpoint, runtime=self.runtime)

    def _kept_session(self, graph: str, network: str) -> Session:
        key = f"{graph} {network}"
        with self._lock:
            if key not in self._sessions:
                self._sessions[key] = graph_session(graph, self.checkpoint.network(network), self.runtime)
            return self._sessions[key]

    def _encode(self, picture: Array, through: Through, cancellation: Cancellation | None) -> Features:
        complete = through == "relu4_1" and self.has_conv3_4
        graph = f"encoder_{through}" + ("_with_conv3_4" if complete else "")
        outputs = self._kept_session(graph, "net_enc").run({"picture": picture}, cancellation)
        layers = [name.removesuffix(".mean") for name in outputs if name.endswith(".mean")]
        statistics = {
            layer: (outputs[f"{layer}.mean"].reshape(-1), outputs[f"{layer}.deviation"].reshape(-1)) for layer in layers
        }
        return Features({layer: outputs[layer] for layer in layers if layer in outputs}, statistics)

    def _draft(self, styled: dict[str, tuple[Array, ...]], cancellation: Cancellation | None) -> Array:
        inputs: dict[str, Array] = {}
        for layer, (features, gain, offset) in styled.items():
            inputs |= {layer: features, f"{layer}.gain": gain, f"{layer}.offset": offset}
        return self._kept_session("draft", "net_dec").run(inputs, cancellation)["draft"]

    def _revise(self, revision: int, stack: Array, style: Statistics, cancellation: Cancellation | None) -> Array:
        if self.universal:
            with self._lock:
                session = self._modulated_session(revision, style_vector(style))
        else:
            session = self._kept_session("revision_paddlegan", revision_name(revision))
        return session.run({"stack": stack}, cancellation)["residual"]

    def _modulated_session(self, revision: int, style: Array) -> Session:
        """The revision network with one style's scale and shift folded into its weights.

        conv1(x) * (1 + scale) + shift is again a convolution, and a plain one is what ONNX Runtime fuses and lays out
        for the processor; a session takes milliseconds to make.
        """
        key = revision, style.tobytes()
        if key in self._revisions:
            self._revisions.move_to_end(key)
            return self._revisions[key]
        parameters = self.checkpoint.network(revision_name(revision))
        channels = channels_of(parameters["down.weight"])
        modulating = self._kept_session(f"modulation_{channels}", revision_name(revision))
        modulation = modulating.run({"style": style})["modulation"][0]
        for block, (scale, shift) in enumerate(modulation):
            weight, bias = f"blocks.{block}.conv1.weight", f"blocks.{block}.conv1.bias"
            parameters[weight] = parameters[weight] * (1 + scale)[:, None, None, None]
            parameters[bias] = parameters[bias] * (1 + scale) + shift
        session = self._revisions[key] = graph_session(f"revision_universal_{channels}", parameters, self.runtime)
        if len(self._revisions) > KEPT_REVISIONS:
            self._revisions.popitem(last=False)
        return session


class PaddleEngine(Engine):
    """The reference: the networks themselves. Slower on a CPU; on an NVIDIA GPU where Paddle is compiled with CUDA."""

    name = "Paddle"

    def __init__(self, checkpoint: Checkpoint, device: Device = "auto", threads: int | None = None) -> None:
        import paddle

        from lapstyle import networks

        super().__init__(checkpoint)
        self._paddle: Any = paddle
        has_gpu = paddle.is_compiled_with_cuda() and paddle.device.cuda.device_count() > 0
        if device == "gpu" and not has_gpu:
            raise DeviceMissing(device="GPU", reason="the installed Paddle finds no NVIDIA GPU")
        self._place = paddle.CUDAPlace(0) if has_gpu and device != "cpu" else paddle.CPUPlace()
        self.device = "NVIDIA GPU (Paddle)" if has_gpu and device != "cpu" else "CPU"
        self.threads = threads or usable_cores()
        paddle.base.core.set_num_threads(self.threads)
        self._drafting = self._load(networks.DraftingNet(not self.universal), "net_dec")
        self._revisions = [self._revision(revision_name(number)) for number in range(1, checkpoint.revisions + 1)]

    def with_checkpoint(self, checkpoint: Checkpoint) -> "PaddleEngine":
        return PaddleEngine(checkpoint, "cpu" if self.device == "CPU" else "gpu", self.threads)

    @functools.cached_property
    def _encoder(self) -> Any:
        """Made when it is first needed: a style pack's never is."""
        from lapstyle import networks

        return self._load(networks.Encoder(not self.has_conv3_4, deepest="relu4_1"), "net_enc")

    def _revision(self, name: str) -> Any:
        from lapstyle import networks

        if not self.universal:
            return self._load(networks.RevisionNet(), name)
        channels = channels_of(self.checkpoint.network(name)["down.weight"])
        return self._load(networks.UniversalRevisionNet(channels), name)

    def _load(self, network: Any, name: str) -> Any:
        """The network with the checkpoint's numbers; what it has no place for (relu5_1) is left out."""
        parameters = self.checkpoint.network(name)
        network.set_state_dict({key: self._tensor(parameters[key]) for key in network.state_dict()})
        return network.to(device=self._place).eval()

    def _tensor(self, array: Array) -> Any:
        return self._paddle.to_tensor(np.ascontiguousarray(array), place=self._place)

    def _encode(self, picture: Array, through: Through, cancellation: Cancellation | None) -> Features:
        from lapstyle import networks

        with self._paddle.no_grad():
            maps = self._encoder(self._tensor(picture), through)
            statistics = {layer: networks.statistics(features) for layer, features in maps.items()}
        return Features(
            {layer: features.numpy() for layer, features in maps.items() if layer in DRAFT_LAYERS},
            {layer: (mean.numpy().reshape(-1), dev.numpy().reshape(-1)) for layer, (mean, dev) in statistics.items()},
        )

    def _draft(self, styled: dict[str, tuple[Array, ...]], cancellation: Cancellation | None) -> Array:
        with self._paddle.no_grad():
            inputs = {layer: tuple(self._tensor(part) for part in parts) for layer, parts in styled.items()}
            return self._drafting.decode(inputs).numpy()

    def _revise(self, revision: int, stack: Array, style: Statistics, cancellation: Cancellation | None) -> Array:
        network = self._revisions[revision - 1]
        with self._paddle.no_grad():
            if not self.universal:
                return network(self._tensor(stack)).numpy()
            return network.body(self._tensor(stack), network.modulation(self._tensor(style_vector(style)))).numpy()
