"""A file, a data frame or arrays, checked on the way in and returned as a panel."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, get_args

import numpy as np

from recur.arrays import Indices
from recur.data.panel.panel import Panel
from recur.data.tables import columns
from recur.data.tables.arrays import from_arrays
from recur.data.tables.covariate_columns import with_statics
from recur.data.tables.filled import Fill as Fill  # readers of data name it
from recur.data.tables.forked import in_fresh_process, is_forked
from recur.data.tables.grouping import columns_that_tell_series_apart, group
from recur.data.tables.header import with_header
from recur.data.tables.opening import are_paths
from recur.data.tables.options import ReadingOptions, reading_options
from recur.data.tables.ordered import Ordered, finished
from recur.data.tables.ordering import FEW, in_order
from recur.data.tables.repairs import Repairs
from recur.data.tables.rowwise import with_series_below
from recur.data.tables.stack import numbered
from recur.data.tables.stacking import in_time, stacked
from recur.data.tables.started import with_starts_read
from recur.data.tables.table import Table, read_table
from recur.data.tables.time_column import choose_time
from recur.data.tables.timeparts import with_composed_time
from recur.data.tables.times import Reading, read_times
from recur.data.tables.yearwise import with_years_unrolled
from recur.errors import DataError, SettingsError

Notes = tuple[str, ...]


def read_panel(
    source: Any,
    *,
    target: str | Sequence[str] | None = None,
    time: str | None = None,
    id: str | None = None,  # noqa: A002 (the name that users know)
    fill: Fill = "none",
    past: str | Sequence[str] = (),
    known: str | Sequence[str] = (),
    static: str | Sequence[str] = (),
    **reading: Any,
) -> Panel:
    """Read one or many series and check them.

    Args:
        source: the path of a file (CSV, Excel, Parquet, JSON, ...; see `docs/files.md`), a folder,
            a pattern or a sequence of paths, whose files are series of one panel, `-` for standard
            input, a data frame, a NumPy array [time], [time, 1] or [series, time], a sequence of
            arrays of their own lengths, or a panel, which is returned as it is and takes no other
            choices.
        target: the column of values; None takes the only numeric one. Several columns give a
            series of each, labelled by which one it is. A pattern, `store*` say, or `*` for all
            columns of numbers, gives a series of each column like it, without a label.
        time: the column of times; None finds it by its name or by what it holds, and takes the
            rows in order where there is none.
        id: the column that tells series apart; None takes `unique_id`.
        fill: what missing values and steps missing from the clock are: `none` takes them as
            unknown, as they may be for up to half of a series, and `previous` however many there
            are: the panel knows which, and the last known value stands there. `zero` says that
            they are 0, which are values like all others.
        past: columns of numbers known up to the newest value only.
        known: columns of numbers known in the future as well; rows at the end of a series that
            have no target are its future.
        static: columns of which each series has one value, numbers or categories.
        **reading: how a file or frame is read, the fields of
            `recur.data.tables.options.ReadingOptions`.

    Raises:
        DataError: the source does not hold such series; the message says where and why.
        SettingsError: a choice is unknown, or means nothing for such a source.

    Example:
        >>> panel = read_panel([[1.0, 2.0, 3.0], [4.0, 5.0]])
        >>> len(panel), panel.lengths.tolist(), panel.clock.describe()
        (2, [3, 2], 'rows in order')
    """
    named: dict[str, Any] = {"target": target, "time": time, "id": id, "fill": fill}
    named |= {"past": past, "known": known, "static": static, **reading}
    if _by_a_fresh_process(source):
        return in_fresh_process(read_panel, source, **named)
    read = _read(source, **named)
    return read if isinstance(read, Panel) else read.panel()


def read_panels(source: Any, **how: Any) -> tuple[Panel, ...]:
    """Read series as `read_panel` does; those of each clock are a panel of their own.

    Args:
        source: as `read_panel` takes it.
        **how: as `read_panel` takes it; with `every` all have one clock.

    Example:
        >>> import polars as pl
        >>> ids, days = np.repeat(["a", "b"], 9), np.append(np.arange(9), 7 * np.arange(9))
        >>> both = pl.DataFrame({"unique_id": ids, "ds": days.astype("M8[D]"), "y": np.arange(18)})
        >>> [(panel.ids, panel.clock.describe()) for panel in read_panels(both)]
        [(('a',), 'daily'), (('b',), 'weekly')]
    """
    if _by_a_fresh_process(source):
        return in_fresh_process(read_panels, source, **how)
    read = _read(source, **how)
    return (read,) if isinstance(read, Panel) else read.panels()


def _by_a_fresh_process(source: Any) -> bool:
    """Say whether a source is a table, and this process cannot read one."""
    return is_forked() and not isinstance(source, Panel) and not _is_array(source)


def _is_array(source: Any) -> bool:
    return isinstance(source, np.ndarray | list | tuple) and not are_paths(source)


def _read(
    source: Any,
    *,
    target: str | Sequence[str] | None = None,
    time: str | None = None,
    id: str | None = None,  # noqa: A002
    fill: Fill = "none",
    past: str | Sequence[str] = (),
    known: str | Sequence[str] = (),
    static: str | Sequence[str] = (),
    **reading: Any,
) -> Panel | Ordered:
    """Return the series of a source, whose columns were chosen, or a panel of an array.

    The arguments are those of `read_panel`.
    """
    targets, covariates = _names(target), (_names(past), _names(known), _names(static))
    if isinstance(source, Panel):
        others = {"time": time, "id": id, "fill": fill, **reading}
        return _unchanged(source, targets, others, covariates=any(covariates))
    if fill not in get_args(Fill):
        known_fills = ", ".join(f"`{one}`" for one in get_args(Fill))
        raise SettingsError(f"`fill` is {fill!r}; it is one of {known_fills}.")
    options = reading_options(reading)
    if _is_array(source):
        if time is not None or id is not None or any(covariates) or len(targets) > 1:
            raise SettingsError(
                "An array has no columns; leave out `time`, `id`, covariates and further targets."
            )
        repairs = Repairs("array", options.strict)
        if options.every is not None:
            raise SettingsError("An array has no times; leave out `every`.")
        return finished(from_arrays(source, *targets), (), fill, repairs)
    # The table is handed on and not kept: what is read of it is as large again.
    asked = [*targets, *(name for name in (time, id) if name), *chain(*covariates)]
    table = with_header(read_table(source, options), asked)
    started = with_starts_read(table, [*targets, *chain(*covariates)])
    if started is not table:  # one column of values, whatever a pattern stood for before
        targets = tuple(name for name in targets if not columns.is_pattern(started, name))
    table = started
    of_values = [name for name in asked if name != id]
    table = with_series_below(with_years_unrolled(table, of_values, id), of_values, id)
    return replace(_from_table(table, targets, time, id, covariates, options), fill=fill)


def _names(choice: str | Sequence[str] | None) -> Notes:
    """Return the names that one name, several or none stand for."""
    if choice is None:
        return ()
    several = isinstance(choice, Sequence) and not isinstance(choice, str)
    return tuple(str(name) for name in choice) if several else (str(choice),)


def _unchanged(
    panel: Panel, targets: Notes, others: Mapping[str, Any], *, covariates: bool
) -> Panel:
    """Return a panel that was read before; refuse choices that come too late for it."""
    late = [f"`{name}`" for name, choice in others.items() if choice not in (None, "none", False)]
    if targets and ", ".join(targets).casefold() != panel.target.casefold():
        late.append(f"`target` (it is `{panel.target}`)")
    if covariates:
        late.append("covariates")
    if late:
        raise SettingsError(
            f"A panel was read and checked before; leave out {' and '.join(late)}, or give the "
            "file or frame it came from."
        )
    return panel


def _from_table(
    table: Table,
    targets: Notes,
    time: str | None,
    id_: str | None,
    named: tuple[Notes, Notes, Notes],
    options: ReadingOptions,
) -> Ordered:
    """Choose the columns, convert them, and put every series in order."""
    covariates = columns.choose_covariates(table, *named)
    taken = {at for part in covariates for at in part}
    id_at = columns.choose_id(table, id_)
    asked = [name for name in targets if not columns.is_pattern(table, name)]
    named_at = [columns.find_column(table, name, "target") for name in asked]
    parts: tuple[int, ...] = ()
    if time is None:
        table, parts = with_composed_time(table, {id_at, *named_at, *taken})
        taken |= {*parts}
    time_at = (
        len(table.names) - 1 if parts else choose_time(table, time, id_at, {*named_at, *taken})
    )
    targets_at = columns.choose_targets(table, targets, {id_at, time_at, *taken})
    columns.refuse_shared(table, targets_at, time_at, covariates)
    groups = None if id_at is None else group(table.column(id_at), table.where(id_at))
    if id_at is not None and id_at not in {time_at, *targets_at, *taken}:
        table = table.without(id_at)  # as large as all numbers together, and done with
    values = {table.names[at] or columns.NAMELESS: columns.numbers(table, at) for at in targets_at}
    readings = [] if time_at is None else read_times(table.column(time_at), table.where(time_at))
    if id_at is None and readings and _repeat(readings[0]):
        others = {time_at, *targets_at, *parts, *covariates.past, *covariates.known}
        id_at = columns.likely_id(table, others)
        if id_at is None and _repeated_share(readings[0]) >= FEW:
            id_at, told = _only_id(table, readings[0].values, others)
            table = replace(table, notes=table.notes + told)
        groups = None if id_at is None else group(table.column(id_at), table.where(id_at))
    stack = stacked(table, values, groups)
    if covariates.static:
        stack = with_statics(stack, table, covariates.static)
    if time_at is None:
        stack = replace(stack, times=numbered(stack.offsets))
        if options.every is not None:
            raise SettingsError("`every` needs a column of times; name it with `time=COLUMN`.")
        notes: Notes = ("No column of times was found; the rows are taken in order.",)
    else:
        stack, notes = in_time(stack, readings, table, time_at)
        stack = in_order(stack, table, options, table.repairs, id_named=groups is not None)
    meant = {"target": targets_at[0], "time": time_at, "id": id_at}
    said = {"target": bool(targets), "time": time is not None or bool(parts), "id": id_ is not None}
    guessed = {
        part: table.names[at] or columns.NAMELESS
        for part, at in meant.items()
        if at is not None and not said[part]
    }
    if not (covariates.past or covariates.known):
        table = replace(table, frame=table.frame.clear())  # as large as all numbers, and done with
    pattern = ", ".join(targets) if len(asked) < len(targets) else ""
    return Ordered(stack, table, values, covariates, options, "none", pattern, notes, guessed)


def _repeat(reading: Reading) -> bool:
    return _repeated_share(reading) > 0


def _repeated_share(reading: Reading) -> float:
    """Return the share of the times that were there before."""
    return 1.0 - len(np.unique(reading.values)) / len(reading.values)


def _only_id(
    table: Table, times: Indices, taken: Collection[int | None]
) -> tuple[int | None, Notes]:
    """Return the only column by which times repeat no more, and say so; refuse to choose one."""
    telling = columns_that_tell_series_apart(table, times, taken)
    names = [table.names[at] or str(at + 1) for at in telling]
    if len(telling) > 1:
        listed = " or ".join(f"`{columns.as_option('--id', name)}`" for name in names)
        raise DataError(
            f"{table.source}: times repeat, and {len(telling)} columns would tell its series "
            f"apart; choose with {listed}."
        )
    if not telling:
        return None, ()
    count = table.column(telling[0]).n_unique()
    return telling[0], (
        f"Times repeat: column `{names[0]}` was taken to tell {count:,} series apart.",
    )
