"""Which words of a text an answer rests on: each is hidden, and what the answer loses measured."""

from __future__ import annotations

import numpy as np

from recur.data.labelled.examples import Examples
from recur.data.labelled.lexicon import Lexicon, pieces
from recur.errors import SettingsError
from recur.report.occlusion import Occlusion
from recur.tasks.classify.fitted import FittedClassifier
from recur.tasks.classify.predict import answered

_LEAST = 1e-12  # a probability whose logarithm is taken


def explained(fitted: FittedClassifier, examples: Examples) -> list[Occlusion]:
    """Return what each symbol of some texts is worth to the answer that `predict` gives.

    A symbol is hidden by one that training has not seen, from the network and from the simple
    answer it is mixed with alike; all that is hidden of a text is answered in one batch.
    """
    lexicon = fitted.learned.lexicon
    if lexicon is None:
        raise SettingsError(
            "this classifier reads series of numbers; what an answer rests on is measured by "
            "hiding words or characters, of texts alone."
        )
    return [
        _explained(fitted, lexicon, str(text), examples.labels[i] if examples.labels else "")
        for i, text in enumerate(examples.items)
    ]


def _explained(fitted: FittedClassifier, lexicon: Lexicon, text: str, label: str) -> Occlusion:
    learned, apart = fitted.learned, lexicon.unit == "words"
    read = pieces(text, lexicon.unit)[: learned.chosen.longest]
    stand_in, between = _unseen(lexicon), " " if apart else ""
    hidden = [[*read[:i], stand_in, *read[i + 1 :]] for i in range(len(read))]
    texts = tuple(between.join(parts) for parts in (read or [stand_in], *hidden))
    answers = answered(fitted, Examples(texts))
    best = int(answers[0].argmax())
    logs = np.log(np.maximum(answers[:, best], _LEAST))
    return Occlusion(
        symbols=tuple(read),
        losses=tuple((logs[0] - logs[1:]).tolist()),
        answer=learned.classes[best],
        confidence=float(answers[0, best]),
        label=label,
        apart=apart,
    )


def _unseen(lexicon: Lexicon) -> str:
    """Return a sign that is a symbol by itself, and that the lexicon does not have."""
    private = map(chr, range(0xE000, 0xF900))
    return next(sign for sign in private if sign not in lexicon.symbols)
