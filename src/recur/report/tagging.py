"""Tables of a tagger: what each method finds, and what is found of each type."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from recur.errors import visible
from recur.judge.superiority import NETWORK
from recur.judge.tag.judgement import MIXTURE, TagJudgement
from recur.report.table import add_columns, empty_table

MOST_KINDS = 20
"""Tags beyond which the table of them shows the commonest in a terminal."""

_LABELS = {
    MIXTURE: "mixed, as predicted",
    "most_frequent": "one tag everywhere",
    "usual_tag": "usual tag of each word",
    "perceptron": "averaged perceptron",
}

KIND_COLUMNS = ("F1", "precision", "recall", "there are", "answered", "right")
"""What is shown of each type, or tag."""

Rows = list[tuple[str, tuple[str, ...]]]


def score_columns(judgement: TagJudgement) -> tuple[str, ...]:
    """Return what is shown of each method."""
    if judgement.measure == "f1":
        return ("F1", "precision", "recall", "tags right")
    return ("tags right",)


def score_rows(judgement: TagJudgement) -> Rows:
    """Return of each method its label and its measures, in percent.

    The network stands first, then the mixture, then the simple answers from the best on.
    """
    scores = judgement.scores
    names = sorted(
        scores,
        key=lambda name: (
            name != NETWORK, name != MIXTURE, -(scores[name].f1 or 0.0), -scores[name].accuracy,
        ),
    )  # fmt: skip
    rows = []
    for name in names:
        one = scores[name]
        cells = [one.f1, one.precision, one.recall, one.accuracy]
        label = _LABELS.get(name, name.replace("_", " "))
        rows.append((label, tuple(f"{100 * cell:.1f}" for cell in cells if cell is not None)))
    return rows


def kind_rows(judgement: TagJudgement) -> Rows:
    """Return what is found of each type, or tag, the commonest first."""
    rows = []
    for one in sorted(judgement.kinds, key=lambda kind: (-kind.true, kind.kind)):
        counts = one.counts
        shares = (counts.f1, counts.precision, counts.recall)
        numbers = (one.true, one.found, one.right)
        cells = (*(f"{100 * share:.1f}" for share in shares), *(f"{n:,}" for n in numbers))
        rows.append((visible(one.kind), cells))
    return rows


def scores_table(judgement: TagJudgement) -> Table:
    """Return what each method finds."""
    table = empty_table()
    table.add_column("", no_wrap=True)
    add_columns(table, *score_columns(judgement))
    last = 1 if judgement.mixture is None else 2
    for i, (label, cells) in enumerate(score_rows(judgement), 1):
        style = "bold" if i <= last else ""
        table.add_row(Text(label, style=style), *cells, end_section=i == last)
    return table


def kinds_table(judgement: TagJudgement) -> Table:
    """Return what is found of each type, or tag, by what `predict` answers."""
    rows = kind_rows(judgement)
    hidden = max(0, len(rows) - MOST_KINDS)
    table = empty_table(f"and {hidden} rarer ones; all with --json" if hidden else None)
    table.add_column("type" if judgement.measure == "f1" else "tag", no_wrap=True)
    add_columns(table, *KIND_COLUMNS)
    for label, cells in rows[:MOST_KINDS]:
        table.add_row(Text(label), *cells)
    return table
