"""What a fitted forecaster is, in a few lines for a reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from recur.data.panel.encoding import Encoding
from recur.errors import visible
from recur.judge.words import counted, percent
from recur.report.models import kept_weights, layers
from recur.report.wording import method_label
from recur.tasks.forecast.cards import TuningRecord
from recur.tasks.forecast.fitted import AnyFitted, FittedForecaster
from recur.tasks.forecast.methods import ALIGNED, UNTRAINED

_STARTS = {
    "last": "from the last value",
    "seasonal": "from the last season",
    "none": "from the level",
}


def model_facts(fitted: AnyFitted) -> dict[str, str]:
    """Return what forecasts, with the choices that were made for the user."""
    if isinstance(fitted, FittedForecaster):
        return _network_facts(fitted)
    method = fitted.settings.method
    does = f"{method_label(method)}, no training · {UNTRAINED[method].does}"
    parts = [_season(fitted.learned.season)]
    if "lookback" in UNTRAINED[method].takes:
        parts.insert(0, f"lookback {fitted.learned.lookback}")
    tuning = fitted.learned.tuning
    if fitted.settings.network == ALIGNED and fitted.network is not None:
        parameters = f"{len(fitted.network.weights):,} parameters"
        does = f"{layers(fitted.network.card.encoder)}, {parameters}, trained on these data alone"
    elif tuning is not None:
        does = f"{method_label(method)}, {_tuned(tuning)} · {UNTRAINED[method].does}"
    facts = {
        "model": does,
        "sees": f"all known values · {' · '.join(parts)}",
        "again": again(fitted),
        "chosen": _chosen(fitted),
    }
    return {name: line for name, line in facts.items() if line}


def guessed_line(guessed: Mapping[str, str]) -> dict[str, str]:
    """Return what nobody had said, and how to; nothing where that is the column of times alone.

    >>> guessed_line({"target": "Demand", "horizon": "48"})
    {'guessed': 'target Demand · horizon 48 (others: --target --horizon)'}
    """
    if set(guessed) <= {"time"}:
        return {}
    named = " · ".join(f"{part} {visible(name, most=30)}" for part, name in guessed.items())
    options = " ".join(f"--{part}" for part in guessed)
    return {"guessed": f"{named} (others: {options})"}


def _chosen(fitted: AnyFitted) -> str:
    """Return how the pretrained network and a trained one compared, nothing where they did not."""
    tuning, share = fitted.learned.tuning, fitted.learned.trained_over_pretrained
    if tuning is not None and tuning.share is not None:
        change = f"{percent(abs(tuning.share - 1))} {'lower' if tuning.share < 1 else 'higher'}"
        return f"on the validation part the error of the mean with the tuned one is {change}"
    if share is None:
        return ""
    if isinstance(fitted, FittedForecaster):
        better = percent(1 - share)
        return f"trained: on the validation part {better} better than the pretrained network"
    if fitted.settings.network == ALIGNED:
        apart = f"{percent(abs(share - 1))} {'lower' if share < 1 else 'higher'}"
        return f"as asked: on the validation part its error is {apart} than the pretrained one's"
    apart = f"{percent(share - 1)} worse" if share > 1 else "not clearly better"
    return f"pretrained: on the validation part one trained on these data was {apart}"


def _tuned(record: TuningRecord) -> str:
    """Return how the pretrained network learnt on."""
    if record.helps:
        return "in a mean with itself tuned to these data"
    return "which learning on from these data did not help"


def _network_facts(fitted: FittedForecaster) -> dict[str, str]:
    """Return what was trained, with the choices that were made for the user, and how it ended."""
    learned, settings = fitted.learned, fitted.settings
    season = _season(learned.season)
    strategy = settings.strategy.replace("_", " ")
    if settings.decoder_length is not None:
        strategy = f"{strategy} of {settings.decoder_length} steps"
    facts = {
        "model": f"{layers(learned.network)}, {learned.network.size:,} parameters",
        "strategy": (
            f"{strategy} · {_STARTS[learned.residual]} · lookback {learned.lookback} · {season}"
        ),
        "sees": " · ".join(sees(learned.encoding, learned.target, gaps=learned.sees_gaps)),
        "training": f"{kept_weights(learned)} · {learned.engine}",
        "again": again(fitted),
        "chosen": _chosen(fitted),
    }
    return {name: line for name, line in facts.items() if line}


def again(fitted: AnyFitted) -> str:
    """Return how a network was trained again, nothing where it was not."""
    if fitted.again is None:
        return ""
    return (
        f"trained on all values for {counted(fitted.again, 'step')}; what "
        "was judged is its twin, which has not seen the held-out end"
    )


def sees(encoding: Encoding, target: str, *, gaps: bool) -> Sequence[str]:
    """Return what a network sees beside the values, nothing as a rule."""
    columns = {
        "past": [column.name for column in encoding.past],
        "known": [column.name for column in encoding.known],
        "static": list(encoding.columns(target)["static"]),
    }
    parts = [f"{kind} {', '.join(names)}" for kind, names in columns.items() if names]
    if len(encoding.targets(target)) > 1:
        parts.append("which target it is")
    if encoding.calendar:
        cycles = dict.fromkeys(name.split(" (")[0] for name in encoding.calendar)
        parts.append(f"the calendar: {', '.join(cycles)}")
    if encoding.holidays:
        parts.append(f"the holidays of {encoding.holidays}")
    if gaps:
        parts.append("which values are missing")
    return parts


def _season(season: int) -> str:
    return f"season {season}" if season > 1 else "no season"
