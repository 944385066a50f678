"""Finds the files of data packages, in a checkout and in an installed wheel."""

from importlib import resources
from pathlib import Path, PurePosixPath

from workbench.errors import DataFileMissing


def find(package: str, name: str) -> Path:
    """Where a file of a package is.

    Args:
        package: "assets".
        name: "styles/great-wave.jpg", with forward slashes on every system.

    Raises:
        DataFileMissing: the package has no such file.
    """
    relative = PurePosixPath(name)
    found = Path(str(resources.files(package)), *relative.parts)
    if relative.is_absolute() or ".." in relative.parts or not found.is_file():
        raise DataFileMissing(name=f"{package}/{name}")
    return found
