"""What is chosen from a text where the user has not chosen: the network's size, windows, rate."""

from __future__ import annotations

from math import ceil, inf
from typing import TypedDict

import numpy as np

from recur.arrays import Indices, TextSymbols
from recur.errors import DataError

# Up to so many characters: units of the hidden state, layers, dropout, steps of a window, rate. A
# network smaller than the text could teach, for want of time, does not learn it by heart.
_SIZES: tuple[tuple[float, int, int, float, int, float], ...] = (
    (50_000, 128, 2, 0.5, 64, 0.005),
    (500_000, 256, 2, 0.5, 96, 0.004),
    (inf, 512, 2, 0.3, 128, 0.003),
)
_LITTLE = 0.1  # dropout of such a network at most
_WINDOWS, _MOST_STREAMS = 20, 64  # windows at least in a stream; streams at most
_FEWEST_STEPS = 8  # of the windows of a very short text
PASSES = 7
"""A network that a budget allows fewer of learns less than a smaller one."""
_CHARACTERS_A_SUBWORD, _MOST_SUBWORDS = 500, 2_000
_USUAL = 4.0  # minutes that sizes are chosen for where none are given
_SPEED = 60 * 75e9  # operations a minute and thread, about what large layers reach
_BLOCK = 1 << 20
_LONG = 100  # steps beyond which a vanilla RNN is warned of


class Suggestion(TypedDict):
    """Settings to learn a text with, by the names of the parameters of a writer."""

    embedding: int
    hidden: int
    layers: int
    dropout: float
    steps: int
    streams: int
    rate: float


def suggestions(characters: int, symbols: int, cell: str = "gru") -> list[Suggestion]:
    """Return settings for a text, the largest network that it can teach first, then smaller ones.

    Args:
        characters: of the training part.
        symbols: distinct ones.
        cell: `rnn`, `gru` or `lstm`; a vanilla RNN learns little from long windows.
    """
    fitting = next(i for i, size in enumerate(_SIZES) if characters < size[0])
    found = [_suggestion(characters, symbols, size, cell) for size in range(fitting, -1, -1)]
    for smaller in found[1:]:
        smaller["dropout"] = min(smaller["dropout"], _LITTLE)
    return found


def suggested(
    characters: int, symbols: int, cell: str = "gru", hidden: int | None = None
) -> Suggestion:
    """Suggest settings for a text where no time is given, the same on every machine.

    A size that is given and one of those that time can choose comes with all that belongs to it.

    Example:
        >>> suggested(1_003_854, 65)["hidden"]
        256
    """
    found = suggestions(characters, symbols, cell)
    own = [one for one in found if one["hidden"] == hidden]
    enough = [one for one in found if _passes(characters, symbols, one) >= PASSES]
    return [*own, *enough, found[-1]][0]


def _suggestion(characters: int, symbols: int, size: int, cell: str) -> Suggestion:
    _, hidden, layers, dropout, steps, rate = _SIZES[size]
    steps = max(_FEWEST_STEPS, min(steps, characters // _WINDOWS))
    if cell == "rnn":
        steps = min(steps, _LONG)
    return Suggestion(
        embedding=min(symbols, hidden // 2),
        hidden=hidden,
        layers=layers,
        dropout=dropout,
        steps=steps,
        streams=max(1, min(_MOST_STREAMS, characters // (_WINDOWS * steps))),
        rate=rate,
    )


def _passes(characters: int, symbols: int, suggestion: Suggestion) -> float:
    """Return about how many passes over a text a GRU makes in the usual time on two threads."""
    hidden = suggestion["hidden"]
    weights = 6 * hidden * hidden * suggestion["layers"] + symbols * hidden
    operations = 6 * weights * characters  # a product forwards, two backwards, two operations each
    return _USUAL * 2 * _SPEED / operations


def usual_subwords(characters: int, alphabet: int) -> int:
    """Return how many subwords are learnt from a text at most, its characters among them."""
    return alphabet + int(np.clip(characters // _CHARACTERS_A_SUBWORD, 1, _MOST_SUBWORDS))


def long_windows(cell: str, steps: int) -> str:
    """Return a warning of windows too long for a vanilla RNN; empty where there is none."""
    if cell != "rnn" or steps <= _LONG:
        return ""
    return (
        "A vanilla RNN hardly learns over more than about 50 steps; windows of "
        f"{steps} take longer and teach it little more: take 50 `steps`, or a GRU or an LSTM."
    )


def counted(symbols: TextSymbols, vocabulary: int) -> Indices:
    """Return int64 [vocabulary], how often each symbol occurs, without a copy of the text."""
    counts = np.zeros(vocabulary, np.int64)
    for first in range(0, len(symbols), _BLOCK):
        counts += np.bincount(symbols[first : first + _BLOCK], minlength=vocabulary)
    return counts


def least_characters(steps: int, streams: int, validation: float, test: float = 0.0) -> int:
    """Return how many characters a text needs for a window in each stream and each other part."""
    needs = [(1 - validation - test, streams * steps + 1)]
    needs += [(share, steps + 1) for share in (validation, test) if share]
    return max(ceil(need / share - 1e-6) for share, need in needs)


def refuse_short(
    characters: int, steps: int, streams: int, validation: float, test: float = 0.0
) -> None:
    """Refuse a text that is too short for some settings, with the numbers.

    Raises:
        DataError: it does not have `least_characters`.
    """
    least = least_characters(steps, streams, validation, test)
    if characters >= least:
        return
    held_out = f", with {validation + test:.0%} held out," if validation + test else ""
    raise DataError(
        f"The text has {characters:,} characters, but {streams} `streams` of {steps} `steps`"
        f"{held_out} need at least {least:,}; give more text, or take fewer streams or steps."
    )
