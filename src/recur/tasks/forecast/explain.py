"""Which inputs a forecast rests on: how much larger its error is where one of them is hidden.

Each origin of the held-out stretch becomes a series of its own, so that what is hidden there can
be hidden for it alone. The model is never trained anew.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from recur.arrays import Float64s, Indices
from recur.data.histories.spans import longest_read
from recur.data.panel.bounds import bounds_at
from recur.data.panel.covariates import runs
from recur.data.panel.panel import Panel, check_length
from recur.data.panel.scaling import Scaler
from recur.errors import SettingsError
from recur.judge import Walk
from recur.judge.comparison import LEVEL, Comparison, compare, degrees_of_freedom
from recur.judge.forecast.losses import loss_sequence
from recur.judge.words import counted
from recur.progress import showing
from recur.tasks import notices
from recur.tasks.forecast.fitted import AnyFitted, FittedForecaster
from recur.tasks.forecast.hiding import Part, columns, values
from recur.tasks.forecast.judge import held_out_starts
from recur.tasks.forecast.methods import PRETRAINED
from recur.tasks.forecast.predict import own_prediction
from recur.tasks.forecast.pretrained import periods_of
from recur.tasks.forecast.scales import error_units, window_scaler

_ORIGINS = 500  # times that are forecast from, of all series together 4 times as many
_VALUES = 3_000_000  # that are read for all of them
_FITTED = ("linear", "ets", "arima", "theta")  # methods that are fitted to each history


@dataclass(frozen=True)
class Hidden:
    """What hiding one input does.

    Attributes:
        name: what is hidden.
        how: what stands in its place.
        growth: by which share the mean squared error is larger; None where it is 0 with all seen.
        low: the lower end of the interval of that; None where there is none.
        high: the upper end; None where it is unbounded or there is none.
        finding: "matters" where the error is larger beyond chance, "harms" where it is smaller,
            "none", or "too_little" where there are too few independent origins to say.
    """

    name: str
    how: str
    growth: float | None
    low: float | None
    high: float | None
    finding: str


@dataclass(frozen=True, eq=False)
class Explanation:
    """How the error of a forecaster grows where an input is hidden.

    Attributes:
        walk: what was forecast.
        hidden: each input, in the order in which the model meets them.
        level: of the intervals.
    """

    walk: Walk
    hidden: tuple[Hidden, ...]
    level: float = LEVEL

    def __repr__(self) -> str:
        return f"<Explanation: {self.sentence}>"

    @property
    def ordered(self) -> tuple[Hidden, ...]:
        """Return what was hidden, that which matters most first."""
        return tuple(sorted(self.hidden, key=lambda part: -(part.growth or 0.0)))

    @property
    def sentence(self) -> str:
        """Return in plain words what matters and what does not."""
        matter = [part.name for part in self.ordered if part.finding == "matters"]
        if self.hidden[0].finding == "too_little":
            return (
                f"{counted(self.walk.held_out, 'held-out value')} are too few to tell which inputs "
                "matter: the numbers may be chance."
            )
        others = [part.name for part in self.ordered if part.finding == "none"]
        harm = [part.name for part in self.ordered if part.finding == "harms"]
        said = [
            f"The forecast rests on {_listed(matter)}: hidden, its error is larger beyond chance."
            if matter
            else "Hiding no single input makes the error larger beyond chance."
        ]
        if others:
            said.append(f"Hiding {_listed(others)} makes no difference that this test could show.")
        if harm:
            said.append(f"Without {_listed(harm)} it would be better.")
        return " ".join(said)

    def to_dict(self) -> dict[str, Any]:
        """Return what was measured as plain JSON values."""
        return {
            "sentence": self.sentence,
            "level": self.level,
            "walk": asdict(self.walk.size),
            "hidden": [asdict(part) for part in self.hidden],
        }

    def _repr_png_(self) -> bytes:
        from recur.report.plots.hiding import hiding_picture
        from recur.report.plots.style import png

        return png(hiding_picture(self.ordered, self.walk.held_out))


def explain_on(fitted: AnyFitted, panel: Panel, test: int | None, *, learnt: bool) -> Explanation:
    """Return how the error grows on the end of every series; the arguments are `judge_on`'s."""
    method = fitted.settings.method
    if method in _FITTED:
        raise SettingsError(
            f"the method of this model is '{method}', which is fitted anew to every history: with "
            "values hidden it would be another model, and nothing is explained by that."
        )
    if learnt and fitted.twin is not None:
        fitted = fitted.twin  # which has not seen that end
    learned, least = fitted.learned, fitted.least_history
    if learnt and test is None and (fitted.held_out > 0).all():
        starts = panel.lengths - fitted.held_out
    else:
        starts = held_out_starts(fitted, panel, test, learnt=learnt)
    held_out = panel.lengths - starts
    check_length(
        panel, least + held_out, f"a lookback of {least} and {held_out.max()} values to judge on"
    )
    if not learnt:
        notices.on_differences(panel, starts, learned.clock, learned.season, learned.seen_until)
    return explain(fitted, panel, starts)


