"""What the window says is translated: all of it, nothing else, and with the same gaps."""

from pathlib import Path

import pytest

from tools import translations

LANGUAGES = sorted(file.stem for file in translations.TRANSLATIONS.glob("*.json"))


def test_chinese_is_there() -> None:
    assert LANGUAGES == ["zh_CN"]


@pytest.mark.parametrize("language", LANGUAGES)
class TestLanguage:
    def test_everything_said_is_translated(self, language: str) -> None:
        assert translations.missing(translations.read(language)) == []

    def test_nothing_is_translated_that_is_not_said(self, language: str) -> None:
        assert translations.stale(translations.read(language)) == []

    def test_gaps_are_the_same(self, language: str) -> None:
        texts = [pair for context in translations.read(language).values() for pair in context.items()]
        assert [pair for pair in texts if translations.fields(pair[0]) != translations.fields(pair[1])] == []

    def test_line_breaks_and_underlined_letters_are_the_same(self, language: str) -> None:
        """Without its letter a menu could not be opened by Alt; of two in a menu, one would be lost."""
        texts = [pair for context in translations.read(language).values() for pair in context.items()]
        for source, translation in texts:
            assert source.count("\n") == translation.count("\n"), source
            assert source.replace("&&", "").count("&") == translation.replace("&&", "").count("&"), source
            letter = source.replace("&&", "").partition("&")[2][:1].upper()
            assert not letter or f"(&{letter})" in translation, source


def test_the_scan_finds_what_is_said() -> None:
    said = translations.said()
    assert "&File" in said["MainWindow"]
    assert "{path} does not exist. Check the name and try again." in said["Errors"]
    assert "it is larger than {} GB" in said["Remarks"]
    assert "The Starry Night" in said["Paintings"]


def test_a_text_that_is_no_literal_is_refused(tmp_path: Path) -> None:
    (file := tmp_path / "window.py").write_text('title = translate("Window", name)')
    with pytest.raises(ValueError, match=r"window\.py:1"):
        list(translations.translated_in(file))
