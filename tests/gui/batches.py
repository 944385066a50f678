"""What a user does with the batch window, as the tests do it."""

from collections.abc import Callable
from pathlib import Path

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QMessageBox, QPushButton

import assets
from studio.actions import plain
from studio.batch_table import PHOTO, RESULT, STATE
from studio.batch_window import BatchWindow
from tests.gui.hands import Hands
from workbench.entries import State
from workbench.image_io import read_picture, write_picture
from workbench.picture import resized


class BatchHands:
    """
    Attributes:
        window: the batch window, with photos that were dropped on the main window.
    """

    def __init__(self, hands: Hands, *dropped: Path) -> None:
        self.hands = hands
        hands.drop_files(*dropped)
        hands.wait(lambda: hands.window.batch.window is not None and bool(hands.window.batch.window.model.entries))
        self.window = the_window(hands)

    def press(self, name: str) -> None:
        """Click a button of the window."""
        press(self.hands, self.window, name)

    def answer(self, text: str) -> None:
        """Click a button of the question that is asked."""
        self.hands.wait(lambda: any(box.isVisible() for box in self.window.findChildren(QMessageBox)))
        (box,) = [box for box in self.window.findChildren(QMessageBox) if box.isVisible()]
        (button,) = [button for button in box.buttons() if button.text() == text]
        self.hands.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def wait_for_end(self) -> None:
        self.hands.wait(lambda: not self.window.run.running and bool(self.window.run.counts))

    def wait_for_painting(self) -> None:
        self.hands.wait(lambda: State.RUNNING in self.states.values())

    @property
    def states(self) -> dict[str, State]:
        return {entry.source.name: entry.state for entry in self.window.model.entries}

    @property
    def results(self) -> list[str]:
        """Files in the folder of the results, but for the record of what is done."""
        folder = self.window.form.output_folder
        paths = folder.rglob("*") if folder.is_dir() else []
        return sorted(path.relative_to(folder).as_posix() for path in paths if path.is_file() and path.name[0] != ".")

    def row(self, name: str) -> int:
        return list(self.states).index(name)

    def text(self, name: str, column: int = STATE) -> str:
        """What a row says."""
        assert column in (PHOTO, STATE, RESULT)
        text: str = self.window.model.index(self.row(name), column).data()
        return text


def the_window(hands: Hands) -> BatchWindow:
    window = hands.window.batch.window
    assert window is not None
    return window


def press(hands: Hands, window: BatchWindow, name: str) -> None:
    (button,) = [button for button in window.findChildren(QPushButton) if plain(button.text()).strip() == plain(name)]
    assert button.isEnabled(), f"{name} is disabled"
    hands.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def slow_photo(folder: Path) -> Path:
    """Half a megapixel: its painting takes long enough to be interrupted."""
    picture = resized(read_picture(assets.path("samples/mountains.jpg")), 900)
    write_picture(picture, path := folder / "large.jpg")
    return path


Batched = Callable[..., BatchHands]
