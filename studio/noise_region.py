"""Shows the visible part of a picture after its steps, pixel by pixel, while the rest is not done yet."""

from functools import partial

import numpy as np
from PyQt5.QtCore import QObject, QRectF, QTimer

from studio.image_view import ImageView, Patch
from studio.painting import Look, Painted, Photo
from studio.pictures import Mipmap
from studio.services import Services
from studio.session import Session
from workbench.progress import Cancellation, Job, Progress
from workbench.tiles import Tile, tiles

FROM = 0.7  # screen pixels a picture pixel: where less are shown, a smaller copy is as good
LARGEST = 0.7  # share of the picture: where more is visible, it is done as a whole
GATHER = 15  # ms
BLOCK = 512  # px: what is done between two points at which a change is heard


class RegionPreview(QObject):
    """Follows the view and the steps; what it shows is exactly what the whole picture will be there."""

    def __init__(self, services: Services, session: Session, view: ImageView, parent: QObject) -> None:
        super().__init__(parent)
        self._worker = services.worker("visible region")
        self._session = session
        self._view = view
        self._wanted: Tile | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(GATHER)
        self._timer.timeout.connect(self._start)
        view.moved.connect(self.refresh)
        session.painted_changed.connect(self._on_painted)
        session.opened.connect(self._clear)

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
            return
        task = self._worker.submit(partial(region, photo, look, tile), "region")
        task.finished.connect(partial(self._on_done, photo, look))

    def _on_done(self, photo: Photo, look: Look, patch: Patch) -> None:
        painted = self._session.painted
        if photo is self._session.photo and look is self._session.look and not (painted and painted.full):
            self._view.patch = patch

    def _on_painted(self, painted: Painted | None) -> None:
        if painted is None:
            self.refresh()
        elif painted.full:
            self._clear()

    def _clear(self, _photo: Photo | None = None) -> None:
        self._timer.stop()
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
    """That part of the picture after the steps; block by block, so that the next change need not wait."""
    picture = photo.picture
    pixels = np.empty((tile.height, tile.width, 3), picture.pixels.dtype)
    for block in tiles(tile.height, tile.width, BLOCK):
        cancellation.check()
        yield Progress(0, 1, "steps")
        place = Tile(tile.top + block.top, tile.top + block.bottom, tile.left + block.left, tile.left + block.right)
        pixels[block.slices] = look.after.region(picture.pixels, place)
    alpha = None if picture.alpha is None else np.ascontiguousarray(picture.alpha[tile.slices])
    shown = Mipmap.build(pixels, alpha)
    return Patch(shown, QRectF(tile.left, tile.top, tile.width, tile.height))
