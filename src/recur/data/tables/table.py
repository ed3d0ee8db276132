"""Files and data frames as one table of columns that knows where each row came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from recur.arrays import Float64s
from recur.data.tables.formats.base import File
from recur.data.tables.formats.known import read_file
from recur.data.tables.formats.packed import ENDS
from recur.data.tables.opening import are_paths, expand, open_file
from recur.data.tables.options import AS_USUAL, ReadingOptions
from recur.data.tables.parted import FilePart, rows_between
from recur.data.tables.repairs import Repairs
from recur.errors import DataError

Where = Callable[[int], str]
_ID = "unique_id"


@dataclass(frozen=True)
class Table:
    """Columns of text, numbers or times, and the way back to their rows.

    Attributes:
        frame: the columns; from a CSV file all are text.
        source: what messages call the table: a file's name or "data frame".
        names: the column names as given; `frame` holds them made unique.
        number: says which row of the file or frame a row of `frame` is.
        separator: what separates the fields of a CSV file.
        notes: what was noticed while reading.
        index_columns: how many of the first columns were the index of a frame, which is never the
            target unless asked for.
        named_by_place: whether the names are ours, since the file has none.
        decimal: the decimal sign of its text; None where each column settles it.
        origin: says which file a row is of; None where all are of one.
        repairs: what was put right so far; whatever is put right later is told to it too.
    """

    frame: pl.DataFrame
    source: str
    names: tuple[str, ...]
    number: Callable[[int], int] = field(default=lambda row: row)
    separator: str = ""
    notes: tuple[str, ...] = ()
    index_columns: int = 0
    named_by_place: bool = False
    decimal: str | None = None
    origin: Callable[[int], str] | None = None
    repairs: Repairs = field(default_factory=Repairs)

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """The names as they are compared, without regard to case."""
        return tuple(name.casefold() for name in self.names)

    def column(self, position: int) -> pl.Series:
        """Return one column by its position."""
        return self.frame.to_series(position)

    def head_columns(self, count: int) -> Table:
        """Return the table of the first columns alone."""
        if count >= len(self.names):
            return self
        return replace(self, frame=self.frame[:, :count], names=self.names[:count])

    def without(self, position: int) -> Table:
        """Return the table with one column emptied, whose memory can then be used again."""
        nothing = pl.lit(None).alias(self.frame.columns[position])
        return replace(self, frame=self.frame.with_columns(nothing))

    def where(self, position: int) -> Where:
        """Return a function that says where a row of this column is."""
        name = self.names[position] or f"number {position + 1}"
        source = self.origin or (lambda _: self.source)
        return lambda row: f"{source(row)}, column `{name}`, row {self.number(row)}"


def read_table(source: Any, options: ReadingOptions = AS_USUAL) -> Table:
    """Read a file, or several as one, or take a data frame."""
    repairs = Repairs(strict=options.strict)
    if isinstance(source, FilePart):
        table = _from_part(source, options, repairs)
    elif not are_paths(source):
        try:
            table = _from_frame(source)
        except UnicodeEncodeError as error:
            half = f"U+{ord(error.object[error.start]):X}"
            raise DataError(
                f"{half} in the data frame is half of a character, which no text can hold."
            ) from None
    else:
        names = expand(source)
        tables = [_from_file(name, options, repairs) for name in names]
        table = tables[0] if len(tables) == 1 else _joined(names, tables, repairs)
    if not table.frame.height:
        raise DataError(f"{table.source} has column names but no rows; it needs rows of data.")
    return replace(table, decimal=options.decimal, repairs=repairs)


def _from_part(part: FilePart, options: ReadingOptions, repairs: Repairs) -> Table:
    if part.end is None:
        table = _from_file(part.file, options, repairs)
        return _joined([part.file], [table], repairs) if part.several else table
    rows, name = rows_between(part), Path(part.file).name
    if isinstance(rows, bytes):
        return _from_opened(File(name, rows, options=options, repairs=repairs))
    repairs.source = name
    return replace(_from_frame(rows), source=name, number=lambda row: part.begin + row)


def _from_file(name: str, options: ReadingOptions, repairs: Repairs) -> Table:
    return _from_opened(open_file(name, options, repairs))


def _from_opened(opened: File) -> Table:
    repairs = opened.repairs
    repairs.source = opened.name
    file, content = read_file(opened)
    frame = content.frame if content.separator else _plain(content.frame)
    return Table(frame, file.name, content.names, content.line, content.separator)


def _joined(names: list[str], tables: list[Table], repairs: Repairs) -> Table:
    """Lay tables of the same columns one below the other; each file is a series, or several."""
    first = tables[0]
    frames = []
    for table in tables:
        if table.folded != first.folded:
            raise DataError(
                f"{table.source} has other columns than {first.source} "
                f"({', '.join(f'`{name}`' for name in table.names[:6])} and "
                f"{', '.join(f'`{name}`' for name in first.names[:6])}); files that are read as "
                "one need the same columns in the same order."
            )
        frame = table.frame.rename(dict(zip(table.frame.columns, _places(table), strict=True)))
        frames.append(frame)
    dtypes = [[frame.to_series(i).dtype for frame in frames] for i in range(len(first.names))]
    text = [pl.col(str(i)).cast(pl.String) for i, of in enumerate(dtypes) if len({*of}) > 1]
    frame = pl.concat([one.with_columns(text) for one in frames])
    lengths = np.array([table.frame.height for table in tables])
    ends = np.cumsum(lengths)

    def at(row: int) -> tuple[Table, int]:
        which = int(np.searchsorted(ends, row, side="right"))
        return tables[which], row - int(ends[which] - lengths[which])

    joined = replace(
        first,
        frame=frame,
        source=f"{first.source} and {len(tables) - 1} more" if len(tables) > 1 else first.source,
        number=lambda row: at(row)[0].number(at(row)[1]),
        origin=lambda row: at(row)[0].source,
    )
    if _ID in first.folded:
        return joined
    ids = pl.Series([_stem(name) for name in names]).gather(np.repeat(range(len(names)), lengths))
    if len(names) > 1:
        repairs.said(f"Read {len(names)} files as one panel: each series is named after its file.")
    return replace(
        joined,
        frame=frame.with_columns(ids.alias(str(len(first.names)))),
        names=(*first.names, _ID),
    )


def _places(table: Table) -> list[str]:
    return [str(i) for i in range(len(table.names))]


def _stem(name: str) -> str:
    path = Path(name.rsplit("::", 1)[0])
    return path.stem if path.suffix.lower() not in ENDS else Path(path.stem).stem


def _from_frame(source: Any) -> Table:
    """Take a pandas, polars, pyarrow or any other frame that narwhals knows."""
    source, index_columns = _with_index_as_columns(source)
    names: tuple[str, ...] | None = None
    if nw.dependencies.is_pandas_like_dataframe(source):  # its names may repeat or be no text
        names = tuple(str(name) for name in source.columns)
        source = source.set_axis([str(i) for i in range(len(names))], axis=1)
    try:
        frame = nw.from_native(source, allow_series=True)
        if isinstance(frame, nw.Series):
            frame = frame.alias(str(frame.name or "y")).to_frame()
        if isinstance(frame, nw.LazyFrame):
            frame = frame.collect("polars")
        names = names or tuple(frame.columns)
    except TypeError:
        raise DataError(
            f"Data of type `{type(source).__name__}` cannot be read; give the path of a "
            "file, a data frame, a NumPy array or a sequence of arrays."
        ) from None
    except nw.exceptions.DuplicateError:
        raise DataError("The data frame has columns of the same name; rename them.") from None
    if isinstance(frame.to_native(), pl.DataFrame):
        return Table(_plain(frame.to_native()), "data frame", names)
    columns = [_from_narwhals(frame[:, i]).alias(str(i)) for i in range(len(names))]
    return Table(pl.DataFrame(columns), "data frame", names, index_columns=index_columns)


def _with_index_as_columns(source: Any) -> tuple[Any, int]:
    """Turn the index of a pandas frame or series into its first columns, and count them.

    An index of whole numbers without a name only numbers the rows, as after filtering or sorting,
    and is left out; so is one that repeats a column.
    """
    if nw.dependencies.is_pandas_like_series(source):
        source = source.to_frame("y" if source.name is None else source.name)
    elif not nw.dependencies.is_pandas_like_dataframe(source):
        return source, 0
    index = source.index
    if index.nlevels == 1 and index.name is None and index.dtype.kind in "iu":
        return source, 0
    repeated = [i for i in range(index.nlevels) if _repeats_a_column(source, index, i)]
    if len(repeated) == index.nlevels:
        return source, 0
    kept = source.droplevel(repeated) if repeated else source
    return kept.reset_index(allow_duplicates=True), index.nlevels - len(repeated)


def _repeats_a_column(frame: Any, index: Any, level: int) -> bool:
    name = index.names[level]
    if name is None or list(frame.columns).count(name) != 1:
        return False
    return bool(index.get_level_values(level).to_list() == frame[name].to_list())


def _from_narwhals(column: nw.Series[Any]) -> pl.Series:
    """Copy a column without pyarrow, which pandas users need not have."""
    native = column.to_native()
    if str(getattr(native, "dtype", "")).startswith("period"):
        column = nw.from_native(native.dt.start_time, series_only=True)
    if column.dtype.is_integer() and not column.is_null().any():
        return pl.Series(column.cast(nw.Int64).to_numpy())
    if column.dtype.is_numeric():
        values: Float64s = column.cast(nw.Float64).to_numpy()
        return pl.Series(np.asarray(values, dtype=np.float64), nan_to_null=True)
    if isinstance(column.dtype, nw.Datetime):
        zone = None
        if column.dtype.time_zone:
            column, zone = _local_dates_or_utc(column)
        times = np.asarray(column.to_numpy(), dtype="M8[us]")
        return pl.Series(times).cast(pl.Datetime("us")).dt.replace_time_zone(zone)
    return _as_text(column.to_list())


def _local_dates_or_utc(column: nw.Series[Any]) -> tuple[nw.Series[Any], str | None]:
    """Drop a time zone: days that begin at local midnight stay dates, other times become UTC.

    Returns:
        Times without a zone, and "UTC" where that is not what their clocks showed.
    """
    local = column.dt.replace_time_zone(None)
    if (local == local.dt.truncate("1d")).drop_nulls().all():
        return local, None
    utc = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return utc, None if (utc == local).drop_nulls().all() else "UTC"


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Bring the columns of a polars frame to text, numbers, booleans and times without zones."""
    return pl.DataFrame(
        [_plain_column(column).alias(str(i)) for i, column in enumerate(frame.get_columns())]
    )


def _plain_column(column: pl.Series) -> pl.Series:
    dtype = column.dtype
    if isinstance(dtype, pl.Datetime) and dtype.time_zone:
        zoned: nw.Series[Any] = nw.from_native(column, series_only=True)
        times, zone = _local_dates_or_utc(zoned)
        plain: pl.Series = times.to_native()
        return plain.cast(pl.Datetime("us")).dt.replace_time_zone(zone)
    if dtype.is_numeric() or dtype in (pl.String, pl.Boolean):
        return column
    if isinstance(dtype, pl.Date | pl.Datetime):
        return column.cast(pl.Datetime("us"))
    if isinstance(dtype, pl.Categorical | pl.Enum | pl.Null):
        return column.cast(pl.String)
    return _as_text(column.to_list())


def _as_text(values: list[Any]) -> pl.Series:
    """Write values of any kind as text; None and NaN, which differs from itself, are missing."""
    texts = [None if x is None or x != x else str(x) for x in values]
    return pl.Series(texts, dtype=pl.String)
