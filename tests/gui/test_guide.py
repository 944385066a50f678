"""docs/guide.md, done step by step as a new user would."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QAction, QDialog, QFileDialog, QWidget

import assets
from noise.blurs import MeanBlur
from noise.pipeline import Pipeline
from studio.gallery import StylesModel
from studio.noise_tab import NoiseTab
from tests.gui.hands import Hands
from tools.translations import read
from workbench.image_io import read_picture

TEXTS = ("text", "toolTip", "accessibleName", "accessibleDescription", "placeholderText", "windowTitle", "title")
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def click_style(hands: Hands, row: int, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> str:
    """Click a painting of the gallery; its id."""
    view = hands.tab.gallery.view
    model = view.model()
    assert model is not None
    index = model.index(row, 0)
    hands.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, keys, view.visualRect(index).center())
    return str(index.data(StylesModel.Choice).id)


def chosen(hands: Hands) -> list[str]:
    return [choice.id for choice, _ in hands.tab.look.styles]


def test_the_first_ten_minutes(
    hands: Hands, photo: Path, painting: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab, window, qtbot = hands.tab, hands.window, hands.qtbot
    view, panel = tab.viewer.view, tab.panel

    # 1. Drop a photo
    hands.open(photo)
    assert hands.wait_for_whole().look.styles[0][0].id == "great-wave"
    hands.wait(lambda: len(tab.results.history.entries) == 1)

    # 2. Pick a painting; find one; add one
    second = click_style(hands, 1)
    assert hands.wait_for_whole().look.styles[0][0].id == second
    qtbot.keyClick(window, Qt.Key.Key_F, CONTROL)
    qtbot.keyClicks(tab.gallery.search, "gogh")
    assert click_style(hands, 0) == "cottages-at-auvers"
    window.use_language("zh_CN")
    tab.gallery.search.setText("梵高")
    assert click_style(hands, 1) == "starry-night"
    window.use_language("en")
    tab.gallery.search.clear()
    hands.drop_files(painting, on=tab.gallery)
    hands.wait(lambda: chosen(hands)[0].startswith("own-"))
    click_style(hands, 1)

    # 3. Look closely
    qtbot.keyClick(window, Qt.Key.Key_B)
    assert view.divider == 0.5
    qtbot.keyClick(window, Qt.Key.Key_B)
    assert view.divider is None
    qtbot.keyClick(window, Qt.Key.Key_1, CONTROL)
    assert view.zoom == 1
    qtbot.keyClick(window, Qt.Key.Key_0, CONTROL)

    # 4. Make it yours
    panel.strength.set_value(60)
    hands.wait_for_whole()
    qtbot.keyClick(window, Qt.Key.Key_Z, CONTROL)
    assert panel.strength.value == 100
    panel.detail.set_value(10)
    qtbot.keyClick(window, Qt.Key.Key_R, CONTROL)
    assert panel.detail.value == 100
    both = [*chosen(hands), click_style(hands, 2, CONTROL)]
    assert chosen(hands) == both
    hands.wait_for_whole()

    # 5. Go back
    strip = tab.results.strip
    hands.wait(lambda: strip.model().rowCount() >= 2)
    first = strip.model().index(0, 0)
    qtbot.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=strip.visualRect(first).center())
    hands.wait(lambda: chosen(hands) == ["great-wave"])
    qtbot.mouseClick(
        strip.viewport(), Qt.MouseButton.LeftButton, CONTROL, strip.visualRect(strip.model().index(1, 0)).center()
    )
    hands.wait(lambda: view.divider is not None)

    # 6. See every style at once
    qtbot.keyClick(window, Qt.Key.Key_C, CONTROL | SHIFT)
    assert tab.sheet.page.isVisible()
    qtbot.keyClick(tab.sheet.page.view, Qt.Key.Key_Escape)
    assert not tab.sheet.page.isVisible()

    # 7. Save, export
    saved = tmp_path / "saved.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_options: (str(saved), ""))
    qtbot.keyClick(window, Qt.Key.Key_S, CONTROL)
    hands.wait(saved.exists)
    assert read_picture(saved).pixels.shape == (96, 96, 3)
    qtbot.keyClick(window, Qt.Key.Key_E, CONTROL)
    next(widget for widget in window.findChildren(QDialog) if widget.isVisible()).reject()

    # 8. Paint a folder
    (folder := tmp_path / "holiday").mkdir()
    shutil.copy(assets.path("samples/cat.jpg"), folder)
    hands.drop_files(folder)
    hands.wait(lambda: window.batch.window is not None)
    batch = window.batch.window
    assert batch is not None
    hands.wait(lambda: len(batch.model.entries) == 1)
    assert batch.isVisible()


def test_texture_around_a_painting(hands: Hands, photo: Path) -> None:
    """The part of step 4 about Texture."""
    texture = hands.tab.panel.texture
    hands.open(photo)
    hands.wait_for_whole()
    hands.qtbot.keyClick(hands.window, Qt.Key.Key_G, CONTROL | SHIFT)
    assert [step.name for step in hands.wait_for_whole().look.after.steps] == ["film-grain"]
    for key, place in ((Qt.Key.Key_B, "before"), (Qt.Key.Key_A, "after")):
        hands.qtbot.keyClick(hands.window, key, CONTROL | SHIFT)
        assert texture.open(place).isVisible()
    texture.open("before").editor.add(MeanBlur)
    assert [step.name for step in hands.wait_for_whole().look.before.steps] == ["mean-blur"]


def test_noise_and_blur(hands: Hands, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Step 9."""
    window, qtbot = hands.window, hands.qtbot
    tab = next(tab for tab in window.tabs if isinstance(tab, NoiseTab))
    window.book.setCurrentWidget(tab)
    hands.drop_files(photo, on=tab.viewer)
    hands.wait(lambda: tab.quality.current)
    assert tab.quality.ssim.text() == "SSIM 1.000"
    recipe = next(action for action in tab.menu.menu.actions() if action.text() == "Salt, pepper and blur")
    recipe.trigger()
    hands.wait(lambda: tab.quality.current)
    assert tab.quality.ssim.text() != "SSIM 1.000"
    qtbot.mouseClick(tab.editor.cards[1].remove, Qt.MouseButton.LeftButton)
    assert [step.name for step in tab.editor.pipeline.steps] == ["salt-pepper"]
    qtbot.keyClick(window, Qt.Key.Key_Z, CONTROL)
    assert [step.name for step in tab.editor.pipeline.steps] == ["salt-pepper", "mean-blur"]
    seed = tab.editor.pipeline.seed
    qtbot.mouseClick(tab.editor.dice, Qt.MouseButton.LeftButton)
    assert tab.editor.pipeline.seed != seed
    kept, steps = tab.editor.pipeline, tmp_path / "steps.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_options: (str(steps), ""))
    tab.menu.save.trigger()
    hands.wait(steps.exists)
    tab.menu.chosen.emit(Pipeline())
    hands.drop_files(steps, on=tab.viewer)
    hands.wait(lambda: tab.editor.pipeline == kept)


