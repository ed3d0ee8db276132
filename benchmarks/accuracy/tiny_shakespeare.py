"""Tiny Shakespeare, the last tenth held out: nats a character within minutes, beside counting.

    RECUR_DATA=FOLDER python benchmarks/accuracy/tiny_shakespeare.py [--minutes 3]

Prints one line of JSON: the validation loss with the state carried over the whole part, over
random windows of 256 characters, the best n-gram, the verdict, and what was chosen.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

from recur.tasks.write.writer import Writer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--settings", default="{}", help="more parameters of the Writer, JSON")
    given = parser.parse_args()
    if "RECUR_DATA" not in os.environ:
        sys.exit("set RECUR_DATA to a folder with text/tinyshakespeare.txt")
    path = Path(os.environ["RECUR_DATA"]) / "text" / "tinyshakespeare.txt"
    began = time.perf_counter()
    model = Writer(minutes=given.minutes).set_params(**json.loads(given.settings))
    model.fit(path, progress=False)
    judged = model.judge().to_dict()
    told = {"sentence": judged.pop("verdict")["sentence"]}
    chosen = {name: value for name, value in model.chosen().items() if name in model.chosen_}
    print(
        json.dumps(
            {
                **judged,
                **told,
                "epochs": f"{model.kept_epoch_} of {model.epochs_}",
                "chosen": chosen,
                "parameters": model.network_.size,
                "seconds": round(time.perf_counter() - began, 1),
            }
        )
    )
    print(model.sample(length=300, temperature=0.8)[0])


if __name__ == "__main__":
    main()
