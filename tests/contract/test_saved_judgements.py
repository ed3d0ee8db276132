"""What a fit was found to be worth is told by its file, and by the model that the file makes."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

import recur
from recur.data.synthetic import sine
from recur.files.modelfile import read_file, write_file
from recur.judge import Judgement, JudgementSummary, MeasuredIntervals
from recur.report.error_table import error_rows, footnote
from recur.report.forecasting import coverage_table
from recur.tasks.forecast.shown import judged_facts, judgement_blocks

ASSETS = Path(__file__).parents[1] / "assets" / "v1"
SERIES = [sine(160, 7, noise=0.2, seed=i).values + i for i in range(2)]


@pytest.fixture(scope="module")
def model() -> recur.Forecaster:
    model = recur.Forecaster(horizon=2, hidden=3, epochs=1, lookback=8, intervals=(80, 97.5))
    return model.fit(SERIES, test=40, progress=False)


def denoiser() -> recur.Denoiser:
    made = recur.synthetic.noisy_sines(series=20, points=60, period=20)
    return recur.Denoiser(hidden=4, epochs=1, batch=8).fit(made.values, made.answer, progress=False)


def writer() -> recur.Writer:
    text = recur.Text.of("the cat sat on a mat. " * 100)
    small: dict[str, Any] = {
        "embedding": 4,
        "hidden": 4,
        "layers": 1,
        "steps": 12,
        "streams": 4,
        "epochs": 1,
    }
    return recur.Writer(**small, dropout=0.0, rate=0.02).fit(text, progress=False)


def shown(renderable: Any) -> str:
    text = io.StringIO()
    Console(file=text, width=120).print(renderable)
    return text.getvalue()


def changed(path: Path, to: Path, judgement: Any) -> Any:
    """Return the model of a file with another judgement."""
    contents = read_file(path, "model")
    write_file(to, "model", {**contents.header, "judgement": judgement}, contents.tensors)
    return recur.load(to)


def test_a_loaded_forecaster_tells_its_verdict_and_its_errors(
    model: recur.Forecaster, tmp_path: Path
) -> None:
    before, after = model.judgement_, recur.load(model.save(tmp_path / "model")).judgement_
    assert isinstance(before, Judgement)
    assert type(after) is JudgementSummary
    assert repr(after) == repr(before)
    assert after.verdict == before.verdict
    assert after.to_dict() == before.to_dict()
    assert judged_facts(after) == judged_facts(before)
    assert (error_rows(after), footnote(after)) == (error_rows(before), footnote(before))
    for metric, values in before.by_horizon["network"].items():
        np.testing.assert_array_equal(after.by_horizon["network"][metric], values)
    assert before.intervals is not None
    assert isinstance(after.intervals, MeasuredIntervals)
    assert after.intervals.levels == before.intervals.levels
    tables = [
        shown(coverage_table(i, by_horizon=True)) for i in (before.intervals, after.intervals)
    ]
    assert tables[0] == tables[1]
    blocks = [[shown(block) for block in judgement_blocks(one)] for one in (before, after)]
    assert blocks[0] == blocks[1]


@pytest.mark.parametrize("make", [denoiser, writer])
def test_a_loaded_denoiser_and_a_loaded_writer_tell_theirs(make: Any, tmp_path: Path) -> None:
    model = make()
    after = recur.load(model.save(tmp_path / "model")).judgement_
    assert after.verdict == model.judgement_.verdict
    assert after.to_dict() == model.judgement_.to_dict()


def test_a_judgement_is_kept_through_a_second_file(model: recur.Forecaster, tmp_path: Path) -> None:
    once = recur.load(model.save(tmp_path / "once"))
    once.save(tmp_path / "twice")
    assert (tmp_path / "once").read_bytes() == (tmp_path / "twice").read_bytes()


def test_what_a_walk_has_many_of_is_not_in_the_file(tmp_path: Path) -> None:
    sizes = []
    for test in (20, 400):
        values = sine(900, 7, noise=0.1).values[: 500 + test]
        fitted = recur.Forecaster(horizon=2, hidden=3, epochs=1, lookback=8, season=7)
        path = fitted.fit(values, test=test, progress=False).save(tmp_path / str(test))
        sizes.append(path.stat().st_size)
    assert abs(sizes[1] - sizes[0]) < 1000


def test_weights_that_are_given_take_the_verdict_on_others_away(
    model: recur.Forecaster, tmp_path: Path
) -> None:
    plain = recur.Forecaster(horizon=2, hidden=3, epochs=1, lookback=8)
    plain.fit(SERIES, test=40, progress=False)
    loaded = recur.load(plain.save(tmp_path / "model"))
    assert loaded.judgement_ is not None
    loaded.load_state_dict(plain.network_.named(plain.weights_))
    assert loaded.judgement_ is None


def test_a_verdict_by_another_test_is_not_given_back(
    model: recur.Forecaster, tmp_path: Path
) -> None:
    path = model.save(tmp_path / "model")
    kept = read_file(path, "model").header["judgement"]
    verdict = kept["verdict"]
    others = {
        "unjudged": None,
        "of no kind": [1],
        "before walks": {name: part for name, part in kept.items() if name != "walk"},
        "without a method": {**kept, "errors": {"network": kept["errors"]["network"]}},
        "of another horizon": {**kept, "walk": {**kept["walk"], "horizon": 3}},
        "over the unknown": {**kept, "verdict": {**verdict, "against": "prophet"}},
        "of no claim": {**kept, "verdict": {**verdict, "claim": "perhaps"}},
    }
    for name, judgement in others.items():
        assert changed(path, tmp_path / "other", judgement).judgement_ is None, name
    assert changed(path, tmp_path / "other", kept).judgement_ is not None
    assert recur.load(ASSETS / "forecast.recur").judgement_ is None
