"""How often the verdict claims skill: over random walks (its size) and noisy sines (its power).

    python benchmarks/accuracy/verdict_size_and_power.py [--walks 500] [--sines 200]

Every verdict is on a network fitted with the defaults of `Forecaster`, one step ahead:
  walks   500 points of standard normal steps, the last 100 held out; any claim is a false one.
  sines   600 points of period 50, variance of the signal six times that of the noise, the last
          200 held out; where the season is found, the mean of past seasons nearly knows the sine,
          and there is little left to claim.
Prints one line of JSON for each.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from recur import Forecaster, Verdict, synthetic

KINDS = {"walks": 100, "sines": 200}


def verdict(kind: str, seed: int) -> Verdict:
    if kind == "walks":
        values = synthetic.random_walk(500, seed=seed).values
    else:
        values = synthetic.sine(600, period=50, noise=(0.5 / 6) ** 0.5, seed=seed).values
    model = Forecaster(horizon=1, seed=seed, network="trained").fit(
        values, test=KINDS[kind], progress=False
    )
    assert model.judgement_ is not None
    return model.judgement_.verdict


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--walks", type=int, default=500)
    parser.add_argument("--sines", type=int, default=200)
    arguments = vars(parser.parse_args())
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for kind in KINDS:
            began = time.perf_counter()
            count = arguments[kind]
            verdicts = list(pool.map(partial(verdict, kind), range(count), chunksize=5))
            claims = Counter(one.claim for one in verdicts)
            linear = Counter(one.over_linear.finding for one in verdicts)
            print(
                json.dumps(
                    {
                        "series": kind,
                        "verdicts": count,
                        "held_out": KINDS[kind],
                        "claims_of_skill": claims["skill"],
                        "share": round(claims["skill"] / count, 4),
                        "over_naive": sum(one.over_naive.claim == "skill" for one in verdicts),
                        "over_linear": dict(linear),
                        "lags": dict(Counter(one.lag for one in verdicts).most_common(3)),
                        "seconds": round(time.perf_counter() - began),
                    }
                ),
                flush=True,
            )


if __name__ == "__main__":
    main()
