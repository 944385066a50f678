"""Tells what happened in a bar above the pictures: a sentence, details to copy, or something to do about it."""

from collections.abc import Callable
from dataclasses import dataclass

from PyQt5.QtCore import QEvent, Qt
from PyQt5.QtGui import QFontDatabase, QGuiApplication
from PyQt5.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.theme import SPACE, icon
from studio.translation import sentence_of, translate
from studio.worker import Failure
from workbench.errors import (
    NotAPicture,
    PictureDamaged,
    PictureMissing,
    PictureSideTooLong,
    PictureTooLarge,
    PictureUnreadable,
    PictureUnsupported,
    PresetWrong,
    StyleUnknown,
)

NOT_OPENED = (
    NotAPicture, PictureDamaged, PictureMissing, PictureSideTooLong, PictureTooLarge, PictureUnreadable,
    PictureUnsupported, PresetWrong, StyleUnknown,
)  # fmt: skip


@dataclass(frozen=True)
class Offer:
    """A sentence with something to do.

    Attributes:
        label: the button's.
        accept: called when the button is pressed.
        decline: called when the message is closed instead.
    """

    text: str
    label: str
    accept: Callable[[], object]
    decline: Callable[[], object] | None = None


class MessageBar(QFrame):
    """A sentence at the top of the window, until it is closed or another one comes."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("messageBar")
        self._failure: Failure | None = None
        self._offer: Offer | None = None
        self.symbol = QLabel()
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.offer_button = QPushButton()
        self.details = QPushButton()
        self.close_button = QToolButton()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * SPACE, SPACE, SPACE, SPACE)
        layout.setSpacing(SPACE)
        layout.addWidget(self.symbol)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.offer_button)
        layout.addWidget(self.details)
        layout.addWidget(self.close_button)
        self.offer_button.clicked.connect(self._on_accepted)
        self.details.clicked.connect(self.show_details)
        self.close_button.clicked.connect(self._on_closed)
        self.retranslate()
        self.hide()

    def retranslate(self) -> None:
        self.offer_button.setAccessibleName(translate("MessageBar", "Do what is proposed"))
        self.offer_button.setToolTip(translate("MessageBar", "Do what is proposed"))
        self.details.setText(translate("MessageBar", "Details…"))
        self.details.setToolTip(translate("MessageBar", "What happened, to copy and report"))
        self.close_button.setAccessibleName(translate("MessageBar", "Close message"))
        self.close_button.setToolTip(translate("MessageBar", "Close message"))
        self.symbol.setPixmap(icon("triangle-alert" if self._offer is None else "info").pixmap(20, 20))
        self.close_button.setIcon(icon("x"))
        if self._failure is not None:
            self.text.setText(sentence_of(self._failure.error))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange):
            self.retranslate()
        super().changeEvent(event)

    def show_failure(self, failure: Failure) -> None:
        self._failure, self._offer = failure, None
        self._show(sentence_of(failure.error))

    def show_text(self, text: str) -> None:
        self._failure = self._offer = None
        self._show(text)

    def show_offer(self, offer: Offer) -> None:
        self._failure, self._offer = None, offer
        self._show(offer.text)

    def _show(self, text: str) -> None:
        self.text.setText(text)
        self.text.setAccessibleName(text)
        self.details.setVisible(self._failure is not None)
        self.offer_button.setVisible(self._offer is not None)
        if self._offer is not None:
            self.offer_button.setText(self._offer.label)
            self.offer_button.setAccessibleName(self._offer.label)
        self.symbol.setPixmap(icon("triangle-alert" if self._offer is None else "info").pixmap(20, 20))
        self.show()

    def _on_accepted(self) -> None:
        offer, self._offer = self._offer, None
        self.hide()
        if offer is not None:
            offer.accept()

    def _on_closed(self) -> None:
        offer, self._offer = self._offer, None
        self.hide()
        if offer is not None and offer.decline is not None:
            offer.decline()

    def end_opening(self) -> None:
        """Something was opened: take away what says that something else could not be."""
        if self._failure is not None and isinstance(self._failure.error, NOT_OPENED):
            self._failure = None
            self.hide()

    def show_details(self) -> None:
        if self._failure is not None:
            DetailsDialog(self._failure, self).show()


class DetailsDialog(QDialog):
    """The sentence and the traceback, to copy."""

    def __init__(self, failure: Failure, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(translate("MessageBar", "Details"))
        sentence = QLabel(sentence_of(failure.error))
        sentence.setTextFormat(Qt.TextFormat.PlainText)
        sentence.setWordWrap(True)
        self.text = QPlainTextEdit(f"{failure.error}\n\n{failure.details}")
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(translate("MessageBar", "Details"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy = buttons.addButton(translate("MessageBar", "Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        layout = QVBoxLayout(self)
        layout.addWidget(sentence)
        layout.addWidget(self.text, 1)
        layout.addWidget(buttons)
        buttons.rejected.connect(self.reject)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()))
        self.resize(720, 400)
