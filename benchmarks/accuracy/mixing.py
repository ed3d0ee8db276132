"""A network that writes and counts of what followed what: each alone, and mixed in several ways.

    RECUR_DATA=FOLDER python benchmarks/accuracy/mixing.py [--text tinyshakespeare] [--size N]

Trains one network on all but the last part of a text, then judges on that part, in nats a
character: the network, the best n-gram, their chances added with the best constant weight, and
their chances multiplied (the logarithms added) evenly, with the best constant weights, and with
weights from how sure both are, for n-grams of several lengths. Whatever is learnt of mixing is
learnt on one half of the part and judged on the other. One line of JSON a row.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from recur.data.text.counts import Counts
from recur.data.text.ngram import NGram
from recur.data.text.text import TextSplit, read_text
from recur.engines.mixing import EVEN, ONLY_COUNTS, Mixture
from recur.tasks.write.judge import losses_of
from recur.tasks.write.mixing import best_gate, heard
from recur.tasks.write.writer import Writer

_ORDERS = (5, 6, 7, 8, 10)
_WEIGHTS = np.linspace(0.02, 0.98, 49)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--text", default="tinyshakespeare")
    parser.add_argument("--size", type=int)
    parser.add_argument("--validation", type=float, default=0.1)
    parser.add_argument("--settings", default="{}", help="more parameters of the Writer, JSON")
    given = parser.parse_args()
    if "RECUR_DATA" not in os.environ:
        sys.exit("set RECUR_DATA to a folder with texts in text/")
    path = Path(os.environ["RECUR_DATA"]) / "text" / f"{given.text}.txt"
    text = read_text(path, size=given.size)
    model = Writer(validation=given.validation, counting=False)
    fitted = model.set_params(**json.loads(given.settings)).fit(text, progress=False).fitted_
    known = TextSplit.of(text, validation=given.validation).training.symbols
    held = text.symbols[len(known) :]
    judged = model.judge()
    told = {"network": round(judged.nats, 4), "best n-gram": round(judged.verdict.ngram, 4)}
    print(json.dumps({"text": given.text, "passes": model.chosen_["epochs"], **told}), flush=True)
    for order in _ORDERS:
        counts = Counts.of(NGram.fit(known, order, len(text.vocabulary)))
        mixed = replace(fitted, mixture=Mixture(counts, EVEN))
        middle, gates = len(held) // 2, [EVEN, ONLY_COUNTS]
        for half in (held[middle:], held[:middle]):
            experts, following = heard(mixed, counts, half)
            alike = replace(experts, signs=experts.signs * [1, 0, 0, 0])
            gates += [best_gate(alike, following), best_gate(experts, following)]
        network, even, counted, *rest = losses_of(mixed, held, gates)
        first = np.arange(len(network)) < middle
        constant, gate = (np.where(first, rest[i], rest[i + 2]).mean() for i in range(2))
        own, other = np.exp(-network), np.exp(-counted)
        added = min(-np.log((1 - w) * own + w * other).mean() for w in _WEIGHTS)
        row = {"counts": counted.mean(), "added": added, "multiplied evenly": even.mean()}
        row |= {"with constant weights": constant, "with a gate": gate}
        rounded = {name: round(float(value), 4) for name, value in row.items()}
        print(json.dumps({"order": order, **rounded, "n-grams": len(counts)}), flush=True)


if __name__ == "__main__":
    main()
