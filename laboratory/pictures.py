"""Squares of photos and paintings, and what the encoder says of them, computed once and kept in memory."""

import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from laboratory.losses import sampled
from laboratory.networks import DRAFT_LAYERS, Encoder, Statistics, fast_convolutions, halve, statistics
from laboratory.painting import resized

POINTS = 384  # feature vectors of a painting that are kept for the earth mover's distance
POINT_LAYERS = ("relu2_1", "relu3_1", "relu4_1")
PERMUTED = 0.2  # of the paintings have their colour channels in another order
ENLARGED_FROM = 0.4, 0.8  # of their size: what softened photos look enlarged from
GRAIN = 5 / 255
"""Deviation of the noise in photos that drafts are learned from; in use 3 / 255, which keeps more of a photo."""
AT_ONCE = 8

Features = dict[str, Tensor]


def paths(folder: Path) -> list[Path]:
    """The pictures of a folder, by name."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in {".jpg", ".jpeg", ".png"})


def held_out(found: list[Path], share: float) -> tuple[list[Path], list[Path]]:
    """The pictures to train on and those kept apart: every so many, the same ones in each run."""
    every = round(1 / share) if share else len(found) + 1
    return [p for i, p in enumerate(found) if i % every != every - 1], found[every - 1 :: every]


def read(path: Path) -> Tensor:
    """[3, height, width], uint8."""
    with Image.open(path) as image:
        return torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1)


def square(picture: Tensor, side: int) -> Tensor:
    """A square by chance, at a scale by chance, mirrored half of the time: [1, 3, side, side] in [0, 1]."""
    shortest = min(picture.shape[1:])
    taken = int(random.uniform(min(side, shortest), shortest))
    top, left = (random.randint(0, length - taken) for length in picture.shape[1:])
    value = picture[None, :, top : top + taken, left : left + taken].float() / 255
    value = resized(value, (side, side))
    return value.flip(3) if random.random() < 0.5 else value


def softened(picture: Tensor, share: float) -> Tensor:
    """A share of the pictures as they come out of enlarging, without their finest detail."""
    if random.random() >= share:
        return picture
    height, width = picture.shape[2:]
    scale = random.uniform(*ENLARGED_FROM)
    return resized(resized(picture, (round(height * scale), round(width * scale))), (height, width))


def grained(picture: Tensor) -> Tensor:
    """With the grain that `lapstyle.grain` gives a photo before it is drafted."""
    return picture + GRAIN * torch.randn(len(picture), 1, *picture.shape[2:])


def permuted(picture: Tensor) -> Tensor:
    """Some pictures with the colour channels in another order, for more palettes than were painted."""
    return picture[:, torch.randperm(3)] if random.random() < PERMUTED else picture


@dataclass(frozen=True)
class Sides:
    """Of the squares in training, in px.

    Attributes:
        finest: at the level in training.
        levels: how many are below that.
        draft: at the coarsest, a multiple of 8; as it comes by halving without it. In use, what the first revision
            refines has mostly less than twice its draft's side.
    """

    finest: int
    levels: int
    draft: int | None = None

    def pyramid(self, picture: Tensor) -> list[Tensor]:
        """A batch of squares at every level, coarsest first."""
        found = [picture]
        for _ in range(self.levels):
            found.insert(0, halve(found[0]))
        if self.levels and self.draft:
            found[0] = resized(found[1], (self.draft, self.draft))
        return found


def encoded(encoder: Encoder, picture: Tensor, through: str = "relu5_1") -> Features:
    """Features in float32, computed in what is fast."""
    with fast_convolutions():
        features = encoder(picture, through)
    return {layer: value.float() for layer, value in features.items()}


def joined(parts: list[Features]) -> Features:
    """One tensor of each name, of all parts; the parts are emptied, for there is no memory for both."""
    return {name: torch.cat([part.pop(name) for part in parts]) for name in list(parts[0])}


@dataclass
class Contents:
    """Squares of photos.

    Attributes:
        squares: [count, 3, side, side] uint8.
        fine: features at full size, which the losses compare with, float16.
        coarse: features at the draft's size, with grain, which it is painted from, float16.
    """

    squares: Tensor
    fine: Features
    coarse: Features

    def photos(self, which: Tensor) -> Tensor:
        """[batch, 3, side, side] in [0, 1]."""
        return self.squares[which].float() / 255

    def draft_features(self, which: Tensor) -> Features:
        """What the drafting network takes."""
        return {
            layer: self.coarse[layer][which].float().contiguous(memory_format=torch.channels_last)
            for layer in DRAFT_LAYERS
        }

    def fine_features(self, which: Tensor) -> Features:
        """What the losses take."""
        return {layer: value[which].float() for layer, value in self.fine.items()}


@torch.no_grad()
def contents_of(encoder: Encoder, photos: list[Path], sides: Sides, each: int, enlarged: float) -> Contents:
    """`each` squares of every photo, a share of them `softened`."""
    squares, fine, coarse = [], [], []
    todo = [path for path in photos for _ in range(each)]
    for begin in range(0, len(todo), AT_ONCE):
        value = torch.cat(
            [softened(square(read(path), sides.finest), enlarged) for path in todo[begin : begin + AT_ONCE]]
        )
        features = encoded(encoder, value, "relu4_1" if sides.levels else "relu5_1")
        squares.append((value * 255).round().byte())
        unused = {"relu1_1", "relu2_1"} if sides.levels else {"relu1_1"}
        fine.append({layer: part.half() for layer, part in features.items() if layer not in unused})
        features = encoded(encoder, grained(sides.pyramid(value)[0]), "relu4_1")
        coarse.append({layer: features[layer].half() for layer in DRAFT_LAYERS})
    return Contents(torch.cat(squares), joined(fine), joined(coarse))


@dataclass
class Styles:
    """Squares of paintings.

    Attributes:
        squares: [count, 3, side, side] uint8.
        levels: per level, coarsest first, mean and deviation of each layer, [count, 2 x channels].
        points: feature vectors at full size, [count, channels, POINTS] float16.
    """

    squares: Tensor
    levels: list[Features]
    points: Features

    def pictures(self, which: Tensor) -> Tensor:
        """[batch, 3, side, side] in [0, 1]."""
        return self.squares[which].float() / 255

    def statistics(self, which: Tensor, level: int) -> dict[str, Statistics]:
        """Mean and deviation of each layer at a level, each [batch, channels, 1, 1]."""
        found = {}
        for layer, value in self.levels[level].items():
            mean, deviation = value[which][..., None, None].chunk(2, 1)
            found[layer] = (mean, deviation)
        return found

    def sampled_points(self, layer: str, which: Tensor) -> Tensor:
        """[batch, channels, POINTS]."""
        return self.points[layer][which].float()


@torch.no_grad()
def styles_of(encoder: Encoder, paintings: list[Path], sides: Sides, each: int) -> Styles:
    """`each` squares of every painting, encoded at every level's scale."""
    squares, points = [], []
    parts: list[list[Features]] = [[] for _ in range(sides.levels + 1)]
    todo = [path for path in paintings for _ in range(each)]
    for begin in range(0, len(todo), AT_ONCE):
        value = torch.cat([permuted(square(read(path), sides.finest)) for path in todo[begin : begin + AT_ONCE]])
        squares.append((value * 255).round().byte())
        for level, reduced in enumerate(sides.pyramid(value)):
            features = encoded(encoder, reduced)
            parts[level].append({k: torch.cat(statistics(v), 1).flatten(1) for k, v in features.items()})
            if level == sides.levels:
                points.append({layer: sampled(features[layer], POINTS).half() for layer in POINT_LAYERS})
    return Styles(torch.cat(squares), [joined(part) for part in parts], joined(points))
