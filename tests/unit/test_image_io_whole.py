"""Outputs appear whole or not at all, and never over an original."""

import errno
import io
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.picture_files import encoded, photo
from workbench.errors import (
    OutputIsInput,
    OutputNotWritten,
)
from workbench.image_io import (
    Picture,
    WriteOptions,
    read_picture,
    write_picture,
)


def test_never_over_an_original_under_any_name(tmp_path: Path) -> None:
    original = tmp_path / "photo.png"
    content = encoded(photo(), "PNG")
    original.write_bytes(content)
    names = [original, tmp_path / "." / "photo.png"]
    hard, soft = tmp_path / "hard.png", tmp_path / "soft.png"
    os.link(original, hard)
    names.append(hard)
    if sys.platform != "win32":
        soft.symlink_to(original)
        names.append(soft)
    for name in names:
        with pytest.raises(OutputIsInput, match="png"):
            write_picture(Picture(255 - photo()), name, originals=[tmp_path / "other.png", original])
    assert original.read_bytes() == content
    assert not list(tmp_path.glob(".*"))


def test_another_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.png"
    path.write_bytes(b"an older painting")
    write_picture(Picture(photo()), path)
    np.testing.assert_array_equal(read_picture(path).pixels, photo())


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt(), GeneratorExit()]
)
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_nothing_is_left_when_writing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, call: str
) -> None:
    def fail(*_: object) -> None:
        assert list(tmp_path.glob(".*.part")), "the part is written beside the output"
        raise error

    path = tmp_path / "out.png"
    path.write_bytes(b"before")
    monkeypatch.setattr(*((os, "fsync") if call == "fsync" else (Path, "replace")), fail)
    with pytest.raises(OutputNotWritten if isinstance(error, OSError) else type(error)) as caught:
        write_picture(Picture(photo()), path)
    if isinstance(error, OSError):
        assert "out.png" in str(caught.value)
        assert "No space" in str(caught.value)
    assert [found.name for found in tmp_path.iterdir()] == ["out.png"]
    assert path.read_bytes() == b"before"


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="limits on file sizes are POSIX")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(OutputNotWritten, match=r"out.png"):
            write_picture(Picture(photo(200, 300)), tmp_path / "out.png")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


def test_folders_missing_or_in_the_way_are_told(tmp_path: Path) -> None:
    with pytest.raises(OutputNotWritten, match=r"gone.*folder does not exist"):
        write_picture(Picture(photo()), tmp_path / "gone" / "out.png")
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(OutputNotWritten, match="it is a folder"):
        write_picture(Picture(photo()), tmp_path / "folder.png")
    (tmp_path / "file").touch()
    with pytest.raises(OutputNotWritten):
        write_picture(Picture(photo()), tmp_path / "file" / "out.png")


def test_a_folder_that_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(self))  # root may write anywhere, so simulated

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(OutputNotWritten, match=r"out.png .*Permission denied"):
        write_picture(Picture(photo()), tmp_path / "out.png")


def test_devices_are_not_replaced() -> None:
    null = Path(os.devnull)
    with pytest.raises(OutputNotWritten):
        write_picture(Picture(photo()), null, options=WriteOptions(format="png"))
    assert not null.is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no umask")
def test_files_get_the_mode_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write_picture(Picture(photo()), tmp_path / "out.png")
    assert (tmp_path / "out.png").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_broken_stream_is_told() -> None:
    class Full(io.BytesIO):
        def write(self, data: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OutputNotWritten, match="No space"):
        write_picture(Picture(photo()), Full(), options=WriteOptions(format="png"))
