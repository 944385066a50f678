"""Paints: an engine with what it keeps between pictures, and one run of it over one photo, coarse to fine."""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

import weights
from lapstyle import gallery_statistics, guidance, pyramid
from lapstyle.checkpoints import load_checkpoint
from lapstyle.coloring import with_color_of
from lapstyle.engine import EngineName, Features, choose_engine
from lapstyle.grain import grained
from lapstyle.harmony import harmonized
from lapstyle.palette import Palette, blended, nearer, palette_of, recolored
from lapstyle.pyramid import Level, Pixels, Plan, Planes
from lapstyle.revision import PixelStore, PlaneStore, RevisionWindow, Store, to_pixels
from lapstyle.settings import Settings
from lapstyle.shares import Model, Models, Share, combined
from lapstyle.styles import Statistics, StatisticsStore, WeightedStyles, mix
from workbench.image_io import Picture, resized
from workbench.picture import check_size
from workbench.progress import Cancellation, Job, Progress
from workbench.runtime import Device, one_blas_thread
from workbench.tiles import tiles

TILE = 1024  # px: a level that fits is revised at once; bigger tiles cost memory and gain nothing
PREVIEW = 1600  # px, long side: larger previews are halved
MATCHED, MATCHED_BY = 1 << 20, 0.75
"""Pixels of the largest level whose palette is matched once more, or the first revision's, and how much of the way.
Finer levels are painted tile by tile; they blur the palette by less."""
DRAFT_COST, STYLE_COST = 1.0, 0.45  # million operations a pixel, for the progress alone


@dataclass
class Prepared:
    """A photo made ready for one stroke; kept, so that other settings repaint it without encoding it again."""

    pixels: Pixels
    sizes: Plan
    levels: list[Level]
    features: dict[tuple[str, bool], Features]
    """By the encoder that saw them, as `StatisticsStore.encoder` names it, and whether it saw them with grain."""


class Painter:
    """An engine, the styles it has encoded and the photo it last painted: reuse it and repeated work is saved.

    Attributes:
        engine: what runs the networks.
        store: the statistics of the styles.
        models: what paints: the engine, and packs beside it.
        tile: longest side of a tile, in pixels; any value gives the same picture, up to float rounding.
    """

    def __init__(
        self,
        device: Device = "auto",
        threads: int | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        *,
        engine: EngineName = "auto",
        cache: Path | Literal["default"] | None = "default",
        tile: int = TILE,
    ) -> None:
        """
        Args:
            device: "cpu", "gpu", or "auto" for a GPU where there is one.
            threads: defaults to the physical cores this process may use.
            checkpoint: .safetensors or PaddleGAN's .pdparams; defaults to the shipped weights.
            engine: "onnx", "paddle" for the slower reference, or "auto": ONNX Runtime, unless only Paddle has a GPU.
            cache: folder for the statistics of styles; None keeps them in memory only.

        Raises:
            DeviceMissing: there is no GPU and `device` is "gpu".
            StudioError: the checkpoint cannot be used; the sentence says why.
        """
        loaded = load_checkpoint(Path(checkpoint) if checkpoint else weights.path(weights.UNIVERSAL))
        self.engine = choose_engine(loaded, device, threads, engine)
        folder = StatisticsStore.default_folder() if cache == "default" else cache
        self.store = StatisticsStore(f"{loaded.sha256} {self.engine.name}", folder, gallery_statistics.load)
        self.models = Models(Model(self.engine, self.engine, self.store))
        self.tile = tile
        self._prepared: Prepared | None = None

    def paint(
        self,
        picture: Picture,
        styles: WeightedStyles,
        settings: Settings | None = None,
        cancellation: Cancellation | None = None,
    ) -> Job[Picture]:
        """Paint a picture; see `stylize`. An array that cannot be written to is taken to stay as it is.

        Raises:
            PictureTooLarge: an array beyond what files may have.
        """
        settings = settings or Settings()
        if settings.size is not None:
            picture = resized(picture, settings.size)
        height, width = picture.pixels.shape[:2]
        check_size("The picture", width, height)
        painting = Painting(self, picture.pixels, pyramid.plan(height, width, settings.draft_side), styles, settings)
        painting.cancellation = cancellation
        pixels = yield from painting.run()
        return replace(picture, pixels=pixels)

    def prepare(self, pixels: Pixels, sizes: Plan) -> Prepared:
        """The pyramid of a photo; that of the last photo and stroke is kept, with the features that were seen in it."""
        kept = self._prepared
        if kept is not None and kept.pixels is pixels and kept.sizes == sizes:
            return kept
        self._prepared = None  # so that two photos are never held at once
        prepared = Prepared(pixels, sizes, pyramid.build(pixels, sizes), {})
        if not pixels.flags.writeable:  # what can be written to may not be the same photo the next time
            self._prepared = prepared
        return prepared


