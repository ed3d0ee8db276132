"""What comes of learning to classify, of answering and of judging: shown, or as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar

import numpy as np
from rich.text import Text

from recur.arrays import Float64s, Indices
from recur.data.labelled.examples import Examples
from recur.errors import visible
from recur.judge.classify.judgement import MIXTURE, ClassJudgement
from recur.judge.superiority import NETWORK
from recur.report.blocks import Block, Facts, Note, Sentence
from recur.report.class_page import HardCase
from recur.report.classifying import MOST_CLASSES, confusion_table, scores_table
from recur.report.csvtext import csv_text
from recur.report.document import document
from recur.report.models import kept_weights
from recur.report.occlusion import Occlusion, occlusion_section
from recur.report.result import Result
from recur.report.table import add_columns, empty_table
from recur.tasks.classify.classifier import Classifier
from recur.tasks.classify.explain import explained
from recur.tasks.classify.fitted import FittedClassifier, HeldOut

_SHOWN = 12  # answers that are shown
_HARD = 12  # hardest cases
_EXPLAINED = 6  # of the hardest, and of those that were right, whose words are shaded
_ON_A_PAGE = 200  # texts whose words are shaded
_LONG = 160  # characters of a text that are shown


@dataclass(frozen=True, eq=False, kw_only=True)
class ClassifierResult(Result):
    """A classifier fitted to examples.

    Attributes:
        model: fitted.
        examples: what it was given.
    """

    task: ClassVar[str] = "classify"

    model: Classifier
    examples: Examples

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        fitted = self.model.fitted_
        return {
            "data": data_facts(self.examples),
            "settings": self.model.chosen(),
            "parameters": self.model.network_.size,
            "temperature": fitted.learned.temperature,
            "share": fitted.learned.share,
            "mixed_with": fitted.learned.mixed_with or None,
            **({} if fitted.judgement is None else fitted.judgement.to_dict()),
            "hardest": [vars(case) for case in hard_cases(fitted)],
            "history": [epoch.to_dict() for epoch in self.model.history_],
        }

    def findings(self) -> Iterator[Block]:
        """Yield what was trained, on what, and how it was judged."""
        yield Facts({"data": data_line(self.examples), **model_facts(self.model.fitted_)})
        if self.model.judgement_ is not None:
            yield from judgement_blocks(self.model.judgement_)


@dataclass(frozen=True, eq=False, kw_only=True)
class JudgedClassifierResult(Result):
    """A saved classifier, judged on other examples.

    Attributes:
        model: the classifier.
        examples: that it was judged on.
        judgement: on all of them.
    """

    task: ClassVar[str] = "classify"

    model: Classifier
    examples: Examples
    judgement: ClassJudgement

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        return {"data": data_facts(self.examples), **self.judgement.to_dict()}

    def findings(self) -> Iterator[Block]:
        """Yield what was judged, on what, and the verdict."""
        yield Facts({"data": data_line(self.examples), **model_facts(self.model.fitted_)})
        yield from judgement_blocks(self.judgement)


@dataclass(frozen=True, eq=False, kw_only=True)
class AnswersResult(Result):
    """What a saved classifier answers.

    Attributes:
        model: the classifier.
        examples: that it was asked about.
        probabilities: float64 [examples, classes].
    """

    task: ClassVar[str] = "classify"

    model: Classifier
    examples: Examples
    probabilities: Float64s

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        answers = [
            {
                "label": self.model.classes_[int(row.argmax())],
                "probabilities": dict(zip(self.model.classes_, row.tolist(), strict=True)),
            }
            for row in self.probabilities
        ]
        return {"data": data_facts(self.examples), "answers": answers}

    def findings(self) -> Iterator[Block]:
        """Yield what answers, and the first answers."""
        yield Facts({"data": data_line(self.examples), **model_facts(self.model.fitted_)})
        hidden = max(0, len(self.examples) - _SHOWN)
        table = empty_table(f"and {hidden:,} more; all with --out or --json" if hidden else None)
        table.add_column("example")
        table.add_column("label", no_wrap=True)
        add_columns(table, "probability")
        rows = zip(range(len(self.examples)), self.probabilities, strict=True)
        for i, row in islice(rows, _SHOWN):
            label = visible(self.model.classes_[int(row.argmax())])
            table.add_row(Text(shown(self.examples, i, 60)), Text(label), f"{row.max():.3f}")
        yield table

    def csv(self) -> str:
        """Return the answers as the text of a CSV file."""
        head = ["example", "label", *self.model.classes_]
        rows = (
            [shown(self.examples, i, _LONG), self.model.classes_[int(row.argmax())], *row.tolist()]
            for i, row in enumerate(self.probabilities)
        )
        return csv_text(head, rows)


@dataclass(frozen=True, eq=False, kw_only=True)
class ExplainedClassesResult(Result):
    """What the answers of a saved classifier rest on.

    Attributes:
        model: the classifier.
        examples: texts that it was asked about.
        texts: what each of their symbols is worth to the answer.
    """

    task: ClassVar[str] = "explain"

    model: Classifier
    examples: Examples
    texts: list[Occlusion]

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        return {"data": data_facts(self.examples), "texts": [vars(one) for one in self.texts]}

    def findings(self) -> Iterator[Block]:
        """Yield what answers, and what the first answers rest on the most."""
        yield Facts({"data": data_line(self.examples), **model_facts(self.model.fitted_)})
        hidden = max(0, len(self.texts) - _SHOWN)
        table = empty_table(f"and {hidden:,} more; all with --json" if hidden else None)
        for name in ("example", "label", "rests on"):
            table.add_column(name)
        for i, one in enumerate(self.texts[:_SHOWN]):
            words = (f"{visible(word) or 'a space'} {loss:.2f}" for word, loss in one.strongest(4))
            told = (shown(self.examples, i, 50), visible(one.answer), ", ".join(words))
            table.add_row(*map(Text, told))
        yield table
        yield Note(("by how many nats the answer's log-probability falls without each",))

    def page(self) -> str:
        """Return the first texts as one HTML file, their symbols shaded."""
        some = self.texts[:_ON_A_PAGE]
        line = f"{data_line(self.examples)}, {len(some):,} shown"
        title = f"What the classes of {self.examples.source} rest on"
        return document(title, line, occlusion_section(some))


def judgement_blocks(judgement: ClassJudgement) -> Iterator[Block]:
    """Yield how often each method is right, what is taken for what, and the verdict."""
    yield scores_table(judgement)
    yield Note(("calibration error: by how much confidence is off on average",))
    if len(judgement.classes) <= MOST_CLASSES:
        yield confusion_table(judgement.classes, judgement.confusion)
        yield Note(("rows: the true class; columns: what is answered",))
    for sentence in judgement.sentences:
        yield Sentence(sentence)


def hard_cases(fitted: FittedClassifier) -> list[HardCase]:
    """Return the held-out examples that were answered wrongly with the most confidence."""
    held, classes = fitted.held_out, fitted.learned.classes
    if held is None:
        return []
    answer = _predicted(held)
    given, sure = answer.argmax(axis=1), answer.max(axis=1)
    return [
        HardCase(
            shown(held.examples, int(i), _LONG),
            classes[held.labels[i]],
            classes[given[i]],
            float(sure[i]),
        )
        for i in _hardest(held)[:_HARD]
    ]


def explained_cases(fitted: FittedClassifier) -> list[Occlusion]:
    """Return what the answers to the hardest held-out texts, and to some right ones, rest on.

    The right ones lie evenly among all, so that none is picked; of series there is none.
    """
    held = fitted.held_out
    if held is None or fitted.learned.lexicon is None:
        return []
    right = np.flatnonzero(_predicted(held).argmax(axis=1) == held.labels)
    some = np.unique(np.linspace(0, len(right) - 1, min(_EXPLAINED, len(right))).astype(np.int64))
    places = np.concatenate([_hardest(held)[:_EXPLAINED], right[some]])
    return explained(fitted, held.examples.part(places)) if len(places) else []


def _predicted(held: HeldOut) -> Float64s:
    """Return what `predict` answers to the held-out examples."""
    return held.answers[MIXTURE if MIXTURE in held.answers else NETWORK]


def _hardest(held: HeldOut) -> Indices:
    """Return the places of what was answered wrongly, the surest first."""
    answer = _predicted(held)
    wrong = np.flatnonzero(answer.argmax(axis=1) != held.labels)
    return wrong[np.argsort(-answer.max(axis=1)[wrong], kind="stable")]


def shown(examples: Examples, number: int, longest: int) -> str:
    """Return an example in a line: the beginning of a text, or the number of a series."""
    item = examples.items[number]
    if not isinstance(item, str):
        return f"series {number + 1}"
    text = " ".join(item.split())
    return visible(text if len(text) <= longest else f"{text[: longest - 4]} ...")


def data_facts(examples: Examples) -> dict[str, Any]:
    """Return what the examples are, as plain JSON values."""
    return {
        "source": examples.source,
        "kind": examples.kind,
        "examples": len(examples),
        "classes": dict(sorted(Counter(examples.labels).items())),
    }


def data_line(examples: Examples) -> str:
    """Return in one line what the examples are."""
    line = f"{examples.source} · {len(examples):,} {examples.kind}"
    counts = Counter(examples.labels).most_common()
    if counts:
        first = ", ".join(f"{visible(name)} ({count:,})" for name, count in counts[:4])
        more = f" and {len(counts) - 4} more" if len(counts) > 4 else ""
        line += f" · {len(counts)} classes: {first}{more}"
    return line


def model_facts(fitted: FittedClassifier) -> dict[str, str]:
    """Return what a classifier is and how it came about, a line each."""
    learned, settings = fitted.learned, fitted.settings
    network = learned.network
    both = ", both ways" if network.bidirectional else ""
    size = f"{network.hidden}" if network.layers == 1 else f"{network.layers} x {network.hidden}"
    front = f"convolution({network.convolution.filters}) + " if network.convolution else ""
    if learned.lexicon is not None:
        known = f"{len(learned.lexicon.symbols):,} {learned.lexicon.unit}"
        front = f"embedding({known}, {network.inputs}) + "
    mixed = "with nothing"
    if learned.mixed_with:
        mixed = f"{learned.share:.0%} network, the rest {learned.mixed_with.replace('_', ' ')}"
    return {
        "network": f"{front}{network.cell.upper()}({size}{both}), {settings.reads} over time, "
        f"{network.size:,} parameters",
        "training": f"{kept_weights(learned)} · {learned.engine}",
        "mixed": f"{mixed} · temperature {learned.temperature:.2f}",
    }
