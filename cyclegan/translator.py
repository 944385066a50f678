"""Translates a picture with a CycleGAN's generator, at any size: the same statistics everywhere, tile by tile."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cyclegan.checkpoints import Generator
from cyclegan.generator_graph import LEAST, STRIDE, GeneratorGraph, Statistics, generator_graph, receptive_field
from cyclegan.models import Direction, Model, find_model
from cyclegan.translation import TranslationSettings
from workbench.color import to_depth
from workbench.picture import Picture, resized
from workbench.progress import Cancellation, Job, Progress, part_of
from workbench.runtime import Device, Runtime, Session
from workbench.tiles import Tile, tiles

Values = NDArray[np.float32]
WHOLE = 2**25  # channels x pixels that are worked on at once: half a megapixel of a generator of 64 channels
PATCH = 64  # px, side of the patches that statistics are taken from: many small ones tell more than few large ones
SMALLEST_TILE = 64  # px, however little its halo leaves of what may be worked on at once
STRIPE = 2**21  # pixels that are enlarged and blended at once
PREVIEW = 1600  # px, long side: larger previews are made smaller
NETWORK_SHARE = 0.9  # of the whole job's progress
SUPPORT = 3  # px of the small picture that a cubic enlargement looks at beyond a stripe
LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601


@dataclass(frozen=True, eq=False)
class _Loaded:
    """A generator and what tells it from others; `session` computes norms, or has batch norms folded in."""

    generator: Generator
    fingerprint: str
    graph: GeneratorGraph
    session: Session


class Translator:
    """A generator, loaded when it is first needed and kept.

    Attributes:
        model: what it translates with.
        runtime: what it runs on.
    """

    def __init__(
        self,
        model: Model | str | Path,
        direction: Direction = "forward",
        device: Device = "auto",
        threads: int | None = None,
        tile: int | None = None,
    ) -> None:
        """
        Args:
            model: itself, the name of one that ships, or a checkpoint's file; see `find_model`.
            threads: that share one operator on the CPU; the physical cores if None.
            tile: longest side of what is translated at once, in pixels at the working size, without its halo; if None,
                as the generator's channels allow.

        Raises:
            DeviceMissing: a GPU was asked for and there is none.
            ModelUnknown: there is no such model.
            StudioError: the checkpoint cannot be used; see `checkpoints.load_generators`.
        """
        self.model = model if isinstance(model, Model) else find_model(model)
        self.direction: Direction = direction
        self.runtime = Runtime.choose(device, threads)
        self.tile = tile
        self._loaded: _Loaded | None = None

    @property
    def fingerprint(self) -> str:
        """Tells the generator from all others; it is loaded."""
        return self._load().fingerprint

    def translate(
        self, picture: Picture, settings: TranslationSettings | None = None, cancellation: Cancellation | None = None
    ) -> Job[Picture]:
        """The picture translated, same size and depth; transparency and metadata stay.

        The network sees the picture at the working size. Where that is small enough, it sees it whole. Else every
        norm's mean and variance are taken from patches that are spread evenly over the picture and go through the
        network together; with these the network is local, and tiles with the whole of what it looks at around them
        give what it would give for the whole picture at once: there are no seams to hide (ADR 0010).

        What is made is enlarged to the picture's size, and the detail that the working size could not hold, the
        difference in luminance between the picture and the picture reduced and enlarged again, is added.

        Yields:
            Progress; the previews are of the working size, at most 1600 px long.

        Raises:
            SettingWrong: the model has no generator for the direction.
            StudioError: the checkpoint cannot be used; see `checkpoints.load_generators`.
            Cancelled: the cancellation was thrown.
        """
        settings = settings or TranslationSettings()
        yield Progress(0, 1, "loading")
        loaded = self._load()
        if settings.strength == 0:
            return picture
        longest = max(picture.width, picture.height)
        working = resized(picture, min(settings.size or longest, longest)).pixels
        job = self._translated(loaded, working, cancellation)
        translated = yield from part_of(job, 0, NETWORK_SHARE, 1, previews=True)
        detailed = given_back(picture.pixels, working, translated, settings)
        pixels = yield from part_of(detailed, NETWORK_SHARE, 1 - NETWORK_SHARE, 1)
        return replace(picture, pixels=pixels)

    def _load(self) -> _Loaded:
        if self._loaded is None:
            generator, fingerprint = self.model.generator(self.direction)
            graph = generator_graph(generator)
            self._loaded = _Loaded(generator, fingerprint, graph, self._session(graph))
        return self._loaded

    def _session(self, graph: GeneratorGraph) -> Session:
        return Session(graph.model, graph.weights, self.runtime)

    def _translated(
        self, loaded: _Loaded, pixels: NDArray[Any], cancellation: Cancellation | None
    ) -> Job[NDArray[np.uint16]]:
        """[height, width, 3] of any depth -> the same, translated, 16 bits."""
        height, width = pixels.shape[:2]
        padded = _padded(pixels)
        tall, wide = padded.shape[:2]
        at_once = WHOLE // loaded.generator.architecture.channels
        result = to_depth(padded, np.uint16).copy()
        session, halo = loaded.session, receptive_field(loaded.generator.architecture)
        places = [Tile(0, tall, 0, wide)]
        yield Progress(0, 1, "translating")
        if self.tile is not None or tall * wide > at_once:
            places = _tiles(tall, wide, self.tile or max(SMALLEST_TILE, int(at_once**0.5) - 2 * halo))
            if loaded.graph.norms:
                statistics = self._statistics(loaded, padded, at_once, cancellation)
                session = self._session(generator_graph(loaded.generator, statistics))
        done = 0
        for place in places:
            outer = place.grown(halo, tall, wide)
            inputs = {"picture": _network_input([padded[outer.slices]])}
            made = session.run(inputs, cancellation)["translated"][0].transpose(1, 2, 0)
            result[place.slices] = to_depth((made[place.within(outer).slices] + 1) / 2, np.uint16)
            done += place.height * place.width
            yield Progress(done, tall * wide, "translating", _preview(result[:height, :width]))
        return result[:height, :width]

    def _statistics(
        self, loaded: _Loaded, pixels: NDArray[Any], at_once: int, cancellation: Cancellation | None
    ) -> Mapping[str, Statistics]:
        """Every norm's, of the whole picture if it is small enough, else of patches spread evenly over it."""
        height, width = pixels.shape[:2]
        places = spread(height, width, at_once) if height * width > at_once else [Tile(0, height, 0, width)]
        patches = [pixels[place.slices] for place in places]
        outputs = loaded.session.run({"picture": _network_input(patches)}, cancellation)
        return loaded.graph.statistics(outputs)


