"""Simple answers, networks from small to large, classical methods, on one walk."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from recur.data.panel.panel import Panel
from recur.errors import SettingsError, TrainingDiverged, nearest
from recur.judge import SIMPLE, Forecasts, Judgement, judge
from recur.judge.forecast.verdict import NETWORK
from recur.notices import unheard
from recur.progress import Line, showing
from recur.tasks import notices
from recur.tasks.base import checked
from recur.tasks.executor import executor
from recur.tasks.forecast import defaults
from recur.tasks.forecast.blend import CLASSICAL_PARTS, blended
from recur.tasks.forecast.classical import available, classical_methods
from recur.tasks.forecast.comparison import ModelComparison, model_comparison
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.horizon import horizon_of
from recur.tasks.forecast.judge import with_forecasts, without_short
from recur.tasks.forecast.methods import (
    BLEND,
    CLASSICAL,
    DEFAULT,
    METHODS,
    NETWORKS,
    PRETRAINED,
    TRAINED,
    TUNED,
    taken_by,
)
from recur.tasks.forecast.settings import ForecasterParameters


@dataclass(frozen=True, eq=False)
class _Trained:
    """A fitted network, its judgement beside the simple answers, and what it cost."""

    model: Forecaster
    judgement: Judgement
    seconds: float


@dataclass(frozen=True, eq=False)
class _Method:
    """A method to be fitted and judged, in whatever process."""

    name: str
    model: Forecaster

    def describe(self) -> str:
        """Say which it is."""
        return f"method `{self.name}`"


def compare(
    data: Any,
    *,
    horizon: int | None = None,
    test: int | None = None,
    methods: Sequence[str] | None = None,
    base: Forecaster | None = None,
    progress: bool = True,
    **columns: Any,
) -> ModelComparison:
    """Fit networks from small to large, and judge all on the same walk as the simple answers.

    The verdict is on the GRU, which `recur forecast` takes by default, or, where it is left out,
    on the first network named: on one chosen before the results are known.

    Args:
        data: what `Forecaster.fit` takes.
        horizon: steps ahead; by default that of `base`.
        test: how many values at the end of each series to judge on; by default a fifth or more.
        methods: the names of those to compare, of `METHODS`; by default all, the classical methods
            where their extra is installed.
        base: a forecaster whose parameters all networks take, but for what makes each what it is.
        progress: show progress where standard error is a terminal.
        **columns: `target`, `time`, `id`, `fill` and how a file is read, as in `Forecaster.fit`.

    >>> from recur.data.synthetic import sine
    >>> comparison = compare(
    ...     sine(150, period=12).values, horizon=2, test=30, methods=["gru", "rnn"],
    ...     base=Forecaster(hidden=4, epochs=2), progress=False,
    ... )
    >>> [row["name"] for row in comparison.rows()][-3:]
    ['linear', 'gru', 'rnn']
    """
    names, skipped = _chosen(methods)
    base = base.clone() if base is not None else Forecaster()
    if horizon is not None:
        base.set_params(horizon=horizon)
    if test == 0:
        raise SettingsError("`test` is 0; a comparison needs at least the horizon to judge on.")
    models = {name: _network(base, name) for name in NETWORKS if name in names}
    judged = DEFAULT if DEFAULT in models else next(iter(models))
    panel = notices.read(data, **columns)
    for each in (base, *models.values()):
        each.set_params(horizon=horizon_of(base, panel))
    panel = without_short(panel, defaults.test_lengths(panel, base.horizon, test))
    notices.on_filled(panel, panel.lengths - defaults.test_lengths(panel, base.horizon, test))
    with showing("methods", shown=progress) as line:
        steps = _Steps(line, sum(name in names for name in METHODS))
        steps.begin(judged)
        fitted = {judged: _trained(models[judged], panel, test)}
        steps.end(judged, fitted[judged].seconds, fitted[judged].judgement)
        rest = _others(models, judged, names)
        pieces = map(steps.beginning, rest)
        moved = steps.moved if line.shown else None
        tried = executor()(partial(_tried, panel, test), pieces, moved=moved)
        for piece, came in zip(rest, tried, strict=True):
            if isinstance(came, str):
                skipped[piece.name] = came
                steps.leave(piece.name)
            else:
                fitted[piece.name] = came
                steps.end(piece.name, came.seconds, came.judgement)
        first = fitted[judged].judgement
        others = {
            name: each.judgement.forecasts[NETWORK]
            for name, each in fitted.items()
            if name != judged
        }
        if CLASSICAL in names:
            others |= _classical(panel, first, steps)
        if {PRETRAINED, CLASSICAL} <= {*names}:
            parts = zip(*(others[name] for name in (PRETRAINED, *CLASSICAL_PARTS)), strict=True)
            others[BLEND] = tuple(blended(network, rest) for network, *rest in parts)
    trained = [name for name in NETWORKS if name in fitted]
    beyond = [name for name in others if name not in NETWORKS]
    return model_comparison(
        judge(first.walk, {**first.forecasts, **others}),
        (*SIMPLE, *trained, *beyond),
        judged,
        parameters={name: fitted[name].model.network_.size for name in trained},
        seconds={name: fitted[name].seconds for name in trained},
        skipped=skipped,
        models={name: fitted[name].model for name in trained}
        | {name: _untrained(name, fitted[judged].model) for name in (*SIMPLE, *beyond)},
    )


def _untrained(name: str, first: Forecaster) -> Forecaster:
    """Return the forecaster of a method without a training, with what the judged one has chosen."""
    given = {**first.get_params(), **first.chosen(), "method": name, "interval_method": "conformal"}
    given |= {"network": "auto", "refit": True}  # which are of the judged one
    if name == TUNED:
        given |= {"method": PRETRAINED, "network": TUNED}
    taken = taken_by(given["method"], given["network"])
    return Forecaster(**{parameter: given[parameter] for parameter in taken})


def _chosen(methods: Sequence[str] | None) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the methods to compare, and why one that was not asked for is left out."""
    for name in methods or ():
        if name not in METHODS:
            raise SettingsError(f"there is no method `{name}`; {nearest(name, METHODS)}.")
    if methods is not None and not any(name in NETWORKS for name in methods):
        raise SettingsError(f"`methods` names no network; {nearest('', NETWORKS)}.")
    if methods is not None and CLASSICAL not in methods:
        return tuple(methods), {}
    obstacle = available()
    if obstacle is None:
        return tuple(methods or METHODS), {}
    if methods is not None:
        raise SettingsError(f"`methods` names `{CLASSICAL}`, but {obstacle}")
    return (*NETWORKS, PRETRAINED, TUNED), {CLASSICAL: obstacle}


