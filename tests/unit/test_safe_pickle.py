"""Pickles from strangers: what is plain comes back whole, everything else is refused and nothing of it runs."""

import os
import pickle
import struct
import subprocess
import tracemalloc
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from workbench.errors import CheckpointDamaged, CheckpointUnsafe, StudioError
from workbench.paddle_pickle import load_paddle
from workbench.pickled_arrays import ALLOWED, ELEMENT_TYPES
from workbench.safe_pickle import SafeUnpickler, load

FILE = Path("strange.pdparams")
PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
MEGABYTE = 2**20

STATE = {
    "net": OrderedDict(weight=np.arange(24, dtype=np.float32).reshape(2, 3, 4), bias=np.zeros(0, np.float16)),
    "columns": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "turned": np.arange(24.0).reshape(2, 3, 4).transpose(2, 0, 1),
    "flags": np.array([True, False]),
    "foreign": np.arange(4, dtype=">i4"),
    "single": np.array(3.5),
    "scalar": np.float64(2.5),
    "numbers": [0, -1, 255, 65535, 2**31, -(2**60), 1.5, True, False, None],
    "text": ("", "plain", "Straße 画 \U0001f3a8\n", b"", b"\x00\xff'\n"),
}


def same(one: object, other: object) -> bool:
    """Equal, and of equal types, all the way down."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    return one == other


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_plain_objects_come_back_whole(protocol):
    assert same(load(pickle.dumps(STATE, protocol), FILE), STATE)


@pytest.mark.parametrize("protocol", range(3))
def test_names_of_numpy_1_are_known(protocol):
    data = pickle.dumps(STATE, protocol)
    older = data.replace(b"cnumpy._core.", b"cnumpy.core.")
    assert older != data
    assert same(load(older, FILE), STATE)


def test_array_that_python_2_wrote():
    data = (
        b"\x80\x02}U\x01wcnumpy.core.multiarray\n_reconstruct\nq\x01cnumpy\nndarray\nK\x00\x85U\x01b\x87R"
        b"(K\x01K\x02\x85cnumpy\ndtype\nU\x02f4K\x00K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
        b"\x89U\x08" + struct.pack("<2f", 1.5, -3e30) + b"tbs."
    )
    assert same(load(data, FILE), {"w": np.array([1.5, -3e30], np.float32)})


@given(
    array=npst.arrays(
        st.sampled_from(sorted(ELEMENT_TYPES)).map(np.dtype), npst.array_shapes(min_dims=0, min_side=0, max_side=4)
    ),
    protocol=st.sampled_from(PROTOCOLS),
)
def test_every_array_of_numbers_comes_back(array, protocol):
    read = load(pickle.dumps([array, array], protocol), FILE)
    for copy in read:
        assert copy.dtype == array.dtype
        assert copy.tobytes() == array.tobytes() and copy.shape == array.shape


def test_the_same_array_twice_is_stored_once():
    array = np.ones(1000)
    first, second = load(pickle.dumps([array, array]), FILE)
    assert first is second


class Runs:
    """Pickles to a call of `function`."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


class RunsOnBuild:
    def __reduce__(self):
        return OrderedDict, (), {"anything": 1}


def payloads(marker: Path) -> dict[str, bytes]:
    """Pickles that make a file, each in its own way."""
    code = f"open({str(marker)!r}, 'w').close()"
    command = f'echo ran > "{marker}"'
    chain = (  # getattr(__import__("os"), "mkdir")(marker)
        b"\x80\x04cbuiltins\ngetattr\n(cbuiltins\n__import__\n(X\x02\x00\x00\x00ostRX\x05\x00\x00\x00mkdirtR"
        + b"(X"
        + struct.pack("<I", len(str(marker).encode()))
        + str(marker).encode()
        + b"tR."
    )
    found = {
        f"{name}, protocol {protocol}": pickle.dumps({"net_enc": {"weight": np.ones(3), "x": thing}}, protocol)
        for protocol in PROTOCOLS
        for name, thing in {
            "os.system": Runs(os.system, command),
            "exec": Runs(exec, code),
            "eval": Runs(eval, f"open({str(marker)!r}, 'w')"),
            "subprocess": Runs(subprocess.call, [os.sys.executable, "-c", code]),
            "numpy": Runs(np.save, f"{marker}", np.ones(1)),
        }.items()
    }
    instance = b"(S" + repr(code).encode() + b"\nibuiltins\nexec\n."
    return found | {"getattr": chain, "old instance": instance}


