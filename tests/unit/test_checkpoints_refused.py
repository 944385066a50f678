"""Checkpoints that are wrong, partial, damaged or hostile: refused by the file's and the parameter's name."""

import pickle
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import assets
import weights
from lapstyle.checkpoints import load_checkpoint
from tests.checkpoint_files import (
    METADATA,
    SHIPPED,
    deeper_tensors,
    few_networks,
    flat,
    shipped_tensors,
    whole_networks,
    without,
    write_paddlegan,
    write_safetensors,
)
from workbench import checkpoint_file
from workbench.errors import (
    CheckpointDamaged,
    CheckpointMismatch,
    CheckpointMissing,
    CheckpointUnreadable,
    CheckpointUnsafe,
    StudioError,
)


@pytest.fixture(autouse=True)
def leave_nothing(tmp_path):
    """Checkpoints are large: remove them at once."""
    yield
    shutil.rmtree(tmp_path)


@pytest.fixture
def networks():
    return few_networks()


@pytest.fixture
def shipped():
    return shipped_tensors()


def refused(path: Path) -> CheckpointMismatch:
    with pytest.raises(CheckpointMismatch) as problem:
        load_checkpoint(path)
    assert str(path) in str(problem.value)
    return problem.value


@pytest.mark.parametrize(
    "name",
    [
        "net_enc.enc_1.0.weight",
        "net_enc.enc_4.11.bias",
        "net_dec.resblock_41.conv_block.1.weight",
        "net_rev.style.2.bias",
        "net_rev_2.up.weight",
    ],
)
def test_a_missing_parameter_is_named(shipped, tmp_path, name):
    rest = {key: array for key, array in shipped.items() if key != name}
    problem = refused(write_safetensors(tmp_path / "partial.safetensors", rest))
    assert (problem.details["parameter"], problem.details["reason"]) == (name, "is missing")


def test_the_first_in_the_order_of_the_networks_is_named(shipped, tmp_path):
    wrong = {**shipped, "net_dec.final_conv.1.bias": np.zeros(4, np.float32), "net_rev.a": np.zeros(1)}
    del wrong["net_rev.down.weight"]
    assert refused(write_safetensors(tmp_path / "a.safetensors", wrong)).details["parameter"] == (
        "net_dec.final_conv.1.bias"
    )
    del wrong["net_enc.enc_2.5.weight"]
    assert (
        refused(write_safetensors(tmp_path / "a.safetensors", wrong)).details["parameter"] == "net_enc.enc_2.5.weight"
    )


def broken(array: np.ndarray, value: float) -> np.ndarray:
    changed = array.copy()
    changed.flat[-1] = value
    return changed


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda array: array[:, :, :2], "has shape [32, 24, 2, 3], needs [32, 24, 3, 3]"),
        (lambda array: array.transpose(1, 0, 2, 3), "has shape [24, 32, 3, 3], needs [64, 24, 3, 3]"),
        (lambda array: array.astype(np.float64), "has type float64, needs float32 or float16"),
        (lambda array: array.astype(np.int16), "has type int16, needs float32 or float16"),
        (lambda array: broken(array, np.nan), "holds numbers that are not finite"),
        (lambda array: broken(array, -np.inf), "holds numbers that are not finite"),
    ],
)
def test_a_parameter_that_does_not_fit_is_named(shipped, tmp_path, change, reason):
    name = "net_rev_2.down.weight"
    tensors = {**shipped, name: np.ascontiguousarray(change(shipped[name]))}
    problem = refused(write_safetensors(tmp_path / "wrong.safetensors", tensors))
    assert (problem.details["parameter"], problem.details["reason"]) == (name, reason)


def test_a_type_that_numpy_lacks_is_named(shipped, tmp_path):
    from safetensors import TensorSpec, serialize

    name = "net_dec.final_conv.1.bias"
    data = bytes(6)
    specs = {
        key: TensorSpec(dtype=array.dtype.name, shape=array.shape, data_ptr=array.ctypes.data, data_len=array.nbytes)
        for key, array in shipped.items()
    }
    bits = np.frombuffer(data, np.uint8)
    specs[name] = TensorSpec(dtype="bfloat16", shape=(3,), data_ptr=bits.ctypes.data, data_len=6)
    path = tmp_path / "bf16.safetensors"
    path.write_bytes(serialize(specs, metadata=METADATA))
    problem = refused(path)
    assert (problem.details["parameter"], problem.details["reason"]) == (
        name,
        "has type BF16, needs float32 or float16",
    )


@pytest.mark.parametrize(
    "name", ["net_rev.extra.weight", "net_rev_1.down.weight", "net_rev_x.down", "net_enc.enc_5.9.bias"]
)
def test_an_unknown_parameter_of_a_network_is_named(shipped, tmp_path, name):
    deeper = deeper_tensors()
    tensors = {**shipped, **deeper, name: np.zeros(3, np.float32)}
    problem = refused(write_safetensors(tmp_path / "more.safetensors", tensors))
    assert (problem.details["parameter"], problem.details["reason"]) == (name, "is not part of the networks")


@pytest.mark.parametrize(
    ("dropped", "missing"),
    [
        (("net_enc.enc_4.7.bias",), "net_enc.enc_4.7.bias"),
        (("net_enc.enc_5.4.",), "net_enc.enc_5.4.weight"),
        (("net_rev.",), "net_rev.DownBlock.1.weight"),
        (("net_rev.", "net_rev_2."), "net_rev.DownBlock.1.weight"),
        (("net_enc.",), "net_enc.enc_1.0.weight"),
        (("net_enc.enc_4.11.", "net_rev."), "net_enc.enc_4.11.weight"),
    ],
)
def test_a_partial_paddlegan_checkpoint_is_named(tmp_path, dropped, missing):
    kept = without(flat(whole_networks()), *dropped)
    assert refused(write_safetensors(tmp_path / "part.safetensors", kept, {})).details["parameter"] == missing


