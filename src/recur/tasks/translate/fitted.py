"""What fitting a translator has learnt: one frozen object, and the schema of its file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from recur.arrays import Float32s
from recur.data.labelled.lexicon import Lexicon
from recur.data.labelled.spacing import Spacing
from recur.errors import SettingsError
from recur.files.modelfile import Contents
from recur.judge.translate.judgement import TranslationJudgement
from recur.networks.spec import NetworkSpec, Values
from recur.parameters import Count, Positive, ShareBelowOne
from recur.settings import Settings
from recur.tasks.base import TrainingRecord, check_tensors, checked
from recur.tasks.others import others_named, take_others
from recur.tasks.translate.settings import Longest, TranslatorParameters


class Choices(Settings):
    """The parameters that are chosen from the data where they are not given."""

    embedding: Count
    hidden: Count
    dropout: ShareBelowOne
    rate: Positive
    epochs: Count
    batch: Count
    patience: Count


class LearnedTranslator(TrainingRecord):
    """What a translator has learnt and chosen, but for arrays.

    Attributes:
        chosen: what was chosen from the data.
        sources: the symbols of what comes in.
        targets: the symbols of what comes out.
        spacing: what stands between words.
        dictionary: of each symbol that comes in the likeliest that comes out, by counting.
        rare: the same of those that the targets' lexicon does not know.
        longest: symbols that a translation may have.
        pairs: that were learnt from.
    """

    chosen: Choices
    sources: Lexicon
    targets: Lexicon
    spacing: Spacing
    dictionary: dict[str, str]
    rare: dict[str, str]
    longest: Longest
    pairs: Count


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What a translator was judged on, and what it answered.

    Attributes:
        sources: each once, that no training has seen.
        truths: all that may come out of each.
        answers: by method.
        shares: of each source, how much each symbol that came out looked at each that came in.
    """

    sources: tuple[str, ...]
    truths: tuple[tuple[str, ...], ...]
    answers: dict[str, tuple[str, ...]]
    shares: tuple[Float32s, ...]


@dataclass(frozen=True, eq=False)
class FittedTranslator:
    """A translator that can translate.

    Attributes:
        settings: the parameters that it was fitted with.
        learned: what was learnt and chosen, but for arrays.
        weights: float32 [size], of the network.
        others: the weights of further networks, with which it is averaged.
        held_out: of the fit; None for a translator that was loaded.
        judgement: on the held-out texts; None where there were none.
    """

    settings: TranslatorParameters
    learned: LearnedTranslator
    weights: Values
    others: tuple[Values, ...] = ()
    held_out: HeldOut | None = None
    judgement: TranslationJudgement | None = None

    @property
    def chosen(self) -> dict[str, Any]:
        """Return the parameters that were chosen from the data."""
        return dict(self.learned.chosen)

    def tensors(self) -> dict[str, Any]:
        """Return the tensors of its file."""
        more = others_named(self.learned.network, self.others)
        return {**self.learned.network.named(self.weights), **more}

    @staticmethod
    def read(contents: Contents) -> FittedTranslator:
        """Return what a file holds.

        Raises:
            SettingsError: its parts do not fit each other.
        """
        settings = checked(TranslatorParameters, contents.header["settings"])
        learned = LearnedTranslator.from_dict(contents.header["learned"])
        if learned.network != network(settings, learned.chosen, learned.sources, learned.targets):
            raise SettingsError("its network is not the one that its settings describe.")
        tensors = dict(contents.tensors)
        others = take_others(learned.network, tensors, settings.networks - 1)
        check_tensors(tensors)
        return FittedTranslator(
            settings=settings,
            learned=learned,
            weights=learned.network.flat(tensors),
            others=others,
            judgement=TranslationJudgement.from_dict(contents.header.get("judgement")),
        )


def edge(targets: Lexicon) -> int:
    """Return the number of the symbol that begins and ends what comes out, behind all others."""
    return len(targets)


def network(
    settings: TranslatorParameters, chosen: Choices, sources: Lexicon, targets: Lexicon
) -> NetworkSpec:
    """Return the network that a translator's parameters and choices describe."""
    return NetworkSpec(
        cell=settings.cell,
        nonlinearity=settings.nonlinearity,
        symbols=len(sources),
        inputs=chosen.embedding,
        outputs=len(targets) + 1,
        hidden=chosen.hidden,
        layers=settings.layers,
        bidirectional=settings.bidirectional is not False,
        decoder=True,
        attention=settings.attention,
        dropout=chosen.dropout,
        drops_inputs=True,
        initialisation="small",
    )
