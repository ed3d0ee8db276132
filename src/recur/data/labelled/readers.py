"""Files of examples: tables, lines of text, folders of texts, and series in the `.ts` format."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from recur.data.labelled.examples import Examples
from recur.data.labelled.paths import existing
from recur.data.labelled.tsfile import read_ts
from recur.data.tables import columns
from recur.data.tables.grouping import group as grouped
from recur.data.tables.numbers import looks_numeric
from recur.data.tables.table import Table, read_table
from recur.errors import DataError, SettingsError

_TABLES = (".csv", ".tsv", ".parquet", ".pq", ".xlsx", ".arff")
_LABELS = ("label", "class", "category", "sentiment", "language", "y", "target")
_TEXTS = ("text", "sentence", "review", "comment", "message", "title", "name")


def read_examples(
    files: Sequence[str | Path],
    *,
    target: Sequence[str] = (),
    label: str | None = None,
    id: str | None = None,  # noqa: A002 (the name that users know)
    time: str | None = None,
    group: str | None = None,
    encoding: str | None = None,
) -> Examples:
    """Read examples, with their labels where there are any.

    Args:
        files: one table, `.arff` among them; one `.ts` file; a folder with a folder of texts for
            each label; or files of a text a line, whose names are the labels, or a folder of such
            files.
        target: of a table, the column of texts, or those of numbers.
        label: of a table, the column of labels; of one file of a text a line, a file of labels.
        id: of a table, the column that tells series apart; None takes `unique_id`, and each row
            for a series where there is none.
        time: of a table with an `id`, the column that puts the steps of a series in order; None
            finds it by its name.
        group: of a table, a column of what is kept together when examples are divided.
        encoding: of texts; without it UTF-8, or Latin-1 where they are none.
    """
    paths = [existing(file) for file in files]
    first = paths[0]
    if len(paths) == 1 and first.suffix.casefold() == ".ts":
        _refuse("a .ts file", target=target, label=label, id=id, time=time, group=group)
        return read_ts(first)
    if len(paths) == 1 and first.is_file() and first.suffix.casefold() in _TABLES:
        return _of_table(read_table(first), tuple(target), label, id, time, group)
    _refuse("files of text", target=target, id=id, time=time, group=group)
    return _of_files(paths, label, encoding)


def _refuse(what: str, **given: object) -> None:
    for name, value in given.items():
        if value:
            raise SettingsError(
                f"`{name}` names a column of a table, and {what} has none; leave it out."
            )


def _of_files(paths: list[Path], label: str | None, encoding: str | None) -> Examples:
    """Read texts whose labels are names of files or folders, or stand in a file of their own."""
    notes: dict[str, None] = {}
    source = str(paths[0]) if len(paths) == 1 else f"{paths[0]} and {len(paths) - 1} more"
    if len(paths) == 1 and paths[0].is_dir():
        folders = sorted(path for path in paths[0].iterdir() if path.is_dir())
        files = [(path, one) for path in folders for one in sorted(path.iterdir()) if one.is_file()]
        if files:
            found = tuple(read_text(one, encoding, notes) for _, one in files)
            names = tuple(path.name for path, _ in files)
            return Examples(found, names, source=source, notes=tuple(notes))
        paths = sorted(path for path in paths[0].iterdir() if path.is_file())
        if not paths:
            raise DataError(f"`{source}` is a folder without any files of text.")
    for path in paths:
        if path.is_dir():
            raise DataError(f"`{path}` is a folder; name a single one, or files of text.")
    by_file = [(path, _lines(path, encoding, notes)) for path in paths]
    texts = tuple(line for _, lines in by_file for line in lines)
    labels: tuple[str, ...] = ()
    if label is not None:
        labels = _of_label_file(label, texts, source, len(paths), encoding, notes)
    elif len(paths) > 1:
        pairs = zip(_names(paths), by_file, strict=True)
        labels = tuple(name for name, (_, lines) in pairs for _ in lines)
    return Examples(texts, labels, source=source, notes=tuple(notes))


def _of_label_file(
    label: str,
    texts: tuple[str, ...],
    source: str,
    files: int,
    encoding: str | None,
    notes: dict[str, None],
) -> tuple[str, ...]:
    path = Path(label).expanduser()
    if files > 1 or not path.is_file():
        raise SettingsError(
            f"`label` is `{label}`; beside a file of a text a line it is the name of a file with "
            "the label of each line; of several files, the names are the labels."
        )
    labels = _lines(path, encoding, notes)
    if len(labels) != len(texts):
        raise DataError(
            f"{source} has {len(texts)} texts and {path.name} {len(labels)} labels; each line "
            "needs one."
        )
    return tuple(labels)


def _names(paths: list[Path]) -> list[str]:
    """Return the labels by which files are named: what follows the dot where the rest is alike."""
    same = len({path.stem for path in paths}) == 1
    return [path.suffix.removeprefix(".") if same else path.stem for path in paths]


def _lines(path: Path, encoding: str | None, notes: dict[str, None]) -> list[str]:
    lines = [line.strip() for line in read_text(path, encoding, notes).splitlines()]
    found = [line for line in lines if line]
    if not found:
        raise DataError(f"{path.name} is empty; a text on each line is expected.")
    return found


def read_text(path: Path, encoding: str | None, notes: dict[str, None]) -> str:
    """Return what a file of text says; what a user should be told of it is added to the notes."""
    data = path.read_bytes()
    if b"\0" in data:
        raise DataError(f"{path.name} is a binary file, not a text.")
    try:
        return data.decode(encoding or "utf-8-sig")
    except UnicodeDecodeError:
        if encoding is not None:
            raise DataError(f"{path.name} is not {encoding}; name its encoding.") from None
        notes[f"{path.name} is not UTF-8 and was read as Latin-1; `encoding` names another."] = None
        return data.decode("latin-1")
    except LookupError:
        raise SettingsError(f"there is no encoding `{encoding}`.") from None


def _of_table(
    table: Table,
    target: tuple[str, ...],
    label: str | None,
    id_: str | None,
    time: str | None,
    group: str | None,
) -> Examples:
    label_at = _label(table, label)
    if id_ is None and (known := _known(table, (columns.SERIES_ID,))) is not None:
        id_ = table.names[known]
    if id_ is not None and time is None:
        known = _known(table, columns.SURE_TIME_NAMES)
        time = None if known is None else table.names[known]
    at = {
        name: columns.find_column(table, column, name)
        for name, column in (("id", id_), ("time", time), ("group", group))
        if column is not None
    }
    others = {*at.values()} | ({label_at} if label_at is not None else set())
    chosen = [columns.find_column(table, name, "target") for name in target]
    chosen = chosen or _targets(table, others, numbers=id_ is not None)
    labels = () if label_at is None else text_column(table, label_at)
    groups = text_column(table, at["group"]) if "group" in at else ()
    if _is_text(table, chosen[0]):
        if len(chosen) > 1 or id_ is not None:
            raise SettingsError(
                f"`{table.names[chosen[0]]}` is a column of texts, each of which is an example by "
                "itself; give no `id` and no further `target`."
            )
        texts = text_column(table, chosen[0])
        _refuse_repeated(table, texts, labels, chosen[0], label_at)
        return Examples(texts, labels, groups, table.source, table.notes)
    values = np.stack([columns.numbers(table, i) for i in chosen], axis=1)
    if id_ is None:
        series = tuple(row[:, None] for row in values)
        return Examples(series, labels, groups, table.source, table.notes)
    rows, lengths, _ = grouped(table.column(at["id"]), table.where(at["id"]))
    parts = np.split(rows, np.cumsum(lengths)[:-1])
    if "time" in at:
        order = table.column(at["time"]).to_numpy()
        numeric = table.column(at["time"]).cast(pl.Float64, strict=False)
        order = order if numeric.null_count() else numeric.to_numpy()
        parts = [part[np.argsort(order[part], kind="stable")] for part in parts]
    return Examples(
        tuple(values[part] for part in parts),
        _one_each(table, parts, labels, "label"),
        _one_each(table, parts, groups, "group"),
        table.source,
        table.notes,
    )


def _one_each(
    table: Table, parts: list[np.ndarray], values: tuple[str, ...], what: str
) -> tuple[str, ...]:
    """Return the one value that all rows of each series have."""
    if not values:
        return ()
    for part in parts:
        known = {values[i] for i in part}
        if len(known) > 1:
            one, other = sorted(known)[:2]
            raise DataError(
                f"{table.source}: the series that begins in row {table.number(int(part[0]))} has "
                f"the {what}s `{one}` and `{other}`; each series needs a single one."
            )
    return tuple(values[part[0]] for part in parts)


def _label(table: Table, label: str | None) -> int | None:
    if label is not None:
        return columns.find_column(table, label, "label")
    return _known(table, _LABELS)


def _known(table: Table, names: Sequence[str]) -> int | None:
    """Return the column with the first of some usual names; None where there is none."""
    folded = [name.casefold() for name in table.names]
    return next((folded.index(name) for name in names if name in folded), None)


def _targets(table: Table, others: set[int], *, numbers: bool) -> list[int]:
    """Return the column of texts, or all of numbers, where none was named."""
    free = [i for i in range(len(table.names)) if i not in others]
    texts = [i for i in free if _is_text(table, i)]
    if texts and not numbers:
        named = _known(table, _TEXTS)
        if len(texts) > 1 and named not in texts:
            spelt = ", ".join(f"`{table.names[i]}`" for i in texts[:6])
            raise DataError(
                f"{table.source} has several columns of text ({spelt}); name the one to read with "
                "`target`."
            )
        return [named] if named in texts else texts
    found = [i for i in free if i not in texts]
    if not found:
        raise DataError(f"{table.source} has no column to read beside its labels.")
    return found


def _is_text(table: Table, at: int) -> bool:
    column = table.column(at)
    return column.dtype == pl.String and not looks_numeric(column)


def text_column(table: Table, at: int) -> tuple[str, ...]:
    """Return the texts of a column, none of which may be empty."""
    column = table.column(at).cast(pl.String)
    empty = column.is_null() | (column.str.strip_chars() == "")
    if empty.any():
        row = int(empty.arg_true()[0])
        raise DataError(
            f"{table.where(at)(row)}: nothing stands there; fill it, or leave the row out."
        )
    return tuple(column.to_list())


def _refuse_repeated(
    table: Table, texts: tuple[str, ...], labels: tuple[str, ...], at: int, label_at: int | None
) -> None:
    if label_at is not None and (at == label_at or texts == labels):
        raise DataError(
            f"{table.source}: the column `{table.names[label_at]}` of labels repeats the texts of "
            f"`{table.names[at]}`; name another one with `label`."
        )
