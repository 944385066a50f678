"""What the documents say, done: examples run, commands parse, links and pictures lead somewhere."""

import json
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer

import assets
from lapstyle import __version__
from noise.catalogue import STEPS
from noise.step import Parameter
from terminal.app import app
from tests.command import Outcome
from tests.generators import write_generators
from tools import environment, system_libraries
from workbench.image_io import read_picture, resized, write_picture

ROOT = Path(__file__).parents[2]
SKIPPED = {"build", "dist", "out", "node_modules"}
PICTURES_LIMIT = 2_500_000  # bytes that docs/images/*.jpg may have in all


def documents() -> list[Path]:
    """Every Markdown file of the project."""
    found = [path for path in ROOT.rglob("*.md") if not hidden(path.relative_to(ROOT))]
    return sorted(found)


def hidden(path: Path) -> bool:
    return any(part.startswith(".") or part in SKIPPED or part.endswith(".egg-info") for part in path.parts)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks(path: Path, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def commands(path: Path) -> Iterator[list[str]]:
    """The words after `lapstyle` of every such line in a block for a shell, and of every `lapstyle ...` in the text."""
    for block in [*blocks(path, "sh"), *blocks(path, "console"), *blocks(path, "powershell")]:
        for line in block.splitlines():
            for part in re.split(r" \| | && ", line.partition("  #")[0]):
                words = re.split(r"\s[<>]\s?", part)[0]
                if words.startswith("lapstyle "):
                    yield shlex.split(words)[1:]
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for inline in re.findall(r"`lapstyle ([^`]+)`", text):
        yield shlex.split(inline)


EXAMPLES = blocks(ROOT / "docs/python.md", "python")
README_EXAMPLES = [
    (name, block) for name in ("README.md", "README.zh-CN.md") for block in blocks(ROOT / name, "python")
]
COMMANDS = [
    pytest.param(words, id=f"{name_of(path)}: {' '.join(words)}") for path in documents() for words in commands(path)
]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with the pictures that the examples name."""
    monkeypatch.chdir(tmp_path)
    photo = resized(read_picture(assets.path("samples/coffee.jpg")), 120)
    painting = resized(read_picture(assets.path("styles/summertime.jpg")), 120)
    (tmp_path / "holiday" / "day 2").mkdir(parents=True)
    for name in ("photo.jpg", "holiday.jpg", "holiday/beach.jpg", "holiday/day 2/pier.jpg"):
        write_picture(photo, tmp_path / name)
    for name in ("painting.jpg", "my-painting.jpg"):
        write_picture(painting, tmp_path / name)
    preset = {"version": 1, "styles": [{"style": "poppies", "weight": 1.0}], "settings": {"stroke": "broad"}}
    for name in ("grain.json", "soften.json"):
        (tmp_path / name).write_text(blocks(ROOT / "docs/cli.md", "json")[0], encoding="utf-8")
    (tmp_path / "look.json").write_text(json.dumps(preset))
    write_generators(tmp_path / "model.safetensors")
    return tmp_path


class TestExamples:
    @pytest.mark.parametrize("code", EXAMPLES, ids=range(len(EXAMPLES)))
    def test_python_runs(self, desk: Path, code: str) -> None:
        check_example(desk, code)

    @pytest.mark.parametrize(("name", "code"), README_EXAMPLES)
    def test_the_readmes_python_runs(self, desk: Path, name: str, code: str) -> None:
        check_example(desk, code)

    def test_there_are_some(self) -> None:
        assert len(EXAMPLES) >= 8
        assert {name for name, _ in README_EXAMPLES} == {"README.md", "README.zh-CN.md"}


def check_example(desk: Path, code: str) -> None:
    """Run an example; every file that it saves under a plain name is then a picture of more than one colour."""
    exec(compile(code, "example", "exec"), {"__name__": "__main__"})
    for name in re.findall(r'save\(.*"([\w-]+\.\w+)"', code):
        assert read_picture(desk / name).pixels.std() > 10


class TestCommands:
    @pytest.mark.parametrize("words", COMMANDS)
    def test_parses(self, words: list[str]) -> None:
        """Unknown commands and options, and values that do not fit, end here."""
        group = typer.main.get_command(app)
        name, arguments = words[0], words[1:]
        if name.startswith("-"):
            group.make_context("lapstyle", list(words), resilient_parsing=True)
            return
        command = group.commands[name]  # type: ignore[attr-defined]
        if arguments and "--help" not in arguments:
            command.make_context(name, list(arguments))

    def test_all_commands_are_shown(self) -> None:
        shown = {words[0] for words in commands(ROOT / "README.md")}
        assert {"stylize", "batch", "styles", "sheet", "info"} <= shown
        assert list(commands(ROOT / "README.md")) == list(commands(ROOT / "README.zh-CN.md"))

    def test_a_wrong_one_does_not_parse(self) -> None:
        command = typer.main.get_command(app).commands["stylize"]  # type: ignore[attr-defined]
        with pytest.raises(typer.TyperException):
            command.make_context("stylize", ["holiday.jpg", "--stile", "great-wave"])

    def test_those_of_the_command_line_page_run(self, desk: Path, lapstyle: Callable[..., Outcome]) -> None:
        """Photos on standard input and whole galleries aside, which have tests of their own and take long."""
        ran = []
        for words in commands(ROOT / "docs/cli.md"):
            if ("holiday" not in words and "holiday.jpg" not in words) or words[0] == "sheet":
                continue
            outcome = lapstyle(*words)
            assert (outcome.code, outcome.err) == (0, ""), words
            ran.append(words)
        assert len(ran) >= 6


class TestSteps:
    def test_the_table_has_every_step_with_its_values(self) -> None:
        text = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
        rows = re.findall(r"^\| `--([\w-]+)` \| [^|]+ \| (`[^|]+) \|$", text, re.MULTILINE)
        assert [(name, values.split("; ")) for name, values in rows] == [
            (name, [value_in_words(parameter) for parameter in kind.parameters()]) for name, kind in STEPS.items()
        ]


def value_in_words(parameter: Parameter) -> str:
    if isinstance(parameter.default, bool):
        return f"`{parameter.name}` {'yes' if parameter.default else 'no'}"
    limits = f"{parameter.least:g} to {parameter.most:g} {parameter.unit}".rstrip()
    return f"`{parameter.name}` {parameter.default:g}, {limits}"


class TestInstallation:
    @pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
    def test_names_the_libraries_that_the_check_knows(self, name: str) -> None:
        """And some for each group: the X server's, the desktop's, fonts."""
        text = "\n".join(blocks(ROOT / name, "sh")).replace("\\\n", " ")
        (line,) = re.findall(r"^sudo apt install (.+)$", text, re.MULTILINE)
        assert set(line.split()) <= set(system_libraries.PACKAGES.values())
        assert {"libxcb-icccm4", "libxcb-xinerama0", "libxkbcommon-x11-0", "libgl1", "libdbus-1-3"} <= set(line.split())

    def test_says_which_python(self) -> None:
        oldest, newest = (".".join(map(str, version)) for version in (environment.OLDEST, environment.NEWEST))
        assert f"Python {oldest} to {newest}" in (ROOT / "README.md").read_text(encoding="utf-8")
        assert f"Python {oldest} 至 {newest}" in (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")

    def test_the_changes_begin_with_this_version(self) -> None:
        first = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
        assert first is not None and first[1] == __version__

    def test_counts_the_gallery(self) -> None:
        count = len(assets.gallery())
        assert f"{count} paintings" in (ROOT / "README.md").read_text(encoding="utf-8")
        assert f"{count} 幅画" in (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")


class TestLinks:
    @pytest.mark.parametrize("path", documents(), ids=name_of)
    def test_lead_to_files_that_exist(self, path: Path) -> None:
        text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
        relative = [link.partition("#")[0] for link in links if not re.match(r"[a-z]+:|#", link)]
        missing = [link for link in relative if not (path.parent / unquote(link)).exists()]
        assert missing == []

    def test_are_looked_for(self) -> None:
        assert len(documents()) >= 10
        assert "](docs/python.md)" in (ROOT / "README.md").read_text(encoding="utf-8")

    def test_pictures_are_pictures_and_stay_small(self) -> None:
        pictures = sorted((ROOT / "docs/images").glob("*.jpg"))
        assert {"sheet.jpg", "detail.jpg"} <= {path.name for path in pictures}
        assert all(read_picture(path).width >= 1000 for path in pictures)
        assert sum(path.stat().st_size for path in pictures) < PICTURES_LIMIT
