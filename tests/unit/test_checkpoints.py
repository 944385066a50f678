"""Checkpoints, ours and PaddleGAN's: the right ones load, every other one is refused by file and parameter."""

import hashlib
import pickle
import shutil
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given, settings
from hypothesis import strategies as st

import assets
import weights
from lapstyle import checkpoints
from lapstyle.checkpoints import load_checkpoint, revision_name
from workbench.errors import (
    CheckpointDamaged,
    CheckpointMismatch,
    CheckpointMissing,
    CheckpointUnsafe,
    StudioError,
)

METADATA = {"format": "lapstyle", "upsampling": "bilinear", "style_modulation": checkpoints.STYLE_MODULATION}
SHIPPED = weights.path(weights.UNIVERSAL)

# Convolutions as PaddleGAN 2.1.0's own classes name them (Encoder, DecoderNet, RevisionNet): channels out, in, side.
PADDLEGAN = {
    "net_enc": """enc_1.0 3 3 1, enc_1.2 64 3 3,
        enc_2.1 64 64 3, enc_2.5 128 64 3, enc_3.1 128 128 3, enc_3.5 256 128 3,
        enc_4.1 256 256 3, enc_4.4 256 256 3, enc_4.7 256 256 3, enc_4.11 512 256 3, enc_5.1 512 512 3,
        enc_5.4 512 512 3, enc_5.7 512 512 3, enc_5.11 512 512 3""",
    "net_dec": """resblock_41.conv_block.1 512 512 3, resblock_41.conv_block.4 512 512 3,
        convblock_41.conv_block.1 256 512 3,
        resblock_31.conv_block.1 256 256 3, resblock_31.conv_block.4 256 256 3, convblock_31.conv_block.1 128 256 3,
        convblock_21.conv_block.1 128 128 3, convblock_22.conv_block.1 64 128 3, convblock_11.conv_block.1 64 64 3,
        final_conv.1 3 64 3""",
    "net_rev": """resblock.conv_block.1 64 64 3, resblock.conv_block.4 64 64 3, DownBlock.1 64 6 3, DownBlock.4 64 64 3,
        UpBlock.2 64 64 3, UpBlock.5 3 64 3""",
}


def random_network(network: str, seed: int) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(seed)
    state = OrderedDict()
    for layer in PADDLEGAN[network].split(","):
        name, *sizes = layer.split()
        channels_out, channels_in, side = map(int, sizes)
        shape = (channels_out, channels_in, side, side)
        state[f"{name}.weight"] = generator.standard_normal(shape, np.float32)
        state[f"{name}.bias"] = generator.standard_normal(channels_out, np.float32)
    return state


@pytest.fixture
def tmp_path(tmp_path):
    """Checkpoints are large: nothing of them stays behind."""
    yield tmp_path
    shutil.rmtree(tmp_path)


@pytest.fixture(scope="session")
def whole_networks() -> dict[str, dict[str, np.ndarray]]:
    """A whole PaddleGAN checkpoint with random weights; tests copy what they change."""
    return {
        "net_enc": random_network("net_enc", 1),
        "net_dec": random_network("net_dec", 2),
        "net_rev": random_network("net_rev", 3),
        "net_rev_2": random_network("net_rev", 4),
    }


@pytest.fixture(scope="session")
def networks(whole_networks) -> dict[str, dict[str, np.ndarray]]:
    """The same without the encoder's deeper layers, half of its size, which may be absent."""
    encoder = whole_networks["net_enc"]
    return {**whole_networks, "net_enc": without(encoder, "enc_5.")}


@pytest.fixture(scope="session")
def shipped() -> dict[str, np.ndarray]:
    return safetensors.numpy.load_file(SHIPPED)


@pytest.fixture(scope="session")
def paddle():
    import paddle

    return paddle


def without(state: dict[str, np.ndarray], *starts: str) -> dict[str, np.ndarray]:
    return OrderedDict((name, array) for name, array in state.items() if not name.startswith(starts))


