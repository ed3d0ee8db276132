"""A panel in a folder: its arrays in files that are mapped into memory, the rest as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from recur.arrays import Flags
from recur.data.clock import Clock
from recur.data.panel.covariates import Covariates
from recur.data.panel.mapped import GrowingFile, open_map
from recur.data.panel.panel import Panel
from recur.data.panel.repairs import Repair
from recur.errors import DataError

_HEAD = "series.json"
_NAMES = ("past_names", "known_names", "static_names", "label_names")
_NOTES = 8  # of all parts together


class PanelStore:
    """Panels that become one, added part after part.

    Attributes:
        folder: where its files are; it exists and is empty.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._first: Panel | None = None
        self._files: dict[str, GrowingFile] = {}
        self._ids: dict[str, str] = {}
        self._lengths: list[int] = []
        self._ahead: list[int] = []
        self._statics: list[list[float]] = []
        self._labels: list[list[str]] = []
        self._notes: Counter[str] = Counter()
        self._repairs: dict[str, Repair] = {}
        self._filled = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files.values():
            file.close()

    def add(self, part: Panel) -> None:
        """Add the series of a part.

        Raises:
            DataError: it has another clock than those before it, or one of their ids.
        """
        first = self._first = self._first or part
        if part.clock.describe() != first.clock.describe():
            raise DataError(
                f"{part.source} has a clock of {part.clock.describe()}, and {first.source} one of "
                f"{first.clock.describe()}; take the series of each clock by themselves."
            )
        for name in part.ids:
            if name in self._ids:
                raise DataError(
                    f"series `{name}` stands in {self._ids[name]} and again in {part.source}; "
                    "bring its rows together, sorted by id, or give the series other names."
                )
            self._ids[name] = part.source
        filled: Flags = np.zeros(part.rows, np.bool_) if part.filled is None else part.filled
        self._filled |= part.filled is not None
        arrays = {"values": part.values, "times": part.times, "filled": filled}
        beside = part.covariates
        if beside is not None:
            arrays |= {"past": beside.past, "known": beside.known}
            self._ahead += beside.ahead.tolist()
            self._statics += beside.statics.tolist()
            self._labels += [list(each) for each in zip(*beside.labels, strict=True)]
        for name, rows in arrays.items():
            if name not in self._files:
                path = self.folder / f"{name}.npy"
                self._files[name] = GrowingFile(path, rows.dtype, rows.shape[1:])
            self._files[name].add(rows)
        self._lengths += part.lengths.tolist()
        self._notes.update(part.notes)
        for repair in part.repairs:
            before = self._repairs.get(repair.kind)
            count = repair.count + (0 if before is None else before.count)
            self._repairs[repair.kind] = replace(before or repair, count=count)

    def finish(self, source: str, guessed: Mapping[str, str]) -> None:
        """Write what makes a panel of the files, which are closed.

        Args:
            source: what messages call it.
            guessed: as `Panel` has it.
        """
        assert self._first is not None
        if not self._filled:
            (self.folder / "filled.npy").unlink()
        head: dict[str, Any] = {
            "ids": list(self._ids),
            "lengths": self._lengths,
            "clock": asdict(self._first.clock),
            "target": self._first.target,
            "source": source,
            "guessed": dict(guessed),
            "notes": [
                note if times == 1 else f"{note} (in {times} parts)"
                for note, times in self._notes.most_common(_NOTES)
            ],
            "repairs": [asdict(repair) for repair in self._repairs.values()],
        }
        beside = self._first.covariates
        if beside is not None:
            head["beside"] = {name: getattr(beside, name) for name in _NAMES} | {
                "ahead": self._ahead,
                "statics": self._statics,
                "labels": [list(each) for each in zip(*self._labels, strict=True)],
            }
        (self.folder / _HEAD).write_text(json.dumps(head), "utf-8")


def stored(folder: Path) -> Panel | None:
    """Return the panel in a folder, whose arrays stay in their files; None where there is none."""
    try:
        head = json.loads((folder / _HEAD).read_text("utf-8"))
    except FileNotFoundError:
        return None
    (folder / _HEAD).touch()  # what is used is kept
    lengths = np.array(head["lengths"], np.int64)
    files = {path.stem: open_map(path) for path in folder.glob("*.npy")}
    beside = None
    if "beside" in head:
        held = head["beside"]
        beside = Covariates(
            **{name: tuple(held[name]) for name in _NAMES},
            past=files["past"],
            known=files["known"],
            statics=np.array(held["statics"], np.float64).reshape(len(lengths), -1),
            labels=tuple(tuple(label) for label in held["labels"]),
            lengths=lengths,
            ahead=np.array(held["ahead"], np.int64),
        )
    return Panel(
        values=files["values"],
        times=files["times"],
        offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        ids=tuple(head["ids"]),
        clock=Clock(**head["clock"]),
        target=head["target"],
        source=head["source"],
        notes=tuple(head["notes"]),
        filled=files.get("filled"),
        covariates=beside,
        repairs=tuple(Repair(**repair) for repair in head["repairs"]),
        guessed=head["guessed"],
    )
