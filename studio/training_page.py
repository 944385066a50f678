"""A page that trains: what to learn from on the right, how it goes on the left. Subclasses say what is learned."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt5.QtCore import Qt, QTimer, QUrl, pyqtSignal
from PyQt5.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PyQt5.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.actions import make_action, make_primary, plain, push_button_for, word
from studio.controls import LanguageAware, beside_panel, scrolled
from studio.message_bar import Offer
from studio.pictures import unpack
from studio.plain_words import PlainLabel, tip_of
from studio.services import Services
from studio.theme import SPACE
from studio.training_curve import with_newer
from studio.training_form import TrainingForm
from studio.training_job import TrainingJob
from studio.training_news import News, read_news
from studio.training_runs import all_runs, is_run, remember, remembered, root
from studio.training_view import TrainingView
from studio.training_words import is_done, summary_of, words_of_status
from studio.translation import translate
from studio.worker import Failure, Worker, single
from workbench.errors import StudioError

if TYPE_CHECKING:
    from recipes.training import TrainingRun

TICK = 1000  # ms between two looks at losses and samples
NEW = ""  # the choice of a training that is not there yet


class TrainingPage(LanguageAware):
    """Form or summary, commands, and how the training goes.

    Attributes:
        kinds: of trainings that belong here.
        running_name: in the preferences: the folder of the training that runs, until it is done, failed, or was paused
            by the user.

    Signals:
        model_ready: path of a model that the user wants to use.
    """

    kinds: tuple[str, ...]
    running_name: str
    model_ready = pyqtSignal(object)

    def __init__(self, services: Services, form: TrainingForm, worker: Worker) -> None:
        """
        Args:
            form: makes the settings of a new training.
            worker: for the trainings alone.
        """
        super().__init__()
        self.services = services
        self.job = TrainingJob(worker, self)
        self.form = form
        self.view = TrainingView()
        self.news: News | None = None
        self._reader = services.worker("training pictures")
        self._ticks = QTimer(self)
        self._ticks.setInterval(TICK)
        self._ticks.timeout.connect(self._look)
        self.setAcceptDrops(True)
        self._make_controls()
        self._arrange()
        self.job.moved.connect(self._refresh)
        self.job.finished.connect(self._on_finished)
        self.job.failed.connect(self._on_failed)
        self.job.ended.connect(self._on_ended)
        self.form.changed.connect(self._refresh)
        self.runs.currentIndexChanged.connect(self._on_chosen)
        self.retranslate()
        QTimer.singleShot(0, self._find)  # messages are heard only when the window is whole

    # Set-up

    def _make_controls(self) -> None:
        self.runs = QComboBox()
        self.runs.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.runs.addItem("", NEW)
        self.summary = PlainLabel()
        self.summary.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.lack = PlainLabel()
        self.lack.setObjectName("quiet")
        self.go = make_action(self, self.start_or_pause, "Ctrl+Return")
        self.use_model = make_action(self, self._use)
        self.show_folder = make_action(self, self._show_folder, "Ctrl+L")

    def _arrange(self) -> None:
        self.choice = QLabel()
        self.choice.setBuddy(self.runs)
        self.pages = QStackedWidget()
        self.pages.addWidget(scrolled(self.form))
        self.pages.addWidget(self.make_summary())
        column = QVBoxLayout()
        column.setSpacing(SPACE)
        column.addWidget(self.choice)
        column.addWidget(self.runs)
        column.addSpacing(SPACE)
        column.addWidget(self.pages, 1)
        column.addWidget(self.lack)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        self.model_button, self.folder_button = push_button_for(self.use_model), push_button_for(self.show_folder)
        row.addWidget(self.model_button, 1)
        row.addWidget(self.folder_button, 1)
        column.addLayout(row)
        self.go_button = push_button_for(self.go, primary=True)
        column.addWidget(self.go_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(beside_panel(self.view, column))

    def retranslate(self) -> None:
        self.choice.setText(translate("Training", "Training"))
        self.runs.setAccessibleName(plain(self.choice.text()))
        self.runs.setToolTip(translate("Training", "Begin a new training, or go on with an earlier one"))
        self.runs.setItemText(0, self.words_of_new()[0])
        word(self.use_model, *self.words_of_use())
        self.view.word_samples(*self.words_of_samples())
        word(
            self.show_folder, translate("Training", "Show folder"), translate("Training", "Open the training's folder")
        )
        self._refresh()

    # What differs from page to page

    def make_summary(self) -> QWidget:
        """What stands in the place of the fields while a training is shown that has been begun: `summary`, at least."""
        return self.summary

    def words_of_use(self) -> tuple[str, str]:
        """What the button is called that uses what was learned, and its tip."""
        raise NotImplementedError

    def words_of_new(self) -> tuple[str, str]:
        """Title and hint while a new training is set up."""
        raise NotImplementedError

    def words_of_start(self) -> tuple[str, str]:
        """What the button is called that begins a new training, and its tip."""
        return translate("Training", "Start training"), translate("Training", "Begin to learn")

    def words_of_samples(self) -> tuple[str, str, tuple[str, ...]]:
        """What stands where the samples will be, the tip of these, and what their columns are called."""
        tip = translate("Training", "What the networks make of a few pictures, now and then")
        return translate("Training", "Samples of what the networks make appear here"), tip, ()

    def usable(self, run: "TrainingRun") -> bool:
        """Whether what this training teaches can be used in the window."""
        raise NotImplementedError

    # Which trainings there are

    @property
    def folder(self) -> Path | None:
        """Of the training that is chosen; None for a new one."""
        chosen: str = self.runs.currentData() or NEW
        return Path(chosen) if chosen else None

    @property
    def running(self) -> bool:
        """Whether the training that is chosen runs."""
        return self.job.running and self.job.folder == self.folder

    def choose(self, folder: Path) -> None:
        """Show a training."""
        index = self.runs.findData(str(folder))
        if index < 0:
            self.runs.insertItem(1, folder.name, str(folder))
            self.runs.setItemData(1, tip_of(str(folder)), Qt.ItemDataRole.ToolTipRole)
            index = 1
        self.runs.setCurrentIndex(index)

    def _find(self) -> None:
        """See which trainings there are, and whether one was interrupted."""
        preferences = self.services.preferences
        place, others = root(preferences), remembered(preferences)
        task = self._reader.submit(single(lambda: all_runs(place, others, self.kinds)), f"runs {self.running_name}")
        task.finished.connect(self._on_found)

    def _on_found(self, folders: list[Path]) -> None:
        for folder in folders:
            if self.runs.findData(str(folder)) < 0:
                self.runs.addItem(folder.name, str(folder))
                self.runs.setItemData(self.runs.count() - 1, tip_of(str(folder)), Qt.ItemDataRole.ToolTipRole)
        interrupted = Path(self.services.preferences.text(self.running_name))
        if interrupted in folders and not self.job.running:
            self._offer(interrupted)

    def _offer(self, folder: Path) -> None:
        """Go on with what ran when the program was closed?"""
        text = translate("Training", "The training “{name}” was stopped when the program was closed.")
        self.choose(folder)
        self.services.messages.offered.emit(
            Offer(
                text.format(name=folder.name),
                translate("Training", "Go on"),
                partial(self._resume, folder),
                self._forget,
            )
        )

    def _on_chosen(self) -> None:
        self.news = None
        self.view.show_news(None, None)
        self.summary.clear()
        self.pages.setCurrentIndex(0 if self.folder is None else 1)
        if self.folder is None:
            self.form.suggest()
        self._look()
        self._refresh()

    # Commands

    def start_or_pause(self) -> None:
        """Begin, hold, or go on, as the button says."""
        if self.running:
            self._forget()
            self.job.pause()
        elif self.folder is not None:
            self._resume(self.folder)
        elif self.form.ready and not self.job.running:
            self._start()

    def _start(self) -> None:
        folder = self.form.folder
        try:
            settings = self.form.settings()
        except StudioError as error:
            self.services.messages.failed.emit(Failure(error, str(error)))
            return
        self.job.start(folder, settings)
        self._keep(folder)
        self.choose(folder)

    def _resume(self, folder: Path) -> None:
        if not self.job.running:
            self.job.resume(folder)
            self._keep(folder)
            self.choose(folder)

    def _keep(self, folder: Path) -> None:
        remember(self.services.preferences, folder)
        self.services.preferences.set_text(self.running_name, str(folder))
        self.services.preferences.save()
        self._ticks.start()

    def _use(self) -> None:
        if self.news is not None and self.news.model is not None:
            self.model_ready.emit(self.news.model)

    def _show_folder(self) -> None:
        if self.folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.folder)))

    # What came of it

    def show_summary(self, run: "TrainingRun") -> None:
        """Say what the training that is shown is made from."""
        self.summary.setText(summary_of(run))
        self.summary.setToolTip(tip_of("\n".join(map(str, run.settings.folders))))

    def _look(self) -> None:
        """Read the losses and samples of the training that is chosen."""
        folder = self.folder
        if folder is None or (self.running and self.job.status is None):
            return
        task = self._reader.submit(single(partial(read_news, folder, self.news)), f"news {self.running_name}")
        task.finished.connect(partial(self._on_news, folder))
        if not self.running:
            task.failed.connect(self.services.messages.failed)

    def _on_news(self, folder: Path, news: News) -> None:
        if folder == self.folder:
            self.news = news
            told = self.job.told if folder == self.job.folder else []
            self.view.show_news(with_newer(news.losses, told), news.samples)
            self._refresh()

    def _on_finished(self) -> None:
        self._forget()
        folder = self.job.folder
        if self.isVisible() or folder is None:
            return
        text = translate("Training", "The training “{name}” is done.").format(name=folder.name)
        if self.job.run is not None and self.usable(self.job.run):
            use = partial(self.model_ready.emit, self.job.model)
            self.services.messages.offered.emit(Offer(text, self.words_of_use()[0], use))
        else:
            self.services.messages.told.emit(text)

    def _on_failed(self, failure: Failure) -> None:
        self._forget()
        self.services.messages.failed.emit(failure)
        folder = self.job.folder
        if folder is not None and not is_run(folder):  # it could not even be made: back to what was set
            if self.folder == folder:
                self.runs.setCurrentIndex(0)
            self.runs.removeItem(self.runs.findData(str(folder)))

    def _forget(self) -> None:
        """What ran is done, failed, or was paused by the user: it need not be offered at the next start."""
        self.services.preferences.set_text(self.running_name, "")

    def _on_ended(self) -> None:
        self._ticks.stop()
        self._look()
        self._refresh()

    def _refresh(self) -> None:
        folder, news = self.folder, self.news
        self.lack.setText(self.form.lack if folder is None else "")
        self.lack.setVisible(bool(self.lack.text()))
        self.use_model.setEnabled(news is not None and news.model is not None)
        self.show_folder.setEnabled(folder is not None)
        self.model_button.setVisible(news is not None and self.usable(news.run))
        self.folder_button.setVisible(folder is not None)
        self.go_button.setVisible(not self._done)
        make_primary(self.model_button, self._done)
        if news is not None:
            self.show_summary(news.run)
        self._word_go()
        if folder is None:
            self.view.show_state(*self.words_of_new(), 0)
        else:
            self.view.show_state(folder.name, self._status(), self._fraction())

    def _word_go(self) -> None:
        """What the button does, and whether it can."""
        busy = self.job.running and not self.running
        if self.running:
            word(self.go, translate("Training", "Pause"), translate("Training", "Stop here, to go on later"))
            self.go.setEnabled(not self.job.pausing)
        elif self.folder is None:
            word(self.go, *self.words_of_start())
            self.go.setEnabled(self.form.ready and not busy)
        else:
            word(self.go, translate("Training", "Resume"), translate("Training", "Go on where it stopped"))
            self.go.setEnabled(not busy and not self._done)

    @property
    def _done(self) -> bool:
        """Whether the training that is chosen has nothing left to do."""
        return self.news is not None and is_done(self.news.status)

    def _fraction(self) -> float:
        if self.running and self.job.progress is not None:
            return self.job.progress.fraction
        if self.news is None:
            return 0.0
        return self.news.status.step / max(1, self.news.status.steps)

    def _status(self) -> str:
        """How the training that is chosen stands, in a line."""
        status = self.job.status if self.running else None
        if status is None and self.news is not None:
            status = self.news.status
        if status is None:
            return translate("Training", "Getting ready…") if self.running else ""
        progress = self.job.progress
        return words_of_status(status, self.running, self.job.pausing, progress.stage if progress is not None else "")

    # Drops

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if unpack(event.mimeData()).paths:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = unpack(event.mimeData()).paths
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.take(paths)

    def set_up(self) -> None:
        """Show the fields of a new training."""
        self.runs.setCurrentIndex(0)

    def take(self, paths: tuple[Path, ...]) -> None:
        """Learn from these."""
        self.set_up()
        self.form.take(paths)
