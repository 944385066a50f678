"""Walking a folder of pictures, and naming the results."""

import os
import sys
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import FolderUnreadable, PictureMissing, SettingWrong
from workbench.tree import Survey, check_pattern, destinations, natural, survey

SUFFIXES = frozenset({".jpg", ".png", ".webp"})


def make(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def found(result: Survey, folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for _, path in result.pictures]


def look(folder: Path, output: Path | None = None) -> Survey:
    return survey([folder], SUFFIXES, output or folder.parent / "output")


def test_pictures_are_found_at_any_depth_in_natural_order(tmp_path: Path) -> None:
    make(
        tmp_path, "photo10.jpg", "photo2.JPG", "Photo1.png", "trip/b.webp", "trip/2/x.jpg", "trip/10/x.jpg", "照片.jpg"
    )
    assert found(look(tmp_path), tmp_path) == [
        "Photo1.png",
        "photo2.JPG",
        "photo10.jpg",
        "trip/2/x.jpg",
        "trip/10/x.jpg",
        "trip/b.webp",
        "照片.jpg",
    ]


def test_hidden_and_other_files_are_left_out_and_the_latter_counted(tmp_path: Path) -> None:
    make(tmp_path, "a.jpg", ".b.jpg", "._a.jpg", ".git/c.jpg", "notes.txt", "sub/movie.mp4", "jpg", ".DS_Store")
    result = look(tmp_path)
    assert found(result, tmp_path) == ["a.jpg"]
    assert result.ignored == 3


def test_the_output_folder_inside_the_input_is_left_out(tmp_path: Path) -> None:
    make(tmp_path, "a.jpg", "painted/a.jpg", "sub/painted/b.jpg")
    assert found(look(tmp_path, tmp_path / "sub" / ".." / "painted"), tmp_path) == ["a.jpg", "sub/painted/b.jpg"]
    with pytest.raises(SettingWrong, match="photos' own"):
        look(tmp_path, tmp_path / "sub" / "..")


def test_links_are_followed_once_and_loops_end(tmp_path: Path) -> None:
    photos, elsewhere = tmp_path / "photos", tmp_path / "elsewhere"
    make(photos, "sub/a.jpg")
    make(elsewhere, "b.jpg", "deep/c.jpg")
    (photos / "again").symlink_to(photos / "sub", target_is_directory=True)
    (photos / "sub" / "up").symlink_to(photos, target_is_directory=True)
    (photos / "away").symlink_to(elsewhere, target_is_directory=True)
    (elsewhere / "back").symlink_to(photos, target_is_directory=True)
    (photos / "self").symlink_to(photos / "self")
    (photos / "self.jpg").symlink_to(photos / "self.jpg")
    (photos / "gone.jpg").symlink_to(photos / "nowhere.jpg")
    # The last two cannot be read: they are kept, so that the run says so.
    assert found(look(photos), photos) == ["away/b.jpg", "away/deep/c.jpg", "gone.jpg", "self.jpg", "sub/a.jpg"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
def test_a_pipe_named_like_a_picture_is_no_picture(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    result = look(tmp_path)
    assert (result.pictures, result.ignored) == ([], 1)


def test_an_unreadable_subfolder_is_told_and_the_rest_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a.jpg", "locked/b.jpg", "open/c.jpg")
    scan = os.scandir

    def refuse_locked(path: Path) -> object:
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse_locked)
    result = look(tmp_path)
    assert found(result, tmp_path) == ["a.jpg", "open/c.jpg"]
    assert len(result.unreadable) == 1
    assert str(tmp_path / "locked") in str(result.unreadable[0])
    with pytest.raises(FolderUnreadable):
        look(tmp_path / "locked")


def test_files_given_by_name_are_taken_as_they_are(tmp_path: Path) -> None:
    make(tmp_path, "b.jpg", "notes.txt", "folder/c.jpg")
    given = [tmp_path / "b.jpg", tmp_path / "notes.txt", tmp_path / "folder", tmp_path / "b.jpg"]
    result = survey(given, SUFFIXES, tmp_path / "output")
    assert result.pictures == [
        (tmp_path, tmp_path / "b.jpg"),
        (tmp_path, tmp_path / "notes.txt"),
        (tmp_path / "folder", tmp_path / "folder" / "c.jpg"),
    ]
    with pytest.raises(PictureMissing, match="nowhere"):
        survey([tmp_path / "nowhere"], SUFFIXES, tmp_path / "output")


def names(*sources: str, pattern: str = "{stem}", suffix: str | None = None, style: str = "wave") -> list[str]:
    pictures = [(Path("in"), Path("in") / source) for source in sources]
    places = destinations(
        pictures, Path("out"), suffix_of=lambda path: suffix or path.suffix.lower(), pattern=pattern, style=style
    )
    return [place.relative_to("out").as_posix() for place in places]


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (["a.jpg", "sub/a.jpg"], ["a.png", "sub/a.png"]),
        (["a.jpg", "a.png"], ["a-jpg.png", "a.png"]),  # the PNG keeps its name
        (["a.jpg", "a.webp"], ["a.png", "a-webp.png"]),
        (["A.JPG", "a.jpg"], ["A.png", "a-jpg.png"]),
        (["a.jpg", "a.png", "a-jpg.png"], ["a-2.png", "a.png", "a-jpg.png"]),
        (["Trip/a.png", "trip/A.png"], ["Trip/a.png", "trip/A-2.png"]),
        (["caf\u00e9.jpg", "cafe\u0301.jpg"], ["caf\u00e9.png", "cafe\u0301-jpg.png"]),
        (["con.jpg", "AUX/x.jpg", "lpt1.v.jpg", "con1.jpg"], ["_con.png", "_AUX/x.png", "_lpt1.v.png", "con1.png"]),
    ],
)  # fmt: skip
def test_names_never_clash(sources: list[str], expected: list[str]) -> None:
    assert names(*sources, suffix=".png") == expected


