"""Lists what the window says and a translation lacks, and what a translation holds and nobody says any more.

    python -m tools.translations

The sources are: ``translate("Context", "text")`` in studio/, the sentences of all errors, the titles of the gallery's
paintings, and the reasons and remarks that workbench, lapstyle, cyclegan and recipes make (see
`studio.translation.in_words`).
"""

import ast
import json
import re
import string
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import assets

ROOT = Path(__file__).parent.parent
TRANSLATIONS = ROOT / "studio" / "translations"
LIBRARIES = ("workbench", "lapstyle", "cyclegan", "recipes")
QT = ("QPlatformTheme", "QShortcut")  # contexts of Qt's own, where its translation has gaps
COMPUTED = ("Errors", "Paintings", "Remarks")  # contexts whose texts are not literals where they are translated
REMARKS = ("reason", "expected")
FOREIGN = (  # what operating systems and decoders answer
    "Permission denied", "No space left on device", "Is a directory", "No such file or directory",
    "Read-only file system", "image file is truncated", "image file is truncated ({} bytes not processed)",
    "File name too long", "Input/output error", "Not a directory",
)  # fmt: skip

Texts = dict[str, set[str]]


def said() -> Texts:
    """All that must be translated: {context: texts}."""
    texts: Texts = {}
    for path in sorted((ROOT / "studio").glob("*.py")):
        for context, text in translated_in(path):
            texts.setdefault(context, set()).add(text)
    texts.setdefault("Errors", set()).update(sentences())
    texts["Paintings"] = {text for style in assets.gallery() for text in (style.title, style.artist)}
    texts["Remarks"] = set(remarks())
    return texts


def translated_in(path: Path) -> Iterator[tuple[str, str]]:
    """Context and text of each `translate` in a file.

    Raises:
        ValueError: one of them is not a literal, so that nobody could know what to translate.
    """
    for node in nodes(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "translate":
            literals = [str(part.value) for part in node.args[:2] if isinstance(part, ast.Constant)]
            if len(literals) == 2:
                yield literals[0], literals[1]
            elif literals[:1] not in [[context] for context in COMPUTED]:
                raise ValueError(f"{path.name}:{node.lineno}: translate() needs two literals")


def sentences() -> Iterator[str]:
    """What the errors say."""
    for path in (ROOT / "workbench" / "errors.py", *(ROOT / "studio").glob("*.py")):
        for node in nodes(path):
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "sentence" and template(node.value):
                yield ast.literal_eval(node.value)


def remarks() -> Iterator[str]:
    """The reasons that fill the gaps of those sentences, and what a format cannot hold, with {} where values go."""
    for path in library_files():
        for node in nodes(path):
            if (isinstance(node, ast.keyword) and node.arg in REMARKS) or (
                isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in REMARKS
            ):
                yield from worded(node.value)
            elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("found.append", "wrong"):
                yield from (text for argument in node.args for text in worded(argument))


@cache
def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def library_files() -> Iterator[Path]:
    return (path for folder in LIBRARIES for path in sorted((ROOT / folder).glob("*.py")))


def worded(node: ast.expr) -> Iterator[str]:
    """The texts that an expression may give, as far as they hold words."""
    if isinstance(node, ast.IfExp):
        yield from worded(node.body)
        yield from worded(node.orelse)
    elif isinstance(node, ast.Call) and ast.unparse(node.func) == "printable":
        yield from worded(node.args[0])
    elif (text := template(node)) is not None and re.search("[a-z]", text.replace("{}", "")):
        yield text


def template(node: ast.expr) -> str | None:
    """A literal, or an f-string with {} for each value in it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def written() -> set[str]:
    """Every text of the libraries, so that a remark which none of them makes any more is found."""
    texts = set(FOREIGN)
    for path in library_files():
        for node in nodes(path):
            if isinstance(node, ast.expr) and (text := template(node)):
                texts.add(text)
    return texts


def read(language: str) -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = json.loads((TRANSLATIONS / f"{language}.json").read_text(encoding="utf-8"))
    return texts


def missing(texts: dict[str, dict[str, str]]) -> list[tuple[str, str]]:
    """What has no translation, as (context, text)."""
    wanted = ((context, text) for context, all_texts in said().items() for text in all_texts)
    return sorted((context, text) for context, text in wanted if not texts.get(context, {}).get(text))


def stale(texts: dict[str, dict[str, str]]) -> list[tuple[str, str]]:
    """What is translated, but not said."""
    used = said()
    used["Remarks"] |= {text for text in texts.get("Remarks", {}) if text.removeprefix("{} ") in written()}
    return sorted(
        (context, text)
        for context, all_texts in texts.items()
        for text in all_texts
        if context not in QT and text not in used.get(context, set())
    )


def fields(text: str) -> list[str]:
    """Its placeholders: {path} as "path", and {} by their order."""
    names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    return sorted(name or str(number) for number, name in enumerate(names))


def main() -> None:
    for file in sorted(TRANSLATIONS.glob("*.json")):
        texts = read(file.stem)
        for title, found in (("lacks", missing(texts)), ("does not need", stale(texts))):
            for context, text in found:
                sys.stdout.write(f"{file.stem} {title} {context}: {text!r}\n")


if __name__ == "__main__":
    main()
