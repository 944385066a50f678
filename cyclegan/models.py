"""Models that translate: those that ship, and anyone's checkpoint. Each goes one way or both."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

import weights
from cyclegan.checkpoints import Generator, load_generators
from workbench.errors import ModelUnknown, SettingWrong

Direction = Literal["forward", "backward"]
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
Texts = Mapping[str, str]
"""The same text in several languages, by their names: "en", which is always there, "zh_CN"."""

CATALOGUE = "cyclegan/models.json"
FORWARD = re.compile(
    r"(.*\.)?((net)?_?g_?(a|ab|a2b|a_?to_?b)|ab|a2b|a_to_b|to_b|forward|generator_?(a|ab|a2b))", re.IGNORECASE
)
BACKWARD = re.compile(
    r"(.*\.)?((net)?_?g_?(b|ba|b2a|b_?to_?a)|ba|b2a|b_to_a|to_a|backward|generator_?(b|ba|b2a))", re.IGNORECASE
)
"""What a file with several generators calls the two: "netG_A", "net_gen.netG_B", "ab"."""


@dataclass(frozen=True)
class Model:
    """A CycleGAN: its generators translate from one kind of picture to another, and back.

    Attributes:
        id: what the command line calls it, "van-gogh"; of a file its path.
        title: what it is called.
        description: what it was trained on and what to expect, a sentence or two.
        source_kind, target_kind: what it translates from and to: "photo", "Van Gogh".
        licence: under which it may be passed on; empty where that is not known.
        forward, backward: the file with the generator of a direction; None where there is none. They may be the same.
        thumbnails: pictures before and after a translation forward, if there are some.
        names: what a file with several generators calls that of a direction.
    """

    id: str
    title: Texts
    description: Texts
    source_kind: Texts
    target_kind: Texts
    licence: str
    forward: Path | None
    backward: Path | None
    thumbnails: tuple[Path, Path] | None = None
    names: Mapping[Direction, str] = field(default_factory=dict)

    @property
    def directions(self) -> tuple[Direction, ...]:
        """Those it has a generator for."""
        return tuple(direction for direction in DIRECTIONS if self.file(direction) is not None)

    def file(self, direction: Direction) -> Path | None:
        return self.forward if direction == "forward" else self.backward

    def generator(self, direction: Direction = "forward") -> tuple[Generator, str]:
        """The generator of a direction, and a hash that tells it from all others; the file is read.

        Raises:
            SettingWrong: there is none for this direction.
            StudioError: see `checkpoints.load_generators`.
        """
        if direction not in DIRECTIONS:
            raise SettingWrong(name="direction", value=direction, expected=f"use {' or '.join(DIRECTIONS)}")
        path = self.file(direction)
        if path is None:
            expected = f"{self.id} only goes {' and '.join(self.directions)}"
            raise SettingWrong(name="direction", value=direction, expected=expected)
        file = load_generators(path)
        name = self.names.get(direction, file.generators[0].name)
        found = next((generator for generator in file.generators if generator.name == name), file.generators[0])
        return found, f"{file.sha256}:{found.name}"


def in_language(texts: Texts, language: str) -> str:
    """The text in a language, else in English."""
    return texts.get(language, texts["en"])


def models() -> list[Model]:
    """The models that ship, in the order in which they are shown; raises `DataFileMissing`."""
    records = json.loads(weights.path(CATALOGUE).read_text(encoding="utf-8"))
    return [_shipped(record) for record in records]


def _shipped(record: Mapping[str, Any]) -> Model:
    def file(name: str | None) -> Path | None:
        return None if name is None else weights.path(f"cyclegan/{name}")

    before, after = (weights.path(f"cyclegan/{record['id']}_{when}.webp") for when in ("before", "after"))
    return Model(
        record["id"],
        record["title"],
        record["description"],
        record["source_kind"],
        record["target_kind"],
        record["licence"],
        file(record.get("forward")),
        file(record.get("backward")),
        (before, after),
    )


def find_model(name_or_path: str | Path) -> Model:
    """A shipped model by its name, or one from a file: .safetensors, PaddleGAN's .pdparams, the authors' .pth.

    Of several generators in a file that called "netG_A", "G_A" or "ab" goes forward, and "netG_B" and the like
    backward; without such names they are taken in the order of their names. A single one goes forward.

    Raises:
        ModelUnknown: it is neither.
        StudioError: see `checkpoints.load_generators`.
    """
    known = models()
    found = next((model for model in known if model.id == name_or_path), None)
    if found is not None:
        return found
    path = Path(name_or_path)
    if not path.exists():
        raise ModelUnknown(name=name_or_path, known=", ".join(model.id for model in known) or "–")
    names = [generator.name for generator in load_generators(path).generators]
    chosen = _directions(names)
    nothing = {"en": ""}
    return Model(
        str(path),
        {"en": path.name},
        nothing,
        nothing,
        nothing,
        "",
        path if "forward" in chosen else None,
        path if "backward" in chosen else None,
        names=chosen,
    )


def _directions(names: list[str]) -> dict[Direction, str]:
    """Which generator goes which way."""
    if len(names) == 1:
        return {"forward": names[0]}
    forward = next((name for name in names if FORWARD.fullmatch(name)), None)
    backward = next((name for name in names if BACKWARD.fullmatch(name)), None)
    rest = [name for name in names if name not in (forward, backward)]
    if forward is None:
        forward = rest.pop(0) if rest else None
    if backward is None:
        backward = rest.pop(0) if rest else None
    chosen: dict[Direction, str] = {}
    if forward is not None:
        chosen["forward"] = forward
    if backward is not None:
        chosen["backward"] = backward
    return chosen
