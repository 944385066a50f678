"""The histogram on the screen: where it draws what, and the legend that says which is which."""

import numpy as np
import pytest
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.histogram import HEIGHT, Histogram
from studio.pictures import pixels_of
from studio.translation import Languages

WIDTH = 304


@pytest.fixture
def histogram(qtbot: QtBot) -> Histogram:
    widget = Histogram()
    qtbot.addWidget(widget)
    widget.resize(WIDTH, HEIGHT)
    return widget


def seen(widget: Histogram) -> np.ndarray:
    """[height, width, 3], as numbers that can be subtracted."""
    return np.asarray(pixels_of(widget.grab().toImage())[0], np.int64)


def test_the_result_is_filled_and_the_photo_a_line_below_the_legend(histogram: Histogram) -> None:
    nothing = seen(histogram)
    none, even = np.zeros((3, 256), np.int64), np.full((3, 256), 100)
    histogram.show_counts(none, even)
    result = (seen(histogram) != nothing).any(axis=2)
    top = int(np.flatnonzero(result[:, WIDTH // 4]).min())
    assert result[top + 1 : -4, 4:-4].all(), "every count reaches the upper end"
    assert result[:top, WIDTH // 2 :].any(), "the legend's signs and words"
    assert not result[: top - 1, : WIDTH // 4].any()
    histogram.show_counts(even, none)
    photo = (seen(histogram) != nothing).any(axis=2)
    rows = np.flatnonzero(photo[:-4, WIDTH // 4])
    assert 1 <= len(rows) <= 3, "a line"
    assert abs(int(rows.min()) - top) <= 1


def test_the_legend_is_there_only_with_something_to_explain_and_speaks_chinese(
    histogram: Histogram, qapp: QApplication
) -> None:
    nothing, languages = seen(histogram), Languages()
    counts = np.zeros((3, 256), np.int64)
    histogram.show_counts(counts, counts)
    english = seen(histogram)
    assert (english != nothing).any()
    languages.use("zh_CN")
    QApplication.processEvents()
    chinese = seen(histogram)
    languages.use("en")
    assert (chinese != english).any()
    histogram.show_counts(None, None)
    assert (seen(histogram) == nothing).all()
