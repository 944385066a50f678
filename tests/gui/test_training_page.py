"""The training page: a real training of small networks on small pictures, what is refused, and how it goes on."""

import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtCore import QPoint, QRectF, QSettings, Qt
from PyQt5.QtGui import QDragEnterEvent, QDropEvent
from PyQt5.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from cyclegan.training_settings import CycleTraining, EnlargeTraining
from studio.cyclegan_form import NETWORKS
from studio.cyclegan_tab import CycleGanTab
from studio.cyclegan_training import CycleGanTraining
from studio.main_window import MainWindow
from studio.message_bar import Offer
from studio.own_styles import OwnStyles
from studio.preferences import Preferences
from studio.services import Messages, Services
from studio.training_curve import Losses, points, with_newer
from studio.training_news import read_losses
from studio.translation import Languages
from studio.worker import Worker
from tests.gui.hands import PATIENCE, mime_of
from tests.pictures import sample
from workbench.image_io import write_picture
from workbench.picture import Picture

PHOTOS = "coffee", "mountains", "cat"


@pytest.fixture(autouse=True)
def tiny_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Smaller than a user could have any use for."""
    monkeypatch.setitem(NETWORKS, "small", (4, 1))


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Three small photos with junk beside them, and the same upside down."""
    photos, turned = tmp_path / "photos", tmp_path / "turned"
    for folder in (photos, turned):
        folder.mkdir()
    for name in PHOTOS:
        pixels = sample(name, (72, 72))
        write_picture(Picture(pixels), photos / f"{name}.png")
        write_picture(Picture(np.ascontiguousarray(pixels[::-1])), turned / f"{name}.png")
    (photos / "notes.txt").write_text("not a picture")
    (photos / "broken.jpg").write_text("not a picture either")
    return photos, turned


@pytest.fixture
def open_page(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[[], CycleGanTraining]]:
    """Opens the page, as often as wanted; each finds what the one before left."""
    pages: list[CycleGanTraining] = []

    def open_one() -> CycleGanTraining:
        preferences = Preferences(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
        preferences.set_text("training folder", str(tmp_path / "trainings"))
        services = Services(Worker("painting"), Worker("background"), preferences, OwnStyles(tmp_path), Messages())
        page = CycleGanTraining(services)
        qtbot.addWidget(page)
        page.show()
        pages.append(page)
        return page

    yield open_one
    for page in pages:
        page.services.stop()


@pytest.fixture
def page(open_page: Callable[[], CycleGanTraining]) -> CycleGanTraining:
    return open_page()


def page_of(window: MainWindow) -> CycleGanTraining:
    """The page in front, in its tab."""
    number, tab = next((number, tab) for number, tab in enumerate(window.tabs) if isinstance(tab, CycleGanTab))
    window.book.setCurrentIndex(number)
    tab.show_page(1)
    return tab.training


def set_up(page: CycleGanTraining, qtbot: QtBot, folders: tuple[Path, Path], steps: int) -> None:
    """A training of the smallest networks, ready to start."""
    page.form.a.set_folder(folders[0])
    page.form.b.set_folder(folders[1])
    page.form.start.setCurrentIndex(page.form.start.findData(None))
    page.form.network.setCurrentIndex(page.form.network.findData("small"))
    page.form.crop.addItem("32 px", 32)
    page.form.crop.setCurrentIndex(page.form.crop.findData(32))
    page.form.steps.setText(str(steps))
    qtbot.waitUntil(lambda: page.form.ready, timeout=PATIENCE)


class TestFolders:
    def test_pictures_are_counted_and_junk_is_left_out(
        self, page: CycleGanTraining, qtbot: QtBot, folders: tuple[Path, Path]
    ) -> None:
        field = page.form.a
        field.set_folder(folders[0])
        qtbot.waitUntil(lambda: field.content is not None)
        assert field.content is not None
        assert (field.content.pictures, field.content.others) == (3, 2)
        assert field.found.text().startswith("3 pictures · 2 other files left out")

    def test_a_folder_without_pictures_says_so_and_nothing_can_start(
        self, page: CycleGanTraining, qtbot: QtBot, tmp_path: Path, folders: tuple[Path, Path]
    ) -> None:
        (empty := tmp_path / "empty").mkdir()
        page.form.a.set_folder(empty)
        page.form.b.set_folder(folders[1])
        qtbot.waitUntil(lambda: "no pictures" in page.lack.text())
        assert not page.go.isEnabled()
        assert "no pictures" in page.form.a.found.text()

    def test_a_folder_that_is_gone_is_named(self, page: CycleGanTraining, qtbot: QtBot, tmp_path: Path) -> None:
        page.form.a.set_folder(tmp_path / "gone")
        qtbot.waitUntil(lambda: str(tmp_path / "gone") in page.lack.text())

    def test_a_folder_can_be_dropped_on_a_field(self, page: CycleGanTraining, folders: tuple[Path, Path]) -> None:
        mime, place, buttons = mime_of([folders[1]]), QPoint(5, 5), Qt.MouseButton.LeftButton
        for kind in (QDragEnterEvent, QDropEvent):
            event = kind(place, Qt.DropAction.CopyAction, mime, buttons, Qt.KeyboardModifier.NoModifier)
            QApplication.sendEvent(page.form.b, event)
        assert page.form.b.folder == folders[1]

    def test_two_folders_dropped_beside_the_fields_fill_both(
        self, page: CycleGanTraining, folders: tuple[Path, Path]
    ) -> None:
        page.take(folders)
        assert (page.form.a.folder, page.form.b.folder) == folders

    def test_the_button_asks(
        self, page: CycleGanTraining, qtbot: QtBot, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folders[0]))
        qtbot.mouseClick(page.form.a.button, Qt.MouseButton.LeftButton)
        assert page.form.a.folder == folders[0]


