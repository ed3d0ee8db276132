"""Examples: texts, or series of numbers, each with the label of its class where that is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from recur.arrays import Float64s, Indices
from recur.errors import DataError
from recur.seeding import Purpose, Stream

Kind = Literal["texts", "series"]


@dataclass(frozen=True, eq=False)
class Examples:
    """Texts, or series of numbers, each with the label of its class where that is known.

    Attributes:
        items: texts, or float64 [time, channels].
        labels: of each; none where they are not known.
        groups: of each, what is kept together when examples are divided; none where each is alone.
        source: what messages call them.
        notes: what a reader should tell the user it did, a sentence each.
    """

    items: tuple[str, ...] | tuple[Float64s, ...]
    labels: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    source: str = "The examples"
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.items:
            raise DataError(f"{self.source}: there are no examples; at least two are needed.")
        for name, given in (("labels", self.labels), ("groups", self.groups)):
            if given and len(given) != len(self.items):
                raise DataError(
                    f"{self.source}: there are {len(self.items)} {self.kind} and {len(given)} "
                    f"{name}; each needs one."
                )
        if self.kind == "texts":
            self._check_texts()
        else:
            self._check_series()

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.items)

    @property
    def kind(self) -> Kind:
        """Say whether they are texts or series of numbers."""
        return "texts" if isinstance(self.items[0], str) else "series"

    @staticmethod
    def of(items: Any, labels: Any = None, groups: Any = None) -> Examples:
        """Return examples of what a program holds.

        Args:
            items: texts; or arrays [time] or [time, channels] of their own lengths, or one array
                [examples, time] or [examples, time, channels].
            labels: of each, text or numbers.
            groups: of each.
        """
        if isinstance(items, Examples):
            return items
        taken = list(items)
        if not all(isinstance(one, str) for one in taken):
            taken = [_series(one, i) for i, one in enumerate(taken)]
        return Examples(tuple(taken), _texts(labels), _texts(groups))

    def part(self, places: Indices) -> Examples:
        """Return those at some places."""
        return Examples(
            items=tuple(self.items[i] for i in places),
            labels=tuple(self.labels[i] for i in places) if self.labels else (),
            groups=tuple(self.groups[i] for i in places) if self.groups else (),
            source=self.source,
        )

    def _check_texts(self) -> None:
        for i, text in enumerate(self.items):
            assert isinstance(text, str)
            if not text.strip():
                raise DataError(
                    f"{self.source}: text {i + 1} is empty; leave it out, or write what it says."
                )

    def _check_series(self) -> None:
        channels = np.asarray(self.items[0]).shape[1]
        for i, item in enumerate(self.items):
            series = np.asarray(item)
            if series.shape[1] != channels:
                raise DataError(
                    f"{self.source}: series {i + 1} has {series.shape[1]} channels and the "
                    f"first one {channels}; all need the same."
                )
            if not np.isfinite(series).all():
                raise DataError(
                    f"{self.source}: series {i + 1} has a value that is missing or not finite; "
                    "fill it, or leave the series out."
                )


def _series(one: Any, number: int) -> Float64s:
    """Return float64 [time, channels]."""
    try:
        series = np.asarray(one, np.float64)
    except (TypeError, ValueError):
        raise DataError(
            f"example {number + 1} is a `{type(one).__name__}`; texts, or arrays of numbers [time] "
            "or [time, channels], are expected."
        ) from None
    if series.ndim == 1:
        series = series[:, None]
    if series.ndim != 2 or not series.size:
        raise DataError(
            f"example {number + 1} has the shape {np.shape(one)}; an array [time] or "
            "[time, channels] with at least one value is expected."
        )
    return series


def _texts(values: Any) -> tuple[str, ...]:
    return () if values is None else tuple(str(value) for value in values)


def classes_of(labels: Sequence[str], source: str) -> tuple[str, ...]:
    """Return the distinct labels in order, of which there have to be two with two examples each.

    Raises:
        DataError: there are no labels, one class alone, or a class with a single example.
    """
    if not labels:
        raise DataError(
            f"{source} has no labels, without which nothing can be learnt or judged; name their "
            "column with `label`."
        )
    counts = Counter(labels)
    if len(counts) < 2:
        raise DataError(
            f"{source}: all {len(labels)} examples have the label `{labels[0]}`; a classifier "
            "needs at least two classes."
        )
    alone = sorted(name for name, count in counts.items() if count == 1)
    if alone:
        raise DataError(
            f"{source}: the class `{alone[0]}` has a single example"
            f"{f', as {len(alone) - 1} more have' if len(alone) > 1 else ''}; give at least two "
            "of each, or join it to another class."
        )
    return tuple(sorted(counts))


def numbered(labels: Sequence[str], classes: Sequence[str]) -> Indices:
    """Return int64 [labels], the place of each among the classes."""
    places = {name: i for i, name in enumerate(classes)}
    return np.array([places[label] for label in labels], np.int64)


def split(
    labels: Sequence[str], groups: Sequence[str], share: float, seed: int, number: int
) -> tuple[Indices, Indices]:
    """Divide examples at random into two parts that hold the classes in like shares.

    Args:
        labels: of each.
        groups: those of a group stay together; none where each is alone.
        share: of the second part.
        seed: of the random numbers.
        number: of this division among those of the seed.

    Returns:
        int64, the places of the first part and of the second, each in order.
    """
    units = _units(labels, groups)
    draws = Stream(seed, Purpose.DATA, step=number).uniform(len(units))
    taken: list[int] = []
    for name in sorted(set(labels)):
        own = [i for i, (label, _) in enumerate(units) if label == name]
        own.sort(key=lambda i: draws[i])
        wanted = share * sum(len(units[i][1]) for i in own)
        # A class that has two units is in both parts, however small the share is.
        count, most = 0, len(own) - 1
        for i in own[:most]:
            if count >= max(1.0, wanted) - 0.5:
                break
            taken += units[i][1]
            count += len(units[i][1])
    second = np.array(sorted(taken), np.int64)
    return np.setdiff1d(np.arange(len(labels)), second), second


def _units(labels: Sequence[str], groups: Sequence[str]) -> list[tuple[str, list[int]]]:
    """Return what stays together, under its most frequent label."""
    if not groups:
        return [(label, [i]) for i, label in enumerate(labels)]
    members: dict[str, list[int]] = {}
    for i, group in enumerate(groups):
        members.setdefault(group, []).append(i)
    return [
        (Counter(labels[i] for i in places).most_common(1)[0][0], places)
        for places in members.values()
    ]
