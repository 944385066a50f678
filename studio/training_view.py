"""How a training goes: its name, how far it is, the losses, and samples of what its networks make."""

from PyQt5.QtCore import QRectF, QSize, Qt
from PyQt5.QtGui import QPainter, QPaintEvent, QPalette
from PyQt5.QtWidgets import QLabel, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from studio.batch_labels import ElidedLabel
from studio.controls import LanguageAware
from studio.pictures import Mipmap
from studio.plain_words import tip_of
from studio.theme import NOT_CUT, SPACE
from studio.training_curve import LossCurve, Losses
from studio.translation import translate

STEPS = 1000  # of the progress bar
ENLARGED = 2.0  # at most: small pictures are not blown up further


class SampleSheet(QWidget):
    """A picture, as large as there is room."""

    def __init__(self) -> None:
        super().__init__()
        self._sheet: Mipmap | None = None
        self._hint = ""
        self._columns: tuple[str, ...] = ()
        self.setMinimumHeight(120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(480, 360)

    @property
    def sheet(self) -> Mipmap | None:
        return self._sheet

    def show_sheet(self, sheet: Mipmap | None) -> None:
        """None shows the hint."""
        self._sheet = sheet
        self.update()

    def set_words(self, hint: str, columns: tuple[str, ...]) -> None:
        """
        Args:
            hint: while there is no sheet.
            columns: what each of the sheet's columns shows, from left to right; empty where they are not alike.
        """
        self._hint, self._columns = hint, columns
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = self.palette()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.color(QPalette.ColorRole.Dark))
        painter.drawRoundedRect(self.rect(), 4, 4)
        if self._sheet is None:
            painter.setPen(colors.color(QPalette.ColorRole.PlaceholderText))
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap) | NOT_CUT
            painter.drawText(self.rect().adjusted(3 * SPACE, 0, -3 * SPACE, 0), flags, self._hint)
            return
        size = self._sheet.size
        above = painter.fontMetrics().height() + SPACE // 2 if self._columns else 0
        room = self.rect().adjusted(SPACE, SPACE + above, -SPACE, -SPACE)
        scale = min(room.width() / size.width(), room.height() / size.height(), ENLARGED)
        place = QRectF(0, 0, size.width() * scale, size.height() * scale)
        place.moveCenter(QRectF(room).center())
        painter.setPen(colors.color(QPalette.ColorRole.Text))
        for number, words in enumerate(self._columns):
            width = place.width() / len(self._columns)
            caption = QRectF(place.left() + number * width, place.top() - above, width, above)
            painter.drawText(caption, int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop) | NOT_CUT, words)
        self._sheet.draw(painter, place, QRectF(self.rect()), self.devicePixelRatioF())


class TrainingView(LanguageAware):
    """Title, progress, curve and samples, from top to bottom."""

    def __init__(self) -> None:
        super().__init__()
        self.title = ElidedLabel()
        font = self.title.font()
        font.setPointSizeF(font.pointSizeF() * 1.25)
        font.setBold(True)
        self.title.setFont(font)
        self.title.setMinimumWidth(60)
        self.status = QLabel()
        self.status.setObjectName("quiet")
        self.bar = QProgressBar()
        self.bar.setRange(0, STEPS)
        self.bar.setTextVisible(False)
        self.curve = LossCurve()
        self.samples = SampleSheet()
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        for widget in (self.title, self.status, self.bar, self.curve):
            column.addWidget(widget)
        column.addWidget(self.samples, 1)
        self.retranslate()

    def retranslate(self) -> None:
        self.bar.setAccessibleName(translate("Training", "Progress"))
        self.samples.setAccessibleName(translate("Training", "Samples"))

    def word_samples(self, hint: str, tip: str, columns: tuple[str, ...] = ()) -> None:
        """Say what the samples show; see `SampleSheet.set_words`."""
        self.samples.set_words(hint, columns)
        self.samples.setToolTip(tip)

    def show_state(self, title: str, status: str, fraction: float) -> None:
        self.title.setText(title)
        self.title.setToolTip(tip_of(title))
        self.status.setText(status)
        self.bar.setValue(round(STEPS * fraction))

    def show_news(self, losses: Losses | None, samples: Mipmap | None) -> None:
        self.curve.show_losses(losses)
        self.samples.show_sheet(samples)
