"""Reads the files of PyTorch's `torch.save` without PyTorch, and without running anything in them.

Both formats are pickles whose tensors are kept outside of them: since PyTorch 1.6 a zip archive, before that several
pickles in a row with the numbers behind them. `safe_pickle.py` interprets the pickles; the stand-ins below make numpy
arrays of what PyTorch's constructors would make tensors of.
"""

import io
import math
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.errors import CheckpointDamaged
from workbench.pickled_arrays import ALLOWED, MOST_AXES, Budget, Global, Malformed, StandIn
from workbench.safe_pickle import SafeUnpickler, allocation_limit

Numbers = NDArray[np.generic]
"""A storage: one axis of numbers, which one or more tensors look at."""
FindStorage = Callable[[str, str, int], Numbers | None]
"""Key, element type and count -> the storage; None where it is not known yet."""
Order = Literal["little", "big"]

ZIP_START = b"PK\x03\x04"
MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001
ROW_STARTS = (b"\x80\x02\x8a\x0a", b"\x80\x03\x8a\x0a", b"\x80\x04\x8a\x0a")  # LONG1 of ten bytes
MOST_STORAGES = 100_000
ELEMENT_TYPES = {
    "torch.FloatStorage": "f4",
    "torch.DoubleStorage": "f8",
    "torch.HalfStorage": "f2",
    "torch.BFloat16Storage": "u2",  # the upper half of a float32
    "torch.LongStorage": "i8",
    "torch.IntStorage": "i4",
    "torch.ShortStorage": "i2",
    "torch.CharStorage": "i1",
    "torch.ByteStorage": "u1",
    "torch.BoolStorage": "b1",
}


def is_torch(data: bytes) -> bool:
    """Whether a file begins as those of PyTorch do."""
    magic = MAGIC_NUMBER.to_bytes(10, "little")
    return data.startswith(ZIP_START) or any(data.startswith(start + magic) for start in ROW_STARTS)


GARBLED = (
    zipfile.BadZipFile, EOFError, NotImplementedError, ArithmeticError, LookupError, TypeError, ValueError, MemoryError,
)  # fmt: skip
"""What zipfile and the reading of a damaged file raise."""


def load_torch(data: bytes, path: Path) -> object:
    """What `torch.save` wrote, tensors as numpy arrays: bfloat16 as float32, all else as it is.

    Args:
        data: the whole file.
        path: the file that error messages name.

    Returns:
        As `safe_pickle.load`: plain containers, numbers, text and arrays.

    Raises:
        CheckpointUnsafe: it names something other than tensors and plain containers, as a file with a whole model
            (rather than its `state_dict`) does; nothing has run.
        CheckpointDamaged: it is cut short, garbled, or in neither of the two formats.
    """
    try:
        return _load_zip(data, path) if data.startswith(ZIP_START) else _load_row(data, path)
    except Malformed as problem:
        raise CheckpointDamaged(path=path, reason=str(problem)) from None
    except GARBLED:
        raise CheckpointDamaged(path=path, reason="it is garbled") from None


def _load_zip(data: bytes, path: Path) -> object:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if any(entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1 for entry in entries):
            raise Malformed("its parts are compressed or encrypted, which PyTorch never does")
        if sum(entry.file_size for entry in entries) > len(data):
            raise Malformed("it unpacks to far more than its own size")
        pickles = [entry.filename for entry in entries if PurePosixPath(entry.filename).name == "data.pkl"]
        if len(pickles) != 1:
            raise Malformed("it is a zip archive without a checkpoint")
        folder = pickles[0].removesuffix("data.pkl")
        orders = [archive.read(entry) for entry in entries if entry.filename == f"{folder}byteorder"]
        order: Order = "big" if orders == [b"big"] else "little"
        kept: dict[str, Numbers] = {}

        def find(key: str, name: str, count: int) -> Numbers:
            if key not in kept:
                kept[key] = _numbers(archive.read(f"{folder}data/{key}"), name, count, order)
            return kept[key]

        return TorchUnpickler(archive.read(pickles[0]), path, find, Budget(allocation_limit(len(data)))).load()


def _load_row(data: bytes, path: Path) -> object:
    """Three pickles (magic number, version, the machine it was written on), the object, its storages' keys, numbers."""
    budget = Budget(allocation_limit(len(data)))
    rest = data

    def take(find: FindStorage) -> object:
        nonlocal rest
        reader = TorchUnpickler(rest, path, find, budget)
        value = reader.load()
        rest = rest[reader.consumed :]
        return value

    def none(key: str, name: str, count: int) -> None:
        raise Malformed("it is garbled")

    if take(none) != MAGIC_NUMBER or take(none) != PROTOCOL:
        raise Malformed("it is no file of PyTorch")
    machine = take(none)
    order: Order = "little" if isinstance(machine, dict) and machine.get("little_endian", True) else "big"
    # The numbers come last, so the object is read twice: to learn what they are, and with them.
    body, kinds = rest, dict[str, tuple[str, int]]()

    def note(key: str, name: str, count: int) -> None:
        if kinds.setdefault(key, (name, count)) != (name, count) or len(kinds) > MOST_STORAGES:
            raise Malformed("it is garbled")

    take(note)
    kept = _numbers_in_a_row(take(none), kinds, memoryview(rest), order)
    return TorchUnpickler(body, path, lambda key, name, count: kept[key], budget).load()


