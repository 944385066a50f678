"""The three stages of LapStyle's training: the draft, and each revision upon what is learned before it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import paddle
from numpy.typing import NDArray
from paddle import Tensor, nn
from paddle.nn import functional

from lapstyle.checkpoints import PaletteKind
from lapstyle.frozen_encoder import PictureEncoder
from lapstyle.grain import grained
from lapstyle.networks import (
    DRAFT_LAYERS,
    DraftingNet,
    Statistics,
    UniversalRevisionNet,
    adaptive_instance_normalization,
    statistics,
)
from lapstyle.train_data import Choice, Choices
from lapstyle.train_palette import PALETTE, recolored
from lapstyle.train_targets import Target, Targets, style_vector, together
from lapstyle.training_settings import StyleTraining

PACK_DRAFT = ("resblock_31.conv_block.4", "convblock_31", "convblock_21", "convblock_22", "convblock_11", "final_conv")
PACK_REVISION = ("down", "blocks", "up")
"""The layers that a style pack holds, all that fits in 4 MB beside its pictures: from the second half of `resblock_31`
on, behind what tells things apart; of the revisions everything but what makes a modulation of a style."""

Half = NDArray[np.float16]


@dataclass(frozen=True)
class Example:
    """What is frozen of an example, computed once.

    Attributes:
        inputs: of the network that learns, [channels, height, width] each.
        photo: features of what is to be painted, [channels, height, width] each.
        targets: of the painting, at the scale of every level up to this one.
    """

    inputs: dict[str, Half]
    photo: dict[str, Half]
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class Painted:
    """A batch as the network that learns paints it.

    Attributes:
        picture: [batch, 3, side, side].
        photo: features of the photos.
        coarse: the previous level's result, half the side; None for a draft.
        targets: of each picture's painting, at this level's scale.
    """

    picture: Tensor
    photo: dict[str, Tensor]
    coarse: Tensor | None
    targets: Sequence[Target]


@dataclass(frozen=True)
class Networks:
    """All of LapStyle's."""

    encoder: PictureEncoder
    drafting: DraftingNet
    revisions: Sequence[UniversalRevisionNet]
    palette: PaletteKind | None = None
    """What of the painting's colours a draft's are moved to."""
    grain: bool = False
    """Whether a draft is painted from a photo with grain."""

    def seen(self, photo: Tensor) -> dict[str, Tensor]:
        """What a draft is painted from, of one photo."""
        shown = paddle.to_tensor(grained(photo.numpy()[0])[None]) if self.grain else photo
        return self.encoder(shown, "relu4_1")

    def in_palette(self, draft: Tensor, measured: dict[str, Statistics]) -> Tensor:
        """A draft as the revisions are given it."""
        if self.palette is None:
            return draft
        return recolored(draft, measured[PALETTE], quantiles="quantiles" in self.palette)


