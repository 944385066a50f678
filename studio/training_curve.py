"""The losses of a training as lines, from left to right as it went on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PyQt5.QtGui import QColor, QFont, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PyQt5.QtWidgets import QSizePolicy

from studio.controls import LanguageAware
from studio.theme import NOT_CUT, SPACE
from studio.translation import translate

HEIGHT = 150  # px
SIGN = 12  # px: the legend's dash is as long
COLORS = ("#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#9a8a00", "#7f7f7f")
"""Okabe and Ito's colours, which those who see few colours can tell apart."""
AIDS = "outside", "roughness", "coarse"
"""Losses of a style's training that only keep what is painted in bounds: they say nothing of how it learns."""
CROWDED = 99.0  # percentile of the values that reaches the top: the first few steps must not flatten the rest


@dataclass(frozen=True, eq=False)
class Losses:
    """What a training wrote down.

    Attributes:
        steps: [n], rising.
        values: by their names; [n] each, finite.
    """

    steps: NDArray[np.float64]
    values: dict[str, NDArray[np.float64]]


Told = list[tuple[int, dict[str, float]]]
"""Steps and their losses, as a training that runs tells them."""


def with_newer(losses: Losses | None, told: Told) -> Losses | None:
    """The losses that were written down, and after them those that were only told so far."""
    last = losses.steps[-1] if losses is not None else 0
    newer = [(step, values) for step, values in told if step > last]
    if not newer:
        return losses
    names = list(losses.values) if losses is not None else list(newer[0][1])
    steps = np.array([step for step, _ in newer], np.float64)
    values = {name: np.array([each.get(name, np.nan) for _, each in newer], np.float64) for name in names}
    if not all(np.isfinite(column).all() for column in values.values()):
        return losses
    if losses is None:
        return Losses(steps, values)
    together = {name: np.concatenate([losses.values[name], values[name]]) for name in names}
    return Losses(np.concatenate([losses.steps, steps]), together)


