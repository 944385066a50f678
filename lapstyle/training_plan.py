"""How many steps each stage gets. No Paddle here."""

import itertools
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lapstyle.training_settings import STAGES, Tuned
from workbench.errors import TrainingWrong
from workbench.output_file import put_in_place, system_reason
from workbench.training_settings import LONGEST

PLAN = "plan.json"  # in the training's folder
LARGEST = 1 << 12  # bytes of it
SHARES: dict[Tuned, tuple[float, ...]] = {"pack": (0.55, 0.45, 0.0), "all": (0.45, 0.35, 0.2)}
"""Of the time, for each stage. A pack leaves the second revision as it is: it paints at a scale at which paintings of
the usual size have no strokes left, and taught, it was measured to paint less like them (docs/teaching.md)."""
LEAST = 0.1  # minutes
SAVING = 0.06  # of the time goes into saves and samples


@dataclass(frozen=True)
class Pace:
    """What a stage was measured to take.

    Attributes:
        step: seconds of a step whose examples are kept already.
        example: seconds that it takes to make one.
        batch: examples in a step.
        examples: that there are.
    """

    step: float
    example: float
    batch: int
    examples: int

    def steps_in(self, seconds: float) -> int:
        """Steps that fit, 1 to `LONGEST`: while there are new examples, each step makes its own."""
        made = seconds / (self.step + self.batch * self.example)
        if made * self.batch > self.examples:
            made = (seconds - self.examples * self.example) / self.step
        return min(max(1, round(made)), LONGEST)


@dataclass(frozen=True)
class TrainingPlan:
    """The steps of every stage, and how long one takes, in seconds or in any other unit."""

    steps: tuple[int, ...]
    seconds: tuple[float, ...]

    @property
    def total(self) -> int:
        return sum(self.steps)

    def at(self, done: int) -> tuple[int, int]:
        """The stage that goes on after so many steps, and how many of its own are done; the last one at the end."""
        for stage, steps in enumerate(self.steps):
            if done < steps:
                return stage, done
            done -= steps
        last = max(stage for stage, steps in enumerate(self.steps) if steps)
        return last, self.steps[last]

    def done(self, done: int) -> tuple[int, ...]:
        """The steps of each stage that are done."""
        begins = [0, *itertools.accumulate(self.steps)]
        return tuple(min(steps, max(0, done - begin)) for steps, begin in zip(self.steps, begins, strict=False))

    def ahead(self, done: int) -> float:
        """The time of all steps after so many."""
        left = (steps - made for steps, made in zip(self.steps, self.done(done), strict=True))
        return sum(steps * seconds for steps, seconds in zip(left, self.seconds, strict=True))

    def stage(self, done: int) -> str:
        return STAGES[self.at(done)[0]]

    @classmethod
    def fitting(cls, minutes: float, paces: Sequence[Pace | None], tuned: Tuned) -> "TrainingPlan":
        """As many steps as fit.

        Args:
            minutes: for all; `LEAST` where the measuring has taken what there was.
            paces: of each stage; None for one that gets no share.
        """
        seconds = [60 * max(minutes, LEAST) * (1 - SAVING) * share for share in SHARES[tuned]]
        steps = tuple(pace.steps_in(part) if pace else 0 for pace, part in zip(paces, seconds, strict=True))
        return cls(steps, tuple(part / count if count else 1.0 for part, count in zip(seconds, steps, strict=True)))

    def save(self, folder: Path) -> None:
        content = {"steps": self.steps, "seconds": [round(seconds, 4) for seconds in self.seconds]}
        put_in_place(folder / PLAN, f"{json.dumps(content)}\n".encode())

    @classmethod
    def read(cls, folder: Path) -> "TrainingPlan | None":
        """The plan of a training's folder; None where there is none yet. Raises `TrainingWrong`."""
        try:
            with (folder / PLAN).open("rb") as file:
                content = json.loads(file.read(LARGEST))
            steps = tuple(content["steps"])
            seconds = tuple(float(part) for part in content["seconds"])
            whole = all(isinstance(count, int) and 0 <= count <= LONGEST for count in steps)
            sound = all(math.isfinite(part) and part > 0 for part in seconds)
            if not (len(steps) == len(seconds) == len(STAGES) and whole and sum(steps) and sound):
                raise ValueError(steps)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise TrainingWrong(path=folder, reason=system_reason(error)) from error
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise TrainingWrong(path=folder, reason="its plan is damaged") from error
        return cls(steps, seconds)
