"""How often a tagger is said to have skill where tags tell nothing.

    python benchmarks/accuracy/tag_size.py [--sets 500]

Each set is 150 sentences of random words whose tags have nothing to do with them: in half of the
sets entities of one to three types, in the others three to five parts of speech. A third is held
out, a small network is fitted and judged as always. The declared size is 2 %. Prints a line of
JSON for each kind.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from typing import Any

import numpy as np

from recur import Tagger

SENTENCES, WORDS = 150, 40
SMALL: dict[str, Any] = {
    "embedding": 8,
    "hidden": 8,
    "filters": 0,
    "epochs": 4,
    "rate": 0.02,
    "batch": 16,
    "swaps": 1,
    "refit": False,
    "threads": 1,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=500)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    for kind, make in (("entities", entities), ("parts of speech", parts)):
        began, count, claims = time.process_time(), given.sets // 2, 0
        for seed in range(count):
            words, tags = make(np.random.default_rng(seed))
            model = Tagger(**SMALL, seed=seed)
            model.fit(words, tags, test=1 / 3, progress=False)
            judgement = model.judgement_
            assert judgement is not None
            claims += judgement.verdict.claim == "skill"
        row = {
            "tags": "without information",
            "kind": kind,
            "sets": count,
            "claims of skill": claims,
            "share": round(claims / count, 4),
            "processor seconds": round(time.process_time() - began, 1),
        }
        print(json.dumps(row), flush=True)


def entities(numbers: np.random.Generator) -> Any:
    """Return sentences of which some words are entities, each by itself."""
    kinds = [f"k{i}" for i in range(int(numbers.integers(1, 4)))]
    often, words, tags = float(numbers.uniform(0.05, 0.3)), [], []
    for _ in range(SENTENCES):
        length = int(numbers.integers(6, 12))
        named, own = numbers.random(length) < often, numbers.choice(kinds, length)
        words.append([f"w{word}" for word in numbers.integers(0, WORDS, length)])
        tags.append([f"B-{one}" if mark else "O" for mark, one in zip(named, own, strict=True)])
    return words, tags


def parts(numbers: np.random.Generator) -> Any:
    """Return sentences in which each word has one of some tags."""
    names = [f"T{i}" for i in range(int(numbers.integers(3, 6)))]
    shares = numbers.dirichlet(np.full(len(names), 3.0))
    words, tags = [], []
    for _ in range(SENTENCES):
        length = int(numbers.integers(6, 12))
        words.append([f"w{word}" for word in numbers.integers(0, WORDS, length)])
        tags.append([str(one) for one in numbers.choice(names, length, p=shares)])
    return words, tags


if __name__ == "__main__":
    main()
