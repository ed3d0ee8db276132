"""A search for good settings, on values that come before the test stretch; needs Optuna."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args, get_type_hints

import numpy as np

from recur.data.panel.panel import Panel
from recur.digest import digest_of
from recur.errors import RecurError, SettingsError
from recur.judge import Judgement
from recur.judge.forecast.losses import loss_sequence
from recur.notices import unheard
from recur.tasks import notices
from recur.tasks.base import checked, settings_of
from recur.tasks.forecast import defaults
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.horizon import horizon_of
from recur.tasks.forecast.methods import TRAINED, effective
from recur.tasks.forecast.settings import ForecasterParameters
from recur.tasks.forecast.tuning_store import finished, require_optuna, study
from recur.training.progress import Silent, on_terminal
from recur.version import __version__

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.study import Study
    from optuna.trial import FrozenTrial

_LOOK = 4  # a trial is first looked at after a training of a fourth of the epochs
_HIDDEN = (8, 16, 32, 64, 128)
_RATES = (0.001, 0.03)
_LOOKBACKS = 4  # the default lookback, divided by and times


@dataclass(frozen=True)
class Trial:
    """Settings that were tried.

    Attributes:
        settings: those that were searched; the first trial has the defaults.
        error: the mean squared error on the values it was chosen by, each series in units of its
            squared changes, as the verdict has it; None unless finished.
        outcome: `finished`; `stopped`, because it was worse than half of the finished ones after
            a fourth of the epochs; or `refused`, because these settings cannot be fitted.
    """

    settings: dict[str, Any]
    error: float | None
    outcome: Literal["finished", "stopped", "refused"]


class Tuning(NamedTuple):
    """What a search has found.

    Attributes:
        model: a forecaster with the best settings, not yet fitted.
        trials: all trials, oldest first; the first one has the defaults.
    """

    model: Forecaster
    trials: tuple[Trial, ...]

    @property
    def best(self) -> Trial:
        """Return the finished trial of the least error, the oldest of equal ones."""
        finished = [trial for trial in self.trials if trial.error is not None]
        return min(finished, key=lambda trial: trial.error or 0.0)

    @property
    def sentence(self) -> str:
        """Say which settings are the best, and what they gain where they were chosen."""
        count, best, first = len(self.trials), self.best, self.trials[0]
        tried = f"{count} setting{'s' * (count > 1)} tried on values before the test stretch"
        if best is first or not first.error:
            return f"{tried}: none is better than the defaults."
        listing = ", ".join(f"{name} {_shown(value)}" for name, value in best.settings.items())
        share = 1 - (best.error or 0.0) / first.error
        gain = f"with {share:.0%} less squared error there than the defaults"
        return f"{tried}: the best is {listing}, {gain}."


def tune(
    model: Forecaster,
    data: Any,
    *,
    trials: int,
    test: int | None = None,
    storage: str | Path | None = None,
    progress: bool = True,
    **columns: Any,
) -> Tuning:
    """Search lookback, size, rate, strategy and scaling; what the user has changed stays.

    The test stretch is cut off first. Of what is left every trial holds out the end, as `fit`
    does by default, trains on the rest, and is measured on that end. The first trial is the model
    as it is, so the best one is never worse than it there. Ctrl-C ends the search and keeps the
    finished trials.

    Args:
        model: where the search starts. Parameters that differ from their defaults are kept.
        data: what `fit` takes.
        trials: how many settings to try, those in the store included.
        test: as in `fit`: how many values at the end of each series are not looked at.
        storage: a file that finished trials are kept in, and taken up from if it exists. For one
            search at a time.
        progress: show progress where standard error is a terminal.
        **columns: as in `fit`: `target`, `time`, `id`, `fill`, and how a file is read.
    """
    if trials < 1:
        raise SettingsError(f"`trials` is {trials}; it must be at least 1.")
    method = effective(model.method, model.network)
    if method != TRAINED:
        raise SettingsError(
            f"`tune` searches settings of a network to be trained, and '{method}' has none; leave "
            "one of them out."
        )
    require_optuna()
    model = model.clone().set_params(network="trained")
    start = type(model)(**settings_of(checked(ForecasterParameters, model.get_params())))
    panel = notices.read(data, **columns)
    for each in (model, start):
        each.set_params(horizon=horizon_of(start, panel))
    history = panel.without_last(defaults.test_lengths(panel, start.horizon, test))
    search = _Search(start, history)
    path = None if storage is None else Path(storage)
    with (
        on_terminal("trials") if progress else nullcontext(Silent()) as watcher,
        study(path, search.digest(), search.first) as store,
    ):
        while (done := len(finished(store))) < trials:
            watcher.stepped(done, trials, store.best_value)
            try:
                search.run(store, done)
            except KeyboardInterrupt:
                watcher.say("The search was interrupted: finished trials are kept.")
                break
        tried = [_trial(trial) for trial in finished(store)]
    # A store may hold more than was asked for: the answer is the same as without them.
    tuning = Tuning(model.clone(), tuple(tried[:trials]))
    if tuning.best is not tuning.trials[0]:
        tuning.model.set_params(**tuning.best.settings)
    return tuning


@dataclass(frozen=True)
class _Search:
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
        return digest_of(__version__, settings, replace(self.panel, source="", notes=()))

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

    def run(self, store: Study, number: int) -> None:
        """Try other settings, and stop where they show little promise.

        The first look is at a whole, short training, measured as the long one is: losses in the
        midst of a training are in units of the scaling, and high while the rate is.
        """
        from optuna.samplers import TPESampler
        from optuna.trial import TrialState

        first = store.trials[0]
        epochs = first.user_attrs["epochs"]
        early = epochs // _LOOK
        # Seeded for each trial anew, so that a resumed search goes on as if it had not stopped.
        seed = int(np.random.SeedSequence([self.model.seed, number]).generate_state(1)[0])
        store.sampler = TPESampler(seed=seed, constant_liar=False)
        trial = store.ask(first.distributions)
        try:
            if early:
                trial.report(self._measured({**trial.params, "epochs": early})[1], early)
            if early and trial.should_prune():
                store.tell(trial, state=TrialState.PRUNED)
            else:
                store.tell(trial, self._measured({**trial.params, "epochs": epochs})[1])
        except RecurError as refusal:
            trial.set_user_attr("refused", str(refusal))
            store.tell(trial, state=TrialState.PRUNED)
        except BaseException:
            store.tell(trial, state=TrialState.FAIL)
            raise

    def _measured(self, settings: dict[str, Any]) -> tuple[Forecaster, float]:
        """Return a fitted forecaster, and its error on the end that it has not seen."""
        model = self.model.clone().set_params(**settings, refit=False)
        if model.interval_method == "conformal":  # which changes no forecast, and takes a twin
            model.set_params(intervals=())
        with unheard():  # the fit that follows will say them once
            model.fit(self.panel, progress=False)
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


def _trial(trial: FrozenTrial) -> Trial:
    from optuna.trial import TrialState

    if trial.state == TrialState.COMPLETE:
        return Trial(trial.params, trial.value, "finished")
    return Trial(trial.params, None, "refused" if "refused" in trial.user_attrs else "stopped")


def _shown(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
