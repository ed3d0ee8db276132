"""Lab `sherlock`: a vanilla RNN and a GRU learn the same text: what do gates change?

The course's assignment: take a book, such as the Sherlock Holmes stories, let a vanilla RNN and a
GRU learn it character by character, have both write, and say how they differ. Both get the same
100,000 characters, the same sizes and rate (those that recur chooses for a text of this length),
the same seed and up to as many epochs; each stops when it gets no better, and keeps the weights of
its best epoch. The last tenth of the text is held out, and there both stand beside counting, the
best n-gram.

Compared are the losses, the seconds to the same loss, the gradients along the way, and what each
writes. With the same hidden size a GRU has about three times the recurrent weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from recur.data.text.text import Text
from recur.labs.experiment import Setting, stop_if_interrupted
from recur.labs.text import described, lab_text
from recur.report.findings import Findings, Picture, Row, figure
from recur.report.writing import differences, legible, ngram_label
from recur.tasks.write.compare import CellComparison, TrainedCell, compare_cells
from recur.tasks.write.writer import Writer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CELLS = {"rnn": "vanilla RNN", "gru": "GRU"}
CHARACTERS = 100_000
_QUICK_CHARACTERS = 20_000
_QUICK = {"hidden": 48, "epochs": 12}

_SHOWN = 60  # characters of a sample that are shown after each epoch


def run(setting: Setting) -> Findings:
    """Let both networks learn the text, and compare them."""
    text = lab_text(setting, _QUICK_CHARACTERS if setting.quick else CHARACTERS)
    comparison = learn(text, setting)
    return Findings(
        rows=rows(comparison),
        words=words(text, comparison),
        pictures=pictures(comparison),
        texts=tuple((f"{name(trained)} writes", trained.sample) for trained in comparison.trained),
    )


def learn(text: Text, setting: Setting) -> CellComparison:
    """Train one after the other, each judged on the last tenth of the text."""
    writer = Writer(seed=setting.seed, counting=False)
    if setting.quick:
        writer.set_params(**_QUICK)

    def show(cell: str, number: int, write: Any) -> None:
        line = legible(" ".join(write(_SHOWN).split()))
        setting.say(f"{CELLS[cell]}, epoch {number}: {line}")

    comparison = compare_cells(text, tuple(CELLS), base=writer, progress=False, after_epoch=show)
    stop_if_interrupted(comparison.trained[-1].model.ended_)
    return comparison


def rows(comparison: CellComparison) -> tuple[Row, ...]:
    """Return the losses on the held-out text beside counting, and the seconds to the same loss."""
    metric = "nats, held-out text"
    both = list(zip(comparison.trained, comparison.cell_summaries, strict=True))
    verdict = comparison.trained[0].model.judge().verdict
    losses = (Row(name(trained), metric, cell.nats, seconds=cell.seconds) for trained, cell in both)
    counting = Row(f"counting: {ngram_label(verdict.order)}", metric, verdict.ngram)
    same = f"seconds to {figure(comparison.same_loss)} nats"
    times = (Row(name(trained), same, cell.to_same_loss) for trained, cell in both)
    return (*losses, counting, *times)


def words(text: Text, comparison: CellComparison) -> tuple[str, ...]:
    """Return what the figures say."""
    sentences = [
        described(text),
        _sizes(comparison),
        " ".join(differences(comparison.cell_summaries)),
    ]
    sentences += [
        f"{name(trained)}: {trained.model.judge().verdict.sentence}"
        for trained in comparison.trained
    ]
    sentences += [f"{CELLS[cell]} is left out: {why}" for cell, why in comparison.skipped.items()]
    return tuple(sentences)


def name(trained: TrainedCell) -> str:
    """Return what a network is called."""
    return CELLS[trained.model.cell]


def _sizes(comparison: CellComparison) -> str:
    each = "; ".join(
        f"{name(trained)}: {trained.model.network_.size:,} parameters, weights of epoch "
        f"{trained.model.kept_epoch_} of {len(trained.model.history_)}, "
        f"{trained.pace:,.0f} characters a second when it writes"
        for trained in comparison.trained
    )
    return f"{each}. One run each: another seed may shift the losses a little."


def pictures(comparison: CellComparison) -> tuple[Picture, ...]:
    """Return the pictures, not drawn yet."""
    return (
        Picture(
            "training",
            "The losses of both networks by the seconds of training, on the text they learn "
            "(dashed) and on the held-out part, beside counting.",
            lambda: _training(comparison),
        ),
        Picture(
            "gradients",
            "The mean norm of the gradient in each epoch, before it is clipped at 1.",
            lambda: _gradients(comparison),
        ),
    )


def _training(comparison: CellComparison) -> Figure:
    from recur.report.plots.writing import Curve, writing_picture
    from recur.tasks.write.folder import baselines

    curves = [
        Curve(name(trained), trained.model.history_, trained.times)
        for trained in comparison.trained
    ]
    counted = baselines(comparison.trained[0].model.judge())
    return writing_picture(curves, counted, along="seconds")


def _gradients(comparison: CellComparison) -> Figure:
    from recur.report.plots.lines import Line, lines_picture

    lines = [
        Line(
            name(trained), np.array([epoch.norm for epoch in trained.model.history_]),
            np.array([epoch.number for epoch in trained.model.history_], np.float64),
        )
        for trained in comparison.trained
    ]  # fmt: skip
    return lines_picture(
        "Gradients while learning to write", "mean norm in each epoch, before clipping", lines,
        across="epoch", up="norm of the gradient", log_from=10.0,
    )  # fmt: skip
