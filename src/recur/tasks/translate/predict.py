"""What a fitted translator makes of texts."""

from __future__ import annotations

from typing import NamedTuple

from recur.arrays import Float32s
from recur.data.labelled.lexicon import pieces
from recur.engines.registry import open_engine
from recur.engines.translating import BeamSettings, TranslatingNetwork
from recur.errors import DataError
from recur.tasks.translate.fitted import FittedTranslator, edge
from recur.tasks.translate.words import folded, shown_shares, written

_LONGER = 2  # times the longest of the training that a translation may be, for as long a source


class Answers(NamedTuple):
    """What a translator makes of texts.

    Attributes:
        texts: of each, what comes out.
        shares: of each, what of it looked at what of the source.
        scores: of each, the mean logarithm of the probabilities of its symbols.
    """

    texts: tuple[str, ...]
    shares: tuple[Float32s, ...]
    scores: tuple[float, ...]


def answered(fitted: FittedTranslator, sources: tuple[str, ...], origin: str) -> Answers:
    """Return the translations of texts.

    Args:
        fitted: the translator.
        sources: the texts.
        origin: what messages call them.
    """
    learned, settings = fitted.learned, fitted.settings
    unit = learned.targets.unit
    for i, text in enumerate(sources):
        count = len(pieces(text, unit, exact=True))
        if count > settings.longest:
            raise DataError(
                f"{origin}: text {i + 1} has {count} {unit}, and this translator takes up to "
                f"{settings.longest}; cut it into sentences, or fit with a larger `longest`."
            )
    engine = open_engine(learned.engine, settings.threads)
    ready = TranslatingNetwork(engine, learned.network, fitted.weights)
    encoded = [learned.sources.encode(text, settings.longest) for text in folded(sources, unit)]
    beam = BeamSettings(settings.beams, _LONGER * learned.longest, edge(learned.targets))
    found = ready.translate(encoded, beam)
    both = list(zip(found, sources, strict=True))
    return Answers(
        texts=tuple(
            written(one, text, learned.targets, learned.rare, learned.spacing) for one, text in both
        ),
        shares=tuple(shown_shares(one, text, unit) for one, text in both),
        scores=tuple(one.score for one in found),
    )