def explain(fitted: AnyFitted, panel: Panel, starts: Indices) -> Explanation:
    """Return how the error of a forecaster grows where each of its inputs is hidden.

    Args:
        fitted: the forecaster.
        panel: the series.
        starts: int64 [series], where the held-out stretch of each begins.
    """
    walk = _walk(fitted, panel, starts)
    series = np.repeat(np.arange(len(panel)), walk.counts)
    origins = np.concatenate([walk.origins(i) for i in range(len(walk))])
    apart = _apart(panel, series, origins, _seen(fitted, panel), fitted.settings.horizon)
    carried = _carried(fitted, panel, series, origins, apart)
    limits, cuts = bounds_at(panel, series, origins), np.cumsum(walk.counts)[:-1]

    def losses(of: Panel) -> Float64s:
        alone = replace(carried, panel=of)
        made = own_prediction(alone, of, np.arange(len(of)), of.lengths).centre
        return loss_sequence(walk, tuple(np.split(np.clip(made, *limits), cuts)))

    full = losses(apart)
    degrees = degrees_of_freedom(walk.times, walk.independent_origins)
    parts = [*values(fitted, apart), *columns(fitted, apart, series, origins)]
    found = []
    with showing("hiding") as line:
        for i, part in enumerate(parts):
            line.at(i, len(parts), part.name)
            found.append(compare(part.name, losses(part.hide(apart)), full, degrees))
    return Explanation(walk, tuple(map(_measured, parts, found)))


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _measured(part: Part, found: Comparison) -> Hidden:
    """Return what hiding a part does, of the comparison of seeing all with that.

    The other way round the interval would be one of shares of an error that may be next to none.
    """
    findings = {"better": "matters", "worse": "harms"}
    growth, low, high = (_growth(skill) for skill in (found.skill, found.low, found.high))
    return Hidden(
        part.name, part.how, growth, low, high, findings.get(found.finding, found.finding)
    )


def _growth(skill: float | None) -> float | None:
    """Return by which share an error is larger beside which another has this skill."""
    return None if skill is None or skill >= 1 else skill / (1 - skill)


def _seen(fitted: AnyFitted, panel: Panel) -> int:
    """Return how many of the newest values of a history are seen at all."""
    longest, learned = int(panel.lengths.max()), fitted.learned
    if isinstance(fitted, FittedForecaster):
        return learned.lookback
    if fitted.settings.method == PRETRAINED:
        return longest_read(*periods_of(learned.season, panel.clock, longest))
    return longest


def _walk(fitted: AnyFitted, panel: Panel, starts: Indices) -> Walk:
    """Return the walk over the held-out stretch, its origins so far apart that it takes seconds."""
    horizon, longest = fitted.settings.horizon, int((panel.lengths - starts).max())
    read = min(_seen(fitted, panel), int(panel.lengths.max())) + horizon
    most = max(8, min(_ORIGINS, _VALUES // read // len(panel), 4 * _ORIGINS // len(panel)))
    return Walk(
        series=tuple(panel),
        starts=tuple(int(start) for start in starts),
        horizon=horizon,
        season=fitted.learned.season,
        stride=max(1, -(-(longest - horizon + 1) // most)),
    )


def _apart(panel: Panel, series: Indices, origins: Indices, seen: int, horizon: int) -> Panel:
    """Return what is known at each origin [n] as a series of its own, what is known ahead too."""
    lengths = np.minimum(origins, seen)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    rows = runs(panel.offsets[series] + origins - lengths, lengths)
    beside = panel.covariates
    if beside is not None:
        known = beside.known_offsets[series] + origins - lengths
        beside = replace(
            beside,
            past=beside.past[rows],
            known=beside.known[runs(known, lengths + horizon)],
            statics=beside.statics[series],
            labels=tuple(tuple(held[i] for i in series) for held in beside.labels),
            lengths=lengths,
            ahead=np.full_like(lengths, horizon),
        )
    return replace(
        panel,
        values=panel.values[rows],
        times=panel.times[rows],
        offsets=offsets,
        ids=tuple(panel.ids[i] for i in series),
        filled=None if panel.filled is None else panel.filled[rows],
        covariates=beside,
    )


def _carried(
    fitted: AnyFitted, panel: Panel, series: Indices, origins: Indices, apart: Panel
) -> AnyFitted:
    """Return the forecaster with the scale of each series at every origin of it."""
    units = error_units(fitted, panel, series, origins)
    changes: dict[str, Any] = {
        "learned": fitted.learned.but(ids=apart.ids),
        "error_scale": Scaler("window", np.zeros_like(units), units),
        "judgement": None,
    }
    if isinstance(fitted, FittedForecaster):
        scaler = window_scaler(fitted, panel, series, origins)
        changes["scaler"] = Scaler(scaler.kind, scaler.centre[series], scaler.spread[series])
    return replace(fitted, **changes)
