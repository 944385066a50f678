"""The picture view: zoom, pan, divider, and that huge pictures are drawn from small copies."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt5.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PyQt5.QtGui import QImage, QMouseEvent, QPainter, QWheelEvent
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.image_view import ImageView
from studio.pictures import Mipmap, image_of, pixels_of
from tests.gui.hands import grabbed

BLUE, ORANGE = (20, 40, 200), (240, 140, 10)


def plain(color: tuple[int, int, int], width: int = 400, height: int = 200) -> Mipmap:
    return Mipmap.build(np.full((height, width, 3), color, np.uint8))


def color_at(view: ImageView, point: QPointF) -> tuple[int, ...]:
    image = grabbed(view)
    color = image.pixelColor((point * image.devicePixelRatioF()).toPoint())
    return color.red(), color.green(), color.blue()


def wheel(view: ImageView, at: QPoint, turned: int) -> None:
    event = QWheelEvent(
        QPointF(at),
        QPointF(view.mapToGlobal(at)),
        QPoint(),
        QPoint(0, turned),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def drag(view: ImageView, start: QPoint, end: QPoint, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
    for kind, place, pressed in (
        (QMouseEvent.Type.MouseButtonPress, start, button),
        (QMouseEvent.Type.MouseMove, end, Qt.MouseButton.NoButton),
        (QMouseEvent.Type.MouseButtonRelease, end, button),
    ):
        event = QMouseEvent(kind, QPointF(place), pressed, button, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(view, event)


@pytest.fixture
def view(qtbot: QtBot) -> ImageView:
    made = ImageView()
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.set_before(plain(BLUE))
    made.set_after(plain(ORANGE))
    made.show()
    qtbot.waitExposed(made)
    return made


def test_the_picture_is_fitted_and_stays_so_when_the_window_changes(view: ImageView) -> None:
    def margins() -> tuple[float, float]:
        place = view.picture_rect()
        return place.left(), view.width() - place.right()

    assert margins() == pytest.approx((12, 12), abs=1)
    view.resize(900, 700)
    assert margins() == pytest.approx((50, 50), abs=1)  # twice its size is enough
    view.resize(300, 300)
    assert margins() == pytest.approx((12, 12), abs=1)


def test_the_wheel_zooms_and_keeps_the_point_under_the_mouse(view: ImageView) -> None:
    at = QPoint(150, 230)
    before, zoom = view.to_canvas(QPointF(at)), view.zoom
    wheel(view, at, 240)
    after = view.to_canvas(QPointF(at))
    assert view.zoom > zoom
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()), abs=0.01)
    wheel(view, at, -240)
    assert view.zoom == pytest.approx(zoom)


def test_one_to_one_is_a_screen_pixel_a_pixel_and_zoom_has_ends(view: ImageView) -> None:
    view.show_actual_size()
    assert view.picture_rect().width() * view.devicePixelRatioF() == pytest.approx(400)
    for _ in range(60):
        wheel(view, QPoint(300, 200), 240)
    assert view.zoom == 16
    for _ in range(90):
        wheel(view, QPoint(300, 200), -240)
    assert view.picture_rect().width() * view.devicePixelRatioF() == pytest.approx(64)


@pytest.mark.parametrize("button", [Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton])
def test_dragging_moves_the_picture(view: ImageView, button: Qt.MouseButton) -> None:
    view.zoom_to(3.0)
    before = view.picture_rect().topLeft()
    drag(view, QPoint(300, 200), QPoint(330, 180), button)
    moved = view.picture_rect().topLeft() - before
    assert (moved.x(), moved.y()) == pytest.approx((30, -20), abs=1)


def test_space_and_drag_moves_even_over_the_divider(view: ImageView, qtbot: QtBot) -> None:
    view.divider = 0.5
    middle = view.picture_rect().center().toPoint()
    qtbot.keyPress(view, Qt.Key.Key_Space)
    drag(view, middle, middle + QPoint(25, 0))
    qtbot.keyRelease(view, Qt.Key.Key_Space)
    assert view.divider == 0.5
    drag(view, middle + QPoint(25, 0), middle + QPoint(75, 0))
    assert view.divider > 0.55


def test_the_divider_shows_the_photo_left_and_the_painting_right(view: ImageView, qtbot: QtBot) -> None:
    place = view.picture_rect()
    left, right = QPointF(place.left() + 20, place.center().y()), QPointF(place.right() - 20, place.center().y())
    assert color_at(view, left) == ORANGE
    view.divider = 0.5
    assert (color_at(view, left), color_at(view, right)) == (BLUE, ORANGE)
    drag(view, place.center().toPoint(), QPoint(int(place.left()), 200))
    assert color_at(view, left) == ORANGE
    view.setFocus()
    for _ in range(10):
        qtbot.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert view.divider == pytest.approx(0.2, abs=0.02)
    assert color_at(view, left) == BLUE


def test_the_photo_shows_while_it_is_asked_for(view: ImageView) -> None:
    middle = QPointF(view.rect().center())
    view.show_original(True)
    assert color_at(view, middle) == BLUE
    view.show_original(False)
    assert color_at(view, middle) == ORANGE


def test_a_small_preview_fills_the_place_of_the_large_photo(view: ImageView) -> None:
    view.set_before(plain(BLUE, 100, 50), QSize(4000, 2000))
    place = view.picture_rect()
    view.set_after(plain(ORANGE, 40, 20))
    assert view.picture_rect() == place
    for corner in (place.topLeft() + QPointF(4, 4), place.bottomRight() - QPointF(4, 4)):
        assert color_at(view, corner) == ORANGE


def test_keys_zoom_and_move(view: ImageView, qtbot: QtBot) -> None:
    zoom = view.zoom
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.zoom == pytest.approx(1.25 * zoom)
    left = view.picture_rect().left()
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.picture_rect().left() < left
    qtbot.keyClick(view, Qt.Key.Key_Minus)
    assert view.zoom == pytest.approx(zoom)


class Spy(QPainter):
    """Remembers how large the pictures were that were drawn."""

    def __init__(self, image: QImage) -> None:
        super().__init__(image)
        self.drawn: list[QRectF] = []

    def drawImage(self, target: QRectF, image: QImage, source: QRectF) -> None:  # type: ignore[override]
        self.drawn.append(source)
        super().drawImage(target, image, source)


@pytest.mark.parametrize("zoom", [0.05, 0.2, 0.9, 4.0])
def test_a_24_megapixel_photo_is_never_drawn_whole(zoom: float) -> None:
    large = Mipmap.build(np.zeros((4000, 6000, 3), np.uint8))
    screen = QImage(1200, 800, QImage.Format.Format_RGB32)
    painter = Spy(screen)
    large.draw(painter, QRectF(-10, -10, 6000 * zoom, 4000 * zoom), QRectF(0, 0, 1200, 800))
    painter.end()
    assert len(painter.drawn) == 1
    assert painter.drawn[0].width() * painter.drawn[0].height() <= 4 * 1200 * 800


def noise(dtype: type[np.generic]) -> NDArray[np.generic]:
    values = np.random.default_rng(1).random((37, 53, 3))
    return (values * np.iinfo(dtype).max).astype(dtype) if dtype != np.float32 else values.astype(dtype)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_pictures_of_every_depth_are_shown_right(dtype: type[np.generic]) -> None:
    pixels = noise(dtype)
    shown, alpha = pixels_of(Mipmap.build(pixels).levels[0])
    top = np.iinfo(dtype).max if dtype != np.float32 else 1.0
    assert np.abs(shown.astype(float) - pixels.astype(float) / top * 255).max() <= 0.51
    assert alpha is None


def test_images_share_memory_with_arrays_and_come_back_the_same() -> None:
    pixels = np.ascontiguousarray(noise(np.uint8)).astype(np.uint8)
    image = image_of(pixels)
    back, _ = pixels_of(image)
    assert np.array_equal(back, pixels)
    pixels[0, 0] = (1, 2, 3)
    assert image.pixelColor(0, 0).getRgb()[:3] == (1, 2, 3)


def test_transparency_survives() -> None:
    alpha = np.full((37, 53), 128, np.uint8)
    image = Mipmap.build(noise(np.uint8), alpha).levels[0]
    assert image.pixelColor(5, 5).alpha() == 128
