"""A text, the last part held out: nats a character within minutes, beside counting.

    RECUR_DATA=FOLDER python benchmarks/accuracy/tiny_shakespeare.py [--minutes 3] [--adapt]
    ... --text sherlock --size 100000 --minutes 1
    ... --text shakespeare --size 12000 --validation 0.1666667 --minutes 1

Prints one line of JSON: the validation loss with the state carried over the whole part, mixed with
counting and of the network alone, over random windows of 256 characters, the best n-gram, the
verdict, what was chosen, and with --adapt the loss of a writer that learns on as it reads.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

from recur.data.text.text import TextSplit
from recur.tasks.write.writer import Writer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--text", default="tinyshakespeare", help="a name in text/")
    parser.add_argument("--size", type=int, help="so many characters, the first ones")
    parser.add_argument("--validation", type=float, default=0.1)
    parser.add_argument("--adapt", action="store_true")
    parser.add_argument("--settings", default="{}", help="more parameters of the Writer, JSON")
    given = parser.parse_args()
    if "RECUR_DATA" not in os.environ:
        sys.exit("set RECUR_DATA to a folder with texts in text/")
    path = Path(os.environ["RECUR_DATA"]) / "text" / f"{given.text}.txt"
    began = time.perf_counter()
    model = Writer(minutes=given.minutes, validation=given.validation, size=given.size)
    model.set_params(**json.loads(given.settings))
    model.fit(path, progress=False)
    seconds = round(time.perf_counter() - began, 1)
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
                "seconds": seconds,
                **_adapted(model, adapt=given.adapt),
            }
        )
    )
    print(model.sample(length=300, temperature=0.8)[0])


def _adapted(model: Writer, *, adapt: bool) -> dict[str, float]:
    """Return the loss on the same part of a writer that learns on as it reads, another protocol."""
    if not adapt:
        return {}
    assert model.text_ is not None
    held = TextSplit.of(model.text_, validation=model.validation).validation
    assert held is not None
    return {"learning on as it reads": model.judge(held, adapt=True).adapted or 0.0}


if __name__ == "__main__":
    main()
