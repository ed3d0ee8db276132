"""Counting beside a network: what is counted, and how the two are mixed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.optimize import minimize

from recur.arrays import Float64s, Symbols, TextSymbols
from recur.data.text.counts import Counts
from recur.data.text.text import Text
from recur.engines.mixing import EVEN, Experts, Mixture
from recur.engines.reading import outputs
from recur.engines.registry import open_engine
from recur.networks.reference import zero_state
from recur.tasks.write.fitted import FittedWriter

ORDER = 8
"""Symbols of the longest n-grams that are counted."""

COUNTED = 5_000_000
"""Symbols before the validation part that are counted at most."""

JUDGED = 1_000_000
"""Symbols of the validation part, the first ones, that are made use of at most."""

_NODES = 2_000_000  # n-grams that are kept at most, some 11 MB of a file
_HELD = 10.0  # examples that speak for mixing evenly
_STRETCH, _WARM = 384, 64  # symbols that are read in a row, and those that only lead in
_OUTPUTS, _FEWEST, _MOST = 2_000_000, 256, 6_000  # chances, and places, that are learnt from


def mixed(fitted: FittedWriter, text: Text, training: range, validation: range) -> FittedWriter:
    """Return a writer whose network is mixed with the counts of its training part.

    How is learnt from the validation part; without one they are mixed evenly.
    """
    known = text.symbols[max(training.start, training.stop - COUNTED) : training.stop]
    held = text.symbols[validation.start : min(validation.stop, validation.start + JUDGED)]
    counts = Counts.fit(known, ORDER, len(text.vocabulary), _NODES)
    gate = learnt_gate(fitted, counts, held) if len(held) > 1 else EVEN
    learned = fitted.learned.but(ngrams=counts.order)
    return replace(fitted, learned=learned, mixture=Mixture(counts, gate))


def learnt_gate(fitted: FittedWriter, counts: Counts, held: TextSymbols) -> Float64s:
    """Return float64 [2, SIGNS], how network and counts are best mixed on a part held out."""
    return best_gate(*heard(fitted, counts, held))


def best_gate(experts: Experts, following: Symbols) -> Float64s:
    """Return float64 [2, SIGNS], how two are best mixed, given what they said and what followed.

    The loss is convex in them; few places are held to mixing evenly.
    """
    if not len(following):
        return EVEN
    count, rows = len(following), np.arange(len(following))

    def loss(flat: Float64s) -> tuple[float, Float64s]:
        gate = flat.reshape(EVEN.shape)
        logits = experts.mixed(gate)
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        total = shares.sum(axis=1, keepdims=True)
        own = logits[rows, following] - logits.max(axis=1)
        shares /= total
        shares[rows, following] -= 1
        both = [(shares * said).sum(axis=1) for said in (experts.network, experts.counted)]
        apart = gate - EVEN
        mean = (np.log(total[:, 0]) - own).mean() + _HELD / count * (apart**2).sum()
        grad = np.stack(both) @ experts.signs / count + 2 * _HELD / count * apart
        return float(mean), grad.ravel()

    found: Float64s = minimize(loss, EVEN.ravel(), jac=True, method="L-BFGS-B").x
    return found.reshape(EVEN.shape)


def heard(fitted: FittedWriter, counts: Counts, held: TextSymbols) -> tuple[Experts, Symbols]:
    """Return what both say at places of a text, and what followed: some stretches, side by side."""
    network, engine = fitted.learned.network, fitted.learned.engine
    most = int(np.clip(_OUTPUTS // network.outputs, _FEWEST, _MOST))
    steps = min(_STRETCH, len(held) - 1)
    warm = min(_WARM, steps // 4)
    lanes = max(1, min(most // max(1, steps - warm), (len(held) - 1) // max(1, steps)))
    starts = np.linspace(0, len(held) - 1 - steps, lanes).astype(np.int64)
    symbols = held[starts + np.arange(steps + 1)[:, None]].astype(np.int32)
    forward = open_engine(engine, fitted.settings.threads).forward
    state = zero_state(network, lanes)
    said = [
        logits for _, logits, _ in outputs(forward, network, fitted.weights, symbols, state)
    ] or [np.zeros((0, lanes, network.outputs), np.float32)]
    contexts = counts.contexts(symbols[:-1], counts.start(lanes))
    experts = Experts.of(counts, np.concatenate(said)[warm:], contexts[warm:])
    flat = (part.reshape(-1, part.shape[-1]) for part in (
        experts.network, experts.counted, experts.signs,
    ))  # fmt: skip
    return Experts(*flat), symbols[warm + 1 :].reshape(-1)
