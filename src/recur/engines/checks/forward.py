"""Which arguments a network can be run with, forward or step by step."""

from __future__ import annotations

from recur.arrays import Flags, Float32s
from recur.engines.base import Decoding, DropoutSamples, Inputs
from recur.engines.checks.arrays import (
    check_array,
    check_floats,
    check_known,
    check_shape,
    check_steps,
)
from recur.errors import SettingsError
from recur.networks.reference import State, check_arguments, zero_state
from recur.networks.spec import NetworkSpec, Values


def check_weights(spec: NetworkSpec, weights: Values) -> None:
    """Refuse weights that are not those of the network."""
    check_floats("weights", weights, (spec.size,))


def check_forward(
    spec: NetworkSpec,
    inputs: Inputs,
    state: State | None = None,
    *,
    mask: Flags | None = None,
    decoding: Decoding | None = None,
    draws: DropoutSamples | None = None,
) -> None:
    """Refuse arguments of `Engine.forward` that do not fit the network or each other."""
    check_arguments(spec, masked=mask is not None, decoding=decoding is not None)
    width = "".join(f", {size}" for size in spec.step_shape)
    expected = f"[time, batch{width}]"
    check_array("inputs", inputs, expected, symbols=bool(spec.symbols))
    if inputs.ndim < 2 or inputs.shape[2:] != spec.step_shape:
        raise SettingsError(
            f"the inputs have the shape {inputs.shape}; this network takes {expected}."
        )
    if spec.symbols:
        check_known(spec, inputs)
    check_steps(spec, len(inputs))
    batch = inputs.shape[1]
    if state:
        check_state(spec, state, batch)
    if mask is not None:
        check_shape("mask", mask, inputs.shape[:2])
    if decoding is not None:
        _check_decoding(spec, decoding, batch)
    if draws is not None and len(draws.windows) * draws.samples != batch:
        raise SettingsError(
            f"{len(draws.windows)} windows with {draws.samples} samples each are to be drawn for, "
            f"but the batch has {batch} lanes."
        )


def check_gradient(
    spec: NetworkSpec, inputs: Inputs, output_grad: Float32s, mask: Flags | None
) -> None:
    """Refuse arguments of `Engine.gradient` that do not fit the network or each other."""
    if spec.symbols or spec.decoder:
        raise SettingsError(
            f"the network {'has a decoder' if spec.decoder else 'takes symbols'}; grads that come "
            "from elsewhere go back through networks of values without one."
        )
    check_forward(spec, inputs, mask=mask)
    every = () if spec.reads == "last" or not spec.recurrent else inputs.shape[:1]
    check_floats("output_grad", output_grad, (*every, inputs.shape[1], spec.outputs))


def check_stepper(spec: NetworkSpec) -> None:
    """Refuse a network that cannot be fed one time step after the other."""
    for what, given in (
        ("reads backwards too", spec.bidirectional),
        ("has a convolution over time", spec.convolution is not None),
        ("takes in the whole window at once", not spec.recurrent),
        ("has a decoder", spec.decoder),
        ("is given the characters of its symbols", spec.spelling is not None),
        ("reads the mean or the greatest over time", spec.reads in ("mean", "max")),
    ):
        if given:
            raise SettingsError(
                f"a network that {what} cannot be fed step by step; run it over whole sequences."
            )


def check_state(spec: NetworkSpec, state: State, batch: int) -> None:
    """Refuse states that are not those of the network and a batch."""
    expected = [part.shape for part in zero_state(spec, batch)]
    if [part.shape for part in state] != expected:
        raise SettingsError(
            f"the state has the shapes {[part.shape for part in state]}; this network and a batch "
            f"of {batch} need {expected}."
        )
    for part in state:
        check_floats("state", part, part.shape)


def _check_decoding(spec: NetworkSpec, decoding: Decoding, batch: int) -> None:
    if decoding.steps < 1:
        raise SettingsError(f"a decoder is to take {decoding.steps} steps; it must be at least 1.")
    start, steps = (batch, spec.outputs), (decoding.steps, batch, spec.outputs)
    for name, array, needed in (("start", decoding.start, start), ("truth", decoding.truth, steps)):
        if array is not None:
            check_floats(f"decoder's `{name}`", array, needed)
