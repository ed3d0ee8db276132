"""Measures of a prediction, the simple answers, and the verdict: pure functions on arrays."""

from recur.data.text.ngram import NGram
from recur.judge.comparison import LEVEL, SIZE, Comparison, compare
from recur.judge.denoise.filters import Filter, fit_filters
from recur.judge.denoise.judgement import DenoisingJudgement, DenoisingVerdict, judge_denoising
from recur.judge.forecast.baselines import LINEAR, NAIVE, SIMPLE, references
from recur.judge.forecast.errors import METRICS
from recur.judge.forecast.intervals import (
    Intervals,
    MeasuredIntervals,
    check_levels,
    level_key,
    quantiles_for,
)
from recur.judge.forecast.judgement import Judgement, JudgementSummary, judge
from recur.judge.forecast.linear import LinearAutoregression, linear_autoregression
from recur.judge.forecast.verdict import Verdict, decide
from recur.judge.forecast.walk import Forecasts, Method, Walk
from recur.judge.metrics import mae, mase, mse, rmse, seasonal_scale, smape
from recur.judge.write.ngram import best_order, uniform, unigram
from recur.judge.write.verdict import WritingVerdict, judge_writing

__all__ = [
    "LEVEL",
    "LINEAR",
    "METRICS",
    "NAIVE",
    "SIMPLE",
    "SIZE",
    "Comparison",
    "DenoisingJudgement",
    "DenoisingVerdict",
    "Filter",
    "Forecasts",
    "Intervals",
    "Judgement",
    "JudgementSummary",
    "LinearAutoregression",
    "MeasuredIntervals",
    "Method",
    "NGram",
    "Verdict",
    "Walk",
    "WritingVerdict",
    "best_order",
    "check_levels",
    "compare",
    "decide",
    "fit_filters",
    "judge",
    "judge_denoising",
    "judge_writing",
    "level_key",
    "linear_autoregression",
    "mae",
    "mase",
    "mse",
    "quantiles_for",
    "references",
    "rmse",
    "seasonal_scale",
    "smape",
    "uniform",
    "unigram",
]
