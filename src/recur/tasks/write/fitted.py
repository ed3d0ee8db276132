"""What fitting a writer has learnt: one frozen object, and the schema of its file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from recur.arrays import Indices
from recur.data.text.counts import Counts
from recur.data.text.text import Text
from recur.data.text.vocabulary import Vocabulary
from recur.engines.mixing import EVEN, Mixture
from recur.errors import SettingsError
from recur.files.modelfile import Contents
from recur.judge.write.heldout import HeldOut
from recur.judge.write.judgement import WritingJudgement
from recur.networks.spec import NetworkSpec, Values
from recur.parameters import Count, Positive, ShareBelowOne
from recur.settings import Settings
from recur.tasks.base import TrainingRecord, check_tensors, checked
from recur.tasks.write.settings import WriterParameters

_NGRAMS, _GATE = "ngrams.", "gate"  # what the tensors of a mixture are called


class Choices(Settings):
    """The parameters that are chosen from a text where they are not given."""

    embedding: Count
    hidden: Count
    layers: Count
    dropout: ShareBelowOne
    steps: Count
    streams: Count
    rate: Positive
    epochs: Positive
    offset: Count


class LearnedWriter(TrainingRecord):
    """What a writer has learnt and chosen, but for arrays.

    Attributes:
        chosen: what was chosen from the text.
        vocabulary: the symbols, as plain values.
        ngrams: symbols of the longest n-grams that the network is mixed with; 0 where it is alone.
    """

    chosen: Choices
    vocabulary: Annotated[dict[str, Any], Field(min_length=1)]
    ngrams: Annotated[int, Field(ge=0)] = 0


@dataclass(frozen=True, eq=False)
class FittedWriter:
    """A writer that can write.

    Attributes:
        settings: the parameters that it was fitted with.
        learned: what was learnt and chosen, but for arrays.
        weights: float32 [size], of the network.
        vocabulary: the symbols.
        counts: int64 [symbols], how often each occurs in the training part.
        mixture: what the network is mixed with; None where it is alone.
        text: that of the fit; None for a writer that was loaded.
        held_out: what a page shows of its validation part; None for a writer that was loaded.
        judgement: on its validation part; None where there was none.
    """

    settings: WriterParameters
    learned: LearnedWriter
    weights: Values
    vocabulary: Vocabulary
    counts: Indices
    mixture: Mixture | None = None
    text: Text | None = None
    held_out: HeldOut | None = None
    judgement: WritingJudgement | None = None

    @property
    def chosen(self) -> dict[str, Any]:
        """Return the parameters that were chosen from the text."""
        return dict(self.learned.chosen)

    def tensors(self) -> dict[str, Any]:
        """Return the tensors of its file."""
        tensors = {**self.learned.network.named(self.weights), "text.counts": self.counts}
        if self.mixture is not None:
            told = self.mixture.counts.tensors()
            tensors |= {f"{_NGRAMS}{name}": tensor for name, tensor in told.items()}
            tensors[_GATE] = self.mixture.gate
        return tensors

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
        mixture = _mixture(tensors, len(vocabulary), learned.ngrams) if learned.ngrams else None
        check_tensors(tensors)
        return FittedWriter(
            settings=settings,
            learned=learned,
            weights=learned.network.flat(tensors),
            vocabulary=vocabulary,
            counts=counts,
            mixture=mixture,
            judgement=WritingJudgement.from_dict(contents.header.get("judgement")),
        )


def _mixture(tensors: dict[str, Any], vocabulary: int, order: int) -> Mixture:
    """Return what the tensors of a file say that a network is mixed with, and take them out."""
    gate = tensors.pop(_GATE)
    names = [name for name in tensors if name.startswith(_NGRAMS)]
    told = {name.removeprefix(_NGRAMS): tensors.pop(name) for name in names}
    if gate.shape != EVEN.shape or gate.dtype != np.float64 or not np.isfinite(gate).all():
        raise SettingsError("its gate is not one of a network and counts.")
    return Mixture(Counts.read(told, vocabulary, order), gate)


def shape(fitted: FittedWriter) -> dict[str, Any]:
    """Return the parameters of a writer that its network follows from."""
    of_settings = ("cell", "nonlinearity", "tied", "initialisation", "unit", "subwords")
    of_choices = ("embedding", "hidden", "layers", "dropout")
    return {name: getattr(fitted.settings, name) for name in of_settings} | {
        name: getattr(fitted.learned.chosen, name) for name in of_choices
    }


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