@pytest.mark.parametrize("name", payloads(Path("x")))
def test_live_payloads_are_refused_before_they_run(name, tmp_path):
    marker = tmp_path / ("ran.npy" if name.startswith("numpy") else "ran")
    payload = payloads(marker)[name]
    if not name.startswith("subprocess"):  # slow, and shown to be live once is enough
        pickle.loads(payload)
        assert marker.exists(), "the payload is not live, so the test would prove nothing"
        marker.rmdir() if marker.is_dir() else marker.unlink()

    with pytest.raises(CheckpointUnsafe) as refused:
        load(payload, FILE)

    assert not marker.exists()
    assert str(FILE) in str(refused.value)
    assert str(refused.value.details["name"]).count(".") == 1


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        (b"cos\nsystem\n.", "os.system"),
        (b"\x80\x04\x8c\x02os\x8c\x06system\x93.", "os.system"),
        (b"\x80\x04\x8c\x08builtins\x8c\x0cgetattr.exec\x93.", "builtins.getattr.exec"),
        (b"\x80\x04\x8c\x05numpy\x8c\x07ndarray\x8c\x04load\x93.", "ndarray.load"),
        (b"\x80\x02\x82\x01.", "copyreg extension 1"),
        (b"cnumpy.core.multiarray\nfromfile\n.", "numpy.core.multiarray.fromfile"),
        (b"ccollections\nnamedtuple\n.", "collections.namedtuple"),
        (b"c__main__\n\x1b[2Jclear\n.", "__main__.?[2Jclear"),
        (b"c" + b"a" * 5000 + b"\nb\n.", "a" * 100),
        (b"\x80\x04K\x01K\x02\x93.", "something without a name"),
    ],
)
def test_the_refusal_names_what_would_have_run(payload, name):
    with pytest.raises(CheckpointUnsafe) as refused:
        load(payload, FILE)
    assert refused.value.details["name"] == name


def test_stand_ins_reach_no_constructor_of_numpy():
    assert not [name for name, stand_in in ALLOWED.items() if stand_in.__module__ != "workbench.pickled_arrays"]


def counted(code: bytes, length: int, width: int) -> bytes:
    return b"\x80\x04" + code + length.to_bytes(width, "little") + b"abc."


def array_pickle(
    shape: object = (2,), code: str = "f4", data: object = b"\x00" * 8, kind=b"cnumpy\nndarray\n"
) -> bytes:
    """A pickled array with any shape, type and data, however wrong."""

    def plain(value: object) -> bytes:
        return pickle.dumps(value, 3)[2:-1]

    element_type = (
        b"cnumpy\ndtype\n" + plain((code, False, True)) + b"R" + plain((3, "<", None, None, None, -1, -1, 0)) + b"b"
    )
    state = b"(K\x01" + plain(shape) + element_type + b"\x89" + plain(data) + b"t"
    return b"\x80\x03cnumpy._core.multiarray\n_reconstruct\n" + kind + b"K\x00\x85C\x01b\x87R" + state + b"b."


def test_the_array_that_the_next_test_bends_is_right():
    assert same(load(array_pickle(), FILE), np.zeros(2, np.float32))


