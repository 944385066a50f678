"""Rules about the code itself, which no other tool checks."""

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("lapstyle", "cyclegan", "noise", "workbench", "recipes", "terminal", "studio", "weights", "assets")
THREAD_STARTERS = {"Thread", "Timer", "ThreadPool", "ThreadPoolExecutor", "QThread", "QThreadPool", "QtConcurrent"}
THREAD_STARTERS |= {"start_new_thread", "to_thread", "run_in_executor"}
MAY_START_THREADS = {"studio/worker.py", "workbench/folders.py"}
PRINTERS_AND_EXITS = {"print", "input", "exit", "quit", "sys.exit", "os._exit", "sys.stdout.write", "sys.stderr.write"}
LONGEST = 400  # lines
INTERNAL = ("/" + "work/", "../" + "shared")  # of the machine that this was written on


def is_source(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return not any(part.startswith(".") or part in ("build", "dist", "out", "__pycache__") for part in parts)


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py") if is_source(path))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def names_in(path: Path) -> set[str]:
    """Every name and attribute that a file uses, and what it imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Attribute):
            names.add(node.attr)
        elif isinstance(node, ast.alias):
            names.add(node.name.rpartition(".")[2])
    return names


def calls_in(path: Path) -> set[str]:
    """What a file calls: "print", "sys.exit"."""
    return {ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.Call)}


@pytest.mark.parametrize("path", sources(*PACKAGES), ids=name_of)
class TestPackages:
    def test_threads_start_in_two_files_only(self, path: Path) -> None:
        """QThread may be named elsewhere, to compare threads; what starts one may not."""
        found = names_in(path) & THREAD_STARTERS
        assert not found or name_of(path) in MAY_START_THREADS

    def test_only_entry_points_print_or_exit(self, path: Path) -> None:
        found = calls_in(path) & PRINTERS_AND_EXITS
        assert not found or path.name in ("__main__.py", "app.py")


def test_the_rules_see_what_they_forbid(tmp_path: Path) -> None:
    path = tmp_path / "bad.py"
    path.write_text("import sys, threading\nprint(1)\nsys.exit(threading.Thread(target=print).start())\n")
    assert names_in(path) & THREAD_STARTERS == {"Thread"}
    assert calls_in(path) & PRINTERS_AND_EXITS == {"print", "sys.exit"}
    path.write_text("from concurrent.futures import ThreadPoolExecutor as Pool\nPool(2)\n")
    assert names_in(path) & THREAD_STARTERS == {"ThreadPoolExecutor"}


def test_no_file_is_too_long() -> None:
    lengths = {
        name_of(path): path.read_bytes().count(b"\n") for path in sources(*PACKAGES, "tests", "benchmarks", "tools")
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}
    assert len(lengths) > 50


def test_no_file_names_places_that_users_do_not_have() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False).stdout.decode()
    tracked = [ROOT / name for name in listed.split("\0") if name]
    paths = tracked or [path for path in ROOT.rglob("*") if path.is_file() and is_source(path)]
    texts = [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:8192]]
    found = {name_of(path): word for path in texts for word in INTERNAL if word.encode() in path.read_bytes()}
    assert found == {}
    assert len(texts) > 50
