"""Closing in the middle of a batch, and going on at the next start."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PyQt5.QtCore import Qt

import assets
from studio.main_window import MainWindow
from tests.gui.batches import BatchHands, slow_photo, the_window
from tests.gui.hands import Hands
from workbench.entries import State
from workbench.image_io import read_picture, write_picture
from workbench.picture import resized

KEPT = "unfinished batch"


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    """A photo that is painted at once, and one that takes its time."""
    write_picture(resized(read_picture(assets.path("samples/cat.jpg")), 96), path := tmp_path / "cat.jpg")
    return path, slow_photo(tmp_path)


@pytest.fixture
def batch(hands: Hands, two: tuple[Path, Path]) -> Iterator[BatchHands]:
    """A batch of the two, of which the first is done."""
    hands.choose("poppies")
    batch = BatchHands(hands, *two)
    batch.window.form.pattern.setText("{stem} in {style}")
    batch.press("Paint 2 photos")
    hands.wait(lambda: batch.states["cat.jpg"] == State.DONE)
    yield batch
    batch.window.run.stop()
    hands.wait(lambda: not batch.window.run.running)


def test_the_batch_goes_on_in_the_background_and_its_end_is_told(hands: Hands, batch: BatchHands) -> None:
    batch.window.close()
    batch.answer("Keep open")
    assert batch.window.isVisible()
    batch.window.close()
    batch.answer("Go on in the background")
    assert not batch.window.isVisible()
    assert batch.window.run.running
    assert hands.message().startswith("The batch has ended: 2 of 2 done")
    hands.qtbot.mouseClick(hands.window.message_bar.offer_button, Qt.MouseButton.LeftButton)
    assert batch.window.isVisible()
    assert not hands.window.message_bar.isVisible()
    assert hands.window.services.preferences.data(KEPT) is None


def test_stopped_by_closing_it_goes_on_at_the_next_start(
    hands: Hands, batch: BatchHands, open_window: Callable[[], MainWindow]
) -> None:
    hands.window.close()
    assert hands.window.isVisible()
    batch.answer("Stop")
    hands.wait(lambda: not hands.window.isVisible() and not batch.window.isVisible())
    assert batch.states == {"cat.jpg": State.DONE, "large.jpg": State.CANCELLED}
    again = Hands(open_window(), hands.qtbot)
    again.choose("great-wave")  # the batch has its own look
    assert again.message() == f"The batch into {batch.window.form.output_folder} was not finished."
    assert again.window.message_bar.offer_button.text() == "Continue"
    hands.qtbot.mouseClick(again.window.message_bar.offer_button, Qt.MouseButton.LeftButton)
    window = the_window(again)
    again.wait(lambda: not window.run.running and bool(window.run.counts))
    assert {entry.source.name: entry.state for entry in window.model.entries} == {
        "cat.jpg": State.SKIPPED,
        "large.jpg": State.DONE,
    }
    assert window.status.text() == "2 of 2 done  ·  1 of them before"
    assert len(batch.results) == 2
    assert [choice.id for choice, _ in window.form.plan.recipe.look.styles] == ["poppies"]  # type: ignore[union-attr]
    again.window.close()
    third = open_window()
    assert not third.message_bar.isVisible()
    form = third.batch.open().form
    assert (form.pattern.text(), form.inputs) == ("{stem} in {style}", ())


def test_finished_before_the_program_closes(hands: Hands, batch: BatchHands) -> None:
    batch.press("Pause")
    hands.window.close()
    batch.answer("Finish it, then close")
    assert hands.window.isVisible()
    hands.wait(lambda: not hands.window.isVisible())
    assert set(batch.states.values()) == {State.DONE}
    assert len(batch.results) == 2


def test_an_offer_that_is_closed_is_not_made_again(
    hands: Hands, batch: BatchHands, open_window: Callable[[], MainWindow]
) -> None:
    hands.window.close()
    batch.answer("Stop")
    hands.wait(lambda: not hands.window.isVisible())
    again = open_window()
    assert again.message_bar.isVisible()
    hands.qtbot.mouseClick(again.message_bar.close_button, Qt.MouseButton.LeftButton)
    again.close()
    assert not open_window().message_bar.isVisible()


def test_a_spoiled_record_of_a_batch_is_dropped(hands: Hands, open_window: Callable[[], MainWindow]) -> None:
    preferences = hands.window.services.preferences
    hands.window.close()
    for spoiled in ({"inputs": 3}, [], "x", {"inputs": [], "output": "", "styles": [{}]}):
        preferences.set_data(KEPT, spoiled)
        preferences.save()
        again = open_window()
        assert not again.message_bar.isVisible()
        assert again.services.preferences.data(KEPT) is None
        again.close()
