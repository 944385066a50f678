"""Makes .venv when it is missing and installs requirements when they have changed.

    python3 tools/environment.py requirements-dev.txt
    python3 tools/environment.py requirements-oracle.txt --no-deps

Runs under any Python from 3.8 on, standard library only, so that it can say what is missing.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv"
OLDEST, NEWEST = (3, 11), (3, 13)  # Paddle has no wheels for others
CANDIDATES = (sys.executable, "python3.12", "python3.11", "python3.13", "python3", "python")
NO_PYTHON = (
    f"Python {OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]} is needed, and none was found. On Debian and Ubuntu: "
    "sudo apt install python3 python3-venv"
)
NO_VENV = "{python} cannot make virtual environments. On Debian and Ubuntu: sudo apt install python{version}-venv"


def main(requirements: str, *options: str) -> None:
    """Make the environment fit, with these options for pip; raises SystemExit with a sentence when it cannot."""
    python = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not is_fitting(version_of(str(python))):
        make(FOLDER)
    file = ROOT / requirements
    stamp = FOLDER / f"installed-{file.name}.sha256"
    wanted = fingerprint(file, version_of(str(python)))
    if stamp.exists() and stamp.read_text() == wanted:
        return
    sys.stdout.write(f"Installing {file.name} into {FOLDER.name} ...\n")
    sys.stdout.flush()
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *options, "-r", str(file)]
    if subprocess.run(command, check=False).returncode != 0:
        sys.exit(f"{file.name} could not be installed: pip says why above. Is there a connection to the internet?")
    stamp.write_text(wanted)


def version_of(python: str) -> "tuple[int, ...]":
    """Major and minor version of an interpreter, () where there is none that runs."""
    try:
        found = subprocess.run(
            [python, "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return ()
    return tuple(int(part) for part in found.stdout.split())


def is_fitting(version: "tuple[int, ...]") -> bool:
    return OLDEST <= version <= NEWEST


def make(folder: Path) -> None:
    """A new virtual environment, in place of a broken one."""
    python = next((name for name in CANDIDATES if name and is_fitting(version_of(name))), None)
    if python is None:
        sys.exit(NO_PYTHON)
    # Debian leaves ensurepip out unless python3-venv is installed.
    if subprocess.run([python, "-c", "import venv, ensurepip"], capture_output=True, check=False).returncode != 0:
        sys.exit(NO_VENV.format(python=python, version=".".join(map(str, version_of(python)))))
    sys.stdout.write(f"Making {folder.name} with {python} ...\n")
    sys.stdout.flush()
    if subprocess.run([python, "-m", "venv", "--clear", str(folder)], check=False).returncode != 0:
        sys.exit(f"{folder} could not be made. Check that the folder may be written and the disk is not full.")


def fingerprint(file: Path, version: "tuple[int, ...]") -> str:
    """Hash of a requirements file, those it includes, and the interpreter's version."""
    digest = hashlib.sha256(repr(version).encode())
    pending = [file]
    while pending:
        current = pending.pop()
        text = current.read_text(encoding="utf-8")
        digest.update(text.encode())
        lines = (line.split("#")[0].strip() for line in text.splitlines())
        pending += [current.parent / line[3:].strip() for line in lines if line.startswith("-r ")]
    return digest.hexdigest()


if __name__ == "__main__":
    main(*sys.argv[1:])
