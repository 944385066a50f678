"""The batch window: many photos painted, or changed otherwise, in one go, beside the main window."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PyQt5.QtCore import QEvent, QPoint, Qt, QUrl, pyqtSignal
from PyQt5.QtGui import QCloseEvent, QDesktopServices, QDragEnterEvent, QDropEvent
from PyQt5.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.actions import draw_icon_of, make_action, push_button_for, word
from studio.batch_command import UNFINISHED
from studio.batch_form import BatchForm
from studio.batch_kind import BatchKind
from studio.batch_plan import BatchPlan
from studio.batch_question import ask
from studio.batch_run import BatchRun, Found
from studio.batch_table import NOWHERE, BatchModel, BatchTable
from studio.batch_words import status_of
from studio.message_bar import MessageBar, Offer
from studio.pictures import unpack
from studio.services import Services
from studio.theme import SPACE
from studio.translation import translate
from studio.worker import single
from workbench.entries import Entry, State
from workbench.output_file import put_in_place

SIZE = 1040, 760
STEPS = 1000  # of the progress bar
AGAIN = (State.FAILED, State.CANCELLED)
OPEN = (State.WAITING, State.RUNNING)


class BatchWindow(QWidget):
    """Form, table, progress, and the commands.

    Attributes:
        run: what does the work.

    Signals:
        may_close: the batch that kept the program open has ended or was stopped.
    """

    may_close = pyqtSignal()

    def __init__(self, services: Services, kind: BatchKind) -> None:
        """
        Args:
            kind: what it does at first; see `use`.
        """
        super().__init__()
        self.services = services
        self._closing = False  # the program, as soon as nothing runs
        self._stage = False, False, False  # running, paused, and whether the photos are known
        self._keep = False  # stopped by closing: to be offered again
        self.run = BatchRun(services.worker("batch"), self)
        self.message_bar = MessageBar()
        self.form = BatchForm(services, kind)
        self.model = BatchModel(services.worker("batch thumbnails"))
        self.table = BatchTable(self.model)
        self.bar = QProgressBar()
        self.bar.setRange(0, STEPS)
        self.bar.setTextVisible(False)
        self.status = QLabel()
        self.setAcceptDrops(True)
        self._make_actions()
        self._arrange()
        self._connect()
        self.resize(*SIZE)
        self.restoreGeometry(services.preferences.state("batch geometry"))
        self.retranslate()
        self._refresh()

    # Set-up

    def _make_actions(self) -> None:
        self.start = make_action(self, self.start_batch, "Ctrl+Return", "play")
        self.pause = make_action(self, self.pause_or_resume, "Ctrl+P", "pause")
        self.stop = make_action(self, self.run.stop, "Ctrl+.", "square")
        self.retry = make_action(self, self.retry_failed, "Ctrl+R", "list-restart")
        self.open_folder = make_action(self, self.open_output, "Ctrl+L", "folder-output")
        self.open_result = make_action(self.table, lambda: self.open_row(self.table.currentIndex().row()))
        self.take_out = make_action(self.table, self._leave_out)
        self.again = make_action(self.table, lambda: self.run.retry(self._selected_in(AGAIN)))
        self.report = make_action(self.table, self.save_report)
        for keys, act in (
            ("Ctrl+O", self.form.ask_folder), ("Ctrl+Shift+O", self.form.ask_photos), ("Ctrl+W", self.close)
        ):  # fmt: skip
            make_action(self, act, keys)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        self.buttons: dict[str, QPushButton] = {}
        for action in (self.open_folder, self.retry, None, self.stop, self.pause, self.start):
            if action is None:
                row.addStretch(1)
            else:
                row.addWidget(push_button_for(action, primary=action is self.start))
        inside = QVBoxLayout()
        inside.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        inside.setSpacing(SPACE + SPACE // 2)
        inside.addWidget(self.form)
        inside.addWidget(self.table, 1)
        inside.addWidget(self.bar)
        inside.addWidget(self.status)
        inside.addLayout(row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.message_bar)
        column.addLayout(inside, 1)

    def _connect(self) -> None:
        self.form.inputs_changed.connect(self._look)
        self.form.changed.connect(self._refresh)
        self.form.failed.connect(self.message_bar.show_failure)
        self.run.found.connect(self._on_found)
        self.run.listed.connect(self.model.set_entries)
        self.run.changed.connect(self.model.update)
        self.run.moved.connect(self._on_moved)
        self.run.failed.connect(self.message_bar.show_failure)
        self.run.ended.connect(self._on_ended)
        self.table.open_wanted.connect(self.open_row)
        self.table.cancel_wanted.connect(self._leave_out)
        self.table.customContextMenuRequested.connect(self._show_menu)

    def retranslate(self) -> None:
        self.table.setAccessibleName(translate("Batch", "Photos of the batch"))
        self.bar.setAccessibleName(translate("Batch", "Progress"))
        word(self.stop, translate("Batch", "&Stop"), translate("Batch", "Stop; what is done stays"))
        word(self.retry, translate("Batch", "&Retry failed"), translate("Batch", "Try again what failed"))
        tip = translate("Batch", "Open the folder of the results")
        word(self.open_folder, translate("Batch", "&Open folder"), tip)
        word(self.open_result, translate("Batch", "Open result"))
        word(self.take_out, translate("Batch", "Leave out"))
        word(self.again, translate("Batch", "Try again"))
        word(self.report, translate("Batch", "Save report…"))
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.model.columnCount() - 1)
        self.table.viewport().update()
        self._refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            self.refresh_icons()
        elif event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self._look_at_tab()
        super().changeEvent(event)

    def refresh_icons(self) -> None:
        """The theme changed."""
        for action in (self.start, self.pause, self.stop, self.retry, self.open_folder):
            draw_icon_of(action)
        self.form.refresh_icons()
        self.model.refresh_icons()

    # Commands

    def use(self, kind: BatchKind) -> None:
        """Do this to photos from now on; a batch that runs goes on as it is."""
        if not self.run.running:
            self.form.use(kind)

    def take(self, paths: tuple[Path, ...]) -> None:
        """Photos and folders, as they were dropped."""
        if self.run.running:
            busy = translate("Batch", "A batch is running. Stop it, or wait until it is done, to take other photos.")
            self.message_bar.show_text(busy)
        elif paths:
            self.form.set_inputs(paths)

    def take_up(self, plan: BatchPlan) -> None:
        """Go on with a batch that was not finished."""
        self.form.set_plan(plan)
        self.start_batch()

    def start_batch(self) -> None:
        """Do what the form says."""
        plan = self.form.plan
        if plan is None or self.run.running:
            return
        self.message_bar.hide()
        self._keep = False
        self.form.save()
        self.services.preferences.set_data(UNFINISHED, plan.to_dict())
        self.services.preferences.save()
        self.run.start(plan)

    def pause_or_resume(self) -> None:
        if self.run.paused:
            self.run.resume()
        else:
            self.run.pause()

    def retry_failed(self) -> None:
        """Try all again that failed."""
        self.message_bar.hide()
        self.run.retry([row for row, entry in enumerate(self.model.entries) if entry.state is State.FAILED])

    def open_output(self) -> None:
        report = self.run.report
        folder = report.output if report is not None else self.form.output_folder
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def open_row(self, row: int) -> None:
        """Open a result with the system's program for pictures; the photo itself where there is none yet."""
        if 0 <= row < len(self.model.entries):
            entry = self.model.entries[row]
            done = entry.state in (State.DONE, State.SKIPPED)
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(entry.destination if done else entry.source)))

    def save_report(self) -> None:
        """Write what came of every photo as JSON."""
        report = self.run.report
        if report is None:
            return
        title, suggestion = translate("Batch", "Save report"), str(report.output / "report.json")
        chosen, _ = QFileDialog.getSaveFileName(self, title, suggestion, "JSON (*.json)")
        if chosen:
            task = self.services.background.submit(
                single(lambda: put_in_place(Path(chosen), report.to_json().encode())), lasting=True
            )
            task.failed.connect(self.message_bar.show_failure)

    def _leave_out(self) -> None:
        self.run.cancel(self._selected_in(OPEN))

    def _selected_in(self, states: tuple[State, ...]) -> list[int]:
        return [row for row in self.table.selected if self.model.entries[row].state in states]

    # What came of it

    def _look(self) -> None:
        """See which photos there are."""
        if not self.run.running:
            self.message_bar.hide()
            if self.form.inputs:
                self.run.look_at(self.form.inputs, self.form.output_folder)
        self._refresh()

    def _on_found(self, found: Found) -> None:
        if self.run.running:
            return
        self.run.forget()  # its rows are gone
        self.model.set_entries([Entry(source, NOWHERE) for _, source in found.pictures])
        self.form.set_found(found.pictures[0][1] if found.pictures else None, len(found.pictures))
        if found.problems:
            self.message_bar.show_text("\n".join(found.problems))
        self._refresh()

    def _on_ended(self) -> None:
        counts = self.run.counts
        if not self._keep and not any(counts.get(state) for state in OPEN):
            self.services.preferences.set_data(UNFINISHED, None)
        report = self.run.report
        if report is not None and report.problems:
            self.message_bar.show_text("\n".join(report.problems))
        self._refresh()
        if self._closing:
            self._closing = False
            self.may_close.emit()
        elif not self.isVisible() and counts:
            text = translate("Batch", "The batch has ended: {status}").format(status=self.status.text())
            self.services.messages.offered.emit(Offer(text, translate("Batch", "Show"), self.bring_forward))

    def bring_forward(self) -> None:
        """Show the window in front of the others."""
        self._look_at_tab()
        self.show()
        self.raise_()
        self.activateWindow()

    def _look_at_tab(self) -> None:
        """Something else may be set there now."""
        self.form.show_recipes()
        self._refresh()

    def _show_menu(self, position: QPoint) -> None:
        """What can be done with the selected rows."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.open_result.setEnabled(self.table.currentIndex().isValid())
        self.take_out.setEnabled(self.run.running and bool(self._selected_in(OPEN)))
        self.again.setEnabled(bool(self.run.counts) and bool(self._selected_in(AGAIN)))
        menu.addActions([self.open_result, self.take_out, self.again])
        menu.addSeparator()
        menu.addAction(self.report)
        menu.popup(self.table.viewport().mapToGlobal(position))

    def _on_moved(self) -> None:
        """Many times a second: only what changes that often is shown anew."""
        stage = self.run.running, self.run.paused, bool(self.run.counts)
        if stage != self._stage:
            self._refresh()
        else:
            self._show_progress()

    def _refresh(self) -> None:
        running, paused, counts = self._stage = self.run.running, self.run.paused, bool(self.run.counts)
        number = len(self.model.entries)
        self.setWindowTitle(self.form.kind.window_title())
        self.form.setEnabled(not running)
        tip = translate("Batch", "Begin with all these photos; what is done already stays")
        word(self.start, self.form.kind.start(number), tip)
        if paused:
            word(self.pause, translate("Batch", "Res&ume"), translate("Batch", "Go on"))
        else:
            word(self.pause, translate("Batch", "Pa&use"), translate("Batch", "Hold, to go on later"))
        self.pause.setData("play" if paused else "pause")
        draw_icon_of(self.pause)
        self.start.setEnabled(not running and number > 0 and self.form.plan is not None)
        self.stop.setEnabled(running)
        self.pause.setEnabled(running and counts)
        self.report.setEnabled(counts)
        self._show_progress()

    def _show_progress(self) -> None:
        run, counts = self.run, self.run.counts
        self.retry.setEnabled(bool(counts.get(State.FAILED)))
        self.open_folder.setEnabled(bool(counts.get(State.DONE) or counts.get(State.SKIPPED)))
        self.bar.setValue(round(STEPS * run.progress.fraction) if run.progress is not None else 0)
        self.status.setText(status_of(run.running, run.paused, counts, len(self.model.entries), run.seconds_left))

    # Drops

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if unpack(event.mimeData()).paths:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = unpack(event.mimeData()).paths
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if paths:
            self.take(paths)

    # Closing

    def closeEvent(self, event: QCloseEvent) -> None:
        self.services.preferences.set_state("batch geometry", self.saveGeometry())
        self.form.settle()
        if self.run.running and not self._closing:
            event.ignore()
            ask(
                self,
                translate("Batch", "The batch is not done yet. What shall become of it?"),
                translate("Batch", "Go on in the background"),
                self.hide,
                partial(self._stop_for_later, self.hide),
            )

    def let_close(self) -> bool:
        """Whether the program may be closed now; else the user is asked, and `may_close` tells when it may."""
        if not self.run.running:
            return True
        self.bring_forward()
        ask(
            self,
            translate("Batch", "The batch is not done yet. What shall become of it before the program closes?"),
            translate("Batch", "Finish it, then close"),
            self._close_at_end,
            partial(self._stop_for_later, self._close_at_end),
        )
        return False

    def _close_at_end(self) -> None:
        self._closing = True
        if self.run.paused:
            self.run.resume()
        if not self.run.running:  # it ended while the user thought
            self._closing = False
            self.may_close.emit()

    def _stop_for_later(self, then: Callable[[], object]) -> None:
        """Stop, and offer to go on at the next start."""
        self._keep = True
        then()
        self.run.stop()
