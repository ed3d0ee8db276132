"""Character models as they are written in plain PyTorch: an LSTM, and nanoGPT's CPU configuration.

Both train for as many processor seconds as they are told, AdamW with a rate that falls along a
cosine; the loss is of every held-out character after the first.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from benchmarks.peers.workers.protocol import Answer, Clock, Job, processor, serve
from torch import Tensor, nn
from torch.nn import functional

LSTM_BATCH, LSTM_STEPS = 32, 128
BATCH, BLOCK, WIDTH, HEADS, LAYERS = 12, 64, 128, 4, 4  # of nanoGPT on a CPU
LEAST_RATE = 0.1  # of the first one


class CharLSTM(nn.Module):
    """An embedding, two LSTM layers of 256 and a head, its state carried along the text."""

    def __init__(self, symbols: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(symbols, 64)
        self.recurrent = nn.LSTM(64, 256, 2, batch_first=True)
        self.head = nn.Linear(256, symbols)

    def forward(self, seen: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """Return logits [texts, time, symbols] and the last state."""
        out, state = self.recurrent(self.embedding(seen), state)
        return self.head(out), state


class Block(nn.Module):
    """Attention to what came before, and two dense layers, each after a normalisation."""

    def __init__(self) -> None:
        super().__init__()
        self.before, self.between = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.keys, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.dense = nn.Sequential(
            nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return [texts, time, width]."""
        shape = (*x.shape[:2], HEADS, WIDTH // HEADS)
        parts = self.keys(self.before(x)).split(WIDTH, dim=2)
        query, key, value = (part.view(shape).transpose(1, 2) for part in parts)
        mixed = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + self.out(mixed.transpose(1, 2).reshape(x.shape))
        after: Tensor = x + self.dense(self.between(x))
        return after


class SmallGPT(nn.Module):
    """Four blocks of attention over 64 characters."""

    def __init__(self, symbols: int) -> None:
        super().__init__()
        self.embedding, self.places = nn.Embedding(symbols, WIDTH), nn.Embedding(BLOCK, WIDTH)
        self.blocks = nn.Sequential(*(Block() for _ in range(LAYERS)))
        self.head = nn.Sequential(nn.LayerNorm(WIDTH), nn.Linear(WIDTH, symbols))

    def forward(self, seen: Tensor) -> Tensor:
        """Return logits [texts, time, symbols]."""
        there = self.embedding(seen) + self.places(torch.arange(seen.shape[1]))
        logits: Tensor = self.head(self.blocks(there))
        return logits


def loss_of(logits: Tensor, truth: Tensor, reduction: str = "mean") -> Tensor:
    logits = logits.reshape(-1, logits.shape[-1])
    loss: Tensor = functional.cross_entropy(logits, truth.reshape(-1), reduction=reduction)
    return loss


def trained(network: nn.Module, rate: float, budget: float, batches: Any) -> int:
    """Train on what `batches` gives until the budget is spent; return the steps."""
    adam = torch.optim.AdamW(network.parameters(), lr=rate)
    began, steps = processor(), 0
    while (gone := (processor() - began) / budget) < 1:
        for group in adam.param_groups:
            falling = 0.5 * (1 + math.cos(math.pi * gone))
            group["lr"] = rate * (LEAST_RATE + (1 - LEAST_RATE) * falling)
        adam.zero_grad()
        batches().backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        adam.step()
        steps += 1
    return steps


def lstm(text: Tensor, held: Tensor, symbols: int, budget: float) -> tuple[Tensor, int, int]:
    """Train an LSTM on 32 stretches of the text at once; return held-out losses."""
    network = CharLSTM(symbols)
    streams = text[: len(text) // LSTM_BATCH * LSTM_BATCH].view(LSTM_BATCH, -1)
    at, state = 0, None

    def batch() -> Tensor:
        nonlocal at, state
        if at + LSTM_STEPS >= streams.shape[1]:
            at, state = 0, None
        part = streams[:, at : at + LSTM_STEPS + 1]
        at += LSTM_STEPS
        logits, after = network(part[:, :-1], state)
        state = tuple(one.detach() for one in after)
        return loss_of(logits, part[:, 1:])

    steps = trained(network, 0.004, budget, batch)
    with torch.no_grad():
        logits, _ = network(held[None, :-1])
        losses = loss_of(logits, held[1:], "none")
    return losses, steps, sum(one.numel() for one in network.parameters())


def gpt(text: Tensor, held: Tensor, symbols: int, budget: float) -> tuple[Tensor, int, int]:
    """Train on random windows; return held-out losses, half a window seen before each."""
    network = SmallGPT(symbols)

    def batch() -> Tensor:
        starts = torch.randint(len(text) - BLOCK, (BATCH,))
        part = text[starts[:, None] + torch.arange(BLOCK + 1)]
        return loss_of(network(part[:, :-1]), part[:, 1:])

    steps = trained(network, 0.001, budget, batch)
    half, losses = BLOCK // 2, torch.full((len(held) - 1,), math.nan)
    with torch.no_grad():
        for start in range(0, len(held) - 1, half):
            part = held[start : start + BLOCK + 1]
            made = loss_of(network(part[None, :-1]), part[1:], "none")
            skip = half if start else 0
            losses[start + skip : start + len(made)] = made[skip:]
    return losses, steps, sum(one.numel() for one in network.parameters())


MODELS = {"LSTM, 2 x 256": lstm, "nanoGPT's CPU configuration": gpt}


def write(job: Job) -> Answer:
    """Train a character model; answer with its mean loss on the held-out part in nats."""
    torch.manual_seed(0)
    alphabet = {symbol: i for i, symbol in enumerate(sorted(set(job["text"] + job["held"])))}
    text, held = (
        torch.from_numpy(np.array([alphabet[symbol] for symbol in job[part]]))
        for part in ("text", "held")
    )
    clock = Clock()
    losses, steps, size = MODELS[job["method"]](text, held, len(alphabet), job["budget"])
    note = f"{steps:,} steps, {size:,} weights"
    return {"methods": {job["method"]: {
        "nats": float(losses.mean()), **clock.spent(), "note": note
    }}}  # fmt: skip


if __name__ == "__main__":
    serve({"write": write})
