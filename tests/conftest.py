"""What all tests share: folders of their own, a small photo, and the command line."""

import signal
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest

import assets
from tests.command import Outcome
from workbench.image_io import read_picture, resized, write_picture

hypothesis.settings.register_profile("untimed", deadline=None)  # what a shared machine takes says nothing
hypothesis.settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Caches, logs and the user's styles of a test run are never the user's own; child processes follow."""
    patch = pytest.MonkeyPatch()
    for name in ("CACHE", "STATE", "DATA", "CONFIG"):
        patch.setenv(f"XDG_{name}_HOME", str(tmp_path_factory.mktemp(name.lower())))


@pytest.fixture(scope="session", autouse=True)
def heard_ctrl_c() -> None:
    """A shell's background jobs, and so all that these tests start, would be deaf to Ctrl-C."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo of 96 x 96 px with a name that is not ASCII."""
    path = tmp_path / "宇航员 ünterwegs.jpg"
    write_picture(resized(read_picture(assets.path("samples/astronaut.jpg")), 96), path)
    return path


@pytest.fixture
def lapstyle(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """The command line in this process: `lapstyle("styles", "--json")`."""
    from terminal.app import main

    def run(*arguments: object) -> Outcome:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return Outcome(code, *capsys.readouterr())

    return run
