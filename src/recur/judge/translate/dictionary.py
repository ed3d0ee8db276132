"""A dictionary of words, learnt from pairs of sentences: IBM's first model (Brown and others 1993).

Each word of a target comes from one word of the source, or from none, which ones is not known:

    share of e in f = t(f | e) / sum over the e' of the source t(f | e')
    t(f | e) = sum over all pairs of that share, made to add up to one over all f

Both are reckoned in turn, from equal t on (expectation and maximisation).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from recur.arrays import Float64s

_ROUNDS = 10
_NOTHING = "\0"  # what brings about words that come from no word


def learn_dictionary(
    sources: Sequence[Sequence[str]],
    targets: Sequence[Sequence[str]],
    without: Collection[str] = (),
) -> tuple[dict[str, str], dict[str, str]]:
    """Return of each word of some sources the likeliest word of their targets.

    Args:
        sources: words of each pair.
        targets: those that should come out, as many.
        without: words that a second dictionary does not answer with.

    Returns:
        The dictionary, and the second one, in which words that have no other answer are missing.
    """
    left = {word: i for i, word in enumerate(dict.fromkeys([_NOTHING, *_all(sources)]))}
    right = {word: i for i, word in enumerate(dict.fromkeys(_all(targets)))}
    # Every word of a target beside every word of its source: places of both, and of the first.
    sides, places, count = [], [], 0
    for source, target in zip(sources, targets, strict=True):
        from_ = np.array([left[_NOTHING], *(left[word] for word in source)], np.int64)
        into = np.array([right[word] for word in target], np.int64)
        sides.append(np.repeat(into, len(from_)) + np.tile(from_, len(into)) * len(right))
        places.append(np.repeat(np.arange(count, count + len(into)), len(from_)))
        count += len(into)
    known, at = np.unique(np.concatenate(sides), return_inverse=True)
    place, owner = np.concatenate(places), known // len(right)
    chance: Float64s = np.ones(len(known))
    for _ in range(_ROUNDS):
        shares = chance[at]
        shares /= np.bincount(place, shares)[place]
        held = np.bincount(at, shares, minlength=len(known))
        chance = held / np.bincount(owner, held)[owner]
    words, others = list(left), list(right)
    order = np.lexsort((known, -chance, owner))
    answers = [others[number] for number in known[order] % len(right)]
    found: tuple[dict[str, str], dict[str, str]] = {}, {}
    for number, answer in zip(owner[order].tolist(), answers, strict=True):
        found[0].setdefault(words[number], answer)
        if answer not in without:
            found[1].setdefault(words[number], answer)
    for dictionary in found:
        dictionary.pop(_NOTHING, None)
    return found


def _all(texts: Sequence[Sequence[str]]) -> list[str]:
    return [word for text in texts for word in text]
