"""The first values of a network's parameters, drawn from our own random numbers."""

from __future__ import annotations

from math import prod, sqrt
from zlib import crc32

import numpy as np

from recur.arrays import Float64s
from recur.networks.spec import NetworkSpec, Parameter, Values
from recur.seeding import Purpose, Stream

_SMALL = 0.1  # of the usual size


def initial_values(spec: NetworkSpec, seed: int) -> Values:
    """Return the flat vector of a network that has learnt nothing yet.

    Each block draws from a stream of its own, keyed by its name, so that a layer more leaves the
    others unchanged, and the head.
    """
    values = np.empty(spec.size, np.float32)
    draw = _orthogonal if spec.initialisation == "orthogonal" else _pytorch
    for parameter in spec.parameters:
        stream = Stream(seed, Purpose.WEIGHTS, step=crc32(parameter.name.encode()))
        parameter.of(values)[...] = draw(spec, parameter, stream).reshape(parameter.shape)
    return values


def _pytorch(spec: NetworkSpec, parameter: Parameter, stream: Stream) -> Float64s:
    """Return uniform values up to 1 / sqrt(the values that come in); symbols are normal."""
    part = parameter.name.partition(".")[0]
    if parameter.name == "spelling.embedding.weight":
        return stream.normal(parameter.size)
    if part == "target" or (part == "embedding" and not spec.tied):
        return stream.normal(parameter.size) * (_SMALL if spec.initialisation == "small" else 1.0)
    spelt = spec.spelling
    incoming = {
        "spelling": spelt.embedding * spelt.kernel if spelt else 1,
        "chain": 100,  # whatever the network's size: answers follow each other alike at first
        "convolution": spec.inputs * (spec.convolution.kernel if spec.convolution else 1),
        "mlp": spec.window if parameter.name.startswith("mlp.0.") else spec.hidden,
        "bridge": spec.width,
        "attention": spec.width if parameter.name == "attention.key.weight" else spec.hidden,
        "combine": spec.width + spec.hidden,
        "embedding": spec.inputs,
        "head": spec.head_width,
    }
    return _uniform(stream, parameter.size, 1 / sqrt(incoming.get(part, spec.hidden)))


def _orthogonal(spec: NetworkSpec, parameter: Parameter, stream: Stream) -> Float64s:
    """Return orthogonal recurrent blocks, Glorot's other weights and biases of 0, or the cell's."""
    part, _, rest = parameter.name.partition(".")
    own = part == "embedding" and not spec.tied
    if own or part == "target" or rest == "embedding.weight":
        return stream.normal(parameter.size)
    if "bias" in rest:
        bias = np.zeros(parameter.size)
        if rest.startswith("bias_ih"):
            cell = spec.recurrent_cell
            for gate, value in cell.biases.items():
                first = cell.gates.index(gate) * spec.hidden
                bias[first : first + spec.hidden] = value
        return bias
    if rest.startswith("weight_hh"):
        normal = stream.normal(parameter.size).reshape(-1, spec.hidden, spec.hidden)
        q, r = np.linalg.qr(normal)
        # The signs of R's diagonal make the distribution uniform over all orthogonal matrices.
        signs = np.sign(np.diagonal(r, axis1=1, axis2=2))
        return np.asarray(q * signs[:, None, :], np.float64)
    rows, columns, *kernel = parameter.shape
    if rest.startswith("weight_ih"):
        rows = spec.hidden  # each gate is a matrix of its own
    return _uniform(stream, parameter.size, sqrt(6 / ((rows + columns) * prod(kernel))))


def _uniform(stream: Stream, count: int, bound: float) -> Float64s:
    return (2 * stream.uniform(count) - 1) * bound
