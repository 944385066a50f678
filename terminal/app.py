"""The command `lapstyle`: its commands, its exit codes, and what is said when something goes wrong."""

import contextlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from terminal.batch import batch
from terminal.console import complain, let_streams_write_anything, log_to_file
from terminal.enlarge import enlarge
from terminal.info import info
from terminal.noise import noise
from terminal.sheet import sheet
from terminal.step_options import StepsCommand
from terminal.styles import styles
from terminal.stylize import stylize
from terminal.teach import teach, train_style
from terminal.train import train_cyclegan, train_enlarge
from terminal.translate import translate
from workbench.errors import SettingWrong, StudioError
from workbench.progress import Cancelled

FINE, FAILED, MISUSED, CANCELLED = 0, 1, 2, 130

logger = logging.getLogger(__name__)
app = typer.Typer(
    name="lapstyle",
    help="Paint photos in the style of paintings, at full resolution and offline.",
    epilog="Exit codes: 0 done, 1 failed, 2 the command cannot be understood, 130 cancelled with Ctrl-C.",
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(stylize)
app.command()(batch)
app.command(cls=StepsCommand)(noise)
app.command()(translate)
app.command()(enlarge)
app.command()(teach)
app.command("train-style")(train_style)
app.command("train-cyclegan")(train_cyclegan)
app.command("train-enlarge")(train_enlarge)
app.add_typer(styles, name="styles")
app.command()(sheet)
app.command()(info)


def show_version(wanted: bool) -> None:
    if wanted:
        import lapstyle

        typer.echo(f"lapstyle {lapstyle.__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def common(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main(arguments: Sequence[str] | None = None, *, own_process: bool = False) -> int:
    """Run one command line (default: the process's own) and return its exit code.

    Args:
        own_process: whether nothing else is left to do in this process, so that a cancelled command may end it at once.
    """
    let_streams_write_anything()
    log = log_to_file()
    try:
        code = run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has had enough. What is still buffered must not fail again when Python exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except (Cancelled, KeyboardInterrupt) as error:
        with deaf_to_ctrl_c():
            complain(f"cancelled. {error}".strip())
            if own_process:
                end_process_at_once()
        return CANCELLED
    except MemoryError:
        complain("there is not enough memory. Close other programs, or paint a smaller picture with --size.")
        return FAILED
    except Exception as error:
        logger.exception("Unexpected failure")
        complain(f"it failed for an unexpected reason ({type(error).__name__}). The details are in {log}")
        return FAILED
    return code


def command() -> int:
    """The process's own command line, after which it ends."""
    return main(own_process=True)


@contextlib.contextmanager
def deaf_to_ctrl_c() -> Iterator[None]:
    """Inside, an impatient Ctrl-C changes nothing any more."""
    if threading.current_thread() is not threading.main_thread():  # no other may say what signals do
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)


def end_process_at_once() -> None:
    """Without Python's and C++'s clean-up.

    A moment ago C++ code was at work, and after an impatient second Ctrl-C it still is. Its threads may abort the
    process when what they use is taken down under them.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):  # there may be nobody left to read it
            stream.flush()
    os._exit(CANCELLED)


def run(arguments: Sequence[str] | None) -> int:
    """The exit code of a command line, with a sentence for each failure that the user can act on."""
    try:
        code = typer.main.get_command(app).main(arguments, prog_name="lapstyle", standalone_mode=False)
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context is not None else "lapstyle"
        complain(f"{error.format_message().strip().rstrip('.')}. See {command} --help.")
        return error.exit_code
    except SettingWrong as error:
        complain(str(error))
        return MISUSED
    except StudioError as error:
        complain(str(error))
        return FAILED
    if code == CANCELLED:  # typer's own handling of Ctrl-C
        raise Cancelled
    return code if isinstance(code, int) else FINE
