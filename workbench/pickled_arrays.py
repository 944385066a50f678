"""What stands in for numpy's and Python's constructors while a pickle is read.

A pickle names functions and has them called. `safe_pickle.py` calls the ones below instead: they check sizes and types
first, and make nothing but arrays of numbers and plain containers. None of numpy's own constructors is within a
pickle's reach.
"""

import math
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

StandIn = Callable[..., object]
"""Called as `stand_in(budget, *arguments)`, where the arguments are the pickle's and of any type."""

ELEMENT_TYPES = frozenset({"b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"})
MOST_AXES = 32
MOST_POSITIONS = 2**40  # along one axis
NESTING_LIMIT = 64
CONTAINERS = (dict, OrderedDict, list, tuple)
PLAIN = (int, float, bool, str, bytes, type(None), np.ndarray)
BYTES_PER_PAIR = 120  # what an entry of an OrderedDict takes, about


class Malformed(Exception):
    """What is wrong with the pickle, as half a sentence; whoever reads the file names it."""


class Budget:
    """The bytes that a pickle may still have allocated."""

    def __init__(self, limit: int) -> None:
        self._left = limit

    def spend(self, size: int) -> None:
        """Take `size` bytes off; raises `Malformed` when there are not as many."""
        self._left -= size
        if self._left < 0:
            raise Malformed("it unpacks to far more than its own size")


@dataclass(eq=False)
class Pending(ABC):
    """A value that the pickle completes in a later operation (BUILD).

    Attributes:
        memo_keys: under which numbers the pickle remembers it, to be replaced by the completed value.
    """

    memo_keys: list[int] = field(default_factory=list, init=False)

    @abstractmethod
    def build(self, budget: Budget, state: object) -> object:
        """The completed value; raises `Malformed` for a state that does not fit."""


@dataclass(frozen=True, eq=False)
class Global:
    """A function or class as the pickle names it, "collections.OrderedDict", and what is called instead."""

    name: str
    stand_in: StandIn


@dataclass(eq=False)
class PendingElementType(Pending):
    """`numpy.dtype("f4")` before its byte order is known."""

    code: str

    def build(self, budget: Budget, state: object) -> np.dtype[np.generic]:
        if type(state) is not tuple or len(state) < 5 or state[2:5] != (None, None, None):
            raise Malformed("it holds an array of something other than numbers")
        byte_order = _text(state[1])
        if byte_order not in ("<", ">", "|", "="):
            raise Malformed("it holds an array of unknown byte order")
        return np.dtype(byte_order + self.code)


@dataclass(eq=False)
class PendingArray(Pending):
    """An array before its shape and numbers are known."""

    def build(self, budget: Budget, state: object) -> NDArray[np.generic]:
        if type(state) is not tuple or len(state) != 5:
            raise Malformed("it holds an array without shape, type and numbers")
        _, shape, element_type, by_columns, data = state
        if isinstance(data, str):  # written by Python 2
            data = encode(budget, data, "latin1")
        return make_array(budget, data, element_type, shape, "F" if by_columns else "C")


def make_array(budget: Budget, data: object, element_type: object, shape: object, order: str) -> NDArray[np.generic]:
    """An array of `shape` over the given bytes, read-only and without a copy; raises `Malformed` if they don't fit."""
    if not isinstance(element_type, np.dtype) or not isinstance(data, bytes):
        raise Malformed("it holds an array of something other than numbers")
    if type(shape) is not tuple or len(shape) > MOST_AXES:
        raise Malformed("it holds an array without a proper shape")
    if not all(type(side) is int and 0 <= side <= MOST_POSITIONS for side in shape):
        raise Malformed("it holds an array without a proper shape")
    if math.prod(shape) * element_type.itemsize != len(data):
        raise Malformed(f"an array of shape {list(shape)} has {len(data)} bytes of numbers")
    if element_type.kind == "b":  # a byte other than 0 and 1 is no bool
        budget.spend(len(data))
        flat: NDArray[np.generic] = np.frombuffer(data, np.uint8) != 0
    else:
        flat = np.frombuffer(data, element_type) if data else np.empty(0, element_type)
    return flat.reshape(shape, order="F" if order == "F" else "C")


def reconstruct(budget: Budget, kind: object = None, *_: object) -> PendingArray:
    """`numpy.core.multiarray._reconstruct(numpy.ndarray, (0,), b"b")`: an array whose state follows."""
    if not isinstance(kind, Global) or kind.stand_in is not ndarray:
        raise Malformed("it holds an array of an unknown kind")
    return PendingArray()


def from_buffer(
    budget: Budget, data: object, element_type: object, shape: object, *order: object
) -> NDArray[np.generic]:
    """`numpy._core.numeric._frombuffer`, which protocol 5 uses.

    Args:
        order: "C", "F", or "K" and the order of the axes that the numbers are in.
    """
    array = make_array(budget, data, element_type, shape, "F" if order[:1] == ("F",) else "C")
    axes = order[1] if len(order) > 1 else None
    if axes is None:
        return array
    if type(axes) is not tuple or len(axes) != array.ndim or sorted(axes) != list(range(array.ndim)):
        raise Malformed("it holds an array without a proper shape")
    return array.transpose(axes)


