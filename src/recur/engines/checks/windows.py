"""Which windows a network can learn from, and how far it can forecast from them."""

from __future__ import annotations

from recur.arrays import Indices
from recur.data.sources.windows import Windows
from recur.engines.base import StepRecipe
from recur.engines.checks.arrays import check_steps
from recur.errors import SettingsError
from recur.networks.reference import check_arguments
from recur.networks.spec import NetworkSpec


def check_windows(spec: NetworkSpec, recipe: StepRecipe, windows: Windows) -> None:
    """Refuse a network that cannot learn from the windows by the recipe."""
    _check_seen(spec, windows)
    if (spec.reads == "every") != windows.every:
        raise SettingsError(
            f"the network answers at {'every' if spec.reads == 'every' else 'the last'} time step, "
            f"but the windows have a horizon after {'every' if windows.every else 'the last'} one; "
            "`reads` must be 'every' where they have one after each, else 'last'."
        )
    if spec.reads == "every" and spec.bidirectional:
        raise SettingsError(
            "a bidirectional network has read the whole window at every time step, the values that "
            "an earlier step is to forecast among them: it would learn to copy them; "
            "`bidirectional` must be off."
        )
    _check_targets(spec, recipe, windows)


def check_rollout(spec: NetworkSpec, windows: Windows, horizon: int, levels: int = 1) -> None:
    """Refuse a network that cannot forecast a horizon from the windows, at some levels."""
    _check_seen(spec, windows)
    ahead = horizon if spec.decoder else spec.outputs // levels
    if levels > 1 and spec.outputs != horizon * levels:
        raise SettingsError(
            f"the network has {spec.outputs} outputs, but {levels} levels of a horizon of "
            f"{horizon} are asked for: {horizon * levels}."
        )
    onward = (-(-horizon // ahead) - 1) * ahead
    covariates = windows.covariates
    if covariates is None:
        return
    if onward and covariates.past:
        raise SettingsError(
            "a network that is fed its own forecasts would have to know beyond the newest value "
            "what is known only up to it; take another strategy than 'recursive'."
        )
    if onward + covariates.ahead > covariates.spare:
        raise SettingsError(
            f"forecasting {horizon} steps needs what is known ahead for "
            f"{onward + covariates.ahead} steps beyond the end of a series; there are "
            f"{covariates.spare}."
        )


def check_origins(windows: Windows, origins: Indices, series: Indices, horizon: int) -> None:
    """Refuse windows that reach beyond the values of their series.

    Args:
        windows: where they come from.
        origins: int64 [batch], the rows of the first values to be forecast.
        series: int64 [batch].
        horizon: values from there on that are looked at.
    """
    if not len(origins):
        return
    known = windows.least if windows.masked else windows.lookback
    begins = windows.begins[series]
    if (origins < begins + known).any() or origins.max() + horizon > len(windows.values):
        raise SettingsError(
            f"windows of {known} known values and {horizon} to be forecast are asked for where a "
            "series has fewer."
        )


def read_steps(spec: NetworkSpec, steps: int) -> slice:
    """Return the time steps of a window at which a network that reads every one answers.

    A convolution answers at the newest step that each of its outputs sees, so none looks ahead.
    """
    if spec.convolution is None:
        return slice(0, steps)
    kernel, stride = spec.convolution.kernel, spec.convolution.stride
    return slice((steps - kernel) % stride + kernel - 1, steps, stride)


def _check_seen(spec: NetworkSpec, windows: Windows) -> None:
    """Refuse a network that cannot take in the windows."""
    if spec.symbols or spec.inputs != windows.inputs:
        what = f"{spec.symbols} symbols" if spec.symbols else f"{spec.inputs} values"
        raise SettingsError(
            f"the windows hold {windows.inputs} "
            f"{'value' if windows.inputs == 1 else 'values'} at each time step, but the network "
            f"takes {what}; `inputs` must be {windows.inputs}, `symbols` 0."
        )
    if windows.residual == "seasonal" and windows.lookback < windows.season:
        raise SettingsError(
            f"what counts from the value a season before needs a lookback of at least a season of "
            f"{windows.season} steps; it is {windows.lookback}."
        )
    check_arguments(spec, masked=windows.masked)
    if spec.decoder and spec.outputs != 1:
        raise SettingsError(
            f"a decoder gives one step of a window's horizon after the other: `outputs` is "
            f"{spec.outputs} and must be 1."
        )
    check_steps(spec, windows.lookback)


def _check_targets(spec: NetworkSpec, recipe: StepRecipe, windows: Windows) -> None:
    if recipe.loss in ("cross_entropy", "chain"):
        raise SettingsError(
            f"the loss '{recipe.loss}' is for symbols, but windows hold values; take 'mse', 'mae' "
            "or 'quantile'."
        )
    levels = max(1, len(recipe.quantiles))
    if not spec.decoder and spec.outputs != windows.horizon * levels:
        each = f" for each of {levels} quantiles" if recipe.quantiles else ""
        raise SettingsError(
            f"the network has {spec.outputs} outputs, but the horizon of {windows.horizon}{each} "
            f"needs {windows.horizon * levels}."
        )
