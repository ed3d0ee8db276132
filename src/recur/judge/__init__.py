"""Measures of a prediction, the simple answers, and the verdict: pure functions on arrays."""

from recur.judge.baselines import LINEAR, NAIVE, references
from recur.judge.comparison import LEVEL, SIZE, Comparison, compare
from recur.judge.denoising import DenoisingJudgement, DenoisingVerdict, judge_denoising
from recur.judge.errors import METRICS
from recur.judge.filters import Filter, fit_filters
from recur.judge.intervals import Intervals, check_levels, level_key, quantiles_for
from recur.judge.judgement import Judgement, judge
from recur.judge.linear import LinearAutoregression, linear_autoregression
from recur.judge.metrics import mae, mase, mse, rmse, seasonal_scale, smape
from recur.judge.ngram import NGram, best_order, uniform, unigram
from recur.judge.verdict import Verdict, decide
from recur.judge.walk import Forecasts, Method, Walk
from recur.judge.writing import WritingVerdict, judge_writing

__all__ = [
    "LEVEL",
    "LINEAR",
    "METRICS",
    "NAIVE",
    "SIZE",
    "Comparison",
    "DenoisingJudgement",
    "DenoisingVerdict",
    "Filter",
    "Forecasts",
    "Intervals",
    "Judgement",
    "LinearAutoregression",
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
