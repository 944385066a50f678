"""`python -m weights` writes manifest.json anew, after a file was added or changed. For developers, in a checkout."""

import hashlib
import json
from pathlib import Path

from weights import Record

# What files hold and under which licence, by a pattern of their names: the first that matches counts.
DESCRIPTIONS = {
    "lapstyle_universal.safetensors": (
        "encoder to relu4_1 (net_enc), drafting decoder (net_dec), universal revision networks 1 (net_rev, 64 "
        "channels) and 2 (net_rev_2, 32 channels), float16",
        "net_enc: CC-BY-4.0 (VGG-16, Simonyan & Zisserman; rescaled); net_dec, net_rev, net_rev_2: Apache-2.0",
    ),
    "lapstyle_universal_*.safetensors": (
        "what has changed since of the networks of an earlier version, with which packs taught from it are "
        "painted, float16",
        "Apache-2.0",
    ),
    "vgg19_relu5_1.safetensors": (
        "the encoder's deeper layers, from relu4_1 to relu5_1, which only the losses of training use, float16",
        "CC-BY-4.0 (VGG-16, Simonyan & Zisserman; rescaled)",
    ),
    "gallery_statistics.safetensors": (
        "the gallery's means and deviations at every side they are used at, float32 (lapstyle/gallery_statistics.py)",
        "Apache-2.0",
    ),
    "cyclegan/*_to_*.safetensors": (
        "a generator that translates (cyclegan.networks.ResnetGenerator), float16",
        "Apache-2.0",
    ),
    "cyclegan/*.webp": (
        "a sample photo before or after a translation",
        "CC-BY-4.0 (Picos de Europa, Aitzol Berasategi; reduced, and translated)",
    ),
    "cyclegan/enlarge_*.safetensors": (
        "a super-resolution network (cyclegan.networks.cycleGAN), float16",
        "Apache-2.0",
    ),
    "cyclegan/restore_*.safetensors": (
        "a super-resolution network for blurred, noisy or compressed pictures (cyclegan.networks.cycleGAN), float16",
        "Apache-2.0",
    ),
    "cyclegan/models.json": (
        "the models that translate: what they are called, what they translate, and their files",
        "Apache-2.0",
    ),
    "cyclegan/*.onnx": (
        "a super-resolution network without weights, as ONNX Runtime runs it, exported from cyclegan/networks.py",
        "Apache-2.0",
    ),
    "graphs/*": (
        "a network without weights, as ONNX Runtime runs it, exported from lapstyle/networks.py",
        "Apache-2.0",
    ),
}


def describe(folder: Path) -> dict[str, Record]:
    """The manifest of the data files in a folder; raises `LookupError` for a file without a description."""
    manifest: dict[str, Record] = {}
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder)
        if file.is_dir() or file.suffix in (".py", ".pyc", ".md") or name == Path("manifest.json"):
            continue
        found = [description for pattern, description in DESCRIPTIONS.items() if name.match(pattern)]
        if not found:
            raise LookupError(f"weights/{name.as_posix()} has no description: add one to weights/__main__.py")
        holds, licence = found[0]
        data = file.read_bytes()
        manifest[name.as_posix()] = Record(
            bytes=len(data), sha256=hashlib.sha256(data).hexdigest(), holds=holds, licence=licence
        )
    return manifest


if __name__ == "__main__":
    here = Path(__file__).parent
    text = json.dumps(describe(here), indent=1, ensure_ascii=False) + "\n"
    (here / "manifest.json").write_text(text, encoding="utf-8", newline="\n")
