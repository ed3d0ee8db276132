"""Tables of a classifier: how often each method is right, and what is taken for what."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from recur.errors import visible
from recur.judge.classify.judgement import MIXTURE, ClassJudgement
from recur.judge.superiority import NETWORK
from recur.report.table import add_columns, empty_table
from recur.report.wording import MISSING

MOST_CLASSES = 12
"""Classes beyond which a table of what is taken for what is not shown in a terminal."""

_LABELS = {
    MIXTURE: "mixed, as predicted",
    "most_frequent": "most frequent class",
    "naive_bayes": "naive Bayes, n-grams",
    "ngram_logistic": "logistic, n-grams",
    "neighbour_euclid": "nearest neighbour",
    "neighbour_warped": "nearest, warped",
    "random_kernels": "ridge, random kernels",
}


def score_label(name: str) -> str:
    """Return the name of a method as a reader sees it.

    >>> score_label("naive_bayes"), score_label("network")
    ('naive Bayes, n-grams', 'network')
    """
    return _LABELS.get(name, visible(name.replace("_", " ")))


def score_rows(judgement: ClassJudgement) -> list[tuple[str, bool, tuple[str, ...]]]:
    """Return of each method its label, whether it is the judged one, and its measures.

    The network stands first, then the mixture, then the simple answers from the best on.
    """
    scores = judgement.scores
    names = sorted(
        scores, key=lambda name: (name != NETWORK, name != MIXTURE, -scores[name].accuracy)
    )
    return [
        (
            score_label(name),
            name in (NETWORK, MIXTURE),
            (
                f"{100 * scores[name].accuracy:.1f} %",
                f"{scores[name].macro_f1:.3f}",
                _number(scores[name].log_loss),
                _number(scores[name].calibration_error),
            ),
        )
        for name in names
    ]


COLUMNS = ("right", "macro F1", "nats", "calibration\nerror")


def scores_table(judgement: ClassJudgement) -> Table:
    """Return how often each method is right, and how well it knows that."""
    table = empty_table()
    table.add_column("", no_wrap=True)
    add_columns(table, *COLUMNS)
    rows = score_rows(judgement)
    for i, (label, judged, cells) in enumerate(rows):
        last = judged and not rows[i + 1][1]
        table.add_row(Text(label, style="bold" if judged else ""), *cells, end_section=last)
    return table


def confusion_table(classes: Sequence[str], confusion: Sequence[Sequence[int]]) -> Table:
    """Return what was answered, a column for each answer, of each class."""
    table = empty_table(gap=2)
    table.add_column("", no_wrap=True)
    add_columns(table, *(visible(name)[:12] for name in classes))
    for i, name in enumerate(classes):
        cells = [Text(str(n), style="bold" if i == j else "") for j, n in enumerate(confusion[i])]
        table.add_row(Text(visible(name)[:24]), *cells)
    return table


def _number(value: float | None) -> str:
    return MISSING if value is None else f"{value:.3f}"
