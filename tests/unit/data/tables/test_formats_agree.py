"""A table is read to the same values and times from whatever format it was written to."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from recur.data.tables.readers import read_panel

WRITERS: dict[str, Callable[..., Any]] = {
    "csv": pl.DataFrame.write_csv,
    "tsv": lambda frame, path: frame.write_csv(path, separator="\t"),
    "json": pl.DataFrame.write_json,
    "ndjson": pl.DataFrame.write_ndjson,
    "parquet": pl.DataFrame.write_parquet,
    "arrow": pl.DataFrame.write_ipc,
    "xlsx": pl.DataFrame.write_excel,
}


@settings(max_examples=10)  # seven files each
@given(
    series=st.lists(
        st.lists(st.floats(-1e6, 1e6).map(lambda value: round(value, 3)), min_size=4, max_size=9),
        min_size=1,
        max_size=3,
    ),
    first=st.dates(date(1990, 1, 1), date(2030, 1, 1)),
)
def test_every_format_gives_the_same_panel(series: list[list[float]], first: date) -> None:
    frame = pl.DataFrame(
        [
            {"shop": f"shop {i}", "day": first + timedelta(days=step), "sold": value}
            for i, values in enumerate(series)
            for step, value in enumerate(values)
        ]
    )
    expected = read_panel(frame)
    assert [values.tolist() for values in expected] == series
    with tempfile.TemporaryDirectory() as folder:
        for ending, write in WRITERS.items():
            path = Path(folder) / f"table.{ending}"
            write(frame, path)
            read = read_panel(path)
            assert [values.tolist() for values in read] == series, ending
            assert read.ids == expected.ids, ending
            np.testing.assert_array_equal(read.times, expected.times, ending)
