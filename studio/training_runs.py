"""Where trainings are kept, and which there are."""

import json
from pathlib import Path

import platformdirs

from studio.preferences import Preferences

SETTINGS = "settings.json"  # in every training's folder
PLACE = "training folder"  # in the preferences
ELSEWHERE = "trainings"  # in the preferences: those that lie, or lay, anywhere else
REMEMBERED = 20
LARGEST = 1 << 16  # bytes of settings


def root(preferences: Preferences) -> Path:
    """The folder in which each training gets a folder of its own; it may not exist yet."""
    chosen = preferences.text(PLACE)
    if chosen:
        return Path(chosen)
    return platformdirs.user_documents_path() / "LapStyle Studio" / "Trainings"


def free_name(folder: Path, name: str) -> str:
    """The name, or with a number the first that nothing in a folder has."""
    number, free = 2, name
    while (folder / free).exists():
        free = f"{name} {number}"
        number += 1
    return free


def remember(preferences: Preferences, folder: Path) -> None:
    """Find a training again, wherever the next ones will be kept."""
    known = [each for each in remembered(preferences) if each != folder]
    preferences.set_data(ELSEWHERE, [str(each) for each in [folder, *known][:REMEMBERED]])


def remembered(preferences: Preferences) -> list[Path]:
    values = preferences.data(ELSEWHERE)
    return [Path(value) for value in values if isinstance(value, str)] if isinstance(values, list) else []


def is_run(folder: Path) -> bool:
    """Whether there is a training in a folder."""
    return (folder / SETTINGS).is_file()


def kind_of(folder: Path) -> str | None:
    """Of the training in a folder; None where its settings make no sense."""
    try:
        with (folder / SETTINGS).open("rb") as file:
            content = json.loads(file.read(LARGEST))
    except (OSError, ValueError, RecursionError):
        return None
    kind = content.get("kind") if isinstance(content, dict) else None
    return kind if isinstance(kind, str) else None


def all_runs(place: Path, others: list[Path], kinds: tuple[str, ...]) -> list[Path]:
    """The folders of the trainings of these kinds that are there, the newest first; with those that are damaged."""
    try:
        children = list(place.iterdir())
    except OSError:
        children = []
    runs = {folder.absolute() for folder in [*others, *children] if is_run(folder)}
    runs = {folder for folder in runs if kind_of(folder) in (*kinds, None)}
    return sorted(runs, key=lambda folder: -(folder / SETTINGS).stat().st_mtime)
