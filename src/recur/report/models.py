"""What a network is and how its training ended, in a few words."""

from __future__ import annotations

from typing import Protocol

from recur.networks.spec import NetworkSpec
from recur.training.history import History


class Record(Protocol):
    """How a training ended."""

    @property
    def history(self) -> History:
        """Return every epoch."""

    @property
    def kept_epoch(self) -> int:
        """Return the epoch that the weights are from; 0 for an unfinished one."""

    @property
    def ended(self) -> str:
        """Return why it ended."""


def kept_weights(record: Record) -> str:
    """Return which weights a training has ended with, and how it ended."""
    epochs = len(record.history)
    weights = f"weights of epoch {record.kept_epoch} of {epochs}"
    if record.kept_epoch == 0:
        weights = f"weights from within epoch {epochs + 1}"
    return weights if record.ended == "finished" else f"{weights} ({record.ended})"


def layers(network: NetworkSpec) -> str:
    """Return a network as its layers: a convolution, the cell, and their sizes."""
    size = f"{network.hidden}" if network.layers == 1 else f"{network.layers} x {network.hidden}"
    directions = ", bidirectional" if network.bidirectional else ""
    cell = f"{network.cell.upper()}({size}{directions})"
    if network.convolution is None:
        return cell
    front = network.convolution
    stride = "" if front.stride == 1 else f", stride {front.stride}"
    return f"convolution({front.filters} of {front.kernel}{stride}) + {cell}"