class TestForm:
    def test_what_is_missing_is_said(self, page: CycleGanTraining, qtbot: QtBot, folders: tuple[Path, Path]) -> None:
        form = page.form
        assert "two folders" in page.lack.text()
        form.a.set_folder(folders[0])
        form.b.set_folder(folders[0])
        assert "same" in page.lack.text()
        form.b.set_folder(folders[1])
        assert form.name.text() == "photos to turned"
        qtbot.waitUntil(page.go.isEnabled)
        form.steps.setText("0")
        assert "steps" in page.lack.text()
        form.steps.setText("5")
        for wrong in ("", "..", "a/b", "what?"):
            form.name.setText(wrong)
            assert "name" in page.lack.text()
            assert not page.go.isEnabled()
        form.folder.with_name("taken").mkdir(parents=True)
        form.name.setText("taken")
        assert "already" in page.lack.text()

    def test_the_settings_are_those_of_the_fields(
        self, page: CycleGanTraining, qtbot: QtBot, folders: tuple[Path, Path]
    ) -> None:
        set_up(page, qtbot, folders, 7)
        settings = page.form.settings()
        assert isinstance(settings, CycleTraining)
        assert (settings.a, settings.b, settings.steps, settings.crop) == (*folders, 7, 32)
        assert (settings.channels, settings.blocks, settings.start) == (4, 1, None)
        page.form.kind.setCurrentIndex(1)
        page.form.factor.setCurrentIndex(1)
        settings = page.form.settings()
        assert isinstance(settings, EnlargeTraining)
        assert (settings.folder, settings.factor, settings.steps) == (folders[0], 4, 7)
        assert not page.form.b.isVisible()

    def test_a_model_to_start_from_can_be_any_file(
        self, page: CycleGanTraining, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "mine.safetensors"), ""))
        last = page.form.start.count() - 1
        page.form.start.setCurrentIndex(last)
        page.form.start.activated.emit(last)
        assert page.form.started_from == str(tmp_path / "mine.safetensors")
        assert page.form.start.currentText() == "mine.safetensors"
        assert not page.form.network.isEnabled(), "a model has its size"


