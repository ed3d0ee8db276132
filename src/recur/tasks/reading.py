"""From a file and what is said of its columns, as text, to a panel."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from recur.data.panel.panel import Panel
from recur.data.tables.parted import FilePart
from recur.data.tables.table import read_table
from recur.errors import SettingsError
from recur.tasks import notices

_LISTS = ("target", "past", "known", "static")


def read_columns(file: Path | FilePart, columns: dict[str, Any]) -> Panel:
    """Return the panel that a file makes.

    Args:
        file: a table.
        columns: as `recur.read_panel` takes them; lists of names may stand in one text, commas
            between them; `wide` takes every column of numbers as a target.
    """
    return notices.read(file, **named_columns(file, columns))


def read_by_clock(file: Path, columns: dict[str, Any]) -> tuple[Panel, ...]:
    """Return a panel of the series of each clock of a file, as `read_columns` reads it."""
    return notices.read_by_clock(file, **named_columns(file, columns))


def names_of(read: Sequence[tuple[Panel, ...]]) -> tuple[str, ...]:
    """Return what each panel of some files is called: its file, its clock, or both."""
    return tuple(
        panel.source if len(panels) == 1
        else panel.clock.describe() if len(read) == 1
        else f"{panel.source}, {panel.clock.describe()}"
        for panels in read
        for panel in panels
    )  # fmt: skip


def clock_folder(folder: Path, panel: Panel, panels: tuple[Panel, ...]) -> Path:
    """Return the folder of one panel of a file: one of its clock where there are several."""
    return folder if len(panels) == 1 else folder / panel.clock.describe().replace(" ", "_")


def check_season(season: int | None, read: Sequence[tuple[Panel, ...]]) -> None:
    """Refuse a season in steps where the steps of one file are not all as long."""
    several = next((panels for panels in read if len(panels) > 1), None)
    if season is not None and season > 1 and several is not None:
        raise SettingsError(
            f"`season` is {season} steps, and the series of {several[0].source} have "
            f"{len(several)} clocks, whose steps are not as long; leave it out, so that it is "
            "found for each, or read the series of one clock."
        )


def named_columns(file: Path | FilePart, columns: dict[str, Any]) -> dict[str, Any]:
    """Return columns as `recur.read_panel` takes them."""
    named = {name: value for name, value in columns.items() if name != "wide"}
    if columns.get("wide"):
        if "target" in named:
            raise SettingsError(
                "`wide` takes every column of numbers, and `target` names some; leave one out."
            )
        named["target"] = ["*"]
    return named | _taken_apart(file, named)


def _taken_apart(file: Path | FilePart, given: dict[str, Any]) -> dict[str, list[str]]:
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
