"""What fitting a tagger has learnt: one frozen object, and the schema of its file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import Ge
from pydantic import Field

from recur.data.labelled.sentences import Sentences, Words
from recur.data.labelled.words import WordLexicon
from recur.errors import SettingsError
from recur.files.modelfile import Contents
from recur.judge.tag.judgement import TagJudgement
from recur.judge.tag.perceptron import Perceptron
from recur.judge.tag.usual import UsualTag
from recur.networks.parameters import Spelling
from recur.networks.spec import NetworkSpec, Values
from recur.parameters import Count
from recur.settings import Settings
from recur.tasks.base import TrainingRecord, check_tensors, checked
from recur.tasks.others import others_named, take_others
from recur.tasks.tag.settings import TaggerParameters


class Choices(Settings):
    """The parameters that are chosen from the data where they are not given."""

    epochs: Count
    batch: Count


class LearnedTagger(TrainingRecord):
    """What a tagger has learnt and chosen, but for arrays.

    Attributes:
        chosen: what was chosen from the data.
        tags: the tags that there are, in order.
        frequencies: how often each was in what was learnt from.
        lexicon: the words and characters that are known.
        weight: by how much the perceptron's sums count beside the network's scores; 0 where
            nothing is mixed.
    """

    chosen: Choices
    tags: Annotated[tuple[str, ...], Field(min_length=2)]
    frequencies: tuple[Annotated[int, Ge(0)], ...]
    lexicon: WordLexicon
    weight: Annotated[float, Ge(0)] = 0.0


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What a tagger was judged on, and what it answered.

    Attributes:
        sentences: that no training has seen.
        answers: the tags of each by method.
        confidence: how likely each tag is that `predict` answers, by itself.
    """

    sentences: Sentences
    answers: dict[str, tuple[Words, ...]]
    confidence: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, eq=False)
class FittedTagger:
    """A tagger.

    Attributes:
        settings: the parameters that it was fitted with.
        learned: what was learnt and chosen, but for arrays.
        weights: float32 [size], of the network.
        usual: the usual tag of each word.
        perceptron: the simple answer that is kept beside the network.
        others: the weights of further networks, with which it is averaged.
        held_out: of the fit; None for a tagger that was loaded.
        judgement: on the held-out sentences; None where there were none.
    """

    settings: TaggerParameters
    learned: LearnedTagger
    weights: Values
    usual: UsualTag
    perceptron: Perceptron
    others: tuple[Values, ...] = ()
    held_out: HeldOut | None = None
    judgement: TagJudgement | None = None

    @property
    def chosen(self) -> dict[str, Any]:
        """Return the parameters that were chosen from the data."""
        return dict(self.learned.chosen)

    def tensors(self) -> dict[str, Any]:
        """Return the tensors of its file."""
        more = others_named(self.learned.network, self.others)
        own = self.learned.network.named(self.weights)
        return {**own, **more, **self.usual.tensors(), **self.perceptron.tensors()}

    @staticmethod
    def read(contents: Contents) -> FittedTagger:
        """Return what a file holds, checking that it fits together."""
        settings = checked(TaggerParameters, contents.header["settings"])
        learned = LearnedTagger.from_dict(contents.header["learned"])
        if len(learned.frequencies) != len(learned.tags):
            raise SettingsError("its tags are not as many as their frequencies.")
        if learned.lexicon.longest != settings.longest:
            raise SettingsError("its lexicon reads other lengths of words than its settings say.")
        if learned.network != network(settings, len(learned.tags), learned.lexicon):
            raise SettingsError("its network is not the one that its settings describe.")
        tensors, count = dict(contents.tensors), len(learned.tags)
        simple = {
            name: tensors.pop(name)
            for name in list(tensors)
            if name.startswith(("simple.", "usual."))
        }
        others = take_others(learned.network, tensors, settings.networks - 1)
        check_tensors(tensors)
        return FittedTagger(
            settings=settings,
            learned=learned,
            weights=learned.network.flat(tensors),
            usual=UsualTag.read(count, simple),
            perceptron=Perceptron.read(count, simple),
            others=others,
            judgement=TagJudgement.from_dict(contents.header.get("judgement")),
        )


def network(settings: TaggerParameters, tags: int, lexicon: WordLexicon) -> NetworkSpec:
    """Return the network that a tagger's parameters and its lexicon describe."""
    spelling = None
    if settings.filters:
        spelling = Spelling(
            symbols=lexicon.alphabet,
            longest=settings.longest,
            filters=settings.filters,
            kernel=settings.kernel,
        )
    return NetworkSpec(
        cell=settings.cell,
        nonlinearity=settings.nonlinearity,
        symbols=lexicon.count,
        inputs=settings.embedding,
        spelling=spelling,
        outputs=tags,
        hidden=settings.hidden,
        layers=settings.layers,
        bidirectional=settings.bidirectional,
        dropout=settings.dropout,
        drops_inputs=True,
        reads="every",
        chain=settings.chain,
        initialisation="small",
    )
