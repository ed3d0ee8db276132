"""What comes of learning to translate, of translating and of judging: shown, or as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar

import numpy as np
from rich.text import Text

from recur.arrays import Indices
from recur.data.labelled.lexicon import pieces
from recur.data.labelled.pairs import TextPairs
from recur.errors import visible
from recur.judge.superiority import NETWORK
from recur.judge.translate.judgement import TranslationJudgement
from recur.judge.translate.metrics import chrf, chrf_counts
from recur.report.blocks import Block, Facts, Note, Sentence
from recur.report.csvtext import csv_text
from recur.report.models import kept_weights
from recur.report.plots.translating import MOST_SYMBOLS, Looked
from recur.report.result import Result
from recur.report.table import empty_table
from recur.report.translating import scores_table
from recur.report.translation_page import Sample
from recur.seeding import Purpose, Stream
from recur.tasks.translate.fitted import FittedTranslator, HeldOut
from recur.tasks.translate.translator import Translator

_SHOWN, _LONG = 12, 160  # texts that are shown, and characters of each
_IN_TERMINAL, _PICTURED, _PERFECT = 6, 2, 99.99


@dataclass(frozen=True, eq=False, kw_only=True)
class TranslatorResult(Result):
    """A translator fitted to pairs.

    Attributes:
        model: fitted.
        pairs: what it was given.
    """

    task: ClassVar[str] = "translate"

    model: Translator
    pairs: TextPairs

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        fitted = self.model.fitted_
        held = fitted.held_out
        return {
            "data": data_facts(self.pairs),
            "settings": self.model.chosen(),
            "parameters": self.model.network_.size,
            **({} if fitted.judgement is None else fitted.judgement.to_dict()),
            "samples": [] if held is None else [vars(one) for one in samples(held)],
            "hardest": [] if held is None else [vars(one) for one in hardest(held)],
            "history": [epoch.to_dict() for epoch in self.model.history_],
        }

    def findings(self) -> Iterator[Block]:
        """Yield what was trained, on what, how it was judged, and some translations."""
        yield Facts({"data": data_line(self.pairs), **model_facts(self.model.fitted_)})
        held = self.model.held_out_
        if self.model.judgement_ is not None and held is not None:
            yield from judgement_blocks(self.model.judgement_)
            yield _beside(samples(held)[:_IN_TERMINAL])


@dataclass(frozen=True, eq=False, kw_only=True)
class JudgedTranslatorResult(Result):
    """A saved translator, judged on other pairs.

    Attributes:
        model: the translator.
        pairs: that it was judged on.
        judgement: on all of them.
    """

    task: ClassVar[str] = "translate"

    model: Translator
    pairs: TextPairs
    judgement: TranslationJudgement

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        return {"data": data_facts(self.pairs), **self.judgement.to_dict()}

    def findings(self) -> Iterator[Block]:
        """Yield what was judged, on what, and the verdict."""
        yield Facts({"data": data_line(self.pairs), **model_facts(self.model.fitted_)})
        yield from judgement_blocks(self.judgement)


@dataclass(frozen=True, eq=False, kw_only=True)
class TranslationsResult(Result):
    """What a saved translator makes of texts.

    Attributes:
        model: the translator.
        pairs: the texts.
        answers: what comes out of each.
    """

    task: ClassVar[str] = "translate"

    model: Translator
    pairs: TextPairs
    answers: tuple[str, ...]

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        return {"data": data_facts(self.pairs), "translations": list(self.answers)}

    def findings(self) -> Iterator[Block]:
        """Yield what translates, and the first translations."""
        yield Facts({"data": data_line(self.pairs), **model_facts(self.model.fitted_)})
        hidden = max(0, len(self.pairs) - _SHOWN)
        table = empty_table(f"and {hidden:,} more; all with --out or --json" if hidden else None)
        table.add_column("text")
        table.add_column("translation")
        for text, answer in islice(zip(self.pairs.sources, self.answers, strict=True), _SHOWN):
            table.add_row(Text(_short(text)), Text(_short(answer)))
        yield table

    def csv(self) -> str:
        """Return the translations as the text of a CSV file."""
        rows = zip(self.pairs.sources, self.answers, strict=True)
        return csv_text(["text", "translation"], [list(row) for row in rows])


def judgement_blocks(judgement: TranslationJudgement) -> Iterator[Block]:
    """Yield what each method's translations are worth, and the verdict."""
    yield scores_table(judgement)
    yield Note(("chrF, BLEU: 0 to 100, as sacrebleu computes them; exact: letter by letter",))
    for sentence in judgement.sentences:
        yield Sentence(sentence)


