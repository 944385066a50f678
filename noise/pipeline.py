"""An ordered list of steps with a seed: what the window edits, the command line reads and a preset keeps.

{
  "version": 1,
  "seed": 7,
  "steps": [{"step": "salt-pepper", "salt": 0.05, "pepper": 0.05}, {"step": "mean-blur", "size": 20}]
}
"""

import hashlib
import json
import unicodedata
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from noise import catalogue
from noise.random_field import BLOCK, RandomField
from noise.step import Pixels, Place, Step, shown
from workbench.errors import SettingWrong
from workbench.picture import Picture
from workbench.progress import Cancellation, Job, Progress
from workbench.tiles import Tile

VERSION = 1
STEPS_LIMIT = 32
SEED_LIMIT = 2**32 - 1
TILE = 2 * BLOCK  # px: what is computed at once by a step that needs a pixel's surroundings; else it is one block


@dataclass(frozen=True)
class Pipeline:
    """Steps, first to last. Raises `SettingWrong` from the constructor.

    Attributes:
        steps: at most 32; none at all gives the picture back.
        seed: 0 to 2^32 - 1; each step draws from a stream of its own.
    """

    steps: tuple[Step, ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        if len(self.steps) > STEPS_LIMIT:
            raise SettingWrong(name="steps", value=len(self.steps), expected=f"at most {STEPS_LIMIT} are possible")
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or not 0 <= self.seed <= SEED_LIMIT:
            raise SettingWrong(
                name="seed", value=shown(self.seed), expected=f"give a whole number from 0 to {SEED_LIMIT}"
            )

    @property
    def reach(self) -> int:
        """Pixels to each side that a pixel of the result depends on."""
        return sum(step.reach for step in self.steps)

    @property
    def idle(self) -> bool:
        """Whether it changes nothing."""
        return all(step.idle for step in self.steps)

    def scaled(self, factor: float) -> "Pipeline":
        """For a copy of the picture whose sides are `factor` times as long; see `Step.scaled`."""
        return replace(self, steps=tuple(step.scaled(factor) for step in self.steps))

    def own(self, relative: str) -> "Pipeline":
        """With a seed for one picture of a folder, because equal grain on every picture shows.

        The seed is the first four bytes, big end first, of the SHA-256 of the pipeline's seed, a line feed and the
        picture's path from its folder (with "/", Unicode form C, in UTF-8): the same in every run, on every platform.
        """
        text = f"{self.seed}\n{unicodedata.normalize('NFC', relative)}"
        digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()
        return replace(self, seed=int.from_bytes(digest[:4], "big"))

    def render(self, picture: Picture, cancellation: Cancellation | None = None) -> Job[Picture]:
        """The whole picture after all steps; transparency and metadata stay as they are.

        At most two more pictures are held besides the one that is given. Yields progress in megapixels; its stage is
        the name of the step.
        """
        _keep_freed_memory()
        height, width = picture.pixels.shape[:2]
        working = [(index, step) for index, step in enumerate(self.steps) if not step.idle]
        source = picture.pixels
        spare: Pixels | None = None
        total, done = len(working) * height * width / 1e6, 0.0
        for index, step in working:
            target = np.empty(picture.pixels.shape, picture.pixels.dtype) if spare is None else spare
            for tile in _tiles(height, width, TILE if step.reach else BLOCK):
                if cancellation is not None:
                    cancellation.check()
                yield Progress(done, total, step.name)
                target[tile.slices] = self._stepped(source, tile, index, (height, width))
                done += tile.height * tile.width / 1e6
            spare = None if source is picture.pixels else source
            source = target
        return picture if source is picture.pixels else replace(picture, pixels=source)

    def region(self, pixels: Pixels, tile: Tile) -> Pixels:
        """Only a part of the result: the same pixels that `render` gives there, without making the rest.

        In float pictures they are the same but for rounding, and a motion blur may round a value that lies midway to
        either of its neighbours.
        """
        height, width = pixels.shape[:2]
        # What each step must give for the next ones to see far enough.
        wanted = [tile]
        for step in reversed(self.steps):
            wanted.append(wanted[-1].grown(step.reach, height, width))
        window, held = pixels[wanted[-1].slices], wanted[-1]
        for index, (step, needed) in enumerate(zip(self.steps, reversed(wanted[:-1]), strict=True)):
            if not step.idle:
                window = step.apply(window, Place(held, RandomField(self.seed, index)))
            window, held = window[needed.within(held).slices], needed
        return window

    def _stepped(self, source: Pixels, tile: Tile, index: int, size: tuple[int, int]) -> Pixels:
        step = self.steps[index]
        outer = tile.grown(step.reach, *size)
        result = step.apply(source[outer.slices], Place(outer, RandomField(self.seed, index)))
        return result[tile.within(outer).slices]

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"version": VERSION, "seed": self.seed, "steps": [step.to_dict() for step in self.steps]}

    @classmethod
    def from_dict(cls, content: Any) -> "Pipeline":
        """The inverse of `to_dict`; missing parameters take their defaults. Raises `SettingWrong` for all else."""
        version = content.get("version") if isinstance(content, dict) else None
        if version != VERSION or isinstance(version, bool):
            raise SettingWrong(name="steps", value="this", expected=f"it must be an object of version {VERSION}")
        for name in content:
            if name not in ("version", "seed", "steps"):
                raise SettingWrong(name="steps", value=shown(name), expected="it has version, seed and steps")
        steps = content.get("steps", [])
        if not isinstance(steps, list):
            raise SettingWrong(name="steps", value=shown(steps), expected="it must be a list")
        return cls(tuple(catalogue.step_from_dict(step) for step in steps), content.get("seed", 0))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all that decides what it does to a picture."""
        return hashlib.sha256(json.dumps(self.to_dict(), sort_keys=True).encode()).hexdigest()


def _keep_freed_memory() -> None:
    """Let the C library of Linux reuse what a tile freed for the next one.

    It gives pieces back to the system until a larger one was freed once, and to fetch them again for every tile takes
    as long as salting it.
    """
    np.empty(8 << 20, np.uint8)


def _tiles(height: int, width: int, side: int) -> list[Tile]:
    """Squares whose edges are those of blocks of random numbers, so that no block is drawn twice for one step."""
    return [
        Tile(top, min(top + side, height), left, min(left + side, width))
        for top in range(0, height, side)
        for left in range(0, width, side)
    ]
