"""The network that a forecaster's parameters describe, and what it sees beside the values."""

from __future__ import annotations

from recur.data.panel.encoding import Encoding
from recur.data.panel.panel import Panel
from recur.data.sources.covariates import CovariateInputs
from recur.errors import SettingsError
from recur.judge.forecast.intervals import quantiles_for
from recur.networks.spec import Convolution, NetworkSpec
from recur.tasks.forecast.settings import ForecasterParameters


def network(settings: ForecasterParameters, lookback: int, hidden: int, inputs: int) -> NetworkSpec:
    """Return the network that a forecaster's parameters describe.

    Args:
        settings: the parameters.
        lookback: time steps of its window.
        hidden: size of the hidden state.
        inputs: values at each time step.
    """
    decoder = settings.strategy == "encoder_decoder"
    levels = len(quantile_levels(settings))
    return NetworkSpec(
        cell=settings.cell,
        inputs=inputs,
        steps=lookback if settings.cell == "mlp" else 0,
        convolution=Convolution(
            filters=settings.filters, kernel=settings.kernel, stride=settings.filter_stride
        )
        if settings.filters
        else None,
        decoder=decoder,
        outputs=1 if decoder else settings.steps * max(1, levels),
        hidden=hidden,
        layers=settings.layers,
        bidirectional=settings.bidirectional,
        dropout=settings.dropout,
        mask=settings.dropout_mask,
        nonlinearity=settings.nonlinearity,
        head=settings.head,
        reads="every" if settings.strategy == "all_steps" else "last",
        initialisation=settings.initialisation,
    )


def quantile_levels(settings: ForecasterParameters) -> tuple[float, ...]:
    """Return the levels of the quantiles that a forecaster's network gives; none as a rule."""
    if settings.interval_method.endswith("quantiles"):
        return quantiles_for(settings.intervals)
    return ()


def covariate_inputs(
    encoding: Encoding,
    panel: Panel,
    settings: ForecasterParameters,
    lookback: int,
    *,
    horizon: int | None = None,
    need_ahead: bool = False,
) -> CovariateInputs | None:
    """Return what a network sees beside the values of a panel; none as a rule.

    Columns that are known ahead are seen a horizon ahead, so that the newest time steps have seen
    all of them that belong to the steps to be forecast.

    Args:
        encoding: how columns become numbers.
        panel: the series.
        settings: the parameters of the forecaster.
        lookback: time steps of its window.
        horizon: steps to be forecast; by default as trained.
        need_ahead: whether the values of the steps ahead have to be known.
    """
    known, constants = encoding.known_columns, encoding.constant_columns
    horizon = horizon or settings.horizon
    if not encoding.past_columns + known + constants:
        return None
    if encoding.past_columns and settings.strategy == "recursive" and horizon > 1:
        raise SettingsError(
            "`strategy` is 'recursive', which is fed its own forecasts and would have to know the "
            "past covariates of steps still to come; take 'direct', 'all_steps' or "
            "'encoder_decoder'."
        )
    if known and lookback < settings.steps:
        raise SettingsError(
            f"`lookback` is {lookback}, but covariates known over {settings.steps} steps ahead are "
            f"read by as many time steps of the window; it must be at least {settings.steps}."
        )
    if known and settings.steps > settings.horizon:
        raise SettingsError(
            f"`decoder_length` is {settings.steps}, but covariates are known over the horizon of "
            f"{settings.horizon} alone; make them equal."
        )
    spare = max(horizon, settings.steps)
    encoded = encoding.encode(panel, spare, need_ahead=need_ahead)
    return CovariateInputs(
        steps=encoded.steps,
        past=encoding.past_columns,
        ahead=settings.steps,
        spare=spare,
        constants=encoded.constants,
    )
