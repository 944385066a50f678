"""What a user can set, and the pieces that work is cut into."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapstyle import STROKES, Settings
from workbench.errors import SettingWrong
from workbench.progress import Cancellation, Cancelled, Progress, run
from workbench.tiles import Tile, tiles


@pytest.mark.parametrize(
    "wrong",
    [
        {"strength": -0.1},
        {"strength": 1.1},
        {"strength": float("nan")},
        {"strength": "half"},
        {"strength": True},
        {"color": "photo"},
        {"color": 2},
        {"stroke": "wide"},
        {"stroke": 15},
        {"stroke": 513},
        {"stroke": 99.5},
        {"detail": -1},
        {"detail": 3.5},
        {"size": 0},
        {"size": 70000},
        {"size": 10.5},
    ],
)
def test_what_is_out_of_range_is_named_with_its_range(wrong):
    (name, value), *_ = wrong.items()
    with pytest.raises(SettingWrong, match=rf"{name} cannot be {value}: .+"):
        Settings(**wrong)


@pytest.mark.parametrize(
    "settings",
    [Settings(), Settings(0.3, 0.5, 200, 1.5, 3000), *(Settings(stroke=stroke, color="content") for stroke in STROKES)],
)
def test_settings_survive_being_written_down(settings):
    assert Settings.from_dict(settings.to_dict()) == settings


def test_unknown_settings_are_refused_by_name():
    with pytest.raises(SettingWrong, match="sharpness"):
        Settings.from_dict({"sharpness": 1})


@given(st.integers(1, 500), st.integers(1, 500), st.integers(2, 200))
def test_tiles_cover_every_pixel_once_and_cut_at_even_places(height, width, side):
    seen = [[0] * width for _ in range(height)]
    for tile in tiles(height, width, side):
        assert tile.height <= max(2, side) and tile.width <= max(2, side)
        assert tile.top % 2 == tile.left % 2 == 0 and (tile.bottom % 2 == 0 or tile.bottom == height)
        for row in range(tile.top, tile.bottom):
            for column in range(tile.left, tile.right):
                seen[row][column] += 1
    assert all(count == 1 for row in seen for count in row)


def test_a_halo_ends_where_the_picture_does():
    assert Tile(0, 10, 20, 30).grown(5, 12, 100) == Tile(0, 12, 15, 35)
    assert Tile(0, 10, 20, 30).within(Tile(0, 12, 15, 35)) == Tile(0, 10, 5, 15)


class TestJobs:
    @staticmethod
    def job(closed):
        try:
            for done in range(3):
                yield Progress(done, 3, "counting")
            return "counted"
        finally:
            closed.append(True)

    def test_run_returns_the_result_and_reports_each_step(self):
        steps = []
        assert run(self.job([]), steps.append) == "counted"
        assert [step.done for step in steps] == [0, 1, 2]

    def test_cancelling_closes_the_job(self):
        closed, cancellation = [], Cancellation()
        with pytest.raises(Cancelled):
            run(self.job(closed), lambda step: cancellation.cancel(), cancellation)
        assert closed == [True]

    def test_an_error_of_the_listener_closes_the_job(self):
        closed = []
        with pytest.raises(ZeroDivisionError):
            run(self.job(closed), lambda step: 1 / 0)
        assert closed == [True]

    def test_a_cancel_interrupts_what_runs_at_the_moment(self):
        cancellation, interrupted = Cancellation(), threading.Event()
        with cancellation.interrupting(interrupted.set):
            threading.Thread(target=cancellation.cancel).start()
            assert interrupted.wait(10)
        with pytest.raises(Cancelled), cancellation.interrupting(interrupted.set):
            pass

    def test_a_fraction_never_leaves_0_to_1(self):
        assert Progress(5, 3, "").fraction == 1 and Progress(0, 0, "").fraction == 0
