"""The learning rate over the steps of a run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.errors import SettingsError
from recur.training.plan import TrainingPlan


def test_one_cycle_follows_pytorch_s_shape() -> None:
    import torch

    plan = TrainingPlan(epochs=1, batch=8, rate=0.01, schedule="onecycle")
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimiser = torch.optim.SGD([parameter], lr=1.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, max_lr=0.01, total_steps=50, cycle_momentum=False, final_div_factor=400
    )
    expected = []
    for _ in range(50):
        expected.append(schedule.get_last_lr()[0])
        optimiser.step()
        schedule.step()
    assert plan.rates(0, 50, 50) == pytest.approx(expected, rel=1e-6)


@given(total=st.integers(1, 200), data=st.data())
def test_rates_do_not_depend_on_how_steps_are_cut(total: int, data: st.DataObject) -> None:
    plan = TrainingPlan(epochs=1, batch=8, rate=0.1, schedule="onecycle")
    cut = data.draw(st.integers(0, total))
    whole = plan.rates(0, total, total)
    parts = np.concatenate([plan.rates(0, cut, total), plan.rates(cut, total - cut, total)])
    assert whole.tobytes() == parts.tobytes()
    assert (whole > 0).all()
    assert whole.max() <= 0.1


def test_patience_counts_only_once_the_rate_is_falling() -> None:
    plan = TrainingPlan(epochs=1, batch=8, rate=0.1, schedule="onecycle")
    assert not plan.is_falling(29, 100)
    assert not plan.is_falling(30, 100)  # the peak
    assert plan.is_falling(31, 100)
    assert plan.model_copy(update={"schedule": "constant"}).is_falling(1, 100)


def test_a_decoder_is_fed_the_truth_less_and_less_along_a_straight_line() -> None:
    plan = TrainingPlan(epochs=1, batch=8, rate=0.1, schedule="constant", forcing=(0.9, 0.1))
    assert plan.forcing_of(0, 5, 5) == pytest.approx([0.9, 0.7, 0.5, 0.3, 0.1])
    assert plan.forcing_of(3, 2, 5) == pytest.approx([0.3, 0.1])
    assert plan.forcing_of(0, 1, 1) == pytest.approx([0.9])


def test_the_fewest_steps_rise_to_the_peak_and_end_near_nothing() -> None:
    plan = TrainingPlan(epochs=1, batch=8, rate=0.1, schedule="onecycle")
    assert plan.rates(0, 3, 3) == pytest.approx([0.1 / 25, 0.1, 0.1 * 1e-4])


LEAST = {"epochs": 1, "batch": 1, "rate": 1e-9, "patience": 1, "seed": 0, "forcing": (0.0, 0.0)}
BEYOND = [("epochs", 0), ("batch", 0), ("rate", 0), ("patience", 0), ("seed", -1), ("seed", 2**63),
          ("forcing", (-0.1, 1.0)), ("forcing", (1.0, 1.1)), ("schedule", "other")]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), BEYOND)
def test_a_setting_beyond_its_bounds_is_refused_by_name_and_one_at_them_is_not(
    name: str, value: Any
) -> None:
    TrainingPlan(schedule="constant", **LEAST)
    TrainingPlan(schedule="constant", **{**LEAST, "seed": 2**63 - 1, "forcing": (1.0, 1.0)})
    with pytest.raises(SettingsError, match=f"`{name}"):
        TrainingPlan(**{"schedule": "constant", **LEAST, name: value})