def samples(held: HeldOut) -> list[Sample]:
    """Return some held-out texts, drawn at random, with their translations beside the truth."""
    draws = Stream(0, Purpose.DATA, step=len(held.sources)).uniform(len(held.sources))
    return _samples(held, np.argsort(draws, kind="stable")[:_SHOWN])


def hardest(held: HeldOut) -> list[Sample]:
    """Return the held-out texts with the lowest chrF, of those that are not exact."""
    scores = chrf(chrf_counts(held.answers[NETWORK], held.truths))
    order = np.argsort(scores, kind="stable")[:_SHOWN]
    return _samples(held, order[scores[order] < _PERFECT])


def _samples(held: HeldOut, places: Indices) -> list[Sample]:
    return [
        Sample(
            _short(held.sources[i]),
            _short(held.answers[NETWORK][i]),
            _short(" / ".join(held.truths[i])),
            float(chrf(chrf_counts([held.answers[NETWORK][i]], [held.truths[i]]))[0]),
        )
        for i in places.tolist()
    ]


def looked(fitted: FittedTranslator) -> list[Looked]:
    """Return what some translations looked at, the first of the samples that can be drawn."""
    held, found = fitted.held_out, []
    if held is None or fitted.settings.attention == "none":
        return []
    unit = fitted.learned.targets.unit
    draws = Stream(0, Purpose.DATA, step=len(held.sources)).uniform(len(held.sources))
    for i in np.argsort(draws, kind="stable").tolist():
        source = pieces(held.sources[i], unit, exact=True)
        target = pieces(held.answers[NETWORK][i], unit, exact=True)
        shares = held.shares[i]
        if shares.shape == (len(target), len(source)) and 2 < max(shares.shape) <= MOST_SYMBOLS:
            found.append(Looked(source, target, shares))
        if len(found) == _PICTURED:
            break
    return found


def _beside(several: Sequence[Sample]) -> Any:
    table = empty_table()
    for name in ("text", "network", "truth"):
        table.add_column(name)
    for one in several:
        table.add_row(Text(one.source), Text(one.answer), Text(one.truth))
    return table


def _short(text: str) -> str:
    """Return a text in a line, its beginning where it is long."""
    line = " ".join(text.split())
    return visible(line if len(line) <= _LONG else f"{line[: _LONG - 4]} ...")


def data_facts(pairs: TextPairs) -> dict[str, Any]:
    """Return what the pairs are, as plain JSON values."""
    return {
        "source": pairs.origin,
        "texts": len(pairs),
        "different": len(set(pairs.sources)),
        "with_targets": bool(pairs.targets),
    }


def data_line(pairs: TextPairs) -> str:
    """Return in one line what the pairs are."""
    what = "pairs" if pairs.targets else "texts"
    different = len(set(pairs.sources))
    more = "" if different == len(pairs) else f" · {different:,} different texts come in"
    return f"{pairs.origin} · {len(pairs):,} {what}{more}"


def model_facts(fitted: FittedTranslator) -> dict[str, str]:
    """Return what a translator is and how it came about, a line each."""
    learned, settings = fitted.learned, fitted.settings
    network = learned.network
    both = ", both ways" if network.bidirectional else ""
    size = f"{network.hidden}" if network.layers == 1 else f"{network.layers} x {network.hidden}"
    cell = network.cell.upper()
    looks = "no attention" if network.attention == "none" else f"{network.attention} attention"
    several = "" if settings.networks == 1 else f" in each of {settings.networks} networks"
    known = f"{len(learned.sources.symbols):,} and {len(learned.targets.symbols):,}"
    return {
        "network": f"encoder {cell}({size}{both}), decoder {cell}({size}), {looks}, "
        f"{network.size:,} parameters{several}",
        "symbols": f"{known} {learned.targets.unit} known on the two sides · {settings.beams} "
        f"beam{'s' * (settings.beams > 1)}",
        "training": f"{kept_weights(learned)} · {learned.engine}",
    }
