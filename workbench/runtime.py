"""ONNX Runtime sessions: which device, how many threads, and weightless graphs filled with a checkpoint's numbers."""

import functools
import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from workbench.errors import DeviceMissing
from workbench.processors import usable_cores
from workbench.progress import Cancellation, Cancelled

Device = Literal["auto", "cpu", "gpu"]
Arrays = Mapping[str, NDArray[np.float32]]
logger = logging.getLogger(__name__)

GPU_PROVIDERS = {
    "CUDAExecutionProvider": "NVIDIA GPU (CUDA)",
    "DmlExecutionProvider": "GPU (DirectML)",
    "CoreMLExecutionProvider": "GPU (CoreML)",
}
CPU_PROVIDER = "CPUExecutionProvider"
LOG_ERRORS = 3


onnxruntime.disable_telemetry_events()  # what Windows has of its own; see also __init__.py


def available_providers() -> list[str]:
    """ONNX Runtime's names of the execution providers it was built with."""
    return list(onnxruntime.get_available_providers())


def gpu_provider() -> str | None:
    """The first GPU provider that the installed onnxruntime was built with."""
    return next((provider for provider in GPU_PROVIDERS if provider in available_providers()), None)


@functools.cache
def _thread_pools() -> ThreadpoolController:
    return ThreadpoolController()


def one_blas_thread() -> AbstractContextManager[object]:
    """While it is open, numpy's matrix products take one thread.

    OpenBLAS's threads wait for more work at full speed for some 25 ms after each product, in which a session that runs
    next has half of the processor.
    """
    limiter: AbstractContextManager[object] = _thread_pools().limit(limits=1, user_api="blas")
    return limiter


@dataclass(frozen=True)
class Runtime:
    """Where sessions run.

    Attributes:
        provider: ONNX Runtime's name of the execution provider that comes first.
        threads: threads that share one operator on the CPU.
        note: a sentence when `auto` fell back to the CPU, else "".
    """

    provider: str
    threads: int
    note: str = ""

    @property
    def device(self) -> str:
        return GPU_PROVIDERS.get(self.provider, "CPU")

    @classmethod
    def choose(cls, device: Device = "auto", threads: int | None = None) -> "Runtime":
        """Pick the provider for a device; threads default to the physical cores this process may use.

        Raises:
            DeviceMissing: `gpu` was asked for and onnxruntime has no provider for one, or the driver does not load.
        """
        count = threads or usable_cores()
        provider = gpu_provider()
        if device == "cpu":
            return cls(CPU_PROVIDER, count)
        if provider is None:
            if device == "gpu":
                raise DeviceMissing(device="GPU", reason="the installed onnxruntime was built for the CPU only")
            return cls(CPU_PROVIDER, count, "No GPU is usable with the installed onnxruntime: painting on the CPU.")
        if not loads(provider):
            if device == "gpu":
                raise DeviceMissing(device="GPU", reason=f"{provider} does not load; check its driver")
            return cls(CPU_PROVIDER, count, f"{provider} does not load: painting on the CPU.")
        return cls(provider, count)


def loads(provider: str) -> bool:
    """Whether a session really gets the provider: onnxruntime lists it even where its driver is missing."""
    try:
        session = onnxruntime.InferenceSession(IDENTITY_GRAPH, providers=[provider, CPU_PROVIDER])
    except Exception:
        logger.warning("The provider %s failed", provider, exc_info=True)
        return False
    return provider in session.get_providers()


# The smallest graph there is: y = Identity(x), x float32 [1]; ir_version 8, opset 17.
IDENTITY_GRAPH = bytes.fromhex(
    "080812003a360a100a017812017922084964656e7469747912005a0f0a0178120a0a08080112040a02080162"
    "0f0a0179120a0a08080112040a02080142040a001011"
)


class Session:
    """One graph, filled with weights, ready to run."""

    def __init__(self, graph: bytes, weights: Arrays, runtime: Runtime) -> None:
        """
        Args:
            graph: a serialized ONNX model whose weights are external and named as the keys of `weights`.
            weights: at least those that the graph names.
            runtime: where to run.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = runtime.threads
        options.log_severity_level = LOG_ERRORS
        # Threads that wait in a loop take the core from whoever they wait for as soon as anything else runs.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        if runtime.provider == "DmlExecutionProvider":
            options.enable_mem_pattern = False  # DirectML's own requirement
        self._held = [onnxruntime.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(w)) for w in weights.values()]
        options.add_external_initializers(list(weights), self._held)
        providers = [runtime.provider] if runtime.provider == CPU_PROVIDER else [runtime.provider, CPU_PROVIDER]
        self._session = onnxruntime.InferenceSession(graph, options, providers=providers)

    def run(self, inputs: Arrays, cancellation: Cancellation | None = None) -> dict[str, NDArray[np.float32]]:
        """Every output by its name.

        Raises:
            Cancelled: the cancellation was thrown; the run stops at the next operator.
        """
        options = onnxruntime.RunOptions()
        options.log_severity_level = LOG_ERRORS + 1  # a terminated run logs itself as an error

        def terminate() -> None:
            options.terminate = True

        names = [output.name for output in self._session.get_outputs()]
        if cancellation is None:
            return dict(zip(names, self._session.run(names, dict(inputs), options), strict=True))
        with cancellation.interrupting(terminate):
            try:
                return dict(zip(names, self._session.run(names, dict(inputs), options), strict=True))
            except Exception as error:
                if cancellation.cancelled:
                    raise Cancelled from error
                raise
