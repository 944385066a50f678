"""Every file that comes with the program is the one that its record describes."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

import assets
import weights
from workbench.errors import DataFileMissing, StudioError

NOT_DATA = {".py", ".pyc", ".md"}
STYLES = {style.id: style for style in assets.gallery()}
PHOTOS = {photo.id: photo for photo in assets.samples()}


def data_files(package) -> set[str]:
    folder = Path(package.__file__).parent
    files = (file for file in folder.rglob("*") if file.is_file() and file.suffix not in NOT_DATA)
    return {file.relative_to(folder).as_posix() for file in files} - {"manifest.json"}


@pytest.mark.parametrize("package", [weights, assets], ids=["weights", "assets"])
def test_every_file_has_the_hash_of_its_record(package):
    manifest = package.manifest()
    found = {
        name: (len(data := package.path(name).read_bytes()), hashlib.sha256(data).hexdigest())
        for name in data_files(package)
        if not name.endswith(("gallery.json", "samples.json", "packs.json"))
    }
    recorded = {name: (record["bytes"], record["sha256"]) for name, record in manifest.items()}
    assert found == recorded, f"run python -m {package.__name__} if the change was meant"


def test_every_weight_has_its_content_and_licence_recorded():
    for name, record in weights.manifest().items():
        assert record["holds"], name
        assert "Apache-2.0" in record["licence"] or "CC-BY-4.0" in record["licence"], name


def test_the_model_cards_cover_every_file_with_weights():
    cards = weights.path("README.md").read_text(encoding="utf-8")
    files = [name for name in weights.manifest() if name.endswith(".safetensors")]
    assert weights.UNIVERSAL in files
    for name in files:
        assert f"`{name}`" in cards


def test_every_picture_has_a_record():
    pictures = {f"styles/{style.path.name}" for style in STYLES.values()}
    pictures |= {f"samples/{photo.path.name}" for photo in PHOTOS.values()}
    assert pictures == {name for name in assets.manifest() if not name.startswith("packs/")}
    assert len(STYLES) == 19
    assert len(PHOTOS) == 8


@pytest.mark.parametrize("entry", [*STYLES.values(), *PHOTOS.values()], ids=lambda entry: entry.id)
def test_a_picture_opens_and_its_licence_is_listed(entry):
    with Image.open(entry.path) as picture:
        picture.load()
        assert min(picture.size) >= 256
    assert all(vars(entry).values())
    author = entry.artist if isinstance(entry, assets.GalleryStyle) else entry.author
    listed = assets.path("LICENCES.md").read_text(encoding="utf-8").splitlines()
    row = next(line for line in listed if line.startswith(f"| {entry.path.name} |"))
    for fact in (entry.title, author, entry.source, entry.licence):
        assert f"| {fact} |" in row


def test_styles_are_found_by_id():
    assert STYLES["great-wave"].artist == "Katsushika Hokusai"
    assert STYLES["great-wave"].path == assets.path("styles/great-wave.jpg")
    assert PHOTOS["astronaut"].licence == "public domain"


@pytest.mark.parametrize("package", [weights, assets], ids=["weights", "assets"])
@pytest.mark.parametrize(
    "name", ["nothing.jpg", "", ".", "styles", "../LICENSE", "styles/../__init__.py", "/etc/hostname"]
)
def test_what_is_not_there_is_missing_by_name(package, name):
    with pytest.raises(DataFileMissing) as missing:
        package.path(name)
    assert isinstance(missing.value, StudioError)
    assert f"{package.__name__}/{name}" in str(missing.value)


def test_files_are_found_from_any_folder(tmp_path):
    script = (
        f"import sys; sys.path.insert(0, {str(Path(assets.__file__).parents[1])!r}); import assets, weights, json;"
        "print(json.dumps([str(weights.path(weights.UNIVERSAL)), *(str(style.path) for style in assets.gallery())]))"
    )
    output = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, check=True).stdout
    assert all(Path(found).is_file() for found in json.loads(output))
