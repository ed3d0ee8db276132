"""Recordings through a trained network: with its state carried along, or both ways at once."""

from __future__ import annotations

import numpy as np

from recur.arrays import Float32s, Float64s, require_finite
from recur.data.signals.recordings import RecordingArrays, each_by_length
from recur.engines.base import Engine
from recur.engines.registry import open_engine
from recur.networks.reference import zero_state
from recur.tasks.denoise.fitted import FittedDenoiser

_PIECE = 512  # time steps that a causal network takes in one call, its state carried along
_LONGEST = 1 << 16  # time steps that one which reads both ways cleans in one call
_MARGIN = 512  # more that it sees on both sides of them
_TOGETHER = 1 << 17  # steps of recordings that are cleaned at once


def cleaned(fitted: FittedDenoiser, parts: RecordingArrays) -> RecordingArrays:
    """Return what a fitted denoiser makes of recordings, each float64 [time, channels]."""
    engine = open_engine(fitted.learned.engine, fitted.settings.threads)

    def clean(block: Float64s) -> Float64s:
        with np.errstate(over="ignore"):  # what is infinite is told of below
            inputs = fitted.noisy_scale.scaled(block).astype(np.float32)
        outputs = fitted.clean_scale.restored(_outputs(fitted, engine, inputs))
        require_finite("the cleaned signal", outputs)
        return outputs

    return each_by_length(parts, clean, _TOGETHER)


def _outputs(fitted: FittedDenoiser, engine: Engine, inputs: Float32s) -> Float32s:
    """Return float32 [time, recordings, channels] for inputs of the same shape."""
    spec, weights = fitted.learned.network, fitted.weights
    if spec.bidirectional:
        return _both_ways(fitted, engine, inputs)
    state, outputs = zero_state(spec, inputs.shape[1]), []
    for first in range(0, len(inputs), _PIECE):
        piece, state = engine.forward(spec, weights, inputs[first : first + _PIECE], state)
        outputs.append(piece)
    return np.concatenate(outputs)


def _both_ways(fitted: FittedDenoiser, engine: Engine, inputs: Float32s) -> Float32s:
    """Return the same of a network that reads both ways, of long recordings piece by piece."""
    outputs = []
    for first in range(0, len(inputs), _LONGEST):
        begin = max(0, first - _MARGIN)
        stretch = inputs[begin : first + _LONGEST + _MARGIN]
        output, _ = engine.forward(fitted.learned.network, fitted.weights, stretch)
        outputs.append(output[first - begin :][:_LONGEST])
    return np.concatenate(outputs)
