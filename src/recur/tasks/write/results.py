"""What comes of learning to write, and of writing: shown block by block, or as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from recur.data.text.text import Text
from recur.judge.write.judgement import ReadingJudgement, WritingJudgement
from recur.report.blocks import Block, Facts, Heading, Note, Prose, Sentence
from recur.report.models import kept_weights
from recur.report.result import Result
from recur.report.writing import (
    cells_table,
    differences,
    losses_line,
    losses_table,
    reading_table,
)
from recur.tasks.write.compare import CellComparison, TrainedCell
from recur.tasks.write.fitted import FittedWriter
from recur.tasks.write.writer import Writer

Sample = tuple[str, str]
"""What a text is called, and the text."""


@dataclass(frozen=True, eq=False, kw_only=True)
class WriterResult(Result):
    """A writer fitted to a text.

    Attributes:
        model: fitted.
        text: what it has learnt from.
        samples: what it wrote, the newest last.
    """

    task: ClassVar[str] = "write"

    model: Writer
    text: Text
    samples: tuple[Sample, ...]

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        samples = [text for _, text in self.samples]
        text = self.model.text_ or self.text
        return {**_text_facts(text), **_model_facts(self.model), "samples": samples}

    def findings(self) -> Iterator[Block]:
        """Yield what was trained, on what, how it was judged, and what it writes."""
        fitted = self.model.fitted_
        training = f"{kept_weights(fitted.learned)} · {_streams(fitted)}"
        text = _text_line(fitted.text or self.text)
        yield Facts({"text": text, "network": _network(fitted), "training": training})
        judgement = fitted.judgement
        if judgement is not None:
            order, unit = judgement.verdict.order, fitted.vocabulary.measure
            yield losses_table(judgement.nats, judgement.counting, order, unit, judgement.alone)
            yield Sentence(judgement.verdict.sentence)
        yield from sample_blocks(*self.samples[-1])


@dataclass(frozen=True, eq=False, kw_only=True)
class CellsResult(Result):
    """Networks of several cells, fitted to the same text.

    Attributes:
        comparison: of all of them.
        text: what they have learnt from.
    """

    task: ClassVar[str] = "write"

    comparison: CellComparison
    text: Text

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        comparison = self.comparison
        return {
            **_text_facts(self.text),
            "cells": {cell.model.cell: self._cell_facts(cell) for cell in comparison.trained},
            "same_loss": comparison.same_loss,
            "differences": differences(comparison.cell_summaries),
            "skipped": comparison.skipped,
        }

    def findings(self) -> Iterator[Block]:
        """Yield what each has reached, how they differed, and what they write."""
        comparison = self.comparison
        first = comparison.trained[0].model.fitted_
        networks = {
            cell.model.cell: f"{_network(cell.model.fitted_)} · "
            f"{kept_weights(cell.model.fitted_.learned)}"
            for cell in comparison.trained
        }
        yield Facts({"text": _text_line(self.text), **networks, "training": _streams(first)})
        yield cells_table(comparison.cell_summaries, first.vocabulary.measure)
        lines = ["* lowest; seconds to same loss: to the worst of the losses they ended with"]
        if first.judgement is not None:
            order = first.judgement.verdict.order
            lines.append(losses_line(first.judgement.counting, order))
        yield Note(tuple(lines))
        for sentence in differences(comparison.cell_summaries):
            yield Sentence(sentence, strong=False)
        for sentence, cells in self._verdicts().items():
            yield Sentence(f"{', '.join(cells)}: {sentence}")
        for cell in comparison.trained:
            yield from sample_blocks(cell.model.cell, cell.sample)

    def _cell_facts(self, cell: TrainedCell) -> dict[str, Any]:
        summary = self.comparison.cell_summaries[self.comparison.trained.index(cell)]
        trained = bool(cell.model.history_)
        return {
            **_model_facts(cell.model),
            "samples": [cell.sample],
            "seconds": round(summary.seconds, 3),
            "seconds_to_same_loss": summary.to_same_loss and round(summary.to_same_loss, 3),
            "characters_per_second": round(cell.pace, 1),
            "gradient_norm": summary.norm if trained else None,
            "instability": summary.instability if trained else None,
            "rescues": summary.rescues,
        }

    def _verdicts(self) -> dict[str, list[str]]:
        """Return the cells that each sentence is said of."""
        said: dict[str, list[str]] = {}
        for cell in self.comparison.trained:
            judgement: WritingJudgement | None = cell.model.judgement_
            if judgement is not None:
                said.setdefault(judgement.verdict.sentence, []).append(cell.model.cell)
        return said


@dataclass(frozen=True, eq=False, kw_only=True)
class SamplesResult(Result):
    """Texts that a saved writer wrote.

    Attributes:
        texts: as they were written.
        pace: characters a second; None where too few were written to tell.
    """

    task: ClassVar[str] = "sample"

    texts: tuple[str, ...]
    pace: float | None

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        return {"texts": list(self.texts), "characters_per_second": self.pace}

    def findings(self) -> Iterator[Block]:
        """Yield each text under a rule with its number."""
        for i, text in enumerate(self.texts):
            yield Heading(str(i + 1), apart=False)
            yield Prose(text)


@dataclass(frozen=True, eq=False, kw_only=True)
class JudgedWriterResult(Result):
    """A saved writer judged on a text.

    Attributes:
        judgement: what the text cost it.
        source: the text.
    """

    task: ClassVar[str] = "judge"

    judgement: ReadingJudgement
    source: str

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        return {"text": self.source, **self.judgement.to_dict()}

    def findings(self) -> Iterator[Block]:
        """Yield a table of what a symbol cost, and a sentence."""
        yield Facts({"text": f"{self.source} · {self.judgement.symbols + 1:,} symbols"})
        yield reading_table(self.judgement)
        yield Sentence(self.judgement.sentence)


def sample_blocks(name: str, text: str) -> Iterator[Block]:
    """Yield a text that a network has written, under a rule with its name."""
    yield Heading(name, apart=False)
    yield Prose(text)


def _text_facts(text: Text) -> dict[str, Any]:
    return {"symbols": len(text.vocabulary), "characters": text.characters}


def _model_facts(model: Writer) -> dict[str, Any]:
    """Return how large a model is, how it was judged, and how it learnt."""
    judgement = model.judgement_
    values = judgement.to_dict() if judgement is not None else {}
    return {
        "parameters": model.network_.size,
        "train": {"nats": _training_loss(model)},
        **{name: values.get(name) for name in ("validation", "baselines", "verdict")},
        "history": [epoch.to_dict() for epoch in model.history_],
    }


def _training_loss(model: Writer) -> float | None:
    """Return the mean training loss of the epoch whose weights were kept."""
    if not model.history_:
        return None
    return model.history_[model.kept_epoch_ - 1 if model.kept_epoch_ else -1].training


def _text_line(text: Text) -> str:
    vocabulary, count = text.vocabulary, len(text.starts)
    texts = f" · {count:,} texts" if count > 1 else ""
    read = f"{text.characters:,} {vocabulary.measure}s"
    if vocabulary.unit == "subwords":
        read += f" in {len(text):,} subwords"
    return f"{text.source} · {read}, {len(vocabulary):,} distinct{texts}"


def _network(fitted: FittedWriter) -> str:
    network = fitted.learned.network
    size = f"{network.hidden}" if network.layers == 1 else f"{network.layers} x {network.hidden}"
    relu = ", relu" if network.nonlinearity == "relu" else ""
    tied = ", tied" if network.tied else ""
    return (
        f"embedding({network.inputs}{tied}) + {network.cell.upper()}({size}{relu}), "
        f"{network.size:,} parameters"
    )


def _streams(fitted: FittedWriter) -> str:
    chosen = fitted.learned.chosen
    windows = f"windows of {chosen.steps} {fitted.vocabulary.unit}"
    passes = f"{chosen.epochs:g} pass{'es' * (chosen.epochs != 1)}"
    return f"{passes} in {chosen.streams} streams, {windows} · {fitted.learned.engine}"
