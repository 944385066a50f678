"""Checkpoints for tests to write: the shipped one, and whole ones of PaddleGAN with random weights."""

import pickle
from collections import OrderedDict
from functools import cache
from pathlib import Path

import numpy as np
import safetensors.numpy

import weights
from lapstyle import checkpoints

METADATA = {"format": "lapstyle", "upsampling": "bilinear", "style_modulation": checkpoints.STYLE_MODULATION}
EARLIER_METADATA = {
    1: METADATA,
    2: {**METADATA, "palette": "mean,covariance", "grain": checkpoints.GRAIN},
    3: {**METADATA, "palette": "mean,covariance,quantiles", "grain": checkpoints.GRAIN},
}
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


@cache
def whole_networks() -> dict[str, dict[str, np.ndarray]]:
    """A whole PaddleGAN checkpoint with random weights; tests copy what they change."""
    return {
        "net_enc": random_network("net_enc", 1),
        "net_dec": random_network("net_dec", 2),
        "net_rev": random_network("net_rev", 3),
        "net_rev_2": random_network("net_rev", 4),
    }


def few_networks() -> dict[str, dict[str, np.ndarray]]:
    """The same without the encoder's deeper layers, half of its size, which may be absent."""
    return {**whole_networks(), "net_enc": without(whole_networks()["net_enc"], "enc_5.")}


@cache
def shipped_tensors() -> dict[str, np.ndarray]:
    return safetensors.numpy.load_file(SHIPPED)


@cache
def earlier_tensors(version: int = 1) -> dict[str, np.ndarray]:
    """The weights of an earlier version; what is not in its file has stayed the same."""
    earlier = safetensors.numpy.load_file(weights.path(f"lapstyle_universal_{version}.safetensors"))
    return shipped_tensors() | earlier


def deeper_tensors() -> dict[str, np.ndarray]:
    return safetensors.numpy.load_file(weights.path("vgg19_relu5_1.safetensors"))


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
