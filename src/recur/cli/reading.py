"""From a file, and what options or a model say of its columns, to a panel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from recur.cli.options import Columns, Source

if TYPE_CHECKING:
    from recur.data.panel.panel import Panel
    from recur.tasks import Forecaster

_LISTS = ("target", "past", "known", "static")


def read(file: Path, columns: Columns) -> Panel:
    """Return the panel that a file makes."""
    from recur.tasks import notices

    given: dict[str, Any] = dict(columns)
    return notices.read(file, **given | _taken_apart(file, given))


def read_for(model: Forecaster, file: Path, source: Source) -> Panel:
    """Return the panel that a file makes for a model, with the columns that it was trained with."""
    from recur.tasks import notices

    given: dict[str, Any] = dict(source)
    learnt = {
        "target": model.encoding_.targets(model.target_),
        **model.encoding_.columns(model.target_),
    }
    return notices.read(file, **learnt | given | _taken_apart(file, given))


def _taken_apart(file: Path, given: dict[str, Any]) -> dict[str, list[str]]:
    """Return the lists of columns, taken apart at the commas that are in no column's name."""
    lists: dict[str, list[str]] = {name: given[name] for name in _LISTS if name in given}
    if not any("," in text for texts in lists.values() for text in texts):
        return lists
    from recur.data.tables.table import read_table

    names = {name.casefold() for name in read_table(file).names}
    return {
        name: [part for text in texts for part in _parts(text, names)]
        for name, texts in lists.items()
    }


def _parts(text: str, names: set[str]) -> list[str]:
    if text.casefold() in names:
        return [text]
    return [part.strip() for part in text.split(",") if part.strip()]
