"""The user's presets: looks under a name, in a folder of their own, and as files to share."""

from dataclasses import replace
from pathlib import Path

from lapstyle.packs import install_pack, installed_packs, is_pack
from lapstyle.settings import Settings
from recipes.preset import Preset, load_preset, save_preset
from studio.files import UNFIT
from studio.own_styles import OwnStyles
from studio.painting import Look
from studio.style_choice import StyleChoice, all_styles
from workbench.errors import OutputNotWritten, PictureUnreadable, StyleUnknown
from workbench.image_io import read_picture
from workbench.output_file import put_in_place

SUFFIX = ".json"
NAME_LENGTH = 80
MOST = 100  # %: the largest weight a blend shows


class Presets:
    """The folder of the user's presets; a preset's name is its file's.

    Attributes:
        folder: where they are.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def beside(cls, own_styles: OwnStyles) -> "Presets":
        """Those in the folder next to the user's paintings."""
        return cls(own_styles.folder.parent / "presets")

    def all(self) -> list[Path]:
        """By name, without regard to capitals."""
        try:
            found = [path for path in self.folder.iterdir() if path.suffix == SUFFIX and not path.name.startswith(".")]
        except OSError:  # none yet
            return []
        return sorted(found, key=lambda path: path.stem.casefold())

    def path(self, name: str) -> Path:
        """Where a preset of that name is, or would be."""
        return self.folder / (file_name(name) + SUFFIX)

    def save(self, name: str, look: Look) -> Path:
        """Keep a look under a name, in the place of any other; raises `OutputNotWritten`."""
        path = self.path(name)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputNotWritten(path=self.folder, reason=error.strerror or str(error)) from error
        save_preset(preset_of(look), path)
        return path

    def remove(self, path: Path) -> None:
        """Raises `OutputNotWritten`."""
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputNotWritten(path=path, reason=error.strerror or str(error)) from error


def file_name(name: str) -> str:
    """A name without what a file's name cannot hold."""
    fit = "".join("_" if letter in UNFIT or ord(letter) < 32 else letter for letter in name)
    return fit.strip(" .")[:NAME_LENGTH].strip(" .") or "_"


def preset_of(look: Look) -> Preset:
    """A look as a preset: what ships by name, the user's own by file."""
    styles = tuple((choice.path if choice.own else choice.id, weight) for choice, weight in look.styles)
    return Preset(styles, look.settings, before=look.before, after=look.after)


def share(look: Look, path: Path) -> None:
    """Write a preset with copies of the user's own paintings and packs beside it, so that the folder can be given away.

    Raises:
        StudioError: a painting cannot be read, or the folder does not take the files.
    """
    styles: list[tuple[str | Path, float]] = []
    for choice, weight in look.styles:
        styles.append((_copy(choice, path.parent) if choice.own else choice.id, weight))
    save_preset(replace(preset_of(look), styles=tuple(styles)), path)


def _copy(choice: StyleChoice, folder: Path) -> Path:
    """A copy of a painting, under its title; one that is there already serves as well."""
    try:
        data = choice.path.read_bytes()
        name, number = file_name(choice.title), 1
        while True:
            target = folder / f"{name}{f' {number}' if number > 1 else ''}{choice.path.suffix}"
            if not target.exists():
                break
            if target.is_file() and target.read_bytes() == data:
                return target
            number += 1
    except OSError as error:
        raise PictureUnreadable(path=choice.path, reason=error.strerror or str(error)) from error
    put_in_place(target, data)
    return target


def load(path: Path, own_styles: OwnStyles) -> Look:
    """Read a preset; paintings and packs that it brings along join the user's own. In a worker's thread.

    Raises:
        StudioError: it is no preset, or a painting of it is unknown or cannot be read.
    """
    preset = load_preset(path)
    known = {choice.id: choice for choice in all_styles(own_styles)}
    styles = []
    for style, weight in preset.styles:
        if isinstance(style, str):
            if style not in known:
                names = ", ".join(id for id, choice in known.items() if not choice.own)
                raise StyleUnknown(name=style, known=names)
            styles.append((known[style], weight))
        else:
            styles.append((_own(style, own_styles), weight))
    return Look(tuple(_in_percent(styles)), _of_window(preset.settings), preset.before, preset.after)


def _own(path: Path, own_styles: OwnStyles) -> StyleChoice:
    if is_pack(path):
        packs = {card.path.resolve(): card for card in installed_packs()}
        if path.resolve() not in packs:
            path = install_pack(path)
            packs = {card.path.resolve(): card for card in installed_packs()}
        return StyleChoice.of_pack(packs[path.resolve()])
    kept = {own_styles.path(style).resolve(): style for style in own_styles.all()}
    style = kept.get(path.resolve())
    if style is None:
        read_picture(path)  # it must be readable before it is kept
        style = own_styles.add_file(path)
    return StyleChoice(style.id, style.title, "", "", own_styles.path(style), True)


def _in_percent(styles: list[tuple[StyleChoice, float]]) -> list[tuple[StyleChoice, float]]:
    """Weights as the sliders have them, 1 to 100; a style that is there twice counts once with both."""
    weights: dict[str, float] = {}
    choices = {choice.id: choice for choice, _ in styles}
    for choice, weight in styles:
        weights[choice.id] = weights.get(choice.id, 0) + weight
    if len(weights) == 1:
        return [(choice, 1.0) for choice in choices.values()]
    if (
        any(weight > MOST or weight != round(weight) or weight < 1 for weight in weights.values())
        or max(weights.values()) == 1
    ):
        largest = max(weights.values())
        weights = {id: max(1.0, float(round(MOST * weight / largest))) for id, weight in weights.items()}
    return [(choices[id], weight) for id, weight in weights.items()]


def _of_window(settings: Settings) -> Settings:
    """Without a size, which is asked for when the picture is exported."""
    return Settings(settings.strength, settings.color, settings.stroke, settings.detail)
