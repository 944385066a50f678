"""How a training's time becomes steps."""

from pathlib import Path

import pytest

from lapstyle.training_plan import Pace, TrainingPlan
from lapstyle.training_settings import LONGEST_MINUTES

PACES = Pace(0.5, 0.3, 4, 240), Pace(2.0, 0.5, 1, 120), None


def test_a_plan_takes_about_the_time_there_is() -> None:
    plan = TrainingPlan.fitting(20, PACES, "pack")
    assert plan.ahead(0) == pytest.approx(20 * 60, rel=0.1)
    assert plan.total > 500


@pytest.mark.parametrize("left", [0.0, -3.0])
def test_where_measuring_took_all_the_time_a_short_plan_remains(tmp_path: Path, left: float) -> None:
    plan = TrainingPlan.fitting(left, PACES, "pack")
    assert plan.steps[2] == 0 and min(plan.steps[:2]) >= 1
    assert plan.ahead(0) < 10
    plan.save(tmp_path)
    assert TrainingPlan.read(tmp_path) == plan


def test_a_plan_of_a_week_of_quick_steps_can_be_gone_on_with(tmp_path: Path) -> None:
    plan = TrainingPlan.fitting(LONGEST_MINUTES, [Pace(0.01, 0.01, 4, 240)] * 3, "all")
    plan.save(tmp_path)
    read = TrainingPlan.read(tmp_path)
    assert read is not None and read.steps == plan.steps


def test_done_it_is_at_the_last_stage_that_had_steps() -> None:
    plan = TrainingPlan((3, 2, 0), (1.0, 1.0, 1.0))
    assert plan.at(5) == (1, 2) and plan.stage(5) == "revision 1"
