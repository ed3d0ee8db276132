"""The course's encoder-decoder on stock files as a plain PyTorch loop, beside the compiled engine.

    RECUR_DATA=FOLDER python benchmarks/accuracy/stocks_plain.py [--epochs 50] [FILE ...]

The recipe of the lab `stocks`, twice in one run, on the same threads: windows of 5 days and 2,
batches of 5, Adam at .01, the decoder always fed the truth; then run once along the last 100 days,
and asked anew each day, which tells better whether both have learnt the same: what becomes of a
decoder far beyond its windows is a matter of chance. Prints one line of JSON for each file and
network: errors, then times. FILE is TSLA, GOOGL or DJI;
TSLA by default, since the plain loop is slow. Needs PyTorch.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from recur.labs.experiment import Setting
from recur.labs.stocks.lab import COURSE, NETWORKS, Followed, course
from recur.labs.stocks.prices import DAYS, Stock, read

CELLS = {"gru": nn.GRU, "lstm": nn.LSTM}
Ways = tuple[Followed, Followed]


class EncoderDecoder(nn.Module):
    """An encoder, and a decoder that goes on from its last state and is fed the truth.

    Where the encoder reads both ways, one linear map makes one state of two; recur's own makes the
    cells, too, of the last outputs.
    """

    def __init__(self, cell: str, layers: int = 1, bidirectional: bool = False) -> None:
        super().__init__()
        hidden = COURSE["hidden"]
        self.encoder = CELLS[cell](1, hidden, layers, bidirectional=bidirectional)
        self.bridge = nn.Linear(2 * hidden, hidden) if bidirectional else None
        self.decoder = CELLS[cell](1, hidden, layers)
        self.head = nn.Linear(hidden, 1)

    def forward(self, past: torch.Tensor, fed: torch.Tensor) -> Any:
        """Return [time, batch, 1], the value after each of those fed to the decoder."""
        _, state = self.encoder(past)
        if self.bridge is not None:
            state = tuple(self.bridge(torch.cat([part[:1], part[1:]], dim=2)) for part in state)
        return self.head(self.decoder(fed, state)[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", default=["TSLA"])
    parser.add_argument("--epochs", type=int, default=COURSE["epochs"])
    given = parser.parse_args()
    if "RECUR_DATA" not in os.environ:
        sys.exit("set RECUR_DATA to a folder with stocks/")
    folder = Path(os.environ["RECUR_DATA"]) / "stocks"
    recipe = {"epochs": given.epochs, "threads": torch.get_num_threads(), "engine": "compiled"}
    setting = Setting(files=tuple(folder / f"{name}.csv" for name in given.files))
    for i in range(len(setting.files)):
        stock = read(setting, i)
        for name, network in NETWORKS.items():
            course(stock, name, {**network, **recipe, "epochs": 1}, setting)  # compiles
            ours = course(stock, name, {**network, **recipe}, setting)
            print(json.dumps(_row(ours, plain(stock, name, network, given.epochs))), flush=True)


def plain(stock: Stock, name: str, network: dict[str, Any], epochs: int) -> Ways:
    """Train as the course does, in eager PyTorch, and forecast the last days in both ways."""
    torch.manual_seed(0)
    values = stock.panel.series(0)
    learnt = values[:-DAYS]
    centre, spread = learnt.mean(), learnt.std()
    scaled = torch.from_numpy(((values - centre) / spread).astype(np.float32))[:, None]
    lookback, steps, batch = (COURSE[key] for key in ("lookback", "decoder_length", "batch"))
    model = EncoderDecoder(**network)
    began = time.perf_counter()
    adam = torch.optim.Adam(model.parameters(), lr=COURSE["rate"])
    firsts = torch.arange(len(learnt) - lookback - steps + 1)
    windows = scaled[firsts + torch.arange(lookback + steps)[:, None]]
    for _ in range(epochs):
        for chosen in torch.split(torch.randperm(len(firsts)), batch):
            some = windows[:, chosen]
            adam.zero_grad()
            made = model(some[:lookback], some[lookback - 1 : -1])
            loss: Any = nn.functional.mse_loss(made, some[lookback:])
            loss.backward()
            adam.step()
    seconds = time.perf_counter() - began
    known = scaled[-DAYS - lookback : -1, None]
    newest = known[:, 0].unfold(0, lookback, 1).permute(2, 0, 1)
    with torch.no_grad():
        along = model(known[:lookback], known[lookback - 1 :]).flatten()
        anew = model(newest, newest[-1:]).flatten()
    back = (values.double().numpy() * spread + centre for values in (along, anew))
    return (
        Followed(stock, name, "along", next(back), seconds),
        Followed(stock, name, "anew", next(back), seconds),
    )


def _row(ours: Ways, loop: Ways) -> dict[str, Any]:
    (along, anew), (loop_along, loop_anew) = ours, loop
    return {
        "file": along.stock.name,
        "network": along.network,
        "last_value_mse": round(along.naive, 2),
        "anew": round(anew.error, 2),
        "anew, plain loop": round(loop_anew.error, 2),
        "along": round(along.error, 2),
        "along, plain loop": round(loop_along.error, 2),
        "seconds": round(along.seconds, 2),
        "seconds, plain loop": round(loop_along.seconds, 2),
        "times as fast": round(loop_along.seconds / along.seconds, 1),
    }


if __name__ == "__main__":
    main()
