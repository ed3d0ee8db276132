"""Recordings of signals: checked on the way in, held out by their end, cut into sequences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Float64s, Indices
from recur.data.sources.sequences import Sequences
from recur.data.tables.stack import LARGEST
from recur.errors import DataError

RecordingArrays = tuple[Float64s, ...]
"""Recordings, each [time, channels]."""

_FORMS = "[time], [time, 1], [sequences, time], [sequences, time, channels] or a list of recordings"
_FEW_STEPS, _MANY = 10, 10  # recordings of fewer steps, and so many times more of them than steps


@dataclass(frozen=True)
class Recordings:
    """Recordings, and the form in which they came.

    Attributes:
        parts: of each float64 [time, channels].
        form: `single` of one recording, `block` of an array of several, or `list`.
        flat: whether each came as [time].
    """

    parts: RecordingArrays
    form: Literal["single", "block", "list"]
    flat: bool

    @staticmethod
    def of(data: Any, what: str) -> Recordings:
        """Return the recordings that arrays or lists hold, checked.

        Args:
            data: [time], [time, 1], [sequences, time], [sequences, time, channels], or a list of
                arrays [time] or [time, channels] of their own lengths.
            what: what messages call them.
        """
        if isinstance(data, list | tuple) and len(data) and _is_array(data[0]):
            arrays = [_numbers(x, f"recording {i} of the {what}") for i, x in enumerate(data)]
            parts = tuple(x[:, None] if x.ndim == 1 else x for x in arrays)
            recordings = Recordings(parts, "list", arrays[0].ndim == 1)
        else:
            values = _numbers(data, f"the {what}")
            if values.ndim == 1:
                recordings = Recordings((values[:, None],), "single", True)
            elif values.shape[1:] == (1,):
                recordings = Recordings((values,), "single", False)
            else:
                block = values[:, :, None] if values.ndim == 2 else values
                recordings = Recordings(tuple(block), "block", values.ndim == 2)
        recordings._check(what)
        return recordings

    @property
    def doubt(self) -> str | None:
        """Return a sentence where a block looks like one recording of several channels."""
        count, steps = len(self.parts), len(self.parts[0])
        if self.form != "block" or not self.flat or steps >= _FEW_STEPS or count < _MANY * steps:
            return None
        return (
            f"an array of the shape ({count}, {steps}) is {count:,} recordings of {steps} steps; "
            f"for one recording of {steps} channels give it in a list, `[x]`."
        )

    @property
    def channels(self) -> int:
        """Return the values at each step."""
        return int(self.parts[0].shape[1])

    def like(self, parts: Sequence[Float64s]) -> Any:
        """Return recordings of the same shapes in the form in which these came."""
        each = [part[:, 0] for part in parts] if self.flat else list(parts)
        if self.form == "list":
            return each
        return each[0] if self.form == "single" else np.stack(each)

    def _check(self, what: str) -> None:
        if not self.parts:
            raise DataError(f"the {what} hold no recording; expected {_FORMS}.")
        for i, part in enumerate(self.parts):
            if part.ndim != 2 or part.shape[1] != self.channels or part.size == 0:
                raise DataError(
                    f"recording {i} of the {what} has the shape {part.shape}; expected [time, "
                    f"channels] with at least 1 step and as many channels as the others."
                )
            if not np.isfinite(part).all():
                step = int(np.argmin(np.isfinite(part).all(axis=1)))
                raise DataError(
                    f"recording {i} of the {what} has a missing or infinite value at step {step}; "
                    "fill or cut such steps first."
                )
            if np.abs(part).max() > LARGEST:
                raise DataError(
                    f"recording {i} of the {what} has the value "
                    f"{part.flat[np.abs(part).argmax()]:g}, which is too large to compute with; "
                    f"express the values in a larger unit, below {LARGEST:g}."
                )


@dataclass(frozen=True)
class Pairs:
    """Noisy recordings and the clean ones that belong to them.

    Attributes:
        noisy: of each recording float64 [time, channels].
        clean: of the same shapes.
    """

    noisy: RecordingArrays
    clean: RecordingArrays

    def __post_init__(self) -> None:
        """Refuse recordings that do not belong together."""
        if len(self.noisy) != len(self.clean):
            raise DataError(
                f"there are {len(self.noisy)} noisy recordings and {len(self.clean)} clean ones; "
                "each noisy one needs its clean one."
            )
        for i, (noisy, clean) in enumerate(zip(self.noisy, self.clean, strict=True)):
            for name, axis in (("steps", 0), ("channels", 1)):
                if noisy.shape[axis] != clean.shape[axis]:
                    raise DataError(
                        f"the noisy recording {i} has {noisy.shape[axis]} {name} and its clean one "
                        f"{clean.shape[axis]}; they must be of one length and shape."
                    )

    def __len__(self) -> int:
        """Return the number of recordings."""
        return len(self.noisy)

    @property
    def steps(self) -> int:
        """Return the time steps of all recordings."""
        return sum(map(len, self.noisy))

    @property
    def amount(self) -> int:
        """Return what is held out by: the recordings, or the steps of a single one."""
        return len(self) if len(self) > 1 else self.steps

    def check_differ(self) -> None:
        """Refuse pairs in which nothing is there to be cleaned."""
        if all(np.array_equal(a, b) for a, b in zip(self.noisy, self.clean, strict=True)):
            raise DataError(
                "the clean recordings equal the noisy ones, so there is nothing to be learnt; give "
                "the recordings before and after cleaning, or clean ones and a `noise`."
            )

    def joined(self, others: Pairs) -> Pairs:
        """Return these and others."""
        return Pairs(self.noisy + others.noisy, self.clean + others.clean)

    def parted(self, held: int) -> tuple[Pairs, Pairs]:
        """Return all but the last `held` recordings, or steps of a single one, and those."""
        cut = self.amount - held
        if len(self) > 1:
            return (
                Pairs(self.noisy[:cut], self.clean[:cut]),
                Pairs(self.noisy[cut:], self.clean[cut:]),
            )
        (noisy,), (clean,) = self.noisy, self.clean
        if not held:
            return self, Pairs((), ())
        return Pairs((noisy[:cut],), (clean[:cut],)), Pairs((noisy[cut:],), (clean[cut:],))


@dataclass(frozen=True)
class Scale:
    """How the values of each channel become a network's: (value - centre) / spread.

    Attributes:
        centre: float64 [channels].
        spread: float64 [channels], above 0.
    """

    centre: Float64s
    spread: Float64s

    @staticmethod
    def fit(parts: RecordingArrays, *, bounded: bool = False) -> Scale:
        """Fit to training values: by mean and deviation, or so that all lie between -1 and 1."""
        values = np.concatenate(parts)
        if bounded:
            low, high = values.min(axis=0), values.max(axis=0)
            centre, spread = (low + high) / 2, (high - low) / 2
        else:  # of a channel that never changes the spread is exactly 0
            centre, spread = values.mean(axis=0), (values - values[0]).std(axis=0)
        return Scale(centre, np.where(spread > 0, spread, 1.0))

    def scaled(self, values: Float64s) -> Float64s:
        """Return values [..., channels] as a network takes them."""
        return (values - self.centre) / self.spread

    def restored(self, values: NDArray[np.floating]) -> Float64s:
        """Return a network's values [..., channels] in the unit of the recordings."""
        return np.asarray(self.centre + self.spread * values, np.float64)


