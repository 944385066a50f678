"""How far a result is from its original: PSNR, SSIM and both histograms."""

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from studio.controls import LanguageAware
from studio.histogram import Counts, Histogram
from studio.painting import Painted, Photo
from studio.services import Services
from studio.session import Session
from studio.theme import SPACE
from studio.translation import translate
from studio.worker import Failure, single

if TYPE_CHECKING:
    from noise.measure import Quality


@dataclass(frozen=True, eq=False)
class Measured:
    """What a result is like beside its original."""

    quality: "Quality"
    before: Counts
    after: Counts


def measure(painted: Painted) -> Measured:
    """In a worker's thread: it takes a second for some ten megapixels."""
    from noise.measure import compare, histogram

    original, result = painted.photo.picture.pixels, painted.picture.pixels
    return Measured(compare(original, result), histogram(original), histogram(result))


class QualityPanel(LanguageAware):
    """Measures each whole result of a session; what is shown fades until the next is measured, and goes if none comes.

    Attributes:
        measured: of the newest whole result, or of the one before while that is on its way.
        current: whether it is of what is set now.
    """

    def __init__(self, services: Services, session: Session) -> None:
        super().__init__()
        self.measured: Measured | None = None
        self.current = False
        self._worker = services.worker("measure")
        self._session = session
        self._failed = services.messages.failed
        self.psnr, self.ssim = QLabel(), QLabel()
        self.histogram = Histogram()
        row = QHBoxLayout()
        row.addWidget(self.psnr)
        row.addStretch(1)
        row.addWidget(self.ssim)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE // 2)
        column.addWidget(self.histogram)
        column.addLayout(row)
        for label in (self.psnr, self.ssim):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        session.opened.connect(self._forget)
        session.rested.connect(self._on_rested)
        session.painted_changed.connect(self._on_painted)
        self.retranslate()

    def retranslate(self) -> None:
        self.psnr.setToolTip(translate("QualityPanel", "Peak signal-to-noise ratio: higher is nearer to the original"))
        self.ssim.setToolTip(translate("QualityPanel", "Structural similarity: 1 is the same as the original"))
        name = translate("QualityPanel", "Histogram: the result filled, the original as lines")
        self.histogram.setToolTip(name)
        self.histogram.setAccessibleName(name)
        self._show()

    def _forget(self, _photo: Photo | None = None) -> None:
        self.measured = None
        self._show()

    def _on_rested(self) -> None:
        painted = self._session.painted
        if not self._session.active and (painted is None or not painted.full):  # it was cancelled, or has failed
            self._forget()

    def _on_painted(self, painted: Painted | None) -> None:
        self.current = False
        self._worker.cancel("measure")
        self._show()
        if painted is not None and painted.full:
            task = self._worker.submit(single(partial(measure, painted)), "measure")
            task.finished.connect(self._on_measured)
            task.failed.connect(self._on_failed)

    def _on_failed(self, failure: Failure) -> None:
        self._forget()
        self._failed.emit(failure)

    def _on_measured(self, measured: Measured) -> None:
        self.measured, self.current = measured, True
        self._show()

    def _show(self) -> None:
        measured = self.measured
        psnr = ssim = "–"
        if measured is not None:
            value = measured.quality.psnr
            psnr = f"{value:.1f} dB" if math.isfinite(value) else "∞ dB"
            ssim = f"{measured.quality.ssim:.3f}"
        self.psnr.setText(f"PSNR {psnr}")
        self.ssim.setText(f"SSIM {ssim}")
        self.histogram.show_counts(*((measured.before, measured.after) if measured is not None else (None, None)))
        self.setEnabled(self.current)
