"""Enlarging: sharper than bicubic, the same for any tiles, at every size and depth."""

import io
import subprocess
import sys

import numpy as np
import paddle
import pytest
from PIL import Image, ImageFilter

import weights
from cyclegan.factor import FACTORS, Factor
from cyclegan.networks import cycleGAN
from cyclegan.upscale import Enlarger
from tests.networks import load
from tests.pictures import sample
from workbench.errors import PictureTooLarge, SettingWrong
from workbench.image_io import Picture
from workbench.progress import Cancellation, Cancelled, run


@pytest.fixture(scope="module")
def enlarger() -> Enlarger:
    return Enlarger("cpu")


def enlarged(enlarger: Enlarger, pixels: np.ndarray, factor: Factor) -> np.ndarray:
    return run(enlarger.enlarge(Picture(pixels), factor)).pixels


def luma(pixels: np.ndarray) -> np.ndarray:
    """ITU-R BT.601's, 16 to 235, as the papers on super-resolution take it."""
    return pixels.astype(np.float64) @ np.array([65.481, 128.553, 24.966]) / 255 + 16


def psnr(one: np.ndarray, other: np.ndarray, border: int) -> float:
    inner = np.s_[border:-border, border:-border]
    return float(10 * np.log10(255**2 / np.mean((luma(one)[inner] - luma(other)[inner]) ** 2)))


@pytest.mark.parametrize("factor", FACTORS)
def test_it_is_nearer_to_the_truth_than_bicubic(enlarger, factor):
    """On photos that no training has seen."""
    gains = []
    for name, size in (("cat", (320, 200)), ("coffee", (360, 240)), ("astronaut", (320, 320))):
        truth = sample(name, size)
        small = Image.fromarray(truth).resize((size[0] // factor, size[1] // factor), Image.Resampling.BICUBIC)
        bicubic = np.asarray(small.resize(size, Image.Resampling.BICUBIC))
        ours = enlarged(enlarger, np.asarray(small), factor)
        gains.append(psnr(ours, truth, factor) - psnr(bicubic, truth, factor))
    assert np.mean(gains) > 0.8, gains


def suffered(pixels: np.ndarray, seed: int) -> np.ndarray:
    """Out of focus, with a little noise, saved as a small JPEG."""
    soft = Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(0.7))
    noisy = np.asarray(soft) + np.random.default_rng(seed).normal(0, 3, pixels.shape)
    file = io.BytesIO()
    Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=60)
    return np.asarray(Image.open(file))


@pytest.mark.parametrize("factor", FACTORS)
def test_restoring_is_nearer_to_the_truth_where_the_picture_suffered(enlarger, factor):
    """On photos that no training has seen."""
    restorer = Enlarger("cpu", restore=True)
    figures = []
    for seed, (name, size) in enumerate((("cat", (320, 200)), ("coffee", (360, 240)), ("astronaut", (320, 320)))):
        truth = sample(name, size)
        small = Image.fromarray(truth).resize((size[0] // factor, size[1] // factor), Image.Resampling.BICUBIC)
        bad = suffered(np.asarray(small), seed)
        bicubic = np.asarray(Image.fromarray(bad).resize(size, Image.Resampling.BICUBIC))
        tried = [enlarged(restorer, bad, factor), enlarged(enlarger, bad, factor), bicubic]
        figures.append([psnr(pixels, truth, factor) for pixels in tried])
    restored, plain, resampled = np.mean(figures, axis=0)
    assert restored > max(plain, resampled) + 0.4, (restored, plain, resampled)


def test_restoring_with_a_network_of_ones_own_is_refused(tmp_path):
    with pytest.raises(SettingWrong, match="restore"):
        Enlarger("cpu", model=tmp_path / "own.safetensors", restore=True)


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize("restore", [False, True])
@paddle.no_grad()
def test_it_is_what_the_paddle_network_gives(factor, restore):
    """Whose batch norms are not folded; inside, where reflected and zero edges are out of sight."""
    from safetensors.numpy import load_file

    enlarger = Enlarger("cpu", restore=restore)
    parameters = load_file(weights.path(f"cyclegan/{'restore' if restore else 'enlarge'}_{factor}.safetensors"))
    network = load(cycleGAN(factor), {name: values.astype(np.float32) for name, values in parameters.items()})
    photo = sample("cat", (120, 96))
    picture = paddle.to_tensor(photo.transpose(2, 0, 1)[None].astype(np.float32) / np.float32(255))
    expected = network(picture)[0].numpy().transpose(1, 2, 0).clip(0, 1)
    inner = np.s_[40 * factor : -40 * factor, 40 * factor : -40 * factor]
    ours = enlarged(enlarger, photo.astype(np.float32) / np.float32(255), factor)
    assert np.abs(ours[inner] - expected[inner]).max() < 2e-3


def test_an_export_gives_the_graphs_that_are_committed(tmp_path):
    """In a process of its own: Paddle numbers its tensors as it goes."""
    subprocess.run([sys.executable, "-m", "cyclegan.graphs", tmp_path], check=True, capture_output=True)
    for factor in FACTORS:
        name = f"enlarge_{factor}.onnx"
        committed = weights.path(f"cyclegan/{name}").read_bytes()
        assert (tmp_path / name).read_bytes() == committed, f"make graphs: {name} has changed"


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize("tile", [38, 64, 100])
def test_tiles_do_not_show(enlarger, factor, tile):
    photo = sample("coffee", (131, 87)).astype(np.float32) / np.float32(255)
    whole = enlarged(Enlarger("cpu", tile=1000), photo, factor)
    assert np.abs(enlarged(Enlarger("cpu", tile=tile), photo, factor) - whole).max() <= 2e-4


@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (30, 1), (2, 3), (17, 5)])
def test_any_size(enlarger, shape):
    photo = sample("cat", (shape[1], shape[0]))
    assert enlarged(enlarger, photo, 2).shape == (2 * shape[0], 2 * shape[1], 3)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_depth_and_transparency_stay(enlarger, dtype):
    white = 1 if dtype == np.float32 else np.iinfo(dtype).max
    photo = (sample("cat", (40, 30)) / 255 * white).astype(dtype)
    alpha = np.full((30, 40), white, dtype)
    alpha[:, :20] = 0
    result = run(enlarger.enlarge(Picture(photo, alpha), 2))
    assert result.pixels.dtype == result.alpha.dtype == dtype
    assert result.alpha.min() == 0 and result.alpha.max() == white, "no cubic overshoots"
    assert (result.alpha[:, :30] == 0).all() and (result.alpha[:, 50:] == white).all()
    assert np.abs(result.pixels / white - enlarged(enlarger, sample("cat", (40, 30)), 2) / 255).max() < 0.01


@pytest.mark.parametrize("factor", [0, 1, 3, 8, 2.0, True, "2", None])
def test_other_factors_are_refused(enlarger, factor):
    with pytest.raises(SettingWrong, match="give 2 or 4"):
        next(enlarger.enlarge(Picture(np.zeros((4, 4, 3), np.uint8)), factor))


def test_what_would_be_too_large_is_refused_before_anything_is_made(enlarger):
    photo = np.broadcast_to(np.uint8(0), (4000, 4000, 3))
    with pytest.raises(PictureTooLarge, match="256"):
        next(enlarger.enlarge(Picture(photo), 4))


def test_it_can_be_cancelled(enlarger):
    cancellation = Cancellation()
    job = enlarger.enlarge(Picture(sample("cat", (400, 400))), 2, cancellation)
    next(job)
    cancellation.cancel()
    with pytest.raises(Cancelled):
        next(job)
