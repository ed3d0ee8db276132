"""The tables of cleaning say whose error is lowest, and who has seen the future."""

from __future__ import annotations

import numpy as np
from rich.console import Console
from rich.table import Table

from recur.judge.denoise.judgement import DenoisingJudgement, judge_denoising
from recur.report.denoising import cleaned_table, errors_table
from recur.report.wording import MISSING


def shown(table: Table) -> list[list[str]]:
    console = Console(width=80)
    with console.capture() as capture:
        console.print(table)
    return [line.split() for line in capture.get().splitlines()]


def judgement(network: float) -> DenoisingJudgement:
    """Return that of a network with such an error everywhere, where the noise has 1."""
    clean = np.zeros((500, 1))
    answers = {"network": network, "noisy": 1.0, "moving_average": 0.5, "trailing_average": 0.8}
    return judge_denoising(
        (clean,),
        {name: (clean + error,) for name, error in answers.items()},
        causal=True,
        units=np.ones(1),
        windows={"moving_average": 9, "trailing_average": 5},
    )


def test_the_lowest_error_is_starred() -> None:
    for network, star in ((0.25, "network"), (0.6, "moving")):
        starred = [row for row in shown(errors_table(judgement(network))) if "*" in "".join(row)]
        assert [row[0] for row in starred] == [star, "*"]  # the last one explains it


def test_a_row_says_what_is_seen_and_what_is_left_of_the_noise() -> None:
    rows = shown(errors_table(judgement(0.25)))
    assert ["network", "no", "*0.250", "*0.250", "*0.250"] in rows
    assert ["doing", "nothing", "no", "1.000", "1.000", "1.000"] in rows
    assert ["moving", "average", "yes", "9", "0.500", "0.500", "0.500"] in rows
    assert ["trailing", "average", "no", "5", "0.800", "0.800", "0.800"] in rows


def test_a_signal_without_noise_gives_a_table() -> None:
    clean = np.zeros((50, 1))
    answers = {"network": (clean + 0.1,), "noisy": (clean,)}
    judged = judge_denoising((clean,), answers, causal=False, units=np.ones(1), windows={})
    assert ["network", "yes", "0.100", "0.100", MISSING] in shown(errors_table(judged))


def test_values_before_and_after_have_as_many_decimals() -> None:
    rows = shown(cleaned_table(["row", "x", "x cleaned"], [("0", [1.23456, 2.0])], hidden=7))
    assert ["0", "1.2346", "2.0000"] in rows
    assert rows[-1] == ["and", "7", "more"]


def test_several_recordings_are_named() -> None:
    table = cleaned_table(["row", "x", "x cleaned"], [("0", [1.0, 2.0])] * 2, ["a", "b\x1b"])
    assert [row[0] for row in shown(table)[2:]] == ["a", "b?"]
