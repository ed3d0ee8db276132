"""History or not: dense layers of 32 and 8 on one value of a sine and on two, beside PyTorch.

    python benchmarks/accuracy/history.py [--threads 1] [--runs 3]

The course's recipe runs twice, as a plain PyTorch loop and on the compiled engine, from the same
first weights and over the same batches; a ratio of times is given only where both end with the
same error, exit code 3 where they do not. Then our recipe. Prints one line of JSON each; the
seconds are the least of some runs, of training alone, what has to be compiled being loaded.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import numpy as np
import torch
from torch import nn

from recur.data.synthetic import sine
from recur.engines.registry import open_engine
from recur.labs.experiment import timed
from recur.labs.lookback.one_or_two import (
    EPOCHS,
    OWN_EPOCHS,
    PERIOD,
    POINTS,
    PUBLISHED,
    RATE,
    UNITS,
    course_job,
    course_weights,
    error_over,
    held_out_error,
    own,
)
from recur.networks.spec import Values
from recur.training.jobs import Job
from recur.training.loop import train

Answer = TypeVar("Answer")

AGREEMENT = 1e-3  # of the error
LIMITS = {1: float(np.sin(2 * np.pi / PERIOD) ** 2 / 2), 2: 0.0}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    agree = True
    for seen in PUBLISHED:
        told = course(seen, given.threads, given.runs)
        agree = agree and "ratio" in told
        print(json.dumps(told), flush=True)
    for seen in PUBLISHED:
        print(json.dumps(ours(seen, given.runs)), flush=True)
    if not agree:
        sys.exit(3)


def course(seen: int, threads: int, runs: int) -> dict[str, Any]:
    """Return how the course's recipe does in PyTorch and here."""
    job = replace(course_job(seen, seed=0), engine=open_engine("compiled", threads))
    first = course_weights(job.spec, seed=0)
    training, here = fastest(partial(train, job, first), runs)
    plain, there = fastest(partial(train_plainly, job, first), runs)
    errors = error_over(job, training.weights), error_plainly(job, plain)
    told = {
        "values seen": seen, "recipe": "course", "epochs": EPOCHS, "threads": threads,
        "published": PUBLISHED[seen], "limit": LIMITS[seen],
        "mse PyTorch": errors[1], "mse recur": errors[0],
    }  # fmt: skip
    if abs(errors[0] - errors[1]) > AGREEMENT * errors[1]:
        return {**told, "the two do not agree": abs(errors[0] / errors[1] - 1)}
    times = {"seconds PyTorch": round(there, 4), "seconds recur": round(here, 4)}
    return {**told, **times, "ratio": round(there / here, 1)}


def ours(seen: int, runs: int) -> dict[str, Any]:
    """Return how our recipe does, fitted and judged as a user would."""
    values = sine(POINTS, PERIOD).values
    model, seconds = fastest(partial(own, values, seen, OWN_EPOCHS, 0), runs)
    return {
        "values seen": seen, "recipe": "ours", "epochs": OWN_EPOCHS, "limit": LIMITS[seen],
        "mse held out": held_out_error(model, "network"),
        "mse linear": held_out_error(model, "linear"),
        "seconds with judging": round(seconds, 3),
    }  # fmt: skip


def train_plainly(job: Job, first: Values) -> nn.Sequential:
    """Train the course's network as a plain loop, over the batches of a job."""
    network = network_of(job, first)
    adam = torch.optim.Adam(network.parameters(), lr=RATE)
    batch = job.windows.gather(np.arange(len(job.training)))
    inputs = torch.from_numpy(np.ascontiguousarray(batch.inputs[:, :, 0].T))
    targets = torch.from_numpy(batch.targets)
    for epoch in range(job.plan.epochs):
        for rows in job.batches(epoch, 0, 0, job.steps):
            chosen = torch.from_numpy(rows[rows >= 0])
            adam.zero_grad()
            loss = nn.functional.mse_loss(network(inputs[chosen]), targets[chosen])
            loss.backward()  # type: ignore[no-untyped-call]
            adam.step()
    return network


def network_of(job: Job, first: Values) -> nn.Sequential:
    """Return the course's network in PyTorch, with the first weights of a job."""
    wide, narrow = UNITS
    network = nn.Sequential(
        nn.Linear(job.spec.steps, wide), nn.ReLU(), nn.Linear(wide, narrow), nn.ReLU(),
        nn.Linear(narrow, 1),
    )  # fmt: skip
    blocks = job.spec.named(first)
    sources = (
        blocks["mlp.0.weight"], blocks["mlp.0.bias"], blocks["mlp.1.weight"][:narrow],
        blocks["mlp.1.bias"][:narrow], blocks["head.weight"][:, :narrow], blocks["head.bias"],
    )  # fmt: skip
    with torch.no_grad():
        for parameter, source in zip(network.parameters(), sources, strict=True):
            parameter.copy_(torch.from_numpy(source.copy()))
    return network


def error_plainly(job: Job, network: nn.Sequential) -> float:
    """Return the mean squared error of a PyTorch network over all windows of a job."""
    batch = job.windows.gather(np.arange(len(job.training)))
    with torch.no_grad():
        made = network(torch.from_numpy(np.ascontiguousarray(batch.inputs[:, :, 0].T)))
    return float(np.mean((made.numpy().astype(np.float64) - batch.targets) ** 2))


def fastest(work: Callable[[], Answer], runs: int) -> tuple[Answer, float]:
    """Return what some work came to, and the least seconds of some runs, after one for warmth."""
    work()
    done = [timed(work) for _ in range(runs)]
    return done[-1][0], min(seconds for _, seconds in done)


if __name__ == "__main__":
    main()
