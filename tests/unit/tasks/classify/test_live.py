"""The answer for a series so far is that for the series cut there."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recur import Classifier, DataError, SettingsError, Tagger


@cache
def classifier(**more: Any) -> Classifier:
    """Return a small classifier of series of up to 12 steps."""
    rng = np.random.default_rng(0)
    series = [rng.normal(size=12 - i % 3) + 3 * (i % 2) for i in range(30)]
    labels = ["low", "high"] * 15
    given = {"bidirectional": False, "reads": "last", "mix": False, "filters": 0, **more}
    model = Classifier(hidden=5, epochs=2, networks=2, **given)
    return model.fit(series, labels, test=0, progress=False)


def test_each_answer_is_that_for_the_series_so_far(tmp_path: Path) -> None:
    model, values = classifier(), np.random.default_rng(1).normal(size=20)
    live = model.live()
    live.push(5.0)
    live.reset()
    for step, value in enumerate(values):
        told = live.push(value)
        expected = model.predict_proba([values[: step + 1]])[0]
        assert np.array_equal(told.probabilities, expected)
        assert told.label == model.predict([values[: step + 1]])[0]
        if step == 6:
            live = model.live(state=live.save(tmp_path / "state"))
    assert told.to_dict()["probabilities"][told.label] == told.probabilities.max()


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"bidirectional": True}, "reads series backwards too"),
        ({"reads": "max"}, "reads the max over time"),
    ],
)
def test_one_that_needs_the_end_of_a_series_cannot_follow(more: dict[str, Any], why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        classifier(**more).live()


def test_what_is_no_time_step_is_refused() -> None:
    live = classifier().live()
    for value in (np.nan, [1.0, 2.0], "high"):
        with pytest.raises(DataError):
            live.push(value)


def test_a_tagger_says_that_it_cannot_follow() -> None:
    with pytest.raises(SettingsError, match="a Tagger reads its examples to the end"):
        Tagger().live()
