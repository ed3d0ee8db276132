"""Of several translations the one that says most of what the others say (Kumar and Byrne 2004).

What is likeliest as a whole is often unlike everything else that is likely. Taken is the
translation c whose chrF is highest on average where each of the others is the truth as often as
its probability p says; the few that are found stand for all that are not, so that roots are taken:

    sum over all t of sqrt(p(t)) chrF(c, t)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from recur.judge.translate.metrics import chrf_between


def most_agreed(texts: Sequence[str], logarithms: ArrayLike) -> int:
    """Return the place of the text that most of the others agree with; of equal ones the first.

    Args:
        texts: translations of one source, some of which may be the same.
        logarithms: of their probabilities.
    """
    places = {text: i for i, text in reversed(list(enumerate(texts)))}
    different = list(dict.fromkeys(texts))
    odds = np.exp((np.asarray(logarithms) - np.max(logarithms)) / 2)
    weights = np.zeros(len(different))
    for text, each in zip(texts, odds, strict=True):
        weights[different.index(text)] += each
    return places[different[int(np.argmax(chrf_between(different) @ weights))]]
