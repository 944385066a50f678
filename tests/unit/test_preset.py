"""Presets: what is saved comes back, what is not a preset is refused by file and field."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lapstyle.settings import Settings
from noise.pipeline import Pipeline
from noise.points import SaltPepper
from recipes.pipeline_file import load_pipeline, save_pipeline
from recipes.preset import Preset, load_preset, save_preset
from workbench.errors import OutputNotWritten, PictureMissing, PresetForPainting, PresetOfSteps, PresetWrong
from workbench.image_io import WriteOptions

VALID: dict[str, Any] = {
    "version": 1,
    "styles": [{"style": "great-wave", "weight": 1}, {"picture": "mine/画.jpg", "weight": 0.4}],
    "settings": {"strength": 0.5, "stroke": "bold"},
    "output": {"suffix": ".png", "pattern": "{stem} in {style}", "quality": 80, "dpi": 300},
}


def written(folder: Path, content: object) -> Path:
    path = folder / "my.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def changed(*path: str | int, to: object) -> dict[str, Any]:
    """The valid preset with one field changed."""
    content = json.loads(json.dumps(VALID))
    *parents, last = path
    place = content
    for part in parents:
        place = place[part]
    place[last] = to
    return content  # type: ignore[no-any-return]


def test_a_preset_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    preset = Preset(
        styles=(("great-wave", 1.0), (tmp_path / "mine" / "画.jpg", 0.4)),
        settings=Settings(strength=0.25, color=0.5, stroke=200, detail=1.5, size=3000),
        options=WriteOptions(quality=70, compression=9, profile="keep", metadata="strip", dpi=240.0),
        suffix=".tif",
        pattern="{style}/{index:03} {stem}",
        enlarge=4,
    )
    save_preset(preset, tmp_path / "preset.json")
    assert load_preset(tmp_path / "preset.json") == preset
    assert [path.name for path in tmp_path.iterdir()] == ["preset.json"]


def test_pictures_move_with_the_preset(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    save_preset(Preset(styles=((first / "mine.jpg", 1.0),)), first / "p.json")
    assert json.loads((first / "p.json").read_text())["styles"][0]["picture"] == "mine.jpg"
    first.rename(second)
    assert load_preset(second / "p.json").styles == ((second / "mine.jpg", 1.0),)


def test_a_preset_written_by_hand_takes_the_defaults(tmp_path: Path) -> None:
    preset = load_preset(written(tmp_path, {"version": 1, "styles": [{"style": "spring"}]}))
    assert preset == Preset(styles=(("spring", 1.0),))
    preset = load_preset(written(tmp_path, VALID))
    assert preset.styles == (("great-wave", 1.0), (tmp_path / "mine" / "画.jpg", 0.4))
    assert (preset.settings.strength, preset.options.quality, preset.suffix) == (0.5, 80, ".png")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ([], "version"),
        ({"styles": []}, "version"),
        (changed("version", to=2), "version"),
        (changed("version", to=True), "version"),
        (changed("extra", to=1), "extra"),
        (changed("styles", to=[]), "styles"),
        (changed("styles", to={"style": "x"}), "styles"),
        (changed("styles", to=[{"style": "x"}] * 65), "styles"),
        (changed("styles", 1, to="great-wave"), "styles[1]"),
        (changed("styles", 0, "picture", to="x.jpg"), "styles[0]"),
        (changed("styles", 0, "style", to=""), "styles[0]"),
        (changed("styles", 0, "style", to=3), "styles[0]"),
        (changed("styles", 1, "picture", to="a\0b"), "styles[1]"),
        (changed("styles", 0, "weight", to=0), "styles[0].weight"),
        (changed("styles", 0, "weight", to="1"), "styles[0].weight"),
        (changed("styles", 0, "weight", to=True), "styles[0].weight"),
        (changed("styles", 0, "weight", to=10**400), "styles[0].weight"),
        (changed("styles", 0, "wieght", to=1), "wieght"),
        (changed("settings", to=[]), "settings"),
        (changed("settings", "strength", to=1.5), "strength"),
        (changed("settings", "strength", to=10**400), "settings"),
        (changed("settings", "stroke", to=[1]), "stroke"),
        (changed("settings", "color", to="red"), "color"),
        (changed("settings", "strenght", to=1), "strenght"),
        (changed("output", to=None), "output"),
        (changed("output", "suffix", to=".exe"), "output.suffix"),
        (changed("output", "suffix", to=[".png"]), "output.suffix"),
        (changed("output", "pattern", to="../{stem}"), "pattern"),
        (changed("output", "pattern", to=7), "output.pattern"),
        (changed("output", "quality", to=101), "quality"),
        (changed("output", "quality", to=90.5), "quality"),
        (changed("output", "compression", to=-1), "compression"),
        (changed("output", "profile", to="adobe"), "profile"),
        (changed("output", "metadata", to=[]), "metadata"),
        (changed("output", "dpi", to=0), "dpi"),
        (changed("output", "dpi", to="300"), "dpi"),
        (changed("output", "dpi", to=10**400), "dpi"),
        (changed("output", "format", to="png"), "format"),
        (changed("output", "enlarge", to=3), "output.enlarge"),
    ],
)
def test_a_wrong_field_is_named(tmp_path: Path, content: object, told: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(PresetWrong) as caught:
        load_preset(path)
    assert str(path) in str(caught.value)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not json",
        b"\xff\xd8\xff\xe0 a photo",
        b"[" * 100_000,
        b'{"version": 1, "version": 1, "styles": [{"style": "x"}]}',
        b'{"version": 1, "styles": [{"style": "x", "weight": NaN}]}',
        b'{"version": 1, "styles": [{"style": "x", "weight": 1e999}]}',
        b'{"version": 1, "styles": [{"style": "x", "weight": ' + b"9" * 5000 + b"}]}",
        b'{"version": 1, "styles": [{"style": "x"}]}' + b" " * (1 << 18),
    ],
    ids=range(9),
)
def test_what_is_no_preset_is_refused_by_name(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "my.json"
    path.write_bytes(data)
    with pytest.raises(PresetWrong, match=r"my\.json"):
        load_preset(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_preset_never_ends_in_a_traceback(tmp_path: Path, data: st.DataObject) -> None:
    whole = json.dumps(VALID).encode()
    start = data.draw(st.integers(0, len(whole)))
    damaged = whole[:start] + data.draw(st.binary(max_size=8)) + whole[data.draw(st.integers(start, len(whole))) :]
    path = tmp_path / "my.json"
    path.write_bytes(damaged)
    try:
        load_preset(path)
    except PresetWrong as error:
        assert "my.json" in str(error)


def test_a_file_of_steps_is_told_from_a_preset(tmp_path: Path) -> None:
    path = tmp_path / "steps.json"
    save_pipeline(Pipeline((SaltPepper(),)), path)
    with pytest.raises(PresetOfSteps, match="holds steps of noise and blur"):
        load_preset(path)
    save_preset(Preset(styles=(("spring", 1.0),), after=Pipeline((SaltPepper(),))), path)
    with pytest.raises(PresetForPainting, match="is a preset for painting"):
        load_pipeline(path)


def test_a_missing_preset_and_an_unwritable_place_are_told(tmp_path: Path) -> None:
    with pytest.raises(PictureMissing, match="nowhere"):
        load_preset(tmp_path / "nowhere.json")
    with pytest.raises(OutputNotWritten, match=r"p\.json"):
        save_preset(Preset(styles=(("spring", 1.0),)), tmp_path / "missing folder" / "p.json")


def test_a_failed_save_leaves_the_old_preset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "p.json"
    save_preset(Preset(styles=(("spring", 1.0),)), path)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputNotWritten, match="No space"):
        save_preset(Preset(styles=(("lion", 1.0),)), path)
    assert load_preset(path).styles == (("spring", 1.0),)
    assert [path.name for path in tmp_path.iterdir()] == ["p.json"]
