"""Seconds to read clean files: a CSV of 5 million rows, a workbook of 100,000.

    python benchmarks/speed/reading.py [CHECKOUT] [--rows N]

CHECKOUT is another working tree of recur, such as one of the version before, which reads the same
files in turn with this one; each reading is in a process of its own. A reader that a version does
not have is shown as none.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

HERE = Path(__file__).parents[2]
ROUNDS = 3
READ = """
import sys, time
from recur import read_panel
import polars
polars.DataFrame({"a": ["1", "2"]}).write_csv()  # its threads begin
began = time.perf_counter()
panel = read_panel(sys.argv[1])
print(time.perf_counter() - began, panel.rows)
"""


def seconds(checkout: Path, file: Path) -> float | None:
    """Return how long a version takes to read a file; None where it cannot."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", READ, str(file)],
        env=os.environ | {"PYTHONPATH": str(checkout / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    return float(done.stdout.split()[0]) if done.returncode == 0 else None


def hours(rows: int) -> pl.DataFrame:
    """Return a clean table: a stamp an hour, and a value with four digits behind the point."""
    first = datetime(1600, 1, 1)
    times = pl.datetime_range(first, first + timedelta(hours=rows - 1), "1h", eager=True)
    values = ((pl.int_range(rows) * 7919 % 100_003) / 10_000).round(4)
    return pl.select(times.alias("ds"), values.alias("y"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", nargs="?", type=Path, help="a working tree to compare with")
    parser.add_argument("--rows", type=int, default=5_000_000, help="of the CSV file")
    asked = parser.parse_args()
    versions = {"this": HERE} | ({"other": asked.checkout} if asked.checkout else {})
    with tempfile.TemporaryDirectory() as folder:
        small = asked.rows // 50
        files = {
            f"CSV, {asked.rows:,} rows": Path(folder) / "clean.csv",
            f"Excel, {small:,} rows": Path(folder) / "clean.xlsx",
            f"Parquet, {asked.rows:,} rows": Path(folder) / "clean.parquet",
        }
        csv, excel, parquet = files.values()
        table = hours(asked.rows)
        table.write_csv(csv, datetime_format="%Y-%m-%d %H:%M:%S")
        table.write_parquet(parquet)
        table.tail(small).with_columns(pl.col("ds").dt.offset_by("300y")).write_excel(excel)
        for name, file in files.items():
            taken: dict[str, list[float | None]] = {each: [] for each in versions}
            for _ in range(ROUNDS):
                for each, checkout in versions.items():
                    taken[each].append(seconds(checkout, file))
            known = {each: [x for x in times if x is not None] for each, times in taken.items()}
            best = {each: statistics.median(times) for each, times in known.items() if times}
            shown = [
                f"{each} {best[each]:.2f} s" if each in best else f"{each} none" for each in known
            ]
            ratio = f", {best['this'] / best['other']:.2f} times" if len(best) == 2 else ""
            print(f"{name}: {', '.join(shown)}{ratio}")


if __name__ == "__main__":
    main()
