"""Whole fits give the same bits: on any number of threads, killed and resumed, sample by sample."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from recur.engines.compiled.threads import Threads
from recur.tasks.forecast.forecaster import Forecaster
from recur.training.checkpoint import Checkpoint, Run
from recur.training.jobs import Job

FITS: dict[str, tuple[str, str, dict[str, Any]]] = {  # a strategy, a network, and what else
    "all steps, convolution": ("all_steps", "beside, convolution", {}),
    "all steps, masks, gaps": ("all_steps", "beside, masked", {"loss": "mae"}),
    "decoder, falling forcing": ("encoder_decoder", "beside", {"forcing": (1.0, 0.2)}),
    "decoder, bridge": (
        "encoder_decoder",
        "deep bidirectional",
        {"dropout": 0.2, "decoder_length": 6},
    ),
    "decoder, masks": ("encoder_decoder", "beside, masked", {}),
    "quantiles": ("direct", "beside", {"intervals": (50, 80), "interval_method": "quantiles"}),
    "dropout": (
        "recursive",
        "dropout",
        {"intervals": (80,), "interval_method": "dropout", "samples": 7},
    ),
    "conformal dropout": (
        "direct",
        "masked",
        {
            "intervals": (80,),
            "interval_method": "conformal_dropout",
            "samples": 5,
            "dropout": 0.3,
            "dropout_mask": "sequence",
        },
    ),
}


@pytest.fixture(autouse=True)
def _any_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let any number of threads share any work."""
    monkeypatch.setattr("recur.engines.registry.check_threads", lambda threads: None)
    team = Threads.team
    monkeypatch.setattr(Threads, "team", lambda own, *work: team(Threads(own.most, 0), *work))


def fit(fitted: Any, name: str, **more: Any) -> Forecaster:
    strategy, network, parameters = FITS[name]
    model: Forecaster = fitted(strategy, network, **{"epochs": 2, **parameters, **more})
    return model


def bits(model: Forecaster) -> dict[str, Any]:
    """Return all that a fit makes, the forecasts over the held-out stretch among it."""
    found = model.judge().intervals
    ends = () if found is None else (*found.low, *found.high)
    return {
        "weights": model.weights_.tobytes(),
        "history": model.history_,
        "reach": model.interval_margins_.tobytes(),
        "forecasts": [part.tobytes() for part in model.judge().forecasts["network"]],
        "ends": [np.asarray(part).tobytes() for part in ends],
    }


@pytest.mark.parametrize("name", FITS)
def test_any_number_of_threads_gives_the_same_bits(name: str, fitted: Any) -> None:
    one = bits(fit(fitted, name, threads=1, batch=40))
    for threads in (2, 3, 4):
        assert bits(fit(fitted, name, threads=threads, batch=40)) == one


class Killed(BaseException):
    """What no one catches."""


class Mortal(Checkpoint):
    """A checkpoint after every chunk of steps, and the end of the process after some of them."""

    def __init__(self, path: Path, saves: int) -> None:
        super().__init__(path, every=0.0)
        self.left = saves

    def save(self, run: Run, job: Job, digest: str) -> None:
        super().save(run, job, digest)
        self.left -= 1
        if not self.left:
            raise Killed


@pytest.mark.parametrize("saves", [1, 3])
@pytest.mark.parametrize("name", FITS)
def test_a_killed_fit_goes_on_to_the_same_bits(
    name: str, saves: int, fitted: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = bits(fit(fitted, name, batch=16))
    original = Forecaster.fit

    def checkpointed(checkpoint: Checkpoint) -> Any:
        return lambda self, *data, **more: original(self, *data, **more, checkpoint=checkpoint)

    monkeypatch.setattr(Forecaster, "fit", checkpointed(Mortal(tmp_path / "run", saves)))
    with pytest.raises(Killed):
        fit(fitted, name, batch=16)
    monkeypatch.setattr(Forecaster, "fit", checkpointed(Checkpoint(tmp_path / "run")))
    assert bits(fit(fitted, name, batch=16)) == expected


@pytest.mark.parametrize("engine", ["compiled", "torch"])
def test_samples_follow_the_seed_alone(engine: str, fitted: Any) -> None:
    model = fit(fitted, "dropout", engine=engine)
    first = low(model)
    assert low(model).tobytes() == first.tobytes()
    assert low(fit(fitted, "dropout", engine=engine)).tobytes() == first.tobytes()
    other = fit(fitted, "dropout", engine=engine, seed=1)
    other.fitted_ = replace(other._trained(), weights=model.weights_)
    assert low(other).tobytes() != first.tobytes()


def low(model: Forecaster) -> NDArray[np.float64]:
    found = model.predict().low
    assert found is not None
    return found
