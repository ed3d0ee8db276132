"""What a search for settings tries, and how a trial of it is measured; needs Optuna."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import numpy as np

from recur.data.panel.panel import Panel
from recur.digest import digest_of
from recur.errors import RecurError, SettingsError
from recur.judge import Judgement
from recur.judge.forecast.losses import loss_sequence
from recur.notices import unheard
from recur.progress import showing
from recur.tasks.forecast.forecaster import Forecaster
from recur.version import __version__

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial

_LOOK = 4  # a trial is first looked at after a training of a fourth of the epochs
_FINISHED = 4  # trials that have to be finished before others may be stopped

AT_ONCE = 8
"""Trials that may be under way, wherever they run: each is chosen by those before them all."""
_HIDDEN = (8, 16, 32, 64, 128)
_RATES = (0.001, 0.03)
_LOOKBACKS = 4  # the default lookback, divided by and times


@dataclass(frozen=True)
class Wish:
    """Settings to be tried.

    Attributes:
        number: of the trial, from 0 on.
        settings: those that are searched.
        space: where they are from.
        epochs: of a whole training.
        bound: what the error after a fourth of them may be, else the trial is stopped.
    """

    number: int
    settings: Mapping[str, Any]
    space: Mapping[str, BaseDistribution]
    epochs: int
    bound: float

    def describe(self) -> str:
        """Say which it is."""
        return f"trial {self.number}"


@dataclass(frozen=True)
class Search:
    """What every trial shares.

    Attributes:
        model: the parameters it starts from.
        panel: the series without their test stretch.
    """

    model: Forecaster
    panel: Panel

    def digest(self) -> str:
        """Return a digest of everything that the trials depend on."""
        settings = {**self.model.get_params(), "threads": None}  # threads change no result
        panel = replace(self.panel, source="", notes=())
        return digest_of(__version__, AT_ONCE, settings, panel)

    def first(self) -> FrozenTrial:
        """Measure the model as it is."""
        from optuna.trial import create_trial

        fitted, error = self._measured({})
        space, chosen = _space(fitted), fitted.chosen()
        early = fitted.epochs_ // _LOOK
        return create_trial(
            params={name: chosen[name] for name in space},
            distributions=space,
            value=error,
            intermediate_values={early: self._measured({"epochs": early})[1]} if early else {},
            user_attrs={"epochs": fitted.epochs_},
        )

    def wishes(self, tried: Sequence[FrozenTrial], trials: int) -> Iterator[Wish]:
        """Yield what is tried next, each by the trials up to the eighth before it.

        Args:
            tried: the trials so far, which grow.
            trials: how many there are to be.
        """
        for number in range(len(tried), trials):
            yield self._wish(number, tried[: max(1, number + 1 - AT_ONCE)])

    def _wish(self, number: int, known: Sequence[FrozenTrial]) -> Wish:
        from optuna import create_study
        from optuna.samplers import TPESampler

        first = known[0]
        # Seeded for each trial anew, so that a resumed search goes on as if it had not stopped.
        seed = int(np.random.SeedSequence([self.model.seed, number]).generate_state(1)[0])
        study = create_study(sampler=TPESampler(seed=seed, constant_liar=False))
        study.add_trials(known)
        settings = study.ask(first.distributions).params
        epochs = first.user_attrs["epochs"]
        looks = [trial.intermediate_values for trial in known if trial.value is not None]
        bound = np.inf
        if len(looks) >= _FINISHED and epochs >= _LOOK:
            bound = float(np.median([look[epochs // _LOOK] for look in looks]))
        return Wish(number, settings, first.distributions, epochs, bound)

    def run(self, wish: Wish) -> FrozenTrial:
        """Try other settings, and stop where they show little promise.

        The first look is at a whole, short training, measured as the long one is: losses in the
        midst of a training are in units of the scaling, and high while the rate is.
        """
        from optuna.trial import TrialState, create_trial

        looks, error, refused = dict[int, float](), None, {}
        early = wish.epochs // _LOOK
        with showing("trial") as line:
            line.at(0, 2)
            try:
                if early:
                    looks[early] = self._measured({**wish.settings, "epochs": early})[1]
                line.at(1, 2)
                if not early or looks[early] <= wish.bound:
                    error = self._measured({**wish.settings, "epochs": wish.epochs})[1]
            except RecurError as refusal:
                refused = {"refused": str(refusal)}
        return create_trial(
            state=TrialState.PRUNED if error is None else TrialState.COMPLETE,
            params=dict(wish.settings),
            distributions=dict(wish.space),
            value=error,
            intermediate_values=looks,
            user_attrs=refused,
        )

    def _measured(self, settings: dict[str, Any]) -> tuple[Forecaster, float]:
        """Return a fitted forecaster, and its error on the end that it has not seen."""
        model = self.model.clone().set_params(**settings, refit=False)
        if model.interval_method == "conformal":  # which changes no forecast, and takes a twin
            model.set_params(intervals=())
        with unheard():  # the fit that follows will say them once
            model.fit(self.panel)
        if model.ended_ == "interrupted":
            raise KeyboardInterrupt
        judgement = model.judgement_
        assert isinstance(judgement, Judgement)
        forecasts = judgement.forecasts["network"]
        return model, float(loss_sequence(judgement.walk, forecasts).mean())


def _space(fitted: Forecaster) -> dict[str, BaseDistribution]:
    """Return where to search: parameters left at their defaults that have more than one value."""
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    def one_of(name: str, *values: Any) -> CategoricalDistribution:
        return CategoricalDistribution(tuple(dict.fromkeys([*values, chosen[name]])))

    chosen, defaults = fitted.chosen(), {f.name: f.default for f in fields(fitted) if f.init}
    lookback = chosen["lookback"]
    assert isinstance(fitted.judgement_, Judgement)
    room = int((1 - fitted.validation) * min(fitted.judgement_.walk.starts)) // 2
    longest = max(lookback, min(_LOOKBACKS * lookback, room))
    shortest = min(lookback, max(2, lookback // _LOOKBACKS))
    space: dict[str, BaseDistribution] = {
        "lookback": IntDistribution(shortest, longest, log=True),
        "hidden": one_of("hidden", *_HIDDEN),
        "rate": FloatDistribution(*_RATES, log=True),
        "strategy": one_of("strategy", *_strategies(fitted)),
        "scaling": one_of("scaling", "window", "series"),
    }
    if "residual" in defaults:
        seasonal = ["seasonal"] if fitted.season_ > 1 else []
        space["residual"] = one_of("residual", "none", "last", *seasonal)
    free = {name for name, default in defaults.items() if getattr(fitted, name) == default}
    space = {
        name: distribution
        for name, distribution in space.items()
        if name in free and not distribution.single()
    }
    if not space:
        raise SettingsError(
            "there is nothing to search: lookback, hidden, rate, strategy and scaling are all "
            "given; leave out one of them."
        )
    return space


def _strategies(model: Forecaster) -> list[str]:
    """Return the strategies that differ: one step fed back is one step, for a horizon of one."""
    strategies = get_args(get_type_hints(type(model))["strategy"])
    return [name for name in strategies if model.horizon > 1 or name != "recursive"]
