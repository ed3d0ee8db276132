"""What parameters of a forecaster may be, and which of them go together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from recur.errors import SettingsError
from recur.judge.forecast.intervals import check_levels

if TYPE_CHECKING:
    from recur.tasks.forecast.forecaster import Forecaster

IntervalMethod = Literal[
    "conformal", "dropout", "quantiles", "conformal_dropout", "conformal_quantiles"
]


def check_parameters(model: Forecaster) -> None:
    """Refuse parameters that do not go together, before any data are read.

    Raises:
        SettingsError: with one sentence on the first that do not.
    """
    decoder = model.strategy == "encoder_decoder"
    if model.decoder_length is not None and not decoder:
        raise SettingsError(
            f"`decoder_length` is {model.decoder_length}, but only the strategy 'encoder_decoder' "
            f"has a decoder; `strategy` is {model.strategy!r}."
        )
    if model.decoder_length is not None and model.decoder_length < model.horizon:
        raise SettingsError(
            f"`decoder_length` is {model.decoder_length}, but the horizon of {model.horizon} takes "
            "as many steps; make it at least that."
        )
    if model.strategy == "all_steps" and model.bidirectional:
        raise SettingsError(
            "`strategy` is 'all_steps' and `bidirectional` is on: reading backwards, every time "
            "step has seen the values it is to forecast, and would learn to copy them; take "
            "another strategy, or read forwards."
        )
    if model.strategy == "all_steps" and model.cell == "mlp":
        raise SettingsError(
            "`strategy` is 'all_steps', but the cell 'mlp' takes the window in at once and has no "
            "time steps to answer at; take 'direct'."
        )
    if model.intervals:
        _check_intervals(model)


def look_further(model: Forecaster, horizon: int) -> None:
    """Let a trained forecaster look further ahead than it was trained to.

    Raises:
        SettingsError: its strategy cannot, or what goes with its forecasts ends at its horizon.
    """
    trained = model.horizon
    asked = f"`horizon` is {horizon}, but the network was trained to look {trained} ahead"
    if model.strategy not in ("recursive", "encoder_decoder"):
        raise SettingsError(
            f"{asked} with the strategy {model.strategy!r}, which gives all steps at once; only "
            "'recursive' and 'encoder_decoder' can look further than they were trained to."
        )
    if model.intervals and model.interval_method.startswith("conformal"):
        raise SettingsError(
            f"{asked}, and its conformal intervals were calibrated on so many steps; fit with the "
            "longer horizon, or without intervals."
        )
    if model.strategy == "encoder_decoder" and model.encoding_.known_columns:
        raise SettingsError(
            f"{asked}, and reads what is known in the future no further; fit with the longer "
            "horizon."
        )
    model.horizon = horizon


def _check_intervals(model: Forecaster) -> None:
    check_levels(model.intervals)
    method = model.interval_method
    if method.endswith("quantiles") and model.strategy in ("recursive", "encoder_decoder"):
        raise SettingsError(
            f"`interval_method` is {method!r}, for networks that give quantiles of all steps at "
            f"once; `strategy` is {model.strategy!r}: take 'direct' or 'all_steps', or intervals "
            "that are 'conformal'."
        )
    if method.endswith("dropout") and model.dropout == 0:
        raise SettingsError(
            f"`interval_method` is {method!r}, but `dropout` is 0: all samples would be the same; "
            "set it to 0.1 or so."
        )
    if method.startswith("conformal") and model.calibration == 0:
        raise SettingsError(
            f"`interval_method` is {method!r}, but `calibration` is 0: set a share of the history "
            "aside for it."
        )
