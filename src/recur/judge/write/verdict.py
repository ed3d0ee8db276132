"""The verdict on a network that writes: whether it has learnt more than counting."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from recur.errors import DataError
from recur.judge.comparison import FEWEST_INDEPENDENT, LEVEL, compare, degrees_of_freedom
from recur.judge.words import percent

MOST_BLOCKS = 200
"""Blocks that a text is cut into at most."""

SHORTEST_BLOCK = 100
"""Characters in a block at least: far longer than most of what links one loss to the next."""

_NGRAM = "ngram"

_Claim = Literal["more", "no more", "too_little"]

_CLAIMS: dict[str, _Claim] = {
    "better": "more",
    "none": "no more",
    "worse": "no more",
    "too_little": "too_little",
}


@dataclass(frozen=True)
class Alone:
    """A network without the counts that it is mixed with, beside the mixture.

    Attributes:
        nats: its mean loss.
        claim: "more" where the mixture is better, "no more" where there is no evidence of it.
        difference: `nats` - that of the mixture.
        low: the lower end of the interval for the difference; None if unbounded.
        high: the upper end.
    """

    nats: float
    claim: _Claim
    difference: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class WritingVerdict:
    """What the losses along a text say of a network, against those of the best n-gram.

    Attributes:
        claim: "more" where the network has learnt more than counting, "no more" where no such
            evidence was found, "too_little" where there is too little text to say.
        worse: whether it has learnt less than counting.
        nats: the mean loss of the network, a character.
        ngram: that of the n-gram.
        order: that of the n-gram.
        difference: `ngram` - `nats`, what the network saves.
        low: the lower end of the interval for the difference, above 0 exactly when "more" is
            claimed. None if unbounded or not to be had.
        high: the upper end.
        p_value: of the claim; None with too little text.
        level: of the interval.
        characters: how many losses there are.
        blocks: into how many blocks they are cut, each block being one observation.
        unit: what each loss is of, `character` or `byte`.
        alone: of the network without the counts that it is mixed with; None where it is not mixed.
    """

    claim: _Claim
    worse: bool
    nats: float
    ngram: float
    order: int
    difference: float
    low: float | None
    high: float | None
    p_value: float | None
    level: float
    characters: int
    blocks: int
    unit: str = "character"
    alone: Alone | None = None

    @property
    def sentence(self) -> str:
        """Return the verdict in plain words."""
        if self.claim == "too_little":
            return (
                f"Too little text to say whether the network has learnt more than counting: "
                f"{self.characters} held-out {self.unit}s, and at least "
                f"{FEWEST_INDEPENDENT * SHORTEST_BLOCK} are needed."
            )
        network, ngram = _apart(self.nats, self.ngram)
        place = "below" if self.nats < self.ngram else "above" if self.nats > self.ngram else "at"
        who, they = "The network", "it has"
        if self.alone is not None:
            who, they = "The network mixed with counting", "together they have"
        finding = f"no evidence that {they} learnt more than counting"
        if self.claim == "more":
            finding = f"{they} learnt more than counting"
        elif self.worse:
            finding = f"{they} learnt less than counting"
        return (
            f"{who} writes at {network} nats a {self.unit}, {place} the {ngram} of the best "
            f"n-gram (order {self.order}): {finding}"
            f"{_interval(self.difference, self.low, self.high, self.level)}.{self._beside()}"
        )

    def _beside(self) -> str:
        """Return what the network is alone, "" where it is not mixed."""
        alone = self.alone
        if alone is None:
            return ""
        helps = "mixing helps" if alone.claim == "more" else "no evidence that mixing helps"
        _, nats = _apart(self.nats, alone.nats)
        return (
            f" The network alone is at {nats}: {helps}"
            f"{_interval(alone.difference, alone.low, alone.high, self.level)}."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the fields and the sentence as plain JSON values, None for what is not known."""
        return {**asdict(self), "sentence": self.sentence}


