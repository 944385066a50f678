"""The window's languages: each is a JSON file in `translations/`, {context: {English: translation}}.

A string to show is written ``translate("Context", "English text")``, with literals, so that a test can find them all.
"""

import json
import re
from functools import cache
from importlib import resources

from PyQt5.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from workbench.errors import StudioError

NAMES = {"en": "English", "zh_CN": "简体中文"}
FOLLOW_SYSTEM = ""
REMARKS = ("reason", "expected", "name")  # details of errors that are made of words

translate = QCoreApplication.translate


@cache
def read_language(language: str) -> dict[str, dict[str, str]]:
    """{context: {English: translation}}; empty when there is no such language."""
    file = resources.files(__package__) / "translations" / f"{language}.json"
    if not file.is_file():
        return {}
    texts: dict[str, dict[str, str]] = json.loads(file.read_text(encoding="utf-8"))
    return texts


def languages() -> list[str]:
    """English, and every language with a file."""
    return [name for name in NAMES if name == "en" or read_language(name)]


def system_language() -> str:
    """The first of the user's languages that there is, else English."""
    known = {name.split("_")[0]: name for name in languages()}
    for wanted in QLocale.system().uiLanguages():
        if (name := known.get(wanted.replace("_", "-").split("-")[0])) is not None:
            return name
    return "en"


class JsonTranslator(QTranslator):
    """Translates from a dictionary; what is missing stays English."""

    def __init__(self, texts: dict[str, dict[str, str]]) -> None:
        super().__init__()
        self._texts = texts

    def isEmpty(self) -> bool:
        return False

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str:
        # Qt takes None, not "", for "not translated", or the text would vanish.
        return self._texts.get(context, {}).get(source)  # type: ignore[return-value]


class Languages:
    """Switches the application's language; every widget hears it as a `LanguageChange` event.

    Attributes:
        current: "en", "zh_CN", ...
    """

    def __init__(self) -> None:
        self.current = "en"
        self._installed: list[QTranslator] = []

    def use(self, language: str) -> None:
        """Show this language from now on; `FOLLOW_SYSTEM` takes the system's."""
        self.current = language or system_language()
        for translator in self._installed:
            QCoreApplication.removeTranslator(translator)
        self._installed = []
        if self.current == "en":
            return
        of_qt = QTranslator()
        if of_qt.load(f"qtbase_{self.current}", QLibraryInfo.location(QLibraryInfo.LibraryLocation.TranslationsPath)):
            self._installed.append(of_qt)
        self._installed.append(JsonTranslator(read_language(self.current)))
        for translator in self._installed:
            QCoreApplication.installTranslator(translator)


def remark_patterns() -> list[tuple[str, re.Pattern[str]]]:
    """The templates of remarks with gaps, as they are in English; what says most comes first."""
    templates = {key for name in NAMES for key in read_language(name).get("Remarks", {}) if "{}" in key}
    return [
        (key, re.compile("(.+?)".join(map(re.escape, key.split("{}"))), re.DOTALL))
        for key in sorted(templates, key=lambda key: (-len(key), key))
    ]


def in_words(remark: object) -> str:
    """What the libraries say in English about a file or a setting, in the window's language."""
    text = str(remark)
    for template, pattern in remark_patterns():
        if (found := pattern.fullmatch(text)) is not None:
            gaps = [*map(in_words, found.groups()), ""]
            return "".join(
                part + gap for part, gap in zip(translate("Remarks", template).split("{}"), gaps, strict=True)
            )
    return translate("Remarks", text)


def sentence_of(error: BaseException) -> str:
    """What to tell the user about a failure, in the window's language."""
    if isinstance(error, StudioError):
        details = {name: in_words(value) if name in REMARKS else value for name, value in error.details.items()}
        return translate("Errors", type(error).sentence).format(**details)
    return translate("Errors", "Something went wrong that should not have. The details help to find out what.")
