"""Which parameters of a forecaster go together."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from recur.data.panel.holidays import check_country
from recur.errors import SettingsError
from recur.judge.forecast.intervals import check_levels
from recur.parameters import FURTHEST
from recur.tasks.forecast.methods import PRETRAINED, UNTRAINED, effective, refuse_others
from recur.tasks.forecast.settings import ForecasterParameters

if TYPE_CHECKING:
    from recur.tasks.forecast.fitted import AnyFitted


def check_parameters(settings: ForecasterParameters) -> None:
    """Refuse parameters that do not go together, before any data are read.

    Raises:
        SettingsError: with one sentence on the first that do not.
    """
    changed = (f.name for f in fields(settings) if getattr(settings, f.name) != f.default)
    refuse_others(settings.method, settings.network, changed)
    if settings.method == PRETRAINED and settings.network == "trained":
        raise SettingsError(
            "`method` is 'pretrained' and `network` is 'trained'; leave one of them out."
        )
    decoder = settings.strategy == "encoder_decoder"
    if settings.decoder_length is not None and not decoder:
        raise SettingsError(
            f"`decoder_length` is {settings.decoder_length}, but only the strategy "
            f"'encoder_decoder' has a decoder; `strategy` is {settings.strategy!r}."
        )
    if settings.decoder_length is not None and settings.decoder_length < settings.horizon:
        raise SettingsError(
            f"`decoder_length` is {settings.decoder_length}, but the horizon of "
            f"{settings.horizon} takes as many steps; make it at least that."
        )
    if settings.strategy == "all_steps" and settings.bidirectional:
        raise SettingsError(
            "`strategy` is 'all_steps' and `bidirectional` is on: reading backwards, every time "
            "step has seen the values it is to forecast, and would learn to copy them; take "
            "another strategy, or read forwards."
        )
    if settings.strategy == "all_steps" and settings.cell == "mlp":
        raise SettingsError(
            "`strategy` is 'all_steps', but the cell 'mlp' takes the window in at once and has no "
            "time steps to answer at; take 'direct'."
        )
    if settings.holidays is not None:
        check_country(settings.holidays)
    if settings.intervals:
        _check_intervals(settings)


def check_further(fitted: AnyFitted, horizon: int) -> None:
    """Refuse to look further ahead than a forecaster can.

    Raises:
        SettingsError: its strategy cannot, or what goes with its forecasts ends at its horizon.
    """
    settings = fitted.settings
    if horizon > FURTHEST:
        raise SettingsError(f"`horizon` is {horizon}; it must be at most {FURTHEST}.")
    mismatch = f"`horizon` is {horizon}, but the model was fitted to look {settings.horizon} ahead"
    if not fitted.looks_further:
        raise SettingsError(
            f"{mismatch} with the strategy {settings.strategy!r}, which gives all steps at once; "
            "only 'recursive' and 'encoder_decoder' can look further than they were trained to."
        )
    if settings.conformal and not fitted.stretches:
        raise SettingsError(
            f"{mismatch}, and its conformal intervals were calibrated on so many steps; fit with "
            "the longer horizon, or without intervals."
        )
    if settings.strategy == "encoder_decoder" and fitted.learned.encoding.known_columns:
        raise SettingsError(
            f"{mismatch}, and reads what is known in the future no further; fit with the longer "
            "horizon."
        )


def _check_intervals(settings: ForecasterParameters) -> None:
    check_levels(settings.intervals)
    method = settings.interval_method
    named = effective(settings.method, settings.network)
    if named in UNTRAINED:
        possible = UNTRAINED[named].interval_methods
        if method not in possible:
            raise SettingsError(
                f"`interval_method` is {method!r}, which takes a network; the intervals of the "
                f"`method` '{named}' are {' or '.join(map(repr, possible))}."
            )
    elif method.endswith("quantiles") and settings.strategy in ("recursive", "encoder_decoder"):
        raise SettingsError(
            f"`interval_method` is {method!r}, for networks that give quantiles of all steps at "
            f"once; `strategy` is {settings.strategy!r}: take 'direct' or 'all_steps', or "
            "intervals that are 'conformal'."
        )
    if method.endswith("dropout") and settings.dropout == 0:
        raise SettingsError(
            f"`interval_method` is {method!r}, but `dropout` is 0: all samples would be the same; "
            "set it to 0.1 or so."
        )
    if method.startswith("conformal") and settings.calibration == 0:
        raise SettingsError(
            f"`interval_method` is {method!r}, but `calibration` is 0: set a share of the history "
            "aside for it."
        )
