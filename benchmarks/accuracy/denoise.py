"""The course's denoiser: a plain loop of its recipe, ours beside it, and the limit, in one run.

    python benchmarks/accuracy/denoise.py [--epochs 100] [--only NAME ...]

12,000 sequences of 100 steps, each a sine of period 60 and of a random phase in uniform noise;
8,000 to learn from, 4,000 to be tested on, mean absolute error. The course's recipe is a GRU of 30
units with a tanh output, batches of 300 and Adam at .001. Prints one line of JSON each: the limit
of somebody who knows the recipe of the data; the plain PyTorch loop on the same threads, its
seconds for all epochs and to the published .0416; a network of the same size by the shortest recipe
that is surely below .0416; such a network trained for longer; one of two layers that reads both
ways. Seconds are those of a whole `fit`, checks and choosing by held-out sequences included, and of
the loop's training alone. Needs PyTorch. With fewer epochs than 100 the loop's pace is measured,
and its time for 100 is that pace times 100.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

import numpy as np
import torch
from torch import nn

from recur import Denoiser
from recur.arrays import Float64s
from recur.data.synthetic import noisy_sines
from recur.labs.denoise.limits import denoising_limit

PUBLISHED, LEARNT, RECIPE_EPOCHS, BATCH, HIDDEN = 0.0416, 8_000, 100, 300, 30
OURS: dict[str, dict[str, Any]] = {
    "to the published figure": {"epochs": 1, "batch": 12, "rate": 0.03, "validation": 0.0},
    "causal": {"epochs": 80, "rate": 0.05},
    "both directions": {"bidirectional": True, "layers": 2, "epochs": 20},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=RECIPE_EPOCHS, help="of the plain loop")
    parser.add_argument("--only", nargs="*", default=list(OURS), choices=OURS)
    parser.add_argument("--settings", default="{}", help="more parameters of ours, as JSON")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads(), help="of both")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    made = noisy_sines()
    for both, name in ((False, "limit, causal"), (True, "limit, both directions")):
        answers = denoising_limit(made.values[LEARNT:], both=both)
        print_row(name, mae=error(answers, made.answer))
    loop = plain(made.values, made.answer, given.epochs) if given.epochs else {}
    if loop:
        print_row("plain PyTorch loop", **loop)
    warm = Denoiser(epochs=1, hidden=HIDDEN)
    for bidirectional in (False, True):  # has everything compiled
        warm.set_params(bidirectional=bidirectional)
        warm.fit(made.values[:64], made.answer[:64], progress=False)
    for name in given.only:
        more = json.loads(given.settings)
        settings = {"hidden": HIDDEN, "loss": "mae", **OURS[name], **more}
        row = ours(made.values, made.answer, settings)
        for what in ("seconds for 100 epochs", "seconds to .0416"):
            if loop.get(what):
                row[f"share of the loop's {what}"] = round(row["seconds"] / loop[what], 4)
        print_row(name, **row)


def ours(noisy: Float64s, clean: Float64s, settings: dict[str, Any]) -> dict[str, Any]:
    """Fit to the training sequences, and clean the others."""
    model = Denoiser(threads=torch.get_num_threads()).set_params(**settings)
    began = time.perf_counter()
    model.fit(noisy[:LEARNT], clean[:LEARNT], test=0, progress=False)
    seconds = time.perf_counter() - began
    cleaned = model.predict(noisy[LEARNT:])
    return {
        "mae": error(cleaned, clean),
        "seconds": round(seconds, 2),
        "epochs": f"{model.kept_epoch_} of {model.epochs_}",
        "settings": settings,
        "parameters": model.network_.size,
    }


def plain(noisy: Float64s, clean: Float64s, epochs: int) -> dict[str, Any]:
    """Train by the course's recipe in eager PyTorch; the test between epochs is not timed."""
    torch.manual_seed(0)
    network = Network()
    adam = torch.optim.Adam(network.parameters(), lr=0.001)
    criterion = nn.L1Loss()
    inputs, targets = (torch.from_numpy(x[:, :, None].astype(np.float32)) for x in (noisy, clean))
    seconds, reached, mae = 0.0, None, float("nan")
    for _ in range(epochs):
        began = time.perf_counter()
        for rows in torch.split(torch.randperm(LEARNT), BATCH):
            adam.zero_grad()
            criterion(network(inputs[rows]), targets[rows]).backward()
            adam.step()
        seconds += time.perf_counter() - began
        with torch.no_grad():
            mae = error(network(inputs[LEARNT:])[:, :, 0].numpy().astype(np.float64), clean)
        if reached is None and mae <= PUBLISHED:
            reached = seconds
    pace = seconds / epochs
    return {
        "mae": mae,
        "epochs": epochs,
        "seconds an epoch": round(pace, 3),
        "seconds for 100 epochs": round(pace * RECIPE_EPOCHS, 1),
        "measured": "whole" if epochs == RECIPE_EPOCHS else f"pace of {epochs} epochs",
        "seconds to .0416": None if reached is None else round(reached, 1),
        "threads": torch.get_num_threads(),
    }


class Network(nn.Module):
    """A GRU and a bounded output at every step."""

    def __init__(self) -> None:
        super().__init__()
        self.gru = nn.GRU(1, HIDDEN, batch_first=True)
        self.head = nn.Linear(HIDDEN, 1)

    def forward(self, noisy: torch.Tensor) -> torch.Tensor:
        """Clean sequences [batch, time, 1]."""
        return torch.tanh(self.head(self.gru(noisy)[0]))


def error(answers: Float64s, clean: Float64s) -> float:
    """Return the mean absolute error of answers to the test sequences."""
    return float(np.mean(np.abs(answers - clean[LEARNT:])).round(5))


def print_row(name: str, **row: Any) -> None:
    print(json.dumps({"name": name, **row}), flush=True)


if __name__ == "__main__":
    main()
