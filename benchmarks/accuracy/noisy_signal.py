"""The course's noisy signal: its recipe as a plain PyTorch loop, and here; then a longer lookback.

    python benchmarks/accuracy/noisy_signal.py [--steps 1940] [--threads 1] [--seeds 3]

An LSTM(15) encoder-decoder reads 5 values and gives the next 2: batches of 5, Adam at .01, 19,400
steps, the truth fed to the decoder in 6 of 10 cases. Both sides begin with the same weights and
take the same batches in the same order; what the decoder is fed is drawn by each for itself. The
compiled engine trains to the end, before the loop and after it; the loop takes a share of the
steps, from which its whole time is reckoned. A ratio is told only where the losses of these steps
agree. Then our own training on 50 values and our defaults, seed by seed, judged on the signal in
fresh noise. Prints a line of JSON each. Needs PyTorch.
"""

from __future__ import annotations

import argparse
import json
import random
import time
import warnings

import numpy as np
import torch
from torch import Tensor, nn

from recur.arrays import Float64s, Indices
from recur.data.synthetic import two_waves
from recur.engines.registry import open_engine
from recur.labs.experiment import Setting
from recur.labs.signal import limit as signal_limit
from recur.labs.signal import models as signal
from recur.labs.signal.lab import DRAWS, LONGER
from recur.networks.initial import initial_values
from recur.training.jobs import Job
from recur.training.plan import TrainingPlan

AGREE = 0.05  # share by which the mean losses may differ
SETTLED = 100  # steps that the losses need before they are compared


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--steps", type=int, default=1940, help="of the plain loop, of 19,400")
    parser.add_argument("--threads", type=int, default=1, help="of both")
    parser.add_argument("--seeds", type=int, default=3, help="of our training on more values")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(given.threads)
    known = two_waves(signal_limit.POINTS, signal_limit.NOISE).values
    ours(known, given.threads)  # warms up
    for name, fused in (("plain PyTorch loop", False), ("the same with fused Adam", True)):
        before = ours(known, given.threads)
        theirs, taken = plain(before, given.steps, fused=fused)
        seconds = (before.seconds + ours(known, given.threads).seconds) / 2
        row = {"name": name, "threads": given.threads}
        print(json.dumps({**row, **beside(before.losses, theirs, seconds, taken)}), flush=True)
    for seed in range(given.seeds):
        for row in longer(seed):
            print(json.dumps(row), flush=True)


def ours(known: Float64s, threads: int) -> signal.Model:
    """Train by the course's recipe on the compiled engine."""
    return signal.course(
        "", known, signal.LOOKBACK, signal.FORCING, Setting(), threads=threads
    )  # fmt: skip


class EncoderDecoder(nn.Module):
    """One LSTM reads, a second one goes on from its state, and a linear layer answers."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.rnn = nn.LSTM(1, hidden)
        self.decoder = nn.LSTM(1, hidden)
        self.head = nn.Linear(hidden, 1)

    def forward(self, inputs: Tensor, targets: Tensor, forcing: float) -> Tensor:
        """Give the outputs [steps, batch, 1] for inputs [time, batch, 1]."""
        _, state = self.rnn(inputs)
        fed, outputs = inputs[-1:], []
        for target in targets:
            hidden, state = self.decoder(fed, state)
            outputs.append(self.head(hidden[0]))
            fed = (target if random.random() < forcing else outputs[-1])[None]
        return torch.stack(outputs)


def plain(model: signal.Model, steps: int, *, fused: bool) -> tuple[Float64s, float]:
    """Train as the course does, in eager PyTorch; return the losses and the seconds."""
    random.seed(0)
    network = EncoderDecoder(signal.HIDDEN)
    first = model.network.named(initial_values(model.network, 0))
    network.load_state_dict({name: torch.from_numpy(x.copy()) for name, x in first.items()})
    adam = torch.optim.Adam(network.parameters(), lr=signal.RATE, fused=fused)
    criterion = nn.MSELoss()
    gathered = model.windows.gather(np.arange(len(model.windows)))
    inputs = torch.from_numpy(np.asarray(gathered.inputs, np.float32))
    targets = torch.from_numpy(np.ascontiguousarray(gathered.targets.T[:, :, None]))
    losses = []
    batches = [torch.from_numpy(batch) for batch in order(model, steps)]
    began = time.perf_counter()
    for batch in batches:
        adam.zero_grad()
        loss = criterion(
            network(inputs[:, batch], targets[:, batch], signal.FORCING), targets[:, batch]
        )
        loss.backward()
        adam.step()
        losses.append(loss.item())
    return np.array(losses), time.perf_counter() - began


def order(model: signal.Model, steps: int) -> Indices:
    """Return int64 [steps, batch], the windows of each step, as ours takes them."""
    whole = range(len(model.windows) // signal.BATCH * signal.BATCH)
    plan = TrainingPlan(epochs=1, batch=signal.BATCH, rate=signal.RATE, schedule="constant")
    job = Job(model.network, open_engine("compiled"), model.windows, whole, range(0), plan)
    epochs = range(-(-steps // job.steps))
    return np.concatenate([job.batches(epoch, 0, 0, job.steps) for epoch in epochs])[:steps]


def beside(
    losses: Float64s, theirs: Float64s, seconds: float, taken: float
) -> dict[str, float | str]:
    """Return the plain loop's losses and time beside ours, in the same steps and in all of them."""
    own = float(losses[SETTLED : len(theirs)].mean())
    mean = float(theirs[SETTLED:].mean())
    whole = taken / len(theirs) * len(losses)
    told: dict[str, float | str] = {
        "steps": len(theirs),
        "mean loss": round(mean, 4),
        "ours in these steps": round(own, 4),
        f"seconds, reckoned for {len(losses):,} steps": round(whole, 2),
        "ours, measured": round(seconds, 3),
    }
    if abs(own / mean - 1) > AGREE:
        return {**told, "times faster here": "not told: the losses do not agree"}
    return {**told, "times faster here": round(whole / seconds, 1)}


def longer(seed: int) -> list[dict[str, float | str]]:
    """Train on more values; return the errors in fresh noise beside the noise."""
    setting = Setting(seed=seed)
    known = two_waves(signal_limit.POINTS, signal_limit.NOISE, seed)
    fresh = signal_limit.fresh_noise(DRAWS, seed)
    models = (
        signal.same_network(LONGER, known.values, setting),
        signal.own("our defaults", known.values, setting),
    )
    rows: list[dict[str, float | str]] = []
    for model in models:
        error = fresh.error(model.forecasts(fresh))
        rows.append({
            "name": model.name, "seed": seed, "mse": round(error, 5),
            "noise": round(fresh.noise, 5), "over the noise": round(error / fresh.noise, 3),
            "over .04": round(error / signal_limit.NOISE**2, 3), "seconds": round(model.seconds, 1),
        })  # fmt: skip
    return rows


if __name__ == "__main__":
    main()
