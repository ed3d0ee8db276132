"""Train the pretrained forecaster from nothing, on simulated series alone.

Prints the curve as it goes: processor seconds, series seen, loss, and (where RECUR_DATA is set)
the mean log error on the development collections, which choices are made on and nothing is
trained on. Saves after every so many seconds, and resumes exactly from what it saved.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from recur.data.histories.inputs import AHEAD, PER_STEP, SUMMARY, HistoryInputs
from recur.data.simulated.series import simulate

LEVELS = (0.025, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.975)
MIDDLE = LEVELS.index(0.5)
PERIODS = (
    (1, 0, 0.24), (4, 0, 0.15), (12, 0, 0.2), (7, 0, 0.06), (24, 0, 0.04), (24, 168, 0.07),
    (52, 0, 0.07), (5, 0, 0.02), (48, 336, 0.02), (0, 0, 0.13),
)  # fmt: skip
"""Period, a second one, and how often; 0 is drawn from the whole range."""


class Network(nn.Module):
    """A recurrent encoder, and dense layers that answer each step ahead on its own."""

    def __init__(self, cell: str, hidden: int, dense: int) -> None:
        super().__init__()
        self.cell = cell
        self.hidden = hidden
        if cell != "none":
            self.encoder = {"gru": nn.GRU, "lstm": nn.LSTM}[cell](PER_STEP, hidden)
        self.of_history = nn.Linear((hidden if cell != "none" else 0) + SUMMARY, dense)
        self.of_step = nn.Linear(AHEAD, dense, bias=False)
        self.second = nn.Linear(dense, dense)
        self.head = nn.Linear(dense, len(LEVELS))
        nn.init.normal_(self.head.weight, std=0.01)

    def forward(self, patches: Any, summary: Any, ahead: Any) -> Any:
        """Return [steps, series, levels], in the scale of each series."""
        parts = [self.encoder(patches)[0][-1]] if self.cell != "none" else []
        shared = self.of_history(torch.cat([*parts, summary], dim=-1))
        inner = torch.relu(shared + self.of_step(ahead))
        inner = torch.relu(self.second(inner))
        raw = self.head(inner)
        middle = raw[..., MIDDLE : MIDDLE + 1]
        steps = nn.functional.softplus(raw)
        below = torch.flip(torch.cumsum(torch.flip(steps[..., :MIDDLE], (-1,)), -1), (-1,))
        above = torch.cumsum(steps[..., MIDDLE + 1 :], -1)
        return torch.cat([middle - below, middle, middle + above], dim=-1)


def shape_of(random: np.random.Generator) -> tuple[int, int, int, int]:
    """Draw the period, a second period, the known length and the horizon of a batch."""
    which = random.choice(len(PERIODS), p=np.array([chance for *_, chance in PERIODS]))
    period, second, _ = PERIODS[which]
    if period == 0:
        period = int(np.exp(random.uniform(np.log(2), np.log(60 if random.random() < 0.75 else 400))))
        second = period * int(random.integers(3, 9)) if random.random() < 0.2 else 0
    horizon = {1: 13, 4: 12, 12: 36, 7: 28, 24: 72, 52: 60}.get(period, max(8, 2 * period))
    horizon = int(np.clip(random.uniform(0.4, 1) * horizon, 4, 100))
    if period == 1:
        low, high = 5, (60 if random.random() < 0.7 else 800)
    elif period < 24:
        low, high = max(6, period), min(40 * period, 700)
    else:
        low, high = int(1.3 * period), min(30 * period, 1400)
    if second:
        high = max(high, min(6 * second, 1600))
    length = int(np.exp(random.uniform(np.log(low), np.log(high))))
    return period, second, max(5, length), horizon


def batch_of(seed: int, step: int, count: int) -> tuple[HistoryInputs, np.ndarray, np.ndarray]:
    """Return histories made ready, some of their steps ahead, and what came there."""
    random = np.random.Generator(np.random.Philox(key=[seed + 1, step]))
    period, second, length, horizon = shape_of(random)
    values = simulate(count, length + horizon, period, second, seed=seed, step=step)
    positive = values.min(axis=1) > 0
    if period > 1 or random.random() < 0.3:
        logged = positive & (random.random(count) < 0.5)
        values[logged] = np.log(values[logged])
    known = values[:, :length].copy()
    if random.random() < 0.1:
        known[random.random(known.shape) < random.uniform(0, 0.3)] = np.nan
    steps = np.sort(random.permutation(horizon)[:12]) + 1
    return HistoryInputs.read(known, period, second), steps, values[:, length + steps - 1]


def loss_of(network: nn.Module, batch: tuple[HistoryInputs, np.ndarray, np.ndarray]) -> Any:
    inputs, steps, truth = batch
    ahead, base = inputs.ahead(steps)
    scale = np.where(inputs.scale > 0, inputs.scale, 1.0)
    target = np.clip((truth.T - base) / scale, -1e4, 1e4)
    # Where simple answers are far apart nobody knows, and the errors would drown all others.
    lines = np.sinh(np.clip(ahead[..., -4:], -8, 8))
    naive = np.sinh(np.clip(ahead[..., 8:9], -8, 8))
    apart = np.concatenate([lines, naive, 0 * naive], axis=2).std(axis=2).mean(axis=0)
    weight = (inputs.scale > 0) / (0.5 + apart)
    made = network(*(torch.from_numpy(part) for part in (inputs.patches, inputs.summary, ahead)))
    levels = torch.tensor(LEVELS)
    error = torch.from_numpy(target.astype(np.float32))[..., None] - made
    each = torch.maximum(levels * error, (levels - 1) * error).mean(dim=(0, 2))
    return (each * torch.from_numpy(weight.astype(np.float32))).clamp(max=20).mean()


def quantiles(network: nn.Module, inputs: HistoryInputs, horizon: int) -> np.ndarray:
    """Return float64 [series, steps, levels]."""
    ahead, base = inputs.ahead(np.arange(1, horizon + 1))
    with torch.no_grad():
        made = network(
            *(torch.from_numpy(part) for part in (inputs.patches, inputs.summary, ahead))
        ).numpy()
    made = made.astype(np.float64) * inputs.scale[None, :, None] + base[..., None]
    return made.transpose(1, 0, 2)


def forecast(network: nn.Module, history: np.ndarray, period: int, second: int, horizon: int) -> np.ndarray:
    """Return float64 [steps, levels], of one history; the mean with that of its logarithm."""
    runs = [quantiles(network, HistoryInputs.read(history[None], period, second), horizon)[0]]
    if period > 1 and history.min() > 0:
        logged = HistoryInputs.read(np.log(history)[None], period, second)
        top = np.log(history.max()) + 3
        runs.append(np.exp(np.minimum(quantiles(network, logged, horizon)[0], top)))
    return np.mean(runs, axis=0)


def evaluate(network: nn.Module, collections: list[Any]) -> dict[str, float]:
    network.eval()
    found, covered = {}, []
    for one in collections:
        made = [
            forecast(network, history, one.period, one.second, len(future))
            for history, future in zip(one.known, one.truth, strict=True)
        ]
        found[one.name] = float(np.nanmean(one.errors([each[:, MIDDLE] for each in made])))
        inside = [
            ((future >= each[:, 1]) & (future <= each[:, -2])).mean()
            for future, each in zip(one.truth, made, strict=True)
        ]
        covered.append(float(np.mean(inside)))
    network.train()
    found["mean log"] = float(np.mean([np.log(value) for value in found.values()]))
    found["covered by 80 %"] = float(np.mean(covered))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="where to save, and to resume from")
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--cell", default="gru")
    parser.add_argument("--hidden", type=int, default=192)
    parser.add_argument("--dense", type=int, default=192)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=500, help="steps between saves")
    given = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(given.seed)
    network = Network(given.cell, given.hidden, given.dense)
    averaged = Network(given.cell, given.hidden, given.dense)
    averaged.load_state_dict(network.state_dict())
    adam = torch.optim.Adam(network.parameters(), lr=given.rate, betas=(0.9, 0.98))
    first, spent, seen, running = 0, 0.0, 0, []
    if given.out.exists():
        saved = torch.load(given.out, weights_only=True)
        network.load_state_dict(saved["network"])
        averaged.load_state_dict(saved["averaged"])
        adam.load_state_dict(saved["adam"])
        first, spent = saved["step"], saved["spent"]
    collections = []
    if "RECUR_DATA" in os.environ:
        from development import development

        collections = development(hourly=7, weekly=3)
    print(json.dumps(vars(given), default=str), sum(p.numel() for p in network.parameters()))
    began = time.process_time()
    for step in range(first, given.steps):
        share = step / given.steps
        rate = given.rate * min(1, (step + 1) / 200) * (1 if share < 0.4 else 0.5 * (1 + np.cos(np.pi * (share - 0.4) / 0.6)) + 0.01)
        for group in adam.param_groups:
            group["lr"] = float(rate)
        loss = loss_of(network, batch_of(given.seed, step, given.batch))
        adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        adam.step()
        kept = min(0.998, (step + 1) / (step + 10))
        with torch.no_grad():
            for mean, now in zip(averaged.parameters(), network.parameters(), strict=True):
                mean.lerp_(now, 1 - kept)
        running.append(loss.item())
        if (step + 1) % given.every == 0 or step + 1 == given.steps:
            took = spent + time.process_time() - began
            found = evaluate(averaged, collections) if collections else {}
            parts = " ".join(f"{value:.3f}" for value in found.values())
            print(f"{step + 1} {took:.0f} s, loss {np.mean(running):.4f}: {parts}", flush=True)
            running = []
            held = {
                "network": network.state_dict(), "averaged": averaged.state_dict(),
                "adam": adam.state_dict(), "step": step + 1, "spent": took,
                "cell": given.cell, "hidden": given.hidden, "dense": given.dense,
            }  # fmt: skip
            torch.save(held, given.out.with_suffix(".new"))
            given.out.with_suffix(".new").replace(given.out)


if __name__ == "__main__":
    main()
