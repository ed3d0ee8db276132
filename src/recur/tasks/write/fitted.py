"""What fitting a writer has learnt: one frozen object, and the schema of its file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from recur.arrays import Indices
from recur.data.text.text import Text
from recur.data.text.vocabulary import Vocabulary
from recur.errors import SettingsError
from recur.files.modelfile import Contents
from recur.judge.write.judgement import WritingJudgement
from recur.networks.spec import NetworkSpec, Values
from recur.parameters import Count, Positive, ShareBelowOne
from recur.settings import Settings
from recur.tasks.base import TrainingRecord, check_tensors, checked
from recur.tasks.write.settings import WriterParameters


class Choices(Settings):
    """The parameters that are chosen from a text where they are not given."""

    embedding: Count
    hidden: Count
    layers: Count
    dropout: ShareBelowOne
    steps: Count
    streams: Count
    rate: Positive
    epochs: Count
    offset: Count


class LearnedWriter(TrainingRecord):
    """What a writer has learnt and chosen, but for arrays.

    Attributes:
        chosen: what was chosen from the text.
        vocabulary: the symbols, as plain values.
    """

    chosen: Choices
    vocabulary: Annotated[dict[str, Any], Field(min_length=1)]


@dataclass(frozen=True, eq=False)
class FittedWriter:
    """A writer that can write.

    Attributes:
        settings: the parameters that it was fitted with.
        learned: what was learnt and chosen, but for arrays.
        weights: float32 [size], of the network.
        vocabulary: the symbols.
        counts: int64 [symbols], how often each occurs in the training part.
        text: that of the fit; None for a writer that was loaded.
        judgement: on its validation part; None where there was none.
    """

    settings: WriterParameters
    learned: LearnedWriter
    weights: Values
    vocabulary: Vocabulary
    counts: Indices
    text: Text | None = None
    judgement: WritingJudgement | None = None

    @property
    def chosen(self) -> dict[str, Any]:
        """Return the parameters that were chosen from the text."""
        return dict(self.learned.chosen)

    def tensors(self) -> dict[str, Any]:
        """Return the tensors of its file."""
        return {**self.learned.network.named(self.weights), "text.counts": self.counts}

    @staticmethod
    def read(contents: Contents) -> FittedWriter:
        """Return what a file holds, checking that it fits together."""
        settings = checked(WriterParameters, contents.header["settings"])
        learned = LearnedWriter.from_dict(contents.header["learned"])
        vocabulary = Vocabulary.from_dict(learned.vocabulary)
        if learned.network != network(settings, learned.chosen, len(vocabulary)):
            raise SettingsError("its network is not the one that its settings describe.")
        tensors = dict(contents.tensors)
        counts = tensors.pop("text.counts")
        if counts.shape != (len(vocabulary),) or counts.dtype != np.int64 or counts.min() < 0:
            raise SettingsError("its counts of symbols are not those of its vocabulary.")
        check_tensors(tensors)
        return FittedWriter(
            settings=settings,
            learned=learned,
            weights=learned.network.flat(tensors),
            vocabulary=vocabulary,
            counts=counts,
            judgement=WritingJudgement.from_dict(contents.header.get("judgement")),
        )


def network(settings: WriterParameters, chosen: Choices, symbols: int) -> NetworkSpec:
    """Return the network that a writer's parameters and choices describe."""
    return NetworkSpec(
        cell=settings.cell,
        symbols=symbols,
        inputs=chosen.embedding,
        outputs=symbols,
        hidden=chosen.hidden,
        layers=chosen.layers,
        dropout=chosen.dropout,
        nonlinearity=settings.nonlinearity,
        tied=settings.tied,
        reads="every",
        initialisation=settings.initialisation,
    )
