"""The page that teaches a style: what it asks, a real teaching with tiny settings, and what becomes of it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PyQt5.QtCore import QPoint, Qt
from PyQt5.QtGui import QDragEnterEvent, QDropEvent, QImage
from PyQt5.QtWidgets import QAction, QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

import assets
from lapstyle.packs import installed_packs
from lapstyle.training_settings import StyleTraining
from recipes.training import TrainingRun
from studio.cyclegan_tab import CycleGanTab
from studio.main_window import MainWindow
from studio.message_bar import Offer
from studio.teach_form import QUALITIES
from studio.teach_page import TeachPage
from studio.translation import Languages
from tests.gui.hands import PATIENCE, Hands, mime_of
from tests.pack_files import write_tuned
from tests.pictures import sample
from tests.trainings import tiny
from workbench.image_io import write_picture
from workbench.picture import Picture

TINY = {"steps": (2, 2, 2), "sides": (32, 64, 64), "window": 64, "batch": 1, "examples": 2}
LONG = {**TINY, "steps": (4000, 1, 1)}
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def tiny_trainings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Smaller and shorter than a user could have any use for."""
    monkeypatch.setitem(QUALITIES, "usual", TINY)
    monkeypatch.setitem(QUALITIES, "thorough", LONG)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of two small photos and a text."""
    (folder := tmp_path / "photos").mkdir()
    for name in ("coffee", "cat"):
        write_picture(Picture(sample(name, (80, 72))), folder / f"{name}.png")
    (folder / "notes.txt").write_text("not a picture")
    return folder


@pytest.fixture
def open_hands(open_window: Callable[[], MainWindow], qtbot: QtBot, tmp_path: Path) -> Callable[[], Hands]:
    """Opens a window with the page in front, as often as wanted."""

    def open_one() -> Hands:
        window = open_window()
        window.services.preferences.set_text("training folder", str(tmp_path / "trainings"))
        window.book.setCurrentWidget(window.teach_tab)
        return Hands(window, qtbot)

    return open_one


@pytest.fixture
def hands(open_hands: Callable[[], Hands]) -> Hands:
    return open_hands()


def page_of(hands: Hands) -> TeachPage:
    return hands.window.teach_tab.page


def teach(hands: Hands, painting: Path, quality: str = "usual") -> Path:
    """Drop a painting, choose a quality, and press the button; the training's folder."""
    page = page_of(hands)
    drop(page.form.painting, painting)
    page.form.quality.setCurrentIndex(page.form.quality.findData(quality))
    hands.wait(lambda: page.form.ready)
    hands.qtbot.mouseClick(page.go_button, LEFT)
    assert page.running
    assert page.folder is not None
    return page.folder


def drop(widget: QWidget, path: Path) -> None:
    """On the widget, or the first around it that takes anything, as Qt does."""
    while not widget.acceptDrops():
        widget = widget.parentWidget()
    mime, place, keys = mime_of([path]), widget.rect().center(), Qt.KeyboardModifier.NoModifier
    for kind in (QDragEnterEvent, QDropEvent):
        event = kind(place, Qt.DropAction.CopyAction, mime, LEFT, keys)
        QApplication.sendEvent(widget, event)
        assert event.isAccepted()


def installed() -> list[str]:
    return [card.id for card in installed_packs()]