DAMAGED = {
    "empty": b"",
    "no end": b"\x80\x04}",
    "end without a value": b".",
    "protocol 9": b"\x80\x09N.",
    "huge text": counted(b"\x8d", 2**63 - 1, 8),
    "huge bytes": counted(b"\x8e", 2**64 - 1, 8),
    "huge bytearray": counted(b"\x96", 2**40, 8),
    "huge frame": counted(b"\x95", 2**62, 8),
    "huge text of 4 GB": counted(b"X", 2**32 - 1, 4),
    "huge old text": counted(b"T", 2**31, 4),
    "huge number": counted(b"\x8b", 2**31 - 1, 4),
    "negative length": counted(b"\x8b", 2**32 - 1, 4),
    "number of a million digits": b"I" + b"9" * MEGABYTE + b"\n.",
    "float of a million digits": b"F" + b"9" * MEGABYTE + b"\n.",
    "negative memo": b"Np-1\n.",
    "unknown memo": b"h\x07.",
    "mark missing": b"\x80\x02t.",
    "append to a dict": b"}Na.",
    "item of a list": b"]NNs.",
    "odd dictionary": b"(Nd.",
    "key that is a tuple": b"\x80\x02})Ns.",
    "key that is a huge number": b"\x80\x02}\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x01Ns.",
    "set": b"\x80\x04\x8f.",
    "new object": b"\x80\x02ccollections\nOrderedDict\n)\x81.",
    "persistent": b"\x80\x02K\x01Q.",
    "out of band": b"\x80\x05\x97.",
    "call of text": b"\x80\x02X\x01\x00\x00\x00a)R.",
    "stand-in as a value": b"cnumpy\nndarray\n.",
    "stand-in in a list": b"(cnumpy\nndarray\nl.",
    "ndarray called": b"cnumpy\nndarray\n)R.",
    "half an array": b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\x00\x85C\x01btR.",
    "attributes of a dict": pickle.dumps(RunsOnBuild()),
    "not latin1": b"\x80\x02c_codecs\nencode\nX\x03\x00\x00\x00\xe2\x82\xacX\x06\x00\x00\x00latin1\x86R.",
    "another codec": b"\x80\x02c_codecs\nencode\nX\x01\x00\x00\x00aX\x03\x00\x00\x00zip\x86R.",
    "bad utf-8": b"\x80\x04\x8c\x02\xff\xfe.",
    "contains itself": b"\x80\x02]q\x00h\x00a.",
    "dict that contains itself": b"\x80\x02}q\x00K\x01h\x00s.",
    "deep tuples": b"\x80\x02)" + b"\x85" * 100_000 + b".",
    "deep lists": b"\x80\x02" + b"]" * 100_000 + b"a" * 99_999 + b".",
    "deep marks": b"(" * 100_000 + b"l" * 50_000 + b".",
    "millions of dicts": b"\x80\x02(" + b"}" * 3_000_000 + b"l.",
    "array of objects": pickle.dumps(np.array([None, 1], object)),
    "array of text": pickle.dumps(np.array(["a", "b"])),
    "array of records": pickle.dumps(np.zeros(2, [("a", "f4"), ("b", "i4")])),
    "array of complex numbers": pickle.dumps(np.zeros(2, complex)),
    "array of dates": pickle.dumps(np.zeros(2, "M8[s]")),
    "array of the wrong size": array_pickle(shape=(3,)),
    "array too large for the machine": array_pickle(shape=(2**30, 2**30)),
    "array that overflows": array_pickle(shape=(2**62, 4, 2**62)),
    "array of negative sides": array_pickle(shape=(-1, -2)),
    "array with a flag for a side": array_pickle(shape=(True, 2)),
    "array with too many axes": array_pickle(shape=(1,) * 40 + (2,)),
    "array without a shape": array_pickle(shape=None),
    "array of a list": array_pickle(data=[1, 2]),
    "array of element type O8": array_pickle(code="O8"),
    "array of element type f4,f4": array_pickle(code="f4,f4"),
    "array of another class": array_pickle(kind=b"ccollections\nOrderedDict\n"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_nonsense_and_bombs_are_refused_by_name(name):
    with pytest.raises(CheckpointDamaged) as refused:
        load(DAMAGED[name], FILE)
    assert str(FILE) in str(refused.value)


def laughs(levels: int) -> bytes:
    """A list that holds the next one ten times, and so on: 10^levels places in a few hundred bytes."""
    inner: list[object] = []
    for _ in range(levels):
        inner = [inner] * 10
    return pickle.dumps(inner)


def encoded_often(times: int) -> bytes:
    """A megabyte of text, remembered and encoded again and again."""
    text = b"X" + struct.pack("<I", MEGABYTE) + b"a" * MEGABYTE
    head = b"\x80\x02c_codecs\nencode\nq\x00" + text + b"q\x01X\x06\x00\x00\x00latin1\x86q\x0200("
    return head + b"h\x00h\x02R" * times + b"l."


BOMBS = {
    "laughs": laughs(12),
    "encoded often": encoded_often(2000),
    "dictionaries often": b"ccollections\nOrderedDict\nq\x00("
    + b"]" * 1000
    + b"l\x85q\x01("
    + b"h\x00h\x01R" * 9999
    + b"l.",
    "high memo": b"\x80\x02Nr\xff\xff\xff\xff.",
    "huge text": counted(b"\x8d", 2**40, 8),
    "huge array": array_pickle(shape=(2**20, 2**20)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_stay_small(name):
    tracemalloc.start()
    try:
        with pytest.raises(CheckpointDamaged):
            load(BOMBS[name], FILE)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 160 * MEGABYTE


def test_a_memo_with_a_high_number_costs_nothing():
    tracemalloc.start()
    try:
        assert load(b"\x80\x02Nr\xff\xff\xff\x7f.", FILE) is None
        assert tracemalloc.get_traced_memory()[1] < MEGABYTE
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_cut_short_at_every_byte(protocol):
    data = pickle.dumps(STATE, protocol)
    for end in range(len(data)):
        with pytest.raises(StudioError):
            load(data[:end], FILE)


@settings(max_examples=400)
@given(protocol=st.sampled_from(PROTOCOLS), flips=st.lists(st.integers(0, 10**6), min_size=1, max_size=4))
def test_flipped_bits_raise_nothing_but_our_errors(protocol, flips):
    data = bytearray(pickle.dumps(STATE, protocol))
    for flip in flips:
        data[flip // 8 % len(data)] ^= 1 << flip % 8
    try:
        load(bytes(data), FILE)
    except StudioError as problem:
        assert str(FILE) in str(problem)


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_noise_raises_nothing_but_our_errors(data):
    try:
        load(data, FILE)
    except StudioError as problem:
        assert str(FILE) in str(problem)


def test_another_format_adds_its_own_names_and_outside_data():
    class Reader(SafeUnpickler):
        def persistent(self, identifier):
            return np.full(2, identifier)

    allowed = {**ALLOWED, "torch._utils._rebuild": lambda budget, storage, shape: storage.reshape(shape)}
    data = b"\x80\x02ctorch._utils\n_rebuild\nK\x07QK\x01K\x02\x86\x86R."
    assert same(Reader(data, FILE, allowed).load(), np.array([[7, 7]]))
    with pytest.raises(CheckpointUnsafe):
        load(data, FILE)


def test_paddle_puts_an_array_together_that_was_cut_up():
    state = {
        "w@@.0": np.arange(4, dtype=np.float32),
        "w@@.1": np.arange(4, 6, dtype=np.float32),
        "other": np.ones(1),
        "UnpackBigParamInfor@@": {"w": {"OriginShape": (2, 3), "slices": ["w@@.0", "w@@.1"]}},
        "StructuredToParameterName@@": {"w": "conv2d_0.w_0"},
    }
    read = load_paddle(pickle.dumps(state, 2), FILE)
    assert same(read, {"other": np.ones(1), "w": np.arange(6, dtype=np.float32).reshape(2, 3)})


@pytest.mark.parametrize(
    "entry", [{"OriginShape": (2, 3), "slices": ["w@@.0", "gone"]}, {"OriginShape": (9,), "slices": ["w@@.0"]}, {}, 7]
)
def test_paddle_parts_that_do_not_fit_are_refused(entry):
    state = {"w@@.0": np.arange(4), "UnpackBigParamInfor@@": {"w": entry}}
    with pytest.raises(CheckpointDamaged):
        load_paddle(pickle.dumps(state, 2), FILE)
