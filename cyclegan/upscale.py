"""Enlarges a picture by super-resolution: the original program's network (`networks.cycleGAN`), tile by tile."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

import weights
from cyclegan.factor import Factor, check_factor
from workbench.checkpoint_file import Parameters, Shapes, fitting, read_checkpoint
from workbench.color import to_depth
from workbench.errors import SettingWrong
from workbench.picture import Picture, check_size
from workbench.progress import Cancellation, Job, Progress
from workbench.runtime import Device, Runtime, Session
from workbench.tiles import Tile, tiles

HALO = 37  # px of the small picture: 34 for its 34 convolutions, and what the stages that enlarge add to it
TILE = 684  # px of the enlarged picture: a larger one takes gigabytes in the last layers, a smaller one has more halo
EPSILON = 1e-5  # of batch norm, as Paddle's


class Enlarger:
    """The networks, loaded when they are first needed and kept.

    Attributes:
        runtime: what they run on.
    """

    def __init__(
        self,
        device: Device = "auto",
        threads: int | None = None,
        tile: int | None = None,
        model: Path | str | None = None,
        *,
        restore: bool = False,
    ) -> None:
        """
        Args:
            threads: that share one operator on the CPU; the physical cores if None.
            tile: longest side of what is worked on at once, in pixels of the small picture; 342 to double it and 171
                to quadruple it if None.
            model: file of a network of one's own, as a training leaves it; it is for one factor. The ones that ship if
                None.
            restore: use the networks that also take away blur, noise and the traces of JPEG.

        Raises:
            DeviceMissing: a GPU was asked for and there is none.
            SettingWrong: both a network of one's own and `restore`.
        """
        if restore and model is not None:
            raise SettingWrong(name="restore", value=restore, expected="leave it away with a network of your own")
        self.runtime = Runtime.choose(device, threads)
        self.tile = tile
        self.model = None if model is None else Path(model)
        self._networks = "restore" if restore else "enlarge"
        self._sessions: dict[Factor, Session] = {}

    def enlarge(self, picture: Picture, factor: Factor, cancellation: Cancellation | None = None) -> Job[Picture]:
        """The picture at 2 or 4 times its sides, same depth; transparency is enlarged bicubically, metadata stay.

        The result is the same for any size of tiles: each sees the halo of real pixels that the network looks at, and
        the picture is reflected at its own edges.

        Raises:
            SettingWrong: another factor.
            PictureTooLarge: the result would have more than 200 megapixels.
            StudioError: the model cannot be read, or is for another factor; see `read_checkpoint`.
        """
        check_factor(factor)
        height, width = picture.height * factor, picture.width * factor
        check_size(f"The picture, enlarged by {factor},", width, height)
        pixels = np.empty((height, width, 3), picture.pixels.dtype)
        total, done = picture.height * picture.width / 1e6, 0.0
        yield Progress(0, total, "enlarging")
        session = self._session(factor)
        for tile in tiles(picture.height, picture.width, self.tile or TILE // factor):
            enlarged = session.run({"picture": _window(picture.pixels, tile)}, cancellation)["enlarged"][0]
            margin = HALO * factor
            inner = enlarged[:, margin:-margin, margin:-margin].transpose(1, 2, 0)
            place = Tile(*(factor * edge for edge in (tile.top, tile.bottom, tile.left, tile.right)))
            pixels[place.slices] = to_depth(inner, pixels.dtype)
            done += tile.height * tile.width / 1e6
            yield Progress(done, total, "enlarging")
        alpha = picture.alpha
        if alpha is not None:
            alpha = to_depth(cv2.resize(alpha, (width, height), interpolation=cv2.INTER_CUBIC), alpha.dtype)
        return replace(picture, pixels=pixels, alpha=alpha)

    def _session(self, factor: Factor) -> Session:
        if factor not in self._sessions:
            graph = weights.path(f"cyclegan/enlarge_{factor}.onnx").read_bytes()
            tensors = load_file(weights.path(f"cyclegan/{self._networks}_{factor}.safetensors"))
            parameters = {name: values.astype(np.float32) for name, values in tensors.items()}
            if self.model is not None:
                shapes = {name: values.shape for name, values in tensors.items()}
                parameters = own_parameters(self.model, factor, shapes)
            self._sessions[factor] = Session(graph, folded(parameters), self.runtime)
        return self._sessions[factor]


def own_parameters(path: Path, factor: Factor, shapes: Shapes) -> Parameters:
    """Those of somebody's file; raises `CheckpointMismatch` unless it fits, and what `read_checkpoint` raises."""
    wanted = f"super-resolution {factor}x"
    file = read_checkpoint(path, wanted)
    tensors = file.content if isinstance(file.content, dict) else {}
    return fitting(tensors, shapes, file.path, wanted)


def folded(parameters: Mapping[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
    """Without batch norms: each is put into the convolution before it, which is exact while nothing is trained."""
    result = {name: values for name, values in parameters.items() if not _norm_of(name, parameters)}
    for name in parameters:
        if not name.endswith("._mean"):
            continue
        norm = name.removesuffix("._mean")
        convolution = _before(norm)
        transposed = convolution.startswith("upsampling.")
        gain = parameters[f"{norm}.weight"] / np.sqrt(parameters[f"{norm}._variance"] + np.float32(EPSILON))
        shape = (1, -1, 1, 1) if transposed else (-1, 1, 1, 1)
        result[f"{convolution}.weight"] = parameters[f"{convolution}.weight"] * gain.reshape(shape)
        centred = parameters[f"{convolution}.bias"] - parameters[name]
        result[f"{convolution}.bias"] = centred * gain + parameters[f"{norm}.bias"]
    return result


def _norm_of(name: str, parameters: Mapping[str, NDArray[np.float32]]) -> bool:
    return f"{name.rpartition('.')[0]}._mean" in parameters


def _before(norm: str) -> str:
    """The convolution in front of a batch norm: "bn2" follows "conv2", "upsampling.1" follows "upsampling.0"."""
    start, dot, last = norm.rpartition(".")
    return f"{start}{dot}{last.replace('bn', 'conv') if last.startswith('bn') else int(last) - 1}"


def _window(pixels: NDArray[Any], tile: Tile) -> NDArray[np.float32]:
    """[1, 3, height, width] in [0, 1]: a tile with its halo, reflected where the picture ends."""
    height, width = pixels.shape[:2]
    outer = tile.grown(HALO, height, width)
    window = np.ascontiguousarray(pixels[outer.slices])
    inner = tile.within(outer)
    margins = (
        HALO - inner.top,
        HALO - (outer.height - inner.bottom),
        HALO - inner.left,
        HALO - (outer.width - inner.right),
    )
    padded = cv2.copyMakeBorder(window, *margins, cv2.BORDER_REFLECT_101)
    return np.ascontiguousarray(to_depth(padded, np.float32).transpose(2, 0, 1)[None])