class TestForm:
    def test_a_painting_that_is_dropped_is_shown_and_gives_its_name(self, hands: Hands, painting: Path) -> None:
        page = page_of(hands)
        assert page.lack.text() == "Choose the painting to teach."
        assert not page.go.isEnabled()
        drop(page.view, painting)  # anywhere on the page
        hands.wait(page.go.isEnabled)
        assert page.lack.text() == ""
        assert page.form.painting.found.text() == "80 × 64"
        assert page.form.name.text() == "Streifen ß"
        assert (page.form.artist.text(), page.form.licence.text()) == ("", "")

    def test_the_gallerys_menu_hands_over_a_painting_with_all_that_is_known_of_it(self, hands: Hands) -> None:
        hands.window.book.setCurrentWidget(hands.tab)
        hands.choose("great-wave")
        wave = hands.tab.gallery.choice[0]
        hands.tab.gallery_menu.fill(wave)
        menu = hands.tab.gallery_menu.menu.actions()
        next(action for action in menu if action.text() == "Teach this &style…").trigger()
        form = page_of(hands).form
        assert hands.window.tab is hands.window.teach_tab
        hands.wait(lambda: form.ready)
        assert form.name.text() == "The Great Wave off Kanagawa"
        assert form.artist.text() == "Katsushika Hokusai"
        assert form.licence.text() == assets.gallery()[0].licence

    def test_the_style_menu_does_too(self, hands: Hands) -> None:
        hands.window.book.setCurrentWidget(hands.tab)
        hands.choose("poppies")
        hands.tab.teach.trigger()
        assert page_of(hands).form.painting.path == hands.tab.gallery.choice[0].path

    def test_names_are_shown_as_they_are_and_long_ones_do_not_widen_the_page(
        self, hands: Hands, tmp_path: Path, photo: Path
    ) -> None:
        page = page_of(hands)
        parts = page.view, page.form, page.go_button.parentWidget()
        before = [part.minimumSizeHint().width() for part in parts]
        (wrong := tmp_path / f"<b>{'W' * 120}.jpg").write_text("not a picture")
        drop(page.form.painting, wrong)
        page.form.set_photo(photo.with_name("<u>" + "W" * 120))
        hands.wait(lambda: wrong.name in page.lack.text())
        page.view.show_state("W" * 60, page.view.status.text(), 0)
        QApplication.processEvents()
        assert [part.minimumSizeHint().width() for part in parts] == before
        labels = (page.lack, page.form.painting.found, page.form.shown)
        assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}

    def test_letters_that_cannot_be_seen_are_left_out_of_the_name(self, hands: Hands, tmp_path: Path) -> None:
        form = page_of(hands).form
        form.painting.set_file(tmp_path / "two\twords.jpg")
        assert form.name.text() == "twowords"

    def test_what_is_no_picture_is_said(self, hands: Hands, tmp_path: Path) -> None:
        (wrong := tmp_path / "wrong.jpg").write_text("not a picture")
        page = page_of(hands)
        drop(page.form.painting, wrong)
        hands.wait(lambda: "wrong.jpg" in page.lack.text())
        assert not page.go.isEnabled()

    def test_a_picture_from_the_clipboard_becomes_one_of_ones_own_paintings(self, hands: Hands, painting: Path) -> None:
        QApplication.clipboard().setImage(QImage(str(painting)))
        hands.window.paste.trigger()
        hands.wait(lambda: page_of(hands).form.ready)
        assert len(hands.window.services.own_styles.all()) == 1

    def test_the_button_asks_for_a_picture(self, hands: Hands, painting: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(painting), ""))
        form = page_of(hands).form
        hands.qtbot.mouseClick(form.painting.button, LEFT)
        hands.wait(lambda: form.ready)
        assert form.painting.path == painting

    def test_photos_need_not_be_given_and_can_be_taken_away_again(
        self, hands: Hands, painting: Path, photos: Path, tmp_path: Path
    ) -> None:
        page = page_of(hands)
        assert page.form.photos.path.text() == "The samples"
        assert not page.form.photos.clear.isVisible()
        (empty := tmp_path / "empty").mkdir()
        drop(page.form.painting, painting)
        drop(page.view, empty)
        hands.wait(lambda: "no pictures" in page.lack.text())
        drop(page.form.photos, photos)
        hands.wait(page.go.isEnabled)
        assert page.form.photos.found.text().startswith("2 pictures · 1 other file left out")
        hands.qtbot.mouseClick(page.form.photos.clear, LEFT)
        assert page.form.photos.folder is None
        assert page.go.isEnabled()

    def test_the_settings_are_those_of_the_fields(
        self, hands: Hands, painting: Path, photos: Path, photo: Path
    ) -> None:
        hands.window.book.setCurrentWidget(hands.tab)
        hands.open(photo)
        form = page_of(hands).form
        assert photo.name in form.shown.text()
        form.take((painting, photos))
        hands.wait(lambda: form.ready)
        form.minutes.setCurrentIndex(form.minutes.findData(40))
        form.quality.setCurrentIndex(form.quality.findData("quick"))
        form.name.setText(" Stripes ")
        form.artist.setText("Nobody")
        form.licence.setText("CC0")
        settings = form.settings()
        assert (settings.painting, settings.photos, settings.photo) == (painting, photos, photo)
        assert (settings.minutes, settings.sides) == (40.0, QUALITIES["quick"]["sides"])
        assert (settings.name, settings.artist, settings.licence) == ("Stripes", "Nobody", "CC0")
        assert settings.tuned == "pack"

    def test_every_quality_is_one_that_training_takes(
        self, hands: Hands, painting: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.undo()  # the real ones
        form = page_of(hands).form
        form.painting.set_file(painting)
        for index in range(form.quality.count()):
            form.quality.setCurrentIndex(index)
            assert form.settings().minutes == 20

    def test_a_pack_that_is_dropped_here_goes_to_the_gallery(self, hands: Hands, tmp_path: Path) -> None:
        page = page_of(hands)
        drop(page.form.painting, write_tuned(tmp_path / "poppies.safetensors"))
        hands.wait(lambda: hands.tab.gallery.choice[0].id == "poppies-pack")
        assert hands.window.tab is hands.tab
        assert page.form.painting.path is None

    def test_even_from_the_field_of_photos(self, hands: Hands, tmp_path: Path) -> None:
        page = page_of(hands)
        drop(page.form.photos, write_tuned(tmp_path / "poppies.safetensors"))
        hands.wait(lambda: hands.tab.gallery.choice[0].id == "poppies-pack")
        assert page.form.photos.folder is None, "the folder that it lies in was not meant"


class TestTeaching:
    def test_at_the_end_the_pack_is_in_the_gallery_and_paints(self, hands: Hands, painting: Path, photo: Path) -> None:
        hands.window.book.setCurrentWidget(hands.tab)
        hands.open(photo)
        hands.window.book.setCurrentWidget(hands.window.teach_tab)
        page = page_of(hands)
        folder = teach(hands, painting)
        hands.wait(lambda: not page.job.running)
        hands.wait(lambda: page.use_model.isEnabled() and page.view.samples.sheet is not None)
        assert page.view.status.text() == "Step 6 of 6  ·  done"
        assert not page.go_button.isVisible()
        assert "style" in page.view.curve.accessibleDescription()
        hands.wait(page.frame.isVisible)
        assert page.summary.text().startswith("Painting: Streifen ß.png\n\nPhotos: The samples")
        hands.wait(lambda: hands.tab.gallery.model.row_of("streifen-ss-pack") is not None)
        assert hands.tab.gallery.choice[0].id == "great-wave", "nobody asked to paint with it yet"
        assert (folder / "model.safetensors").stat().st_size < 4_000_000

        hands.qtbot.mouseClick(page.model_button, LEFT)
        hands.wait(lambda: hands.window.tab is hands.tab)
        assert [choice.title for choice in hands.tab.gallery.choice] == ["Streifen ß"]
        hands.wait_for_whole()
        assert installed() == ["streifen-ss-pack"], "once, however often it is handed over"

    def test_it_is_paused_used_closed_and_goes_on(
        self, open_hands: Callable[[], Hands], painting: Path, photo: Path
    ) -> None:
        hands = open_hands()
        page = page_of(hands)
        page.form.set_photo(photo)
        folder = teach(hands, painting, "thorough")
        hands.wait(lambda: page.job.progress is not None and page.job.progress.done >= 1)
        assert page.view.status.text().startswith("Draft  ·  Step ")
        with hands.qtbot.waitSignal(page.job.ended, timeout=PATIENCE):
            page.go.trigger()
        hands.wait(page.use_model.isEnabled)
        assert page.go.text() == "Resume"
        page.use_model.trigger()
        hands.wait(lambda: hands.tab.gallery.choice[0].title == "Streifen ß")
        before = hands.tab.gallery.choice[0].path.read_bytes()

        hands.window.book.setCurrentWidget(hands.window.teach_tab)
        photo.unlink()  # the samples do without
        page.go.trigger()
        reached = TrainingRun.open(folder).status.step
        hands.wait(lambda: page.job.progress is not None and page.job.progress.done > reached)
        assert hands.window.close()

        again = open_hands()
        again.wait(lambda: "Streifen ß" in again.window.message_bar.text.text())
        page = page_of(again)
        hands.wait(lambda: page.news is not None)
        assert page.folder == folder
        assert not page.running, "not before the user says so"
        page.use_model.trigger()
        again.wait(lambda: again.tab.gallery.choice[0].path.read_bytes() != before)
        assert installed() == ["streifen-ss-pack"], "what was taught further takes the place of what was before"

    def test_the_end_is_told_where_the_page_is_not_seen(self, hands: Hands, painting: Path) -> None:
        page = page_of(hands)
        teach(hands, painting)
        hands.window.book.setCurrentWidget(hands.tab)
        with hands.qtbot.waitSignal(hands.window.services.messages.offered, timeout=PATIENCE) as offered:
            pass
        offer = offered.args[0]
        assert isinstance(offer, Offer)
        assert (offer.text, offer.label) == ("The training “Streifen ß” is done.", "Paint with it")
        hands.qtbot.mouseClick(hands.window.message_bar.offer_button, LEFT)
        hands.wait(lambda: hands.tab.gallery.choice[0].title == "Streifen ß")
        assert page.job.status is not None

    def test_a_pack_that_is_damaged_is_told(self, hands: Hands, tmp_path: Path) -> None:
        page = page_of(hands)
        write_tuned(good := tmp_path / "model.safetensors")
        page.install(good, paint=True)
        hands.wait(lambda: installed() == ["poppies-pack"])
        good.write_bytes(good.read_bytes()[:1000])
        page.install(good, paint=True)
        assert "model.safetensors" in hands.message()
        assert installed() == ["poppies-pack"], "what was there stays"


def test_each_page_lists_its_own_trainings(open_hands: Callable[[], Hands], tmp_path: Path, painting: Path) -> None:
    (tmp_path / "pictures").mkdir()
    TrainingRun.create(tmp_path / "trainings" / "a style", StyleTraining(painting))
    TrainingRun.create(tmp_path / "trainings" / "a cycle", tiny(tmp_path / "pictures"))
    hands = open_hands()
    hands.wait(lambda: page_of(hands).runs.count() > 1)
    cycles = next(tab for tab in hands.window.tabs if isinstance(tab, CycleGanTab)).training.runs
    hands.wait(lambda: cycles.count() > 1)
    assert [page_of(hands).runs.itemText(index) for index in range(1, page_of(hands).runs.count())] == ["a style"]
    assert [cycles.itemText(index) for index in range(1, cycles.count())] == ["a cycle"]


def test_universal_weights_which_the_window_cannot_paint_with_are_not_offered(
    open_hands: Callable[[], Hands], tmp_path: Path, painting: Path
) -> None:
    for name, tuned in (("whole", "all"), ("one", "pack")):
        made = TrainingRun.create(tmp_path / "trainings" / name, StyleTraining(painting, tuned=tuned))  # type: ignore[arg-type]
        made.model.write_bytes(b"what was learned")
    hands = open_hands()
    page = page_of(hands)
    for name, hidden in (("whole", True), ("one", False)):
        page.choose(tmp_path / "trainings" / name)
        hands.wait(lambda name=name: page.news is not None and page.news.run.folder.name == name)
        assert page.model_button.isHidden() is hidden


def test_the_tab_key_goes_from_top_to_bottom_and_every_stop_has_a_name(
    hands: Hands, painting: Path, photos: Path
) -> None:
    page = page_of(hands)
    page.form.take((painting, photos))
    hands.wait(lambda: page.form.ready)
    hands.window.resize(1200, 1000)  # nothing scrolls
    hands.window.activateWindow()
    hands.qtbot.waitActive(hands.window)
    page.runs.setFocus()
    stops: list[QWidget] = []
    while (focused := QApplication.focusWidget()) not in stops and focused is not None and page.isAncestorOf(focused):
        stops.append(focused)
        hands.qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert all(stop.accessibleName() for stop in stops)
    assert stops[0] is page.runs
    assert stops[-1] is page.go_button
    places = [stop.mapTo(page, QPoint(0, 0)).y() for stop in stops]
    assert places == sorted(places)
    assert len(stops) == 11


@pytest.fixture
def chinese(qapp: QApplication) -> Iterator[Languages]:
    languages = Languages()
    yield languages
    languages.use("en")
    QApplication.processEvents()


def test_the_page_speaks_chinese(hands: Hands, chinese: Languages) -> None:
    page = page_of(hands)
    chinese.use("zh_CN")
    QApplication.processEvents()
    assert page.go.text() == "训练此风格"
    assert page.lack.text() == "请选择要学习的画作。"
    assert [page.form.minutes.itemText(index) for index in (0, 4, 5)] == ["5 分钟", "1 小时", "2 小时"]
    assert page.form.licence.accessibleName() == "许可"
    assert hands.window.book.tabText(3) == "训练风格"
    styles = [action.text() for action in hands.window.menus["style"].actions() if isinstance(action, QAction)]
    assert "用此风格绘制" in styles
