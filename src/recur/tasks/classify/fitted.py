"""What fitting a classifier has learnt: one frozen object, and the schema of its file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import Ge
from pydantic import Field

from recur.arrays import Float64s, Indices
from recur.data.labelled.examples import Examples, Kind
from recur.data.labelled.lexicon import Lexicon
from recur.errors import SettingsError
from recur.files.modelfile import Contents
from recur.judge.classify.calibration import LEAST_TEMPERATURE
from recur.judge.classify.judgement import ClassJudgement
from recur.judge.classify.kernels import KernelRidge
from recur.judge.classify.ngrams import NgramCounter
from recur.networks.parameters import Convolution
from recur.networks.spec import NetworkSpec, Values
from recur.parameters import Count, Positive, ShareBelowOne
from recur.settings import Settings, Share
from recur.tasks.base import TrainingRecord, check_tensors, checked
from recur.tasks.classify.settings import ClassifierParameters
from recur.tasks.others import others_named, take_others

Temperature = Annotated[float, Ge(LEAST_TEMPERATURE)]


class Choices(Settings):
    """The parameters that are chosen from the data where they are not given."""

    longest: Count
    embedding: Count
    hidden: Count
    filters: Annotated[int, Ge(0)]
    dropout: ShareBelowOne
    rate: Positive
    epochs: Count
    batch: Count
    patience: Count


class LearnedClassifier(TrainingRecord):
    """What a classifier has learnt and chosen, but for arrays.

    Attributes:
        chosen: what was chosen from the data.
        kind: what an example is.
        classes: the labels, in order.
        frequencies: how often each was in what was learnt from.
        lexicon: the symbols of texts; None of series.
        channels: of series; 0 of texts.
        temperature: by which the logarithms of the network's probabilities are divided.
        share: of the network in what `predict` answers; 1 where it is mixed with nothing.
        mixture_temperature: by which those of the mixture are divided.
        mixed_with: the simple answer that has the rest; empty where there is none.
        orders: lengths of the n-grams that are counted; none of series.
        spelt: lengths of those of the characters of words; none where none are counted.
    """

    chosen: Choices
    kind: Kind
    classes: Annotated[tuple[str, ...], Field(min_length=2)]
    frequencies: tuple[Annotated[int, Ge(0)], ...]
    lexicon: Lexicon | None
    channels: Annotated[int, Ge(0)]
    temperature: Temperature = 1.0
    share: Share = 1.0
    mixture_temperature: Temperature = 1.0
    mixed_with: str = ""
    orders: tuple[Count, ...] = ()
    spelt: tuple[Count, ...] = ()


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What a classifier was judged on, and what it answered.

    Attributes:
        examples: that no training has seen.
        labels: int64 [examples], from 0 on.
        answers: float64 [examples, classes] by method.
    """

    examples: Examples
    labels: Indices
    answers: dict[str, Float64s]


@dataclass(frozen=True, eq=False)
class FittedClassifier:
    """A classifier that can tell classes apart.

    Attributes:
        settings: the parameters that it was fitted with.
        learned: what was learnt and chosen, but for arrays.
        weights: float32 [size], of the network.
        centre: float64 [channels], what series are measured from; empty of texts.
        spread: float64 [channels], their unit.
        simple: the simple answer that is kept beside it.
        others: the weights of further networks, with which it is averaged.
        held_out: of the fit; None for a classifier that was loaded.
        judgement: on the held-out examples; None where there were none.
    """

    settings: ClassifierParameters
    learned: LearnedClassifier
    weights: Values
    centre: Float64s
    spread: Float64s
    simple: NgramCounter | KernelRidge
    others: tuple[Values, ...] = ()
    held_out: HeldOut | None = None
    judgement: ClassJudgement | None = None

    @property
    def chosen(self) -> dict[str, Any]:
        """Return the parameters that were chosen from the data."""
        return dict(self.learned.chosen)

    def tensors(self) -> dict[str, Any]:
        """Return the tensors of its file."""
        more = others_named(self.learned.network, self.others)
        return {
            **self.learned.network.named(self.weights),
            **more,
            "series.centre": self.centre,
            "series.spread": self.spread,
            **self.simple.tensors(),
        }

    @staticmethod
    def read(contents: Contents) -> FittedClassifier:
        """Return what a file holds, checking that it fits together."""
        settings = checked(ClassifierParameters, contents.header["settings"])
        learned = LearnedClassifier.from_dict(contents.header["learned"])
        if len(learned.frequencies) != len(learned.classes):
            raise SettingsError("its classes are not as many as their frequencies.")
        if learned.network != network(
            settings, learned.chosen, len(learned.classes), learned.lexicon, learned.channels
        ):
            raise SettingsError("its network is not the one that its settings describe.")
        tensors = dict(contents.tensors)
        own = {name: tensors.pop(name) for name in list(tensors) if name.startswith("simple.")}
        simple: NgramCounter | KernelRidge
        if learned.kind == "texts":
            simple = NgramCounter.read(learned.orders, len(learned.classes), own, learned.spelt)
        else:
            simple = KernelRidge.read(len(learned.classes), learned.channels, own)
        others = take_others(learned.network, tensors, settings.networks - 1)
        check_tensors(tensors, ("series.centre", "series.spread"))
        centre, spread = tensors.pop("series.centre"), tensors.pop("series.spread")
        if centre.shape != (learned.channels,) or spread.shape != (learned.channels,):
            raise SettingsError("the scale of its series is not of their channels.")
        if not (spread > 0).all():
            raise SettingsError("the spread of its series is not above 0.")
        return FittedClassifier(
            settings=settings,
            learned=learned,
            weights=learned.network.flat(tensors),
            centre=centre,
            spread=spread,
            simple=simple,
            others=others,
            judgement=ClassJudgement.from_dict(contents.header.get("judgement")),
        )


def network(
    settings: ClassifierParameters,
    chosen: Choices,
    classes: int,
    lexicon: Lexicon | None,
    channels: int,
) -> NetworkSpec:
    """Return the network that a classifier's parameters and choices describe."""
    texts = lexicon is not None
    convolution = None
    if chosen.filters:
        convolution = Convolution(
            filters=chosen.filters, kernel=settings.kernel, stride=settings.stride
        )
    return NetworkSpec(
        cell=settings.cell,
        nonlinearity=settings.nonlinearity,
        symbols=len(lexicon) if lexicon is not None else 0,
        inputs=chosen.embedding if texts else channels,
        convolution=convolution,
        outputs=classes,
        hidden=chosen.hidden,
        layers=settings.layers,
        bidirectional=settings.bidirectional is not False,
        dropout=chosen.dropout,
        drops_inputs=texts,
        reads=settings.reads,
        initialisation="small",
    )
