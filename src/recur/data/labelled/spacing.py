"""Texts put together from their words: what stood between them where they were learnt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from recur.data.labelled.lexicon import TextUnit, pieces
from recur.settings import Settings

Gaps = dict[str, tuple[str, float]]
"""Of a word and the kind of its neighbour, what stood between them most often, and how often."""

_USUAL = (" ", 0.5)  # of a word that was not seen: a space, without much weight


class Spacing(Settings):
    """What stands between words, by what stood behind and in front of each.

    Between two words stands what is the surer of both: what stood most often behind the first, or
    in front of the second, with the share of the times that it did. Words and signs beside a word
    are counted apart, since an `est` that follows `C'` as a rule follows a new word at a distance.

    Attributes:
        behind: of a word and the kind of its neighbour, what stood behind it most often, and how
            often.
        before: of a word and the kind of its neighbour, what stood in front of it most often, and
            how often.
    """

    behind: Gaps
    before: Gaps

    @staticmethod
    def of(texts: Iterable[str], unit: TextUnit) -> Spacing:
        """Return what stands between the words of some texts; between characters nothing does."""
        behind: dict[str, Counter[str]] = {}
        before: dict[str, Counter[str]] = {}
        for text in texts if unit == "words" else ():
            words = pieces(text, unit, exact=True)
            at, between = 0, []
            for word in words:
                place = text.index(word, at)
                between.append(text[at:place])
                at = place + len(word)
            for first, gap, second in zip(words, between[1:], words[1:], strict=False):
                behind.setdefault(first + _kind(second[0]), Counter())[gap] += 1
                before.setdefault(second + _kind(first[-1]), Counter())[gap] += 1
        return Spacing(behind=_usual(behind), before=_usual(before))

    def join(self, words: Sequence[str], unit: TextUnit) -> str:
        """Return the text that words, or characters, make.

        >>> Spacing.of(["J'ai dit : non !"], "words").join(["J'", "ai", "fini", "!"], "words")
        "J'ai fini !"
        """
        return joined(words, unit, self.behind, self.before)


def joined(words: Sequence[str], unit: TextUnit, behind: Gaps, before: Gaps) -> str:
    """Return the text that words, or characters, make; see `Spacing`."""
    if unit == "characters":
        return "".join(words)
    text = ""
    for i, word in enumerate(words):
        if i:
            first = words[i - 1]
            choices = (
                before.get(word + _kind(first[-1]), _USUAL),
                behind.get(first + _kind(word[0]), _USUAL),
            )
            text += max(choices, key=lambda one: one[1])[0]
        text += word
    return text


def _kind(letter: str) -> str:
    """Return what stands for the kind of a neighbour: a word, or a sign."""
    return " w" if letter.isalnum() else " s"


def _usual(counted: dict[str, Counter[str]]) -> dict[str, tuple[str, float]]:
    """Return what was counted most often, and its share, one more time counted as anything."""
    found = {}
    for word, counts in sorted(counted.items()):
        gap, count = max(counts.items(), key=lambda one: (one[1], one[0]))
        found[word] = (gap, round(count / (counts.total() + 1), 3))
    return found
