"""The ladder's networks as plain PyTorch loops, beside the same recipe on the compiled engine.

    python benchmarks/accuracy/ladder_plain.py [--epochs 20] [NAME ...]

Every network of the lab `ladder` is trained by the course's recipe twice in one run, on the same
threads, and judged on the same series. Prints one line of JSON each: both errors, then both times.
NAME is a part of a network's name; all by default. Needs PyTorch.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

import numpy as np
import torch
from torch import nn

from recur.labs.experiment import Setting
from recur.labs.ladder import lab as ladder
from recur.labs.ladder.lab import COURSE, NETWORKS
from recur.labs.ladder.problem import HORIZON, NEXT, STEPS, MethodForecasts, Problem

CELLS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


class Plain(nn.Module):
    """A network of the course: a convolution, where there is one, recurrent layers, and a head."""

    def __init__(self, recipe: dict[str, Any], outputs: int) -> None:
        super().__init__()
        hidden, filters = recipe["hidden"], recipe.get("filters", 0)
        self.every = recipe.get("strategy") == "all_steps"
        self.kernel = recipe["kernel"] if filters else 1
        self.stride = recipe["filter_stride"] if filters else 1
        self.outputs = outputs
        self.convolution: nn.Module = nn.Identity()
        if filters:
            self.convolution = nn.Conv1d(1, filters, self.kernel, self.stride)
        self.recurrent = CELLS[recipe["cell"]](
            filters or 1, hidden, recipe.get("layers", 1), batch_first=True
        )
        bare = recipe.get("head") == "none"
        self.head: nn.Module = nn.Identity() if bare else nn.Linear(hidden, outputs)
        for name, weights in self.recurrent.named_parameters():
            for gate in torch.split(weights, hidden):
                if "bias" in name:
                    nn.init.zeros_(gate)
                else:
                    (nn.init.orthogonal_ if "_hh_" in name else nn.init.xavier_uniform_)(gate)

    def forward(self, windows: torch.Tensor) -> Any:
        """Return forecasts [windows, outputs], or [windows, time, outputs] at every time step."""
        states, _ = self.recurrent(self.convolution(windows[:, None]).transpose(1, 2))
        return self.head(states if self.every else states[:, -1])

    def wanted(self, series: torch.Tensor) -> torch.Tensor:
        """Return what the forecasts of series [series, time] should be."""
        if not self.every:
            return series[:, STEPS : STEPS + self.outputs]
        ahead: Any = series.unfold(1, self.outputs, 1)
        return ahead[:, self.kernel : STEPS + 1 : self.stride]  # type: ignore[no-any-return]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="parts of names")
    parser.add_argument("--epochs", type=int, default=COURSE["epochs"])
    given = parser.parse_args()
    problems = {ahead: Problem.simulated(ahead, Setting()) for ahead in (1, HORIZON)}
    for metric, networks in NETWORKS.items():
        problem = problems[1 if metric == NEXT else HORIZON]
        for name, published, network in networks:
            if not given.names or any(part in name for part in given.names):
                recipe = {**COURSE, **network, "epochs": given.epochs}
                told = {"name": name, "metric": metric, "published": published}
                print(json.dumps(told | twice(problem, metric, recipe)), flush=True)


def twice(problem: Problem, metric: str, recipe: dict[str, Any]) -> dict[str, Any]:
    """Train by a recipe on the compiled engine, and as a plain loop."""
    recipe = {**recipe, "engine": "compiled", "threads": torch.get_num_threads()}
    ladder.network(problem, "compiling", {**recipe, "epochs": 1})
    both = (ladder.network(problem, "ours", recipe), plain(problem, recipe))
    rows = [problem.row(metric, forecasts) for forecasts in both]
    ours, loop = ((row.ours or 0.0, row.seconds or 0.0) for row in rows)
    return {
        "ours": round(ours[0], 5),
        "plain loop": round(loop[0], 5),
        "seconds": round(ours[1], 2),
        "seconds, plain loop": round(loop[1], 2),
        "times as fast": round(loop[1] / ours[1], 1),
    }


def plain(problem: Problem, recipe: dict[str, Any]) -> MethodForecasts:
    """Train as the course does, in eager PyTorch, and forecast the judged series."""
    torch.manual_seed(0)
    recursive = recipe.get("strategy") == "recursive"
    network = Plain(recipe, 1 if recursive else problem.horizon)
    series = torch.from_numpy(problem.training.astype(np.float32))
    seen = torch.from_numpy(problem.known.astype(np.float32))
    began = time.perf_counter()
    adam = torch.optim.Adam(network.parameters(), lr=recipe["rate"])
    for _ in range(recipe["epochs"]):
        for batch in torch.split(torch.randperm(len(series)), recipe["batch"]):
            adam.zero_grad()
            some = series[batch]
            loss: Any = nn.functional.mse_loss(network(some[:, :STEPS]), network.wanted(some))
            loss.backward()
            adam.step()
    with torch.no_grad():
        for _ in range(problem.horizon if recursive else 1):
            forecasts = network(seen[:, -STEPS:])
            seen = torch.cat([seen, forecasts[:, -1] if network.every else forecasts], dim=1)
    seconds = time.perf_counter() - began
    return MethodForecasts(
        "plain loop", seen[:, STEPS:].numpy().astype(np.float64), seconds=seconds
    )


if __name__ == "__main__":
    main()
