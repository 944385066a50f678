"""A style pack's file: what is written is read, and nothing that is spoiled or hostile gets in."""

import io
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import assets
from lapstyle import pack_metadata
from lapstyle.checkpoints import load_checkpoint
from lapstyle.pack_file import whole_pack_bytes
from lapstyle.packs import is_pack, read_pack
from lapstyle.styles import find_style
from tests import checkpoint_files, pack_files
from tests.pictures import painting
from workbench.errors import (
    CheckpointMissing,
    NotAPicture,
    OutputNotWritten,
    PackDamaged,
    PackForOtherWeights,
    PackTooLarge,
    SettingWrong,
    StudioError,
)
from workbench.image_io import Picture, read_picture

WEIGHT = "net_dec.final_conv.1.weight"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packs")


@pytest.fixture(scope="module")
def pack(folder: Path) -> Path:
    return pack_files.write_tuned(folder / "poppies.safetensors")


@pytest.fixture(scope="module")
def whole(paddlegan_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    texts = {"name": "Random", "artist": "", "licence": ""}
    data = whole_pack_bytes(load_checkpoint(paddlegan_checkpoint), texts, Picture(painting("lion", (90, 60))))
    path = tmp_path_factory.mktemp("whole") / "whole.safetensors"
    path.write_bytes(data)
    return path


def webp(size: tuple[int, int], format: str = "WEBP") -> np.ndarray:
    memory = io.BytesIO()
    Image.new("RGB", size, "teal").save(memory, format)
    return np.frombuffer(memory.getvalue(), np.uint8)


class TestRoundTrip:
    def test_all_that_was_written_is_read(self, pack: Path) -> None:
        read = read_pack(pack)
        assert (read.name, read.artist, read.licence) == ("Poppies", "Claude Monet", "public domain")
        assert (read.kind, read.base, read.whole) == ("tuned", pack_files.universal().sha256, None)
        assert read.settings == {"stroke": "bold", "strength": 0.9}
        assert read.parameters.keys() == pack_files.taught().keys()
        for name, array in pack_files.taught().items():
            assert read.parameters[name].dtype == np.float32 and not read.parameters[name].flags.writeable
            assert np.array_equal(read.parameters[name], array.astype(np.float32))

    def test_the_pictures_are_those_that_were_given(self, pack: Path) -> None:
        read = read_pack(pack)
        difference = np.abs(read.painting.pixels - painting("poppies", (300, 240)).astype(np.float32))
        assert difference.mean() < 4
        thumbnail = read_picture(read.thumbnail)
        assert (thumbnail.width, thumbnail.height) == (300, 240)
        assert read.preview is not None and read_picture(read.preview).width == 120

    def test_a_large_painting_is_kept_at_the_side_that_styles_are_encoded_at(self, tmp_path: Path) -> None:
        for size, kept in ((2000, 1500), (683, 512)), ((600, 9000), (137, 2048)):
            large = Picture(painting("poppies", size))
            read = read_pack(pack_files.write_tuned(tmp_path / "large.safetensors", painting=large))
            assert (read.painting.width, read.painting.height) == kept
            assert read_picture(read.thumbnail).height <= 320

    def test_without_preview_artist_and_settings(self, tmp_path: Path) -> None:
        path = pack_files.write_tuned(tmp_path / "bare.safetensors", preview=None, artist="", licence="", settings=None)
        read = read_pack(path)
        assert (read.preview, read.artist, read.licence, read.settings) == (None, "", "", {})

    def test_it_is_small(self, pack: Path) -> None:
        assert pack.stat().st_size < 4_000_000

    def test_more_than_4_mb_are_not_written(self, tmp_path: Path) -> None:
        whole = {name: array for name, array in pack_files.universal().parameters.items() if "net_dec" in name}
        with pytest.raises(PackTooLarge, match=r"large\.safetensors would have 15\.\d+ MB, .* at most 4 MB"):
            pack_files.write_tuned(tmp_path / "large.safetensors", parameters=whole)
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        "changes", [{"name": ""}, {"name": "x" * 201}, {"artist": "a\nb"}, {"settings": {"strength": 2}}]
    )
    def test_what_would_not_be_read_is_not_written(self, tmp_path: Path, changes: dict[str, object]) -> None:
        with pytest.raises(SettingWrong):
            pack_files.write_tuned(tmp_path / "wrong.safetensors", **changes)
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("value", [float("nan"), 1e6])
    def test_nor_numbers_that_float16_cannot_hold(self, tmp_path: Path, value: float) -> None:
        spoiled = {WEIGHT: np.full((3, 64, 3, 3), value, np.float32)}
        with pytest.raises(PackDamaged, match="not finite"):
            pack_files.write_tuned(tmp_path / "wrong.safetensors", parameters=spoiled)
        assert list(tmp_path.iterdir()) == []

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(OutputNotWritten, match="its folder does not exist"):
            pack_files.write_tuned(tmp_path / "none" / "pack.safetensors")


