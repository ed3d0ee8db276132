"""The forecaster: from series to a trained network that has been judged, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

from recur.data.tables.readers import Fill
from recur.progress import hidden
from recur.tasks import notices
from recur.tasks.base import checked, refuse_target
from recur.tasks.forecast.checks import check_parameters
from recur.tasks.forecast.facts import model_facts
from recur.tasks.forecast.fitted import FittedMethod
from recur.tasks.forecast.network_choice import fitted_as_asked
from recur.tasks.forecast.settings import ForecasterParameters
from recur.tasks.forecast.use import FittedUse
from recur.training.checkpoint import Checkpoint


class Forecaster(ForecasterParameters, FittedUse):
    """A recurrent network, or a simpler method, that forecasts series and is judged on their end.

    Parameters that are None are chosen from the data; `fit` leaves the choice in the attribute
    of the same name with an underscore behind it.
    """

    task: ClassVar[str] = "forecast"

    def fit(
        self,
        data: Any,
        y: None = None,
        *,
        target: str | Sequence[str] | None = None,
        time: str | None = None,
        id: str | None = None,  # noqa: A002 (the noun of the data)
        past: str | Sequence[str] = (),
        known: str | Sequence[str] = (),
        static: str | Sequence[str] = (),
        fill: Fill = "none",
        test: int | None = None,
        choose_by: Any = None,
        checkpoint: str | Path | Checkpoint | None = None,
        progress: bool = True,
        **reading: Any,
    ) -> Self:
        """Train on a panel less its end, and judge on that end.

        A method that is no network has nothing to train: it is judged on that end, and forecasts
        from all that is known.

        Args:
            data: a file, a data frame, an array, or a Panel, as `read_panel` takes them.
            y: of scikit-learn's ways; always None.
            target: the column to be forecast; of several, each is forecast.
            time: the column of times.
            id: the column that tells series apart.
            past: columns of numbers known up to the newest value only.
            known: columns of numbers known in the future as well; rows at the end without a
                target are that future.
            static: columns of which each series has one value, numbers or categories.
            fill: what values are that are missing: unknown (`none`, `previous`), which the network
                sees, and they are neither targets nor judged; or 0 (`zero`).
            test: how many values at the end of each series to hold out; 0 for none, then nothing
                is judged; by default a fifth or more.
            choose_by: other series, whose last horizon decides which weights are kept, instead
                of the last part of each history.
            checkpoint: a file that training is saved to, and resumed from if it exists; the second
                training, on all values, is saved beside it.
            progress: show progress where standard error is a terminal.
            **reading: how a file is read, as `read_panel` takes it.
        """
        refuse_target(y)
        settings = checked(ForecasterParameters, self.get_params())
        check_parameters(settings)
        columns = {"target": target, "time": time, "id": id, "fill": fill, **reading}
        with hidden(not progress):
            panel = notices.read(data, **columns, past=past, known=known, static=static)
            if choose_by is not None:
                choose_by = notices.read(
                    choose_by, **columns, past=past, known=known, static=static
                )
            self.fitted_ = fitted_as_asked(
                settings, panel, test, choose_by=choose_by, checkpoint=checkpoint, progress=progress
            )
        return self

    def chosen(self) -> dict[str, Any]:
        """Return the parameters, with what was chosen from the data in the place of None."""
        fitted = self._fitted("asked for its choices")
        return fitted.chosen if isinstance(fitted, FittedMethod) else super().chosen()

    def _shown(self) -> dict[str, str]:
        data = {} if self.panel_ is None else {"data": self.panel_.describe()}
        return {**data, **model_facts(self.fitted_)}
