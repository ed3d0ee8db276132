"""The border of compiled code, which looks at nothing: what crosses it is checked and copied here.

Whatever kernels are handed, they read and write where its size says. So every array is held to its
type and its shape before, and becomes one of the few kinds that the kernels are compiled for.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Flags, Float32s, Indices, Symbols
from recur.engines.base import Chunk, Decoding, DropoutSamples, Inputs, Snapshot, Source
from recur.engines.checks.forward import check_forward, check_state, check_weights
from recur.engines.checks.training import check_chunk, check_indices, check_snapshot
from recur.engines.compiled.kernels.epoch import Steps
from recur.engines.compiled.kernels.plan import OUTPUTS, Plan
from recur.engines.compiled.kernels.predict import Given, SampleKeys
from recur.engines.compiled.kernels.tiles import Workspace
from recur.networks.reference import State
from recur.networks.spec import NetworkSpec, Values

_ALL = 1 << 30  # lanes of one window
_FLOAT32 = np.dtype(np.float32)


def empty(shape: tuple[int, ...]) -> Float32s:
    """Return float32 to compute in; what it holds is not looked at before it is written."""
    return np.empty(shape, np.float32)


def weights_in(spec: NetworkSpec, weights: Values) -> Float32s:
    """Return a copy of a network's weights, float32 [size]."""
    check_weights(spec, weights)
    return np.array(weights, np.float32, order="C")


def no_states() -> Float32s:
    """Return the states of a run that starts from zeros and leaves nothing behind."""
    return np.zeros((0, 0, 0), np.float32)


def states_in(spec: NetworkSpec, state: State, lanes: int) -> Float32s:
    """Return a copy of the states of some lanes, float32 [states * parts, lanes, hidden]."""
    check_state(spec, state, lanes)
    return np.concatenate(state) if state else no_states()


def states_out(spec: NetworkSpec, states: Float32s) -> State:
    """Return states that compiled code has left behind, as views."""
    return tuple(np.split(states, spec.states)) if len(states) else ()


class StepBorder:
    """Lets in what a network is given of one time step, and out what it has become.

    It stands before every single step, which takes little more time than a look at a shape: so it
    compares with what it let in before, and only where that is another thing looks closely.
    """

    def __init__(self, spec: NetworkSpec) -> None:
        parts = spec.layers * spec.directions
        self._spec, self._states = spec, spec.states
        self._places = [slice(i * parts, (i + 1) * parts) for i in range(spec.states)]
        self._inputs: tuple[int, ...] = ()
        self._state: tuple[int, ...] = ()
        self._all: tuple[int, ...] = ()

    def take(self, inputs: Inputs, state: State) -> tuple[Float32s, Float32s]:
        """Return inputs, float32 [batch, inputs], and copied states, as `states_in` does."""
        if inputs.shape != self._inputs or inputs.dtype != _FLOAT32 or len(state) != self._states:
            return self._look(inputs, state)
        for part in state:
            if part.shape != self._state or part.dtype != _FLOAT32:
                return self._look(inputs, state)
        if self._states == 1:
            states = state[0].copy()
        else:
            states = np.empty(self._all, np.float32)
            for i, place in enumerate(self._places):
                states[place] = state[i]
        values: Float32s = inputs if inputs.flags.c_contiguous else inputs.copy()  # type: ignore[assignment]
        return values, states

    def give(self, states: Float32s) -> State:
        """Return the states that a step has left behind."""
        return (states,) if self._states == 1 else tuple([states[place] for place in self._places])

    def _look(self, inputs: Inputs, state: State) -> tuple[Float32s, Float32s]:
        check_forward(self._spec, inputs[None])
        lanes = len(inputs)
        states = states_in(self._spec, state, lanes)
        self._state, self._all = state[0].shape, states.shape
        if self._spec.symbols:  # these are looked at each time
            return inputs[:, None].astype(np.float32), states
        self._inputs = inputs.shape
        return np.ascontiguousarray(inputs), states


