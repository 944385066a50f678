"""Checkpoints, ours and PaddleGAN's: every parameter comes back, whoever wrote the file."""

import hashlib
import shutil
from collections import OrderedDict

import numpy as np
import pytest

import weights
from lapstyle.checkpoints import load_checkpoint, revision_name
from tests.checkpoint_files import (
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


@pytest.fixture(scope="session")
def paddle():
    import paddle

    return paddle


def assert_holds(checkpoint, networks) -> None:
    expected = flat(networks)
    assert checkpoint.parameters.keys() == expected.keys()
    for name, array in checkpoint.parameters.items():
        assert array.dtype == np.float32
        assert np.array_equal(array, expected[name]), name


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


def test_what_paddlegan_writes_loads(tmp_path):
    path = write_paddlegan(tmp_path / "iter_30000_weight.pdparams", whole_networks())
    checkpoint = load_checkpoint(str(path))
    assert (checkpoint.kind, checkpoint.revisions) == ("paddlegan", 2)
    assert checkpoint.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert_holds(checkpoint, whole_networks())


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


def test_our_networks_take_both_kinds_whole(paddle, tmp_path):
    from lapstyle.networks import DraftingNet, Encoder, RevisionNet, UniversalRevisionNet

    theirs = load_checkpoint(write_paddlegan(tmp_path / "theirs.pdparams", whole_networks()))
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
def test_deeper_layers_and_identities_may_be_absent(tmp_path, absent):
    changed = {**whole_networks(), "net_enc": without(whole_networks()["net_enc"], *absent)}
    assert_holds(load_checkpoint(write_paddlegan(tmp_path / "few.pdparams", changed)), changed)


def test_ours_with_the_deeper_layers_loads(shipped, tmp_path):
    deeper = deeper_tensors()
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
