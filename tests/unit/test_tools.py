"""What `make` leans on: the environment, the system's libraries, the targets, the package's metadata."""

import ast
import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from PIL import Image

import assets
from recipes.sheet import PAPER
from tools import before_after, environment, system_libraries

ROOT = Path(__file__).parents[2]
LISTING = """\
	linux-vdso.so.1 (0x00007ffd)
	libxcb-icccm.so.4 => not found
	libxkbcommon-x11.so.0 => not found
	libstdc++.so.6 => /lib/x86_64-linux-gnu/libstdc++.so.6 (0x00007f)
	libunheard-of.so.3 => not found
"""
DEVELOPED_WITH = ("graphs.py", "graph_export.py")


class TestSystemLibraries:
    @pytest.fixture
    def fake_ldd(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """An `ldd` that finds three libraries missing, whatever it is asked about."""
        (tmp_path / "listing").write_text(LISTING)
        script = tmp_path / "ldd"
        script.write_text(f"#!/bin/sh\ncat '{tmp_path}/listing'\n")
        script.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    @pytest.mark.usefixtures("fake_ldd")
    @pytest.mark.skipif(os.name == "nt", reason="ldd is a shell script here")
    def test_finds_what_is_missing(self) -> None:
        found = system_libraries.missing([Path("libqxcb.so")])
        assert found == ["libunheard-of.so.3", "libxcb-icccm.so.4", "libxkbcommon-x11.so.0"]
        assert system_libraries.missing([Path("a.so")], frozenset(found)) == []

    def test_no_ldd_at_all(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        assert system_libraries.missing([Path("libqxcb.so")]) == []

    def test_says_the_line_that_installs_them(self) -> None:
        sentence = system_libraries.sentence(["libunheard-of.so.3", "libxcb-icccm.so.4", "libxkbcommon-x11.so.0"])
        assert "sudo apt install libxcb-icccm4 libxkbcommon-x11-0\n" in sentence
        assert "which packages hold libunheard-of.so.3" in sentence

    @pytest.mark.parametrize("purpose", system_libraries.BINARIES)
    def test_every_pattern_finds_its_files(self, purpose: str) -> None:
        """Else a check would pass because it checks nothing."""
        packages = Path(system_libraries.sysconfig.get_path("platlib"))
        if sys.platform.startswith("linux"):
            assert all(any(packages.glob(pattern)) for pattern in system_libraries.BINARIES[purpose])


class TestEnvironment:
    def test_changed_requirements_change_the_fingerprint(self, tmp_path: Path) -> None:
        outer, inner = tmp_path / "requirements-dev.txt", tmp_path / "requirements.txt"
        outer.write_text("-r requirements.txt\npytest==9.2.0  # tests\n")
        inner.write_text("numpy==2.4.6\n")
        first = environment.fingerprint(outer, (3, 12))
        assert environment.fingerprint(outer, (3, 12)) == first
        assert environment.fingerprint(outer, (3, 13)) != first
        inner.write_text("numpy==2.4.7\n")
        assert environment.fingerprint(outer, (3, 12)) != first

    def test_versions(self, tmp_path: Path) -> None:
        assert environment.version_of(sys.executable) == sys.version_info[:2]
        assert environment.version_of(str(tmp_path / "python")) == ()
        fitting = {version: environment.is_fitting(version) for version in ((), (3, 10), (3, 11), (3, 13), (3, 14))}
        assert list(fitting.values()) == [False, False, True, True, False]

    def test_no_python_is_a_sentence(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(environment, "CANDIDATES", ("no-such-python",))
        with pytest.raises(SystemExit, match="sudo apt install python3 python3-venv"):
            environment.make(tmp_path / ".venv")
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
    def test_no_venv_is_a_sentence(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """As on a Debian with python3 but without python3-venv."""
        python = tmp_path / "python"
        python.write_text('#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; *) echo 3 12;; esac\n')
        python.chmod(0o755)
        monkeypatch.setattr(environment, "CANDIDATES", (str(python),))
        with pytest.raises(SystemExit, match=r"sudo apt install python3\.12-venv"):
            environment.make(tmp_path / ".venv")
        assert not (tmp_path / ".venv").exists()

    def test_nothing_is_installed_twice(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Made once, installed once, and again only after a change."""
        monkeypatch.setattr(environment, "ROOT", tmp_path)
        monkeypatch.setattr(environment, "FOLDER", tmp_path / ".venv")
        (tmp_path / "requirements.txt").write_text("# nothing\n")
        commands: list[list[str]] = []
        really_run = subprocess.run

        def run(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
            commands.append(command)
            return really_run(command, **options)  # type: ignore[call-overload]

        monkeypatch.setattr(environment.subprocess, "run", run)
        counts = []
        for text in ("# nothing\n", "# nothing\n", "# nothing more\n"):
            (tmp_path / "requirements.txt").write_text(text)
            commands.clear()
            environment.main("requirements.txt")
            counts.append(
                (sum("venv" in command for command in commands), sum("install" in command for command in commands))
            )
        assert counts == [(1, 1), (0, 0), (0, 1)]


class TestMake:
    def test_help_lists_every_target(self) -> None:
        """It is what plain `make` shows."""
        text = (ROOT / "Makefile").read_text()
        helped = re.findall(r"^([a-z]+):.*## ", text, re.MULTILINE)
        assert {"stylize", "run", "test", "bench", "lint", "graphs"} < set(helped)
        assert ".DEFAULT_GOAL := help" in text

    def test_continuous_integration_runs_the_tests(self) -> None:
        script = ROOT / ".ci" / "run"
        assert "make test" in script.read_text()
        assert os.access(script, os.X_OK)


class TestBeforeAndAfter:
    def test_a_row_for_each_painting_with_the_earlier_picture_before_the_new_one(self, tmp_path: Path) -> None:
        paintings = assets.gallery()[: before_after.PAINTINGS]
        for number, painting in enumerate(paintings):
            for contestant, color in (("old", (200, number, 0)), ("new", (0, number, 200))):
                Image.new("RGB", (64, 48), color).save(tmp_path / f"cat-{painting.id}-{contestant}.png")
        page = before_after.sheet(tmp_path, "cat", ("old", "new"))
        step = page.width // 3, page.height // len(paintings)
        for row in range(len(paintings)):
            middles = [
                page.getpixel((column * step[0] + step[0] // 2, row * step[1] + step[1] // 3)) for column in (1, 2)
            ]
            assert middles == [(200, row, 0), (0, row, 200)]
        assert page.getpixel((1, 1)) == Image.new("RGB", (1, 1), PAPER).getpixel((0, 0))


class TestRequirements:
    def test_everything_is_pinned_and_has_a_reason(self) -> None:
        lines = [
            line
            for name in ("requirements.txt", "requirements-dev.txt")
            for line in (ROOT / name).read_text().splitlines()
            if line and not line.startswith(("#", "-r "))
        ]
        assert len(lines) > 15
        for line in lines:
            assert re.fullmatch(r"[A-Za-z0-9-]+==[0-9.]+(; python_version [<>=]+ \"3\.\d+\")?  # \S.{4,}", line), line

    def test_what_is_imported_is_required_and_the_other_way_round(self) -> None:
        """Only the export of the graphs needs more than the user has."""
        packages = {"lapstyle", "cyclegan", "noise", "workbench", "recipes", "terminal", "studio", "weights", "assets"}
        files = [
            path for package in packages for path in (ROOT / package).rglob("*.py") if path.name not in DEVELOPED_WITH
        ]
        imported = {name for path in files for name in imports_of(path)} - packages
        homes = metadata.packages_distributions()
        needed = {canonical(homes[name][0]) for name in imported if name in homes}
        lines = (ROOT / "requirements.txt").read_text().splitlines()
        assert needed == {canonical(line.split("==")[0]) for line in lines if line and not line.startswith("#")}


def imports_of(path: Path) -> set[str]:
    """The top-level packages that a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module)
    return {name.partition(".")[0] for name in names}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
