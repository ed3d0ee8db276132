"""The equations of a decoder of symbols that looks back at all that an encoder gave, in NumPy.

Step i of the decoder has the state s_i, step j of the encoder gave h_j. How well they fit is
scored, by products or by sums; the scores of the real steps become shares that sum to one; and what
the head reads is made of the state and the mean of the h_j with these shares:

    k_j = W_k h_j
    e_ij = s_i . k_j                        dot
    e_ij = v . tanh(W_q s_i + b_q + k_j)    additive
    a_ij = exp(e_ij) / sum_j exp(e_ij)
    c_i = sum_j a_ij h_j
    r_i = W_c [c_i, s_i] + b_c

after Luong, Pham and Manning (2015), and Bahdanau, Cho and Bengio (2015) for the sums. The steps
of the decoder do not see c_i: while training all of them are known beforehand and run at once. The
tanh that Luong puts around r_i is left out: with it, a network hardly learns where to look.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recur.networks.layers import look_up
from recur.networks.reference import Array, Mask, bridged, run_stack, zero_state
from recur.networks.spec import NetworkSpec

Blocks = Mapping[str, NDArray[Any]]


def keys(memory: Array, weight: Array) -> Array:
    """Return [source time, batch, hidden], what the encoder's outputs are found by.

    Args:
        memory: [source time, batch, width], the encoder's outputs.
        weight: [hidden, width].
    """
    return np.asarray(memory @ weight.T)


def scores_by_products(state: Array, found_by: Array) -> Array:
    """Return [source time, batch], how well states [batch, hidden] fit keys, by products."""
    return np.asarray(np.einsum("bh,tbh->tb", state, found_by))


def scores_by_sums(
    state: Array, found_by: Array, weight: Array, bias: Array, score: Array
) -> Array:
    """Return [source time, batch], how well states [batch, hidden] fit keys, by sums.

    Args:
        state: of the decoder's top layer.
        found_by: [source time, batch, hidden], the keys.
        weight: [hidden, hidden], of the query that a state becomes.
        bias: [hidden], the same.
        score: [1, hidden].
    """
    return np.asarray(np.tanh(state @ weight.T + bias + found_by) @ score[0])


def looked_at(scores: Array, memory: Array, mask: Mask) -> tuple[Array, Array]:
    """Return the mean [batch, width] of what an encoder gave, with the shares of its steps.

    Args:
        scores: [source time, batch], how well each step fits.
        memory: [source time, batch, width], the encoder's outputs.
        mask: [source time, batch], the real ones.
    """
    scores = np.where(mask, scores, -np.inf)
    shares = np.exp(scores - scores.max(axis=0))
    shares /= shares.sum(axis=0)
    return np.einsum("tb,tbw->bw", shares, memory), shares


def attend(
    spec: NetworkSpec, blocks: Blocks, state: Array, memory: Array, found_by: Array, mask: Mask
) -> tuple[Array, Array]:
    """Return the mean of the encoder's outputs that each state looks at, and the shares.

    Args:
        spec: the network.
        blocks: its parameters by name.
        state: [batch, hidden], of the decoder's top layer.
        memory: [source time, batch, width], the encoder's outputs.
        found_by: [source time, batch, hidden], their keys.
        mask: [source time, batch], the real ones.

    Returns:
        [batch, width], and [source time, batch].
    """
    if spec.attention == "dot":
        scores = scores_by_products(state, found_by)
    else:
        names = ("query.weight", "query.bias", "score.weight")
        learnt = (blocks[f"attention.{name}"] for name in names)
        scores = scores_by_sums(state, found_by, *learnt)
    return looked_at(scores, memory, mask)


def combine(blocks: Blocks, context: Array, state: Array) -> Array:
    """Return [batch, hidden], what the head reads.

    Args:
        blocks: the network's parameters by name.
        context: [batch, width], what was looked at.
        state: [batch, hidden], of the decoder's top layer.
    """
    both = np.concatenate([context, state], axis=-1)
    return np.asarray(both @ blocks["combine.weight"].T + blocks["combine.bias"])


def translate(
    spec: NetworkSpec, values: Array, inputs: NDArray[np.integer], mask: Mask,
    fed: NDArray[np.integer],
) -> tuple[Array, Array]:  # fmt: skip
    """Run a network of symbols with a decoder, without dropout; the slow truth.

    Args:
        spec: the network.
        values: its flat vector of parameters.
        inputs: [source time, batch], symbols.
        mask: [source time, batch], the real ones.
        fed: [time, batch], the true symbol before each step of the decoder.

    Returns:
        [time, batch, outputs], and the shares [time, source time, batch]; of no steps without
        attention.
    """
    blocks = {p.name: p.of(values) for p in spec.parameters}
    features = look_up(np.asarray(inputs, np.int64), blocks["embedding.weight"])
    first = zero_state(spec, inputs.shape[1], values.dtype.type)
    memory, end = run_stack(spec, blocks, "rnn", features, first, mask)
    state = bridged(spec, blocks, end) if spec.bidirectional else end
    given = look_up(np.asarray(fed, np.int64), blocks["target.weight"])
    read, _ = run_stack(spec, blocks, "decoder", given, state)
    shares: list[Array] = []
    if spec.attention != "none":
        found_by, outputs = keys(memory, blocks["attention.key.weight"]), []
        for own in read:
            context, share = attend(spec, blocks, own, memory, found_by, mask)
            outputs.append(combine(blocks, context, own))
            shares.append(share)
        read = np.stack(outputs)
    odds = read @ blocks["head.weight"].T + blocks["head.bias"]
    return odds, np.array(shares, values.dtype)
