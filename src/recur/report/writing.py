"""Tables and words about networks that write: one beside counting, several beside each other."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from rich.table import Table
from rich.text import Text

from recur.judge.words import percent
from recur.judge.write.judgement import ReadingJudgement
from recur.report.table import add_columns, empty_table, lowest, starred
from recur.report.wording import MISSING
from recur.training.history import History

_LAID_OUT = "\n\r\t\u200c\u200d\u200e\u200f\u00ad"  # not printable, and belong to a text
_BASELINES = {"uniform": "all equally likely", "unigram": "by frequency alone"}


@dataclass(frozen=True)
class CellSummary:
    """What a table says of one of several networks that were trained on the same text.

    Attributes:
        cell: `rnn`, `gru` or `lstm`.
        nats: its loss, of a symbol; on the validation part where there is one.
        parameters: how many it has.
        seconds: that its training took.
        to_same_loss: seconds until it was first at the loss that all of them reached.
        pace: symbols a second that it writes, one text alone.
        history: every epoch.
        rescues: how often its loss had stopped being finite.
    """

    cell: str
    nats: float
    parameters: int
    seconds: float
    to_same_loss: float | None
    pace: float
    history: History
    rescues: int

    @property
    def norm(self) -> float:
        """Return the mean norm of its gradient before clipping."""
        return float(np.mean([epoch.norm for epoch in self.history]))

    @property
    def rises(self) -> int:
        """Return in how many epochs the training loss was above that of the epoch before."""
        losses = [epoch.training for epoch in self.history]
        return sum(after > before for before, after in pairwise(losses))

    @property
    def instability(self) -> float:
        """Return the share of its epochs, but the first, in which the training loss rose."""
        return self.rises / max(1, len(self.history) - 1)


def bits(nats: float) -> float:
    """Return a loss in bits.

    >>> bits(math.log(2))
    1.0
    """
    return nats / math.log(2)


def losses_table(
    nats: float,
    baselines: Mapping[str, float],
    order: int,
    unit: str = "character",
    alone: float | None = None,
) -> Table:
    """Return the loss of a network beside those of counting.

    Args:
        nats: the network's, of a symbol.
        baselines: those of `ngram`, `unigram` and `uniform`.
        order: that of the n-gram.
        unit: what a symbol is.
        alone: that of the network without the counts that it is mixed with.
    """
    table = empty_table()
    table.add_column("", no_wrap=True)
    add_columns(table, f"nats a {unit}", f"bits a {unit}")
    own = [("network", nats)]
    if alone is not None:
        own = [("network mixed with counting", nats), ("network alone", alone)]
    for i, (name, value) in enumerate(own):
        own_label = Text(name, style="" if i else "bold")
        last = i == len(own) - 1
        table.add_row(own_label, f"{value:.4f}", f"{bits(value):.4f}", end_section=last)
    for name, value in sorted(baselines.items(), key=lambda pair: pair[1]):
        label = f"{name}, {_BASELINES[name]}" if name in _BASELINES else ngram_label(order)
        table.add_row(label, f"{value:.4f}", f"{bits(value):.4f}")
    return table


def reading_table(judgement: ReadingJudgement) -> Table:
    """Return what a symbol of a text cost a writer, and what it is made of."""
    mixed = judgement.counting is not None
    rows = {
        "network mixed with counting" if mixed else "network": judgement.nats,
        "network alone": judgement.network if mixed else None,
        "its counts alone": judgement.counting,
        "uniform, all equally likely": judgement.uniform,
        "learning on as it reads": judgement.adapted,
    }
    known = [(name, nats) for name, nats in rows.items() if nats is not None]
    table = empty_table()
    table.add_column("", no_wrap=True)
    add_columns(table, f"nats a {judgement.unit}", f"bits a {judgement.unit}")
    for i, (name, nats) in enumerate(known):
        apart = name.startswith("uniform") and i < len(known) - 1
        table.add_row(
            Text(name, style="" if i else "bold"), f"{nats:.4f}", f"{bits(nats):.4f}",
            end_section=apart,
        )  # fmt: skip
    return table


def ngram_label(order: int) -> str:
    """Return what the n-gram is called beside a loss."""
    return f"best n-gram (order {order})"


def losses_line(baselines: Mapping[str, float], order: int) -> str:
    """Return the losses of counting in one line.

    >>> losses_line({"ngram": 1.5165, "uniform": 4.1744}, 7)
    'best n-gram (order 7) 1.5165 nats, uniform 4.1744'
    """
    labels = {"ngram": ngram_label(order)}
    (first, nats), *others = sorted(baselines.items(), key=lambda pair: pair[1])
    parts = [f"{labels.get(first, first)} {nats:.4f} nats"]
    return ", ".join([*parts, *(f"{labels.get(x, x)} {value:.4f}" for x, value in others)])


def cells_table(cell_summaries: Sequence[CellSummary], unit: str = "character") -> Table:
    """Return what each network has reached, and what it cost; the lowest loss is starred."""
    table = empty_table()
    table.add_column("", no_wrap=True)
    headers = ("nats", "bits", "para-\nmeters", "seconds", "seconds to\nsame loss")
    add_columns(table, *headers, f"{unit}s\na second")
    losses = [f"{summary.nats:.4f}" for summary in cell_summaries]
    for summary, loss, best in zip(cell_summaries, losses, lowest(losses), strict=True):
        table.add_row(
            Text(summary.cell, style="bold" if best else ""),
            starred(loss, best),
            f"{bits(summary.nats):.4f}",
            f"{summary.parameters:,}",
            f"{summary.seconds:.1f}",
            MISSING if summary.to_same_loss is None else f"{summary.to_same_loss:.1f}",
            f"{summary.pace:,.0f}",
        )
    return table


def differences(cell_summaries: Sequence[CellSummary]) -> list[str]:
    """Return sentences on how the trainings differed: gradients, instability, rescues."""
    trained = [summary for summary in cell_summaries if summary.history]
    if not trained:
        return []
    norms = ", ".join(f"{summary.cell} {summary.norm:.2g}" for summary in trained)
    ordered = sorted(trained, key=lambda summary: summary.norm)
    low, high = ordered[0], ordered[-1]
    sentences = [f"Mean norm of the gradient before clipping: {norms}{_times(high, low)}."]
    if any(summary.rises for summary in trained):
        shares = ", ".join(
            f"{summary.cell} {percent(summary.instability)} "
            f"({summary.rises} of {max(1, len(summary.history) - 1)})"
            for summary in trained
        )
        sentences.append(f"Epochs in which the training loss rose: {shares}.")
    else:
        sentences.append("The training loss rose in no epoch of any of them.")
    rescued = [summary for summary in trained if summary.rescues]
    if rescued:
        rescues = ", ".join(f"{summary.cell} {summary.rescues}" for summary in rescued)
        sentences.append(
            f"Rescues, each with half the rate, after a loss that was not finite: {rescues}."
        )
    else:
        sentences.append("The loss stayed finite in all of them.")
    return sentences


def legible(text: str) -> str:
    r"""Return text that cannot control a terminal; its lines are kept.

    >>> legible("a\x1b[2Jb\r\n\tc")
    'a?[2Jb\r\n\tc'
    """
    kept = (c.isprintable() or c in _LAID_OUT or unicodedata.category(c) == "Zs" for c in text)
    return "".join(c if keep else "?" for c, keep in zip(text, kept, strict=True))


def _times(high: CellSummary, low: CellSummary) -> str:
    """Return how many times as large one norm is as another, where that is worth a word."""
    if high.cell == low.cell or low.norm <= 0 or high.norm < 1.1 * low.norm:
        return ""
    return f"; {high.cell}'s is {high.norm / low.norm:.2g} times {low.cell}'s"
