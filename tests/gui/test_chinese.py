"""What the libraries say in English reaches the user in the window's language, with its gaps filled."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt5.QtWidgets import QApplication

from studio.actions import plain
from studio.translation import Languages, in_words, sentence_of
from workbench.errors import PictureDamaged, SettingWrong
from workbench.image_io import read_picture


@pytest.fixture
def chinese(qapp: QApplication) -> Iterator[Languages]:
    languages = Languages()
    languages.use("zh_CN")
    yield languages
    languages.use("en")


def test_the_reason_of_an_error_is_translated_with_it(chinese: Languages) -> None:
    error = PictureDamaged(path="猫.jpg", reason="its end is missing")
    assert sentence_of(error) == "猫.jpg 已损坏或不完整（文件末尾缺失）。请从来源处重新复制。"
    wrong = SettingWrong(name="strength", value=3, expected="it goes from 0 to 1")
    assert sentence_of(wrong) == "“强度”不能设为 3：取值范围为 0 到 1。"


def test_a_real_error_of_a_file_has_no_english_but_its_name(chinese: Languages, tmp_path: Path) -> None:
    (empty := tmp_path / "空.jpg").touch()
    with pytest.raises(PictureDamaged) as raised:
        read_picture(empty)
    assert sentence_of(raised.value) == f"{empty} 已损坏或不完整（文件为空）。请从来源处重新复制。"


def test_remarks_inside_remarks_are_translated(chinese: Languages) -> None:
    remark = "The photo's own colour profile is not kept (BMP holds none): the colours are sRGB."
    assert in_words(remark) == "不会保留照片自带的色彩配置文件（BMP 不支持色彩配置文件）：色彩将采用 sRGB。"
    assert in_words("it needs {stem} or {index}, to tell the pictures apart").startswith("需要包含 {stem} 或 {index}")


def test_english_and_unknown_remarks_stay_as_they_are(chinese: Languages) -> None:
    assert in_words("a codec's own words {}") == "a codec's own words {}"
    chinese.use("en")
    assert in_words("it is larger than 2 GB") == "it is larger than 2 GB"


def test_names_of_commands_have_no_underlined_letter() -> None:
    assert plain("打开照片(&O)…") == "打开照片"
    assert plain("&Open photo…") == "Open photo"
