"""How often translations are said to be better than others that are as good, and than worse ones.

    python benchmarks/accuracy/translate_size.py [--sets 500]

Each set has some texts of random words. Two methods answer each with its truth, in which every word
is replaced by another with the same chance for both, drawn for each text (some texts are hard), so
that what they are worth differs by luck alone; the verdict is asked whether the first is better.
The declared size is 2 %. For the power the second replaces a tenth more. Prints a line of JSON for
each number of texts.
"""

from __future__ import annotations

import argparse
import json

import numpy as np

from recur.judge.translate.metrics import chrf_counts
from recur.judge.translate.verdict import judge_translations

TEXTS, WORDS = (20, 50, 200), 400


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=500)
    given = parser.parse_args()
    for texts in TEXTS:
        claims = dict.fromkeys(("as good", "worse"), 0)
        for seed in range(given.sets):
            numbers = np.random.default_rng(seed)
            letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
            known = ["".join(numbers.choice(letters, size=numbers.integers(2, 9)))
                     for _ in range(WORDS)]  # fmt: skip
            truths = [list(numbers.choice(known, size=numbers.integers(2, 9)))
                      for _ in range(texts)]  # fmt: skip
            hard = numbers.beta(2, 2, texts)

            def answers(more: float, drawn: np.random.Generator, of: list[list[str]],
                        chances: np.ndarray, words: list[str]) -> np.ndarray:  # fmt: skip
                spoilt = [
                    " ".join(
                        str(drawn.choice(words)) if drawn.random() < chance + more else word
                        for word in text
                    )
                    for text, chance in zip(of, chances, strict=True)
                ]
                return chrf_counts(spoilt, [[" ".join(text)] for text in of])

            own, other, worse = (
                answers(more, numbers, truths, hard, known) for more in (0.0, 0.0, 0.1)
            )
            for name, counts in (("as good", other), ("worse", worse)):
                claims[name] += judge_translations(own, {name: counts}).claim == "skill"
        shares = {f"claims over {name}": round(n / given.sets, 4) for name, n in claims.items()}
        print(json.dumps({"texts": texts, "sets": given.sets, **shares}), flush=True)


if __name__ == "__main__":
    main()
