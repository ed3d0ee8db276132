"""What counting alone reaches on a text: nats a character, n-grams and seconds, by order.

    RECUR_DATA=FOLDER python benchmarks/accuracy/ngram.py [--text tinyshakespeare] [--size N]

The n-grams are counted in the first part of the text and judged on the last 10 %. Prints one line
of JSON for each order and each length from which on n-grams that occur once are left out, then the
best order and the floors. On Tiny Shakespeare: 1.5165 at order 7 with all of them, 1.5063 at
order 8 as it is used.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

from recur.data.text.text import TextSplit, read_text
from recur.judge import NGram, best_order, uniform, unigram

ALL = 99  # longer than any


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--text", default="tinyshakespeare", help="a name in text/")
    parser.add_argument("--size", type=int, help="so many characters, the first ones")
    parser.add_argument("--validation", type=float, default=0.1)
    given = parser.parse_args()
    if "RECUR_DATA" not in os.environ:
        sys.exit("set RECUR_DATA to a folder with texts in text/")
    path = Path(os.environ["RECUR_DATA"]) / "text" / f"{given.text}.txt"
    text = read_text(path, size=given.size)
    split, vocabulary = TextSplit.of(text, validation=given.validation), len(text.vocabulary)
    assert split.validation is not None
    training, validation = split.training.symbols, split.validation.symbols
    for singles in (ALL, 5, 6, 7):
        for order in range(1 if singles == ALL else singles, 11):
            began = time.process_time()
            model = NGram.fit(training, order, vocabulary, singles)
            seconds = round(time.process_time() - began, 2)
            nats = round(float(model.losses(validation).mean()), 4)
            print(json.dumps({
                "singles": "all kept" if singles == ALL else f"left out from {singles} on",
                "order": order, "nats": nats, "n-grams": len(model), "seconds": seconds,
            }), flush=True)  # fmt: skip
    best, nats = best_order(training, validation, vocabulary=vocabulary)
    print(json.dumps({"best": best.order, "nats": round(nats, 4)}))
    floors = unigram(training, validation, vocabulary), uniform(vocabulary)
    print(json.dumps(dict(zip(("unigram", "uniform"), (round(x, 4) for x in floors), strict=True))))


if __name__ == "__main__":
    main()
