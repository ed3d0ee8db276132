"""Files and data frames as one table of columns that knows where each row came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from recur.data.csvfile import CsvText, is_binary, read_csv
from recur.errors import DataError

Where = Callable[[int], str]


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
    """

    frame: pl.DataFrame
    source: str
    names: tuple[str, ...]
    number: Callable[[int], int] = field(default=lambda row: row)
    separator: str = ""
    notes: tuple[str, ...] = ()

    def column(self, position: int) -> pl.Series:
        """Return one column by its position."""
        return self.frame.to_series(position)

    def where(self, position: int) -> Where:
        """Return a function that says where a row of this column is."""
        name = self.names[position] or f"number {position + 1}"
        return lambda row: f"{self.source}, column `{name}`, row {self.number(row)}"


def read_table(source: Any) -> Table:
    """Read a CSV or Parquet file, or take a data frame."""
    table = (
        _read_file(Path(source).expanduser())
        if isinstance(source, str | Path)
        else _from_frame(source)
    )
    if not table.frame.height:
        raise DataError(f"{table.source} has column names but no rows; it needs rows of data.")
    return table


def _read_file(path: Path) -> Table:
    if path.is_dir():
        raise DataError(f"`{path}` is a folder; name a CSV or Parquet file in it.")
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"There is no file `{path}`; check the name and the folder.") from None
    except OSError as error:
        raise DataError(f"`{path}` cannot be read: {error.strerror or error}.") from None
    if data[:4] == b"PAR1":
        return _from_parquet(path)
    if path.suffix.casefold() in (".parquet", ".pq"):
        raise DataError(f"{path.name} is not a Parquet file, in spite of its name.")
    if kind := is_binary(data):
        raise DataError(f"{path.name} {kind}; a CSV or Parquet file is expected.")
    return _from_csv(read_csv(data, path.name), path.name)


def _from_csv(text: CsvText, source: str) -> Table:
    return Table(text.frame, source, text.names, text.line, text.separator, text.notes)


def _from_parquet(path: Path) -> Table:
    try:
        frame = pl.read_parquet(path, use_pyarrow=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = str(error).splitlines()[0]
        raise DataError(f"{path.name} is a damaged Parquet file: {reason}.") from None
    return Table(_plain(frame), path.name, tuple(frame.columns))


def _from_frame(source: Any) -> Table:
    """Take a pandas, polars, pyarrow or any other frame that narwhals knows."""
    try:
        frame = nw.from_native(_with_times_of_index(source), allow_series=True)
    except TypeError:
        raise DataError(
            f"Data of type `{type(source).__name__}` cannot be read; give the path of a CSV or "
            "Parquet file, a data frame, a NumPy array or a sequence of arrays."
        ) from None
    if isinstance(frame, nw.Series):
        frame = frame.alias(frame.name or "y").to_frame()
    if isinstance(frame, nw.LazyFrame):
        frame = frame.collect("polars")
    names = tuple(str(name) for name in frame.columns)
    if isinstance(frame.to_native(), pl.DataFrame):
        return Table(_plain(frame.to_native()), "data frame", names)
    columns = [_from_narwhals(frame[:, i]).alias(str(i)) for i in range(len(names))]
    return Table(pl.DataFrame(columns), "data frame", names)


def _with_times_of_index(source: Any) -> Any:
    """Turn the times that a pandas frame keeps in its index into a column."""
    kind = str(getattr(getattr(source, "index", None), "dtype", ""))
    if kind.startswith(("datetime", "period")) and hasattr(source, "reset_index"):
        unnamed = getattr(source, "name", "") is None
        return (source.rename("y") if unnamed else source).reset_index()
    return source


def _from_narwhals(column: nw.Series[Any]) -> pl.Series:
    """Copy a column without pyarrow, which pandas users need not have."""
    if column.dtype.is_integer() and not column.is_null().any():
        return pl.Series(column.cast(nw.Int64).to_numpy())
    if column.dtype.is_numeric():
        values: NDArray[np.float64] = column.cast(nw.Float64).to_numpy()
        return pl.Series(np.asarray(values, dtype=np.float64), nan_to_null=True)
    if isinstance(column.dtype, nw.Datetime):
        if column.dtype.time_zone:
            column = _local_dates_or_utc(column)
        return pl.Series(column.dt.timestamp("us").to_list(), dtype=pl.Int64).cast(
            pl.Datetime("us")
        )
    return _as_text(column.to_list())


def _local_dates_or_utc(column: nw.Series[Any]) -> nw.Series[Any]:
    """Drop a time zone: days that begin at local midnight stay dates, other times become UTC."""
    local = column.dt.replace_time_zone(None)
    midnights = (local == local.dt.truncate("1d")).all()
    return local if midnights else column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Bring the columns of a polars frame to text, numbers, booleans and times without zones."""
    return pl.DataFrame(
        [_plain_column(column).alias(str(i)) for i, column in enumerate(frame.get_columns())]
    )


def _plain_column(column: pl.Series) -> pl.Series:
    dtype = column.dtype
    if isinstance(dtype, pl.Datetime) and dtype.time_zone:
        zoned: nw.Series[Any] = nw.from_native(column, series_only=True)
        plain: pl.Series = _local_dates_or_utc(zoned).to_native()
        return plain.cast(pl.Datetime("us"))
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