class TestCheckpoint:
    def test_what_was_taught_replaces_the_bases(self, pack: Path) -> None:
        base = pack_files.universal()
        merged = read_pack(pack).checkpoint(base)
        assert merged.parameters.keys() == base.parameters.keys()
        for name, array in base.parameters.items():
            expected = pack_files.taught()[name].astype(np.float32) if name in pack_files.taught() else array
            assert np.array_equal(merged.parameters[name], expected)

    def test_other_weights_are_refused(self, pack: Path, earlier_checkpoint: Path) -> None:
        with pytest.raises(PackForOtherWeights, match=r"poppies\.safetensors was taught from other weights"):
            read_pack(pack).checkpoint(load_checkpoint(earlier_checkpoint))

    def test_so_are_the_same_weights_without_the_parameter(self, tmp_path: Path) -> None:
        """Its revision 2 has 32 channels: what was taught to one of 64 does not fit, whatever the file says."""
        taught = {"net_rev_2.down.bias": np.zeros(64, np.float16)}
        path = pack_files.write_tuned(tmp_path / "wide.safetensors", parameters=taught)
        with pytest.raises(PackForOtherWeights):
            read_pack(path).checkpoint(pack_files.universal())


class TestIsPack:
    def test_by_content(self, pack: Path, tmp_path: Path) -> None:
        assert is_pack(shutil.copy(pack, tmp_path / "renamed.jpg"))
        assert is_pack(str(pack))

    def test_what_is_none(self, pack: Path, tmp_path: Path, paddlegan_checkpoint: Path) -> None:
        (tmp_path / "empty").touch()
        (tmp_path / "short").write_bytes(pack.read_bytes()[:100])
        (tmp_path / "list").write_bytes((4).to_bytes(8, "little") + b"[[]]")
        (tmp_path / "deep").write_bytes((10**6).to_bytes(8, "little") + b"[" * 10**6)
        (tmp_path / "text").write_bytes((23).to_bytes(8, "little") + b'{"__metadata__": "text"}')
        none = [*tmp_path.iterdir(), tmp_path, tmp_path / "missing", checkpoint_files.SHIPPED, paddlegan_checkpoint]
        none += [assets.path("styles/lion.jpg"), Path("nul\0byte"), Path("x" * 5000)]
        assert [path for path in none if is_pack(path)] == []

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such files")
    def test_a_pipe_is_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        assert not is_pack(tmp_path / "pipe")


class TestStyle:
    def test_a_packs_file_is_a_style(self, pack: Path, tmp_path: Path) -> None:
        for path in (pack, str(pack), shutil.copy(pack, tmp_path / "no ending")):
            style = find_style(path)
            assert style.pack is not None and style.pack.name == "Poppies"
            assert np.array_equal(style.pixels, style.pack.painting.pixels)
        assert find_style(pack).name == "poppies"

    def test_the_same_painting_paints_differently(self, pack: Path, folder: Path) -> None:
        other = pack_files.write_tuned(folder / "other.safetensors", seed=1)
        first, second, plain = find_style(pack), find_style(other), find_style(find_style(pack).pixels)
        assert first.key == second.key == plain.key
        assert len({style.fingerprint for style in (first, second, plain)}) == 3

    def test_a_spoiled_one_says_so(self, pack: Path, tmp_path: Path) -> None:
        (tmp_path / "cut.safetensors").write_bytes(pack.read_bytes()[:-10])
        with pytest.raises(PackDamaged, match=r"cut\.safetensors is not a style pack that can be used"):
            find_style(tmp_path / "cut.safetensors")

    def test_weights_are_no_style(self) -> None:
        with pytest.raises(NotAPicture):
            find_style(checkpoint_files.SHIPPED)


LONG = "x" * 300

