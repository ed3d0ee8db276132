"""A case: a file, how it is read, and what has to come of it."""

from __future__ import annotations

import contextlib
import tempfile
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from recur import read_panels
from recur.errors import InputError

DAYS = "date,y\n2020-01-01,5\n2020-01-02,6\n2020-01-03,7\n2020-01-04,8\n"


@dataclass(frozen=True)
class Case:
    """A kind of file.

    Attributes:
        name: what it is, for a reader.
        data: what is in it, or a function that writes it to a path.
        file: its name.
        values: all that have to come of it, series by series.
        repairs: the kinds of what is put right, in order.
        refused: a part of the sentence of a file that is refused; "" for one that is read.
        notes: parts of what has to be told beside repairs.
        options: as `read_panel` takes them.
        source: what is read, where that is not the file.
        needs: a package that the case cannot do without.
        brief: whether the end of the sentence is another library's, and not shown.
    """

    name: str
    data: str | bytes | Callable[[Path], object]
    file: str = "file.csv"
    values: tuple[float, ...] = (5, 6, 7, 8)
    repairs: tuple[str, ...] = ()
    refused: str = ""
    notes: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    source: Any = None
    needs: str = ""
    brief: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of a case.

    Attributes:
        panels: one of each clock; none where it was refused.
        told: the notices, or the sentence of the refusal.
    """

    panels: tuple[Any, ...]
    told: tuple[str, ...]


def outcome(case: Case, **more: Any) -> Outcome:
    """Read the file of a case in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        path = Path(case.file)
        if callable(case.data):
            case.data(path)
        else:
            path.write_bytes(case.data.encode() if isinstance(case.data, str) else case.data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                panels = read_panels(case.source or case.file, **{**case.options, **more})
            except InputError as error:
                return Outcome((), (str(error),))
    told = dict.fromkeys(note for panel in panels for note in panel.notes)
    return Outcome(panels, tuple(told))


def groups() -> dict[str, list[Case]]:
    """Return the cases of every module of the package, by the title of their group."""
    package = import_module(__package__ or "")
    names = sorted(one.name for one in iter_modules(package.__path__) if one.name[0] != "_")
    modules = [import_module(f"{__package__}.{name}") for name in names if name != "base"]
    return {module.TITLE: module.CASES for module in modules if hasattr(module, "CASES")}


def page() -> str:
    """Return `docs/files.md`: a line for each case."""
    lines, counts = [], {"loaded": 0, "repaired": 0, "refused": 0}
    for title, cases in groups().items():
        lines += ["", f"## {title}", "", "| what it is | what becomes of it | what is said |"]
        lines += ["|---|---|---|"]
        for case in cases:
            came = outcome(case)
            kind = _kind(came)
            counts[kind] += 1
            told = " ".join(came.told) if not case.brief else f"{came.told[0].split(': ')[0]}."
            lines.append(f"| {_cell(case.name)} | {kind}{_size(came)} | {_cell(told)} |")
    total = sum(counts.values())
    head = [
        "# Files that are read",
        "",
        "What people have, and what recur makes of it. Made by the tests from files of a few "
        "lines, each read without options unless its name says otherwise; "
        "`python -m tests.unit.data.tables.cases` makes it anew.",
        "",
        f"{total} kinds of file: {counts['loaded']} are read as they are, {counts['repaired']} are "
        f"put right and say so, {counts['refused']} are refused. `--strict` (`strict=True`) "
        "refuses what would be put right; `repairs` in the JSON and `panel.repairs` count it.",
    ]
    return "\n".join([*head, *lines, ""])


def _kind(came: Outcome) -> str:
    if not came.panels:
        return "refused"
    return "repaired" if any(panel.repairs for panel in came.panels) else "loaded"


def _size(came: Outcome) -> str:
    sizes = []
    for panel in came.panels:
        series = "" if len(panel) == 1 else f"{len(panel)} series, "
        sizes.append(f"{series}{panel.rows} values, {panel.clock.describe()}")
    return f": {'; '.join(sizes)}" if sizes else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("\u00a0", " ")
