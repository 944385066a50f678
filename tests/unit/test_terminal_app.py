"""What all commands share: help, exit codes, signals, encodings, what is imported; and `styles` and `info`."""

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import assets
import lapstyle as package
import weights
from lapstyle.packs import shipped_packs
from tests import command
from tests.command import Outcome, read_until

Command = Callable[..., Outcome]
LISTED = [*(style.id for style in assets.gallery()), *(card.id for card in shipped_packs())]
COMMANDS = ("stylize", "batch", "noise", "styles", "sheet", "info")


class TestHelp:
    def test_lists_the_commands_and_the_exit_codes(self, lapstyle: Command) -> None:
        outcome = lapstyle("--help")
        assert (outcome.code, outcome.err) == (0, "")
        assert all(name in outcome.out for name in COMMANDS)
        assert all(f" {code} " in outcome.out for code in (0, 1, 2, 130))
        assert lapstyle() == lapstyle("-h") == outcome

    @pytest.mark.parametrize("name", COMMANDS)
    def test_each_command_has_one(self, lapstyle: Command, name: str) -> None:
        outcome = lapstyle(name, "--help")
        assert (outcome.code, outcome.err) == (0, "")
        assert f"lapstyle {name}" in outcome.out
        assert "--json" in outcome.out

    def test_version(self, lapstyle: Command) -> None:
        assert lapstyle("--version") == Outcome(0, f"lapstyle {package.__version__}\n", "")

    def test_a_command_that_is_not_there(self, lapstyle: Command) -> None:
        assert lapstyle("paint") == Outcome(2, "", "lapstyle: No such command 'paint'. See lapstyle --help.\n")


class TestStyles:
    def test_a_line_for_each(self, lapstyle: Command) -> None:
        outcome = lapstyle("styles")
        assert (outcome.code, outcome.err) == (0, "")
        assert [line.split()[0] for line in outcome.out.splitlines()] == LISTED

    def test_json(self, lapstyle: Command) -> None:
        listed = json.loads(lapstyle("styles", "--json").out)
        assert [style["name"] for style in listed] == LISTED
        assert all(Path(style["file"]).is_file() and style["licence"] for style in listed)


class TestInfo:
    def test_json(self, lapstyle: Command) -> None:
        outcome = lapstyle("info", "--json", "--threads", 1, "--device", "cpu")
        told = json.loads(outcome.out)
        assert (outcome.code, outcome.err) == (0, "")
        assert (told["engine"], told["device"], told["threads"]) == ("ONNX Runtime", "CPU", 1)
        assert told["weights"]["sha256"] == weights.manifest()[weights.UNIVERSAL]["sha256"]
        assert "CPUExecutionProvider" in told["providers"]
        assert told["versions"]["paddlepaddle"] != "not installed"
        assert told["versions"]["python"].startswith(f"{sys.version_info[0]}.")
        assert Path(told["cache"]).is_relative_to(os.environ["XDG_CACHE_HOME"]) or sys.platform != "linux"

    def test_text_says_the_same(self, lapstyle: Command) -> None:
        told = json.loads(lapstyle("info", "--json").out)
        lines = dict(line.split("  ", 1) for line in lapstyle("info").out.splitlines())
        assert lines["engine"].strip() == told["engine"]
        assert {name: value.strip() for name, value in lines.items()}["weights sha256"] == told["weights"]["sha256"]

    def test_weights_that_are_none(self, lapstyle: Command, photo: Path) -> None:
        outcome = lapstyle("info", "--checkpoint", photo)
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err.startswith(f"lapstyle: {photo} is not a readable checkpoint")