HOSTILE_METADATA = {
    "no format": ({"format": None}, "it is no style pack"),
    "version": ({"version": "2"}, "it is of version 2"),
    "no kind": ({"kind": None}, "of a kind that is not known"),
    "kind": ({"kind": "huge"}, "of a kind that is not known, huge"),
    "no base": ({"base": None}, "which weights"),
    "base": ({"base": "../" * 22}, "which weights"),
    "no name": ({"name": None}, "its name is not a line"),
    "blank name": ({"name": "  "}, "its name is not a line"),
    "long name": ({"name": "x" * 201}, "its name is not a line of at most 200 letters"),
    "escape in the artist": ({"artist": "\x1b[2J"}, "its artist is not a line"),
    "text that runs backwards": ({"name": "gnp.\u202eexe"}, "its name is not a line"),
    "long licence": ({"licence": LONG}, "its licence is not a line"),
    "settings that are no JSON": ({"settings": "{"}, "its settings are not JSON"),
    "settings that are a list": ({"settings": "[]"}, "its settings are not an object"),
    "deep settings": ({"settings": "[" * 999}, "its settings are not JSON"),
    "long settings": ({"settings": " " * 1001}, "its settings are too long"),
    "a setting that is unknown": ({"settings": '{"shell": "rm"}'}, "its settings are wrong: shell"),
    "a setting out of range": ({"settings": '{"strength": 7}'}, "its settings are wrong: strength"),
    "a setting that is no number": ({"settings": '{"detail": NaN}'}, "its settings are wrong: detail"),
    "a setting of a wrong type": ({"settings": '{"stroke": ["fine"]}'}, "its settings are wrong: stroke"),
    "a number beyond all": ({"settings": '{"strength": 1%s}' % ("0" * 400)}, "its settings are wrong"),
}

HOSTILE_TENSORS = {
    "no painting": ({"painting": None}, "it has no painting"),
    "no thumbnail": ({"thumbnail": None}, "it has no thumbnail"),
    "a painting of floats": ({"painting": np.zeros(9, np.float32)}, "its painting is not a row of bytes"),
    "a painting in rows": ({"painting": np.zeros((3, 3), np.uint8)}, "its painting is not a row of bytes"),
    "a painting of many bytes": ({"painting": np.zeros(1_000_001, np.uint8)}, "its painting is larger than 1 MB"),
    "a painting that is none": ({"painting": np.arange(99, dtype=np.uint8)}, "its painting is damaged"),
    "an empty painting": ({"painting": np.zeros(0, np.uint8)}, "its painting is damaged"),
    "a painting cut short": ({"painting": webp((300, 200))[:90]}, "its painting is damaged"),
    "a painting in another format": ({"painting": webp((9, 9), "PNG")}, "its painting is not a WebP picture"),
    "a painting that is too large": ({"painting": webp((2049, 2049))}, "at most 2048 px a side"),
    "a thumbnail that is": ({"thumbnail": webp((4000, 40))}, "its thumbnail is not a WebP picture"),
    "a preview that is none": ({"preview": np.arange(50, dtype=np.uint8)}, "its preview is damaged"),
    "a parameter of no network": ({"net_dis.head.conv.weight": np.zeros(3, np.float16)}, "net_dis.* can be taught"),
    "the encoder": ({"net_enc.enc_1.0.bias": np.zeros(3, np.float16)}, "net_enc.* can be taught"),
    "an unknown layer": ({"net_dec.backdoor.weight": np.zeros(3, np.float16)}, "net_dec.backdoor.* can be taught"),
    "a revision beyond all": ({"net_rev_99.down.bias": np.zeros(64, np.float16)}, "net_rev_99.* can be taught"),
    "another shape": (
        {WEIGHT: np.zeros((3, 64, 5, 5), np.float16)},
        r"has shape \[3, 64, 5, 5\], needs \[3, 64, 3, 3\]",
    ),
    "a huge shape": ({"net_dec.final_conv.1.bias": np.zeros((0, 10**9), np.float16)}, r"has shape \[0, 1000000000\]"),
    "float32": ({"net_dec.final_conv.1.bias": np.zeros(3, np.float32)}, "is not of type float16"),
    "whole numbers": ({"net_dec.final_conv.1.bias": np.zeros(3, np.int16)}, "is not of type float16"),
    "no number": ({"net_dec.final_conv.1.bias": np.full(3, np.nan, np.float16)}, "not finite"),
    "an infinite one": ({"net_dec.final_conv.1.bias": np.full(3, np.inf, np.float16)}, "not finite"),
    "more than 4 MB": ({f"net_rev_{n}.style.0.weight": np.zeros((896, 128), np.float16) for n in range(2, 19)}, "4 MB"),
}


