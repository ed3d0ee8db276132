"""A `Forecaster` as sktime takes one: `from recur.adapters.sktime import RecurForecaster`."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pandas as pd
from sktime.forecasting.base import BaseForecaster

from recur.tasks.forecast.forecaster import Forecaster


class RecurForecaster(BaseForecaster):  # type: ignore[misc]  # sktime has no types
    """A recurrent network, or a simpler method, that forecasts a series.

    Newer values of `update` are taken up as known; a network is trained by `fit` alone.

    Args:
        parameters: of a `recur.Forecaster`, by name, but for the horizon, which is as far as it is
            asked to look; None for the defaults.

    >>> from sktime.datasets import load_airline  # doctest: +SKIP
    >>> forecaster = RecurForecaster({"season": 12})  # doctest: +SKIP
    >>> forecaster.fit(load_airline(), fh=[1, 2, 3]).predict()  # doctest: +SKIP
    """

    _tags: ClassVar[dict[str, Any]] = {
        "y_inner_mtype": "pd.Series",
        "X_inner_mtype": "pd.DataFrame",
        "scitype:y": "univariate",
        "capability:exogenous": False,
        "capability:insample": False,
        "capability:missing_values": False,
        "capability:pred_int": False,
        "capability:update": True,
        "requires-fh-in-fit": True,
    }

    def __init__(self, parameters: dict[str, Any] | None = None) -> None:
        self.parameters = parameters
        super().__init__()

    def _fit(self, y: pd.Series, X: Any = None, fh: Any = None) -> RecurForecaster:  # noqa: ARG002, N803
        farthest = int(fh.to_relative(self.cutoff).to_numpy().max())
        given = {**(self.parameters or {}), "horizon": max(1, farthest)}
        self.forecaster_ = Forecaster(**given).fit(_read(y), test=0, progress=False)
        self._known = y
        return self

    def _predict(self, fh: Any, X: Any = None) -> pd.Series:  # noqa: ARG002, N803
        made = self.forecaster_.predict(_read(self._known)).values[0]
        steps = fh.to_relative(self.cutoff).to_numpy()
        index = fh.to_absolute_index(self.cutoff)
        return pd.Series(made[steps - 1], index=index, name=self._known.name)

    def _update(
        self,
        y: pd.Series,
        X: Any = None,  # noqa: ARG002, N803
        update_params: bool = True,  # noqa: ARG002 (sktime's)
    ) -> RecurForecaster:
        known = pd.concat([self._known, y])
        self._known = known[~known.index.duplicated(keep="last")].sort_index()
        return self

    @classmethod
    def get_test_params(cls, parameter_set: str = "default") -> list[dict[str, Any]]:  # noqa: ARG003
        """Return what sktime's checks make forecasters with."""
        return [{}, {"parameters": {"method": "last_value"}}]


def _read(y: pd.Series) -> Any:
    """Return a series with its times, where it has any: the clock tells of seasons."""
    index = y.index
    if isinstance(index, pd.PeriodIndex):
        index = index.to_timestamp()
    values = y.to_numpy(np.float64)
    return (
        pd.DataFrame({"ds": index, "y": values}) if isinstance(index, pd.DatetimeIndex) else values
    )