def _numbers_in_a_row(
    keys: object, kinds: Mapping[str, tuple[str, int]], rest: memoryview, order: Order
) -> dict[str, Numbers]:
    """Each storage is its count, in 8 bytes, and its numbers."""
    kept: dict[str, Numbers] = {}
    for key in keys if isinstance(keys, list) else ():
        name, count = kinds[key]
        end = 8 + count * np.dtype(ELEMENT_TYPES[name]).itemsize
        if int.from_bytes(rest[:8], order) != count:
            raise Malformed("it is cut short")
        kept[key] = _numbers(bytes(rest[8:end]), name, count, order)
        rest = rest[end:]
    return kept


def _numbers(data: bytes, name: str, count: int, order: Order) -> Numbers:
    kind = np.dtype(ELEMENT_TYPES[name]).newbyteorder(order)
    if len(data) != count * kind.itemsize:
        raise Malformed("it is cut short")
    numbers: Numbers = np.frombuffer(data, "u1") != 0 if kind.kind == "b" else np.frombuffer(data, kind)
    if name == "torch.BFloat16Storage":
        return (numbers.astype(np.uint32) << np.uint32(16)).view(np.float32)
    return numbers


class TorchUnpickler(SafeUnpickler):
    """Interprets one pickle of a file of PyTorch.

    Args:
        find: gives the storages that it refers to.
    """

    def __init__(self, data: bytes, path: Path, find: FindStorage, budget: Budget) -> None:
        super().__init__(data, path, TENSORS, budget)
        self._find = find

    def persistent(self, identifier: object) -> object:
        """("storage", element type, key, where it was, count), and in old files what view it is of another one."""
        if type(identifier) is not tuple or len(identifier) not in (5, 6) or identifier[5:] not in ((), (None,)):
            raise Malformed("it refers to data outside itself")
        kind, name, key, _, count = identifier[:5]
        if kind != "storage" or not isinstance(name, Global) or name.name not in ELEMENT_TYPES:
            raise Malformed("it holds a tensor of an unknown type")
        if not isinstance(key, str) or type(count) is not int or count < 0:
            raise Malformed("it is garbled")
        return Storage(self._find(key, name.name, count))

    def completed(self, value: object, state: object) -> object:
        """A `state_dict` has attributes of its own (`_metadata`, which versions it): they are left out."""
        return value if isinstance(value, OrderedDict) else super().completed(value, state)


class Storage:
    """What a tensor is made over; `numbers` is None where it is not known yet."""

    def __init__(self, numbers: Numbers | None) -> None:
        self.numbers = numbers


def rebuild_tensor(
    budget: Budget, storage: object, offset: object, shape: object, strides: object, *_: object
) -> Numbers:
    """`torch._utils._rebuild_tensor_v2`: a view of a storage, of any strides, as an array of its own."""
    if not isinstance(storage, Storage) or type(offset) is not int or offset < 0:
        raise Malformed("it is garbled")
    if type(shape) is not tuple or type(strides) is not tuple or len(shape) != len(strides) or len(shape) > MOST_AXES:
        raise Malformed("it holds a tensor without a proper shape")
    if not all(type(number) is int and 0 <= number < 2**40 for number in shape + strides):
        raise Malformed("it holds a tensor without a proper shape")
    if storage.numbers is None:
        return np.empty(0, np.float32)
    numbers = storage.numbers
    if 0 in shape:
        return np.empty(shape, numbers.dtype)
    last = offset + sum((side - 1) * stride for side, stride in zip(shape, strides, strict=True))
    if last >= len(numbers):
        raise Malformed("it holds a tensor that reaches beyond its numbers")
    budget.spend(math.prod(shape) * numbers.itemsize)
    steps = [stride * numbers.itemsize for stride in strides]
    return np.lib.stride_tricks.as_strided(numbers[offset:], shape, steps, writeable=False).copy()


def rebuild_parameter(budget: Budget, tensor: object, *_: object) -> object:
    """`torch._utils._rebuild_parameter`: the tensor itself."""
    return tensor


def element_type(budget: Budget, *_: object) -> object:
    """Storages are only ever named."""
    raise Malformed("it makes a tensor in an unknown way")


TENSORS: Mapping[str, StandIn] = {
    **ALLOWED,
    "torch._utils._rebuild_tensor": rebuild_tensor,
    "torch._utils._rebuild_tensor_v2": rebuild_tensor,
    "torch._utils._rebuild_parameter": rebuild_parameter,
    **dict.fromkeys(ELEMENT_TYPES, element_type),
}
"""Everything that a file of PyTorch may name."""
