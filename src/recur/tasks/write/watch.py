"""A writer that watches: how much of a surprise each line of a text is, and what may come next."""

from __future__ import annotations

from typing import Any

import numpy as np

from recur.data.tables.arriving import Arrival
from recur.errors import DataError
from recur.tasks.watching import NUMBER, WatchedRow, shown
from recur.tasks.write.writer import Writer

_BEFORE = 8  # symbols that are shown before the one that was the greatest surprise
_LIKELIEST = 5


class WriteWatcher:
    """Answers to lines with how likely they were, symbol by symbol."""

    columns = None

    def __init__(self, model: Writer) -> None:
        self._live = model.live()
        self._end = "\n" if _knows_lines(model) else ""
        self.widths = {"nats": NUMBER, "greatest": NUMBER, "at": 2 * NUMBER, "next": NUMBER, "": 1}

    def take(self, arrival: Arrival) -> WatchedRow:
        """Take a line and its end, and tell how likely it was; see `Watcher.take`."""
        if not (arrival.text or self._end):
            raise DataError("it is empty")
        read = self._live.read(arrival.text + self._end)
        likely = read.after.likeliest(_LIKELIEST)
        known = read.surprise[np.isfinite(read.surprise)]
        mean = float(known.mean()) if len(known) else float("nan")
        cells = {"nats": shown(mean), "greatest": "-", "at": ""}
        if len(known):
            at = int(np.nanargmax(read.surprise))
            begins = "".join(read.symbols[max(0, at - _BEFORE) : at + 1])
            cells |= {"greatest": shown(float(read.surprise[at])), "at": _visible(begins)}
        cells |= {"next": _visible(likely[0][0]), "": arrival.text}
        facts: dict[str, Any] = {
            "text": arrival.text,
            "nats": None if np.isnan(mean) else mean,
            "symbols": [
                {"symbol": symbol, "nats": None if np.isnan(nats) else float(nats)}
                for symbol, nats in zip(read.symbols, read.surprise, strict=True)
            ],
            "next": dict(likely),
        }
        return WatchedRow(cells, facts)

    def close(self) -> None:
        """Nothing is left to be done."""


def _knows_lines(model: Writer) -> bool:
    """Say whether the end of a line is something that training has seen."""
    try:
        return len(model.vocabulary_.encode("\n")) > 0
    except DataError:
        return False


def _visible(text: str) -> str:
    return text.replace("\n", "\u21b5").replace("\t", "\u21e5")
