"""Style packs on the command line: listed, installed, removed, and used wherever a style is named."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import assets
import weights
from lapstyle import pack_shelf
from lapstyle.earlier_weights import shipped_bases
from lapstyle.packs import installed_packs, read_pack
from recipes.preset import load_preset
from tests import checkpoint_files, pack_files
from tests.command import Outcome
from tests.pictures import painting
from workbench.image_io import Picture, read_picture, write_picture

Command = Callable[..., Outcome]
SHIPPED = pack_shelf.shipped_packs()


@pytest.fixture(autouse=True)
def own_shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No pack of one test is seen by another, nor those that ship."""
    shelf = tmp_path / "shelf"
    for module in ("lapstyle.pack_shelf", "lapstyle.packs"):
        monkeypatch.setattr(f"{module}.packs_folder", lambda: shelf)
        monkeypatch.setattr(f"{module}.shipped_packs", lambda: ())
    yield


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pack_files.write_tuned(tmp_path_factory.mktemp("made") / "my poppies.safetensors")


@pytest.fixture
def pack(made: Path, tmp_path: Path) -> Path:
    """A pack's file that a test may spoil."""
    return Path(shutil.copy(made, tmp_path))


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    write_picture(Picture(painting("starry-night", (120, 100))), tmp_path / "starry.png")
    return tmp_path / "starry.png"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file as PaddleGAN's trainer writes it: four networks, each a dict of arrays, and the optimizers."""
    networks = {
        network: {name: values * np.float32(0.02) for name, values in state.items()}
        for network, state in checkpoint_files.whole_networks().items()
    }
    rest = {"optimizer": {"LR_Scheduler": {"last_lr": 1e-4}}, "epoch": 1, "iters": 30000}
    path = tmp_path_factory.mktemp("published") / "lapstyle_starrynew.pdparams"
    return checkpoint_files.write_paddlegan(path, {**networks, **rest})


class TestList:
    def test_packs_follow_the_paintings(self, lapstyle: Command, pack: Path) -> None:
        lapstyle("styles", "add", pack)
        line = lapstyle("styles").out.splitlines()[-1]
        assert re.split(r"  +", line) == ["poppies-pack", "Poppies", "Claude Monet", "style pack"]
        listed = json.loads(lapstyle("styles", "--json").out)
        assert [entry["pack"] for entry in listed[:-1]] == [None] * len(assets.gallery())
        installed = packs_folder_of(listed[-1])
        assert listed[-1] == {
            "name": "poppies-pack",
            "title": "Poppies",
            "artist": "Claude Monet",
            "year": "",
            "file": str(installed),
            "source": "",
            "licence": "public domain",
            "pack": {"kind": "tuned", "shipped": False, "settings": {"stroke": "bold", "strength": 0.9}},
        }
        assert installed.read_bytes() == pack.read_bytes()

    def test_what_is_no_pack_is_passed_over(self, lapstyle: Command, pack: Path) -> None:
        before = lapstyle("styles").out
        lapstyle("styles", "add", pack)
        folder = pack_shelf.packs_folder()
        shutil.copy(checkpoint_files.SHIPPED, folder / "weights.safetensors")
        (folder / "cut.safetensors").write_bytes(pack.read_bytes()[:3000])
        (folder / "empty.safetensors").touch()
        (folder / "folder.safetensors").mkdir()
        (folder / "wide.safetensors").write_bytes(b"\xff" * 64)
        lapstyle("styles", "remove", "poppies-pack")
        assert lapstyle("styles") == Outcome(0, before, "")


def packs_folder_of(entry: dict[str, str]) -> Path:
    path = Path(entry["file"])
    assert path.parent == pack_shelf.packs_folder()
    return path


