"""Models go through scikit-learn's own tools: clone, pipelines, searches."""

from __future__ import annotations

import numpy as np
import pytest

import recur

pytest.importorskip("sklearn", reason="scikit-learn is not installed")
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.validation import check_is_fitted

VALUES = recur.synthetic.sine(240, period=12, noise=0.1).values


def test_a_clone_has_the_parameters_and_nothing_learnt() -> None:
    for model in (recur.Forecaster(hidden=3), recur.Denoiser(hidden=3), recur.Writer(hidden=3)):
        copy = clone(model)
        assert copy.get_params() == model.get_params()
        with pytest.raises(NotFittedError):
            check_is_fitted(copy)


def test_a_pipeline_fits_forecasts_and_scores() -> None:
    model = recur.Forecaster(horizon=2, hidden=2, epochs=1)
    pipeline = make_pipeline(FunctionTransformer(), model).fit(VALUES)
    check_is_fitted(pipeline)
    assert pipeline.predict(VALUES).values.shape == (1, 2)
    assert pipeline.score(VALUES) == model.judge(VALUES).verdict.skill
    assert "Forecaster" in pipeline._repr_html_()


def test_a_search_finds_the_parameters_that_score_best() -> None:
    model = recur.Forecaster(horizon=1, hidden=8, lookback=12, season=12, rate=0.02)
    search = GridSearchCV(
        model, {"epochs": [1, 20]}, cv=TimeSeriesSplit(2), error_score="raise"
    ).fit(VALUES, test=0)
    assert search.best_params_ == {"epochs": 20}


def test_a_search_hands_the_clean_recordings_to_a_denoiser() -> None:
    clean = np.sin(np.arange(60) / 4 + np.arange(12)[:, None])
    noisy = clean + np.random.default_rng(0).normal(0, 0.3, clean.shape)
    search = GridSearchCV(
        recur.Denoiser(hidden=2, epochs=1), {"seed": [0, 1]}, cv=2, error_score="raise"
    ).fit(noisy, clean, test=0)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_a_pipeline_fits_and_scores_a_writer() -> None:
    text = recur.Text.of("the cat sat on the mat. " * 80)
    pipeline = make_pipeline(recur.Writer(hidden=4, epochs=1)).fit(text)
    assert -10 < pipeline.score("the cat sat") < 0
