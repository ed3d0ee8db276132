"""From a file and what is said of its columns, as text, to a panel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from recur.data.panel.panel import Panel
from recur.data.tables.table import read_table
from recur.errors import SettingsError
from recur.tasks import notices

_LISTS = ("target", "past", "known", "static")


def read_columns(file: Path, columns: dict[str, Any]) -> Panel:
    """Return the panel that a file makes.

    Args:
        file: a table.
        columns: as `recur.read_panel` takes them; lists of names may stand in one text, commas
            between them; `wide` takes every column of numbers as a target.
    """
    named = {name: value for name, value in columns.items() if name != "wide"}
    if columns.get("wide"):
        if "target" in named:
            raise SettingsError(
                "`wide` takes every column of numbers, and `target` names some; leave one out."
            )
        named["target"] = ["*"]
    return notices.read(file, **named | _taken_apart(file, named))


def _taken_apart(file: Path, given: dict[str, Any]) -> dict[str, list[str]]:
    """Return the lists of columns, taken apart at the commas that are in no column's name."""
    lists: dict[str, list[str]] = {name: given[name] for name in _LISTS if name in given}
    if not any("," in text for texts in lists.values() for text in texts):
        return lists
    names = {name.casefold() for name in read_table(file).names}
    return {
        name: [part for text in texts for part in _parts(text, names)]
        for name, texts in lists.items()
    }


def _parts(text: str, names: set[str]) -> list[str]:
    if text.casefold() in names:
        return [text]
    return [part.strip() for part in text.split(",") if part.strip()]
