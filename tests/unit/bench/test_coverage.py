"""The table of what the tests run has each room once, and all of them together."""

from __future__ import annotations

from typing import Any

from benchmarks.coverage.run import COUNTS, table


def seen(*counts: int) -> dict[str, Any]:
    return {"summary": dict(zip(COUNTS, counts, strict=True))}


def test_rooms_are_sums_of_their_files_and_all_is_the_sum_of_rooms() -> None:
    files = {
        "src/recur/judge/a.py": seen(8, 10, 3, 4),
        "src/recur/judge/forecast/b.py": seen(10, 10, 0, 4),
        "src/recur/errors.py": seen(5, 5, 0, 0),
        "src/recur/cli/main.py": seen(0, 1000, 0, 2),
    }
    assert table(files).splitlines()[2:] == [
        "| beside rooms | 5 | 100.0 | 0 | - |",
        "| cli | 1,000 | 0.0 | 2 | 0.0 |",
        "| judge | 20 | 90.0 | 8 | 37.5 |",
        "| all | 1,025 | 2.2 | 10 | 30.0 |",
    ]
