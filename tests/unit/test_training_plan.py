"""How a training's time becomes steps."""

from pathlib import Path

import pytest

from lapstyle.training_plan import Pace, TrainingPlan

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