class TestShipped:
    def test_all_that_the_manifest_names_are_sound_and_for_the_gallery(self) -> None:
        paintings = {style.id for style in assets.gallery()}
        licences = assets.path("LICENCES.md").read_text(encoding="utf-8")
        for card in SHIPPED:
            assert read_pack(card.path).base in shipped_bases()
            assert card.id.removesuffix("-pack") in paintings and card.licence and card.shipped
            assert f"| {card.path.name} | {card.name} | {card.artist} | {card.licence} |" in licences

    def test_they_are_styles_that_cannot_be_removed(
        self, lapstyle: Command, pack: Path, photo: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        card = pack_shelf._card(Path(shutil.copy(pack, pack.parent / "poppies-pack.safetensors")), shipped=True)
        monkeypatch.setattr(pack_shelf, "shipped_packs", lambda: (card,))
        assert lapstyle("styles", "add", pack).out == "poppies-pack\n" and not installed_packs(), "it is there already"
        other = pack_files.write_tuned(pack.with_name("other.safetensors"), seed=1)
        assert lapstyle("styles", "add", other).out == "poppies-pack-2\n", "its name is taken"
        assert lapstyle("styles", "remove", "poppies-pack").code == 1 and card.path.exists()
        assert lapstyle("stylize", photo, "-s", "poppies-pack", "--size", 48).code == 0


class TestAdd:
    def test_the_same_pack_is_kept_once_and_another_of_its_name_beside_it(self, lapstyle: Command, pack: Path) -> None:
        names = [lapstyle("styles", "add", pack).out for _ in range(2)]
        other = pack_files.write_tuned(pack.with_name("other.safetensors"), seed=1)
        names.append(lapstyle("styles", "add", other).out)
        assert names == ["poppies-pack\n", "poppies-pack\n", "poppies-pack-2\n"]
        assert [card.id for card in installed_packs()] == ["poppies-pack", "poppies-pack-2"]

    @pytest.mark.parametrize(
        ("name", "id"),
        [
            ("星夜", "星夜-pack"),
            ("../../etc/passwd", "etc-passwd-pack"),
            ("C:\\Windows", "c-windows-pack"),
            ("...", "style-pack"),
            ("Great Wave pack", "great-wave-pack"),
            ("Ä" * 80, "ä" * 50 + "-pack"),
            ("\U00020000" * 200, "\U00020000" * 50 + "-pack"),
        ],
    )
    def test_whatever_its_name_it_is_a_file_in_the_folder(
        self, lapstyle: Command, tmp_path: Path, name: str, id: str
    ) -> None:
        path = pack_files.write_tuned(tmp_path / "pack.safetensors", name=name)
        assert lapstyle("styles", "add", path) == Outcome(0, f"{id}\n", "")
        assert [file.name for file in pack_shelf.packs_folder().iterdir()] == [f"{id}.safetensors"]

    def test_hostile_ones_are_refused_in_a_sentence(self, lapstyle: Command, tmp_path: Path) -> None:
        for number, (tensors, metadata) in enumerate(
            [
                ({}, {"name": "\x1b[31mred"}),
                ({"net_dec.final_conv.1.bias": np.full(3, np.nan, np.float16)}, {}),
                ({"net_enc.enc_1.0.bias": np.zeros(3, np.float16)}, {}),
            ]
        ):
            path = pack_files.spoil(tmp_path / f"{number}.safetensors", tensors, metadata)
            outcome = lapstyle("styles", "add", path)
            assert (outcome.code, outcome.out) == (1, "")
            assert outcome.err.startswith(f"lapstyle: {path} is not a style pack that can be used (")
        assert not pack_shelf.packs_folder().exists()

    def test_one_for_other_weights(self, lapstyle: Command, tmp_path: Path) -> None:
        path = pack_files.write_tuned(tmp_path / "pack.safetensors", base="0" * 64)
        outcome = lapstyle("styles", "add", path)
        assert (outcome.code, outcome.out) == (1, "")
        assert f"{path} was taught from other weights than lapstyle_universal.safetensors" in outcome.err

    @pytest.mark.parametrize("base", weights.EARLIER)
    def test_one_of_earlier_weights_that_come_with_the_program(
        self, lapstyle: Command, photo: Path, tmp_path: Path, base: str
    ) -> None:
        path = pack_files.write_tuned(tmp_path / "pack.safetensors", base=base)
        assert lapstyle("styles", "add", path) == Outcome(0, "poppies-pack\n", "")
        assert lapstyle("stylize", photo, "-s", "poppies-pack", "--size", 48).code == 0

    def test_a_pack_needs_no_painting(self, lapstyle: Command, pack: Path, picture: Path) -> None:
        outcome = lapstyle("styles", "add", pack, "--painting", picture)
        assert (outcome.code, outcome.out) == (2, "") and "leave the options out" in outcome.err

    def test_what_is_neither_pack_nor_checkpoint(self, lapstyle: Command, photo: Path, tmp_path: Path) -> None:
        for path in (photo, tmp_path / "missing", tmp_path):
            outcome = lapstyle("styles", "add", path, "--painting", photo)
            assert (outcome.code, outcome.out) == (1, "")
            assert str(path) in outcome.err and outcome.err.count("\n") == 1

    def test_a_folder_that_cannot_be_made(self, lapstyle: Command, pack: Path) -> None:
        pack_shelf.packs_folder().touch()
        outcome = lapstyle("styles", "add", pack)
        assert outcome.code == 1 and "could not be written" in outcome.err


class TestAddPaddleGAN:
    def test_with_its_painting_it_is_a_pack_that_paints(
        self, lapstyle: Command, published: Path, picture: Path, photo: Path
    ) -> None:
        described = ("--name", "The Starry Night", "--artist", "Vincent van Gogh", "--licence", "Apache-2.0")
        outcome = lapstyle("styles", "add", published, "--painting", picture, *described)
        assert outcome == Outcome(0, "the-starry-night-pack\n", "")
        (card,) = installed_packs()
        assert (card.name, card.artist, card.licence, card.kind) == (*described[1::2], "whole")
        painting = read_pack(card.path).painting.pixels.astype(np.float32)
        assert np.abs(painting - read_picture(picture).pixels).mean() < 8
        assert card.path.stat().st_size < 25_000_000
        painted, checked = photo.with_name("pack.png"), photo.with_name("checkpoint.png")
        assert lapstyle("stylize", photo, "-s", "the-starry-night-pack", "-o", painted).code == 0
        assert lapstyle("stylize", photo, "-s", picture, "--checkpoint", published, "-o", checked).code == 0
        difference = read_picture(painted).pixels.astype(int) - read_picture(checked).pixels
        assert np.abs(difference).mean() < 3

    def test_without_a_name_it_has_its_files(self, lapstyle: Command, published: Path, picture: Path) -> None:
        assert lapstyle("styles", "add", published, "--painting", picture).out == "lapstyle-starrynew-pack\n"

    def test_without_its_painting(self, lapstyle: Command, published: Path) -> None:
        outcome = lapstyle("styles", "add", published)
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err.startswith(f"lapstyle: {published} holds no painting to take the style from.")

    def test_with_a_painting_that_is_none(self, lapstyle: Command, published: Path, tmp_path: Path) -> None:
        outcome = lapstyle("styles", "add", published, "--painting", tmp_path / "missing.jpg")
        assert (outcome.code, outcome.out) == (1, "") and "missing.jpg does not exist" in outcome.err

    def test_a_name_that_is_too_long(self, lapstyle: Command, published: Path, picture: Path) -> None:
        outcome = lapstyle("styles", "add", published, "--painting", picture, "--name", "x" * 201)
        assert outcome.code == 2 and "at most 200 letters" in outcome.err
        assert installed_packs() == ()


class TestRemove:
    def test_the_file_that_it_was_installed_from_stays(self, lapstyle: Command, pack: Path) -> None:
        lapstyle("styles", "add", pack)
        assert lapstyle("styles", "remove", "poppies-pack") == Outcome(0, "", "")
        assert installed_packs() == () and pack.exists()

    @pytest.mark.parametrize("name", ["poppies", "nothing", "../my poppies", "", "great-wave"])
    def test_what_is_not_installed(self, lapstyle: Command, pack: Path, name: str) -> None:
        lapstyle("styles", "add", pack)
        outcome = lapstyle("styles", "remove", name)
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err.endswith("Installed are: poppies-pack.\n")
        assert pack.exists() and len(installed_packs()) == 1


class TestUse:
    def test_by_name_and_by_file_it_paints_the_same(self, lapstyle: Command, pack: Path, photo: Path) -> None:
        lapstyle("styles", "add", pack)
        by_name, by_file, plain = (photo.with_name(f"{n}.png") for n in range(3))
        assert lapstyle("stylize", photo, "-s", "poppies-pack", "-o", by_name).code == 0
        assert lapstyle("stylize", photo, "-s", pack, "-o", by_file).code == 0
        assert lapstyle("stylize", photo, "-s", "poppies", "-o", plain).code == 0
        assert np.array_equal(read_picture(by_name).pixels, read_picture(by_file).pixels)
        assert not np.array_equal(read_picture(by_name).pixels, read_picture(plain).pixels)

    def test_results_are_named_after_it_and_it_is_never_written_over(
        self, lapstyle: Command, pack: Path, photo: Path
    ) -> None:
        before = pack.read_bytes()
        told = json.loads(lapstyle("stylize", photo, "-s", f"{pack}:2", "-s", "lion", "--size", 48, "--json").out)
        assert Path(told["output"]).name == f"{photo.stem}-my poppies+lion.jpg"
        for ending in ("", ".jpg"):
            renamed = Path(shutil.copy(pack, pack.with_name(f"style{ending}")))
            outcome = lapstyle("stylize", photo, "-s", renamed, "-o", renamed, "--format", "jpg")
            assert outcome.code and renamed.read_bytes() == before

    def test_a_preset_keeps_it_by_name_and_by_file(self, lapstyle: Command, pack: Path, photo: Path) -> None:
        lapstyle("styles", "add", pack)
        preset, first, second = (photo.with_name(name) for name in ("preset.json", "1.png", "2.png"))
        styles = ("-s", "poppies-pack:0.5", "-s", f"{pack}:0.25", "-s", "lion:0.25")
        assert lapstyle("stylize", photo, *styles, "-o", first, "--save-preset", preset).code == 0
        saved = json.loads(preset.read_text(encoding="utf-8"))["styles"]
        assert saved[:2] == [{"style": "poppies-pack", "weight": 0.5}, {"picture": pack.name, "weight": 0.25}]
        assert load_preset(preset).styles[0] == ("poppies-pack", 0.5)
        assert lapstyle("stylize", photo, "--preset", preset, "-o", second).code == 0
        assert first.read_bytes() == second.read_bytes()

    def test_a_preset_with_a_pack_that_is_gone(self, lapstyle: Command, photo: Path) -> None:
        preset = photo.with_name("preset.json")
        preset.write_text('{"version": 1, "styles": [{"style": "gone-pack"}]}', encoding="utf-8")
        outcome = lapstyle("stylize", photo, "--preset", preset)
        assert outcome.code == 1 and "There is no style called gone-pack" in outcome.err

    def test_a_batch_paints_with_it_and_knows_another_pack(self, lapstyle: Command, pack: Path, photo: Path) -> None:
        output = photo.with_name("painted")
        command = ("batch", photo, "-o", output, "-s", pack, "--size", 48, "--pattern", "{stem} in {style}", "--json")
        summaries = [json.loads(lapstyle(*command).out) for _ in range(2)]
        assert (output / f"{photo.stem} in my poppies.jpg").is_file()
        pack_files.write_tuned(pack, seed=1)
        summaries.append(json.loads(lapstyle(*command).out))
        assert [states(summary) for summary in summaries] == [["done"], ["skipped"], ["done"]]

    def test_a_sheet_names_it(self, lapstyle: Command, pack: Path, photo: Path) -> None:
        lapstyle("styles", "add", pack)
        sheet = photo.with_name("sheet.png")
        assert lapstyle("sheet", photo, "-s", "poppies-pack", "-s", pack, "-o", sheet, "--size", 64).code == 0
        assert read_picture(sheet).width > 3 * 64

    def test_a_pack_of_other_weights_says_so(self, lapstyle: Command, tmp_path: Path, photo: Path) -> None:
        path = pack_files.write_tuned(tmp_path / "pack.safetensors", base="0" * 64)
        outcome = lapstyle("stylize", photo, "-s", path)
        assert outcome.code == 1 and f"{path} was taught from other weights" in outcome.err


def states(report: dict) -> list[str]:
    return [entry["state"] for entry in report["pictures"]]
