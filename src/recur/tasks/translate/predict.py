"""What a fitted translator makes of texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from recur.arrays import Float32s
from recur.data.labelled.lexicon import TextUnit, pieces
from recur.engines.beams import BeamSettings, Translation
from recur.engines.registry import open_engine
from recur.engines.translating import TranslatingNetworks
from recur.errors import DataError
from recur.tasks.translate.consensus import most_agreed
from recur.tasks.translate.fitted import FittedTranslator, edge
from recur.tasks.translate.words import folded, shown_shares, spoken

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
    """Return what comes out of texts: of the translations that are found what most agree with.

    Args:
        fitted: the translator.
        sources: the texts.
        origin: what messages call them.
    """
    texts, shares = [], []
    for source, found in zip(sources, searched(fitted, sources, origin), strict=True):
        every = texts_of(fitted, found, source)
        at = most_agreed(every, [likelihood(one) for one in found])
        texts.append(every[at])
        shares.append(shown_shares(found[at], source, fitted.learned.targets.unit))
    return Answers(tuple(texts), tuple(shares))


def searched(
    fitted: FittedTranslator, sources: Sequence[str], origin: str
) -> list[list[Translation]]:
    """Return the translations that are found of texts, the best first.

    Args:
        fitted: the translator.
        sources: the texts.
        origin: what messages call them.
    """
    learned, settings = fitted.learned, fitted.settings
    unit = learned.targets.unit
    check_lengths(sources, unit, settings.longest, origin)
    engine = open_engine(learned.engine, settings.threads)
    ready = TranslatingNetworks(engine, learned.network, [fitted.weights, *fitted.others])
    encoded = [learned.sources.encode(text, settings.longest) for text in folded(sources, unit)]
    return ready.translate(encoded, beam_of(fitted))


def beam_of(fitted: FittedTranslator) -> BeamSettings:
    """Return how a translator searches."""
    learned = fitted.learned
    return BeamSettings(fitted.settings.beams, _LONGER * learned.longest, edge(learned.targets))


def check_lengths(sources: Sequence[str], unit: TextUnit, longest: int, origin: str) -> None:
    """Refuse texts with more symbols than a translator takes.

    Args:
        sources: the texts.
        unit: what is counted.
        longest: how many a text may have.
        origin: what messages call the texts.
    """
    for i, text in enumerate(sources):
        count = len(pieces(text, unit, exact=True))
        if count > longest:
            raise DataError(
                f"{origin}: text {i + 1} has {count} {unit}, and this translator takes up to "
                f"{longest}; cut it into sentences, or fit with a larger `longest`."
            )


def likelihood(translation: Translation) -> float:
    """Return the logarithm of the probability of a whole translation, its end included."""
    return translation.score * (len(translation.symbols) + 1)


def texts_of(fitted: FittedTranslator, found: list[Translation], source: str) -> list[str]:
    """Return the texts of the translations of a source."""
    learned = fitted.learned
    unit, symbols, join = learned.targets.unit, learned.targets.symbols, learned.spacing.join
    return [join(spoken(one, source, unit, symbols, learned.rare), unit) for one in found]