def stretches(lengths: Sequence[int], steps: int) -> tuple[Indices, Indices]:
    """Return where stretches of recordings that lie one after the other start, and their lengths.

    >>> stretches([5, 2], steps=3)
    (array([0, 3, 5]), array([3, 2, 2]))
    """
    ends = np.cumsum(lengths)
    starts = [np.arange(end - n, end, steps) for n, end in zip(lengths, ends, strict=True)]
    inside = [np.minimum(steps, end - first) for first, end in zip(starts, ends, strict=True)]
    return np.concatenate(starts).astype(np.int64), np.concatenate(inside).astype(np.int64)


def overlapping(lengths: Sequence[int], steps: int) -> tuple[Indices, Indices]:
    """Return the same of stretches that begin every quarter of a stretch, none of them cut short.

    >>> overlapping([9, 2], steps=4)
    (array([0, 1, 2, 3, 4, 5, 9]), array([4, 4, 4, 4, 4, 4, 2]))
    """
    ends = np.cumsum(lengths)
    every = -(-steps // 4)
    starts = [
        np.append(np.arange(end - n, end - steps, every), max(end - n, end - steps))
        for n, end in zip(lengths, ends, strict=True)
    ]
    inside = [np.minimum(steps, end - first) for first, end in zip(starts, ends, strict=True)]
    return np.concatenate(starts).astype(np.int64), np.concatenate(inside).astype(np.int64)


def sequences(
    pairs: Pairs, steps: int, noisy: Scale, clean: Scale, *, carried: bool = False
) -> Sequences:
    """Return recordings as stretches of `steps`, of which shorter ones are masked.

    Where the state is carried they lie end to end. Else they overlap: each starts from no state,
    and its ends know less than its middle.

    Args:
        pairs: as they were read.
        steps: in a stretch.
        noisy: the scale of the inputs.
        clean: that of the targets.
        carried: whether the hidden state goes from one stretch to the next.
    """
    lengths = [len(part) for part in pairs.noisy]
    steps = min(steps, max(lengths))
    starts, real = (stretches if carried else overlapping)(lengths, steps)
    return Sequences(
        inputs=noisy.scaled(np.concatenate(pairs.noisy)).astype(np.float32),
        targets=clean.scaled(np.concatenate(pairs.clean)).astype(np.float32),
        starts=starts,
        steps=steps,
        lengths=None if (real == steps).all() else real,
        carried=carried,
    )


def by_length(parts: Sequence[Float64s], most: int) -> Iterator[tuple[Indices, Float64s]]:
    """Yield recordings of one length together, of about `most` time steps in all at a time.

    Returns:
        Pairs of int64 [recordings], their numbers, and float64 [time, recordings, channels].
    """
    lengths = np.array([len(part) for part in parts])
    for length in np.unique(lengths):
        same, count = np.flatnonzero(lengths == length), max(1, most // int(length))
        for first in range(0, len(same), count):
            block = same[first : first + count]
            yield block, np.stack([parts[i] for i in block], axis=1)


def each_by_length(
    parts: Sequence[Float64s], change: Callable[[Float64s], Float64s], most: int
) -> RecordingArrays:
    """Return what a change makes of recordings, of one length together; see `by_length`."""
    changed: list[Float64s] = [np.empty(0)] * len(parts)
    for block, values in by_length(parts, most):
        results = change(values)
        for place, i in enumerate(block):
            changed[i] = results[:, place]
    return tuple(changed)


def _is_array(data: Any) -> bool:
    """Say whether something holds values, rather than being one."""
    return np.iterable(data) and not isinstance(data, str)


def _numbers(data: Any, what: str) -> Float64s:
    """Return an array of 1 to 3 dimensions; a message names `what` it should have been."""
    try:
        if isinstance(data, np.ma.MaskedArray):  # what is masked is missing, whatever lies there
            data = np.ma.filled(data.astype(np.float64), np.nan)
        values = np.asarray(data, np.float64)
    except (TypeError, ValueError):
        raise DataError(f"{what} cannot be read as numbers; expected {_FORMS}.") from None
    if not 1 <= values.ndim <= 3:
        raise DataError(f"{what} has the shape {values.shape}; expected {_FORMS}.")
    return values
