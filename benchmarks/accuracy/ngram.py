"""What counting alone reaches on Tiny Shakespeare: nats a character and seconds, by order.

Needs RECUR_DATA. The n-grams are counted in the first 90 % of the text and judged on the last 10 %.
Prints one line of JSON an order, then the best one and the floors. Known: 1.5165 at order 7.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import numpy as np

from recur.judge import NGram, best_order, uniform, unigram


def main() -> None:
    if "RECUR_DATA" not in os.environ:
        sys.exit("set RECUR_DATA to a folder with text/tinyshakespeare.txt")
    path = Path(os.environ["RECUR_DATA"]) / "text" / "tinyshakespeare.txt"
    characters = np.frombuffer(path.read_bytes(), np.uint8)  # it is all ASCII
    distinct, symbols = np.unique(characters, return_inverse=True)
    vocabulary, held_out = len(distinct), int(0.9 * len(symbols))
    training, validation = symbols[:held_out], symbols[held_out:]
    for order in range(1, 10):
        began = time.perf_counter()
        model = NGram.fit(training, order, vocabulary)
        fitted = time.perf_counter()
        nats = float(model.losses(validation).mean())
        judged = time.perf_counter()
        row = {"order": order, "nats": round(nats, 4), "fit_seconds": round(fitted - began, 2)}
        print(json.dumps({**row, "judge_seconds": round(judged - fitted, 2)}), flush=True)
    began = time.perf_counter()
    best, nats = best_order(training, validation, vocabulary=vocabulary)
    seconds = round(time.perf_counter() - began, 2)
    print(json.dumps({"best": best.order, "nats": round(nats, 4), "seconds": seconds}))
    floors = {
        "unigram": round(unigram(training, validation, vocabulary), 4),
        "uniform": round(uniform(vocabulary), 4),
    }
    print(json.dumps(floors))


if __name__ == "__main__":
    main()
