"""Which pictures a folder holds, and under which names their results go into another folder."""

import os
import re
import stat
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from workbench.errors import FolderUnreadable, PictureMissing, SettingWrong, StudioError

FIELDS = frozenset({"stem", "style", "suffix", "ext", "index"})
FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')  # in a name on Windows
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
WIDTH = re.compile(r"0?[1-9]d?")


@dataclass
class Survey:
    """What a walk found.

    Attributes:
        pictures: (folder they are mirrored from, file) in natural order.
        ignored: number of visible files that are no pictures by their ending.
        unreadable: what could not be opened, to be told to the user.
    """

    pictures: list[tuple[Path, Path]] = field(default_factory=list)
    ignored: int = 0
    unreadable: list[StudioError] = field(default_factory=list)


def natural(path: Path) -> list[list[tuple[int, int, str]]]:
    """Sort key: photo2 before photo10, letter case aside (it decides only between otherwise equal names)."""

    def parts(text: str) -> list[tuple[int, int, str]]:
        pieces = re.split(r"([0-9]+)", text)
        return [(0, int(piece), piece) if piece.isdecimal() else (1, 0, piece.casefold()) for piece in pieces]

    return [*(parts(part) for part in path.parts), [(1, 0, str(path))]]


def survey(inputs: Iterable[Path], suffixes: frozenset[str], output: Path) -> Survey:
    """Every picture in the given folders and below; files given by name are taken whatever they are called.

    Hidden files and folders and the output folder are left out, and what is given twice counts once. Links to folders
    are followed, each folder once.

    Args:
        suffixes: lower-case endings of pictures, with the dot.

    Raises:
        PictureMissing: an input does not exist.
        FolderUnreadable: a folder that was given cannot be opened; sub-folders only end up in `unreadable`.
        SettingWrong: the output folder is one of the inputs.
    """
    found = Survey()
    for given in inputs:
        if os.path.isdir(given):  # noqa: PTH112 (Path.is_dir raises where it may not look)
            if _real(given) == _real(output):
                raise SettingWrong(name="output", value=output, expected="choose a folder other than the photos' own")
            _walk(given, suffixes, _real(output), found)
        elif os.path.lexists(given):
            found.pictures.append((given.parent, given))
        else:
            raise PictureMissing(path=given)
    found.pictures = list({source.absolute(): (root, source) for root, source in found.pictures}.values())
    return found


def _real(path: Path) -> str:
    return os.path.normcase(os.path.realpath(path))


def _walk(root: Path, suffixes: frozenset[str], output: str, found: Survey) -> None:
    files: list[Path] = []
    visited = {output}
    folders, links = [root], list[Path]()
    while folders or links:
        # Links come last, so that a folder that is also there itself is found under its own name.
        folder = folders.pop() if folders else links.pop(0)
        if (real := _real(folder)) in visited:
            continue
        visited.add(real)
        try:
            with os.scandir(folder) as entries:
                children = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            unreadable = FolderUnreadable(path=folder, reason=error.strerror or error)
            if folder == root:
                raise unreadable from error
            found.unreadable.append(unreadable)
            continue
        for child in children:
            path = folder / child.name
            if _is_hidden(child):
                continue
            if _is(child.is_dir):
                (links if child.is_symlink() else folders).append(path)
            elif path.suffix.lower() in suffixes and (_is(child.is_file) or child.is_symlink()):
                files.append(path)  # a link to nothing too: it must be told, not passed over
            else:
                found.ignored += 1
    found.pictures += [(root, path) for path in sorted(files, key=natural)]


def _is(kind: Callable[[], bool]) -> bool:
    """False also where the answer cannot be had, as for a link to itself."""
    try:
        return kind()
    except OSError:
        return False


