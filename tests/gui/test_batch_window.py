"""The batch window: what is dropped is painted, what fails is told, and one can pause, stop and try again."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt5.QtCore import QPoint, QSize, Qt
from PyQt5.QtGui import QDragEnterEvent, QDropEvent, QIcon
from PyQt5.QtWidgets import QAbstractButton, QApplication, QComboBox, QFileDialog, QLineEdit

import assets
from lapstyle.settings import Settings
from recipes.preset import Preset, save_preset
from studio.batch_run import Stopwatch
from studio.batch_table import PHOTO, RESULT, BatchModel
from studio.batch_window import BatchWindow
from studio.batch_words import time_left
from tests.gui.batches import Batched, BatchHands, press, slow_photo, the_window
from tests.gui.hands import Hands, mime_of
from workbench.entries import Entry, State
from workbench.image_io import read_picture, write_picture
from workbench.picture import resized


@pytest.fixture
def holiday(tmp_path: Path) -> Path:
    """A folder with three small photos, one of them below it, and a text."""
    folder = tmp_path / "Ferien 假日"
    (folder / "beach").mkdir(parents=True)
    for name, sample in (("cat.jpg", "cat"), ("ü.png", "coffee"), ("beach/dandelion.jpg", "dandelion")):
        write_picture(resized(read_picture(assets.path(f"samples/{sample}.jpg")), 96), folder / name)
    (folder / "notes.txt").write_text("no picture")
    return folder


@pytest.fixture
def large_photo(tmp_path: Path) -> Path:
    return slow_photo(tmp_path)


@pytest.fixture
def batched(hands: Hands) -> Iterator[Batched]:
    """Drops photos on the main window; at the end, nothing is left running."""
    yield lambda *dropped: BatchHands(hands, *dropped)
    if hands.window.batch.window is not None:
        hands.window.batch.window.run.stop()
        hands.wait(lambda: not the_window(hands).run.running)


def test_a_dropped_folder_is_listed_painted_and_named_by_the_pattern(
    hands: Hands, batched: Batched, holiday: Path
) -> None:
    hands.choose("great-wave")
    before = {path: path.read_bytes() for path in holiday.rglob("*.*")}
    batch = batched(holiday)
    assert hands.tab.session.photo is None
    assert set(batch.states) == {"cat.jpg", "ü.png", "dandelion.jpg"}
    assert batch.window.form.output_folder == holiday.with_name("Ferien 假日 painted")
    batch.window.form.pattern.setText("{index:02} {stem} in {style}")
    batch.press("Paint 3 photos")
    batch.wait_for_end()
    assert set(batch.states.values()) == {State.DONE}
    assert batch.window.status.text() == "3 of 3 done"
    assert batch.results == [
        "02 cat in The Great Wave off Kanagawa.jpg",
        "03 ü in The Great Wave off Kanagawa.png",
        "beach/01 dandelion in The Great Wave off Kanagawa.jpg",
    ]
    for name in batch.results:
        assert read_picture(batch.window.form.output_folder / name).width == 96
    assert {path: path.read_bytes() for path in holiday.rglob("*.*")} == before
    batch.press("Paint 3 photos")
    batch.wait_for_end()
    assert set(batch.states.values()) == {State.SKIPPED}
    assert batch.text("cat.jpg") == "Done already"


def test_a_bad_file_is_told_stops_nothing_and_is_painted_once_it_is_repaired(
    hands: Hands, batched: Batched, holiday: Path
) -> None:
    good = (holiday / "cat.jpg").read_bytes()
    (holiday / "bad.jpg").write_text("junk")
    batch = batched(holiday)
    batch.press("Paint 4 photos")
    batch.wait_for_end()
    assert batch.text("bad.jpg").startswith("bad.jpg is not a picture.")
    assert "1 failed" in batch.window.status.text()
    assert sorted(batch.states.values()) == [State.DONE, State.DONE, State.DONE, State.FAILED]
    tip = batch.window.model.index(batch.row("bad.jpg"), 1).data(Qt.ItemDataRole.ToolTipRole)
    assert str(holiday / "bad.jpg") in tip
    (holiday / "bad.jpg").write_bytes(good)
    batch.press("Retry failed")
    hands.wait(lambda: batch.states["bad.jpg"] == State.DONE)
    batch.wait_for_end()
    assert batch.window.status.text() == "4 of 4 done"
    assert not batch.window.retry.isEnabled()
    assert "bad.jpg" in batch.results


def test_other_rows_have_no_totals_of_those_before(hands: Hands, batched: Batched, holiday: Path) -> None:
    (holiday / "bad.jpg").write_text("junk")
    batch = batched(holiday)
    batch.press("Paint 4 photos")
    batch.wait_for_end()
    window = batch.window
    assert "1 failed" in window.status.text()
    assert window.retry.isEnabled() and window.open_folder.isEnabled() and window.bar.value() > 0
    window.close()
    hands.drop_files(holiday)
    hands.wait(lambda: set(batch.states.values()) == {State.WAITING})
    assert window.isVisible()
    assert (window.status.text(), window.bar.value()) == ("", 0)
    assert not window.retry.isEnabled() and not window.open_folder.isEnabled() and not window.report.isEnabled()
    batch.press("Paint 4 photos")
    batch.wait_for_end()
    assert "1 failed" in window.status.text()


def test_thumbnails_of_photos_and_results_come_by_themselves(hands: Hands, batched: Batched, holiday: Path) -> None:
    (holiday / "bad.jpg").write_text("junk")
    batch = batched(holiday)

    def seen(name: str, column: int) -> bool:
        icon: QIcon = batch.window.model.index(batch.row(name), column).data(Qt.ItemDataRole.DecorationRole)
        image = icon.pixmap(48, 48).toImage()
        return image.pixelColor(image.rect().center()).alpha() > 0

    hands.wait(lambda: seen("cat.jpg", PHOTO) and seen("ü.png", PHOTO))
    batch.press("Paint 4 photos")
    batch.wait_for_end()
    hands.wait(lambda: seen("cat.jpg", RESULT))
    assert not seen("bad.jpg", PHOTO)
    assert not seen("bad.jpg", RESULT)


def test_a_pause_holds_and_the_main_window_paints_meanwhile(
    hands: Hands, batched: Batched, large_photo: Path, holiday: Path, photo: Path
) -> None:
    batch = batched(large_photo, holiday / "cat.jpg")
    batch.press("Paint 2 photos")
    batch.wait_for_painting()
    batch.press("Pause")
    assert "paused" in batch.window.status.text()
    hands.open(photo)
    assert hands.wait_for_whole().photo.path == photo
    assert State.DONE not in batch.states.values()
    assert batch.results == []
    batch.press("Resume")
    batch.wait_for_end()
    assert set(batch.states.values()) == {State.DONE}
    assert hands.tab.session.photo is not None
    assert hands.tab.session.photo.path == photo


def test_one_photo_is_left_out_and_the_rest_goes_on(
    hands: Hands, batched: Batched, large_photo: Path, holiday: Path
) -> None:
    batch = batched(large_photo, holiday / "cat.jpg", holiday / "ü.png")
    batch.press("Paint 3 photos")
    batch.wait_for_painting()
    batch.window.table.selectRow(batch.row("large.jpg"))
    hands.qtbot.keyClick(batch.window.table, Qt.Key.Key_Delete)
    batch.wait_for_end()
    assert batch.states == {"large.jpg": State.CANCELLED, "cat.jpg": State.DONE, "ü.png": State.DONE}
    assert "large.jpg" not in batch.results
    batch.window.table.selectRow(batch.row("large.jpg"))
    batch.window.again.trigger()
    batch.wait_for_end()
    assert batch.states["large.jpg"] == State.DONE


def test_stop_keeps_what_is_done_and_other_photos_have_to_wait(
    hands: Hands, batched: Batched, large_photo: Path, holiday: Path
) -> None:
    batch = batched(holiday / "cat.jpg", large_photo)
    batch.press("Paint 2 photos")
    hands.wait(lambda: batch.states["cat.jpg"] == State.DONE)
    batch.window.take((holiday,))
    assert "A batch is running" in batch.window.message_bar.text.text()
    assert not batch.window.form.isEnabled()
    batch.press("Stop")
    batch.wait_for_end()
    assert batch.states == {"cat.jpg": State.DONE, "large.jpg": State.CANCELLED}
    assert batch.results == ["cat.jpg"]
    assert hands.window.services.preferences.data("unfinished batch") is None
    hands.drop_files(holiday / "cat.jpg", holiday / "ü.png", large_photo)
    hands.wait(lambda: len(batch.window.model.entries) == 3)


def test_the_pattern_has_an_example_and_a_wrong_one_says_why(hands: Hands, batched: Batched, holiday: Path) -> None:
    hands.choose("poppies")
    batch = batched(holiday)
    form = batch.window.form
    form.pattern.setText("{style}/{stem}")
    form.format.setCurrentText("WebP")
    assert form.example.text().startswith("dandelion.jpg  →  ")
    assert form.example.text().endswith("/dandelion.webp")
    for wrong, why in (("{nothing}", "nothing"), ("painted", "{stem} or {index}"), ("{stem", "'}'")):
        form.pattern.setText(wrong)
        assert why in form.problem.text()
        assert form.problem.isVisible()
        assert not form.example.isVisible()
        assert not batch.window.start.isEnabled()
    form.pattern.setText("{stem}")
    assert not form.problem.isVisible()
    assert batch.window.start.isEnabled()


def test_a_preset_says_how_to_paint_and_to_write(
    hands: Hands, batched: Batched, holiday: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preset = Preset(
        (("poppies", 1.0),), Settings(strength=0.5, stroke="broad"), suffix=".png", pattern="{stem}-x", enlarge=2
    )
    save_preset(preset, path := tmp_path / "soft.json")
    (wrong := tmp_path / "wrong.json").write_text("[]")
    answers = [str(path), str(wrong)]
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (answers.pop(0), ""))
    batch = batched(holiday)
    batch.press("Preset…")
    plan = batch.window.form.plan
    assert plan is not None
    assert [choice.id for choice, _ in plan.recipe.look.styles] == ["poppies"]
    assert (plan.recipe.look.settings, plan.suffix, plan.pattern) == (preset.settings, ".png", "{stem}-x")
    assert plan.enlarge == 2 and batch.window.form.enlarge.currentText() == "Enlarged 2 times"
    assert batch.window.form.recipes.currentText().startswith("Preset soft: ")
    batch.press("Preset…")
    assert "wrong.json is not a preset" in batch.window.message_bar.text.text()
    assert batch.window.form.plan == plan
    batch.window.form.recipes.setCurrentIndex(0)
    hands.choose("great-wave")
    plan = batch.window.form.plan
    assert plan is not None
    assert [choice.id for choice, _ in plan.recipe.look.styles] == ["great-wave"]


def test_an_empty_folder_the_photos_own_and_one_that_is_filled_are_refused(
    hands: Hands, batched: Batched, holiday: Path, tmp_path: Path
) -> None:
    batch = batched(holiday)
    batch.window.form.output.setText(str(holiday))
    hands.wait(batch.window.message_bar.isVisible)
    assert "choose a folder other than the photos' own" in batch.window.message_bar.text.text()
    (tmp_path / "results").write_text("a file in the way")
    batch.window.form.output.setText(str(tmp_path / "results"))
    batch.window.start.trigger()
    hands.wait(lambda: not batch.window.run.running and batch.window.message_bar.isVisible())
    assert str(tmp_path / "results") in batch.window.message_bar.text.text()
    (tmp_path / "nothing").mkdir()
    batch.window.take((tmp_path / "nothing",))
    hands.wait(lambda: not batch.window.model.entries)
    assert not batch.window.start.isEnabled()


def test_the_menu_opens_the_window_and_its_dialogs_choose(
    hands: Hands, batched: Batched, holiday: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands.window.batch.action.trigger()
    window = the_window(hands)
    assert window.isVisible()
    assert not window.start.isEnabled()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(holiday))
    press(hands, window, "Folder…")
    hands.wait(lambda: len(window.model.entries) == 3)
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(holiday / "cat.jpg")], ""))
    press(hands, window, "Photos…")
    hands.wait(lambda: [entry.source.name for entry in window.model.entries] == ["cat.jpg"])
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "out"))
    press(hands, window, "Choose…")
    press(hands, window, "Paint 1 photo")
    hands.wait((tmp_path / "out" / "cat.jpg").exists)
    hands.wait(lambda: not window.run.running)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "report.json"), ""))
    window.report.trigger()
    hands.wait((tmp_path / "report.json").exists)
    assert json.loads((tmp_path / "report.json").read_text())["counts"]["done"] == 1


def test_the_batch_window_takes_drops_too(hands: Hands, holiday: Path) -> None:
    window = hands.window.batch.open()
    place, copy, mime = QPoint(20, 20), Qt.DropAction.CopyAction, mime_of([holiday / "cat.jpg", holiday / "beach"])
    hold, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(place, copy, mime, hold, keys)
    QApplication.sendEvent(window, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(window, QDropEvent(place, copy, mime, hold, keys))
    hands.wait(lambda: [entry.source.name for entry in window.model.entries] == ["cat.jpg", "dandelion.jpg"])
    assert window.form.photos.text() == "cat.jpg, beach   (2 photos)"


def test_every_control_has_a_name_and_a_tip(hands: Hands) -> None:
    window: BatchWindow = hands.window.batch.open()
    controls = [*window.findChildren(QAbstractButton), *window.form.findChildren(QLineEdit)]
    for control in [*controls, *window.findChildren(QComboBox)]:
        if control.parent() is window.table:  # the corner of the headers, which is hidden
            continue
        assert control.accessibleName() or (isinstance(control, QAbstractButton) and control.text()), control
        assert control.toolTip(), control.accessibleName()
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert window.table.accessibleName()
    assert len(controls) > 10
    window.resize(window.minimumSizeHint().expandedTo(QSize(1, 1)))
    assert window.width() < 1000


def test_thousands_of_rows_are_told_once(hands: Hands, qtbot: object) -> None:
    model = BatchModel(hands.window.services.worker("test"))
    entries = [Entry(Path(f"{number}.jpg"), Path(f"out/{number}.jpg")) for number in range(5000)]
    model.set_entries(entries)
    told: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    model.update([(row, Entry(entries[row].source, entries[row].destination, State.DONE)) for row in range(7, 4000)])
    assert told == [(7, 3999)]
    assert model.entries[3999].state is State.DONE
    assert model.index(4000, 1).data() == "Waiting"


def test_the_time_that_is_left() -> None:
    assert Stopwatch().left(0.0, 9.0) is None
    assert time_left(20) == "less than a minute left"
    assert time_left(65) == "about a minute left"
    assert time_left(10 * 60) == "about 10 minutes left"
    assert time_left(2 * 3600 + 5 * 60) == "about 2 h 5 min left"
