"""The picture with what belongs to it: places to drop on, a bar of buttons, and how far the painting is."""

from PyQt5.QtCore import QEvent, pyqtSignal
from PyQt5.QtWidgets import QAction, QGridLayout, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from studio.actions import button_for, draw_icon_of, make_action, word
from studio.controls import LanguageAware
from studio.drop_zones import DropZones
from studio.image_view import ImageView
from studio.theme import SPACE
from studio.translation import translate
from workbench.progress import Progress


class Viewer(LanguageAware):
    """Picture, drop zones and buttons.

    Signals:
        cancel_wanted: the user wants the painting to stop.
    """

    cancel_wanted = pyqtSignal()

    def __init__(self, with_style: bool = True) -> None:
        """
        Args:
            with_style: whether a style can be dropped, too.
        """
        super().__init__()
        self.view = ImageView()
        self.zones = DropZones(self, with_style)
        self.fit = make_action(self, self.view.fit, "Ctrl+0", "maximize")
        self.actual_size = make_action(self, self.view.show_actual_size, "Ctrl+1")
        self.compare = make_action(self, None, "B", "square-split-horizontal", checkable=True)
        self.original = make_action(self, None, None, "eye")
        self.cancel = make_action(self, self.cancel_wanted.emit, "Esc", "x")
        self.actions_shown = [self.fit, self.actual_size, self.compare, self.original]
        self.zoom_label = QLabel()
        self.size_label = QLabel()
        self.stage_label = QLabel()
        for label in (self.zoom_label, self.size_label, self.stage_label):
            label.setObjectName("quiet")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 1000)
        self._arrange()
        self.compare.toggled.connect(self._on_compare)
        self.view.divided.connect(self.compare.setChecked)
        self.view.zoomed.connect(self._on_zoomed)
        self._idle()
        self.retranslate()

    def _arrange(self) -> None:
        pictures = QWidget()
        stack = QGridLayout(pictures)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.addWidget(self.view, 0, 0)
        stack.addWidget(self.zones, 0, 0)
        bar = QHBoxLayout()
        bar.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        bar.setSpacing(SPACE // 2)
        bar.addWidget(button_for(self.fit))
        bar.addWidget(button_for(self.actual_size))
        bar.addWidget(self.zoom_label)
        bar.addSpacing(SPACE)
        bar.addWidget(button_for(self.compare))
        hold = button_for(self.original)
        hold.pressed.connect(lambda: self.view.show_original(True))
        hold.released.connect(lambda: self.view.show_original(False))
        bar.addWidget(hold)
        bar.addStretch(1)
        bar.addWidget(self.stage_label)
        self._cancel_button = button_for(self.cancel)
        bar.addWidget(self._cancel_button)
        bar.addSpacing(SPACE)
        bar.addWidget(self.size_label)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(pictures, 1)
        self._column.addWidget(self.progress)
        self._column.addLayout(bar)

    def add_below(self, widget: QWidget) -> None:
        """Put something under the picture and its buttons."""
        self._column.addWidget(widget)

    def retranslate(self) -> None:
        word(self.fit, translate("Viewer", "&Fit"), translate("Viewer", "Show all of the picture"))
        tip = translate("Viewer", "One picture pixel is one screen pixel")
        word(self.actual_size, translate("Viewer", "&Actual size"), tip)
        self.actual_size.setIconText("1:1")
        tip = translate("Viewer", "A divider between the photo and the result")
        word(self.compare, translate("Viewer", "&Before and after"), tip)
        word(self.original, translate("Viewer", "&Photo"), translate("Viewer", "Hold to see the photo (O)"))
        word(self.cancel, translate("Viewer", "&Cancel"), translate("Viewer", "Stop what is being made"))
        self.progress.setAccessibleName(translate("Viewer", "Progress"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            for action in (*self.actions_shown, self.cancel):
                draw_icon_of(action)
        super().changeEvent(event)

    def menu_actions(self) -> list[QAction | None]:
        return [self.fit, self.actual_size, None, self.compare]

    def show_progress(self, progress: Progress) -> None:
        self.progress.setValue(round(1000 * progress.fraction))
        self.stage_label.setText(stage_name(progress.stage))
        self._set_busy(True)

    def show_idle(self) -> None:
        """Nothing is being painted."""
        self._idle()

    def _idle(self) -> None:
        self.progress.setValue(0)
        self.stage_label.clear()
        self._set_busy(False)

    def _set_busy(self, busy: bool) -> None:
        self.cancel.setEnabled(busy)
        self._cancel_button.setVisible(busy)

    def _on_compare(self, wanted: bool) -> None:
        if wanted != (self.view.divider is not None):
            self.view.divider = 0.5 if wanted else None

    def _on_zoomed(self, zoom: float) -> None:
        self.zoom_label.setText(f"{zoom * 100:.0f} %")


def stage_name(stage: str) -> str:
    """A job's stage in words, in the language in use."""
    kind, _, number = stage.partition(" ")
    names = {
        "open": translate("Viewer", "Opening the photo…"),
        "engine": translate("Viewer", "Loading the engine…"),
        "style": translate("Viewer", "Looking at the style…"),
        "draft": translate("Viewer", "Drafting…"),
        "revision": translate("Viewer", "Painting, level {number}…"),
        "show": translate("Viewer", "Almost done…"),
        "steps": translate("Viewer", "Doing the steps…"),
        "loading": translate("Viewer", "Loading the model…"),
        "translating": translate("Viewer", "Translating…"),
        "detail": translate("Viewer", "Adding detail…"),
    }
    return names.get(kind, "").format(number=number)
