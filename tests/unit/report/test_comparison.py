"""The tables of a comparison fit a terminal of 80 columns and say what their marks mean."""

from __future__ import annotations

import pytest
from rich.console import Console
from rich.table import Table
from tests.unit.report.conftest import wave

from recur.judge import Walk, judge, references
from recur.judge.forecast.horizons import step_errors
from recur.judge.forecast.ranking import RankedMethod
from recur.report.comparison import comparison_note, comparison_table, steps_note, steps_table

METHODS = ["last_value", "seasonal_naive", "linear", "gru", "encoder_decoder", "conv_gru"]


def text(table: Table, width: int = 80) -> str:
    console = Console(width=width)
    with console.capture() as capture:
        console.print(table)
    return capture.get()


def shown(methods: list[RankedMethod], size: float = 1.0) -> str:
    errors = {
        method.name: {"mae": size * (k + 1), "rmse": size} for k, method in enumerate(methods)
    }
    seconds = dict.fromkeys(["gru", "encoder_decoder"], 1234.5)
    parameters = {"gru": 3756, "encoder_decoder": 999_999}
    return text(comparison_table(methods, errors, parameters, seconds, "gru"))


@pytest.mark.parametrize("size", [1e-9, 0.123456, 987654.0, 1e12])
def test_the_widest_cells_fit_80_columns(size: float) -> None:
    methods = [
        RankedMethod(name, -9.87, low=-9.876, high=-1.234, best=True, beats_simple=True)
        for name in METHODS
    ]
    table = shown(methods, size)
    assert max(map(len, table.splitlines())) <= 80
    assert "…" not in table  # nothing was cut
    assert "encoder decoder" in table


def test_skill_stands_with_its_interval_and_marks() -> None:
    table = shown(
        [
            RankedMethod("last_value", 0.0),
            RankedMethod("gru", 0.301, low=0.0312, high=0.5, beats_simple=True, behind_best=True),
            RankedMethod("deep", 0.4, low=-33.0, high=0.6, best=True),
            RankedMethod("mlp", None),
        ]
    )
    rows = {line[:10].strip(): " ".join(line.split()) for line in table.splitlines()}
    assert "30 % 3.1 to 50 % + - 3,756 1234" in rows["gru"]
    assert rows["deep"].endswith("40 % too wide best")
    assert rows["last value"].endswith("0 %")


def walked(held_out: int) -> tuple[Walk, list[RankedMethod]]:
    series = wave(40 + held_out)
    return Walk((series,), (40,), 4, 4), [RankedMethod("last_value", 0.0), RankedMethod("gru", 0.3)]


@pytest.mark.parametrize("held_out", [12, 60])
def test_the_note_explains_marks_where_there_can_be_any(held_out: int) -> None:
    walk, methods = walked(held_out)
    note = comparison_note([*methods, RankedMethod("lstm", None)], walk)
    assert max(map(len, note)) <= 80
    assert ("Holm" in "\n".join(note)) == (held_out == 60)
    assert ("that takes 8 independent origins" in "\n".join(note)) == (held_out == 12)


def test_a_single_method_is_the_best_of_none() -> None:
    walk, methods = walked(60)
    assert comparison_note(methods, walk)[-1] == "+ evidence that it beats every simple answer"
    assert "best" not in shown([methods[0], RankedMethod("gru", 0.3, best=True)])


def test_errors_by_step_fit_80_columns_and_long_horizons_are_thinned() -> None:
    walk = Walk((wave(600),), (100,), 30, 4)
    simple = references(walk, 8)
    judgement = judge(walk, {"network": simple["linear"], **simple})
    steps = {n: step_errors(walk, judgement.forecasts[n]) for n in ("network", "seasonal_naive")}
    table = text(steps_table(steps))
    assert max(map(len, table.splitlines())) <= 80
    first = [line.split()[0] for line in table.splitlines() if line.strip()[:1].isdigit()]
    assert len(first) == 12
    assert (first[0], first[-1]) == ("1", "30")
    assert "12 of 30 steps are shown" in steps_note(steps["network"])


def test_steps_without_intervals_are_named() -> None:
    walk, _ = walked(20)  # eight forecasts one and two steps ahead, not three
    steps = step_errors(walk, walk.forecasts("drift", references(walk, 4)["drift"]))
    assert steps_note(steps) == [
        "too few independent origins for intervals 3 steps ahead and further"
    ]
    assert text(steps_table({"network": steps}))
