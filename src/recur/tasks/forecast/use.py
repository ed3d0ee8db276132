"""What a forecaster does once it is fitted: forecast, be judged, be updated, be explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

from numpy.typing import ArrayLike

from recur.arrays import Float64s
from recur.data.clock import Clock
from recur.data.panel.encoding import Encoding
from recur.data.panel.panel import Panel
from recur.data.panel.scaling import Scaler
from recur.data.sources.windows import Residual
from recur.data.tables.readers import Fill
from recur.errors import SettingsError, nearest
from recur.judge import Judgement, JudgementSummary
from recur.tasks import notices
from recur.tasks.base import Learnt, Task, refuse_target, score_of
from recur.tasks.forecast import predict
from recur.tasks.forecast.explain import Explanation, explain_on
from recur.tasks.forecast.fitted import AnyFitted, FittedForecaster
from recur.tasks.forecast.judge import contest_of, judge_on, judged
from recur.tasks.forecast.live import LiveForecaster
from recur.tasks.forecast.live_beside import Beside
from recur.tasks.forecast.live_start import live_after, live_again, live_anew, refuse_both
from recur.tasks.forecast.result import Forecast
from recur.tasks.forecast.unusual import UnusualValues, find_unusual
from recur.tasks.forecast.update import Update, update

if TYPE_CHECKING:
    from matplotlib.figure import Figure


_UNSAID = (None, "none")


class FittedUse(Task):
    """The verbs of a fitted forecaster, and what it has learnt by the names that users know."""

    fitted_: AnyFitted

    horizon_ = Learnt[int]("settings.horizon")
    lookback_ = Learnt[int]("learned.lookback")
    season_ = Learnt[int]("learned.season")
    hidden_ = Learnt[int]("learned.hidden")
    loss_ = Learnt[str]("learned.loss")
    residual_ = Learnt[Residual]("learned.residual")
    encoding_ = Learnt[Encoding]("learned.encoding")
    sees_gaps_ = Learnt[bool]("learned.sees_gaps")
    interval_margins_ = Learnt[Float64s]("interval_margins")
    error_scale_ = Learnt[Scaler]("error_scale")
    scaler_ = Learnt[Scaler]("scaler")
    ids_ = Learnt[tuple[str, ...]]("learned.ids")
    clock_ = Learnt[Clock]("learned.clock")
    target_ = Learnt[str]("learned.target")
    guessed_ = Learnt[dict[str, str]]("learned.guessed")
    seen_until_ = Learnt[int]("learned.seen_until")
    panel_ = Learnt[Panel | None]("panel")
    judgement_ = Learnt[JudgementSummary | None]("judgement")

    def predict(
        self,
        data: Any = None,
        *,
        horizon: int | None = None,
        target: str | None = None,
        time: str | None = None,
        id: str | None = None,  # noqa: A002
        fill: Fill = "none",
        **reading: Any,
    ) -> Forecast:
        """Forecast the steps after the newest value of every series, without training.

        Args:
            data: what `fit` takes; by default the data of `fit`. Series that training has not
                seen are welcome.
            horizon: steps ahead; by default as trained. Further than that, only `recursive` and
                `encoder_decoder` can look.
            target: the column of values; by default that of training.
            time: the column of times.
            id: the column that tells series apart.
            fill: as in `fit`.
            **reading: as in `fit`.
        """
        columns = {"target": target, "time": time, "id": id, "fill": fill, **reading}
        panel = self._panel(data, "used", **columns)
        return predict.forecast_newest(self.fitted_, panel, horizon)

    def live(
        self,
        history: Any = None,
        *,
        series: int | str | Sequence[str] | None = None,
        state: str | Path | None = None,
        horizon: int | None = None,
        beside: Beside | None = None,
        target: str | None = None,
        time: str | None = None,
        id: str | None = None,  # noqa: A002
        fill: Fill = "none",
        **reading: Any,
    ) -> LiveForecaster:
        """Return a stream: `push` takes the newest value and returns what follows it.

        Every value takes the same time and memory, however many came before it; the forecast is
        the one that `predict` would give of all of them.

        Args:
            history: what `fit` takes, behind which the stream goes on, with a series for each of
                its own; by default it begins with nothing.
            series: the name of a single series, the names of several, or how many; by default
                those that training has seen. Their scales are known where they bear its names, or
                where there is one and training has seen one; else they are found in their first
                values.
            state: a file that a stream of this model was saved to.
            horizon: steps ahead, as in `predict`.
            beside: where it begins with nothing, the static columns that the network reads, by
                their names: one for all series, or one of each. A history holds them.
            target: of the history, as in `predict`, with all that follows.
            time: see there.
            id: see there.
            fill: see there.
            **reading: see there.
        """
        refuse_both(history=history, series=series, state=state)
        refuse_both(horizon=horizon, state=state)
        refuse_both(beside=beside, history=history, state=state)
        self._fitted("followed")
        if state is not None:
            return live_again(self.fitted_, state)
        if history is None:
            return live_anew(self.fitted_, series, horizon, beside)
        columns = {"target": target, "time": time, "id": id, "fill": fill, **reading}
        return live_after(self.fitted_, self._panel(history, "followed", **columns), horizon)

    def follow(self, data: Any = None, *, steps: int, **columns: Any) -> Float64s:
        """Run the decoder once along the newest values of every series, fed the truth.

        The encoder reads the lookback before them; each value is forecast from the true ones
        before it. Any number of steps can be followed, whatever the decoder was trained on.

        Args:
            data: what `fit` takes; by default the data of `fit`.
            steps: how many values at the end of each series to follow.
            **columns: as in `predict`.

        Returns:
            float64 [series, steps].
        """
        panel = self._panel(data, "used", **{"target": None, **columns})
        return predict.follow_newest(self._trained(), panel, steps)

    def judge(
        self,
        data: Any = None,
        *,
        test: int | None = None,
        target: str | None = None,
        time: str | None = None,
        id: str | None = None,  # noqa: A002
        fill: Fill = "none",
        **reading: Any,
    ) -> Judgement:
        """Walk forward over the end of every series with the true past known, and compare.

        Of series that memory does not hold the judgement keeps no forecasts.

        Args:
            data: what `fit` takes; by default the data of `fit`, which then has to be judged on
                no more than what was held out.
            test: how many values at the end of each series to forecast; by default as in `fit`.
            target: the column of values; by default that of training.
            time: the column of times.
            id: the column that tells series apart.
            fill: as in `fit`.
            **reading: as in `fit`.
        """
        columns = {"target": target, "time": time, "id": id, "fill": fill, **reading}
        panel = self._panel(data, "judged", **columns)
        if data is None and test is None and self.judgement_ is not None:
            return cast(Judgement, self.judgement_)
        made = judge_on(self.fitted_, panel, test, learnt=data is None)
        return cast(Judgement, made)  # a summary alone of series that memory does not hold

    def update(
        self,
        data: Any,
        *,
        test: int | None = None,
        target: str | None = None,
        time: str | None = None,
        id: str | None = None,  # noqa: A002
        fill: Fill = "none",
        progress: bool = True,
        **reading: Any,
    ) -> Update:
        """Go on with what was learnt on newer data; the better of both, judged on them, is kept.

        Training goes on from the weights of a network. The pretrained network and the other
        methods have nothing to train: they need only the newer values.

        Args:
            data: what `fit` takes: the same series with newer values, from before or not.
            test: how many of the newer values at the end of each series to judge on; by default a
                fifth, or up to half where that does not hold ten horizons.
            target: the column of values; by default that of training.
            time: the column of times.
            id: the column that tells series apart.
            fill: as in `fit`.
            progress: show progress where standard error is a terminal.
            **reading: as in `fit`.

        Returns:
            what was done, how both did, and which is kept.
        """
        columns = {"target": target, "time": time, "id": id, "fill": fill, **reading}
        panel = self._panel(data, "updated", **columns)
        if panel is self.panel_:
            raise SettingsError("an update takes newer data than those of the fit; give it some.")
        done = update(self.fitted_, panel, test, progress=progress)
        self.fitted_ = done.fitted
        return done

    def explain(
        self,
        data: Any = None,
        *,
        test: int | None = None,
        target: str | None = None,
        time: str | None = None,
        id: str | None = None,  # noqa: A002
        fill: Fill = "none",
        **reading: Any,
    ) -> Explanation:
        """Measure how the error on the end of every series grows where an input is hidden.

        The newest values and those of a season before are hidden as if they were missing, columns
        beside them by their mean, the calendar by that of another time. Nothing is trained.

        Args:
            data: as in `judge`.
            test: as in `judge`.
            target: the column of values; by default that of training.
            time: the column of times.
            id: the column that tells series apart.
            fill: as in `fit`.
            **reading: as in `fit`.
        """
        columns = {"target": target, "time": time, "id": id, "fill": fill, **reading}
        panel = self._panel(data, "explained", **columns)
        return explain_on(self.fitted_, panel, test, learnt=data is None)

    def unusual(
        self,
        data: Any = None,
        *,
        rate: float = 0.001,
        target: str | None = None,
        time: str | None = None,
        id: str | None = None,  # noqa: A002
        fill: Fill = "none",
        **reading: Any,
    ) -> UnusualValues:
        """Say which values were outside of what their own forecasts allowed.

        Each value is held against its forecast one step ahead, made when nothing from it on was
        known; how far it may lie from it is found from what came before. Values that the network
        has learnt from are easier for it than new ones.

        Args:
            data: as in `predict`.
            rate: the share of values that may be called unusual where none is.
            target: as in `predict`, with all that follows.
            time: see there.
            id: see there.
            fill: see there.
            **reading: see there.
        """
        columns = {"target": target, "time": time, "id": id, "fill": fill, **reading}
        panel = self._panel(data, "asked what is unusual", **columns)
        return find_unusual(self.fitted_, panel, rate)[0]

    def score(self, data: Any = None, y: None = None, **how: Any) -> float:
        """Return the skill over the strongest simple answer, higher being better, 1 at most.

        It is 1 - loss / loss of that answer, as in `judge(...).verdict.skill`: 0 is as good as the
        best of them. Where that one is exact and the network is not, it is minus infinity.

        Args:
            data: as in `judge`.
            y: of scikit-learn's ways; always None.
            **how: what else `judge` takes.
        """
        refuse_target(y)
        return score_of(self.judge(data, **how).verdict)

    def plot(self, series: int | str = 0) -> Figure:
        """Return a picture of the held-out stretch of a series: truth, forecast, simple answer.

        Args:
            series: its name, or its place among those that were judged.
        """
        from recur.report.plots import held_out_picture

        self._fitted("plotted")
        if not isinstance(self.judgement_, Judgement) or self.panel_ is None:
            raise SettingsError("there is nothing to plot: `fit` with a `test` first.")
        panel = self.panel_.only(self.panel_.all_but(self.judgement_.walk.left_out))
        ids = panel.ids
        numbers = dict(zip(ids, range(len(ids)), strict=True)) | {i: i for i in range(len(ids))}
        if series not in numbers:
            raise SettingsError(f"no series `{series}` was judged; {nearest(str(series), ids)}.")
        return held_out_picture(panel, self.judgement_, numbers[series])

    def load_state_dict(self, blocks: Mapping[str, ArrayLike]) -> Self:
        """Take weights by PyTorch's names, of the whole module or of a bare recurrent one."""
        self._fitted("given weights")
        trained = self._trained()
        trained = trained.twin or trained  # whose scale knows nothing of what is judged
        if len(self.interval_margins_):
            raise SettingsError(
                "the intervals of this model were calibrated on the weights it has learnt; `fit` "
                "one without `intervals`, or with intervals that are not conformal."
            )
        learned = trained.learned.but(history=(), kept_epoch=0, ended="weights given", again=None)
        weights, before = self.network_.flat(blocks), self.judgement_
        fitted = replace(trained, weights=weights, learned=learned, judgement=None)
        if isinstance(before, Judgement) and fitted.panel is not None:
            fitted = replace(fitted, judgement=judged(fitted, fitted.panel, contest_of(before)))
        self.fitted_ = fitted
        return self

    def _trained(self) -> FittedForecaster:
        """Return what was learnt, which has to be a network."""
        if isinstance(self.fitted_, FittedForecaster):
            return self.fitted_
        raise SettingsError(
            f"the method of this Forecaster is '{self.fitted_.settings.method}', and only a "
            "network can do this."
        )

    def _panel(self, data: Any, what: str, **columns: Any) -> Panel:
        """Return the panel to work on: the given data, or what the model was fitted to."""
        self._fitted(what)
        if data is not None:
            if isinstance(data, Panel) and all(choice in _UNSAID for choice in columns.values()):
                return data
            if not isinstance(data, Panel):
                target = columns["target"] or self.fitted_.learned.columns["target"]
                columns |= {**self.fitted_.learned.columns, "target": target}
            return notices.read(data, **columns)
        if self.panel_ is None:
            raise SettingsError(
                "a loaded model does not hold the data it was trained on; give it data."
            )
        return self.panel_
