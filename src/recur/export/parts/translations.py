"""Texts as a translator takes them, what its decoder remembers, and what it says in words."""

from __future__ import annotations

from recur.data.labelled.lexicon import TextUnit
from recur.data.labelled.spacing import Gaps, joined
from recur.engines.beams import Memory, Translation
from recur.export.parts import Array
from recur.export.parts.classes import symbol_numbers
from recur.tasks.translate.consensus import most_agreed
from recur.tasks.translate.predict import check_lengths, likelihood
from recur.tasks.translate.words import folded, spoken

Candidates = list[tuple[str, float]]


def source_numbers(
    texts: list[str], unit: TextUnit, exact: bool, symbols: list[str], longest: int
) -> list[list[int]]:
    """Return of each text the numbers of its symbols, 0 being unknown."""
    if isinstance(texts, str) or not all(text.strip() for text in texts):
        raise ValueError(f"expected a list of texts, none of them empty; found {texts!r:.200}.")
    check_lengths(texts, unit, longest, "texts")
    return symbol_numbers(folded(texts, unit), unit, exact, symbols, longest)


def no_keys(outputs: Array) -> Array:
    """Return the keys of a network that does not look back: of no time."""
    return outputs[:0]


def no_shares(found_by: Array) -> Array:
    """Return what such a network looks at: nothing."""
    return found_by[:, :, 0]


def remembered(memory: Memory) -> tuple[Array, Array, Array]:
    """Return what an encoder gave, by what it is found, and which steps are real."""
    return memory.outputs, memory.keys, memory.mask


def in_words(
    found: list[list[Translation]], sources: list[str], unit: TextUnit, symbols: list[str],
    rare: dict[str, str], behind: Gaps, before: Gaps,
) -> list[Candidates]:  # fmt: skip
    """Return the texts of translations of each source, with their logarithms."""
    return [
        [
            (joined(spoken(one, source, unit, symbols, rare), unit, behind, before),
             likelihood(one))
            for one in each
        ]
        for source, each in zip(sources, found, strict=True)
    ]  # fmt: skip


def agreed(found: list[Candidates]) -> list[str]:
    """Return, of each source's translations, the one that most of the others agree with."""
    answers = []
    for each in found:
        texts, logarithms = zip(*each, strict=True)
        answers.append(texts[most_agreed(texts, logarithms)])
    return answers
