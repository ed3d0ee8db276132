"""The forecaster: from series to a trained network that has been judged, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from recur.arrays import Indices
from recur.data.clock import Clock
from recur.data.panel.encoding import Encoding
from recur.data.panel.panel import Panel, check_length
from recur.data.panel.scaling import Scaler, ScalingKind
from recur.data.sources.windows import Residual
from recur.data.tables.readers import Fill
from recur.errors import SettingsError, nearest
from recur.files.modelfile import Contents
from recur.judge import Judgement, Walk, judge, references
from recur.networks.spec import Cell, NetworkSpec, Values
from recur.settings import Count, Share
from recur.tasks import notices
from recur.tasks.base import Task
from recur.tasks.forecast import defaults, saving
from recur.tasks.forecast.predict import calibrate, followed, over_walk, predict_at
from recur.tasks.forecast.prepare import Assembly, assemble
from recur.tasks.forecast.result import Forecast
from recur.tasks.forecast.settings import (
    IntervalMethod,
    check_parameters,
    look_further,
)
from recur.tasks.run import learn
from recur.training.checkpoint import Checkpoint
from recur.training.history import History

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(eq=False)
class Forecaster(Task):
    """A recurrent network that forecasts series, judged on data it has not seen.

    Parameters that are None are chosen from the data; `fit` leaves the choice in the attribute
    of the same name with an underscore behind it.

    Attributes:
        horizon: steps ahead.
        lookback: known values that the network sees.
        strategy: `direct`, all steps at once from the last hidden state; `recursive`, one step,
            fed back as often as needed; `all_steps`, all steps at once, which every time step of
            the window is trained to give; `encoder_decoder`, a second network goes on from the
            state in which the first ends, from the newest value to one step after the other.
        residual: what forecasts count from: `last`, the newest value; `seasonal`, the value a
            season before; `none`, the centre of the scaling.
        season: steps in a season, 1 for none; used for the lookback and the seasonal naive.
        least_history: known values that a window has at least; where a series has fewer than the
            lookback, the older steps are masked. By default windows are whole.
        calendar: whether the network sees the time of day, week and year, as the clock has them.
        cell: `rnn`, `gru` or `lstm`; or `mlp`, dense layers over the window, without memory.
        hidden: size of the hidden state.
        layers: recurrent layers.
        bidirectional: read the window backwards too.
        dropout: share dropped while training, between layers; with one layer, before the head.
        dropout_mask: what is dropped, drawn for each `step`, or once for the whole `sequence`.
        filters: of a convolution over time in front of the network; 0 for none. It looks back
            only: no step of it sees a later one.
        kernel: time steps that it sees at once.
        filter_stride: time steps from one of its outputs to the next.
        decoder_length: steps that a decoder takes in training, at least the horizon, which it is
            by default.
        forcing: how likely a decoder is fed the truth in training rather than its own last
            answer, at the beginning and at the end.
        nonlinearity: of a vanilla RNN, `tanh` or `relu`.
        head: `linear`; bounded, `tanh` or `sigmoid`; or `none`, the hidden state is the forecast.
        initialisation: `pytorch` or `orthogonal`.
        scaling: `window`, `series`, `minmax` or `none`; see `recur.data.panel.scaling.Scaler`.
        epochs: passes over the training windows.
        batch: windows in a training step.
        rate: learning rate, the peak of a one-cycle schedule.
        schedule: `onecycle` or `constant`.
        order: of the windows in an epoch, `shuffled` or `sequential`.
        patience: epochs without a better validation loss before training stops; None for never.
        keep_best: end with the weights of the best validation loss.
        validation: share of the history, its last part, to choose by; 0 for none.
        loss: `mse` or `mae`, by default as the targets are; networks with quantiles have the loss
            that belongs to them.
        clip: greatest norm of the gradient; None where it is not clipped.
        decay: decoupled weight decay.
        stride: steps between training windows.
        intervals: levels of intervals in percent, such as (80, 95); none by default.
        interval_method: `conformal`, from the errors on values that neither training nor early
            stopping has seen; `dropout`, from samples with dropout, whose average then is the
            forecast; `quantiles`, from a network that gives them; `conformal_dropout` and
            `conformal_quantiles`, these, moved until they hold what they say on such values.
        samples: with dropout, of each forecast.
        calibration: share of the history that is kept for conformal intervals.
        minutes: of training, about; the epochs that fit in are found once, before it begins.
        seed: of every random number.
        engine: `auto`, or what `recur.engines.registry` names.
        threads: processor threads; by default all of the machine's for the compiled engine, whose
            bits do not depend on them, and 1 for PyTorch, whose bits do.
    """

    task: ClassVar[str] = "forecast"

    horizon: Count = 1
    lookback: Count | None = None
    strategy: Literal["direct", "recursive", "all_steps", "encoder_decoder"] = "direct"
    residual: Residual | None = None
    season: Count | None = None
    least_history: Count | None = None
    calendar: bool = False
    cell: Cell = "gru"
    hidden: Count | None = None
    layers: Count = 1
    bidirectional: bool = False
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0
    dropout_mask: Literal["step", "sequence"] = "step"
    filters: Annotated[int, Field(ge=0)] = 0
    kernel: Count = 5
    filter_stride: Count = 1
    decoder_length: Count | None = None
    forcing: tuple[Share, Share] = (1.0, 0.0)
    nonlinearity: Literal["tanh", "relu"] = "tanh"
    head: Literal["linear", "tanh", "sigmoid", "none"] = "linear"
    initialisation: Literal["pytorch", "orthogonal"] = "pytorch"
    scaling: ScalingKind | None = None
    epochs: Count | None = None
    batch: Count = 64
    rate: Annotated[float, Field(gt=0)] = 0.005
    schedule: Literal["onecycle", "constant"] = "onecycle"
    order: Literal["shuffled", "sequential"] = "shuffled"
    patience: Count | None = 10
    keep_best: bool = True
    validation: Annotated[float, Field(ge=0, lt=1)] = 0.2
    loss: Literal["mse", "mae"] | None = None
    clip: Annotated[float, Field(gt=0)] | None = 1.0
    decay: Annotated[float, Field(ge=0)] = 0.0
    stride: Count = 1
    intervals: tuple[float, ...] = ()
    interval_method: IntervalMethod = "conformal"
    samples: Count = 200
    calibration: Annotated[float, Field(ge=0, lt=1)] = 0.15
    minutes: Annotated[float, Field(gt=0)] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    engine: str = "auto"
    threads: Count | None = None

    # What `fit` learns and chooses; `settings_` are the parameters it was done with.
    settings_: dict[str, Any] = field(init=False, repr=False)
    lookback_: int = field(init=False, repr=False)
    season_: int = field(init=False, repr=False)
    hidden_: int = field(init=False, repr=False)
    loss_: str = field(init=False, repr=False)
    residual_: Residual = field(init=False, repr=False)
    epochs_: int = field(init=False, repr=False)
    encoding_: Encoding = field(init=False, repr=False)
    sees_gaps_: bool = field(init=False, repr=False)
    interval_margins_: NDArray[np.float64] = field(init=False, repr=False)
    error_scale_: Scaler = field(init=False, repr=False)
    engine_: str = field(init=False, repr=False)
    network_: NetworkSpec = field(init=False, repr=False)
    weights_: Values = field(init=False, repr=False)
    scaler_: Scaler = field(init=False, repr=False)
    ids_: tuple[str, ...] = field(init=False, repr=False)
    clock_: Clock = field(init=False, repr=False)
    target_: str = field(init=False, repr=False)
    seen_until_: int = field(init=False, repr=False)
    history_: History = field(init=False, repr=False)
    kept_epoch_: int = field(init=False, repr=False)
    rescues_: int = field(init=False, repr=False)
    ended_: str = field(init=False, repr=False)
    panel_: Panel | None = field(init=False, repr=False)
    judgement_: Judgement | None = field(init=False, repr=False)

    @property
    def steps(self) -> int:
        """Return how many steps ahead the network itself looks."""
        if self.strategy == "encoder_decoder":
            return self.decoder_length or self.horizon
        return 1 if self.strategy == "recursive" else self.horizon

    def fit(
        self,
        data: Any,
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
    ) -> Self:
        """Train on a panel less its end, and judge on that end.

        Args:
            data: a CSV or Parquet file, a data frame, an array, or a Panel.
            target: the column to be forecast; of several, each is forecast.
            time: the column of times.
            id: the column that tells series apart.
            past: columns of numbers known up to the newest value only.
            known: columns of numbers known in the future as well; rows at the end without a
                target are that future.
            static: columns of which each series has one value, numbers or categories.
            fill: what stands where values are missing, `previous` or `zero`; the network sees
                which ones were, and they are no targets.
            test: how many values at the end of each series to hold out; 0 for none, then nothing
                is judged; by default a fifth or more.
            choose_by: other series, whose last horizon decides which weights are kept, instead
                of the last part of each history.
            checkpoint: a file that training is saved to, and resumed from if it exists.
            progress: show progress where standard error is a terminal.
        """
        settings = self._checked()
        # All is done on a copy, so that a fit that fails leaves the model as it was.
        new = type(self)(**settings)
        check_parameters(new)
        columns = {"target": target, "time": time, "id": id, "fill": fill}
        panel = notices.read(data, **columns, past=past, known=known, static=static)
        ends = panel.lengths - defaults.test_lengths(panel, new.horizon, test)
        shown, bounds = panel, ends
        if choose_by is not None:
            others = notices.read(choose_by, **columns, past=past, known=known, static=static)
            shown, bounds = panel.joined(others), np.concatenate([ends, others.lengths])
        assembly = assemble(new, shown, bounds, learning=len(panel))
        new._begin(settings, panel, ends, assembly)
        # What the network will be judged against may refuse the data: better before the training.
        opponents = new._opponents(panel, ends) if test != 0 else None
        learn(new, assembly.job, checkpoint, progress=progress)
        if new.intervals and new.interval_method.startswith("conformal"):
            starts = assembly.calibration[: len(panel)]
            new.interval_margins_ = calibrate(new, panel, starts, ends)
        if opponents is not None:
            new.judgement_ = new._judged(panel, *opponents)
        vars(self).update({name: x for name, x in vars(new).items() if name.endswith("_")})
        return self

    def _begin(
        self, settings: dict[str, Any], panel: Panel, ends: Indices, assembly: Assembly
    ) -> None:
        """Take over what was chosen before the training."""
        job, windows = assembly.job, assembly.windows
        self.settings_, self.panel_, self.judgement_ = settings, panel, None
        self.lookback_, self.season_ = windows.lookback, assembly.season
        self.residual_, self.encoding_ = windows.residual, assembly.encoding
        self.sees_gaps_ = windows.observed is not None
        self.network_, self.engine_ = job.spec, job.engine.name
        self.loss_ = job.plan.recipe.loss
        self.hidden_ = job.spec.hidden
        self.scaler_ = windows.scaler.first(len(panel))
        self.error_scale_ = assembly.units.first(len(panel))
        self.interval_margins_ = np.zeros((0, self.horizon))
        self.ids_, self.clock_, self.target_ = panel.ids, panel.clock, panel.target
        self.seen_until_ = int(panel.times[panel.offsets[:-1] + ends - 1].max())

    def predict(
        self,
        data: Any = None,
        *,
        horizon: int | None = None,
        target: str | None = None,
        time: str | None = None,
        id: str | None = None,  # noqa: A002
        fill: Fill = "none",
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
        """
        panel = self._panel(data, "used", target=target, time=time, id=id, fill=fill)
        model = self._as_fitted()
        steps = model.horizon if horizon is None else horizon
        if steps < 1:
            raise SettingsError(f"`horizon` is {steps}; it must be 1 or more.")
        if steps > model.horizon:
            look_further(model, steps)
        check_length(panel, model.least_history or model.lookback_, "one lookback")
        found = predict_at(model, panel, np.arange(len(panel)), panel.lengths)
        newest = panel.times[panel.offsets[1:] - 1]
        times = panel.clock.after(newest, steps)
        centre, *ends = (part[..., :steps] for part in found)
        levels = model.intervals
        return Forecast(panel.ids, times, centre, panel.clock, levels, *(ends if levels else ()))

    def follow(self, data: Any = None, *, steps: int, **columns: Any) -> NDArray[np.float64]:
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
        return followed(self._as_fitted(), panel, steps)

    def judge(
        self,
        data: Any = None,
        *,
        test: int | None = None,
        target: str | None = None,
        time: str | None = None,
        id: str | None = None,  # noqa: A002
        fill: Fill = "none",
    ) -> Judgement:
        """Walk forward over the end of every series with the true past known, and compare.

        Args:
            data: what `fit` takes; by default the data of `fit`, which then has to be judged on
                no more than what was held out.
            test: how many values at the end of each series to forecast; by default as in `fit`.
            target: the column of values; by default that of training.
            time: the column of times.
            id: the column that tells series apart.
            fill: as in `fit`.
        """
        panel = self._panel(data, "judged", target=target, time=time, id=id, fill=fill)
        if data is None and test is None and self.judgement_ is not None:
            return self.judgement_
        horizon = self.settings_["horizon"]
        held_out = defaults.test_lengths(panel, horizon, test)
        if test == 0:
            raise SettingsError(f"`test` is 0; judging needs at least the horizon, {horizon}.")
        if data is None and (held_out > self._held_out()).any():
            raise SettingsError(
                f"`test` is {held_out.max()}, but `fit` held out {self._held_out().min()} values, "
                "and the network cannot be judged on what it has learnt from."
            )
        starts = panel.lengths - held_out
        opponents = self._opponents(panel, starts)
        if data is not None:
            notices.on_differences(panel, starts, self.clock_, self.season_, self.seen_until_)
        return self._judged(panel, *opponents)

    def plot(self, series: int | str = 0) -> Figure:
        """Return a picture of the held-out stretch of a series: truth, forecast, simple answer."""
        from recur.report.plots import held_out_picture

        self._require_fit("plotted")
        if self.judgement_ is None or self.panel_ is None:
            raise SettingsError("there is nothing to plot: `fit` with a `test` first.")
        ids = self.panel_.ids
        known = dict(zip(ids, range(len(ids)), strict=True)) | {i: i for i in range(len(ids))}
        if series not in known:
            raise SettingsError(f"there is no series `{series}`; {nearest(str(series), ids)}.")
        return held_out_picture(self.panel_, self.judgement_, known[series])

    def chosen(self) -> dict[str, Any]:
        """Return the parameters, with what was chosen from the data in the place of None."""
        self._require_fit("asked for its choices")
        return {
            **self.settings_,
            "lookback": self.lookback_,
            "season": self.season_,
            "hidden": self.hidden_,
            "loss": self.loss_,
            "residual": self.residual_,
            "epochs": self.epochs_,
            "scaling": self.scaler_.kind,
            "engine": self.engine_,
        }

    def load_state_dict(self, blocks: Mapping[str, ArrayLike]) -> Self:
        """Take weights by PyTorch's names, of the whole module or of a bare recurrent one."""
        self._require_fit("given weights")
        if len(self.interval_margins_):
            raise SettingsError(
                "the intervals of this model were calibrated on the weights it has learnt; `fit` "
                "one without `intervals`, or with intervals that are not conformal."
            )
        self.weights_ = self.network_.flat(blocks)
        self.history_, self.kept_epoch_, self.ended_ = (), 0, "weights given"
        if self.judgement_ is not None and self.panel_ is not None:
            made = self.judgement_.forecasts
            simple = {name: made[name] for name in made if name != "network"}
            self.judgement_ = self._judged(self.panel_, self.judgement_.walk, simple)
        return self

    def _panel(self, data: Any, what: str, **columns: Any) -> Panel:
        """Return the panel to work on: the given data, or what the model was fitted to."""
        self._require_fit(what)
        if data is not None:
            if not isinstance(data, Panel):
                own = self.encoding_
                columns["target"] = columns["target"] or own.targets(self.target_)
                columns |= own.columns(self.target_)
            return notices.read(data, **columns)
        if self.panel_ is None:
            raise SettingsError(
                "a loaded model does not hold the data it was trained on; give it data."
            )
        return self.panel_

    def _held_out(self) -> Indices:
        """Return int64 [series], how many values at the end of each `fit` held out."""
        if self.judgement_ is None or self.panel_ is None:
            return np.zeros(len(self.ids_), np.int64)
        starts = np.array(self.judgement_.walk.starts, np.int64)
        return np.asarray(self.panel_.lengths - starts, np.int64)

    def _as_fitted(self) -> Self:
        """Return the model with the parameters that it was fitted with."""
        model = type(self)(**self.settings_)
        vars(model).update({name: x for name, x in vars(self).items() if name.endswith("_")})
        return model

    def _opponents(self, panel: Panel, starts: Indices) -> tuple[Walk, dict[str, Any]]:
        """Return the walk over what begins at `starts` [series], and the simple answers to it."""
        held_out = panel.lengths - starts
        least = self.settings_["least_history"] or self.lookback_
        needed = f"a lookback of {least} and {held_out.max()} values to judge on"
        check_length(panel, least + held_out, needed)
        walk = Walk(
            series=tuple(panel),
            starts=tuple(int(start) for start in starts),
            horizon=self.settings_["horizon"],
            season=self.season_,
        )
        longest = int(starts.max()) - walk.horizon
        return walk, references(walk, max(1, min(self.lookback_, longest)))

    def _judged(self, panel: Panel, walk: Walk, simple: dict[str, Any]) -> Judgement:
        """Return how the network does beside the simple answers."""
        notices.on_filled(panel, np.array(walk.starts))
        made, intervals = over_walk(self._as_fitted(), panel, walk)
        return judge(walk, {"network": made, **simple}, intervals)

    def _contents(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return saving.contents(self)

    def _restore(self, contents: Contents) -> None:
        saving.restore(self, contents)