def _network(base: Forecaster, name: str) -> Forecaster:
    """Return the forecaster of a method: the base, with its own cell and shape."""
    model = base.clone().set_params(
        **{"method": TRAINED, "network": "trained", "refit": False, "layers": 1, **NETWORKS[name]}
    )
    if model.lookback == 1 and model.scaling == "window":  # which leaves nothing of one value
        model.set_params(scaling="series")
    checked(ForecasterParameters, model.get_params())  # before any training
    return model


def _others(models: Mapping[str, Forecaster], judged: str, names: Sequence[str]) -> list[_Method]:
    """Return the methods beside the judged one, which has been fitted and chooses for all.

    Season and lookback are those of the judged one, so that all networks see the same past and
    are compared with the same simple answers.
    """
    first = models[judged]
    for other in models.values():
        other.set_params(season=first.season_, lookback=other.lookback or first.lookback_)
    networks = [_Method(name, model) for name, model in models.items() if name != judged]
    beyond = [name for name in (PRETRAINED, TUNED) if name in names]
    return networks + [_Method(name, _untrained(name, first)) for name in beyond]


def _tried(panel: Panel, test: int | None, method: _Method) -> _Trained | str:
    """Fit and judge a method; return why not where its training does not get anywhere."""
    model = method.model
    if method.name in (PRETRAINED, TUNED):
        model.set_params(interval_method="quantiles")
        model.set_params(**{"refit": False} if method.name == TUNED else {})
    try:
        return _trained(model, panel, test)
    except TrainingDiverged as error:
        return str(error)


def _trained(model: Forecaster, panel: Panel, test: int | None) -> _Trained:
    """Fit a network to what lies before the end of every series, and judge it on that end."""
    history = panel.without_last(defaults.test_lengths(panel, model.horizon, test))
    began = time.perf_counter()
    model.fit(history, test=0)
    seconds = time.perf_counter() - began
    with unheard():  # they would come once a network
        judgement = with_forecasts(model.judge(panel, test=test))
    return _Trained(model, judgement, seconds)


def _classical(panel: Panel, first: Judgement, steps: _Steps) -> dict[str, Forecasts]:
    """Return the forecasts of the classical methods from the origins of the others."""
    walk = first.walk
    steps.begin(CLASSICAL)
    began = time.perf_counter()
    starts = np.array(walk.starts, dtype=np.int64)
    panel = panel.only(panel.all_but(walk.left_out))
    forecasts = classical_methods(panel, starts, walk.horizon, walk.season, stride=walk.stride)
    steps.end(CLASSICAL, time.perf_counter() - began)
    return forecasts


class _Steps:
    """How many methods are done, for a person who waits."""

    def __init__(self, line: Line, total: int) -> None:
        self._line, self._total, self._done, self._names = line, total, 0, list[str]()

    def begin(self, name: str) -> None:
        """Take note of a method that begins."""
        self._names.append(name)
        self.moved(0)

    def beginning(self, method: _Method) -> _Method:
        """Take note of a method as it is taken to be fitted."""
        self.begin(method.name)
        return method

    def moved(self, more: float) -> None:
        """Show how much is done beyond the methods that have ended."""
        self._line.at(self._done + more, self._total, ", ".join(self._names))

    def leave(self, name: str) -> None:
        """Take note of a method that is no longer under way."""
        self._done += 1
        self._names.remove(name)

    def end(self, name: str, seconds: float, judgement: Judgement | None = None) -> None:
        """Take note of a method that has ended, and of its errors beside the simple answers."""
        self.leave(name)
        errors = {} if judgement is None else judgement.errors
        named = {name if of == NETWORK else of: measured for of, measured in errors.items()}
        self._line.tell(method=name, seconds=round(seconds, 3), errors=named)
        if self._line.shown:
            self._line.say(f"{name}: {seconds:.1f} s")