def see(prepared: Prepared, models: Sequence[Model], cancellation: Cancellation | None) -> list[Features]:
    """The draft's features of a photo, as the encoder of each model sees them; those of other encoders are let go."""
    keys = [(model.store.encoder, model.engine.checkpoint.grain) for model in models]
    encoders = {key: model.encoder for key, model in zip(keys, models, strict=True)}
    features = {key: seen for key, seen in prepared.features.items() if key in encoders}
    for key in encoders.keys() - features.keys():
        coarsest = prepared.levels[0].window(pyramid.whole(prepared.levels[0].size))
        shown = grained(coarsest) if key[1] else coarsest
        padded = pyramid.replicate(shown, pyramid.round_up(prepared.levels[0].size, pyramid.DRAFT_MULTIPLE))
        features[key] = encoders[key].encode(padded[None], "relu4_1", cancellation)
    prepared.features = features
    return [features[key] for key in keys]


class Painting:
    """One run of a painter over one photo."""

    def __init__(
        self, painter: Painter, pixels: Pixels, sizes: Plan, styles: WeightedStyles, settings: Settings
    ) -> None:
        self.painter = painter
        self.pixels = pixels
        self.sizes = sizes
        self.shares = painter.models.shares(styles, settings.strength)
        self.guided = [share for share in self.shares if share.model.engine.checkpoint.guided]
        self.settings = settings
        self.cancellation: Cancellation | None = None
        self.done = 0.0
        areas = [height * width for height, width in sizes.sizes]
        self.matched = max(1, sum(area <= MATCHED for area in areas) - 1)
        """The number of the level whose palette is matched once more: the draft's own has been."""
        self.style_cost = STYLE_COST * areas[0]
        self.draft_cost = DRAFT_COST * areas[0] * len(self.shares)
        if len(areas) > 1:
            areas[-1] = math.prod(pyramid.round_up(sizes.photo, 2))
        self.revision_costs = [
            sum(share.model.engine.revision_cost(revision) for share in self.shares)
            for revision in range(1, len(areas))
        ]
        revising = sum(cost * area for cost, area in zip(self.revision_costs, areas[1:], strict=True))
        self.total = self.style_cost + self.draft_cost + revising

    def run(self) -> Job[Pixels]:
        """The pixels, of the photo's shape and depth."""
        yield self.progress("style")
        short = min(self.sizes.sizes[0])
        targets = [share.model.statistics(share.styles, short, "relu4_1", self.cancellation) for share in self.shares]
        self.done += self.style_cost
        yield self.progress("draft")
        prepared = self.painter.prepare(self.pixels, self.sizes)
        features = see(prepared, [share.model for share in self.shares], self.cancellation)
        yield self.progress("draft")
        result = self.draft(prepared.levels[0], features, targets)
        self.done += self.draft_cost
        for revision in range(1, len(self.sizes.sizes)):
            yield self.progress(f"revision {revision}", self.preview(prepared.levels[revision - 1], result))
            store = self.store(revision)
            yield from self.revise(prepared.levels, revision, result, store)
            if isinstance(store, PixelStore):
                return store.pixels
            result = self.settled(prepared.levels[revision], revision, store.planes)
        finished = PixelStore(self.pixels)
        everything = pyramid.whole(result.shape[1:])
        finished.put(everything, self.colored(prepared.levels[-1].window(everything), result))
        return finished.pixels

    def progress(self, stage: str, preview: Pixels | None = None) -> Progress:
        return Progress(self.done, self.total, stage, preview)

    def draft(self, photo: Level, features: Sequence[Features], targets: Sequence[Statistics]) -> Planes:
        """The draft, [3, height, width]; strength moves its target from the photo's own statistics to the style's.

        With its own statistics a photo does not quite come out as it was. What it then lacks is given back as strength
        goes down, so that at none of it the draft is the photo.
        """
        strength = self.settings.strength
        height, width = photo.size
        whole = photo.window(pyramid.whole(photo.size))
        drafts = []
        for share, seen, target in zip(self.shares, features, targets, strict=True):
            engine, guided = share.model.engine, share.model.engine.checkpoint.guided
            aim = target
            if guided:
                aim = guidance.aimed(target, seen.statistics, strength)
            elif strength < 1:
                aim = mix([(target, strength), (seen.statistics, 1 - strength)])
            draft = engine.draft(seen, aim, self.cancellation)[0, :, :height, :width]
            if strength < 1:
                own = engine.draft(seen, seen.statistics, self.cancellation)[0, :, :height, :width]
                draft = draft + np.float32(1 - strength) * (whole - own)
            with one_blas_thread():
                if guided:
                    draft = guidance.guided(whole, draft, guidance.OF_DRAFT, strength)
                    draft = harmonized(whole, draft, strength)
                if wanted := engine.checkpoint.palette:
                    draft = recolored(draft, self.palette(share, photo), quantiles="quantiles" in wanted)
            drafts.append((draft, share.size))
        return combined(drafts)

    def palette(self, share: Share, photo: Level) -> Palette:
        """The palette to paint a share in: by strength, between the photo's own and the style's."""
        strength = self.settings.strength
        style = share.model.palette(share.styles, min(photo.size))
        if strength == 1:
            return style
        return blended([(style, strength), (palette_of(photo.window(pyramid.whole(photo.size))), 1 - strength)])

    def painted_size(self, revision: int) -> tuple[int, int]:
        """Of the finest level, only what the photo covers; its replicated edge is not worth painting."""
        finest = revision == self.sizes.revisions
        return pyramid.round_up(self.sizes.photo, 2) if finest else self.sizes.sizes[revision]

    def store(self, revision: int) -> Store:
        """Where to paint a level: at once as pixels where nothing is done to it as a whole."""
        if revision == self.sizes.revisions and (revision != self.matched or not self.guided):
            return PixelStore(self.pixels)
        return PlaneStore(self.painted_size(revision))

    def revise(self, levels: Sequence[Level], revision: int, coarse: Planes, store: Store) -> Job[None]:
        """Paint one level finer, tile by tile, into the store."""
        size = self.sizes.sizes[revision]
        windows = [RevisionWindow(share.model.engine, levels, revision, coarse) for share in self.shares]
        styles = [self.modulating(share, min(size)) for share in self.shares]
        for tile in tiles(*self.painted_size(revision), self.painter.tile):
            residuals = []
            for window, style, share in zip(windows, styles, self.shares, strict=True):
                laplacian, enlarged, residual = window.revise(tile, style, self.cancellation)
                residuals.append((residual, share.size))
            painted = self.detailed(laplacian, enlarged, combined(residuals))
            if isinstance(store, PixelStore):
                painted = self.colored(levels[revision].window(tile), painted)
            store.put(tile, painted)
            self.done += self.revision_costs[revision - 1] * tile.height * tile.width
            yield self.progress(f"revision {revision}")

    def settled(self, photo: Level, revision: int, painted: Planes) -> Planes:
        """A whole painted level: a coarse one held to the photo's forms, the matched one nearer to its palette.

        Both by how much of it guided weights paint.
        """
        strength = sum(share.size for share in self.guided) * self.settings.strength
        if not strength:
            return painted
        if revision < self.sizes.revisions and min(photo.size) <= guidance.LARGEST:
            by = strength * min(1.0, self.settings.detail)
            painted = guidance.guided(photo.window(pyramid.whole(photo.size)), painted, guidance.OF_REVISED, by)
        if revision == self.matched:
            if revision == self.sizes.revisions:
                painted = painted[:, : self.sizes.photo[0], : self.sizes.photo[1]]
            with one_blas_thread():
                target = blended([(self.palette(share, photo), share.size) for share in self.shares])
                painted = nearer(painted, target, MATCHED_BY * strength)
        return painted

    def modulating(self, share: Share, short: int) -> Statistics:
        """The statistics that modulate a share's revision; PaddleGAN's network takes none."""
        if not share.model.engine.universal:
            return {}
        return share.model.statistics(share.styles, short, "relu3_1", self.cancellation)

    def detailed(self, laplacian: Planes, enlarged: Planes, residual: Planes) -> Planes:
        """The enlarged previous result, and on it, by strength, painted or own detail; in `residual`."""
        strength, detail = self.settings.strength, self.settings.detail
        residual *= np.float32(detail * strength)
        residual += enlarged
        if strength < 1:
            residual += np.float32(detail * (1 - strength)) * laplacian
        return residual

    def colored(self, photo: Planes, painted: Planes) -> Planes:
        """In [0, 1], with as much of the photo's own colours as the settings ask for."""
        return with_color_of(photo, np.clip(painted, 0, 1), self.settings.content_color)

    def preview(self, level: Level, painted: Planes) -> Pixels:
        """[height, width, 3] uint8 of a level that is done."""
        colored = self.colored(level.window(pyramid.whole(level.size)), painted)
        while max(colored.shape[1:]) > PREVIEW:
            even = pyramid.round_up(colored.shape[1:], 2)
            colored = pyramid.halve(pyramid.replicate(colored, even))
        return to_pixels(colored, np.dtype(np.uint8))
