"""The figures of an experiment: how they are written, side by side, and as JSON."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from rich.console import Console

from recur.report.findings import COLUMNS, Findings, Row, duration, figure, findings_table
from recur.report.wording import MISSING

ROW = Row("two values seen", "MSE", 1.3e-6, published=0.0059, limit=0.0, seconds=0.52)


def lines(*rows: Row, width: int = 100) -> list[str]:
    console = Console(width=width)
    with console.capture() as capture:
        console.print(findings_table(Findings(rows)))
    return [line.rstrip() for line in capture.get().splitlines() if line.strip()]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0"),
        (1.0, "1"),
        (-0.25, "-0.25"),
        (0.00785427, "0.007854"),
        (0.99996, "1"),
        (123.456, "123.5"),
        (9999.6, "10000"),
        (59_995.7, "59996"),
        (0.0001, "0.0001"),
        (0.000099, "9.9e-05"),
        (-3.2e-7, "-3.2e-07"),
        (1.5e6, "1.5e+06"),
        (None, MISSING),
        (math.nan, MISSING),
        (math.inf, MISSING),
    ],
)
def test_a_figure_has_four_digits(value: float | None, written: str) -> None:
    assert figure(value) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0.0, "0.00 s"), (0.994, "0.99 s"), (1.0, "1.0 s"), (9.94, "9.9 s"), (10.0, "10 s")],
)
def test_a_time_has_the_digits_that_matter(seconds: float, written: str) -> None:
    assert duration(seconds) == written


def test_a_row_has_a_cell_for_every_column() -> None:
    assert ROW.cells == ("two values seen", "MSE", "0.0059", "1.3e-06", "0", "0.52 s")
    assert len(ROW.cells) == len(COLUMNS)


def test_figures_stand_side_by_side_under_their_names() -> None:
    head, _, row = lines(ROW)
    assert head.split() == list(COLUMNS)
    assert row.split() == ["two", "values", "seen", "MSE", "0.0059", "1.3e-06", "0", "0.52", "s"]
    for column, cell in (("published", "0.0059"), ("ours", "1.3e-06")):
        assert head.index(column) + len(column) == row.index(cell) + len(cell)


def test_a_column_in_which_nothing_stands_is_left_out() -> None:
    bare = replace(ROW, published=None, limit=None)
    head, *_ = lines(bare, replace(bare, seconds=None))
    assert head.split() == ["experiment", "metric", "ours", "time"]


def test_a_quick_run_says_above_its_figures_whose_are_of_a_whole_one() -> None:
    console = Console(width=100)
    with console.capture() as capture:
        console.print(findings_table(Findings((ROW,), quick=True)))
    first, second, *_ = (" ".join(line.split()) for line in capture.get().splitlines())
    assert first == "published ours"
    assert second == "experiment metric (in full) (quick) limit time"
    assert Findings((ROW,), quick=True).to_dict()["quick"] is True


def test_what_one_row_lacks_is_a_dash_where_another_has_it() -> None:
    *_, row = lines(ROW, replace(ROW, published=None, ours=None))
    assert row.split().count(MISSING) == 2


def test_a_long_name_is_folded_and_no_figure_is_cut() -> None:
    shown = lines(replace(ROW, name="a name that does not fit " * 4), width=70)
    assert max(map(len, shown)) <= 70
    assert "0.0059" in " ".join(shown)
    assert "…" not in " ".join(shown)


def test_a_name_is_no_markup() -> None:
    assert "[bold]loss[/bold]" in " ".join(lines(replace(ROW, name="[bold]loss[/bold]")))


def test_json_has_every_figure_and_none_where_one_is_not_finite() -> None:
    found = Findings((ROW, replace(ROW, ours=math.nan, limit=math.inf)), words=("not told",))
    told = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert set(told) == {"quick", "rows"}
    assert told["quick"] is False
    assert told["rows"][0] == {
        "name": "two values seen",
        "metric": "MSE",
        "ours": 1.3e-6,
        "published": 0.0059,
        "limit": 0.0,
        "seconds": 0.52,
    }
    assert (told["rows"][1]["ours"], told["rows"][1]["limit"]) == (None, None)
