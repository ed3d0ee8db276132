"""A trained network ends on all values, and panels with short series are trained on as they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import recur
from recur.arrays import Float64s
from recur.data.synthetic import sine
from recur.errors import DataError, DataWarning
from recur.tasks.base import checked
from recur.tasks.forecast import fine_tuning
from recur.tasks.forecast.facts import model_facts
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.learning import judged_network, with_intervals
from recur.tasks.forecast.settings import ForecasterParameters
from recur.training.checkpoint import Checkpoint, Run
from recur.training.jobs import Job

HORIZON = 3


def quick(**parameters: Any) -> Any:
    settings: dict[str, Any] = {
        "horizon": HORIZON,
        "hidden": 4,
        "epochs": 3,
        "lookback": 12,
        "season": 12,
    }
    return Forecaster(**{**settings, **parameters})


def wave(length: int, seed: int = 0) -> Float64s:
    return sine(length, 12, noise=0.1, seed=seed).values


def changed_end(length: int = 90) -> list[Float64s]:
    """Return a series twice, with another end from the value 70 on."""
    one = wave(length)
    return [one, np.concatenate([one[:70], -5 * one[70:]])]


def test_what_is_handed_out_has_learnt_from_the_held_out_end_and_what_was_judged_has_not() -> None:
    kept, again = (
        [quick(refit=refit).fit(values, test=20, progress=False) for values in changed_end()]
        for refit in (False, True)
    )
    for one, two in zip(kept, again, strict=True):
        assert two.fitted_.twin.weights.tobytes() == one.weights_.tobytes()
        assert one.judgement_.to_dict() == two.judgement_.to_dict()
        assert one.weights_.tobytes() != two.weights_.tobytes()
    assert kept[0].weights_.tobytes() == kept[1].weights_.tobytes()
    assert again[0].weights_.tobytes() != again[1].weights_.tobytes()


def test_it_is_trained_for_as_many_steps_as_served_the_judged_one_best() -> None:
    model = quick(epochs=8, batch=16).fit(wave(90), test=20, progress=False)
    steps = -(-(56 - 12 - HORIZON + 1) // 16), -(-(90 - 12 - HORIZON + 1) // 16)
    expected = max(1, round(model.kept_epoch_ * steps[0] / steps[1])) * steps[1]
    assert model.fitted_.learned.again == expected
    assert "its twin, which has not seen the held-out end" in model_facts(model.fitted_)["again"]


def test_where_everything_was_learnt_from_there_is_no_second_training() -> None:
    model = quick(validation=0.0).fit(wave(60), test=0, progress=False)
    assert model.fitted_.learned.again is None
    assert "again" not in model_facts(model.fitted_)


def test_its_own_data_are_judged_by_the_twin_and_a_file_holds_the_one_handed_out(
    tmp_path: Path,
) -> None:
    values = wave(90)
    model = quick().fit(values, test=20, progress=False)
    judged = quick(refit=False).fit(values, test=20, progress=False)
    assert model.judge(test=10).to_dict() == judged.judge(test=10).to_dict()
    loaded = recur.load(model.save(tmp_path / "model.recur"))
    assert loaded.predict(values).values.tobytes() == model.predict(values).values.tobytes()
    assert loaded.fitted_.learned.again == model.fitted_.learned.again
    assert loaded.judgement_.verdict.sentence == judged.judgement_.verdict.sentence


def test_intervals_reach_as_far_around_it_as_around_the_one_that_was_judged() -> None:
    told = {"intervals": (50,), "calibration": 0.3}
    model = quick(**told).fit(wave(90), test=20, progress=False)
    judged = quick(**told, refit=False).fit(wave(90), test=20, progress=False)
    widths = [
        np.ptp([found.low, found.high], axis=0) for found in (model.predict(), judged.predict())
    ]
    np.testing.assert_allclose(*widths)


def test_a_run_taken_up_from_its_checkpoint_ends_with_the_same_bits(tmp_path: Path) -> None:
    whole = quick().fit(wave(90), test=20, progress=False)
    path = tmp_path / "run.recur"
    quick().fit(wave(90), test=20, progress=False, checkpoint=path)
    resumed = quick().fit(wave(90), test=20, progress=False, checkpoint=path)
    assert resumed.weights_.tobytes() == whole.weights_.tobytes()


class Killed(BaseException):
    """What no one catches."""


class Mortal(Checkpoint):
    """A checkpoint after every chunk of steps, and the end of the process after some of them."""

    def __init__(self, path: Path, left: int, saved: list[tuple[str, int]]) -> None:
        super().__init__(path, every=0.0)
        self.left, self.saved = left, saved

    def save(self, run: Run, job: Job, digest: str) -> None:
        super().save(run, job, digest)
        self.saved.append((self.path.name, run.now.steps))
        self.left -= 1
        if not self.left:
            raise Killed


@pytest.mark.parametrize("network", ["trained", "tuned"])
def test_a_kill_in_the_second_training_goes_on_in_it_to_the_same_bits(
    network: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fine_tuning, "_STEPS", 6)
    how: dict[str, Any] = {"horizon": 1, "season": 1, "network": network}
    how |= {"epochs": 3, "hidden": 4, "batch": 16} if network == "trained" else {}
    starts, steps = np.array([0.2, 0.5, 0.7]), []
    for _ in range(120):
        starts = 3.8 * starts * (1 - starts)
        steps.append(starts)

    def fit(path: Path, left: int = 0) -> tuple[list[bytes], list[tuple[str, int]]]:
        saved = list[tuple[str, int]]()
        checkpoint = Mortal(path, left, saved)
        try:
            model: Any = Forecaster(**how).fit(
                list(np.array(steps).T), progress=False, checkpoint=checkpoint
            )
        except Killed:
            return [], saved
        both = (model.fitted_, model.fitted_.twin)
        parts = [one.network if network == "tuned" else one for one in both]
        return [one.weights.tobytes() for one in parts], saved

    whole, saved = fit(tmp_path / "whole")
    first, last = sum(name == "whole" for name, _ in saved), saved[-1]
    assert last[0] == "whole.again"
    for more in (1, (len(saved) - first) // 2, len(saved) - first - 1):
        path = tmp_path / f"killed after {more}"
        killed, before = fit(path, first + more)
        assert killed == []
        assert before[-1][0] == f"{path.name}.again"
        resumed, after = fit(path)
        assert resumed == whole
        assert [name for name, _ in after].count(path.name) == 1  # which had ended
        assert after[1][1] >= before[-1][1]  # where it was killed, and not at its beginning
        assert after[-1] == (f"{path.name}.again", last[1])


def test_short_series_are_learnt_from_once_the_panel_is_judged_without_them() -> None:
    panel = [wave(90), wave(80, 1), wave(10, 2), np.array([5.0])]
    with pytest.warns(DataWarning, match="2 of 4 series have few values .*: they are not judged"):
        model = quick().fit(panel, test=8, progress=False)
    with pytest.warns(DataWarning, match="`3` has 1 value: its last value is repeated"):
        made = model.predict().values
    assert model.judgement_.walk.left_out == ("2", "3")
    assert made[3] == pytest.approx([5.0] * HORIZON)
    assert np.isfinite(made).all()
    others = [*panel[:2], 3 + wave(10, 9), panel[3]]
    with pytest.warns(DataWarning, match="not judged"):
        again = quick().fit(others, test=8, progress=False)
    assert model.weights_.tobytes() != again.weights_.tobytes()
    assert model.fitted_.twin.weights.tobytes() == again.fitted_.twin.weights.tobytes()


def test_what_a_network_cannot_read_the_pretrained_one_forecasts_and_a_notice_names_it() -> None:
    with pytest.warns(DataWarning, match="`1` has 8 values, .*: it is not judged"):
        model = quick(least_history=12).fit([wave(90), wave(8, 1)], test=8, progress=False)
    with pytest.warns(DataWarning, match="`1` has 8 values, fewer than the 12"):
        made = model.predict().values[1]
    alone = Forecaster(horizon=HORIZON, season=12, network="pretrained").fit(wave(90), test=0)
    np.testing.assert_allclose(made, alone.predict(wave(8, 1)).values[0])
    with pytest.raises(DataError, match="has 5 values, but one lookback takes at least 12"):
        model.predict([wave(5)])


def test_intervals_that_nobody_asked_for_leave_out_what_too_few_windows_cannot_support() -> None:
    panel = recur.read_panel(wave(80))
    settings = checked(ForecasterParameters, quick().get_params())
    fitted, prepared = judged_network(settings, panel, 20, progress=False)
    held_out = np.array([20])
    given: dict[str, Any] = {"levels": (80.0, 95.0), "progress": False}
    few = with_intervals(fitted, prepared, panel, held_out, **given)
    asked, _ = judged_network(replace(settings, intervals=(80.0,)), panel, 20, progress=False)
    assert few.settings.intervals == (80.0,)
    np.testing.assert_array_equal(few.interval_margins, asked.interval_margins)
    assert few.weights.tobytes() == fitted.weights.tobytes()