class TestHostile:
    """Each is one sentence that names the file."""

    def refused(self, path: Path, reason: str) -> None:
        with pytest.raises(PackDamaged, match=reason) as refusal:
            read_pack(path)
        assert str(path) in str(refusal.value) and str(refusal.value).isprintable()

    @pytest.mark.parametrize("case", HOSTILE_METADATA)
    def test_in_what_it_says(self, folder: Path, case: str) -> None:
        metadata, reason = HOSTILE_METADATA[case]
        self.refused(pack_files.spoil(folder / "hostile.safetensors", {}, metadata), reason)

    @pytest.mark.parametrize("case", HOSTILE_TENSORS)
    def test_in_what_it_holds(self, folder: Path, case: str) -> None:
        tensors, reason = HOSTILE_TENSORS[case]
        self.refused(pack_files.spoil(folder / "hostile.safetensors", tensors, {}), reason)

    def test_a_type_that_numpy_lacks(self, folder: Path) -> None:
        data = pack_files.spoil(folder / "hostile.safetensors", {}, {}).read_bytes()
        header, end = pack_files.header_of(data)
        header["net_dec.final_conv.1.bias"]["dtype"] = "BF16"
        text = json.dumps(header).encode()
        path = folder / "hostile.safetensors"
        path.write_bytes(len(text).to_bytes(8, "little") + text + data[end:])
        self.refused(path, "net_dec.final_conv.1.bias has type BF16")

    def test_more_than_a_pack_can_have(self, folder: Path) -> None:
        path = folder / "hostile.safetensors"
        with path.open("wb") as file:
            file.truncate(pack_metadata.WHOLE_LIMIT + 1)
        self.refused(path, "it is larger than 32 MB")

    @pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 500, 20_000, -1])
    def test_cut_short(self, pack: Path, tmp_path: Path, length: int) -> None:
        (tmp_path / "cut.safetensors").write_bytes(pack.read_bytes()[:length])
        self.refused(tmp_path / "cut.safetensors", "is not a style pack")

    def test_a_pickle_is_not_run(self, tmp_path: Path) -> None:
        class Malice:
            def __reduce__(self):
                return os.mkdir, (str(tmp_path / "it ran"),)

        path = checkpoint_files.write_paddlegan(tmp_path / "pack.safetensors", {"painting": Malice()})
        with pytest.raises(StudioError):
            read_pack(path)
        assert not (tmp_path / "it ran").exists()

    def test_a_folder_and_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        self.refused(tmp_path, "it is not a file")
        with pytest.raises(CheckpointMissing):
            read_pack(tmp_path / "missing.safetensors")

    @settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.data())
    def test_any_change_to_its_bytes_is_read_or_refused(self, pack: Path, tmp_path: Path, data: st.DataObject) -> None:
        content = bytearray(pack.read_bytes())
        header = int.from_bytes(content[:8], "little")
        reach = data.draw(st.sampled_from([16, header, len(content)]))
        for _ in range(data.draw(st.integers(1, 5))):
            content[data.draw(st.integers(0, reach - 1))] = data.draw(st.integers(0, 255))
        (tmp_path / "changed.safetensors").write_bytes(content)
        try:
            read_pack(tmp_path / "changed.safetensors")
        except StudioError as refusal:
            assert str(refusal).isprintable()


class TestWhole:
    """PaddleGAN's checkpoints, which hold no painting, become packs with one: see also test_packs_installed.py."""

    def test_all_parameters_are_there_in_float16(self, whole: Path, paddlegan_checkpoint: Path) -> None:
        read, source = read_pack(whole), load_checkpoint(paddlegan_checkpoint)
        assert (read.kind, read.base, read.parameters) == ("whole", "", {})
        assert read.whole is not None and (read.whole.kind, read.whole.revisions) == ("paddlegan", 2)
        assert list(read.whole.parameters) == list(source.parameters)
        for name, array in source.parameters.items():
            assert np.array_equal(read.whole.parameters[name], array.astype(np.float16).astype(np.float32))

    @pytest.mark.parametrize(
        "tensors",
        [
            {"net_rev_2.DownBlock.1.bias": np.full(64, np.nan, np.float16)},
            {"net_rev_2.DownBlock.1.bias": np.zeros(63, np.float16)},
            {"net_rev_2.DownBlock.2.bias": np.zeros(64, np.float16)},
            {"net_rev_2.DownBlock.1.bias": np.zeros(64, np.uint8)},
        ],
    )
    def test_a_spoiled_parameter_is_refused(self, whole: Path, tmp_path: Path, tensors: dict[str, np.ndarray]) -> None:
        with safetensors.safe_open(whole, framework="numpy") as file:
            metadata = file.metadata()
        path = tmp_path / "spoiled.safetensors"
        safetensors.numpy.save_file({**safetensors.numpy.load_file(whole), **tensors}, path, metadata)
        with pytest.raises(PackDamaged, match=r"net_rev_2\.DownBlock"):
            read_pack(path)