def judge_writing(
    losses: NDArray[np.float64],
    ngram_losses: NDArray[np.float64],
    order: int,
    unit: str = "character",
    alone: NDArray[np.float64] | None = None,
) -> WritingVerdict:
    """Judge the losses of a network along a held-out text against those of an n-gram.

    Losses of neighbouring characters go together, so the text is cut into blocks, one after the
    other, and the sums of the blocks are compared; the test allows for blocks that still go
    together. The interval is that of the test for the share of the n-gram's loss that is saved,
    told in nats. Both are about text like the held-out part: where another play or another author
    begins, a small difference may turn round.

    Args:
        losses: float64 [n], the network's nats of each character, mixed with counts where it is.
        ngram_losses: float64 [n], the n-gram's, of the same characters.
        order: that of the n-gram.
        unit: what each loss is of.
        alone: float64 [n], the network's without the counts.
    """
    if len(losses) != len(ngram_losses) or len(losses) == 0:
        raise DataError(
            f"The losses of the network and of the n-gram must be of the same characters, 1 or "
            f"more; there are {len(losses)} and {len(ngram_losses)}."
        )
    blocks = min(MOST_BLOCKS, max(1, len(losses) // SHORTEST_BLOCK))
    degrees = degrees_of_freedom(times=blocks, independent_origins=blocks)
    found = compare(_NGRAM, _block_sums(ngram_losses, blocks), _block_sums(losses, blocks), degrees)
    nats, ngram = float(losses.mean()), float(ngram_losses.mean())
    return WritingVerdict(
        claim=_CLAIMS[found.finding],
        worse=found.finding == "worse",
        nats=nats,
        ngram=ngram,
        order=order,
        difference=ngram - nats,
        low=None if found.low is None else found.low * ngram,
        high=None if found.high is None else found.high * ngram,
        p_value=found.p_value,
        level=LEVEL,
        characters=len(losses),
        blocks=blocks,
        unit=unit,
        alone=None if alone is None else _alone(alone, losses, blocks),
    )


def _alone(alone: NDArray[np.float64], mixed: NDArray[np.float64], blocks: int) -> Alone:
    """Return what mixing adds to a network alone, by the same test."""
    degrees = degrees_of_freedom(times=blocks, independent_origins=blocks)
    found = compare("alone", _block_sums(alone, blocks), _block_sums(mixed, blocks), degrees)
    nats = float(alone.mean())
    return Alone(
        nats=nats,
        claim=_CLAIMS[found.finding],
        difference=nats - float(mixed.mean()),
        low=None if found.low is None else found.low * nats,
        high=None if found.high is None else found.high * nats,
    )


def _interval(difference: float, low: float | None, high: float | None, level: float) -> str:
    """Return a difference and its interval in words, "" where there is none."""
    if low is None or high is None:
        return ""
    shown, *ends = map(_short, (difference, low, high))
    return f" (difference {shown} nats, {percent(level)} interval {' to '.join(ends)})"


def _block_sums(losses: NDArray[np.float64], blocks: int) -> NDArray[np.float64]:
    """Return float64 [blocks]; their lengths differ by one character at most."""
    return np.add.reduceat(losses, np.arange(blocks) * len(losses) // blocks)


def _short(nats: float) -> str:
    """Return a small number by two digits that count, so that none but 0 is shown as 0.

    >>> _short(0.0362), _short(-0.0000213), _short(0.0)
    ('0.036', '-0.000021', '0')
    """
    return np.format_float_positional(nats, precision=2, fractional=False, trim="-")


def _apart(first: float, second: float) -> tuple[str, str]:
    """Return two numbers with the decimals that tell them apart, 2 to 4.

    >>> _apart(1.48, 1.5165), _apart(1.5151, 1.5168)
    (('1.48', '1.52'), ('1.515', '1.517'))
    """
    for decimals in (2, 3):
        shown = f"{first:.{decimals}f}", f"{second:.{decimals}f}"
        if shown[0] != shown[1]:
            return shown
    return f"{first:.4f}", f"{second:.4f}"
