"""Methods side by side on one walk: what `compare` and `backtest` have to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from recur.errors import SettingsError, nearest
from recur.judge import METRICS, Judgement
from recur.judge.forecast.horizons import StepErrors, step_errors
from recur.judge.forecast.losses import loss_sequence
from recur.judge.forecast.ranking import RankedMethod, ranking
from recur.judge.forecast.verdict import NETWORK
from recur.judge.words import skill_cell
from recur.markup import card
from recur.report.comparison import comparison_label
from recur.report.wording import MISSING, error_column, interval_cell
from recur.tasks.forecast.best_method import Choice, choose
from recur.tasks.forecast.fitting import values_alone
from recur.tasks.forecast.forecaster import Forecaster


@dataclass(frozen=True, eq=False)
class ModelComparison:
    """Every method of a judgement, with what the networks among them cost.

    Attributes:
        judgement: of all methods on one walk; its verdict is on the one named "network".
        judged: what that one is called here.
        ranking: one for each method, by the names used here.
        parameters: how many each network has, by name.
        seconds: how long each took to fit, by name.
        skipped: why a method is missing, by name.
        models: a forecaster for each method that can be handed out: the networks are those that
            were judged, the others are still to be fitted.
    """

    judgement: Judgement
    judged: str
    ranking: tuple[RankedMethod, ...]
    parameters: Mapping[str, int]
    seconds: Mapping[str, float]
    skipped: Mapping[str, str] = field(default_factory=dict)
    models: Mapping[str, Forecaster] = field(default_factory=dict)

    @cached_property
    def best(self) -> Choice:
        """The method of the lowest squared error, and what it is worth to have chosen it here."""
        walk, forecasts = self.judgement.walk, self.judgement.forecasts
        names = (method.name for method in self.ranking)
        return choose(
            walk, {name: loss_sequence(walk, forecasts[self._inside(name)]) for name in names}
        )

    def model(self, name: str | None = None) -> Forecaster:
        """Return the forecaster of a method as it was judged here, ready to predict and to save.

        Nothing of the held-out stretch was seen in its fit; `predict` of the whole data goes on
        from the newest value.

        Args:
            name: of the method; by default the best one.
        """
        name = self.best.name if name is None else name
        if name not in self.models:
            raise SettingsError(f"there is no model of `{name}`; {nearest(name, self.models)}.")
        model = self.models[name]
        if model.is_fitted:
            return model
        history = self.models[self.judged].panel_
        assert history is not None
        return model.clone().fit(values_alone(history), test=0)

    def __repr__(self) -> str:
        sentence = self.judgement.verdict.sentence
        return f"<ModelComparison of {len(self.ranking)}, {self.judged}: {sentence}>"

    def _repr_html_(self) -> str:
        names = [method.name for method in self.ranking]
        columns = [
            error_column([self.errors(name)[metric] for name in names], 4)
            for metric in ("mae", "rmse")
        ]
        return card(
            f"Comparison of {len(names)} methods",
            text=self.judgement.verdict.sentence,
            header=("", "MAE", "RMSE", "skill", "interval"),
            rows=[
                (
                    comparison_label(method.name),
                    *(column[row] for column in columns),
                    MISSING if method.skill is None else skill_cell(method.skill),
                    interval_cell(method.low, method.high),
                )
                for row, method in enumerate(self.ranking)
            ],
            below="skill: over the strongest simple answer",
        )

    def by_horizon(self) -> dict[str, tuple[StepErrors, ...]]:
        """Return the errors of every method at each step ahead, with intervals over the origins."""
        walk = self.judgement.walk
        return {
            method.name: step_errors(walk, self.judgement.forecasts[self._inside(method.name)])
            for method in self.ranking
        }

    def rows(self) -> list[dict[str, Any]]:
        """Return one plain dictionary a method: errors, skill with its interval, cost."""
        return [
            {
                "name": method.name,
                **{metric: self.errors(method.name)[metric] for metric in METRICS},
                "skill": method.skill,
                "low": method.low,
                "high": method.high,
                "parameters": self.parameters.get(method.name),
                "seconds": self._rounded_seconds(method.name),
            }
            for method in self.ranking
        ]

    def errors(self, name: str) -> dict[str, float | None]:
        """Return the errors of a method over all steps ahead."""
        return self.judgement.errors[self._inside(name)]

    def steps(self) -> list[dict[str, Any]]:
        """Return one plain dictionary a method and step ahead: errors with their intervals."""
        by_horizon = self.by_horizon()
        return [
            {"name": name, **step.to_dict()} for name, steps in by_horizon.items() for step in steps
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return rows, errors by step ahead, and the verdict with the marks, as JSON values."""
        verdict = {
            "name": self.judged,
            **self.judgement.verdict.to_dict(),
            "best": next(method.name for method in self.ranking if method.best),
            "beat_simple": [method.name for method in self.ranking if method.beats_simple],
            "behind_best": [method.name for method in self.ranking if method.behind_best],
        }
        return {"rows": self.rows(), "by_horizon": self.steps(), "verdict": verdict}

    def _inside(self, name: str) -> str:
        """Return what a method is called in the judgement."""
        return NETWORK if name == self.judged else name

    def _rounded_seconds(self, name: str) -> float | None:
        return round(self.seconds[name], 3) if name in self.seconds else None


def model_comparison(
    judgement: Judgement,
    order: tuple[str, ...],
    judged: str = NETWORK,
    *,
    parameters: Mapping[str, int],
    seconds: Mapping[str, float],
    skipped: Mapping[str, str] | None = None,
    models: Mapping[str, Forecaster] | None = None,
) -> ModelComparison:
    """Return the methods of a judgement side by side.

    Args:
        judgement: of the methods.
        order: the names of all methods, as they are to stand; the judged one by the name `judged`.
        judged: what the judgement's "network" is called.
        parameters: of each network, by name.
        seconds: of fitting each, by name.
        skipped: why a method is missing, by name.
        models: a forecaster for each method that can be handed out, by name.
    """
    ranked = {method.name: method for method in ranking(judgement)}
    ranked[judged] = ranked.pop(NETWORK)  # of a simple answer that is judged, its own line
    return ModelComparison(
        judgement=judgement,
        judged=judged,
        ranking=tuple(replace(ranked[name], name=name) for name in order),
        parameters=parameters,
        seconds=seconds,
        skipped=skipped or {},
        models=models or {},
    )
