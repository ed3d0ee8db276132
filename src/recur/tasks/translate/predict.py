"""What a fitted translator makes of texts."""

from __future__ import annotations

from typing import NamedTuple

from recur.arrays import Float32s
from recur.data.labelled.lexicon import pieces
from recur.engines.registry import open_engine
from recur.engines.translating import BeamSettings, TranslatingNetworks, Translation
from recur.errors import DataError
from recur.tasks.translate.consensus import most_agreed
from recur.tasks.translate.fitted import FittedTranslator, edge
from recur.tasks.translate.words import folded, shown_shares, written

_LONGER = 2  # times the longest of the training that a translation may be, for as long a source


class Answers(NamedTuple):
    """What a translator makes of texts.

    Attributes:
        texts: of each, what comes out.
        shares: of each, what of it looked at what of the source.
    """

    texts: tuple[str, ...]
    shares: tuple[Float32s, ...]


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
    ready = TranslatingNetworks(engine, learned.network, [fitted.weights, *fitted.others])
    encoded = [learned.sources.encode(text, settings.longest) for text in folded(sources, unit)]
    beam = BeamSettings(settings.beams, _LONGER * learned.longest, edge(learned.targets))
    found = ready.translate(encoded, beam)
    pairs = zip(found, sources, strict=True)
    texts, shares = zip(*(_agreed(fitted, each, source) for each, source in pairs), strict=True)
    return Answers(texts, shares)


def _agreed(
    fitted: FittedTranslator, found: list[Translation], source: str
) -> tuple[str, Float32s]:
    """Return the text of the translation that most of the others agree with, and what it saw."""
    learned = fitted.learned
    texts = [written(one, source, learned.targets, learned.rare, learned.spacing) for one in found]
    at = most_agreed(texts, [one.score * (len(one.symbols) + 1) for one in found])
    return texts[at], shown_shares(found[at], source, learned.targets.unit)
