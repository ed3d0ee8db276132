"""What all labs share: what each is given, and how long a part of it took."""

from __future__ import annotations

import pytest

from recur.errors import SettingsError
from recur.labs.experiment import (
    Setting,
    as_of_quick_run,
    run_lab,
    stop_if_interrupted,
    timed,
)
from recur.report.findings import Findings, Row


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(SettingsError, match=r"no lab `lookbck`; the nearest is `lookback`; there"):
        run_lab("lookbck", Setting())


def test_of_a_quick_run_nothing_else_changes() -> None:
    whole = Findings((), ("what came out",), texts=(("a", "b"),))
    quick = as_of_quick_run(whole)
    assert quick.quick
    assert quick.words[1:] == whole.words
    assert (quick.rows, quick.texts) == (whole.rows, whole.texts)


def test_published_figures_are_said_to_be_of_the_whole_experiment_where_there_are_any() -> None:
    published, ours = (Row("a", "MSE", 0.1, published) for published in (0.2, None))
    assert "cannot be compared" in as_of_quick_run(Findings((ours, published))).words[0]
    assert "cannot be compared" not in as_of_quick_run(Findings((ours,))).words[0]


def test_timed_work_gives_its_answer_and_seconds() -> None:
    answer, seconds = timed(lambda: 41 + 1)
    assert answer == 42
    assert seconds >= 0


def test_a_setting_says_nothing_unless_told() -> None:
    setting = Setting()
    setting.say("a line")
    assert (setting.files, setting.quick, setting.seed) == ((), False, 0)


@pytest.mark.parametrize("ended", ["finished", "stopped early", "weights given"])
def test_a_whole_training_goes_on(ended: str) -> None:
    stop_if_interrupted(ended)
