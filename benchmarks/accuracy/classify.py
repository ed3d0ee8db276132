"""Classifiers with the defaults on texts, names and series, beside the simple answers.

    python benchmarks/accuracy/classify.py [rt-polarity names GunPoint] [--parts 3]

Needs RECUR_DATA. Of rt-polarity and names a tenth is held out, another one for each part (its
number is the seed); GunPoint has its own test file, and each part is another seed. Prints a line of
JSON each: the share of right answers of every method, the calibration error of the network and of
what `predict` answers, the verdict, the network's parameters, and the processor seconds of the
whole fit, the simple answers included, on all threads together. At the end of each data set the
means over its parts.
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

import numpy as np

from recur import Classifier
from recur.data.labelled.examples import Examples
from recur.data.labelled.readers import read_examples
from recur.judge.classify.judgement import MIXTURE
from recur.judge.superiority import NETWORK

FILES = {
    "rt-polarity": ("rt-polarity.neg", "rt-polarity.pos"),
    "names": ("names",),
    "GunPoint": ("GunPoint_TRAIN.ts",),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="*", metavar="DATA", help="of those above")
    parser.add_argument("--parts", type=int, default=3)
    parser.add_argument("--settings", default="{}", help="parameters of the classifier, as JSON")
    given = parser.parse_args()
    if "RECUR_DATA" not in os.environ:
        sys.exit("set RECUR_DATA to a folder with labelled/")
    warnings.simplefilter("ignore")
    folder = Path(os.environ["RECUR_DATA"]) / "labelled"
    for name in given.data or FILES:
        examples = read_examples([folder / file for file in FILES[name]])
        test: Any = 0.1
        if name == "GunPoint":
            test = read_examples([folder / "GunPoint_TEST.ts"])
        rows = [
            fitted(name, examples, test, {**json.loads(given.settings), "seed": part})
            for part in range(given.parts)
        ]
        means = {
            method: round(float(np.mean([row["right"][method] for row in rows])), 4)
            for method in set.intersection(*(set(row["right"]) for row in rows))
        }
        print(json.dumps({"data": name, "parts": len(rows), "means": means}), flush=True)


def fitted(name: str, examples: Examples, test: Any, settings: dict[str, Any]) -> dict[str, Any]:
    """Fit to all but a part, and print and return what that came to."""
    began, processor = time.perf_counter(), time.process_time()
    model = Classifier(**settings).fit(examples, test=test, progress=False)
    judgement = model.judgement_
    assert judgement is not None
    right = {method: round(score.accuracy, 4) for method, score in judgement.scores.items()}
    row = {
        "data": name,
        "settings": settings,
        # What `predict` answers: the network alone where nothing is mixed.
        "right": {"predicted": round(judgement.answer.accuracy, 4), **right},
        "calibration error": {
            method: round(judgement.scores[method].calibration_error or 0.0, 4)
            for method in (NETWORK, MIXTURE)
            if method in judgement.scores
        },
        "share of the network": model.share_,
        "claim": judgement.verdict.claim,
        "verdict": judgement.sentences,
        "epochs": f"{model.kept_epoch_} of {model.epochs_}",
        "parameters": model.network_.size,
        "processor seconds": round(time.process_time() - processor, 1),
        "seconds": round(time.perf_counter() - began, 1),
    }
    print(json.dumps(row), flush=True)
    return row


if __name__ == "__main__":
    main()
