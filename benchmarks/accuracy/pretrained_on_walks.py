"""How often the verdict claims skill for the pretrained network where there is nothing to know.

    python benchmarks/accuracy/pretrained_on_walks.py [SERIES]

Random walks of 60 to 200 values, and white noise: each is judged over its whole length, as
`recur forecast` judges by default. Prints the share of claims of skill, of findings that it is
worse than a simple answer, and its mean squared error over that of the best answer that there is:
the last value of a walk, the historical mean of noise.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections import Counter

import numpy as np

from recur import DataWarning, Forecaster
from recur.seeding import Purpose, Stream


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    warnings.simplefilter("ignore", DataWarning)
    for kind, best in (("walk", "last_value"), ("noise", "mean")):
        for horizon in (1, 6):
            claims: Counter[str] = Counter()
            ratios = []
            for i in range(count):
                stream = Stream(i, Purpose.DATA)
                points = 60 + int(stream.uniform(1)[0] * 141)
                values = stream.at(1).normal(points)
                values = np.cumsum(values) if kind == "walk" else values
                model = Forecaster(horizon=horizon, season=1).fit(values)
                assert model.judgement_ is not None
                claims[model.judgement_.verdict.claim] += 1
                errors = model.judgement_.errors
                ratios.append(
                    float(errors["network"]["mse"] or 0) / float(errors[best]["mse"] or 1)
                )
            shares = {claim: round(number / count, 4) for claim, number in claims.items()}
            ratio = round(float(np.median(ratios)), 4)
            row = {"kind": kind, "horizon": horizon, "claims": shares, "error over the best": ratio}
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
