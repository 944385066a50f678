"""Reads pickles that hold arrays and plain containers, and refuses every other one before anything in it runs.

The pickle is interpreted here, operation by operation, rather than by `pickle`: that would trust every length and
number in the file (a 20-byte file can make it allocate 30 GB). What an operation may do is bounded by the file's size,
and what a pickle may name is a table of harmless stand-ins, in `pickled_arrays.py`.
"""

import codecs
import io
import pickle
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO, NoReturn

from workbench.errors import CheckpointDamaged, CheckpointUnreadable, CheckpointUnsafe
from workbench.pickled_arrays import ALLOWED, Budget, Global, Malformed, Pending, StandIn, check_plain, dictionary_key

SIZE_LIMIT = 2 * 2**30  # of the file, in bytes
OPERATION_LIMIT = 2_000_000  # a checkpoint of 200 arrays takes 5,000
MOST_DIGITS = 40  # of a number written as text
SPARE_BYTES = 64 * 2**20  # what a pickle of any size may allocate, beyond four times its own
CHUNK = 16 * 2**20

Operation = Callable[["SafeUnpickler"], None]


def load(source: BinaryIO | bytes, path: Path, allowed: Mapping[str, StandIn] = ALLOWED) -> object:
    """The object in a pickle of any protocol from 0 to 5, which may end before the file does.

    Args:
        source: the pickle, or a stream that stands at its beginning.
        path: the file that error messages name.
        allowed: what the pickle may name, "module.name", and what is called in its stead.

    Returns:
        dicts, OrderedDicts, lists and tuples, at most 64 deep and without cycles, of numbers, text, bytes, None and
        numpy arrays of bool, int, uint or float (read-only, in the file's byte order).

    Raises:
        CheckpointUnsafe: it names something that is not on the list; nothing has run.
        CheckpointDamaged: it is cut short, garbled, too large, or unpacks to far more than its own size.
        CheckpointUnreadable: the stream fails.
    """
    return SafeUnpickler(read_whole(source, path), path, allowed).load()


def read_whole(source: BinaryIO | bytes, path: Path) -> bytes:
    """All bytes of a stream, up to `SIZE_LIMIT`; raises `CheckpointDamaged` and `CheckpointUnreadable`."""
    if isinstance(source, bytes):
        return source
    whole = io.BytesIO()
    try:
        while chunk := source.read(CHUNK):
            whole.write(chunk)
            if whole.tell() > SIZE_LIMIT:
                raise CheckpointDamaged(path=path, reason=f"it is larger than {SIZE_LIMIT >> 30} GB")
    except OSError as problem:
        raise CheckpointUnreadable(path=path, reason=problem.strerror or str(problem)) from problem
    return whole.getvalue()


def printable(name: str) -> str:
    """A name from a file, fit for a sentence: at most 100 characters, none that a terminal would obey."""
    return "".join(letter if letter.isprintable() else "?" for letter in name[:100])


def allocation_limit(size: int) -> int:
    """How many bytes a pickle of `size` bytes may make us allocate for what it holds."""
    return 4 * size + SPARE_BYTES


