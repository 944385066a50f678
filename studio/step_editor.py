"""The list of steps of a pipeline: add, set, reorder and remove them, and the seed of their noise."""

import random
from itertools import pairwise

from PyQt5.QtCore import QEvent, QObject, QPoint, QSignalBlocker, QSize, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QFont, QKeySequence
from PyQt5.QtWidgets import (
    QAction,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QShortcut,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from noise.catalogue import STEPS
from noise.pipeline import SEED_LIMIT, STEPS_LIMIT, Pipeline
from noise.step import FAMILIES, Step
from studio.controls import LanguageAware
from studio.parameter_controls import DecimalBox
from studio.step_card import StepCard
from studio.step_words import tip_of_step, title_of_family, title_of_step
from studio.theme import SPACE, icon
from studio.translation import translate

DICE = 1_000_000  # the dice give a seed below this, which is quickly copied by hand
LEAST_HEIGHT = 120  # px of the list
EDGE = 24  # px from the end of the list, where dragging a card scrolls


class FittingScroll(QScrollArea):
    """Scrolls downwards, and is as high as what it holds where there is room."""

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(inner)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        return self.widget().sizeHint()

    def minimumSizeHint(self) -> QSize:
        width = self.widget().minimumSizeHint().width()
        return QSize(width, min(LEAST_HEIGHT, self.sizeHint().height()))


def heading(text: str, menu: QMenu) -> QAction:
    """What stands over the commands of a menu that belong together; those of `QMenu.addSection` look like commands."""
    action = QAction(text, menu)
    action.setEnabled(False)
    font = QFont(menu.font())
    font.setBold(True)
    action.setFont(font)
    return action


class StepEditor(LanguageAware):
    """Edits a `Pipeline`.

    Attributes:
        cards: of the steps, in their order.

    Signals:
        changed: the new `Pipeline`, whenever the user changed it.
    """

    changed = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self.cards: list[StepCard] = []
        self._before_drag: list[StepCard] | None = None
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        self._escape.setEnabled(False)
        self._escape.activated.connect(self._cancel_drag)
        self.hint = QLabel()
        self.hint.setObjectName("quiet")
        self.hint.setWordWrap(True)
        self.add_button = QPushButton()
        self.add_button.setAutoDefault(False)  # in a dialog, Enter belongs to the number that is typed
        self.menu = QMenu(self)
        self.seed_row = QWidget()
        self.seed_label = QLabel()
        self.seed = DecimalBox()
        self.seed.setDecimals(0)
        self.seed.setRange(0, SEED_LIMIT)
        self.dice = QToolButton()
        self._arrange()
        self.add_button.setMenu(self.menu)
        self.seed.valueChanged.connect(self._tell)
        self.dice.clicked.connect(self.throw_dice)
        self.retranslate()
        self.refresh_icons()
        self._show()

    def _arrange(self) -> None:
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE)
        self._scroll = FittingScroll(inner)
        self.seed_label.setBuddy(self.seed)
        self.dice.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.dice.setIconSize(QSize(18, 18))
        row = QHBoxLayout(self.seed_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE // 2)
        row.addWidget(self.seed_label)
        row.addStretch(1)
        row.addWidget(self.seed)
        row.addWidget(self.dice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addWidget(self.hint)
        column.addWidget(self._scroll)
        column.addWidget(self.add_button)
        column.addWidget(self.seed_row)
        column.addStretch(1)

    def retranslate(self) -> None:
        self.hint.setText(translate("StepEditor", "No steps yet. Add noise, a blur or a restoration."))
        self.add_button.setText(translate("StepEditor", "Add step"))
        self.seed_label.setText(translate("StepEditor", "Seed"))
        tip = translate("StepEditor", "The same seed gives the same noise.")
        self.seed.setToolTip(tip)
        self.seed_label.setToolTip(tip)
        self.seed.setAccessibleName(translate("StepEditor", "Seed"))
        self.dice.setToolTip(translate("StepEditor", "Throw the dice for another seed"))
        self.dice.setAccessibleName(translate("StepEditor", "Throw the dice for another seed"))
        self._fill_menu()
        for card in self.cards:
            card.retranslate()
        self._show()

    def _fill_menu(self) -> None:
        self.menu.clear()
        self.menu.setToolTipsVisible(True)
        for family in FAMILIES:
            if not self.menu.isEmpty():
                self.menu.addSeparator()
            self.menu.addAction(heading(title_of_family(family), self.menu))
            for kind in STEPS.values():
                if kind.family == family:
                    action = self.menu.addAction(title_of_step(kind))
                    action.setToolTip(tip_of_step(kind))
                    action.triggered.connect(lambda _checked=False, kind=kind: self.add(kind))

    def refresh_icons(self) -> None:
        """The theme changed."""
        self.add_button.setIcon(icon("plus"))
        self.dice.setIcon(icon("dices"))
        for card in self.cards:
            card.refresh_icons()

    # What it holds

    @property
    def pipeline(self) -> Pipeline:
        return Pipeline(tuple(card.step for card in self.cards), int(self.seed.value()))

    def set_pipeline(self, pipeline: Pipeline) -> None:
        """Show it; nobody is told. Controls of steps that stay are kept, also while the mouse holds one."""
        with QSignalBlocker(self.seed):
            self.seed.setValue(pipeline.seed)
        spare = list(self.cards)
        cards = []
        for step in pipeline.steps:
            card = next((card for card in spare if card.kind is type(step)), None)
            if card is None:
                card = self._new_card(step)
            else:
                spare.remove(card)
                card.set_step(step)
            cards.append(card)
        if cards != self.cards:
            self._end_drag()
        self._set_cards(cards)

    def add(self, kind: type[Step]) -> None:
        """Append a step with its usual numbers, for the user."""
        if len(self.cards) >= STEPS_LIMIT:
            return
        card = self._new_card(kind())
        self._set_cards([*self.cards, card])
        card.focus_first()
        QTimer.singleShot(0, lambda: self._scroll.ensureWidgetVisible(card))  # when it has its place
        self._tell()

    def throw_dice(self) -> None:
        """Take another seed, for the user."""
        seed = int(self.seed.value())
        while seed == int(self.seed.value()):
            seed = random.randrange(DICE)
        self.seed.setValue(seed)

    def _new_card(self, step: Step) -> StepCard:
        card = StepCard(step)
        card.changed.connect(self._tell)
        card.removal_wanted.connect(lambda: self._remove(card))
        card.move_wanted.connect(lambda places: self._move(card, self.cards.index(card) + places))
        card.dragged.connect(lambda y: self._drag(card, y))
        card.dropped.connect(self._drop)
        return card

    def _set_cards(self, cards: list[StepCard]) -> None:
        if cards == self.cards:
            return
        for card in self.cards:
            if card not in cards:
                self._column.removeWidget(card)
                card.hide()  # deleted only when Qt is idle, and it must not show until then
                card.deleteLater()
        for index, card in enumerate(cards):
            if self._column.indexOf(card) != index:
                self._column.insertWidget(index, card)
                card.show()
        self.cards = cards
        self._set_tab_order()
        self._show()

    def _set_tab_order(self) -> None:
        """From top to bottom, whatever the order in which the cards were made."""
        stops = [*(stop for card in self.cards for stop in card.tab_stops), self.add_button, self.seed, self.dice]
        for first, second in pairwise(stops):
            QWidget.setTabOrder(first, second)

    def _show(self) -> None:
        """Everything that follows from the list of steps."""
        for index, card in enumerate(self.cards):
            card.set_place(index, len(self.cards))
        full = len(self.cards) >= STEPS_LIMIT
        self.add_button.setEnabled(not full)
        limit = translate("StepEditor", "There are {count} steps already, which is the limit.")
        append = translate("StepEditor", "Add a step at the end of the list")
        self.add_button.setToolTip(limit.format(count=STEPS_LIMIT) if full else append)
        self.hint.setVisible(not self.cards)
        self._scroll.setVisible(bool(self.cards))
        self.seed_row.setVisible(any(card.kind.family == "noise" for card in self.cards))

    def _tell(self) -> None:
        self.changed.emit(self.pipeline)

    # Order

    def _remove(self, card: StepCard) -> None:
        index = self.cards.index(card)
        self._set_cards([other for other in self.cards if other is not card])
        if self.cards:
            self.cards[min(index, len(self.cards) - 1)].remove.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self._tell()

    def _move(self, card: StepCard, index: int) -> None:
        """Put a card at another place, for the user."""
        if not 0 <= index < len(self.cards):
            return
        focused = self.window().focusWidget()
        self._place(card, index)
        if focused in (card.up, card.down):  # at an end of the list its own button has no more to do
            button = focused if focused.isEnabled() else card.up if focused is card.down else card.down
            button.setFocus(Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(0, lambda: self._scroll.ensureWidgetVisible(card, 0, SPACE))
        self._tell()

    def _place(self, card: StepCard, index: int) -> None:
        others = [other for other in self.cards if other is not card]
        self._set_cards([*others[:index], card, *others[index:]])

    def _drag(self, card: StepCard, y: int) -> None:
        """The mouse holds a card at this y of the screen: the others make room for it."""
        if self._before_drag is None:
            self._before_drag = list(self.cards)
            self._escape.setEnabled(True)
            card.set_dragged(True)
        others = [other for other in self.cards if other is not card]
        self._place(card, sum(other.mapToGlobal(other.rect().center()).y() < y for other in others))
        self._scroll.ensureVisible(0, self._scroll.widget().mapFromGlobal(QPoint(0, y)).y(), 0, EDGE)

    def _drop(self) -> None:
        before = self._end_drag()
        if before != self.cards:
            self._tell()

    def _cancel_drag(self) -> None:
        """Put the card back that the mouse holds."""
        self._set_cards(self._end_drag())

    def _end_drag(self) -> list[StepCard]:
        """The cards in the order that they had before."""
        before, self._before_drag = self._before_drag or self.cards, None
        self._escape.setEnabled(False)
        for card in self.cards:
            card.handle.let_go()
            card.set_dragged(False)
        return before
