"""Drawing the next symbol from a network's outputs, in arithmetic that every engine repeats.

An engine's outputs are its own, but from the same outputs each draws the same symbols. A symbol's
share is therefore a whole number: one product in double precision says how many times its
probability is half the greatest one, and powers of two in fixed point make the share of that. Sums
of whole numbers are exact, in whatever order they are taken.
"""

from __future__ import annotations

import math

import numpy as np
from pydantic import Field

from recur.arrays import Flags, Float32s, Indices, Symbols
from recur.errors import InputError
from recur.seeding import Purpose, Stream
from recur.settings import Settings

Shares = Indices
"""The probabilities of symbols, as whole numbers."""

FRACTION = 32
"""Bits behind the point of a number of halvings."""
PRECISION = 31
"""Bits behind the point of a power of two."""
SHIFT = 40 - PRECISION
"""The likeliest symbol has the share 2**40; what is less than 2**-40 of it is never drawn."""
FEWEST = 62
"""Halvings after which nothing is left of a share."""
POWERS = np.array(
    [round((-math.log(2)) ** k / math.factorial(k) * 2**PRECISION) for k in range(12)], np.int64
)
"""The Taylor coefficients of 2**-f for f from 0 to 1."""
_STEEPEST = 1e200  # times a difference of outputs it is still finite


class SamplingSettings(Settings):
    """How the next symbol is drawn from the outputs of a network.

    The outputs are divided by the temperature; of the symbols the `top_k` likeliest are kept, and
    of these the fewest that together have the probability `top_p`, equally likely ones by their
    numbers, and of these those that are at least `min_p` times as likely as the likeliest. Symbol
    and random number meet in the order of the symbols' numbers.

    Attributes:
        temperature: below 1 the likely symbols become likelier still, above 1 all become more
            alike; at 0 the likeliest one is taken.
        top_k: how many symbols may be drawn, the likeliest; 0 for all of them.
        top_p: the probability that the symbols which may be drawn have to reach together.
        min_p: how likely a symbol has to be, as a share of the likeliest one's probability.
        seed: of the random numbers.
    """

    temperature: float = Field(1.0, ge=0)
    top_k: int = Field(0, ge=0)
    top_p: float = Field(1.0, gt=0, le=1)
    min_p: float = Field(0.0, ge=0, le=1)
    seed: int = Field(0, ge=0, lt=2**63)

    @property
    def least(self) -> int:
        """Return the least share of a symbol that may be drawn."""
        return math.ceil(self.min_p * 2.0**40)

    @property
    def scale(self) -> float:
        """Return the halvings of a share, in fixed point, where an output is less by one.

        It is 0 where nothing is drawn and the likeliest symbol is taken.
        """
        unit = 2**FRACTION / math.log(2)
        return min(unit / self.temperature, _STEEPEST) if self.temperature else 0.0


def choose(logits: Float32s, sampling: SamplingSettings, step: int) -> Symbols:
    """Draw a symbol for each lane.

    Args:
        logits: float32 [lanes, symbols], logarithms of the probabilities but for a constant.
        sampling: how.
        step: which symbol of the text it is; keys the random numbers together with the lane.

    Returns:
        int32 [lanes].

    Raises:
        InputError: a logit is infinite or not a number.

    >>> choose(np.array([[0.1, 0.7, 0.7]], np.float32), SamplingSettings(temperature=0), step=0)
    array([1], dtype=int32)
    """
    if not np.isfinite(logits).all():
        raise not_finite(step)
    if not sampling.scale:
        return np.asarray(logits.argmax(axis=1), np.int32)
    shares = shares_of(logits, sampling.scale)
    kept = _kept(logits, shares, sampling) & (shares >= sampling.least)
    sums = np.cumsum(np.where(kept, shares, 0), axis=1)
    uniform = Stream(sampling.seed, Purpose.SYMBOLS, step=step).uniform(len(logits))
    places = (uniform * sums[:, -1]).astype(np.int64)
    return np.asarray((sums <= places[:, None]).sum(axis=1), np.int32)


def shares_of(logits: Float32s, scale: float) -> Shares:
    """Return int64 [lanes, symbols], in proportion to the symbols' probabilities.

    Args:
        logits: float32 [lanes, symbols], finite.
        scale: as `SamplingSettings.scale` says.
    """
    values = logits.astype(np.float64)
    below = (values.max(axis=1, keepdims=True) - values) * scale
    halvings = np.minimum(below, float(FEWEST << FRACTION)).astype(np.int64)
    fraction = halvings & ((1 << FRACTION) - 1)
    power: Shares = np.full_like(halvings, POWERS[-1])
    for coefficient in POWERS[-2::-1]:
        power = coefficient + ((power * fraction) >> FRACTION)
    shares: Shares = (power << SHIFT) >> (halvings >> FRACTION)
    return shares


def _kept(logits: Float32s, shares: Shares, sampling: SamplingSettings) -> Flags:
    """Return bool [lanes, symbols], which symbols may be drawn."""
    order = np.argsort(-logits, axis=1, kind="stable")
    sums = np.cumsum(np.take_along_axis(shares, order, axis=1), axis=1)
    if sampling.top_k:
        order, sums = order[:, : sampling.top_k], sums[:, : sampling.top_k]
    enough = np.ceil(sampling.top_p * sums[:, -1:])
    kept = np.zeros(logits.shape, np.bool_)
    # A symbol is kept as long as those before it do not reach the probability.
    before = np.pad(sums[:, :-1], ((0, 0), (1, 0)))
    np.put_along_axis(kept, order, before < enough, axis=1)
    return kept


def not_finite(step: int) -> InputError:
    """Return the error of a network whose outputs have grown beyond all bounds."""
    return InputError(
        f"the network's outputs are no longer finite numbers at symbol {step} of the text; its "
        "state has grown without bounds, as that of a ReLU network can: train it anew with a lower "
        "rate, or with `tanh`."
    )
