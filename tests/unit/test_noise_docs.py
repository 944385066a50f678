"""docs/noise.md, in both languages: its numbers are those of the steps, its example runs."""

import re
from pathlib import Path

import pytest

from noise.catalogue import STEPS
from noise.step import Step
from tests.picture_files import encoded, photo
from tools import noise_sheet

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("noise.md", "noise.zh-CN.md")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_every_step_has_a_row_with_its_numbers(page: str, step: type[Step]) -> None:
    (row,) = re.findall(rf"^\| `{step.name}` \|.*$", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE)
    for parameter in step.parameters():
        value = rf"(to|至) {parameter.most:g}\b"
        if isinstance(parameter.default, bool):
            assert re.search(rf"`{parameter.name}` ({'on|开' if parameter.default else 'off|关'})", row)
        else:
            assert re.search(
                rf"`{parameter.name}` \D*{parameter.default:g}\b[^`]*[ ，]{parameter.least:g} {value}", row
            )


@pytest.mark.parametrize("page", PAGES)
def test_the_example_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "holiday").mkdir()
    (tmp_path / "holiday" / "photo.png").write_bytes(encoded(photo(), "PNG"))
    (code,) = re.findall(r"^```python\n(.*?)^```$", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    exec(compile(code, page, "exec"), {"__name__": "__main__"})
    assert [path.name for path in (tmp_path / "noisy").iterdir()] == ["photo.png"]


def test_the_sheet_shows_every_step() -> None:
    shown = {step.name for row in noise_sheet.ROWS for steps in row for step in steps}
    assert shown == set(STEPS)
    assert (DOCS / "images" / "noise.webp").stat().st_size < 400_000