class SafeUnpickler:
    """Interprets one pickle.

    A format with more to it (PyTorch's) passes its own table of stand-ins and overrides `persistent` and `completed`.
    """

    def __init__(
        self, data: bytes, path: Path, allowed: Mapping[str, StandIn] = ALLOWED, budget: Budget | None = None
    ) -> None:
        self.path = path
        self.allowed = allowed
        self.budget = Budget(allocation_limit(len(data))) if budget is None else budget
        self._data = data
        self._position = 0
        self._stack: list[object] = []
        self._outer: list[list[object]] = []  # the stacks below each mark
        self._memo: dict[int, object] = {}

    def load(self) -> object:
        """The object; raises as the function `load` does."""
        try:
            value = self._run()
            check_plain(value, OPERATION_LIMIT)
        except Malformed as problem:
            raise CheckpointDamaged(path=self.path, reason=str(problem)) from None
        except (ArithmeticError, LookupError, TypeError, ValueError, MemoryError, RecursionError, struct.error):
            raise CheckpointDamaged(path=self.path, reason="it is garbled") from None
        return value

    @property
    def consumed(self) -> int:
        """How many bytes have been read."""
        return self._position

    def persistent(self, identifier: object) -> object:
        """What the pickle keeps outside itself under `identifier`. Here: nothing may be."""
        raise Malformed("it refers to data outside itself")

    def completed(self, value: object, state: object) -> object:
        """`value` with its state set. Here: only what a stand-in left pending has any."""
        if isinstance(value, Pending):
            return value.build(self.budget, state)
        raise Malformed("it sets attributes of a plain value")

    def _run(self) -> object:
        for _ in range(OPERATION_LIMIT):
            code = self.take(1)
            if code == pickle.STOP:
                return self.pop()
            operation = OPERATIONS.get(code)
            if operation is None:
                raise Malformed(f"operation 0x{code.hex()} is none that a checkpoint needs")
            operation(self)
        raise Malformed(f"it takes more than {OPERATION_LIMIT:,} operations")

    # The bytes

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        end = self._position + count
        if count < 0 or end > len(self._data):
            raise Malformed("it is cut short")
        taken = self._data[self._position : end]
        self._position = end
        return taken

    def counted(self, width: int) -> bytes:
        """A length of `width` bytes, and as many bytes."""
        length = int.from_bytes(self.take(width), "little")
        if length <= len(self._data) - self._position:  # take() refuses it otherwise
            self.budget.spend(length)
        return self.take(length)

    def line(self) -> bytes:
        """The bytes up to the next line feed, which is skipped."""
        end = self._data.find(b"\n", self._position)
        if end < 0:
            raise Malformed("it is cut short")
        taken = self.take(end - self._position)
        self._position += 1
        return taken

    def digits(self) -> bytes:
        """A number as text."""
        digits = self.line()
        if len(digits) > MOST_DIGITS:
            raise Malformed("it holds a number of absurd length")
        return digits

    def number(self) -> int:
        """A whole number written as text."""
        return int(self.digits().removesuffix(b"L"))

    # The stack and the memo

    def push(self, value: object) -> None:
        self._stack.append(value)

    def pop(self) -> object:
        if not self._stack:
            raise Malformed("it is garbled")
        return self._stack.pop()

    def top(self) -> object:
        if not self._stack:
            raise Malformed("it is garbled")
        return self._stack[-1]

    def mark(self) -> None:
        self._outer.append(self._stack)
        self._stack = []

    def pop_mark(self) -> list[object]:
        """The values above the last mark, which is removed."""
        if not self._outer:
            raise Malformed("it is garbled")
        values, self._stack = self._stack, self._outer.pop()
        return values

    def discard(self) -> None:
        if self._stack:
            self._stack.pop()
        else:
            self.pop_mark()

    def discard_marked(self) -> None:
        self.pop_mark()

    def remember(self, index: int) -> None:
        if not 0 <= index < 2**31:
            raise Malformed("it is garbled")
        value = self.top()
        self._memo[index] = value
        if isinstance(value, Pending):
            value.memo_keys.append(index)

    def remember_next(self) -> None:
        self.remember(len(self._memo))

    def recall(self, index: int) -> None:
        if index not in self._memo:
            raise Malformed("it is garbled")
        self.push(self._memo[index])

    # What operations do

    def set_items(self, items: list[object]) -> None:
        target = self.top()
        if not isinstance(target, dict) or len(items) % 2:
            raise Malformed("it is garbled")
        for key, value in zip(items[::2], items[1::2], strict=True):
            target[dictionary_key(key)] = value

    def append(self, items: list[object]) -> None:
        target = self.top()
        if type(target) is not list:
            raise Malformed("it is garbled")
        target.extend(items)

    def dictionary(self) -> None:
        items = self.pop_mark()
        self.push({})
        self.set_items(items)

    def tuple_of(self, count: int) -> None:
        self.push(tuple(reversed([self.pop() for _ in range(count)])))

    def find(self, module: object, name: object) -> None:
        """Push what stands in for `module.name`; raises `CheckpointUnsafe` if nothing does."""
        full = f"{module}.{name}" if isinstance(module, str) and isinstance(name, str) else "something without a name"
        stand_in = self.allowed.get(full)
        if stand_in is None:
            self.refuse(full)
        self.push(Global(full, stand_in))

    def find_stacked(self) -> None:
        name, module = self.pop(), self.pop()
        self.find(module, name)

    def find_named(self) -> None:
        module, name = self.line(), self.line()
        self.find(module.decode("utf-8", "replace"), name.decode("utf-8", "replace"))

    def make_instance(self) -> None:
        """INST: an object of an old-style class, which no checkpoint needs."""
        self.find_named()
        raise Malformed("it makes an object in an unknown way")

    def refuse(self, name: str) -> NoReturn:
        """Raise `CheckpointUnsafe`, which names what the pickle would run."""
        raise CheckpointUnsafe(path=self.path, name=printable(name))

    def call(self) -> None:
        arguments, function = self.pop(), self.pop()
        if not isinstance(function, Global) or type(arguments) is not tuple:
            raise Malformed("it is garbled")
        self.push(function.stand_in(self.budget, *arguments))

    def complete(self) -> None:
        state, value = self.pop(), self.pop()
        completed = self.completed(value, state)
        if isinstance(value, Pending):
            self._memo.update({key: completed for key in value.memo_keys if self._memo.get(key) is value})
            value.memo_keys.clear()
        self.push(completed)

    def text_number(self) -> None:
        """INT, which is also how protocol 0 writes True and False."""
        if self._data.startswith((b"00\n", b"01\n"), self._position):
            self.push(self.line() == b"01")
        else:
            self.push(self.number())

    def text_float(self) -> None:
        self.push(float(self.digits()))

    def text_bytes(self) -> None:
        """STRING: bytes of Python 2 between quotes, with escapes."""
        line = self.line().strip()
        if len(line) < 2 or line[:1] != line[-1:] or line[:1] not in (b"'", b'"'):
            raise Malformed("it is garbled")
        self.budget.spend(len(line))
        self.push(codecs.escape_decode(line[1:-1])[0].decode("latin1"))

    def text_unicode(self) -> None:
        line = self.line()
        self.budget.spend(len(line))
        self.push(str(line, "raw-unicode-escape"))

    def protocol(self) -> None:
        version = self.take(1)[0]
        if version > 5:
            raise Malformed(f"it is a pickle of protocol {version}")

    def frame(self) -> None:
        """A frame only helps reading ahead, which is not needed here."""
        if int.from_bytes(self.take(8), "little") > len(self._data) - self._position:
            raise Malformed("it is cut short")


