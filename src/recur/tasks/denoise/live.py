"""Signals cleaned as they come: a value goes in, and the cleaned one comes out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from recur.arrays import Float64s, require_finite
from recur.engines.registry import open_engine
from recur.errors import DataError, ModelFileError, SettingsError
from recur.files.modelfile import fitting
from recur.networks.reference import zero_state
from recur.tasks.denoise.fitted import FittedDenoiser
from recur.tasks.streams import State, Stream, read_stream


class LiveDenoiser(Stream):
    """A denoiser that is given one time step after the other; see `Denoiser.live`."""

    task = "denoise"

    def __init__(self, fitted: FittedDenoiser, series: int | None) -> None:
        super().__init__(fitted)
        spec = fitted.learned.network
        if spec.bidirectional:
            raise SettingsError(
                "this denoiser reads signals backwards too, and a stream has no end to begin at; "
                "fit one with `bidirectional` off, or give `predict` whole recordings."
            )
        if series is not None and series < 1:
            raise SettingsError(f"`series` is {series}; it must be 1 or more.")
        engine = open_engine(fitted.learned.engine, fitted.settings.threads)
        self._fitted, self._series, self._channels = fitted, series, spec.inputs
        self._stepper = engine.stepper(spec, fitted.weights)
        self.reset()

    def reset(self) -> None:
        """Forget all values, as if none had come."""
        self._parts = zero_state(self._fitted.learned.network, self._series or 1)

    def push(self, value: Any) -> Any:
        """Take the newest values and return them cleaned, in the form in which they are given.

        Args:
            value: a number, or [channels]; of several signals [series], or [series, channels].

        Raises:
            DataError: a value is missing or no number.
        """
        given = self._numbers(value)
        inputs = self._fitted.noisy_scale.scaled(given).astype(np.float32)
        outputs, self._parts = self._stepper.step(inputs, self._parts)
        cleaned = self._fitted.clean_scale.restored(outputs).reshape(np.shape(value))
        require_finite("the cleaned signal", cleaned)
        return cleaned if cleaned.ndim else float(cleaned)

    def _numbers(self, value: Any) -> Float64s:
        """Return float64 [series, channels]."""
        try:
            values = np.asarray(value, np.float64)
        except (TypeError, ValueError):
            raise DataError(f"the value {value!r} is not a number.") from None
        several = () if self._series is None else (self._series,)
        forms = [several] * (self._channels == 1) + [(*several, self._channels)]
        if values.shape not in forms:
            expected = " or ".join(str(form) for form in forms)
            raise DataError(f"a value of the shape {values.shape} was given; expected {expected}.")
        if not np.isfinite(values).all():
            raise DataError(
                "a value is missing or infinite, and a signal is cleaned from all its values; put "
                "in what is likely, such as the last one."
            )
        return values.reshape(-1, self._channels)

    def _header(self) -> Mapping[str, Any]:
        return {"series": self._series}

    def _state(self) -> State:
        return {f"state.{i}": part for i, part in enumerate(self._parts)}


def live_denoiser(
    fitted: FittedDenoiser, series: int | None, state: str | Path | None
) -> LiveDenoiser:
    """Return a stream that begins anew, or goes on where one was saved."""
    if state is None:
        return LiveDenoiser(fitted, series)
    contents = read_stream(state, LiveDenoiser.task, fitted)
    saved = contents.header.get("series")
    if not (saved is None or (isinstance(saved, int) and saved > 0)):
        raise ModelFileError(f"`{state}` does not fit together: it has {saved!r} series.")
    with fitting(f"`{state}`"):  # of so many series that no memory holds them
        live = LiveDenoiser(fitted, saved)
    live.go_on(contents, state)
    return live
