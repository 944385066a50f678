"""Which networks paint a picture, and what share of it each: style packs beside the universal model."""

import threading
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from lapstyle.earlier_weights import base_of
from lapstyle.engine import Engine, Through
from lapstyle.packs import StylePack
from lapstyle.palette import Palette, blended
from lapstyle.pyramid import Planes
from lapstyle.styles import Statistics, StatisticsStore, WeightedStyles, mix
from workbench.progress import Cancellation

KEPT_PACKS = (
    2  # models of packs that wait for the next picture, some 200 MB each, most of it the draft's scratch memory
)
SMALLEST_SHARE = 1e-6  # less is not worth running networks for


@dataclass(frozen=True, eq=False)
class Model:
    """Networks to paint with.

    Attributes:
        engine: runs the networks.
        encoder: the engine that sees photo and styles for them: a tuned pack has none of its own.
        store: what that encoder saw in styles.
    """

    engine: Engine
    encoder: Engine
    store: StatisticsStore

    def statistics(
        self, styles: WeightedStyles, short: int, through: Through, cancellation: Cancellation | None
    ) -> Statistics:
        """The blended statistics of styles at the side nearest to `short`."""

        def encode(planes: Planes) -> Statistics:
            return self.encoder.encode(planes[None], through, cancellation).statistics

        parts = [
            (self.store.find(style, style.nearest_side(short), [through], encode), weight) for style, weight in styles
        ]
        return mix(parts)

    def palette(self, styles: WeightedStyles, short: int) -> Palette:
        """The blended palette of styles at the side nearest to `short`."""
        return blended([(style.palette_at(style.nearest_side(short)), weight) for style, weight in styles])


@dataclass(frozen=True, eq=False)
class Share:
    """What one model paints of a picture.

    Attributes:
        styles: those whose blended statistics it is given; their weights add up to 1.
        size: of the share; those of a picture add up to 1.
    """

    model: Model
    styles: WeightedStyles
    size: float = 1.0


class Models:
    """The model that paints any style, and those of packs, made when they are first asked for.

    Attributes:
        universal: the model of the painter's own checkpoint.
    """

    def __init__(self, universal: Model) -> None:
        self.universal = universal
        self._packs: OrderedDict[str, Model] = OrderedDict()
        self._lock = threading.Lock()  # the window and its batches may share them

    def shares(self, styles: WeightedStyles, strength: float) -> list[Share]:
        """Who paints how much of a picture; a single share is the whole picture.

        A tuned pack's share is its weight times the strength, and what is left of that is the universal model's, so
        that a picture changes continuously with weights and strength, from the photo at strength 0 to the packs' own
        at 1. They all are given the same statistics. A whole pack sees its style and moves by strength on its own.

        Raises:
            PackForOtherWeights: a tuned pack was taught from other weights than the universal model's.
        """
        packs = {style.pack.sha256: style.pack for style, _ in styles if style.pack is not None}
        if not packs:
            return [Share(self.universal, styles)]
        models = self._models(packs.values())
        weights = {sha256: sum(weight for style, weight in styles if _sha256(style.pack) == sha256) for sha256 in packs}
        alone = {sha256 for sha256, pack in packs.items() if pack.kind == "whole"}
        together = [(style, weight) for style, weight in styles if _sha256(style.pack) not in alone]
        total = sum(weight for _, weight in together)
        blend = [(style, weight / total) for style, weight in together]
        sizes = {sha256: weight * (1 if sha256 in alone else strength) for sha256, weight in weights.items()}
        shares = [Share(self.universal, blend, 1 - sum(sizes.values()))]
        for sha256, size in sizes.items():
            own = [(style, 1.0) for style, _ in styles if _sha256(style.pack) == sha256][:1]
            shares.append(Share(models[sha256], own if sha256 in alone else blend, size))
        worth = [share for share in shares if share.size > SMALLEST_SHARE]
        return worth if len(worth) > 1 else [Share(worth[0].model, worth[0].styles)]

    def _models(self, packs: Collection[StylePack]) -> dict[str, Model]:
        """The models of packs by their files' hashes; the last few are kept."""
        with self._lock:
            for pack in packs:
                if pack.sha256 not in self._packs:
                    self._packs[pack.sha256] = self._model(pack)
                self._packs.move_to_end(pack.sha256)
            while len(self._packs) > max(KEPT_PACKS, len(packs)):
                self._packs.popitem(last=False)
            return {pack.sha256: self._packs[pack.sha256] for pack in packs}

    def _model(self, pack: StylePack) -> Model:
        own, store = self.universal.engine, self.universal.store
        engine = own.with_checkpoint(pack.checkpoint(base_of(pack.base, own.checkpoint)))
        if pack.kind == "tuned":
            return Model(engine, own, store)
        return Model(engine, engine, StatisticsStore(f"{pack.sha256} {engine.name}", store.folder))


def _sha256(pack: StylePack | None) -> str | None:
    return None if pack is None else pack.sha256


def combined(painted: Sequence[tuple[Planes, float]]) -> Planes:
    """The sum of what several models painted, each times its share; of one, the very array."""
    (total, size), *others = painted
    if not others:
        return total
    total = total * np.float32(size)
    for planes, size in others:
        total += planes * np.float32(size)
    return total
