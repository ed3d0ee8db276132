"""What a fitted writer writes: a prompt, gone on with symbol by symbol."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recur.arrays import Symbols
from recur.engines.registry import open_engine
from recur.engines.sampling import SamplingSettings
from recur.errors import SettingsError
from recur.networks.reference import State, zero_state
from recur.seeding import Purpose, Stream
from recur.tasks.write.fitted import FittedWriter
from recur.tasks.write.mixing import ORDER

_PIECE = 32  # symbols that a stream gives at once
_REMEMBERED = ORDER + 1  # symbols that counts look at
_PRIMING = 2**32 - 1  # the step that keys the random first symbols


def written(
    fitted: FittedWriter,
    prime: str | None,
    length: int | None,
    count: int,
    drawing: SamplingSettings,
) -> Iterator[tuple[str, ...]]:
    """Yield pieces of `count` texts as they are written; the first piece is the prime.

    Args:
        fitted: a trained writer.
        prime: what each begins with; without it, a random symbol of the text.
        length: symbols to be written; None for no end.
        count: how many texts, written side by side.
        drawing: how symbols are drawn.
    """
    if count < 1 or (length is not None and length < 0):
        name, value = ("count", count) if count < 1 else ("length", length)
        raise SettingsError(
            f"`{name}` is {value}; it must be {1 if name == 'count' else 0} or more."
        )
    return _pieces(fitted, _primed(fitted, prime, count, drawing.seed), length, drawing)


def until(stop: str, pieces: Iterator[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Yield pieces of texts that each end before a certain text, where it comes behind the prime.

    What may be its beginning is kept back until it is clear what it is.
    """
    prime = next(pieces)
    yield prime
    held, ended = [""] * len(prime), [False] * len(prime)
    for piece in pieces:
        out = []
        for i, new in enumerate(piece):
            text, found, _ = ("" if ended[i] else held[i] + new).partition(stop)
            ended[i] |= bool(found)
            sure = len(text) if ended[i] else len(text) - _begun(text, stop)
            out.append(text[:sure])
            held[i] = text[sure:]
        yield tuple(out)
        if all(ended):
            return
    yield tuple(held)


def _primed(fitted: FittedWriter, prime: str | None, count: int, seed: int) -> Symbols:
    """Return int32 [time, count], what each text begins with."""
    if prime:
        if fitted.vocabulary.unit == "subwords":
            prime = prime.removesuffix(" ")  # the subword that comes next begins with it
        symbols = fitted.vocabulary.encode(prime, "The prompt")
        if len(symbols):
            return np.repeat(np.asarray(symbols, np.int32)[:, None], count, axis=1)
    drawn = Stream(seed, Purpose.SYMBOLS, step=_PRIMING).uniform(count)
    sums = np.cumsum(fitted.counts)
    places = np.searchsorted(sums, drawn * fitted.counts.sum(), side="right")
    return np.asarray(places[None], np.int32)


def _begun(text: str, stop: str) -> int:
    """Return how many characters at the end of a text are the beginning of another.

    >>> _begun("one tw", "two"), _begun("one", "two")
    (2, 0)
    """
    most = min(len(text), len(stop) - 1)
    return next((n for n in range(most, 0, -1) if text.endswith(stop[:n])), 0)


def _pieces(
    fitted: FittedWriter, begun: Symbols, length: int | None, drawing: SamplingSettings
) -> Iterator[tuple[str, ...]]:
    count, network = begun.shape[1], fitted.learned.network
    engine = open_engine(fitted.learned.engine, fitted.settings.threads)
    writer = engine.writer(network, fitted.weights, fitted.mixture)
    state: State = zero_state(network, count)
    decoders = [fitted.vocabulary.decoder() for _ in range(count)]
    yield tuple(decode(begun[:, i], length == 0) for i, decode in enumerate(decoders))
    if len(begun) > 1:
        _, state = writer.read(begun, state)
    newest, done = begun[-1], 0
    while length is None or done < length:
        size = _PIECE if length is None else min(_PIECE, length - done)
        symbols, state = writer.write(newest, state, size, drawing, done, begun[:-1])
        begun = np.concatenate([begun, symbols])[-_REMEMBERED:]
        newest, done = symbols[-1], done + size
        yield tuple(decode(symbols[:, i], done == length) for i, decode in enumerate(decoders))
