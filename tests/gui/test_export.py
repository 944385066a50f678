"""Exporting, and dragging the result out."""

from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtCore import QEvent, QPoint, QPointF, Qt, QUrl
from PyQt5.QtGui import QDesktopServices, QDrag, QMouseEvent
from PyQt5.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget

import lapstyle
from cyclegan.upscale import Enlarger
from studio.export_dialog import ExportDialog
from studio.export_options import ExportOptions
from studio.pictures import pixels_of
from tests.gui.hands import Hands
from workbench.image_io import Picture, read_picture, resized, write_picture


class Exporting:
    """Opens the dialog by its shortcut and answers the system's question about the name."""

    def __init__(self, hands: Hands, monkeypatch: pytest.MonkeyPatch, target: Path) -> None:
        self.hands = hands
        self.target: Path | None = target
        self.suggested: list[tuple[str, str]] = []
        monkeypatch.setattr(QFileDialog, "getSaveFileName", self.answer)

    def answer(self, _parent: object, _title: str, suggestion: str, kinds: str) -> tuple[str, str]:
        self.suggested.append((Path(suggestion).name, kinds))
        return ("" if self.target is None else str(self.target)), ""

    def dialog(self) -> ExportDialog:
        before = self.hands.window.findChildren(ExportDialog)
        self.hands.window.activateWindow()
        self.hands.wait(self.hands.window.isActiveWindow)
        self.hands.qtbot.keyClick(self.hands.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
        opened = [each for each in self.hands.window.findChildren(ExportDialog) if each not in before]
        assert len(opened) == 1
        return opened[0]

    def written(self, path: Path) -> Picture:
        self.hands.wait(lambda: path.exists() and not self.hands.tab.output.exports.busy)
        return read_picture(path)


@pytest.fixture
def exporting(hands: Hands, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Exporting:
    return Exporting(hands, monkeypatch, tmp_path / "out" / "Bild 山")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def pick(box: QWidget, value: object) -> None:
    box.setCurrentIndex(box.findData(value))  # type: ignore[attr-defined]


def test_a_smaller_size_and_another_format(
    hands: Hands, exporting: Exporting, photo: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    hands.open(photo)
    painted = hands.wait_for_whole()
    dialog = exporting.dialog()
    pick(dialog.format, "PNG")
    assert not dialog.quality.isEnabled()
    pick(dialog.size_mode, "pixels")
    dialog.width_pixels.setValue(60)
    assert dialog.height_pixels.value() == 60
    assert "60 × 60" in dialog.summary.text()
    assert "reduced" in dialog.remarks.text()
    dialog.export_button.click()
    assert exporting.suggested[0][0].endswith(".png")
    assert exporting.suggested[0][1] == "PNG (*.png)"
    result = exporting.written(folder / "Bild 山.png")
    assert np.array_equal(result.pixels, resized(painted.picture, 60).pixels)
    assert "Bild 山.png" in hands.message()
    hands.window.message_bar.offer_button.click()
    assert [Path(url.toLocalFile()) for url in opened] == [folder]


def test_a_larger_size_is_painted_anew_and_print_size_has_its_dpi(
    hands: Hands, exporting: Exporting, photo: Path, folder: Path
) -> None:
    hands.choose("poppies")
    hands.tab.panel.stroke.set_value("broad")
    hands.open(photo)
    own = max(hands.wait_for_whole().picture.pixels.shape[:2])
    dialog = exporting.dialog()
    pick(dialog.format, "TIFF")
    pick(dialog.size_mode, "print")
    dialog.dpi.setValue(100)
    pick(dialog.unit, "inch")
    sides = dialog.print_width, dialog.print_height
    max(sides, key=lambda side: side.value()).setValue(round(own * 1.3) / 100)
    expected_size = dialog.options.pixels(*lengths(photo))
    assert max(expected_size) > own
    assert "anew" in dialog.remarks.text()
    pick(dialog.unit, "cm")  # the same size in other words
    assert max(dialog.options.pixels(*lengths(photo))) == pytest.approx(max(expected_size), abs=4)
    pick(dialog.unit, "inch")
    size = dialog.options.pixels(*lengths(photo))
    dialog.export_button.click()
    result = exporting.written(folder / "Bild 山.tif")
    expected = lapstyle.run(lapstyle.stylize(photo, "poppies", stroke="broad", color=0.0, size=max(size)))
    assert np.array_equal(result.pixels, expected.pixels)
    assert result.metadata.dpi == pytest.approx((100, 100), abs=0.1)


def test_a_painting_enlarged(hands: Hands, exporting: Exporting, photo: Path, folder: Path) -> None:
    hands.open(photo)
    painted = hands.wait_for_whole().picture
    dialog = exporting.dialog()
    pick(dialog.format, "PNG")
    pick(dialog.size_mode, "double")
    assert f"{2 * painted.width} × {2 * painted.height}" in dialog.summary.text()
    assert "the strokes grow" in dialog.remarks.text()
    dialog.export_button.click()
    result = exporting.written(folder / "Bild 山.png")
    assert np.array_equal(result.pixels, lapstyle.run(Enlarger().enlarge(painted, 2)).pixels)


def test_a_poor_photo_is_restored_while_it_is_enlarged(
    hands: Hands, exporting: Exporting, photo: Path, folder: Path
) -> None:
    hands.open(photo)
    painted = hands.wait_for_whole().picture
    dialog = exporting.dialog()
    assert not dialog.restore.isVisible()
    pick(dialog.format, "PNG")
    pick(dialog.size_mode, "double")
    assert dialog.restore.isVisible() and not dialog.restore.isChecked()
    dialog.restore.click()
    dialog.export_button.click()
    result = exporting.written(folder / "Bild 山.png")
    assert np.array_equal(result.pixels, lapstyle.run(Enlarger(restore=True).enlarge(painted, 2)).pixels)


def lengths(photo: Path) -> tuple[int, int]:
    picture = read_picture(photo)
    return picture.width, picture.height


def test_choices_come_back_and_a_question_about_the_name_can_be_taken_back(
    hands: Hands, exporting: Exporting, photo: Path, folder: Path
) -> None:
    hands.open(photo)
    dialog = exporting.dialog()
    pick(dialog.format, "WebP")
    dialog.quality.setValue(55)
    dialog.metadata.setChecked(False)
    target, exporting.target = exporting.target, None
    dialog.export_button.click()
    assert dialog.isVisible()
    exporting.target = target
    dialog.export_button.click()
    exporting.written(folder / "Bild 山.webp")
    again = exporting.dialog()
    assert again.options == ExportOptions(format="WebP", quality=55, metadata=False)
    again.reject()


def test_what_a_format_does_not_hold_is_said_before(hands: Hands, exporting: Exporting, tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 65535, (64, 90, 3), np.uint16)
    write_picture(Picture(pixels, np.full((64, 90), 30000, np.uint16)), path := tmp_path / "deep.png")
    hands.open(path)
    dialog = exporting.dialog()
    pick(dialog.format, "JPEG")
    assert "transparent parts become white" in dialog.remarks.text()
    assert "8 bits" in dialog.remarks.text()
    pick(dialog.format, "PNG")
    assert "8 bits" not in dialog.remarks.text()
    pick(dialog.size_mode, "pixels")
    dialog.width_pixels.setValue(40_000)
    assert "megapixels" in dialog.remarks.text()
    assert not dialog.export_button.isEnabled()
    dialog.reject()


def test_never_over_the_photo(hands: Hands, exporting: Exporting, photo: Path) -> None:
    before = photo.read_bytes()
    hands.open(photo)
    exporting.target = photo
    exporting.dialog().export_button.click()
    assert "is never overwritten" in hands.message()
    assert photo.read_bytes() == before


def test_a_name_that_gets_its_ending_late_is_asked_about(
    hands: Hands, exporting: Exporting, photo: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "Bild 山.jpg").write_bytes(b"mine")
    asked: list[str] = []

    def answer(_parent: object, _title: str, question: str) -> QMessageBox.StandardButton:
        asked.append(question)
        return QMessageBox.StandardButton.No

    monkeypatch.setattr(QMessageBox, "question", answer)
    hands.open(photo)
    dialog = exporting.dialog()
    dialog.export_button.click()
    assert "Bild 山.jpg" in asked[0]
    assert (folder / "Bild 山.jpg").read_bytes() == b"mine"
    assert dialog.isVisible()
    dialog.reject()


def test_an_export_can_be_cancelled_and_closing_asks(
    hands: Hands, exporting: Exporting, large_photo: Path, folder: Path
) -> None:
    hands.open(large_photo)
    dialog = exporting.dialog()
    pick(dialog.size_mode, "pixels")
    dialog.width_pixels.setValue(6000)
    dialog.export_button.click()
    exports = hands.tab.output.exports
    assert exports.isVisible()
    assert "Bild 山.jpg" in exports.label.text()
    assert hands.tab.would_lose()
    exports.cancel_button.click()
    hands.wait(lambda: not exports.isVisible())
    assert list(folder.iterdir()) == []
    assert not hands.tab.would_lose()


def test_spoiled_choices_are_as_usual() -> None:
    assert ExportOptions.from_data({"format": "XYZ", "quality": 900, "dpi": "x", "metadata": 3}) == ExportOptions()
    assert ExportOptions.from_data(None) == ExportOptions()
    options = ExportOptions("TIFF", 12, "print", 300, 12.5, "inch", 240, False, True)
    assert ExportOptions.from_data(options.to_data()) == options


def move(widget: QWidget, kind: QEvent.Type, x: int, keys: Qt.KeyboardModifier) -> None:
    """A hand on the mouse's left button, which the offscreen screen does not have."""
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else Qt.MouseButton.LeftButton
    place = widget.rect().center() + QPoint(x, 0)
    QApplication.sendEvent(widget, QMouseEvent(kind, QPointF(place), QPointF(place), button, held, keys))


@pytest.mark.parametrize("from_view", [False, True])
def test_the_result_is_dragged_as_a_file_and_as_a_picture(
    hands: Hands, photo: Path, monkeypatch: pytest.MonkeyPatch, from_view: bool
) -> None:
    dragged: list[tuple[Path, Picture, Picture]] = []

    def drop(drag: QDrag, _action: Qt.DropAction) -> Qt.DropAction:
        path = Path(drag.mimeData().urls()[0].toLocalFile())
        dragged.append((path, read_picture(path), Picture(pixels_of(drag.mimeData().imageData())[0])))
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", drop)
    hands.open(photo)
    painted = hands.wait_for_whole()
    place = hands.tab.viewer.view if from_view else hands.tab.output.handle
    keys = Qt.KeyboardModifier.ControlModifier if from_view else Qt.KeyboardModifier.NoModifier
    move(place, QEvent.Type.MouseButtonPress, 0, keys)
    move(place, QEvent.Type.MouseMove, 40, keys)
    hands.wait(lambda: bool(dragged))
    move(place, QEvent.Type.MouseButtonRelease, 40, keys)
    path, from_file, from_image = dragged[0]
    assert path.name == f"{photo.stem} - The Great Wave off Kanagawa.jpg"
    assert from_file.pixels.shape == painted.picture.pixels.shape
    assert np.array_equal(from_image.pixels, painted.picture.pixels)
    assert len(dragged) == 1


def test_the_keyboard_copies_the_file(hands: Hands, photo: Path) -> None:
    hands.open(photo)
    hands.wait_for_whole()
    QApplication.clipboard().clear()
    hands.tab.output.handle.setFocus()
    hands.qtbot.keyClick(hands.tab.output.handle, Qt.Key.Key_Space)
    hands.wait(lambda: (mime := QApplication.clipboard().mimeData()) is not None and mime.hasUrls())
    assert read_picture(Path(QApplication.clipboard().mimeData().urls()[0].toLocalFile()))


def test_what_is_dragged_out_is_not_dropped_in(hands: Hands, photo: Path) -> None:
    from PyQt5.QtGui import QDragEnterEvent

    from tests.gui.hands import mime_of

    class Own(QDragEnterEvent):
        def source(self) -> QWidget:
            return hands.tab.output.handle

    event = Own(
        QPoint(5, 5),
        Qt.DropAction.CopyAction,
        mime_of([photo]),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    event.ignore()
    hands.window.dragEnterEvent(event)
    assert not event.isAccepted()


def test_files_that_nobody_dragged_do_not_pile_up(hands: Hands, photo: Path) -> None:
    hands.open(photo)
    drag_out = hands.tab.output.drag_out
    for strength in (100, 80, 60):
        hands.tab.panel.strength.set_value(strength)
        hands.wait_for_whole()
        assert drag_out.prepare()
        hands.wait(lambda: drag_out.ready)
    assert drag_out.folder is not None
    assert len(list(drag_out.folder.rglob("*.jpg"))) == 1
