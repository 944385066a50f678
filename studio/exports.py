"""Writes pictures beside the work: a bar shows how far they are, and the message bar where they went."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt5.QtCore import QUrl, pyqtSignal
from PyQt5.QtGui import QDesktopServices
from PyQt5.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QToolButton, QVBoxLayout

from studio import files
from studio.controls import LanguageAware
from studio.export_options import ExportOptions
from studio.message_bar import Offer
from studio.painting import Look, Photo, PictureJobs, originals_of
from studio.preferences import Device
from studio.services import Services
from studio.theme import SPACE, icon
from studio.translation import translate
from studio.worker import Start, Task
from workbench.progress import Cancellation, Job, Progress, part_of

if TYPE_CHECKING:
    from workbench.picture import Picture

PAINTED = 0.9  # share of an export's time until the picture is painted, about


@dataclass(frozen=True, eq=False)
class Export:
    """A picture to write.

    Attributes:
        picture: the photo painted in this look at its own size, where that is there already.
        machine: the device and the threads that enlarge.
    """

    photo: Photo
    look: Look
    picture: "Picture | None"
    options: ExportOptions
    path: Path
    machine: tuple[Device, int | None] = ("auto", None)


def export(jobs: PictureJobs, wanted: Export, cancellation: Cancellation) -> Job[Path]:
    """Paint a picture at the size that is wanted, and write it.

    Larger than the photo, it is painted at that size, so that its strokes are as sharp as ever; or, with a factor, the
    picture of the photo's size is enlarged, strokes and all. Smaller, that picture is reduced: it looks as it does on
    the screen, and finer than if it were painted small.

    Raises:
        StudioError: it cannot be painted or written.
    """
    from cyclegan.upscale import Enlarger
    from recipes.chain import ENLARGED_SHARE
    from workbench.image_io import resized

    photo = wanted.photo.picture
    own_side = max(photo.width, photo.height)
    side = max(wanted.options.pixels(photo.width, photo.height))
    factor = wanted.options.factor
    anew = side > own_side and factor is None
    picture = wanted.picture
    if picture is None or anew:
        painting = jobs.export(wanted.photo, wanted.look, side if anew else None, cancellation)
        picture = yield from part_of(painting, 0, PAINTED if factor is None else 1 - ENLARGED_SHARE, 1)
    if factor is not None:
        enlarging = Enlarger(*wanted.machine, restore=wanted.options.restore).enlarge(picture, factor, cancellation)
        picture = yield from part_of(enlarging, 1 - ENLARGED_SHARE, ENLARGED_SHARE, 1)
    yield Progress(PAINTED, 1, "write")
    if side < own_side:
        picture = resized(picture, side)
        yield Progress(PAINTED, 1, "write")
    originals = originals_of(wanted.photo, wanted.look)
    files.write(picture, wanted.path, originals, wanted.options.write_options())
    return wanted.path


class Exports(LanguageAware):
    """What is being exported; hidden while nothing is.

    Signals:
        written: the path of a picture that is there.
    """

    written = pyqtSignal(object)

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self._tasks: dict[Task, Path] = {}
        self.label = QLabel()
        self.label.setObjectName("quiet")
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 1000)
        self.cancel_button = QToolButton()
        self.cancel_button.clicked.connect(self.cancel)
        row = QHBoxLayout()
        row.addWidget(self.label, 1)
        row.addWidget(self.cancel_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE // 2)
        layout.addLayout(row)
        layout.addWidget(self.progress)
        self.hide()
        self.retranslate()

    def retranslate(self) -> None:
        self.cancel_button.setAccessibleName(translate("Exports", "Cancel the export"))
        self.cancel_button.setToolTip(translate("Exports", "Cancel the export"))
        self.progress.setAccessibleName(translate("Exports", "Progress of the export"))
        self.refresh_icons()
        self._show_name()

    def refresh_icons(self) -> None:
        self.cancel_button.setIcon(icon("x"))

    @property
    def busy(self) -> bool:
        """Whether something is not written yet."""
        return bool(self._tasks)

    def add(self, start: Start, path: Path) -> None:
        """Run a job that writes a picture; several run one after the other."""
        task = self._services.worker("export").submit(start, lasting=True)
        self._tasks[task] = path
        task.progressed.connect(self._on_progress)
        task.finished.connect(partial(self._on_written, path))
        task.failed.connect(self._services.messages.failed)
        task.ended.connect(partial(self._on_ended, task))
        self.progress.setValue(0)
        self._show_name()
        self.show()

    def cancel(self) -> None:
        """Stop all of them; nothing half written stays."""
        for task in self._tasks:
            task.cancel()
        self._services.messages.mentioned.emit(translate("Exports", "The export was cancelled."))

    def _show_name(self) -> None:
        for path in self._tasks.values():
            text = translate("Exports", "Exporting {name}…").format(name=path.name)
            self.label.setText(text)
            self.label.setToolTip(str(path))
            break

    def _on_progress(self, progress: Progress) -> None:
        self.progress.setValue(round(1000 * progress.fraction))

    def _on_written(self, path: Path, _result: object) -> None:
        self.written.emit(path)
        text = translate("Exports", "Exported as {path}.").format(path=path)
        folder = QUrl.fromLocalFile(str(path.parent))
        offer = Offer(text, translate("Exports", "Open folder"), lambda: QDesktopServices.openUrl(folder))
        self._services.messages.offered.emit(offer)

    def _on_ended(self, task: Task) -> None:
        self._tasks.pop(task, None)
        self.progress.setValue(0)
        self._show_name()
        self.setVisible(self.busy)