class TestTraining:
    def test_it_trains_to_the_end_and_its_model_can_be_used(
        self, page: CycleGanTraining, qtbot: QtBot, folders: tuple[Path, Path]
    ) -> None:
        set_up(page, qtbot, folders, 12)
        with qtbot.waitSignal(page.job.ended, timeout=PATIENCE):
            qtbot.mouseClick(page.go_button, Qt.MouseButton.LeftButton)
            assert page.running
            assert page.go.text() == "Pause"
        qtbot.waitUntil(lambda: page.use_model.isEnabled() and page.view.samples.sheet is not None, timeout=PATIENCE)
        assert page.view.status.text() == "Step 12 of 12  ·  done"
        assert not page.go.isEnabled()
        assert page.view.curve.accessibleDescription(), "there are losses"
        with qtbot.waitSignal(page.model_ready) as ready:
            page.use_model.trigger()
        assert ready.args[0].is_file()

    def test_enlarging_is_learned_from_one_folder(
        self, page: CycleGanTraining, qtbot: QtBot, folders: tuple[Path, Path]
    ) -> None:
        page.form.kind.setCurrentIndex(page.form.kind.findData("enlarge"))
        page.form.a.set_folder(folders[0])
        page.form.steps.setText("1")
        qtbot.waitUntil(page.go.isEnabled, timeout=PATIENCE)
        with qtbot.waitSignal(page.job.ended, timeout=3 * PATIENCE):
            page.go.trigger()
        qtbot.waitUntil(lambda: page.news is not None and page.news.model is not None, timeout=PATIENCE)
        assert "Enlarges 2 times" in page.summary.text()
        assert not page.model_button.isVisible(), "the tab only translates"
        assert page.folder_button.isVisible()

    def test_it_can_be_paused_closed_and_resumed(
        self, open_page: Callable[[], CycleGanTraining], qtbot: QtBot, folders: tuple[Path, Path]
    ) -> None:
        page = open_page()
        set_up(page, qtbot, folders, 4000)
        page.go.trigger()
        folder = page.folder
        assert folder is not None
        qtbot.waitUntil(lambda: page.job.progress is not None and page.job.progress.done >= 2, timeout=PATIENCE)
        page.services.stop()  # as when the window is closed
        assert (folder / "checkpoint.safetensors").is_file()

        second = open_page()
        with qtbot.waitSignal(second.services.messages.offered, timeout=PATIENCE) as offered:
            pass
        assert second.folder == folder
        qtbot.waitUntil(lambda: second.news is not None, timeout=PATIENCE)
        assert second.news is not None
        reached = second.news.status.step
        assert reached >= 2
        offer = offered.args[0]
        assert isinstance(offer, Offer)
        offer.accept()
        assert second.running
        qtbot.waitUntil(
            lambda: second.job.progress is not None and second.job.progress.done > reached, timeout=PATIENCE
        )
        with qtbot.waitSignal(second.job.ended, timeout=PATIENCE):
            second.go.trigger()
            assert "writing down" in second.view.status.text()
        qtbot.waitUntil(lambda: "paused" in second.view.status.text(), timeout=PATIENCE)
        assert second.go.text() == "Resume"

        third = open_page()
        qtbot.waitUntil(lambda: third.runs.findData(str(folder)) > 0, timeout=PATIENCE)
        assert third.folder is None, "what was paused is not pressed on anyone"

    def test_a_folder_that_cannot_be_made_is_named_and_what_was_set_stays(
        self, page: CycleGanTraining, qtbot: QtBot, folders: tuple[Path, Path]
    ) -> None:
        set_up(page, qtbot, folders, 3)
        page.form.folder.parent.write_text("a file where the trainings' folder should be")
        with (
            qtbot.waitSignal(page.services.messages.failed, timeout=PATIENCE) as failed,
            qtbot.waitSignal(page.job.ended, timeout=PATIENCE),
        ):
            page.go.trigger()
        assert str(page.form.folder) in str(failed.args[0].error)
        assert page.folder is None
        assert page.runs.count() == 1
        assert page.form.a.folder == folders[0]

    def test_a_training_whose_pictures_are_gone_says_so(
        self, page: CycleGanTraining, qtbot: QtBot, folders: tuple[Path, Path]
    ) -> None:
        set_up(page, qtbot, folders, 3)
        for folder in folders:
            shutil.rmtree(folder)
        with (
            qtbot.waitSignal(page.services.messages.failed, timeout=PATIENCE) as failed,
            qtbot.waitSignal(page.job.ended, timeout=PATIENCE),
        ):
            page.go.trigger()
        assert str(folders[0]) in str(failed.args[0].error)
        assert page.form.a.isEnabled()