def snapshot_in(
    spec: NetworkSpec, source: Source, snapshot: Snapshot
) -> tuple[Float32s, Float32s, Float32s, Indices, Float32s]:
    """Return copies of weights, mean, square, steps [1] and carried states of a snapshot."""
    check_snapshot(spec, source, snapshot)
    carried = no_states()
    if snapshot.carried:
        carried = states_in(spec, snapshot.carried, snapshot.carried[0].shape[1])
    arrays = (snapshot.weights, snapshot.mean, snapshot.square)
    weights, mean, square = (np.array(array, np.float32, order="C") for array in arrays)
    return weights, mean, square, np.array([snapshot.steps], np.int64), carried


def steps_in(source: Source, chunk: Chunk, rate: float) -> Steps:
    """Return the steps of a chunk; their indices are still those of the source.

    Args:
        source: what the indices point into.
        chunk: the steps.
        rate: of the dropout.
    """
    check_chunk(source, chunk)
    steps, batch = chunk.indices.shape
    return Steps(
        indices=_copied(chunk.indices, np.int64),
        rates=_copied(chunk.rates, np.float64),
        counters=_copied(chunk.counters, np.int64),
        seed=chunk.seed,
        attempt=chunk.attempt,
        forcing=_copied(np.ones(steps) if chunk.forcing is None else chunk.forcing, np.float64),
        fresh=np.zeros((steps, batch), np.bool_)
        if chunk.fresh is None
        else _copied(chunk.fresh, np.bool_),
        rate=rate,
    )


def indices_in(source: Source, indices: Indices) -> Indices:
    """Return a copy of indices into a source."""
    check_indices(source, indices)
    return _copied(indices, np.int64)


def symbols_in(symbols: Symbols) -> Symbols:
    """Return a copy of symbols, which `check_writing` has let through."""
    return _copied(symbols, np.int32)


def given_in(plan: Plan, inputs: Inputs, mask: Flags | None, decoding: Decoding | None) -> Given:
    """Return sequences to run over, which `check_forward` has let through."""
    steps, batch = inputs.shape[:2]
    truth = None if decoding is None else decoding.truth
    return Given(
        inputs=_copied(inputs, np.float32).reshape(steps, batch, plan.inputs),
        mask=np.zeros((0, 0), np.bool_) if mask is None else _copied(mask, np.bool_),
        start=_copied(np.zeros((0, 0)) if decoding is None else decoding.start, np.float32),
        truth=_copied(np.zeros((0, 0, 0)) if truth is None else truth, np.float32),
    )


def samples_in(draws: DropoutSamples | None, rate: float) -> SampleKeys:
    """Return what keys the dropout at prediction; without any all lanes are one window's."""
    if draws is None:
        return SampleKeys(0, 0, _ALL, np.zeros(1, np.int64), 0.0)
    windows = _copied(draws.windows, np.int64)
    return SampleKeys(draws.seed, draws.again, draws.samples, windows, rate)


def workspace_for(
    plan: Plan, weights: Float32s, states: Float32s, lanes: int, threads: int
) -> Workspace:
    """Return where a prediction computes.

    Args:
        plan: of the network.
        weights: float32 [parameters].
        states: float32 [states * parts, all lanes, hidden], to start from and to end in; of no
            parts where there are none.
        lanes: the most that are run at once.
        threads: of the team.
    """
    return Workspace(
        weights=weights,
        values=empty((threads, plan.rows * lanes)),
        numbers=np.zeros((threads, 2, lanes), np.int64),
        zeros=zeros_for(plan),
        states=states,
        keeps=int(states.size > 0),
    )


def zeros_for(plan: Plan) -> Float32s:
    """Return as many zeros as a stage has rows at a time step."""
    return np.zeros(int(plan.stages[:, OUTPUTS].max(initial=1)), np.float32)


def _copied(array: NDArray[Any], kind: type) -> NDArray[Any]:
    return np.array(array, kind, order="C")
