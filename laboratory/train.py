"""Train networks of the universal weights, one or several at once: `python -m laboratory.train --help`.

Level 0 is the drafting network, 1 and 2 the revisions. Photos and paintings are encoded once, convolutions run
in bfloat16 where that is fast, and what was reached is written every few minutes: the same command goes on from there.
"""

import argparse
import math
import random
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

from laboratory import losses, pictures
from laboratory.guidance import OF_DRAFT, aimed, guided
from laboratory.harmony import harmonized
from laboratory.networks import (
    DRAFT_LAYERS,
    describe,
    enlarge,
    fast_convolutions,
    halve,
    load_networks,
    save_network,
    statistics,
)
from laboratory.palette import recolored
from laboratory.pictures import Contents, Features, Sides, Styles

PREFIX = ("net_dec.", "net_rev.", "net_rev_2.")
CONTENT = ({"relu3_1": 1.0, "relu4_1": 0.7}, {"relu3_1": 0.3, "relu4_1": 1.0})  # draft, revisions
# Deep layers see more of a coarse level's picture than is ever compared: in use it comes out twice as large or more.
STYLE = (
    {"relu1_1": 1.2, "relu2_1": 2.0, "relu3_1": 2.0, "relu4_1": 1.2, "relu5_1": 0.15},
    {"relu1_1": 1.2, "relu2_1": 1.2, "relu3_1": 1.2, "relu4_1": 1.2, "relu5_1": 0.8},
    {"relu1_1": 1.2, "relu2_1": 1.2, "relu3_1": 1.2, "relu4_1": 1.2, "relu5_1": 0.8},
)
LOWER = 0.25  # share of the steps of a joint training that look at a lower level's result
IDENTITY_EVERY = 6  # steps of the draft
SAVE_EVERY = 300.0  # s
MOVING_AVERAGE = 0.998


