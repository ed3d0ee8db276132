"""Train the pretrained forecaster from nothing, on simulated series alone.

    RECUR_DATA=.. python -m benchmarks.pretraining.train --out run.pt --model pretrained.recur

Saves after so many steps, and resumes exactly from what it saved. Prints the curve: processor
seconds, series seen, loss, and, where RECUR_DATA is set, the errors on the development
collections, on which choices are made and nothing is trained.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from benchmarks.pretraining.batches import Batch, batch_of
from benchmarks.pretraining.development import Collection, development
from benchmarks.pretraining.network import LEVELS, Network, packed
from torch import nn

from recur.data.histories.inputs import SIMPLE
from recur.engines.registry import open_engine
from recur.tasks.forecast.pretrained import Pretrained

_WARM, _FALLS = 200, 0.4  # steps until the full rate; the share of all after which it falls
_KEPT = 0.998  # of the mean of past weights, which is what is shipped
_MOST = 20.0  # of one series' loss
_LIMITS = (
    "One series of values at a time, without columns beside it; at most two seasons, whose periods "
    "it is told; 64 steps or two seasons at once. Intervals of short yearly series hold too little."
)


def loss_of(network: Network, batch: Batch) -> Any:
    """Return the mean pinball loss of a batch."""
    inputs, steps, truth = batch
    ahead, base = inputs.ahead(steps)
    scale = np.where(inputs.scale > 0, inputs.scale, 1.0)
    target = np.clip((truth.T - base) / scale, -1e4, 1e4).astype(np.float32)
    made = network(*(torch.from_numpy(part) for part in (inputs.patches, inputs.summary, ahead)))
    levels = torch.tensor(LEVELS)
    error = torch.from_numpy(target)[..., None] - made
    each = torch.maximum(levels * error, (levels - 1) * error).mean(dim=(0, 2))
    # Where simple answers are far apart nobody knows, and the errors would drown all others.
    simple = np.sinh(np.clip(ahead[..., SIMPLE], -8, 8))
    apart = np.concatenate([simple, np.zeros_like(simple[..., :1])], axis=2).std(axis=2)
    weight = (inputs.scale > 0) / (0.5 + apart.mean(axis=0))
    return (each * torch.from_numpy(weight.astype(np.float32))).clamp(max=_MOST).mean()


def rate_at(step: int, steps: int, rate: float) -> float:
    """Return the learning rate: up, level, and down along a cosine."""
    past = max(0.0, (step / steps - _FALLS) / (1 - _FALLS))
    return rate * min(1.0, (step + 1) / _WARM) * (0.01 + 0.495 * (1 + float(np.cos(np.pi * past))))


def errors(pretrained: Pretrained, collections: list[Collection]) -> dict[str, float]:
    """Return the mean absolute scaled error on each collection, and their mean logarithm."""
    engine, middle = open_engine("compiled", 1), pretrained.middle
    found = {}
    for one in collections:
        made = pretrained.quantiles(engine, one.known, len(one.truth[0]), one.period, one.second)[
            :, :, middle
        ]
        found[one.name] = float(np.nanmean(one.errors(list(made))))
    found["mean log"] = float(np.mean(np.log(list(found.values()))))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="where to save, and resume from")
    parser.add_argument("--model", type=Path, help="where to write the model file at the end")
    parser.add_argument("--steps", type=int, default=7_000)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--cell", default="gru", help="gru, lstm, mingru, slstm, rnn or none")
    parser.add_argument("--hidden", type=int, default=192)
    parser.add_argument("--dense", type=int, default=192)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=500, help="steps between saves")
    given = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(given.seed)
    network, averaged = (Network(given.cell, given.hidden, given.dense) for _ in range(2))
    averaged.load_state_dict(network.state_dict())
    adam = torch.optim.Adam(network.parameters(), betas=(0.9, 0.98))
    first, spent, losses = 0, 0.0, []
    if given.out.exists():
        saved = torch.load(given.out, weights_only=True)
        network.load_state_dict(saved["network"])
        averaged.load_state_dict(saved["averaged"])
        adam.load_state_dict(saved["adam"])
        first, spent = saved["step"], saved["spent"]
    collections = development(hourly=7, weekly=3) if "RECUR_DATA" in os.environ else []
    size = sum(block.numel() for block in network.parameters())
    print(f"{given.cell} {given.hidden}, dense {given.dense}: {size:,} parameters")
    began = time.process_time() - spent
    for step in range(first, given.steps):
        for group in adam.param_groups:
            group["lr"] = rate_at(step, given.steps, given.rate)
        loss = loss_of(network, batch_of(given.seed, step, given.batch))
        adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        adam.step()
        kept = min(_KEPT, (step + 1) / (step + 10))
        with torch.no_grad():
            for mean, now in zip(averaged.parameters(), network.parameters(), strict=True):
                mean.lerp_(now, 1 - kept)
        losses.append(loss.item())
        done = step + 1
        if done % given.every and done != given.steps:
            continue
        spent = time.process_time() - began
        state: dict[str, Any] = {
            "network": network.state_dict(), "averaged": averaged.state_dict(),
            "adam": adam.state_dict(), "step": done, "spent": spent,
        }  # fmt: skip
        torch.save(state, given.out.with_suffix(".new"))
        given.out.with_suffix(".new").replace(given.out)
        found = errors(packed(averaged), collections) if collections else {}
        figures = ", ".join(f"{name} {value:.3f}" for name, value in found.items())
        print(
            f"{done} steps, {done * given.batch:,} series, {spent:.0f} s, loss "
            f"{np.mean(losses):.4f}; {figures}",
            flush=True,
        )
        losses = []
    if given.model is not None:
        command = f"python -m benchmarks.pretraining.train --steps {given.steps} --batch "
        command += f"{given.batch} --cell {given.cell} --hidden {given.hidden} --dense "
        command += f"{given.dense} --rate {given.rate} --seed {given.seed}"
        packed(
            averaged,
            made=f"{command}; {spent:.0f} processor seconds on one core ({platform.machine()})",
            data=f"{given.steps * given.batch:,} simulated series, none real",
            limits=_LIMITS,
            figures=errors(packed(averaged), collections) if collections else {},
        ).save(given.model)


if __name__ == "__main__":
    main()