class TestSurprises:
    def test_an_unexpected_failure_is_one_sentence_and_the_log_has_the_rest(
        self, lapstyle: Command, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail() -> None:
            raise RuntimeError("the gallery burnt down")

        monkeypatch.setattr(assets, "gallery", fail)
        outcome = lapstyle("styles")
        assert (outcome.code, outcome.out) == (1, "")
        sentence, _, log = outcome.err.strip().partition(" The details are in ")
        assert sentence == "lapstyle: it failed for an unexpected reason (RuntimeError)."
        text = Path(log).read_text(encoding="utf-8")
        assert "Traceback" in text and "the gallery burnt down" in text

    def test_also_when_the_log_cannot_be_written(self, tmp_path: Path) -> None:
        """A file stands where the log's folder should be."""
        (tmp_path / "lapstyle-studio").touch()
        code = "import assets, sys; assets.gallery = None; from terminal.app import main; sys.exit(main(['styles']))"
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=command.environment(XDG_STATE_HOME=str(tmp_path)),
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("lapstyle: it failed") and done.stderr.count("\n") == 1

    def test_no_memory(self, lapstyle: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail() -> None:
            raise MemoryError

        monkeypatch.setattr(assets, "gallery", fail)
        outcome = lapstyle("styles")
        assert (outcome.code, outcome.out) == (1, "")
        assert "not enough memory" in outcome.err

    def test_logging_says_nothing_on_the_terminal(self, lapstyle: Command, caplog: pytest.LogCaptureFixture) -> None:
        lapstyle("--version")
        logging.getLogger("workbench").warning("for the log alone")
        assert lapstyle("--version").err == ""

    def test_a_reader_who_has_had_enough(self, tmp_path: Path) -> None:
        """As in `lapstyle styles --json | head`."""
        reader, writer = os.pipe()
        os.close(reader)
        with open(writer, "wb") as stream:  # noqa: PTH123 (a file descriptor)
            done = subprocess.run(
                [*command.COMMAND, "styles", "--json"],
                stdout=stream,
                stderr=subprocess.PIPE,
                env=command.environment(),
                check=False,
            )
        assert (done.returncode, done.stderr) == (1, b"")


class TestEncodings:
    @pytest.mark.parametrize(
        "changes",
        [
            {"PYTHONIOENCODING": "ascii"},
            {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
            {"PYTHONIOENCODING": "cp1252"},
        ],
    )
    def test_names_that_the_terminal_cannot_show(self, photo: Path, tmp_path: Path, changes: dict[str, str]) -> None:
        painted = command.run("stylize", photo.name, "-s", "lion", "--size", 32, folder=tmp_path, **changes)
        assert (painted.returncode, painted.stderr) == (0, b"")
        assert painted.stdout.strip().endswith(b"-lion.jpg")
        assert (tmp_path / f"{photo.stem}-lion.jpg").is_file()
        missing = command.run("stylize", "没有.jpg", "-s", "lion", folder=tmp_path, **changes)
        assert (missing.returncode, missing.stdout) == (1, b"")
        assert missing.stderr.startswith(b"lapstyle: ") and b"does not exist" in missing.stderr

    def test_help_and_lists(self) -> None:
        for arguments in (("--help",), ("stylize", "--help"), ("noise", "--help"), ("styles",), ("info",)):
            done = command.run(*arguments, PYTHONIOENCODING="ascii")
            assert (done.returncode, done.stderr) == (0, b"")


def imported_by(*arguments: str) -> set[str]:
    """The packages that a command line has loaded when it ends."""
    code = (
        "import contextlib, io, sys; from terminal.app import main\n"
        f"with contextlib.redirect_stdout(io.StringIO()): code = main({list(arguments)!r})\n"
        "print(code, *sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=command.environment(), capture_output=True, text=True, check=True
    )
    result, *names = done.stdout.split()
    assert result == "0"
    return set(names)


class TestImports:
    @pytest.mark.parametrize("arguments", [("--help",), ("stylize", "--help"), ("styles",), ("--version",)])
    def test_what_needs_no_engine_loads_none(self, arguments: tuple[str, ...]) -> None:
        names = imported_by(*arguments)
        assert "typer" in names
        assert not names & {"onnxruntime", "cv2", "paddle", "PIL", "imagecodecs", "PyQt5"}

    def test_noise_loads_no_engine(self, photo: Path, tmp_path: Path) -> None:
        names = imported_by("noise", str(photo), "--median", "1", "-o", str(tmp_path / "out.png"))
        assert "cv2" in names
        assert not names & {"onnxruntime", "paddle", "PyQt5", "onnx"}

    def test_painting_loads_no_paddle(self, photo: Path, tmp_path: Path) -> None:
        output = str(tmp_path / "out.png")
        names = imported_by("stylize", str(photo), "-s", "great-wave", "--size", "48", "-o", output)
        assert "onnxruntime" in names
        assert not names & {"paddle", "PyQt5", "onnx"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has neither pseudo-terminals nor SIGINT for one process")
class TestTerminal:
    def test_ctrl_c_in_the_middle_of_a_big_painting(self, photo: Path, tmp_path: Path) -> None:
        """The bar shows that the painting is under way; then nothing is left of it."""
        before = sorted(tmp_path.iterdir())
        arguments = ("stylize", photo, "-s", "great-wave", "--size", "8000", "-o", tmp_path / "out.png")
        code, shown, written = command.interrupt(*arguments, awaited=b"revision")
        assert (code, written) == (130, b""), shown
        assert b"lapstyle: cancelled." in shown
        assert b"Traceback" not in shown
        assert sorted(tmp_path.iterdir()) == before

    def test_an_impatient_second_ctrl_c(self, photo: Path, tmp_path: Path) -> None:
        """While the first is still being heeded, in the middle of C++ code: the same end, no abort and no traceback."""
        before = sorted(tmp_path.iterdir())
        master, slave = os.openpty()
        arguments = ("stylize", str(photo), "-s", "great-wave", "--size", "8000", "-o", str(tmp_path / "out.png"))
        process = subprocess.Popen([*command.COMMAND, *arguments], stderr=slave, env=command.environment(TERM="xterm"))
        os.close(slave)
        try:
            read_until(master, b"revision")
            process.send_signal(signal.SIGINT)
            time.sleep(0.03)
            process.send_signal(signal.SIGINT)
            shown = read_until(master, b"cancelled.")
            assert process.wait(60) == 130
        finally:
            process.kill()
            os.close(master)
        assert b"Traceback" not in shown
        assert sorted(tmp_path.iterdir()) == before

    def test_a_picture_is_not_written_to_the_terminal(self, photo: Path) -> None:
        master, slave = os.openpty()
        done = subprocess.run(
            [*command.COMMAND, "stylize", str(photo), "-s", "lion", "-o", "-"],
            stdout=slave,
            stderr=subprocess.PIPE,
            env=command.environment(),
            check=False,
        )
        os.close(slave)
        os.close(master)
        assert done.returncode == 2
        assert done.stderr.startswith(b"lapstyle: standard output is the terminal")

    def test_a_picture_is_not_read_from_the_keyboard(self) -> None:
        master, slave = os.openpty()
        done = subprocess.run(
            [*command.COMMAND, "stylize", "-", "-s", "lion"],
            stdin=slave,
            capture_output=True,
            env=command.environment(),
            check=False,
        )
        os.close(slave)
        os.close(master)
        assert (done.returncode, done.stdout) == (2, b"")
        assert done.stderr.startswith(b"lapstyle: standard input is the keyboard")
