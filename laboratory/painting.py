"""Whole pictures in PyTorch, written apart from the program: what its pictures are held to in the tests."""

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from laboratory.guidance import OF_DRAFT, OF_REVISED, aimed, guided
from laboratory.harmony import harmonized
from laboratory.networks import DraftingNet, Encoder, Statistics, UniversalRevisionNet, enlarge, halve, statistics
from laboratory.palette import recolored

STYLE_SIDES = (64, 96, 128, 192, 256, 384, 512)  # px, short side
SMALLEST = 16  # px
GUIDED = 256  # px, short side of the largest revised level that is held to the photo's forms
MATCHED = 1 << 20  # px of the largest revised level that is moved three quarters of the way to the painting's palette
SEEN, SEEN_OF_PICTURE = 1 << 14, 1 << 15  # px that are enough to tell its own by, and the painting's
GRAIN, GRAIN_SEED = 3 / 255, 210405376


def resized(picture: Tensor, size: tuple[int, int]) -> Tensor:
    """Antialiased bilinear."""
    if tuple(picture.shape[2:]) == size:
        return picture
    return functional.interpolate(picture, size=size, mode="bilinear", antialias=True).clamp(0, 1)


def replicated(picture: Tensor, multiple: int, least: int = 0) -> Tensor:
    """Its lower and right edge repeated up to sides that are multiples, and no less than `least`."""
    height, width = (max(least, math.ceil(side / multiple) * multiple) for side in picture.shape[2:])
    return functional.pad(picture, (0, width - picture.shape[3], 0, height - picture.shape[2]), mode="replicate")


def reduced(picture: Tensor, short: int) -> Tensor:
    """With its short side at `short` px, never enlarged."""
    scale = min(1, short / min(picture.shape[2:]))
    height, width = (max(1, round(side * scale)) for side in picture.shape[2:])
    return resized(picture, (height, width))


def sample(picture: Tensor, least: int) -> Tensor:
    """Some of its rows and columns."""
    step = max(1, math.isqrt(picture[0, 0].numel() // least))
    return picture[:, :, ::step, ::step]


class Painter:
    """The networks of one file of weights, without its optimizations."""

    def __init__(
        self, encoder: Encoder, draft: DraftingNet, revisions: list[UniversalRevisionNet], palette: bool, grain: bool
    ) -> None:
        self.encoder, self.draft, self.revisions = encoder, draft, revisions
        self.palette, self.grain = palette, GRAIN if grain else 0.0

    def style_at(self, style: Tensor, short: int) -> Tensor:
        """The painting at the side nearest to `short` of those that styles are encoded at."""
        side = min(STYLE_SIDES, key=lambda side: abs(math.log(side / max(1, short))))
        return replicated(reduced(style, side), 1, SMALLEST)

    def statistics(self, style: Tensor, short: int) -> dict[str, Statistics]:
        """Of every layer."""
        features = self.encoder(self.style_at(style, short), "relu4_1")
        return {layer: statistics(values) for layer, values in features.items()}

    @torch.no_grad()
    def paint(self, photo: Tensor, style: Tensor, stroke: int) -> list[Tensor]:
        """Every level's picture, coarsest first; photo and style [1, 3, height, width] in [0, 1]."""
        height, width = photo.shape[2:]
        photo = replicated(photo, 1, SMALLEST)
        short, long = sorted(photo.shape[2:])
        stroke = round(stroke * min(1, 2 / math.sqrt(long / short)))
        halvings = 0
        while short / 2**halvings > 2 * stroke:
            halvings += 1
        levels = [replicated(photo, 2 ** (halvings + 1))]
        for _ in range(halvings):
            levels.insert(0, halve(levels[0]))
        if min(levels[0].shape[2:]) > stroke:
            levels.insert(0, reduced(levels[0], stroke))
        results = [self.drafted(levels[0], style)]
        for number in range(1, len(levels)):
            enlarged, coarse = (enlarge(value, levels[number]) for value in (results[-1], levels[number - 1]))
            revision = self.revisions[min(number, len(self.revisions)) - 1]
            stack = torch.cat([levels[number] - coarse, enlarged], 1)
            short = min(levels[number].shape[2:])
            gain = 1 + 0.3 * min(1, max(0, math.log2(short / 704))) if self.palette else 1
            result = enlarged + gain * revision(stack, self.statistics(style, short))
            finest = number == len(levels) - 1
            if self.palette and not finest and short <= GUIDED:
                result = guided(levels[number], result, *OF_REVISED)
            if finest:
                result = result[:, :, :height, :width]
            if self.palette and number == max(1, sum(math.prod(level.shape[2:]) <= MATCHED for level in levels) - 1):
                result = result.clamp(0, 1)
                painting = sample(self.style_at(style, short), SEEN_OF_PICTURE)
                moved = recolored(result, painting, sample(result, SEEN))
                result = 0.25 * result + 0.75 * moved
            results.append(result)
        results[-1] = results[-1][:, :, :height, :width]  # of a draft, too
        return [result.clamp(0, 1) for result in results]

    def drafted(self, photo: Tensor, style: Tensor) -> Tensor:
        """The draft of a photo of its size."""
        height, width = photo.shape[2:]
        noise = np.random.default_rng(GRAIN_SEED).standard_normal((height, width), dtype=np.float32)
        features = self.encoder(replicated(photo + self.grain * torch.from_numpy(noise), 8), "relu4_1")
        target = self.statistics(style, min(height, width))
        if not self.palette:
            return self.draft(features, target)[:, :, :height, :width]
        own = {layer: statistics(values) for layer, values in features.items()}
        draft = guided(photo, self.draft(features, aimed(target, own))[:, :, :height, :width], *OF_DRAFT)
        return recolored(harmonized(photo, draft), sample(self.style_at(style, min(height, width)), SEEN_OF_PICTURE))
