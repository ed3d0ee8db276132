"""The network of the pretrained forecaster as PyTorch trains it, and as the model file holds it."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from recur.data.histories.inputs import AHEAD, PER_STEP, SUMMARY
from recur.engines.pytorch.modules import recurrent
from recur.networks.spec import NetworkSpec
from recur.tasks.forecast.cards import Card
from recur.tasks.forecast.pretrained import Pretrained

LEVELS = (0.025, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.975)
MIDDLE = LEVELS.index(0.5)


class Network(nn.Module):
    """A recurrent encoder, and dense layers that answer each step ahead on its own.

    Args:
        cell: of the encoder, any of recur's; `none` leaves it out, to see what it is worth.
        hidden: size of its state.
        dense: size of the dense layers.
    """

    def __init__(self, cell: str, hidden: int, dense: int) -> None:
        super().__init__()
        self.shape = cell, hidden, dense
        spec = None if cell == "none" else _encoder(cell, hidden)
        self.encoder = spec and recurrent(spec, spec.inputs, layers=1, dropout=0.0)
        # The first dense layer in two: what it makes of a history serves every step ahead.
        self.of_history = nn.Linear((hidden if self.encoder else 0) + SUMMARY, dense)
        self.of_step = nn.Linear(AHEAD, dense, bias=False)
        self.second = nn.Linear(dense, dense)
        self.head = nn.Linear(dense, len(LEVELS))
        nn.init.normal_(self.head.weight, std=0.01)

    def forward(self, patches: Any, summary: Any, ahead: Any) -> Any:
        """Return quantiles [steps, series, levels], in the scale of each series."""
        read = [self.encoder(patches)[0][-1]] if self.encoder else []
        shared = self.of_history(torch.cat([*read, summary], dim=-1))
        inner = torch.relu(shared + self.of_step(ahead))
        raw = self.head(torch.relu(self.second(inner)))
        middle, steps = raw[..., MIDDLE : MIDDLE + 1], nn.functional.softplus(raw)
        below = torch.flip(torch.cumsum(torch.flip(steps[..., :MIDDLE], (-1,)), -1), (-1,))
        above = torch.cumsum(steps[..., MIDDLE + 1 :], -1)
        return torch.cat([middle - below, middle, middle + above], dim=-1)


def _encoder(cell: str, hidden: int) -> NetworkSpec:
    return NetworkSpec(cell=cell, inputs=PER_STEP, hidden=hidden, outputs=hidden, head="none")


def _specs(cell: str, hidden: int, dense: int) -> dict[str, NetworkSpec]:
    """Return the two networks of a pretrained forecaster."""
    return {
        "encoder": _encoder(cell, hidden),
        "decoder": NetworkSpec(
            cell="mlp", inputs=hidden + SUMMARY + AHEAD, steps=1, hidden=dense, layers=2,
            nonlinearity="relu", outputs=len(LEVELS),
        ),
    }  # fmt: skip


def packed(network: Network, **card: Any) -> Pretrained:
    """Return the network as recur runs it, alone."""
    cell, hidden, dense = network.shape
    if network.encoder is None:  # a state of one number that stays 0, and is not looked at
        cell, hidden = "gru", 1
    two = _specs(cell, hidden, dense)
    blocks = {name: value.numpy() for name, value in network.state_dict().items()}
    first = np.concatenate([blocks["of_history.weight"], blocks["of_step.weight"]], axis=1)
    if network.encoder is None:
        first = np.pad(first, ((0, 0), (1, 0)))
        encoder = np.zeros(two["encoder"].size, np.float32)
    else:
        encoder = two["encoder"].flat({f"rnn.{n[8:]}": blocks[n] for n in blocks if "encoder" in n})
    decoder = two["decoder"].flat(
        {
            "mlp.0.weight": first, "mlp.0.bias": blocks["of_history.bias"],
            "mlp.1.weight": blocks["second.weight"], "mlp.1.bias": blocks["second.bias"],
            "head.weight": blocks["head.weight"], "head.bias": blocks["head.bias"],
        }
    )  # fmt: skip
    told = {"made": "", "data": "", "limits": "", "figures": {}, **card}
    return Pretrained(Card(**two, levels=LEVELS, **told), encoder[None], decoder[None])
