"""Words that hold what others named, such as files and packs: no markup is found in them, however long they are."""

import html

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QLabel

NARROWEST = 60  # px


def tip_of(text: str) -> str:
    """The text as a tip, whose long lines Qt breaks; "" for none."""
    return f"<qt>{html.escape(text, quote=False)}</qt>".replace("\n", "<br>") if text else ""


class PlainLabel(QLabel):
    """Lines that are broken to the width there is; a word that is too long for it makes nothing wider."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setMinimumWidth(NARROWEST)
