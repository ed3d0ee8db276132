"""Tables of a translator: what each method's translations are worth."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from recur.errors import visible
from recur.judge.superiority import NETWORK
from recur.judge.translate.judgement import TranslationJudgement
from recur.judge.translate.verdict import simple_title
from recur.report.table import add_columns, empty_table

COLUMNS = ("chrF", "BLEU", "exact")


def score_rows(judgement: TranslationJudgement) -> list[tuple[str, tuple[str, ...]]]:
    """Return of each method its label and its measures: the network, then the best on."""
    scores = judgement.scores
    names = sorted(scores, key=lambda name: (name != NETWORK, -scores[name].chrf))
    return [
        (
            visible(simple_title(name, judgement.verdict.unit)),
            (
                f"{scores[name].chrf:.1f}",
                f"{scores[name].bleu:.1f}",
                f"{100 * scores[name].exact:.1f} %",
            ),
        )
        for name in names
    ]


def scores_table(judgement: TranslationJudgement) -> Table:
    """Return what each method's translations are worth."""
    table = empty_table()
    table.add_column("", no_wrap=True)
    add_columns(table, *COLUMNS)
    for i, (label, cells) in enumerate(score_rows(judgement)):
        table.add_row(Text(label, style="" if i else "bold"), *cells, end_section=not i)
    return table
