"""Pairs of texts, such as sentences and their translations, and the files that hold them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recur.arrays import Indices
from recur.data.labelled.examples import split
from recur.data.labelled.paths import existing
from recur.data.labelled.readers import read_text, text_column
from recur.data.tables import columns
from recur.data.tables.table import Table, read_table
from recur.errors import DataError, SettingsError

_LINES = (".tsv", ".txt", ".tab", "")


@dataclass(frozen=True, eq=False)
class TextPairs:
    """Texts, each with what should come out of it where that is known.

    Attributes:
        sources: what comes in.
        targets: what should come out of each; none where it is not known.
        origin: what messages call them.
        notes: what a reader should tell the user it did, a sentence each.
    """

    sources: tuple[str, ...]
    targets: tuple[str, ...] = ()
    origin: str = "The pairs"
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.sources:
            raise DataError(f"{self.origin}: there are no texts; at least one is needed.")
        if self.targets and len(self.targets) != len(self.sources):
            raise DataError(
                f"{self.origin}: there are {len(self.sources)} texts and {len(self.targets)} of "
                "what should come out of them; each needs one."
            )
        for side in (self.sources, self.targets):
            for i, text in enumerate(side):
                if not text.strip():
                    raise DataError(
                        f"{self.origin}: a side of pair {i + 1} is empty; fill it, or leave the "
                        "pair out."
                    )

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.sources)

    @staticmethod
    def of(sources: Any, targets: Any = None) -> TextPairs:
        """Return pairs of what a program holds: lists of texts, or `TextPairs`."""
        if isinstance(sources, TextPairs):
            return sources
        left, right = (() if side is None else tuple(side) for side in (sources, targets))
        for side in (left, right):
            wrong = next((one for one in side if not isinstance(one, str)), None)
            if wrong is not None:
                raise DataError(f"{wrong!r} is a `{type(wrong).__name__}`; texts are expected.")
        return TextPairs(left, right)

    def part(self, places: Indices) -> TextPairs:
        """Return those at some places."""
        return TextPairs(
            tuple(self.sources[i] for i in places),
            tuple(self.targets[i] for i in places) if self.targets else (),
            self.origin,
        )

    def needed(self) -> TextPairs:
        """Return the pairs; refuse them where what should come out is not known."""
        if not self.targets:
            raise DataError(
                f"{self.origin} has one column only; to learn or to judge, each text needs what "
                "should come out of it in a second column, behind a tab."
            )
        return self

    def divided(self, share: float, seed: int, number: int) -> tuple[Indices, Indices]:
        """Divide at random; pairs with the same source stay together. See `split`."""
        return split([""] * len(self), self.sources, share, seed, number)

    def references(self) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
        """Return every source once, and all that may come out of it."""
        found: dict[str, dict[str, None]] = {}
        for source, target in zip(self.sources, self.targets, strict=True):
            found.setdefault(source, {})[target] = None
        return tuple(found), tuple(tuple(each) for each in found.values())


def read_pairs(
    files: Sequence[str | Path],
    *,
    source: str | None = None,
    target: str | None = None,
    encoding: str | None = None,
) -> TextPairs:
    """Read pairs, or texts alone.

    Args:
        files: lines of two texts with a tab between them, of which what follows a second tab is
            left out; or tables of any kind.
        source: of a table, the column of what comes in.
        target: of a table, the column of what should come out.
        encoding: of lines; without it UTF-8, or Latin-1 where they are none.
    """
    if target is not None and source is None:
        raise SettingsError("`target` names a column; name the one of what comes in by `source`.")
    parts = []
    for file in files:
        path = existing(file)
        if not path.is_file():
            raise DataError(f"There is no file `{path}`; check the name and the folder.")
        if source is not None or path.suffix.casefold() not in _LINES:
            parts.append(_of_table(read_table(path), source, target))
        else:
            parts.append(_of_lines(path, encoding))
    if any(bool(part.targets) != bool(parts[0].targets) for part in parts):
        raise DataError("Some of the files have a second column and some have not; all need one.")
    origin = parts[0].origin if len(parts) == 1 else f"{parts[0].origin} and {len(parts) - 1} more"
    return TextPairs(
        tuple(text for part in parts for text in part.sources),
        tuple(text for part in parts for text in part.targets),
        origin,
        tuple(dict.fromkeys(note for part in parts for note in part.notes)),
    )


def _of_table(table: Table, source: str | None, target: str | None) -> TextPairs:
    if source is None:
        if len(table.names) > 2:
            names = ", ".join(f"`{name}`" for name in table.names[:6])
            raise DataError(
                f"{table.source} has the columns {names}; name that of what comes in by `source` "
                "and that of what should come out by `target`."
            )
        sides = list(range(len(table.names)))
    else:
        sides = [columns.find_column(table, source, "source")]
        if target is not None:
            sides.append(columns.find_column(table, target, "target"))
    texts = [text_column(table, at) for at in sides]
    return TextPairs(texts[0], texts[1] if len(texts) > 1 else (), table.source, table.notes)


def _of_lines(path: Path, encoding: str | None) -> TextPairs:
    notes: dict[str, None] = {}
    lines = read_text(path, encoding, notes).replace("\r\n", "\n").split("\n")
    rows = [(i + 1, line.split("\t")) for i, line in enumerate(lines) if line.strip()]
    if not rows:
        raise DataError(f"{path.name} is empty; a line for each pair is expected.")
    if all(len(row) == 1 for _, row in rows):
        return TextPairs(tuple(row[0].strip() for _, row in rows), (), path.name, tuple(notes))
    for number, row in rows:
        sides = [text.strip() for text in row[:2]]
        if len(sides) < 2 or not all(sides):
            which = "right" if sides[0] else "left"
            raise DataError(
                f"{path.name}, line {number}: nothing stands on the {which} of the tab; each line "
                "needs a text, a tab, and what should come out of it."
            )
    left, right = (tuple(row[side].strip() for _, row in rows) for side in (0, 1))
    return TextPairs(left, right, path.name, tuple(notes))