def test_jpg_and_png_keep_their_own_names_where_the_format_is_kept() -> None:
    assert names("a.jpg", "a.png", "B.JPG", "b.jpg") == ["a.jpg", "a.png", "B.jpg", "b-2.jpg"]


@given(
    st.lists(
        st.builds(
            "{}{}{}".format,
            st.sampled_from(["", "sub/", "SUB/"]),
            st.sampled_from(["a", "A", "a-jpg", "a-2", "a-3", "nul", "é", "e\u0301"]),
            st.sampled_from([".jpg", ".JPG", ".png", ".webp", ""]),
        ),
        unique=True,
        max_size=30,
    ),
    st.sampled_from([None, ".png"]),
    st.sampled_from(["{stem}", "{style}/{stem}", "x", "{ext}"]),
)
def test_no_two_results_share_a_name_on_any_file_system(sources: list[str], suffix: str | None, pattern: str) -> None:
    import unicodedata

    made = names(*sources, suffix=suffix, pattern=pattern)
    assert len({unicodedata.normalize("NFC", name).casefold() for name in made}) == len(sources)


def test_ten_thousand_equal_names_are_told_apart() -> None:
    pictures = [(Path(f"in/{number}"), Path(f"in/{number}/a.jpg")) for number in range(10_000)]
    assert len(set(destinations(pictures, Path("out"), suffix_of=lambda path: path.suffix))) == 10_000


def test_patterns_fill_in_their_fields() -> None:
    assert names("trip/Photo.JPG", pattern="{style}/{index:03}-{stem} {ext}") == ["trip/wave/001-Photo jpg.jpg"]
    assert names("a.jpg", pattern="{stem} in {style}", style="../../my: style") == ["a in ..-..-my- style.jpg"]
    assert names("a{b}.jpg", pattern="{stem}") == ["a{b}.jpg"]


@pytest.mark.parametrize(
    "pattern",
    [
        "", "fixed", "../{stem}", "a/../{stem}", "/{stem}", "{stem}/", "a//{stem}", ".{stem}", "{stem}/.{index}",
        "~:{stem}", "C:{stem}", "a\\{stem}", "{stem", "{}", "{0}", "{name}", "{stem.__class__}", "{stem[0]}",
        "{stem!r}", "{stem:>99999999}", "{index:999999999}", "{index:{stem}}", "{stem}.jpg", "{stem}.{ext}", "{stem}\0",
        "{stem}?", " /{stem}",
    ],
)  # fmt: skip
def test_patterns_that_could_lead_astray_are_refused(pattern: str) -> None:
    with pytest.raises(SettingWrong, match="pattern"):
        check_pattern(pattern, SUFFIXES)


@pytest.mark.parametrize("pattern", ["{stem}", "{index}", "{index:04d}", "{stem} - {style}.v2", "{ext}/{style}/{stem}"])
def test_sound_patterns_are_accepted(pattern: str) -> None:
    check_pattern(pattern, SUFFIXES)


@given(st.text(alphabet="{}.:/\\ astemindx!0", max_size=20), st.sampled_from(["", "..", ".", "a", "jpg"]))
def test_an_accepted_pattern_stays_inside_the_output_folder(pattern: str, stem: str) -> None:
    try:
        check_pattern(pattern, SUFFIXES)
    except SettingWrong:
        return
    [name] = names(f"{stem or 'x'}.jpg", pattern=pattern)
    assert ".." not in PurePosixPath(name).parts
    assert not PurePosixPath(name).is_absolute()
    [name] = names("no ending", pattern=pattern.replace("{stem}", "{ext}") + "{ext}", suffix=".png")
    assert ".." not in PurePosixPath(name).parts


@given(st.permutations([Path(name) for name in ("1", "2", "10", "a1", "a2", "a10", "b", "b1", "b1/x", "b2")]))
def test_natural_order_is_by_number(shuffled: list[Path]) -> None:
    right = ["1", "2", "10", "a1", "a2", "a10", "b", "b1", "b1/x", "b2"]
    assert [path.as_posix() for path in sorted(shuffled, key=natural)] == right
