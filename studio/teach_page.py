"""The page that teaches a painting's style, and hands the pack to the gallery."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QVBoxLayout, QWidget

from lapstyle.packs import install_pack, installed_packs, read_pack
from lapstyle.training_settings import StyleTraining, painting_of
from studio.pack_intake import is_style_file
from studio.preferences import Preferences
from studio.services import Services
from studio.teach_form import TeachForm
from studio.teach_painting import Frame, Painting, read_painting
from studio.theme import SPACE
from studio.training_page import TrainingPage
from studio.translation import translate
from studio.worker import single
from workbench.output_file import put_in_place

if TYPE_CHECKING:
    from recipes.training import TrainingRun

TAUGHT = "taught packs"  # in the preferences: the id of the pack in the gallery, by the training's folder
REMEMBERED = 50


class TeachPage(TrainingPage):
    """A painting, photos, how long; and what comes of it.

    Signals:
        installed: id of a pack that is in the user's folder now, and whether to paint with it.
        packs_dropped: files that are packs, or can become some.
    """

    kinds = ("style",)
    running_name = "teaching that runs"
    installed = pyqtSignal(str, bool)
    packs_dropped = pyqtSignal(object)

    def __init__(self, services: Services) -> None:
        self.form: TeachForm
        super().__init__(services, TeachForm(services), services.worker("teaching"))
        self.model_ready.connect(lambda path: self.install(path, paint=True))
        self.job.finished.connect(self._on_taught)
        self.form.painting.dropped.connect(self.take)
        self.form.photos.dropped.connect(self.take_photos)

    # What differs from other trainings

    def make_summary(self) -> QWidget:
        """With the painting above it, where it is still there."""
        self.frame = Frame()
        self.frame.hide()
        self._shown: Path | None = None  # the training whose painting is in the frame
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        column.addWidget(self.frame)
        column.addWidget(self.summary, 1)
        return page

    def show_summary(self, run: "TrainingRun") -> None:
        super().show_summary(run)
        settings = run.settings
        if isinstance(settings, StyleTraining) and run.folder != self._shown:
            self._shown = run.folder
            self.frame.hide()
            worker = self.services.worker("training folders")
            task = worker.submit(single(partial(read_painting, painting_of(settings, run.folder))), "taught painting")
            task.finished.connect(self._on_painting)

    def _on_painting(self, painting: Painting) -> None:
        self.frame.show_picture(painting.small, "")
        self.frame.show()

    def words_of_use(self) -> tuple[str, str]:
        tip = translate("Teach", "Put what was learned so far in the gallery, and paint with it")
        return translate("Teach", "Paint with it"), tip

    def words_of_new(self) -> tuple[str, str]:
        hint = translate("Teach", "Nothing is uploaded: the style is learned on this computer.")
        return translate("Teach", "New style"), hint

    def words_of_start(self) -> tuple[str, str]:
        tip = translate("Teach", "Begin to learn this painting's style")
        return translate("Teach", "Teach this style"), tip

    def words_of_samples(self) -> tuple[str, str, tuple[str, ...]]:
        tip = translate("Teach", "What the style makes of your photo and of others: before, and as it has been taught")
        columns = translate("Teach", "Photo"), translate("Teach", "Before"), translate("Teach", "Now")
        return translate("Teach", "Your photo, and others, appear here in the style as it is learned"), tip, columns

    def usable(self, run: "TrainingRun") -> bool:
        """A pack; universal weights, trained by the command line, are for the command line."""
        return isinstance(run.settings, StyleTraining) and run.settings.tuned == "pack"

    def take(self, paths: tuple[Path, ...]) -> None:
        if others := self._without_packs(paths):
            super().take(others)

    def take_photos(self, paths: tuple[Path, ...]) -> None:
        """Practise on these."""
        if others := self._without_packs(paths):
            self.form.photos.take(others)

    def _without_packs(self, paths: tuple[Path, ...]) -> tuple[Path, ...]:
        """What is left when packs have gone to the gallery."""
        packs = [path for path in paths if is_style_file(path)]
        if packs:
            self.packs_dropped.emit(packs)
        return tuple(path for path in paths if path not in packs)

    # The gallery

    def _on_taught(self) -> None:
        """It is done: there it is, as the page has promised."""
        if self.job.model is not None:
            self.install(self.job.model, paint=False)

    def install(self, pack: Path, *, paint: bool) -> None:
        """Put a training's pack in the gallery, in the place of what the same training put there before."""
        preferences, run = self.services.preferences, str(pack.parent)
        before = taught(preferences).get(run, "")
        task = self.services.background.submit(single(lambda: replace_pack(pack, before)), lasting=True)

        def remember(id: str) -> None:
            known = {folder: known for folder, known in taught(preferences).items() if folder != run}
            preferences.set_data(TAUGHT, dict([*known.items(), (run, id)][-REMEMBERED:]))
            self.installed.emit(id, paint)

        task.finished.connect(remember)
        task.failed.connect(self.services.messages.failed)


def replace_pack(pack: Path, before: str) -> str:
    """Install a pack in the place of another, by its id, if there is one; raises `StudioError`, and the other stays."""
    old = {card.id: card.path for card in installed_packs()}.get(before)
    if old is None:  # or the user removed it
        return install_pack(pack).stem
    read_pack(pack)
    put_in_place(old, pack.read_bytes())
    return old.stem


def taught(preferences: Preferences) -> dict[str, str]:
    """Ids of packs in the gallery by the folders of the trainings that they are from."""
    values = preferences.data(TAUGHT)
    values = values if isinstance(values, dict) else {}
    return {folder: id for folder, id in values.items() if isinstance(id, str)}
