"""The networks of the lab `signal`: by the course's recipe, and in our training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from recur.arrays import Float64s
from recur.data.panel.scaling import Scaler
from recur.data.sources.windows import Windows
from recur.data.tables.readers import read_panel
from recur.engines.base import Chunk, Snapshot, StepRecipe
from recur.engines.registry import open_engine
from recur.labs.experiment import Setting, stop_if_interrupted, timed
from recur.labs.signal.limit import HORIZON, Stretch
from recur.networks.initial import initial_values
from recur.networks.spec import NetworkSpec, Values
from recur.tasks.forecast.forecaster import Forecaster
from recur.training.jobs import Job
from recur.training.plan import TrainingPlan

TEST, LOOKBACK, HIDDEN = 50, 5, 15
BATCH, RATE, EPOCHS, FORCING = 5, 0.01, 50, 0.6


@dataclass(frozen=True, eq=False)
class Model:
    """A trained network.

    Attributes:
        name: how it was trained.
        network: its settings.
        weights: float32 [size].
        windows: as it sees them.
        seconds: that the training took.
        losses: float64 [steps], of each batch before its step; none where nobody noted them.
    """

    name: str
    network: NetworkSpec
    weights: Values
    windows: Windows
    seconds: float
    losses: Float64s

    def forecasts(self, stretch: Stretch) -> Float64s:
        """Return float64 [series, time - first], two steps from each second point."""
        count, scaler = len(stretch.values), self.windows.scaler
        windows = Windows.over(
            read_panel(stretch.values),
            Scaler(scaler.kind, scaler.centre.repeat(count), scaler.spread.repeat(count)),
            self.windows.lookback,
            HORIZON,
            first=np.full(count, stretch.first),
            stride=HORIZON,
            residual=self.windows.residual,
        )
        forecasts = open_engine("compiled").forecast(self.network, self.weights, windows, HORIZON)
        return np.asarray(forecasts.reshape(count, -1), np.float64)


def course(
    name: str,
    known: Float64s,
    lookback: int,
    forcing: float,
    setting: Setting,
    threads: int | None = None,
) -> Model:
    """Train by the course's recipe; windows that do not fill a last batch are left out."""
    epochs, seed = 5 if setting.quick else EPOCHS, setting.seed
    panel = read_panel(known[:-TEST])
    windows = Windows.over(panel, Scaler.fit("none", list(panel)), lookback, HORIZON)
    spec = NetworkSpec(cell="lstm", hidden=HIDDEN, decoder=True)
    plan = TrainingPlan(
        epochs=epochs, batch=BATCH, rate=RATE, schedule="constant", patience=10, seed=seed
    )
    whole = range(len(windows) // BATCH * BATCH)
    job = Job(spec, open_engine("compiled", threads), windows, whole, range(0), plan)
    first = Snapshot.first(initial_values(spec, seed))
    trainer = job.engine.trainer(spec, StepRecipe(clip=None), windows, first)

    def one_epoch(epoch: int) -> Float64s:
        chunk = Chunk(
            indices=job.batches(epoch, attempt=0, first=0, count=job.steps),
            rates=np.full(job.steps, RATE),
            counters=epoch * job.steps + np.arange(job.steps),
            seed=seed,
            forcing=np.full(job.steps, forcing),
        )
        return trainer.run(chunk).losses

    losses, seconds = timed(lambda: np.concatenate([one_epoch(i) for i in range(epochs)]))
    return Model(name, spec, trainer.snapshot().weights, windows, seconds, losses)


def own(name: str, values: Float64s, setting: Setting, **settings: Any) -> Model:
    """Train as `Forecaster` does; its lookback is chosen from the data where it is not given."""
    if setting.quick:
        settings["epochs"] = 15
    model = Forecaster(horizon=HORIZON, seed=setting.seed, refit=False, **settings)
    _, seconds = timed(lambda: model.fit(values, test=TEST, progress=False))
    stop_if_interrupted(model.ended_)
    lookback, residual = model.lookback_, model.residual_
    panel = read_panel(values)
    windows = Windows.over(panel, model.scaler_, lookback, HORIZON, residual=residual)
    name = f"{name}, lookback {lookback}"
    return Model(name, model.network_, model.weights_, windows, seconds, np.empty(0))


def same_network(lookback: int, values: Float64s, setting: Setting) -> Model:
    """Train the course's network as `Forecaster` does, on so many known values."""
    setting.say(f"the course's network in our training, lookback {lookback}")
    network = {"strategy": "encoder_decoder", "cell": "lstm", "hidden": HIDDEN}
    return own("our training", values, setting, lookback=lookback, **network)