def scalar(budget: Budget, element_type: object, data: object) -> object:
    """`numpy.core.multiarray.scalar`: one number."""
    if isinstance(data, str):
        data = encode(budget, data, "latin1")
    number: object = make_array(budget, data, element_type, (), "C")[()]
    return number


def element_type(budget: Budget, code: object = None, *_: object) -> PendingElementType:
    """`numpy.dtype("f4", False, True)`, whose byte order follows."""
    text = _text(code)
    if text not in ELEMENT_TYPES:
        raise Malformed("it holds an array of something other than numbers")
    return PendingElementType(text)


def ndarray(budget: Budget, *_: object) -> object:
    """`numpy.ndarray` is only ever named, as the first argument of `_reconstruct`."""
    raise Malformed("it makes an array in an unknown way")


def ordered_dict(budget: Budget, pairs: object = ()) -> OrderedDict[object, object]:
    """`collections.OrderedDict`, empty or from a list of pairs (as Python 2 writes it)."""
    result: OrderedDict[object, object] = OrderedDict()
    if not isinstance(pairs, list | tuple):
        raise Malformed("it holds a dictionary of something other than pairs")
    budget.spend(len(pairs) * BYTES_PER_PAIR)
    for pair in pairs:
        if type(pair) not in (list, tuple) or len(pair) != 2:
            raise Malformed("it holds a dictionary of something other than pairs")
        result[dictionary_key(pair[0])] = pair[1]
    return result


def make_tuple(budget: Budget, items: object = ()) -> tuple[object, ...]:
    """`tuple((name, array))`: how Paddle writes a tensor."""
    if type(items) is not tuple:
        raise Malformed("it holds a tensor without a name")
    return items


def make_bytes(budget: Budget) -> bytes:
    """`bytes()`: how protocols before 3 write empty bytes."""
    return b""


def encode(budget: Budget, text: object, encoding: object = "latin1") -> bytes:
    """`_codecs.encode(text, "latin1")`: how protocols before 3 write bytes."""
    if not isinstance(text, str) or encoding not in ("latin1", "latin-1"):
        raise Malformed("it holds bytes in an unknown encoding")
    budget.spend(len(text))
    try:
        return text.encode("latin1")
    except UnicodeEncodeError:
        raise Malformed("it holds bytes in an unknown encoding") from None


def dictionary_key(key: object) -> object:
    """The key itself, if it is one whose hash costs little; raises `Malformed` otherwise.

    Hashing a deeply nested tuple overflows the stack, and huge integers can be chosen to collide.
    """
    if type(key) in (str, bytes, bool) or (type(key) is int and key.bit_length() <= 64):
        return key
    raise Malformed("it holds a dictionary with unusual keys")


def check_plain(value: object, limit: int) -> None:
    """Raise `Malformed` unless `value` is plain: what a caller may walk by recursion, without limits of its own.

    Plain is a tree at most `NESTING_LIMIT` deep of dicts, lists, tuples, numbers, text, bytes, None and arrays. A part
    that stands in several places counts in each of them, and all places together are at most `limit`: ten lists that
    hold the next one ten times each are refused.
    """
    sizes: dict[int, tuple[int, int]] = {}  # id of a container -> places in it, levels in it
    entered: set[int] = set()
    waiting: list[tuple[object, bool]] = [(value, False)]
    while waiting:
        item, leaving = waiting.pop()
        if type(item) not in CONTAINERS:
            if type(item) not in PLAIN and not isinstance(item, np.generic):
                raise Malformed("it holds something other than arrays, numbers and text")
        elif leaving:
            children = [sizes[id(child)] for child in _children(item) if type(child) in CONTAINERS]
            places = 1 + len(_children(item)) + sum(size for size, _ in children)
            levels = 1 + max((level for _, level in children), default=0)
            if places > limit or levels > NESTING_LIMIT:
                raise Malformed("it unpacks to far more than its own size")
            sizes[id(item)] = places, levels
            entered.remove(id(item))
        elif id(item) in entered:
            raise Malformed("it holds something that contains itself")
        elif id(item) not in sizes:
            entered.add(id(item))
            waiting.append((item, True))
            waiting.extend((child, False) for child in _children(item))


def _children(container: object) -> Collection[object]:
    if isinstance(container, dict):
        return container.values()
    assert isinstance(container, list | tuple)
    return container


def _text(value: object) -> str | None:
    if isinstance(value, bytes):  # written by Python 2
        return value[:16].decode("latin1")
    return value if isinstance(value, str) else None


ALLOWED: Mapping[str, StandIn] = {
    "collections.OrderedDict": ordered_dict,
    "_codecs.encode": encode,
    "numpy.ndarray": ndarray,
    "numpy.dtype": element_type,
    **{f"{builtins}.tuple": make_tuple for builtins in ("builtins", "__builtin__")},
    **{f"{builtins}.bytes": make_bytes for builtins in ("builtins", "__builtin__")},
    **{f"{core}.multiarray._reconstruct": reconstruct for core in ("numpy.core", "numpy._core")},
    **{f"{core}.multiarray.scalar": scalar for core in ("numpy.core", "numpy._core")},
    **{f"{core}.numeric._frombuffer": from_buffer for core in ("numpy.core", "numpy._core")},
}
"""Everything a pickle may name, by module and name, and what is called in its stead."""
