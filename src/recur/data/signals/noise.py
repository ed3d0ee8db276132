"""Models of noise, with which clean signals are made into noisy ones to learn from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from recur.arrays import Float64s
from recur.errors import SettingsError, nearest
from recur.seeding import Purpose, Stream

_MOST = 16  # parts of one noise


@dataclass(frozen=True)
class Noise:
    """Sorts of noise, added one after the other.

    Attributes:
        parts: of each its name and its numbers.
    """

    parts: tuple[tuple[str, tuple[float, ...]], ...]

    @staticmethod
    def parse(text: str) -> Noise:
        """Return the noise that a text describes, several sorts joined by `+`.

        `uniform:A`, between -A and A; `gaussian:S`, of standard deviation S;
        `impulses:SHARE:SIZE`, SIZE up or down at a share of the values; `dropouts:SHARE:LENGTH`,
        beginning at a share of the steps, so many zeros; `drift:S`, a walk with steps of standard
        deviation S. All but shares and lengths are in the signal's own unit.

        >>> Noise.parse("uniform:0.35+impulses:0.05:1").parts
        (('uniform', (0.35,)), ('impulses', (0.05, 1.0)))
        """
        parts = tuple(_part(part) for part in text.split("+"))
        if len(parts) > _MOST:
            raise SettingsError(f"`noise` has {len(parts)} parts; it can have up to {_MOST}.")
        return Noise(parts)

    def on(self, clean: Float64s, seed: int, recording: int = 0, copy: int = 0) -> Float64s:
        """Return a noisy copy of a recording.

        Args:
            clean: float64 [time, channels].
            seed: of the random numbers.
            recording: its number, which keys them too.
            copy: which of its copies.
        """
        noisy = clean
        for i, (name, numbers) in enumerate(self.parts):
            stream = Stream(seed, Purpose.NOISE, attempt=copy * _MOST + i, step=recording)
            noisy = _SORTS[name].add(noisy, stream, *numbers)
        return noisy


@dataclass(frozen=True)
class _Sort:
    add: Callable[..., Float64s]
    numbers: tuple[str, ...]


def _uniform(x: Float64s, stream: Stream, size: float) -> Float64s:
    return x + size * (2 * stream.uniform(x.size).reshape(x.shape) - 1)


def _gaussian(x: Float64s, stream: Stream, deviation: float) -> Float64s:
    return x + deviation * stream.normal(x.size).reshape(x.shape)


def _impulses(x: Float64s, stream: Stream, share: float, size: float) -> Float64s:
    hit, sign = stream.uniform(2 * x.size).reshape(2, *x.shape)
    return x + np.where(hit < share, np.where(sign < 0.5, -size, size), 0.0)


def _dropouts(x: Float64s, stream: Stream, share: float, length: float) -> Float64s:
    begun = np.cumsum(stream.uniform(len(x)) < share)
    before = np.concatenate([np.zeros(min(int(length), len(x)), begun.dtype), begun])[: len(x)]
    return np.where((begun > before)[:, None], 0.0, x)


def _drift(x: Float64s, stream: Stream, deviation: float) -> Float64s:
    return x + np.cumsum(deviation * stream.normal(x.size).reshape(x.shape), axis=0)


_SORTS = {
    "dropouts": _Sort(_dropouts, ("share", "length")),
    "drift": _Sort(_drift, ("size",)),
    "gaussian": _Sort(_gaussian, ("size",)),
    "impulses": _Sort(_impulses, ("share", "size")),
    "uniform": _Sort(_uniform, ("size",)),
}


def _part(text: str) -> tuple[str, tuple[float, ...]]:
    name, *given = (piece.strip() for piece in text.split(":"))
    if name not in _SORTS:
        raise SettingsError(f"`noise` names {name!r}; {nearest(name, _SORTS)}.")
    wanted = _SORTS[name].numbers
    form = ":".join([name, *(noun.upper() for noun in wanted)])
    try:
        numbers = tuple(map(float, given))
    except ValueError:
        numbers = ()
    if len(numbers) != len(wanted):
        raise SettingsError(f"`noise` has the part {text!r}; expected `{form}`, with numbers.")
    for noun, number in zip(wanted, numbers, strict=True):
        allowed = {
            "share": 0 < number <= 1,
            "length": 1 <= number <= 10**9 and number % 1 == 0,
            "size": 0 < number < np.inf,
        }
        if not allowed[noun]:
            bounds = {"share": "above 0 and up to 1", "length": "a whole number from 1 on"}
            raise SettingsError(
                f"`noise` has the part {text!r}, whose {noun} must be "
                f"{bounds.get(noun, 'above 0')}."
            )
    return name, numbers