def test_a_gap_in_the_revisions_is_named(networks, tmp_path):
    gap = {**networks, "net_rev_3": networks["net_rev"]}
    del gap["net_rev_2"]
    assert (
        refused(write_paddlegan(tmp_path / "gap.pdparams", gap)).details["parameter"] == "net_rev_2.DownBlock.1.weight"
    )


@pytest.mark.parametrize(
    "saved", [{}, [], 7, {"conv1.weight": np.ones(3)}, {"net_enc": None, 3: 4}, {"net_enc": {3: 4}}]
)
def test_another_networks_checkpoint_is_refused(tmp_path, saved):
    path = tmp_path / "other.pdparams"
    path.write_bytes(pickle.dumps(saved))
    assert refused(path).details["parameter"] == "net_enc.enc_1.0.weight"


def test_the_loss_encoder_alone_is_no_checkpoint():
    assert refused(weights.path("vgg19_relu5_1.safetensors")).details["parameter"] == "net_enc.enc_1.0.weight"


@pytest.mark.parametrize(
    "metadata", [{"upsampling": "bicubic"}, {"style_modulation": "relu4_1"}, {**METADATA, "upsampling": "nearest"}]
)
def test_metadata_of_another_version_is_refused(shipped, tmp_path, metadata):
    assert refused(write_safetensors(tmp_path / "new.safetensors", shipped, metadata)).details["parameter"] == (
        "its metadata"
    )


def write_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({})[:-1])


@pytest.mark.parametrize(
    "write",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"not a checkpoint at all"),
        lambda path: path.write_bytes(b"ccc is how this text begins\nand so on\n"),
        lambda path: path.write_bytes(assets.path("samples/cat.jpg").read_bytes()),
        lambda path: path.write_bytes(bytes(1000)),
        lambda path: path.write_bytes((100).to_bytes(8, "little") + b"{"),
        lambda path: path.write_bytes((2**63).to_bytes(8, "little") + b"{}"),
        lambda path: path.write_bytes((2).to_bytes(8, "little") + b"{]"),
        lambda path: path.write_bytes((9000).to_bytes(8, "little") + b'{"a":' * 1800),
        lambda path: path.mkdir(),
        write_zip,
    ],
)
def test_what_is_no_checkpoint_is_refused(tmp_path, write):
    path = tmp_path / "thing.pdparams"
    write(path)
    with pytest.raises(CheckpointDamaged) as problem:
        load_checkpoint(path)
    assert str(path) in str(problem.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CheckpointMissing, match=r"gone\.safetensors"):
        load_checkpoint(tmp_path / "gone.safetensors")


def test_a_name_that_no_file_can_have_is_a_sentence(tmp_path):
    with pytest.raises(CheckpointUnreadable, match="too long"):
        load_checkpoint(tmp_path / ("x" * 300))


def test_a_file_that_is_too_large_is_not_even_read(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint_file, "SIZE_LIMIT", SHIPPED.stat().st_size - 1)
    with pytest.raises(CheckpointDamaged, match="larger than"):
        load_checkpoint(SHIPPED)


class Payload:
    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self):
        return exec, (f"open({str(self.marker)!r}, 'w').close()",)


def test_a_live_payload_in_a_whole_checkpoint_does_not_run(networks, tmp_path):
    marker = tmp_path / "ran"
    path = write_paddlegan(tmp_path / "evil.pdparams", {**networks, "epoch": Payload(marker)})
    with pytest.raises(CheckpointUnsafe, match=r"evil\.pdparams.*exec"):
        load_checkpoint(path)
    assert not marker.exists()
    with path.open("rb") as file:
        pickle.load(file)
    assert marker.exists(), "the payload is not live, so the test proves nothing"


@pytest.fixture(scope="module", params=["safetensors", "pdparams"])
def damaged(request, tmp_path_factory):
    """A whole checkpoint in either format, to be damaged in place, and its bytes."""
    folder = tmp_path_factory.mktemp("damaged")
    path = folder / f"damaged.{request.param}"
    if request.param == "pdparams":
        write_paddlegan(path, few_networks())
    else:
        shutil.copyfile(SHIPPED, path)
    yield path, path.read_bytes()
    shutil.rmtree(folder)


@settings(max_examples=25)
@given(position=st.one_of(st.integers(0, 9000), st.integers(0)), bit=st.integers(0, 7))
def test_a_flipped_bit_raises_nothing_but_our_errors(damaged, position, bit):
    path, data = damaged
    position %= len(data)
    try:
        overwrite(path, position, data[position] ^ 1 << bit)
        checkpoint = load_checkpoint(path)
    except StudioError as problem:
        assert str(path) in str(problem)
    else:
        assert all(np.isfinite(array).all() for array in checkpoint.parameters.values())
    finally:
        overwrite(path, position, data[position])


def overwrite(path: Path, position: int, value: int) -> None:
    with path.open("r+b") as file:
        file.seek(position)
        file.write(bytes([value]))


def test_cut_short_anywhere(damaged):
    path, data = damaged
    size = len(data)
    ends = {*range(16), 100, 1000, 9000, *(size * part // 8 for part in range(1, 8)), size - 9, size - 1}
    try:
        for end in sorted(ends, reverse=True):
            with path.open("r+b") as file:
                file.truncate(end)
            with pytest.raises(CheckpointDamaged) as problem:
                load_checkpoint(path)
            assert str(path) in str(problem.value)
    finally:
        path.write_bytes(data)
