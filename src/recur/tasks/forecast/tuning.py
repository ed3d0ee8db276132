"""A search for good settings, on values that come before the test stretch; needs Optuna."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from recur.errors import SettingsError
from recur.progress import showing
from recur.tasks import notices
from recur.tasks.base import checked, settings_of
from recur.tasks.executor import executor
from recur.tasks.forecast import defaults
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.horizon import horizon_of
from recur.tasks.forecast.methods import TRAINED, effective
from recur.tasks.forecast.settings import ForecasterParameters
from recur.tasks.forecast.tuning_search import AT_ONCE, Search
from recur.tasks.forecast.tuning_store import finished, require_optuna, study

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial


@dataclass(frozen=True)
class Trial:
    """Settings that were tried.

    Attributes:
        settings: those that were searched; the first trial has the defaults.
        error: the mean squared error on the values it was chosen by, each series in units of its
            squared changes, as the verdict has it; None unless finished.
        outcome: `finished`; `stopped`, because it was worse than half of those finished before
            it, after a fourth of the epochs; or `refused`, because these settings cannot be
            fitted.
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
    as it is, so the best one is never worse than it there. A trial is chosen by what was found up
    to the eighth before it, so that eight can run at once, within `recur.distributed.on`, and find
    what they find one after the other. Ctrl-C ends the search and keeps the finished trials.

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
    search = Search(start, history)
    path = None if storage is None else Path(storage)
    with (
        showing("trials", shown=progress, at_once=True) as line,
        study(path, search.digest(), search.first) as store,
    ):
        tried = finished(store)

        def moved(more: float) -> None:
            line.at(len(tried) + more, trials, f"least error {store.best_value:.4g}")

        moved(0)
        wishes = search.wishes(tried, trials)
        try:
            for trial in executor()(search.run, wishes, ahead=AT_ONCE, moved=moved):
                store.add_trial(trial)
                tried.append(trial)
                moved(0)
        except KeyboardInterrupt:
            line.say("The search was interrupted: finished trials are kept.")
    # A store may hold more than was asked for: the answer is the same as without them.
    tuning = Tuning(model.clone(), tuple(map(_trial, tried[:trials])))
    if tuning.best is not tuning.trials[0]:
        tuning.model.set_params(**tuning.best.settings)
    return tuning


def _trial(trial: FrozenTrial) -> Trial:
    from optuna.trial import TrialState

    if trial.state == TrialState.COMPLETE:
        return Trial(trial.params, trial.value, "finished")
    return Trial(trial.params, None, "refused" if "refused" in trial.user_attrs else "stopped")


def _shown(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