class Trainer:
    """The network of a level in training, and those below, which paint what it takes, or are in training with it."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.level: int = options.level
        self.sides = Sides(options.side, options.level, options.draft_side)
        self.weights: Path = options.run / "weights.safetensors"
        self.state: Path = options.run / f"state{options.level}.pt"
        base = self.weights if self.weights.exists() else options.weights
        self.encoder, self.draft, self.revisions = load_networks(base)
        self.base = base
        networks: list[nn.Module] = [self.draft, *self.revisions]
        for network in networks:
            network.requires_grad_(False)
        self.lowest: int = self.level if options.lowest is None else options.lowest
        self.trained = nn.ModuleList(networks[self.lowest : self.level + 1]).requires_grad_(True)
        self.optimizer = torch.optim.Adam(self.trained.parameters(), lr=options.rate, betas=(0.9, 0.99), fused=True)
        self.step = 0
        self.average = {name: value.clone() for name, value in self.trained.state_dict().items()}
        if self.state.exists():
            found = torch.load(self.state, weights_only=True)
            self.trained.load_state_dict(found["trained"])
            self.optimizer.load_state_dict(found["optimizer"])
            self.average, self.step = found["average"], found["step"]

    def painted(self, pyramid: list[Tensor], features: Features, styles: Styles, which: Tensor) -> list[Tensor]:
        """The results of the levels of a pyramid, coarsest first; gradients through networks in training only."""
        gradient = torch.is_grad_enabled()
        with torch.set_grad_enabled(gradient and self.lowest == 0):
            results = [self.drafted(pyramid[0], features, styles, which)]
        for level in range(1, len(pyramid)):
            enlarged = enlarge(results[-1], pyramid[level])
            stack = torch.cat([pyramid[level] - enlarge(pyramid[level - 1], pyramid[level]), enlarged], 1)
            with torch.set_grad_enabled(gradient and self.lowest <= level), fast_convolutions():
                residual = self.revisions[level - 1](
                    stack.contiguous(memory_format=torch.channels_last), styles.statistics(which, level)
                )
            results.append(enlarged + residual.float())
        return results

    def drafted(self, photo: Tensor, features: Features, styles: Styles, which: Tensor) -> Tensor:
        """The draft as in use: held to the photo's forms and hues, and in the painting's colours."""
        target = styles.statistics(which, 0)
        if self.options.palette:
            target = aimed(target, {layer: statistics(values) for layer, values in features.items()})
        with fast_convolutions():
            draft = self.draft(features, target).float()
        if not self.options.palette:
            return draft
        draft = harmonized(photo, guided(photo, draft, *OF_DRAFT))
        return recolored(draft, self.sides.pyramid(styles.pictures(which))[0])

    def identity(self, contents: Contents, which: Tensor) -> dict[str, Tensor]:
        """The photo painted in its own style is the photo (Lin et al., sec. 3.4)."""
        photo, features = contents.photos(which), contents.draft_features(which)
        with fast_convolutions():
            painted = self.draft(features, {k: statistics(v) for k, v in features.items()}).float()
        seen, wanted = pictures.encoded(self.encoder, painted, "relu4_1"), contents.fine_features(which)
        return {
            "identity": 50 * functional.mse_loss(painted, photo)
            + torch.stack([functional.mse_loss(seen[layer], wanted[layer]) for layer in DRAFT_LAYERS]).sum()
        }

    def stylization(self, contents: Contents, styles: Styles, which: Tensor, painted_as: Tensor) -> dict[str, Tensor]:
        """All other losses, weighted."""
        options = self.options
        pyramid = self.sides.pyramid(contents.photos(which))
        results = self.painted(pyramid, contents.draft_features(which), styles, painted_as)
        picture, wanted = results[-1], contents.fine_features(which)
        seen = pictures.encoded(self.encoder, picture)
        matched = [
            losses.earth_mover_distance(seen[layer], styles.sampled_points(layer, painted_as))
            for layer in ("relu3_1", "relu4_1")
        ]
        similar = [losses.self_similarity(seen[layer], wanted[layer]) for layer in ("relu3_1", "relu4_1")]
        terms = self.likeness(picture, seen, wanted, styles, painted_as, level=self.level) | {
            "mover": options.mover * torch.stack(matched).sum(),
            "similarity": 2 * torch.stack(similar).sum(),
            "unevenness": 0.3 * losses.unevenness(picture),
            "combs": options.combs * losses.combs(picture, pyramid[-1]),
        }
        if self.level:
            reduced = halve(picture)
            terms["coarse"] = 5 * functional.l1_loss(reduced, enlarge(results[-2].clamp(0, 1), reduced))
            points = styles.sampled_points("relu2_1", painted_as)
            terms["mover"] = terms["mover"] + 0.5 * options.mover * losses.earth_mover_distance(seen["relu2_1"], points)
        return terms

    def coarse_stylization(
        self, contents: Contents, styles: Styles, which: Tensor, painted_as: Tensor, level: int
    ) -> dict[str, Tensor]:
        """Of what a lower level paints, which smaller pictures end with: losses that need no points of the painting."""
        pyramid = self.sides.pyramid(contents.photos(which))[: level + 1]
        picture = self.painted(pyramid, contents.draft_features(which), styles, painted_as)[-1]
        with torch.no_grad():
            wanted = pictures.encoded(self.encoder, pyramid[level], "relu4_1")
        seen = pictures.encoded(self.encoder, picture)
        terms = self.likeness(picture, seen, wanted, styles, painted_as, level=level)
        return {f"lower {name}": value for name, value in terms.items()}

    def likeness(
        self, picture: Tensor, seen: Features, wanted: Features, styles: Styles, painted_as: Tensor, *, level: int
    ) -> dict[str, Tensor]:
        """What any level's result is measured by: as the photo, as the painting, and in range."""
        options = self.options
        painting = self.sides.pyramid(styles.pictures(painted_as))[level]
        style = styles.statistics(painted_as, level)
        return {
            "content": options.content * losses.content_distance(seen, wanted, CONTENT[min(1, level)]),
            "style": options.style * losses.style_distance(seen, style, STYLE[level]),
            "overflow": 20 * losses.overflow(picture),
            "patches": options.patches * losses.patch_distance(picture, painting),
        }

    def learn(self, contents: Contents, styles: Styles, done: float) -> dict[str, float]:
        """One step; the rate falls as a cosine over the share of the time that is over."""
        options = self.options
        for group in self.optimizer.param_groups:
            decay = 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done))
            group["lr"] = options.rate * min(1, (self.step + 1) / 150) * decay
        which = torch.randint(0, len(contents.squares), (options.batch,))
        painted_as = torch.randint(0, len(styles.squares), (options.batch,))
        if self.level == 0 and self.step % IDENTITY_EVERY == IDENTITY_EVERY - 1:
            terms = self.identity(contents, which)
        elif self.lowest < self.level and random.random() < LOWER:
            terms = self.coarse_stylization(
                contents, styles, which, painted_as, random.randrange(self.lowest, self.level)
            )
        else:
            terms = self.stylization(contents, styles, which, painted_as)
        self.optimizer.zero_grad(set_to_none=True)
        torch.stack(list(terms.values())).sum().backward()
        nn.utils.clip_grad_norm_(self.trained.parameters(), 20.0)
        self.optimizer.step()
        self.step += 1
        keep = min(MOVING_AVERAGE, self.step / (self.step + 20))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.values()), list(self.trained.state_dict().values()), 1 - keep)
        return {name: value.item() for name, value in terms.items()}

    @torch.no_grad()
    def save(self, contents: Contents, styles: Styles) -> None:
        """The averaged network among the weights, what goes on, and a sheet of pictures."""
        state = {
            "trained": self.trained.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "average": self.average,
            "step": self.step,
        }
        torch.save(state, self.state.with_suffix(".partial"))
        self.state.with_suffix(".partial").replace(self.state)
        for index in range(len(self.trained)):
            start, base = f"{index}.", self.weights if self.weights.exists() else self.base
            average = {name.removeprefix(start): v for name, v in self.average.items() if name.startswith(start)}
            save_network(base, PREFIX[self.lowest + index], average, self.options.palette, self.weights)
        live = {name: value.clone() for name, value in self.trained.state_dict().items()}
        self.trained.load_state_dict(self.average)
        chance = torch.Generator().manual_seed(5)
        which = torch.randint(0, len(contents.squares), (6,), generator=chance)
        photos, rows = contents.photos(which), [contents.photos(which)]
        for style in torch.randint(0, len(styles.squares), (6,), generator=chance).tolist():
            pyramid, six = self.sides.pyramid(photos), torch.tensor([style] * 6)
            results = self.painted(pyramid, contents.draft_features(which), styles, six)
            rows.append(results[-1].clamp(0, 1))
        sheet = torch.cat([torch.cat(list(row), 2) for row in rows], 1).permute(1, 2, 0)
        Image.fromarray((sheet.numpy() * 255).round().astype(np.uint8)).save(
            self.options.run / f"sheet{self.level}.png"
        )
        self.trained.load_state_dict(live)


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    shipped = Path(__file__).parent.parent / "weights" / "lapstyle_universal.safetensors"
    parser.add_argument("level", type=int, choices=(0, 1, 2))
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--paintings", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True, help="the folder of the checkpoints; gone on from")
    parser.add_argument("--weights", type=Path, default=shipped, help="what a new run begins as")
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--lowest", type=int, help="the level from which on all networks are trained; one without it")
    parser.add_argument("--side", type=int, default=128, help="px of the squares, at the level in training")
    parser.add_argument("--draft-side", type=int, help="px of a revision's draft, a multiple of 8; halved without it")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--rate", type=float, default=4e-4)
    parser.add_argument("--of-photo", type=int, default=2, help="squares kept of each photo")
    parser.add_argument("--of-painting", type=int, default=10)
    parser.add_argument("--enlarged", type=float, default=0.0, help="share of the photos that lack their finest detail")
    parser.add_argument("--holdout", type=float, default=0.1, help="share of the paintings that is kept apart")
    parser.add_argument("--content", type=float, default=1.0)
    parser.add_argument("--style", type=float, default=10.0)
    parser.add_argument("--mover", type=float, default=10.0, help="of the earth mover's distance")
    parser.add_argument("--patches", type=float, default=15.0)
    parser.add_argument("--combs", type=float, default=4.0, help="of strokes along rows and columns in even areas")
    parser.add_argument("--palette", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.draft_side is not None and options.draft_side % 8:
        parser.error(f"--draft-side: {options.draft_side} is not a multiple of 8")
    if options.lowest is not None and not 0 <= options.lowest <= options.level:
        parser.error(f"--lowest: {options.lowest} is not a level from 0 to {options.level}")
    return options


def main() -> None:
    """Encode, train for the minutes asked for, and write."""
    options = parsed()
    torch.manual_seed(options.seed)
    random.seed(options.seed)
    options.run.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(options)
    paintings, apart = pictures.held_out(pictures.paths(options.paintings), options.holdout)
    photos = pictures.paths(options.photos)
    started = time.monotonic()
    contents = pictures.contents_of(trainer.encoder, photos, trainer.sides, options.of_photo, options.enlarged)
    styles = pictures.styles_of(trainer.encoder, paintings, trainer.sides, options.of_painting)
    log = (options.run / f"log{options.level}.txt").open("a")
    print(vars(options), file=log)
    print(f"{len(photos)} photos, {len(paintings)} paintings, {len(apart)} apart: encoded in "
          f"{time.monotonic() - started:.0f} s", file=log, flush=True)  # fmt: skip
    started = saved = time.monotonic()
    shown: dict[str, float] = {}
    while (elapsed := time.monotonic() - started) < options.minutes * 60:
        for name, value in trainer.learn(contents, styles, elapsed / (options.minutes * 60)).items():
            shown[name] = 0.98 * shown.get(name, value) + 0.02 * value
        if trainer.step % 100 == 0:
            print(trainer.step, f"{elapsed:.0f} s", describe(shown), file=log, flush=True)
        if time.monotonic() - saved > SAVE_EVERY:
            saved = time.monotonic()
            trainer.save(contents, styles)
    trainer.save(contents, styles)
    log.close()


if __name__ == "__main__":
    main()