def flat(networks: dict[str, dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    return {f"{network}.{name}": array for network, state in networks.items() for name, array in state.items()}


def write_paddlegan(path: Path, networks: dict[str, object]) -> Path:
    """As PaddleGAN's trainer writes: numpy arrays, protocol 2."""
    with path.open("wb") as file:
        pickle.dump(networks, file, protocol=2)
    return path


def write_safetensors(path: Path, tensors: dict[str, np.ndarray], metadata: dict[str, str] | None = None) -> Path:
    safetensors.numpy.save_file(tensors, path, METADATA if metadata is None else metadata)
    return path


def assert_holds(checkpoint, networks) -> None:
    expected = flat(networks)
    assert checkpoint.parameters.keys() == expected.keys()
    for name, array in checkpoint.parameters.items():
        assert array.dtype == np.float32
        assert np.array_equal(array, expected[name]), name


# The right ones


def test_the_shipped_checkpoint_loads_whole(shipped):
    checkpoint = load_checkpoint(SHIPPED)
    assert (checkpoint.kind, checkpoint.revisions, checkpoint.path) == ("universal", 2, SHIPPED)
    assert checkpoint.sha256 == weights.manifest()[SHIPPED.name]["sha256"]
    assert checkpoint.parameters.keys() == shipped.keys()
    for name, array in checkpoint.parameters.items():
        assert array.dtype == np.float32
        assert array.flags.c_contiguous
        assert array.flags.aligned
        assert not array.flags.writeable
        assert np.array_equal(array, shipped[name].astype(np.float32))


def test_parameters_stand_in_the_order_of_the_networks():
    names = list(load_checkpoint(SHIPPED).parameters)
    assert names[:2] == ["net_enc.enc_1.0.weight", "net_enc.enc_1.0.bias"]
    order = [name.partition(".")[0] for name in names]
    assert list(dict.fromkeys(order)) == ["net_enc", "net_dec", "net_rev", "net_rev_2"]
    assert order == sorted(order, key=list(dict.fromkeys(order)).index)


def test_a_network_has_the_names_it_uses_itself():
    checkpoint = load_checkpoint(SHIPPED)
    first, second = checkpoint.network("net_rev"), checkpoint.network("net_rev_2")
    assert first.keys() == second.keys()
    assert first["style.0.weight"].shape == (896, 128)
    assert not np.array_equal(first["down.weight"], second["down.weight"])
    assert checkpoint.network("net_dis") == {}


def test_what_paddlegan_writes_loads(whole_networks, tmp_path):
    path = write_paddlegan(tmp_path / "iter_30000_weight.pdparams", whole_networks)
    checkpoint = load_checkpoint(str(path))
    assert (checkpoint.kind, checkpoint.revisions) == ("paddlegan", 2)
    assert checkpoint.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert_holds(checkpoint, whole_networks)


def test_what_training_leaves_behind_is_passed_over(networks, tmp_path):
    leftovers = {
        "netD": {"head.conv.weight": np.ones((32, 3, 3, 3), np.float32)},
        "net_disc": {"x": np.ones(1)},
        "epoch": 30000,
        "optimG": {"moment": np.full(3, np.nan), "LR_Scheduler": {"last_epoch": 30000, "last_lr": np.float64(1e-4)}},
    }
    path = write_paddlegan(tmp_path / "iter_30000_checkpoint.pdparams", {**leftovers, **networks})
    assert_holds(load_checkpoint(path), networks)


@pytest.mark.parametrize("protocol", [2, 4])
def test_what_paddle_saves_loads_and_equals_what_paddle_loads(paddle, networks, tmp_path, protocol):
    tensors = {
        network: OrderedDict((name, paddle.to_tensor(array)) for name, array in state.items())
        for network, state in networks.items()
    }
    path = tmp_path / "lapstyle.pdparams"
    paddle.save(tensors, str(path), protocol=protocol)
    read_by_paddle = paddle.load(str(path), return_numpy=True)
    assert_holds(load_checkpoint(path), read_by_paddle)
    assert_holds(load_checkpoint(path), networks)


def test_a_flat_state_as_paddle_saves_it_loads(paddle, networks, tmp_path):
    path = tmp_path / "flat.pdparams"
    paddle.save({name: paddle.to_tensor(array) for name, array in flat(networks).items()}, str(path))
    assert b"StructuredToParameterName@@" in path.read_bytes()
    assert_holds(load_checkpoint(path), networks)


def test_nested_arrays_as_paddle_saves_them_load(paddle, networks, tmp_path):
    path = tmp_path / "arrays.pdparams"
    paddle.save(networks, str(path))
    assert_holds(load_checkpoint(path), networks)


def test_our_networks_take_both_kinds_whole(paddle, whole_networks, tmp_path):
    from lapstyle.networks import DraftingNet, Encoder, RevisionNet, UniversalRevisionNet

    theirs = load_checkpoint(write_paddlegan(tmp_path / "theirs.pdparams", whole_networks))
    ours = load_checkpoint(SHIPPED)
    for layer, checkpoint, name in (
        (Encoder(identities=False), theirs, "net_enc"),
        (DraftingNet(), theirs, "net_dec"),
        (RevisionNet(), theirs, "net_rev_2"),
        (DraftingNet(), ours, "net_dec"),
        (UniversalRevisionNet(), ours, "net_rev"),
    ):
        state = checkpoint.network(name)
        missing, unexpected = layer.set_state_dict(state)
        assert (missing, unexpected) == ([], [])
        assert all(np.array_equal(value.numpy(), state[key]) for key, value in layer.state_dict().items())


def test_content_decides_and_not_the_name(shipped, networks, tmp_path):
    assert load_checkpoint(write_safetensors(tmp_path / "ours.pdparams", shipped)).kind == "universal"
    assert load_checkpoint(write_paddlegan(tmp_path / "theirs.safetensors", networks)).kind == "paddlegan"


def test_without_metadata_the_names_decide(shipped, networks, tmp_path):
    assert load_checkpoint(write_safetensors(tmp_path / "a.safetensors", shipped, {})).kind == "universal"
    assert load_checkpoint(write_safetensors(tmp_path / "b.safetensors", flat(networks), {})).kind == "paddlegan"


def test_paddlegan_weights_in_safetensors(networks, tmp_path):
    path = write_safetensors(tmp_path / "c.safetensors", flat(networks), {"upsampling": "nearest"})
    checkpoint = load_checkpoint(path)
    assert checkpoint.kind == "paddlegan"
    assert_holds(checkpoint, networks)


@pytest.mark.parametrize("absent", [("enc_4.7.", "enc_5.7."), ("enc_4.7.", "enc_5.")])
def test_deeper_layers_and_identities_may_be_absent(whole_networks, tmp_path, absent):
    changed = {**whole_networks, "net_enc": without(whole_networks["net_enc"], *absent)}
    assert_holds(load_checkpoint(write_paddlegan(tmp_path / "few.pdparams", changed)), changed)


def test_ours_with_the_deeper_layers_loads(shipped, tmp_path):
    deeper = safetensors.numpy.load_file(weights.path("vgg19_relu5_1.safetensors"))
    checkpoint = load_checkpoint(write_safetensors(tmp_path / "deep.safetensors", {**shipped, **deeper}))
    assert deeper.keys() <= checkpoint.parameters.keys()


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_of_revisions(networks, tmp_path, count):
    some = {name: state for name, state in networks.items() if not name.startswith("net_rev")}
    some |= {revision_name(number): networks["net_rev"] for number in range(1, count + 1)}
    assert load_checkpoint(write_paddlegan(tmp_path / "some.pdparams", some)).revisions == count


def test_columns_and_foreign_byte_order_are_put_right(networks, tmp_path):
    odd = {
        network: {name: np.asfortranarray(array).astype(">f4", order="F") for name, array in state.items()}
        for network, state in networks.items()
    }
    checkpoint = load_checkpoint(write_paddlegan(tmp_path / "odd.pdparams", odd))
    assert_holds(checkpoint, networks)
    assert all(array.flags.c_contiguous and array.dtype.isnative for array in checkpoint.parameters.values())


# The wrong ones


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
        (lambda array: array[:, :, :2], "has shape [64, 24, 2, 3], needs [64, 24, 3, 3]"),
        (lambda array: array.transpose(1, 0, 2, 3), "has shape [24, 64, 3, 3], needs [64, 24, 3, 3]"),
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
    deeper = safetensors.numpy.load_file(weights.path("vgg19_relu5_1.safetensors"))
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
def test_a_partial_paddlegan_checkpoint_is_named(whole_networks, tmp_path, dropped, missing):
    kept = without(flat(whole_networks), *dropped)
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
        archive.writestr("archive/data.pkl", pickle.dumps({}))


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


def test_a_file_that_is_too_large_is_not_even_read(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "SIZE_LIMIT", SHIPPED.stat().st_size - 1)
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


# Damage


@pytest.fixture(scope="module", params=["safetensors", "pdparams"])
def damaged(request, networks, tmp_path_factory):
    """A whole checkpoint in either format, to be damaged in place, and its bytes."""
    folder = tmp_path_factory.mktemp("damaged")
    path = folder / f"damaged.{request.param}"
    if request.param == "pdparams":
        write_paddlegan(path, networks)
    else:
        shutil.copyfile(SHIPPED, path)
    yield path, path.read_bytes()
    shutil.rmtree(folder)


@settings(max_examples=25, deadline=None)
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