def test_no_english_is_left_in_the_chinese_window(hands: Hands, photo: Path) -> None:
    """Switched while everything is there: what a widget shows, says to a screen reader, and tells under the pointer."""
    hands.open(photo)
    hands.wait_for_whole()
    hands.tab.gallery.choose(["great-wave", "poppies"])
    batch = hands.window.batch.open()
    translations = [texts for context, texts in read("zh_CN").items() if context not in ("Paintings", "Remarks")]
    english = {source for texts in translations for source, text in texts.items() if source != text}
    assert english & set(shown_in(hands.window)) >= {"Save picture", "Search styles", "Strength", "&Open photo…"}
    assert "Save &in" in set(shown_in(batch))
    hands.window.use_language("zh_CN")
    hands.wait(lambda: "保存图片" in shown_in(hands.window))
    assert english & {*shown_in(hands.window), *shown_in(batch)} == set()
    hands.window.use_language("en")
    hands.wait(lambda: "Save picture" in shown_in(hands.window))


def shown_in(window: QWidget) -> Iterator[str]:
    """All texts of its widgets and commands."""
    for part in [window, *window.findChildren(QWidget), *window.findChildren(QAction)]:
        for name in TEXTS:
            if callable(read_text := getattr(part, name, None)):
                yield from (line.split(" (")[0] for line in str(read_text()).split("\n"))