def test_closing_the_window_asks_nothing_and_the_next_start_offers_to_go_on(
    open_window: Callable[[], MainWindow],
    qtbot: QtBot,
    tmp_path: Path,
    folders: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(QMessageBox, "question", lambda *_: pytest.fail("a question"))
    window = open_window()
    window.services.preferences.set_text("training folder", str(tmp_path / "trainings"))
    page = page_of(window)
    set_up(page, qtbot, folders, 4000)
    page.go.trigger()
    qtbot.waitUntil(lambda: page.job.progress is not None and page.job.progress.done >= 1, timeout=PATIENCE)
    assert window.close()
    assert (tmp_path / "trainings" / "photos to turned" / "checkpoint.safetensors").is_file()

    again = open_window()
    qtbot.waitUntil(lambda: "photos to turned" in again.message_bar.text.text(), timeout=PATIENCE)
    page = page_of(again)
    assert page.folder == tmp_path / "trainings" / "photos to turned"
    assert not page.running, "not before the user says so"


class TestCurve:
    def test_a_loss_that_falls_is_a_line_that_falls(self) -> None:
        steps = np.arange(1.0, 1001.0)
        line = points(steps, 2 / steps, 2.0, QRectF(10, 20, 300, 100))
        assert 50 <= len(line) <= 100
        assert all(before.x() < after.x() for before, after in itertools.pairwise(line))
        assert all(before.y() <= after.y() for before, after in itertools.pairwise(line))
        assert line[-1].y() == pytest.approx(120, abs=0.5)

    def test_what_was_told_follows_what_was_written(self) -> None:
        written = Losses(np.array([10.0, 20.0]), {"cycle": np.array([3.0, 2.0])})
        both = with_newer(written, [(15, {"cycle": 9.0}), (22, {"cycle": 1.5}), (25, {"cycle": 1.0})])
        assert both is not None
        assert list(both.steps) == [10, 20, 22, 25]
        assert list(both.values["cycle"]) == [3, 2, 1.5, 1]
        assert with_newer(written, [(30, {"other": 1.0})]) is written

    @pytest.mark.parametrize("text", ["", "step,loss\n", "step,loss\n1,2\n2,nan\n", "step,loss\n2,1\n1,1\n", "\0"])
    def test_a_table_that_makes_no_sense_shows_nothing(self, tmp_path: Path, text: str) -> None:
        (path := tmp_path / "losses.csv").write_text(text)
        assert read_losses(path) is None

    def test_half_a_line_at_the_end_is_left_out(self, tmp_path: Path) -> None:
        (path := tmp_path / "losses.csv").write_text("step,cycle,identity\n1,3,2\n2,2.5,1\n3,2")
        losses = read_losses(path)
        assert losses is not None
        assert list(losses.steps) == [1, 2]
        assert list(losses.values["identity"]) == [2, 1]


def test_the_tab_key_goes_from_top_to_bottom_and_every_stop_has_a_name(
    page: CycleGanTraining, qtbot: QtBot, folders: tuple[Path, Path]
) -> None:
    set_up(page, qtbot, folders, 3)
    page.resize(1000, 900)  # nothing scrolls
    page.activateWindow()
    qtbot.waitActive(page)
    page.runs.setFocus()
    stops: list[QWidget] = []
    while (focused := QApplication.focusWidget()) not in stops:
        assert focused is not None
        stops.append(focused)
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert all(stop.accessibleName() for stop in stops)
    assert stops[0] is page.runs
    assert stops[-1] is page.go_button
    places = [stop.mapTo(page, QPoint(0, 0)).y() for stop in stops]
    assert places == sorted(places)
    assert len(stops) == 11


def test_the_page_speaks_chinese(page: CycleGanTraining, qapp: QApplication) -> None:
    languages = Languages()
    languages.use("zh_CN")
    QApplication.processEvents()
    words = page.go.text(), page.form.a.button.text(), page.lack.text(), page.form.steps.accessibleName()
    languages.use("en")
    QApplication.processEvents()
    assert words == ("开始训练", "选择…", "请选择两个用于学习的图片文件夹。", "步数")
    assert page.go.text() == "Start training"