def spread(height: int, width: int, at_once: int) -> list[Tile]:
    """Patches of equal size, evenly over a picture, from its edges on; they may overlap where it is small.

    Args:
        height, width: of the picture, multiples of 4.
        at_once: pixels that the patches may have in all; a single one may have more.
    """
    tall, wide = min(PATCH, height), min(PATCH, width)
    most = max(1, at_once // (tall * wide))
    columns = min(most, max(1, round((most * width / height) ** 0.5)), -(-width // wide))
    rows = min(max(1, most // columns), -(-height // tall))
    return [
        Tile(top, top + tall, left, left + wide)
        for top in _places(height - tall, rows)
        for left in _places(width - wide, columns)
    ]


def _places(room: int, count: int) -> list[int]:
    """So many starts from 0 to `room`; a single one is in the middle."""
    if count == 1:
        return [room // 2]
    return [room * index // (count - 1) for index in range(count)]


def _tiles(height: int, width: int, side: int) -> list[Tile]:
    """Tiles whose edges are multiples of 4: there the strides of a tile are those of the whole picture."""
    small = tiles(height // STRIDE, width // STRIDE, max(2, side // STRIDE))
    return [Tile(*(STRIDE * edge for edge in (tile.top, tile.bottom, tile.left, tile.right))) for tile in small]


def _padded(pixels: NDArray[Any]) -> NDArray[Any]:
    """Reflected below and on the right, to sides that are multiples of 4 and at least 8."""
    height, width = (max(LEAST, -(-side // STRIDE) * STRIDE) for side in pixels.shape[:2])
    below, right = height - pixels.shape[0], width - pixels.shape[1]
    return cv2.copyMakeBorder(np.ascontiguousarray(pixels), 0, below, 0, right, cv2.BORDER_REFLECT_101)


def _network_input(windows: list[NDArray[Any]]) -> Values:
    """[batch, 3, height, width] in [-1, 1]."""
    planes = [to_depth(window, np.float32).transpose(2, 0, 1) for window in windows]
    return np.stack(planes) * np.float32(2) - np.float32(1)


def _preview(pixels: NDArray[np.uint16]) -> NDArray[np.uint8]:
    longest = max(pixels.shape[:2])
    step = -(-longest // PREVIEW)
    return to_depth(np.ascontiguousarray(pixels[::step, ::step]), np.uint8)


def given_back(
    pixels: NDArray[Any], working: NDArray[Any], translated: NDArray[np.uint16], settings: TranslationSettings
) -> Job[NDArray[Any]]:
    """The translation at the photo's size and depth, with the photo's own detail, mixed with the photo.

    With E for the enlargement and Y for luminance it is E(translated) + detail * (Y(photo) - E(Y(working))); stripe by
    stripe, so that only these are ever floats.
    """
    height, width = pixels.shape[:2]
    result = np.empty_like(pixels)
    rows = max(1, STRIPE // width)
    for top in range(0, height, rows):
        bottom = min(height, top + rows)
        photo = to_depth(pixels[top:bottom], np.float32)
        made = _enlarged(working, translated, settings.detail, (top, bottom, height, width))
        made += np.float32(settings.detail) * (photo @ LUMA)[..., None]
        mixed = photo + np.float32(settings.strength) * (np.clip(made, 0, 1) - photo)
        result[top:bottom] = to_depth(mixed, pixels.dtype)
        yield Progress(bottom, height, "detail")
    return result


def _enlarged(
    working: NDArray[Any], translated: NDArray[np.uint16], detail: float, stripe: tuple[int, int, int, int]
) -> Values:
    """Rows `top` to `bottom` of E(translated - detail * Y(working)) at `height` x `width`: it is linear."""
    top, bottom, height, width = stripe
    scale = working.shape[0] / height
    first = max(0, int(top * scale) - SUPPORT)
    last = min(working.shape[0], int(np.ceil(bottom * scale)) + SUPPORT)
    base = to_depth(translated[first:last], np.float32)
    base = base - np.float32(detail) * (to_depth(working[first:last], np.float32) @ LUMA)[..., None]
    box = (0, top * scale - first, working.shape[1], bottom * scale - first)
    size = (width, bottom - top)
    planes = [
        np.asarray(
            Image.fromarray(np.ascontiguousarray(base[..., channel])).resize(size, Image.Resampling.BICUBIC, box)
        )
        for channel in range(3)
    ]
    return np.stack(planes, axis=-1)