class Stage(ABC):
    """One network that learns, upon those before it, which do not change any more.

    Attributes:
        level: 0 for the draft, 1 and 2 for the revisions.
        layers: those that learn, by the names that the checkpoint has for them.
    """

    def __init__(
        self, level: int, settings: StyleTraining, networks: Networks, choices: Choices, targets: Targets
    ) -> None:
        self.level = level
        self.settings = settings
        self.networks = networks
        self._choices, self._targets = choices, targets
        self._kept: dict[int, Example] = {}
        names = PACK_REVISION if level else PACK_DRAFT
        network = self.network
        self.layers: dict[str, nn.Layer] = (
            {f"{self.name}.{name}": _sublayer(network, name) for name in names}
            if settings.tuned == "pack"
            else {f"{self.name}.{name}": layer for name, layer in network.named_children()}
        )

    @property
    def name(self) -> str:
        """What the checkpoint calls the network."""
        return ("net_dec", "net_rev", "net_rev_2")[self.level]

    @property
    def network(self) -> nn.Layer:
        return self.networks.revisions[self.level - 1] if self.level else self.networks.drafting

    @property
    def window(self) -> int:
        """Side of the pictures that are painted and compared."""
        side = self.settings.sides[self.level]
        return min(side, self.settings.window) if self.level else side

    @property
    def batch(self) -> int:
        """Pictures in a step: as many pixels as the draft's."""
        return max(1, round(self.settings.batch * (self.settings.sides[0] / self.window) ** 2))

    @property
    def examples(self) -> int:
        """Squares to learn from. Those of a revision are larger, and its steps take fewer of them."""
        return max(1, self.settings.examples // (2 if self.level else 1))

    def example(self, index: int) -> Example:
        """Made when it is first needed, and kept."""
        if index not in self._kept:
            choice = self.choice(index)
            stroke = min(choice.stroke, self._targets.largest(choice.style) // 2**self.level)
            targets = tuple(self._targets.at(choice.style, stroke * 2**level) for level in range(self.level + 1))
            with paddle.no_grad():
                self._kept[index] = self._made(choice, targets)
        return self._kept[index]

    def choice(self, index: int) -> Choice:
        """What the example is made of."""
        return self._choices(self.level, index)

    def forget(self) -> None:
        """Free the examples' memory."""
        self._kept.clear()

    def paint(self, indices: Sequence[int]) -> Painted:
        """A batch of examples."""
        examples = [self.example(index) for index in indices]
        inputs = _stacked([example.inputs for example in examples])
        measured = [together([example.targets[level] for example in examples]) for level in range(self.level + 1)]
        picture, coarse = self._painted(inputs, measured)
        targets = [example.targets[self.level] for example in examples]
        return Painted(picture, _stacked([example.photo for example in examples]), coarse, targets)

    def photo_layers(self) -> set[str]:
        """Whose features of the photo the losses need."""
        losses = self.settings.losses
        content = losses.revision_content_layers if self.level else losses.content_layers
        return {layer for layer, weight in content.items() if weight} | (
            {"relu3_1", "relu4_1"} if losses.self_similarity else set()
        )

    def _photo(self, picture: Tensor) -> dict[str, Half]:
        """Its features in the layers that the losses need."""
        needed = sorted(self.photo_layers())
        features = self.networks.encoder(picture, needed[-1]) if needed else {}
        return {layer: _half(features[layer]) for layer in needed}

    @abstractmethod
    def _made(self, choice: Choice, targets: Sequence[Target]) -> Example: ...

    @abstractmethod
    def _painted(
        self, inputs: dict[str, Tensor], measured: Sequence[dict[str, Statistics]]
    ) -> tuple[Tensor, Tensor | None]:
        """The picture, and the previous level's."""


class DraftStage(Stage):
    """The drafting network (sec. 3.2). For a pack, what comes before its layers is computed once."""

    def __init__(self, settings: StyleTraining, networks: Networks, choices: Choices, targets: Targets) -> None:
        super().__init__(0, settings, networks, choices, targets)

    def _made(self, choice: Choice, targets: Sequence[Target]) -> Example:
        picture = to_tensor(choice.square)
        features = self.networks.seen(picture)
        if self.settings.tuned == "pack":
            value, relu2_1 = self.networks.drafting.begun(styled(features, targets[0].statistics))
            inputs = {"value": _half(value), "relu2_1": _half(relu2_1)}
        else:
            inputs = {layer: _half(features[layer]) for layer in DRAFT_LAYERS}
        return Example(inputs, self._photo(picture), tuple(targets))

    def _painted(
        self, inputs: dict[str, Tensor], measured: Sequence[dict[str, Statistics]]
    ) -> tuple[Tensor, Tensor | None]:
        drafting = self.networks.drafting
        if "value" in inputs:
            draft = drafting.finished(inputs["value"], inputs["relu2_1"])
        else:
            draft = drafting(inputs, measured[0])
        return self.networks.in_palette(draft, measured[0]), None


class RevisionStage(Stage):
    """A revision network (sec. 3.3), upon a draft and revisions that are computed once."""

    def _made(self, choice: Choice, targets: Sequence[Target]) -> Example:
        levels = pyramid(to_tensor(choice.square), self.level)
        measured = [target.statistics for target in targets]
        coarse = paint(self.networks, levels[: self.level], measured)
        stack = stacked(levels[self.level], levels[self.level - 1], coarse)
        top, left = (int(part * (stack.shape[2] - self.window + 1)) // 2 * 2 for part in choice.corner)
        window = (slice(None), slice(None), slice(top, top + self.window), slice(left, left + self.window))
        half = (slice(None), slice(None), *(slice(part.start // 2, part.stop // 2) for part in window[2:]))
        inputs = {"stack": _half(stack[window]), "coarse": _half(coarse[half])}
        return Example(inputs, self._photo(levels[self.level][window]), tuple(targets))

    def _painted(
        self, inputs: dict[str, Tensor], measured: Sequence[dict[str, Statistics]]
    ) -> tuple[Tensor, Tensor | None]:
        return revised(self.networks.revisions[self.level - 1], inputs["stack"], measured[-1]), inputs["coarse"]


def styled(
    features: Mapping[str, Tensor], target: Mapping[str, Statistics]
) -> dict[str, tuple[Tensor, Tensor, Tensor]]:
    """What `DraftingNet.decode` takes: features, gain and offset."""
    return {
        layer: (
            features[layer],
            *adaptive_instance_normalization(statistics(features[layer]), target[layer]),
        )
        for layer in DRAFT_LAYERS
    }


def pyramid(picture: Tensor, levels: int) -> list[Tensor]:
    """The picture and its halves, coarsest first; sides are multiples of 2^levels."""
    pictures = [picture]
    for _ in range(levels):
        pictures.insert(0, halved(pictures[0]))
    return pictures


def halved(picture: Tensor) -> Tensor:
    """The mean of every 2x2 pixels."""
    return functional.avg_pool2d(picture, 2)


def doubled(picture: Tensor) -> Tensor:
    size = [2 * side for side in picture.shape[2:]]
    return functional.interpolate(picture, size=size, mode="bilinear", align_corners=False)


def stacked(fine: Tensor, coarse: Tensor, painted: Tensor) -> Tensor:
    """What a revision network sees: the photo's Laplacian, and the enlarged previous result."""
    return paddle.concat([fine - doubled(coarse), doubled(painted)], axis=1)


def revised(network: UniversalRevisionNet, stack: Tensor, measured: dict[str, Statistics]) -> Tensor:
    """The previous result with the residual that the network adds."""
    return stack[:, 3:] + network(stack, style_vector(measured, network.STYLE_LAYERS))


def paint(networks: Networks, levels: Sequence[Tensor], measured: Sequence[dict[str, Statistics]]) -> Tensor:
    """A photo, given as its levels, painted in a style, given as its statistics at each of them."""
    features = networks.seen(levels[0])
    result = networks.in_palette(networks.drafting(features, measured[0]), measured[0])
    for level in range(1, len(levels)):
        stack = stacked(levels[level], levels[level - 1], result)
        result = revised(networks.revisions[level - 1], stack, measured[level])
    return result


def to_tensor(square: NDArray[np.uint8]) -> Tensor:
    """[side, side, 3] -> [1, 3, side, side] in [0, 1]."""
    return paddle.to_tensor(square.transpose(2, 0, 1)[None].astype(np.float32) / np.float32(255))


def _half(values: Tensor) -> Half:
    return np.clip(values.numpy()[0], -65504, 65504).astype(np.float16)


def _stacked(parts: Sequence[dict[str, Half]]) -> dict[str, Tensor]:
    return {name: paddle.to_tensor(np.stack([part[name] for part in parts]).astype(np.float32)) for name in parts[0]}


def _sublayer(network: nn.Layer, name: str) -> nn.Layer:
    for part in name.split("."):
        network = getattr(network, part)
    return network