class LossCurve(LanguageAware):
    """Each loss a line, smoothed to what the width can show, under a legend."""

    def __init__(self) -> None:
        super().__init__()
        self._losses: Losses | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(translate("Training", "Loss curve"))
        self.setToolTip(
            translate("Training", "How far off the networks still are: lines that fall mean that they learn")
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, HEIGHT)

    def show_losses(self, losses: Losses | None) -> None:
        """None shows nothing."""
        if losses is not None:
            values = {name: column for name, column in losses.values.items() if name not in AIDS}
            losses = Losses(losses.steps, values) if values else None
        self._losses = losses
        words = (
            [f"{word_of(name)} {values[-1]:.3g}" for name, values in losses.values.items()]
            if losses is not None
            else []
        )
        self.setAccessibleDescription(", ".join(words))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = self.palette()
        painter.setPen(QPen(colors.color(QPalette.ColorRole.Mid), 1))
        painter.setBrush(colors.color(QPalette.ColorRole.Base))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.85)
        painter.setFont(font)
        losses = self._losses
        if losses is None or len(losses.steps) < 2:
            painter.setPen(colors.color(QPalette.ColorRole.PlaceholderText))
            hint = translate("Training", "The losses appear here")
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter) | NOT_CUT, hint)
            return
        top = max(1e-6, float(np.percentile(np.concatenate(list(losses.values.values())), CROWDED)))
        plot = self._draw_scale(painter, losses, top, self._draw_legend(painter, losses))
        painter.setClipRect(plot.adjusted(-1, -2, 1, 2))
        for name, color in zip(losses.values, COLORS, strict=False):
            painter.setPen(QPen(QColor(color), 1.6))
            painter.drawPolyline(QPolygonF(points(losses.steps, losses.values[name], top, plot)))

    def _draw_legend(self, painter: QPainter, losses: Losses) -> int:
        """A dash and a name for each loss, in as many rows as they need; the y where they end."""
        text = self.palette().color(QPalette.ColorRole.Text)
        height = painter.fontMetrics().height()
        left, top = SPACE, SPACE // 2
        for name, color in zip(losses.values, COLORS, strict=False):
            words = word_of(name)
            width = painter.fontMetrics().horizontalAdvance(words)
            if left > SPACE and left + SIGN + SPACE // 2 + width > self.width() - SPACE:
                left, top = SPACE, top + height
            middle = top + height / 2
            painter.setPen(QPen(QColor(color), 2))
            painter.drawLine(QPointF(left, middle), QPointF(left + SIGN, middle))
            painter.setPen(text)
            place = QRect(left + SIGN + SPACE // 2, top, width, height)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter) | NOT_CUT, words)
            left = place.right() + 2 * SPACE
        return top + height

    def _draw_scale(self, painter: QPainter, losses: Losses, top: float, above: int) -> QRectF:
        """Numbers at the ends of both axes, and lines across; where the curves belong."""
        quiet = self.palette().color(QPalette.ColorRole.PlaceholderText)
        line = self.palette().color(QPalette.ColorRole.Mid)
        letters = painter.fontMetrics()
        highest = f"{top:.2g}"
        left = SPACE + letters.horizontalAdvance(highest) + SPACE // 2
        plot = QRectF(left, above + SPACE, self.width() - SPACE - left, 0)
        plot.setBottom(self.height() - letters.height() - SPACE // 2)
        for share, number in ((0.0, "0"), (0.5, ""), (1.0, highest)):
            y = round(plot.bottom() - share * plot.height()) + 0.5
            painter.setPen(QPen(line, 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(quiet)
            place = QRectF(0, y - letters.height() / 2, left - SPACE / 2, letters.height())
            painter.drawText(place, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter) | NOT_CUT, number)
        for step, side in (
            (losses.steps[0], Qt.AlignmentFlag.AlignLeft),
            (losses.steps[-1], Qt.AlignmentFlag.AlignRight),
        ):
            place = QRectF(plot.left(), plot.bottom() + 1, plot.width(), letters.height())
            painter.drawText(place, int(side) | NOT_CUT, f"{step:.0f}")
        return plot


def points(steps: NDArray[np.float64], values: NDArray[np.float64], top: float, plot: QRectF) -> list[QPointF]:
    """The line of a loss: one point for every 3 pixels, each the mean of what falls there."""
    span = max(1e-9, float(steps[-1] - steps[0]))
    columns = max(2, min(len(steps), int(plot.width() / 3)))
    index = np.minimum(((steps - steps[0]) / span * columns).astype(np.int64), columns - 1)
    counts = np.bincount(index, minlength=columns)
    there = counts > 0
    x = np.bincount(index, steps, columns)[there] / counts[there]
    y = np.bincount(index, values, columns)[there] / counts[there]
    across = plot.left() + (x - steps[0]) / span * plot.width()
    down = plot.bottom() - np.minimum(y / top, 1.0) * plot.height()
    return [QPointF(float(a), float(b)) for a, b in zip(across, down, strict=True)]


def word_of(loss: str) -> str:
    """What to call a loss in the language in use."""
    words = {
        "adversarial a to b": translate("Training", "adversarial, there"),
        "adversarial b to a": translate("Training", "adversarial, back"),
        "cycle a": translate("Training", "cycle, from"),
        "cycle b": translate("Training", "cycle, to"),
        "identity a": translate("Training", "identity, from"),
        "identity b": translate("Training", "identity, to"),
        "discriminator a": translate("Training", "discriminator, from"),
        "discriminator b": translate("Training", "discriminator, to"),
        "difference": translate("Training", "difference"),
        "content": translate("Training", "content"),
        "style": translate("Training", "style"),
        "relaxed EMD": translate("Training", "relaxed EMD"),
        "fine EMD": translate("Training", "fine EMD"),
        "self-similarity": translate("Training", "self-similarity"),
        "palette": translate("Training", "palette"),
        "identity": translate("Training", "identity"),
        "adversarial": translate("Training", "adversarial"),
        "discriminator": translate("Training", "discriminator"),
    }
    return words.get(loss, loss)