def _integer(width: int, signed: bool = False) -> Operation:
    return lambda reader: reader.push(int.from_bytes(reader.take(width), "little", signed=signed))


def _long(reader: SafeUnpickler, width: int) -> None:
    length = int.from_bytes(reader.take(width), "little")
    if length > 16:
        raise Malformed("it holds a number of absurd length")
    reader.push(int.from_bytes(reader.take(length), "little", signed=True))


def _text(width: int, encoding: str = "utf-8", errors: str = "surrogatepass") -> Operation:
    return lambda reader: reader.push(str(reader.counted(width), encoding, errors))


def _bytes(width: int) -> Operation:
    return lambda reader: reader.push(reader.counted(width))


OPERATIONS: Mapping[bytes, Operation] = {
    pickle.PROTO: SafeUnpickler.protocol,
    pickle.FRAME: SafeUnpickler.frame,
    pickle.NONE: lambda reader: reader.push(None),
    pickle.NEWTRUE: lambda reader: reader.push(True),
    pickle.NEWFALSE: lambda reader: reader.push(False),
    pickle.INT: SafeUnpickler.text_number,
    pickle.LONG: lambda reader: reader.push(reader.number()),
    pickle.BININT: _integer(4, signed=True),
    pickle.BININT1: _integer(1),
    pickle.BININT2: _integer(2),
    pickle.LONG1: lambda reader: _long(reader, 1),
    pickle.LONG4: lambda reader: _long(reader, 4),
    pickle.FLOAT: SafeUnpickler.text_float,
    pickle.BINFLOAT: lambda reader: reader.push(struct.unpack(">d", reader.take(8))[0]),
    pickle.STRING: SafeUnpickler.text_bytes,
    pickle.BINSTRING: _text(4, "latin1"),
    pickle.SHORT_BINSTRING: _text(1, "latin1"),
    pickle.UNICODE: SafeUnpickler.text_unicode,
    pickle.BINUNICODE: _text(4),
    pickle.SHORT_BINUNICODE: _text(1),
    pickle.BINUNICODE8: _text(8),
    pickle.BINBYTES: _bytes(4),
    pickle.SHORT_BINBYTES: _bytes(1),
    pickle.BINBYTES8: _bytes(8),
    pickle.BYTEARRAY8: _bytes(8),
    pickle.EMPTY_LIST: lambda reader: reader.push([]),
    pickle.EMPTY_DICT: lambda reader: reader.push({}),
    pickle.EMPTY_TUPLE: lambda reader: reader.push(()),
    pickle.TUPLE1: lambda reader: reader.tuple_of(1),
    pickle.TUPLE2: lambda reader: reader.tuple_of(2),
    pickle.TUPLE3: lambda reader: reader.tuple_of(3),
    pickle.TUPLE: lambda reader: reader.push(tuple(reader.pop_mark())),
    pickle.LIST: lambda reader: reader.push(reader.pop_mark()),
    pickle.DICT: SafeUnpickler.dictionary,
    pickle.APPEND: lambda reader: reader.append([reader.pop()]),
    pickle.APPENDS: lambda reader: reader.append(reader.pop_mark()),
    pickle.SETITEM: lambda reader: reader.set_items([reader.pop(), reader.pop()][::-1]),
    pickle.SETITEMS: lambda reader: reader.set_items(reader.pop_mark()),
    pickle.MARK: SafeUnpickler.mark,
    pickle.POP: SafeUnpickler.discard,
    pickle.POP_MARK: SafeUnpickler.discard_marked,
    pickle.DUP: lambda reader: reader.push(reader.top()),
    pickle.PUT: lambda reader: reader.remember(reader.number()),
    pickle.BINPUT: lambda reader: reader.remember(reader.take(1)[0]),
    pickle.LONG_BINPUT: lambda reader: reader.remember(int.from_bytes(reader.take(4), "little")),
    pickle.MEMOIZE: SafeUnpickler.remember_next,
    pickle.GET: lambda reader: reader.recall(reader.number()),
    pickle.BINGET: lambda reader: reader.recall(reader.take(1)[0]),
    pickle.LONG_BINGET: lambda reader: reader.recall(int.from_bytes(reader.take(4), "little")),
    pickle.GLOBAL: SafeUnpickler.find_named,
    pickle.STACK_GLOBAL: SafeUnpickler.find_stacked,
    pickle.INST: SafeUnpickler.make_instance,
    pickle.EXT1: lambda reader: reader.refuse(f"copyreg extension {reader.take(1)[0]}"),
    pickle.EXT2: lambda reader: reader.refuse(f"copyreg extension {int.from_bytes(reader.take(2), 'little')}"),
    pickle.EXT4: lambda reader: reader.refuse(f"copyreg extension {int.from_bytes(reader.take(4), 'little')}"),
    pickle.REDUCE: SafeUnpickler.call,
    pickle.BUILD: SafeUnpickler.complete,
    pickle.PERSID: lambda reader: reader.push(reader.persistent(reader.line().decode("latin1"))),
    pickle.BINPERSID: lambda reader: reader.push(reader.persistent(reader.pop())),
}
"""What each operation of a pickle does. Those that only classes and sets need (NEWOBJ, OBJ, ...) are left out."""
