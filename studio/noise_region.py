"""Shows the visible part of a picture after its steps, pixel by pixel, while the rest is not done yet."""

from collections.abc import Callable
from functools import partial

import numpy as np
from PyQt5.QtCore import QObject, QRectF, QTimer

from studio.image_view import ImageView, Patch
from studio.painting import Look, Painted, Photo
from studio.pictures import Mipmap
from studio.services import Services
from studio.session import Session
from studio.worker import Task
from workbench.progress import Cancellation, Job, Progress
from workbench.tiles import Tile, tiles

FROM = 0.7  # screen pixels a picture pixel: where less are shown, a smaller copy is as good
LARGEST = 0.7  # share of the picture: where more is visible, it is done as a whole
GATHER = 15  # ms
STALE = 300  # ms after which a patch of earlier settings goes, unless the next one is nearly there
# What is done between two points at which a change is heard, px. OpenCV shares smaller blocks among fewer threads.
BLOCK, BLOCK_PER_REACH = 1024, 16


class RegionPreview(QObject):
    """Follows the view and the steps; what it shows is exactly what the whole picture will be there."""

    def __init__(self, services: Services, session: Session, view: ImageView, parent: QObject) -> None:
        super().__init__(parent)
        self._worker = services.worker("visible region")
        self._failed = services.messages.failed
        self._session = session
        self._view = view
        self._task: Task | None = None
        self._timer = self._make_timer(GATHER, self._start)
        self._stale = self._make_timer(STALE, self._on_stale)
        view.moved.connect(self.refresh)
        session.painted_changed.connect(self._on_painted)
        session.opened.connect(self._clear)

    def _make_timer(self, milliseconds: int, act: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(act)
        return timer

    def refresh(self) -> None:
        """The steps have changed, or another part of the picture is visible."""
        if not self._timer.isActive():
            self._timer.start()

    def _start(self) -> None:
        photo, look, painted = self._session.photo, self._session.look, self._session.painted
        if photo is None or look is None or (painted is not None and painted.full):
            return
        tile = visible_tile(self._view)
        if tile is None:
            self._clear()
        elif self._task is not None and self._task.ends_soon:
            self._timer.start()  # if each change cancelled it, nothing would show until the hand stops
        else:
            self._task = self._worker.submit(partial(region, photo, look, tile), "region")
            self._task.finished.connect(partial(self._on_done, look))
            self._task.failed.connect(self._failed)

    def _on_done(self, look: Look, patch: Patch) -> None:
        self._view.patch = patch
        self._stale.stop()
        if look is not self._session.look:
            self._stale.start()

    def _on_stale(self) -> None:
        """What lies below is of newer settings, if only coarse."""
        if self._task is not None and self._task.ends_soon:
            self._stale.start()
        else:
            self._view.patch = None

    def _on_painted(self, painted: Painted | None) -> None:
        if painted is None:
            self.refresh()
            if not self._stale.isActive():
                self._stale.start()
        elif painted.full:
            self._clear()

    def _clear(self, _photo: Photo | None = None) -> None:
        self._timer.stop()
        self._stale.stop()
        self._worker.cancel("region")
        self._view.patch = None


def visible_tile(view: ImageView) -> Tile | None:
    """What is visible, where that is a part of the picture at about its own size; else None."""
    place = view.visible()
    area = view.canvas.width() * view.canvas.height()
    if place.isEmpty() or view.zoom < FROM or place.width() * place.height() > LARGEST * area:
        return None
    return Tile(
        int(place.top()),
        min(view.canvas.height(), int(np.ceil(place.bottom()))),
        int(place.left()),
        min(view.canvas.width(), int(np.ceil(place.right()))),
    )


def region(photo: Photo, look: Look, tile: Tile, cancellation: Cancellation) -> Job[Patch]:
    """That part of the picture after the steps.

    Block by block, so that a change is heard in between; a block is large beside what its pixels look at, which is
    computed for each block anew.
    """
    picture, reach = photo.picture, look.after.reach
    pixels = np.empty((tile.height, tile.width, 3), picture.pixels.dtype)
    side = max(BLOCK, BLOCK_PER_REACH * reach) if reach else max(tile.height, tile.width, 2)
    blocks = tiles(tile.height, tile.width, side)
    for done, block in enumerate(blocks):
        cancellation.check()
        yield Progress(done, len(blocks), "steps")
        place = Tile(tile.top + block.top, tile.top + block.bottom, tile.left + block.left, tile.left + block.right)
        pixels[block.slices] = look.after.region(picture.pixels, place)
    alpha = None if picture.alpha is None else np.ascontiguousarray(picture.alpha[tile.slices])
    shown = Mipmap.build(pixels, alpha)
    return Patch(shown, QRectF(tile.left, tile.top, tile.width, tile.height))
