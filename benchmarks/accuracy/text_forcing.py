"""What training without teacher forcing does to a text: a network fed the truth, or itself.

    RECUR_DATA=FOLDER python benchmarks/accuracy/text_forcing.py [--steps 400] [--picture PATH]

Two GRU networks with the same first weights learn the first 100,000 characters of Sherlock Holmes
from the same windows. One is fed the text (teacher forcing); the other, after the first character
of each window, what it drew itself. Both are judged alike: nats a character on the held-out tenth,
given the true characters before. Prints one line of JSON, and a sample of each.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

from recur.data.text.text import Text, TextSplit, read_text
from recur.files.atomic import write_bytes
from recur.judge import unigram
from recur.report.plots.style import BLUE, FADED, ORANGE, figure, house_style, png, title

SIZE, STEPS, LANES, HIDDEN, EMBEDDING = 100_000, 32, 64, 128, 48
RATE, CLIP, LOOK = 0.003, 1.0, 20  # steps between two looks at the held-out tenth
FED = {True: "fed the text (teacher forcing)", False: "fed what it drew itself"}


class Network(nn.Module):
    """A GRU of symbols."""

    def __init__(self, symbols: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(symbols, EMBEDDING)
        self.cell = nn.GRU(EMBEDDING, HIDDEN)
        self.head = nn.Linear(HIDDEN, symbols)

    def forward(
        self, symbols: torch.Tensor, state: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return logits [time, lanes, symbols] and the state after int64 symbols [time, lanes]."""
        outputs, state = self.cell(self.embedding(symbols), state)
        return self.head(outputs), state


def logits_of_own(network: Network, inputs: torch.Tensor, draws: torch.Generator) -> torch.Tensor:
    """Return logits [time, lanes, symbols] of a network that is fed what it draws itself.

    No slope goes through a drawing, as none goes through a text.
    """
    symbols, state, steps = inputs[:1], None, []
    for _ in range(len(inputs)):
        logits, state = network(symbols, state)
        steps.append(logits)
        chances = logits[0].detach().softmax(-1)
        symbols = torch.multinomial(chances, 1, generator=draws).T
    return torch.cat(steps)


@torch.no_grad()
def held_out_loss(network: Network, text: Text) -> float:
    """Return nats a character over a text, given the true ones before each."""
    symbols = torch.from_numpy(text.symbols.astype(np.int64))[:, None]
    logits, _ = network(symbols[:-1])
    return float(nn.functional.cross_entropy(logits[:, 0], symbols[1:, 0]))


def learn(parts: TextSplit, steps: int, *, forced: bool) -> tuple[Network, list[list[float]]]:
    """Return a network, and after how many characters it had which held-out loss."""
    torch.manual_seed(0)
    network = Network(len(parts.training.vocabulary))
    optimiser = torch.optim.Adam(network.parameters(), RATE)
    draws, order = torch.Generator().manual_seed(1), np.random.default_rng(2)
    text = parts.training.symbols.astype(np.int64)
    assert parts.validation is not None
    looks = [[0.0, held_out_loss(network, parts.validation)]]
    for step in range(1, steps + 1):
        starts = order.integers(len(text) - STEPS, size=LANES)
        windows = torch.from_numpy(text[starts + np.arange(STEPS + 1)[:, None]])
        logits = network(windows[:-1])[0] if forced else logits_of_own(network, windows[:-1], draws)
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), windows[1:].flatten())
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), CLIP)
        optimiser.step()
        if step % LOOK == 0:
            looks.append([step * STEPS * LANES, held_out_loss(network, parts.validation)])
    return network, looks


@torch.no_grad()
def written(network: Network, text: Text, length: int = 200) -> str:
    """Return what a network writes."""
    draws = torch.Generator().manual_seed(3)
    symbols, state, drawn = torch.from_numpy(text.symbols[:1].astype(np.int64))[None], None, []
    for _ in range(length):
        logits, state = network(symbols, state)
        symbols = torch.multinomial(logits[0].softmax(-1), 1, generator=draws)
        drawn.append(int(symbols))
    return text.vocabulary.decode(drawn)


def draw(looks: dict[bool, list[list[float]]], floor: float) -> bytes:
    """Return the picture of both, as a PNG."""
    with house_style():
        picture, axes = figure()
        for forced, colour in ((True, BLUE), (False, ORANGE)):
            at, losses = np.array(looks[forced]).T
            axes.plot(at / 1e6, losses, color=colour, lw=2.0, label=FED[forced])
        axes.axhline(floor, color=FADED, lw=1.0, ls=(0, (1, 1.5)), label="unigram")
        axes.set_xlabel("million characters learnt from")
        axes.set_ylabel("nats a character")
        under = f"the same GRU({HIDDEN}), first weights and windows; loss on the held-out tenth"
        title(axes, "With teacher forcing and without", under)
    return png(picture)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=400, help="of each network")
    parser.add_argument("--picture", type=Path, default=None)
    given = parser.parse_args()
    torch.set_num_threads(1)  # such small products gain nothing from more
    if "RECUR_DATA" not in os.environ:
        sys.exit("set RECUR_DATA to a folder with text/sherlock.txt")
    path = Path(os.environ["RECUR_DATA"]) / "text" / "sherlock.txt"
    parts = TextSplit.of(read_text(path, size=SIZE))
    assert parts.validation is not None
    training, held_out = parts.training, parts.validation
    floor = unigram(training.symbols, held_out.symbols, len(training.vocabulary))
    looks, samples = {}, {}
    for forced in (True, False):
        network, looks[forced] = learn(parts, given.steps, forced=forced)
        samples[FED[forced]] = written(network, training)
    nats = {FED[forced]: round(one[-1][1], 4) for forced, one in looks.items()}
    characters = given.steps * STEPS * LANES
    print(json.dumps({"characters": characters, "unigram": round(floor, 4), "nats": nats}))
    for name, text in samples.items():
        print(f"--- {name} ---\n{text}\n")
    if given.picture is not None:
        write_bytes(given.picture, draw(looks, floor))


if __name__ == "__main__":
    main()
