"""Files of PyTorch from strangers: tensors come back as they were, everything else is refused and nothing runs."""

import contextlib
import io
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pictures import DATA
from workbench.errors import CheckpointDamaged, CheckpointUnsafe, StudioError
from workbench.torch_pickle import MAGIC_NUMBER, PROTOCOL, load_torch

FILE = Path("strange.pth")
FORMATS = ("torch_kinds.pth", "torch_kinds_old.pth")


@pytest.mark.parametrize("name", FORMATS)
def test_tensors_of_every_type_and_views_come_back(name):
    found = load_torch((DATA / name).read_bytes(), FILE)
    assert isinstance(found, dict)
    with np.load(DATA / "torch_kinds.npz") as expected:
        assert set(found) == set(expected)
        for key, values in expected.items():
            assert (found[key].dtype, found[key].shape) == (values.dtype, values.shape), key
            assert np.array_equal(found[key], values), key


class Payload:
    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self):
        return exec, (f"open({str(self.marker)!r}, 'w').close()",)


def zipped(content: bytes, *more: tuple[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in (("archive/data.pkl", content), *more):
            archive.writestr(name, data)
    return file.getvalue()


def in_a_row(content: bytes, *, machine: object = None) -> bytes:
    system = {"little_endian": True} if machine is None else machine
    head = b"".join(pickle.dumps(part, 2) for part in (MAGIC_NUMBER, PROTOCOL, system))
    return head + content + pickle.dumps([], 2)


@pytest.mark.parametrize("wrap", [zipped, in_a_row])
@pytest.mark.parametrize("protocol", [2, 3, 4])
def test_a_live_payload_does_not_run(tmp_path, wrap, protocol):
    marker = tmp_path / "ran"
    with pytest.raises(CheckpointUnsafe, match="exec"):
        load_torch(wrap(pickle.dumps({"weight": Payload(marker)}, protocol)), FILE)
    assert not marker.exists()


def test_a_payload_where_the_machine_is_described_does_not_run(tmp_path):
    marker = tmp_path / "ran"
    with pytest.raises(CheckpointUnsafe, match="exec"):
        load_torch(in_a_row(pickle.dumps({}, 2), machine=Payload(marker)), FILE)
    assert not marker.exists()


def tensor(shape: str, strides: str, count: int = 4, kind: str = "FloatStorage") -> bytes:
    """A pickle of one tensor over storage "0", written by hand as PyTorch's is."""
    storage = f"(X\x07\0\0\0storagectorch\n{kind}\nX\x01\0\0\x000X\x03\0\0\0cpuJ".encode("latin1")
    reference = storage + count.to_bytes(4, "little") + b"tQ"
    return (
        b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n("
        + reference
        + f"K\0({shape}t({strides}t\x89Ntr.".encode("latin1").replace(b"tr.", b"tR.")
    )


NUMBERS = ("archive/data/0", np.arange(4, dtype="<f4").tobytes())


def test_the_tensor_written_by_hand_is_one():
    assert np.array_equal(load_torch(zipped(tensor("K\x04", "K\x01"), NUMBERS), FILE), [0, 1, 2, 3])


@pytest.mark.parametrize(
    "content",
    [
        tensor("K\x05", "K\x01"),  # one number more than there are
        tensor("K\x02", "K\x04"),  # a stride that leads beyond them
        tensor("K\x04", "J\xff\xff\xff\xff"),  # a negative stride
        tensor("K\x04K\x01", "K\x01"),  # strides for fewer axes
        tensor("J\xff\xff\xff\x7fJ\xff\xff\xff\x7f", "K\0K\0"),  # 2^62 numbers, all of them the first
        tensor("K\x04", "K\x01", count=5),  # a storage that is cut short
        tensor("K\x04", "K\x01", kind="DoubleStorage"),
    ],
)
def test_a_tensor_that_does_not_fit_its_numbers_is_refused(content):
    with pytest.raises(CheckpointDamaged):
        load_torch(zipped(content, NUMBERS), FILE)


@pytest.mark.parametrize(
    "data",
    [
        zipped(pickle.dumps({"a": "b" * 10_000}), compression=zipfile.ZIP_DEFLATED),
        zipped(b""),
        zipped(pickle.dumps({}), ("other/data.pkl", pickle.dumps({}))),
        zipped(tensor("K\x04", "K\x01")),  # its storage is not there
        b"PK\x03\x04",
        pickle.dumps(MAGIC_NUMBER, 2),
        pickle.dumps(MAGIC_NUMBER, 2) + pickle.dumps(7, 2) + pickle.dumps({}, 2),
    ],
)
def test_what_is_no_file_of_pytorch_is_refused(data):
    with pytest.raises(CheckpointDamaged, match=r"strange\.pth"):
        load_torch(data, FILE)


def test_parts_that_share_their_bytes_do_not_multiply_them():
    """A zip bomb that needs no compression: many entries of the directory, one and the same data."""
    data = zipped(pickle.dumps({}), ("archive/data/0", bytes(5000)))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entry = archive.getinfo("archive/data/0")
        start = data.index(b"PK\x01\x02", entry.header_offset + 5000)
    name = b"archive/data/0"
    record = data[start : data.index(b"PK\x05\x06")]
    assert name in record
    directory = record + b"".join(record.replace(name, f"archive/data/{number}".encode()) for number in range(1, 10))
    end = bytearray(data[data.index(b"PK\x05\x06") :])
    end[8:10] = end[10:12] = (2 + 9).to_bytes(2, "little")
    end[12:16] = len(directory).to_bytes(4, "little")
    with pytest.raises(CheckpointDamaged):
        load_torch(data[:start] + directory + bytes(end), FILE)


class TestDamage:
    @pytest.fixture(params=FORMATS)
    def whole(self, request) -> bytes:
        return (DATA / request.param).read_bytes()

    def test_cut_short_anywhere(self, whole):
        for length in range(0, len(whole) - 1, 37):
            with pytest.raises(StudioError):
                load_torch(whole[:length], FILE)

    def test_a_part_that_lies_behind_the_end(self):
        content = bytearray((DATA / "torch_kinds.pth").read_bytes())
        for place in range(60):
            changed = bytearray(content)
            changed[place] ^= 128
            with contextlib.suppress(StudioError):
                load_torch(bytes(changed), FILE)

    @settings(max_examples=300)
    @given(data=st.data())
    def test_changed_anywhere(self, data):
        content = bytearray((DATA / data.draw(st.sampled_from(FORMATS))).read_bytes())
        change: Callable[[int], int] = lambda byte: byte ^ data.draw(st.integers(1, 255))  # noqa: E731
        for _ in range(data.draw(st.integers(1, 4))):
            place = data.draw(st.integers(0, len(content) - 1))
            content[place] = change(content[place])
        try:
            load_torch(bytes(content), FILE)
        except StudioError as problem:
            assert "strange.pth" in str(problem)
