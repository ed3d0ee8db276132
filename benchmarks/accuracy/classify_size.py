"""How often a classifier is said to have skill where labels tell nothing, and where they do.

    python benchmarks/accuracy/classify_size.py [--sets 500] [--power] [--only texts]

Each set is 200 texts of random words, or series of noise, with two to five classes, half of the
time of equal shares, that have nothing to do with them; a quarter is held out, a small network is
fitted by the usual defaults, and judged as always. The declared size is 2 %. With --power one word
in three, or a shift, tells the class instead: then the network is nearly always right more often
than the most frequent class, and so are the simple answers, beside which little is left to claim.
Prints a line of JSON for each kind.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from typing import Any

import numpy as np

from recur import Classifier
from recur.judge.classify.verdict import FREQUENT
from recur.judge.superiority import NETWORK

EXAMPLES, WORDS, STEPS = 200, 60, 24
SMALL: dict[str, Any] = {
    "hidden": 8,
    "embedding": 8,
    "epochs": 5,
    "rate": 0.02,
    "filters": 0,
    "threads": 1,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=500)
    parser.add_argument("--power", action="store_true", help="labels that can be learnt")
    parser.add_argument("--only", choices=("texts", "series"), help="half of the sets")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    make = {"texts": texts, "series": series}
    for kind in [given.only] if given.only else make:
        count = given.sets // 2
        began = time.process_time()
        claims = over_frequent = 0
        for seed in range(count):
            items, labels = make[kind](seed, told=given.power)
            model = Classifier(**SMALL, seed=seed).fit(items, labels, test=0.25, progress=False)
            judgement = model.judgement_
            assert judgement is not None
            claims += judgement.verdict.claim == "skill"
            scores = judgement.scores
            over_frequent += scores[NETWORK].accuracy > scores[FREQUENT].accuracy
        row = {
            "labels": "told by a part of each" if given.power else "without information",
            "kind": kind,
            "sets": count,
            "claims of skill": claims,
            "share": round(claims / count, 4),
            "right more often than the most frequent class": round(over_frequent / count, 3),
            "processor seconds": round(time.process_time() - began, 1),
        }
        print(json.dumps(row), flush=True)


def classes(numbers: np.random.Generator) -> Any:
    """Return the number of each example's class, of two to five in equal or other shares."""
    count = int(numbers.integers(2, 6))
    equal = np.full(count, 1 / count)
    shares = equal if numbers.random() < 0.5 else numbers.dirichlet(np.full(count, 3.0))
    drawn = numbers.choice(count, EXAMPLES, p=shares)
    drawn[: 4 * count] = np.repeat(np.arange(count), 4)  # so that each has a few
    return drawn


def texts(seed: int, *, told: bool) -> tuple[list[str], list[str]]:
    """Return texts of random words."""
    numbers = np.random.default_rng(seed)
    labels = classes(numbers)
    found = []
    for label in labels:
        words = numbers.integers(0, WORDS, int(numbers.integers(4, 12)))
        if told:
            words = np.where(numbers.random(len(words)) < 1 / 3, label, words)
        found.append(" ".join(f"w{word}" for word in words))
    return found, [str(label) for label in labels]


def series(seed: int, *, told: bool) -> tuple[list[Any], list[str]]:
    """Return series of noise."""
    numbers = np.random.default_rng(10_000 + seed)
    labels = classes(numbers)
    found = [numbers.normal(0.7 * label if told else 0.0, 1.0, STEPS) for label in labels]
    return found, [str(label) for label in labels]


if __name__ == "__main__":
    main()
