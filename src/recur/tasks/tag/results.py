"""What comes of learning to tag, of tagging and of judging: shown, or as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar

from rich.text import Text

from recur.data.labelled.sentences import Sentences
from recur.errors import visible
from recur.judge.superiority import NETWORK
from recur.judge.tag.entities import OUTSIDE, entities, marks_entities
from recur.judge.tag.judgement import MIXTURE, TagJudgement
from recur.report.blocks import Block, Facts, Note, Sentence
from recur.report.models import kept_weights
from recur.report.result import Result
from recur.report.table import empty_table
from recur.report.tag_page import HardSentence
from recur.report.tagging import kinds_table, scores_table
from recur.tasks.tag.fitted import FittedTagger
from recur.tasks.tag.predict import TagAnswers
from recur.tasks.tag.tagger import Tagger

_SHOWN = 12  # sentences that are shown
_HARD = 12  # hardest sentences
_LONG = 200  # characters of a sentence that are shown


@dataclass(frozen=True, eq=False, kw_only=True)
class TaggerResult(Result):
    """A tagger fitted to sentences.

    Attributes:
        model: fitted.
        sentences: what it was given.
    """

    task: ClassVar[str] = "tag"

    model: Tagger
    sentences: Sentences

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        fitted = self.model.fitted_
        return {
            "data": data_facts(self.sentences),
            "settings": self.model.chosen(),
            "parameters": self.model.network_.size,
            "weight": fitted.learned.weight,
            **({} if fitted.judgement is None else fitted.judgement.to_dict()),
            "hardest": [vars(one) for one in hard_sentences(fitted)],
            "history": [epoch.to_dict() for epoch in self.model.history_],
        }

    def findings(self) -> Iterator[Block]:
        """Yield what was trained, on what, and how it was judged."""
        yield Facts({"data": data_line(self.sentences), **model_facts(self.model.fitted_)})
        if self.model.judgement_ is not None:
            yield from judgement_blocks(self.model.judgement_)


@dataclass(frozen=True, eq=False, kw_only=True)
class JudgedTaggerResult(Result):
    """A saved tagger, judged on other sentences.

    Attributes:
        model: the tagger.
        sentences: that it was judged on.
        judgement: on all of them.
    """

    task: ClassVar[str] = "tag"

    model: Tagger
    sentences: Sentences
    judgement: TagJudgement

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        return {"data": data_facts(self.sentences), **self.judgement.to_dict()}

    def findings(self) -> Iterator[Block]:
        """Yield what was judged, on what, and the verdict."""
        yield Facts({"data": data_line(self.sentences), **model_facts(self.model.fitted_)})
        yield from judgement_blocks(self.judgement)


@dataclass(frozen=True, eq=False, kw_only=True)
class TaggedResult(Result):
    """What a saved tagger answers.

    Attributes:
        model: the tagger.
        sentences: that it was asked about.
        answers: the tags of each.
    """

    task: ClassVar[str] = "tag"

    model: Tagger
    sentences: Sentences
    answers: TagAnswers

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        each = zip(self.sentences.words, self.answers.tags, self.answers.confidence, strict=True)
        told = [{"words": a, "tags": b, "confidence": c} for a, b, c in each]
        return {"data": data_facts(self.sentences), "answers": told}

    def findings(self) -> Iterator[Block]:
        """Yield what answers, and the first answers."""
        yield Facts({"data": data_line(self.sentences), **model_facts(self.model.fitted_)})
        hidden = max(0, len(self.sentences) - _SHOWN)
        table = empty_table(f"and {hidden:,} more; all with --out or --json" if hidden else None)
        table.add_column("sentence", overflow="fold")
        table.add_column("found", overflow="fold")
        for words, tags in islice(
            zip(self.sentences.words, self.answers.tags, strict=True), _SHOWN
        ):
            table.add_row(Text(shown(words)), Text(told(words, tags, self.model.tags_)))
        yield table

    def columns(self) -> str:
        """Return the answers as the text of a file of columns: a word and its tag a line."""
        each = zip(self.sentences.words, self.answers.tags, strict=True)
        return "\n".join(
            "".join(f"{word}\t{tag}\n" for word, tag in zip(words, tags, strict=True))
            for words, tags in each
        )


def judgement_blocks(judgement: TagJudgement) -> Iterator[Block]:
    """Yield what each method finds, what is found of each type, and the verdict."""
    yield scores_table(judgement)
    if judgement.measure == "f1":
        note = "in percent, as the shared task counts: an entity is right in whole or not at all"
        yield Note((note,))
    yield kinds_table(judgement)
    for sentence in judgement.sentences:
        yield Sentence(sentence)


def hard_sentences(fitted: FittedTagger) -> list[HardSentence]:
    """Return the held-out sentences that have the surest wrong tags."""
    held = fitted.held_out
    if held is None:
        return []
    answers = held.answers[MIXTURE if MIXTURE in held.answers else NETWORK]
    sure = []
    for i, (true, given) in enumerate(zip(held.sentences.tags, answers, strict=True)):
        each = zip(true, given, held.confidence[i], strict=True)
        wrong = [likely for a, b, likely in each if a != b]
        if wrong:
            sure.append((max(wrong), i))
    tags = fitted.learned.tags
    return [
        HardSentence(
            shown(held.sentences.words[i]),
            told(held.sentences.words[i], held.sentences.tags[i], tags),
            told(held.sentences.words[i], answers[i], tags),
            confidence,
        )
        for confidence, i in sorted(sure, key=lambda one: (-one[0], one[1]))[:_HARD]
    ]


def shown(words: Sequence[str]) -> str:
    """Return a sentence in a line."""
    return cut(visible(" ".join(words)))


def cut(text: str) -> str:
    """Return the beginning of a text that is long."""
    return text if len(text) <= _LONG else f"{text[: _LONG - 4]} ..."


def told(words: Sequence[str], tags: Sequence[str], known: Sequence[str]) -> str:
    """Return what tags say of a sentence: its entities, or the tag of each word.

    >>> told(["in", "New", "York"], ["O", "B-place", "I-place"], ["B-place", "I-place", "O"])
    'New York (place)'
    >>> told(["in", "May"], ["ADP", "NOUN"], ["ADP", "NOUN"])
    'in/ADP May/NOUN'
    """
    if not marks_entities(known):
        each = zip(words, tags, strict=True)
        return cut(visible(" ".join(f"{word}/{tag}" for word, tag in each)))
    found = [f"{' '.join(words[one.first : one.end])} ({one.kind})" for one in entities(tags)]
    return cut(visible(", ".join(found))) or "nothing"


def data_facts(sentences: Sentences) -> dict[str, Any]:
    """Return what the sentences are, as plain JSON values."""
    return {
        "source": sentences.source,
        "sentences": len(sentences),
        "words": sentences.tokens,
        "tags": dict(sorted(Counter(tag for own in sentences.tags for tag in own).items())),
    }


def data_line(sentences: Sentences) -> str:
    """Return in one line what the sentences are."""
    line = f"{sentences.source} · {len(sentences):,} sentences, {sentences.tokens:,} words"
    if not sentences.tags:
        return line
    if marks_entities(tag for own in sentences.tags for tag in own):
        counts = Counter(one.kind for own in sentences.tags for one in entities(own))
        what = f"{counts.total():,} entities"
    else:
        counts = Counter(tag for own in sentences.tags for tag in own if tag != OUTSIDE)
        what = f"{len(counts)} tags"
    common = counts.most_common()
    first = ", ".join(f"{visible(name)} ({count:,})" for name, count in common[:4])
    more = f" and {len(common) - 4} more" if len(common) > 4 else ""
    return f"{line} · {what}: {first}{more}"


def model_facts(fitted: FittedTagger) -> dict[str, str]:
    """Return what a tagger is and how it came about, a line each."""
    learned = fitted.learned
    network, lexicon = learned.network, learned.lexicon
    both = ", both ways" if network.bidirectional else ""
    size = f"{network.hidden}" if network.layers == 1 else f"{network.layers} x {network.hidden}"
    spelt = ""
    if network.spelling is not None:
        spelt = f" and characters({len(lexicon.characters):,}, {network.spelling.filters})"
    several = f"{1 + len(fitted.others)} x " if fitted.others else ""
    mixed = "with nothing"
    if learned.weight:
        mixed = f"with the averaged perceptron, its sums times {learned.weight:g}"
    return {
        "network": f"{several}words({len(lexicon.words):,}, {network.inputs}){spelt} + "
        f"{network.cell.upper()}({size}{both}){' + chain' if network.chain else ''}, "
        f"{network.size:,} parameters",
        "training": f"{kept_weights(learned)}{_again(fitted)} · {learned.engine}",
        "mixed": mixed,
    }


def _again(fitted: FittedTagger) -> str:
    """Say that what was chosen was then learnt with from all sentences, where it was."""
    chose = fitted.settings.refit and fitted.learned.history[-1].validation is not None
    return ", then anew with the validation part as well" if chose else ""
