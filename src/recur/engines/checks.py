"""What fits together: refused here in one sentence each, for every engine alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Indices
from recur.data.sources.sequences import Sequences
from recur.data.sources.streams import Streams
from recur.data.sources.windows import Windows
from recur.engines.base import Decoding, Draws, Inputs, Source, StepRecipe
from recur.engines.check_arrays import check_array, check_steps, check_symbols
from recur.engines.check_sequences import check_sequences, check_streams
from recur.errors import SettingsError
from recur.networks.reference import State, check_arguments, zero_state
from recur.networks.spec import NetworkSpec


def check(spec: NetworkSpec, recipe: StepRecipe, source: Source) -> None:
    """Refuse a network that cannot be trained by the recipe on the source.

    Raises:
        SettingsError: something does not go with something else.
    """
    if spec.decoder and recipe.loss in ("quantile", "cross_entropy"):
        raise SettingsError(
            f"a network with a decoder cannot be trained with the loss '{recipe.loss}'; "
            "take 'mse' or 'mae'."
        )
    if isinstance(source, Streams):
        check_streams(spec, recipe, source)
    elif isinstance(source, Windows):
        check_windows(spec, source)
        _check_targets_of_windows(spec, recipe, source)
    elif isinstance(source, Sequences):
        check_sequences(spec, recipe, source)


def check_windows(spec: NetworkSpec, windows: Windows) -> None:
    """Refuse a network that cannot learn from the windows."""
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
    beside = windows.covariates
    if beside is None:
        return
    if onward and beside.past:
        raise SettingsError(
            "a network that is fed its own forecasts would have to know beyond the newest value "
            "what is known only up to it; take another strategy than 'recursive'."
        )
    if onward + beside.ahead > beside.spare:
        raise SettingsError(
            f"forecasting {horizon} steps needs what is known ahead for {onward + beside.ahead} "
            f"steps beyond the end of a series; there are {beside.spare}."
        )


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


def read_steps(spec: NetworkSpec, steps: int) -> slice:
    """Return the time steps of a window at which a network that reads every one answers.

    A convolution answers at the newest step that each of its outputs sees, so none looks ahead.
    """
    if spec.convolution is None:
        return slice(0, steps)
    kernel, stride = spec.convolution.kernel, spec.convolution.stride
    return slice((steps - kernel) % stride + kernel - 1, steps, stride)


def check_forward(
    spec: NetworkSpec,
    inputs: Inputs,
    state: State | None = None,
    *,
    mask: NDArray[np.bool_] | None = None,
    decoding: Decoding | None = None,
    draws: Draws | None = None,
) -> None:
    """Refuse arguments of `Engine.forward` that do not fit the network or each other."""
    check_arguments(spec, masked=mask is not None, decoding=decoding is not None)
    expected = "[time, batch]" if spec.symbols else f"[time, batch, {spec.inputs}]"
    check_array("inputs", inputs, expected, symbols=bool(spec.symbols))
    if inputs.ndim != (2 if spec.symbols else 3) or (
        not spec.symbols and inputs.shape[2] != spec.inputs
    ):
        raise SettingsError(
            f"the inputs have the shape {inputs.shape}; this network takes {expected}."
        )
    if spec.symbols:
        check_symbols("inputs", inputs, spec.symbols)
    check_steps(spec, len(inputs))
    batch = inputs.shape[1]
    _check_state(spec, state, batch)
    if mask is not None and mask.shape != inputs.shape[:2]:
        raise SettingsError(
            f"the mask has the shape {mask.shape}; these inputs need {inputs.shape[:2]}."
        )
    if decoding is not None:
        _check_decoding(spec, decoding, batch)
    if draws is not None and len(draws.windows) * draws.samples != batch:
        raise SettingsError(
            f"{len(draws.windows)} windows with {draws.samples} samples each are to be drawn for, "
            f"but the batch has {batch} lanes."
        )


def check_stepper(spec: NetworkSpec) -> None:
    """Refuse a network that cannot be fed one time step after the other."""
    for what, given in (
        ("reads backwards too", spec.bidirectional),
        ("has a convolution over time", spec.convolution is not None),
        ("takes in the whole window at once", spec.cell == "mlp"),
        ("has a decoder", spec.decoder),
    ):
        if given:
            raise SettingsError(
                f"a network that {what} cannot be fed step by step; run it over whole sequences."
            )


def check_lanes(row: Indices, lanes: int | None) -> None:
    """Refuse a batch in which a carried state has no lane to go on in.

    Args:
        row: int64 [batch], the sequences of a batch.
        lanes: of the state that is carried; None where none is yet.
    """
    if (row < 0).any():
        raise SettingsError(
            "where the state is carried from batch to batch, every batch must be full, but one "
            "has a place without a sequence (-1)."
        )
    if lanes is not None and len(row) != lanes:
        raise SettingsError(
            f"where the state is carried from batch to batch, every batch must have as many "
            f"lanes, but one of {len(row)} follows one of {lanes}."
        )


def _check_targets_of_windows(spec: NetworkSpec, recipe: StepRecipe, windows: Windows) -> None:
    if recipe.loss == "cross_entropy":
        raise SettingsError(
            "the loss 'cross_entropy' is for symbols, but windows hold values; take 'mse', 'mae' "
            "or 'quantile'."
        )
    levels = max(1, len(recipe.quantiles))
    if not spec.decoder and spec.outputs != windows.horizon * levels:
        each = f" for each of {levels} quantiles" if recipe.quantiles else ""
        raise SettingsError(
            f"the network has {spec.outputs} outputs, but the horizon of {windows.horizon}{each} "
            f"needs {windows.horizon * levels}."
        )


def _check_state(spec: NetworkSpec, state: State | None, batch: int) -> None:
    expected = [part.shape for part in zero_state(spec, batch)]
    if state and [part.shape for part in state] != expected:
        raise SettingsError(
            f"the state has the shapes {[part.shape for part in state]}; this network and a batch "
            f"of {batch} need {expected}."
        )


def _check_decoding(spec: NetworkSpec, decoding: Decoding, batch: int) -> None:
    if decoding.steps < 1:
        raise SettingsError(f"a decoder is to take {decoding.steps} steps; it must be at least 1.")
    start, steps = (batch, spec.outputs), (decoding.steps, batch, spec.outputs)
    for name, array, needed in (("start", decoding.start, start), ("truth", decoding.truth, steps)):
        if array is not None and array.shape != needed:
            raise SettingsError(
                f"the decoder's `{name}` has the shape {array.shape}; this network needs {needed}."
            )
