"""A tagger on WNUT17, from scratch, beside the simple answers.

    python benchmarks/accuracy/tag.py [--seeds 1] [--settings '{"networks": 1}']

Needs RECUR_DATA. Learns from the training file, chooses by the development file and then learns
from that as well, and is judged on the test file, whose names are others. Prints a line of JSON
for each seed: F1 of every method, what `predict` answers, the verdict, the parameters of all
networks, and the seconds of the whole fit, the simple answers included.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import warnings
from pathlib import Path
from typing import Any

from recur import Tagger
from recur.data.labelled.conll import read_conll

PARTS = ("train", "dev", "test")
SETTINGS: dict[str, Any] = {"networks": 5}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--settings", default="{}", help="parameters of the tagger, as JSON")
    given = parser.parse_args()
    if "RECUR_DATA" not in os.environ:
        sys.exit("set RECUR_DATA to a folder with labelled/")
    warnings.simplefilter("ignore")
    folder = Path(os.environ["RECUR_DATA"]) / "labelled"
    training, validation, test = (read_conll([folder / f"wnut17.{part}.conll"]) for part in PARTS)
    for seed in range(given.seeds):
        settings = {**SETTINGS, **json.loads(given.settings), "seed": seed}
        began, processor = time.perf_counter(), time.process_time()
        model = Tagger(**settings).fit(training, validation=validation, test=test, progress=False)
        seconds, used = time.perf_counter() - began, time.process_time() - processor
        judgement = model.judgement_
        assert judgement is not None
        scores = {
            name: [round(100 * (value or 0.0), 2) for value in (one.f1, one.precision, one.recall)]
            for name, one in judgement.scores.items()
        }
        row = {
            "data": "WNUT17",
            "settings": settings,
            "predicted": round(100 * (judgement.answer.f1 or 0.0), 2),
            "F1, precision, recall": scores,
            "weight": model.weight_,
            "verdict": judgement.sentences,
            "epochs": model.epochs_,
            "parameters": model.network_.size * settings["networks"],
            "processor seconds": round(used, 1),
            "seconds": round(seconds, 1),
        }
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
