"""The judgement of a writer: its losses, what counting costs, and the verdict."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from recur.judge.write.verdict import WritingVerdict
from recur.markup import card
from recur.settings import from_plain


@dataclass(frozen=True, eq=False)
class WritingJudgement:
    """What a writer does on the validation part of its text.

    Attributes:
        nats: mean loss of a symbol, the state carried over the whole part, or over its first
            million symbols; of the network mixed with counts where it is.
        windowed_nats: over random windows of 256 symbols, each from no state; None where the part
            is shorter than one.
        uniform: what it costs to know nothing.
        unigram: what it costs to know how frequent each symbol is.
        verdict: on the network beside the best n-gram.
    """

    nats: float
    windowed_nats: float | None
    uniform: float
    unigram: float
    verdict: WritingVerdict

    @property
    def bits(self) -> float:
        """Return the mean loss of a symbol in bits."""
        return self.nats / float(np.log(2))

    @property
    def alone(self) -> float | None:
        """Return the loss of the network without counts; None where it is not mixed with any."""
        return None if self.verdict.alone is None else self.verdict.alone.nats

    @property
    def network(self) -> float:
        """Return the loss of the network by itself."""
        return self.nats if self.alone is None else self.alone

    @property
    def counting(self) -> dict[str, float]:
        """Return the losses of counting by name."""
        return {"ngram": self.verdict.ngram, "unigram": self.unigram, "uniform": self.uniform}

    def __repr__(self) -> str:
        return f"<WritingJudgement: {self.verdict.sentence}>"

    def _repr_html_(self) -> str:
        return card("Judgement", text=self.verdict.sentence)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON values."""
        return {
            "validation": {
                "nats": self.nats,
                "bits": self.bits,
                "windowed_nats": self.windowed_nats,
                "network_nats": self.network,
            },
            "baselines": {
                "uniform": self.uniform,
                "unigram": self.unigram,
                "ngram": {"order": self.verdict.order, "nats": self.verdict.ngram},
            },
            "verdict": self.verdict.to_dict(),
        }

    @staticmethod
    def from_dict(told: Any) -> WritingJudgement | None:
        """Return what `to_dict` told; None where this version does not understand it."""
        plain = from_plain(_Plain, told)
        if plain is None:
            return None
        return WritingJudgement(
            nats=plain.validation.nats,
            windowed_nats=plain.validation.windowed_nats,
            uniform=plain.baselines.uniform,
            unigram=plain.baselines.unigram,
            verdict=plain.verdict,
        )


@dataclass(frozen=True)
class _Validation:
    nats: float
    windowed_nats: float | None


@dataclass(frozen=True)
class _Baselines:
    uniform: float
    unigram: float


@dataclass(frozen=True)
class _Plain:
    """What `WritingJudgement.to_dict` tells, less what is told twice."""

    validation: _Validation
    baselines: _Baselines
    verdict: WritingVerdict


@dataclass(frozen=True, eq=False)
class ReadingJudgement:
    """What the symbols of a further text cost a writer, all but the first.

    Attributes:
        nats: mean loss of a symbol, of the network mixed with counts where it is.
        network: that of the network alone.
        counting: that of the counts alone; None where there are none.
        adapted: that of a writer that learns on as it reads, which is another way of asking; None
            where it was not asked for.
        uniform: what it costs to know nothing.
        symbols: how many were read.
        unit: what each is.
    """

    nats: float
    network: float
    counting: float | None
    adapted: float | None
    uniform: float
    symbols: int
    unit: str

    @property
    def sentence(self) -> str:
        """Return it in plain words."""
        mixed = "" if self.counting is None else " mixed with counting"
        beside = "" if self.counting is None else f", alone at {self.network:.4f}"
        said = (
            f"The network{mixed} reads {self.symbols:,} {self.unit}s at {self.nats:.4f} nats"
            f"{beside}."
        )
        if self.adapted is None:
            return said
        return (
            f"{said} Learning on as it reads it is at {self.adapted:.4f}: another way of asking, "
            "not to be set beside figures of models that stay as they are."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON values."""
        return {**asdict(self), "sentence": self.sentence}