def _is_hidden(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith("."):
        return True
    if os.name != "nt":
        return False
    attributes: int = getattr(entry.stat(follow_symlinks=False), "st_file_attributes", 0)
    return bool(attributes & stat.FILE_ATTRIBUTE_HIDDEN)


def check_pattern(pattern: str, suffixes: frozenset[str] = frozenset()) -> None:
    """Refuse a name pattern that could fail, hide results, or lead out of the output folder.

    Args:
        pattern: as "{stem} in {style}" or "{style}/{index:03}"; the ending is added to it. Fields: stem (the photo's
            name), style, ext or suffix (the photo's ending without its dot), index (1, 2, ... in natural order).
        suffixes: endings that must not be part of it.

    Raises:
        SettingWrong
    """

    def wrong(expected: str) -> SettingWrong:
        return SettingWrong(name="pattern", value=repr(pattern), expected=expected)

    try:
        pieces = list(string.Formatter().parse(pattern))
    except ValueError as error:
        raise wrong(f"{error}") from error
    names = {name for _, name, _, _ in pieces if name is not None}
    if unknown := names - FIELDS:
        raise wrong(f"it knows the fields {', '.join(sorted(FIELDS))}, not {', '.join(sorted(unknown))}")
    if not names & {"stem", "index"}:
        raise wrong("it needs {stem} or {index}, to tell the pictures apart")
    for _, name, width, conversion in pieces:
        if conversion or (width and (name != "index" or not WIDTH.fullmatch(width))):
            raise wrong("only {index} takes a width, as in {index:03}")
    if FORBIDDEN.search("".join(literal for literal, *_ in pieces).replace("/", "")):
        raise wrong('it cannot hold any of < > : " \\ | ? *')
    for part in pattern.split("/"):
        if not part.strip() or part.startswith("."):
            raise wrong("it must name files inside the output folder, and none that are hidden")
    if PurePosixPath(pattern).suffix.lower() in suffixes | {".{ext}", ".{suffix}"}:
        raise wrong("leave the ending away; the format decides it")


@dataclass(frozen=True)
class _Wish:
    """Where one result would like to go, in the output folder."""

    parent: PurePosixPath
    stem: str
    suffix: str
    own_suffix: str  # the source's, lower case, with its dot

    def path(self, addition: str = "") -> PurePosixPath:
        return self.parent / f"{self.stem}{addition}{self.suffix}"


def destinations(
    pictures: Sequence[tuple[Path, Path]],
    output: Path,
    *,
    suffix_of: Callable[[Path], str],
    pattern: str = "{stem}",
    style: str = "style",
) -> list[Path]:
    """One path in the output folder for each picture, in the mirrored tree; no two alike on any file system.

    Where names clash (letter case and Unicode form aside), the picture whose own ending is the result's keeps the
    name, else the first; the others get their ending or a number added: a.png and a-jpg.png. That depends on nothing
    but the names, so that a folder gets the same names each time.

    Args:
        pictures: (folder to mirror from, file), as `Survey.pictures`.
        suffix_of: the result's ending, with its dot.
        pattern: see `check_pattern`.
    """
    wishes = [
        _wished(
            source.relative_to(root), suffix_of(source), pattern, {"style": FORBIDDEN.sub("-", style), "index": index}
        )
        for index, (root, source) in enumerate(pictures, start=1)
    ]
    by_name: dict[str, list[int]] = {}
    for index, wish in enumerate(wishes):
        by_name.setdefault(_fold(wish.path()), []).append(index)
    names: dict[int, PurePosixPath] = {}
    for group in by_name.values():
        keeper = min(group, key=lambda index: wishes[index].own_suffix != wishes[index].suffix)
        names[keeper] = wishes[keeper].path()
    taken = set(by_name)
    numbers: Counter[str] = Counter()
    for index, wish in enumerate(wishes):
        if index in names:
            continue
        addition = f"-{wish.own_suffix[1:]}"
        if wish.own_suffix in ("", wish.suffix):
            addition = ""
        while _fold(wish.path(addition)) in taken:
            # Counted on from the last number given, lest ten thousand equal names take a hundred million tries.
            numbers[_fold(wish.path())] += 1
            addition = f"-{numbers[_fold(wish.path())] + 1}"
        names[index] = wish.path(addition)
        taken.add(_fold(names[index]))
    return [output.joinpath(*names[index].parts) for index in range(len(wishes))]


def _wished(source: Path, suffix: str, pattern: str, fields: dict[str, object]) -> _Wish:
    own = source.suffix.lower()
    name = pattern.format(stem=source.stem, suffix=own[1:], ext=own[1:], **fields)
    *folders, stem = [_usable(part) for part in (*source.parent.parts, *name.split("/"))]
    return _Wish(PurePosixPath(*folders), stem, suffix, own)


def _usable(part: str) -> str:
    """A name that leads nowhere else (as ".." would) and that Windows takes too (its devices' names it does not)."""
    return f"_{part}" if not part.strip(" .") or RESERVED.fullmatch(part) else part


def _fold(path: PurePosixPath) -> str:
    return unicodedata.normalize("NFC", path.as_posix()).casefold()
