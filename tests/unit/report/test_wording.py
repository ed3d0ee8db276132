"""Names and numbers must read the same everywhere and do no harm."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from recur.errors import visible
from recur.report.table import key_values
from recur.report.wording import error_column, value_column


@pytest.mark.parametrize("hostile", ["\x1b[31m", "\u202e", "\x00", "\x07", "\ud800", "\u2066"])
def test_characters_that_control_a_terminal_or_turn_the_reading_do_not_pass(hostile: str) -> None:
    assert hostile[0] not in visible(f"a{hostile}b")


@pytest.mark.parametrize("name", ["气温", "درجة", "a\u200cb", "café", "$x^$", "👍"])
def test_names_of_every_language_pass_unchanged(name: str) -> None:
    assert visible(name) == name


def test_a_name_of_many_lines_takes_one() -> None:
    assert visible(" a\n\tb\r\n c ") == "a b c"


@pytest.mark.parametrize(
    ("errors", "texts"),
    [
        ([0.95119, 0.94981], ["0.9512", "0.9498"]),
        ([7.8e-5, 6.94e-5, 0.0], ["7.80e-05", "6.94e-05", "0"]),
        ([123456.0, 2.0e6], ["123456", "2000000"]),
        ([1e9, 1e80], ["1.00e+09", "1.00e+80"]),
        ([None, float("nan"), 2.0], ["–", "–", "2.000"]),  # noqa: RUF001
        ([None], ["–"]),  # noqa: RUF001
        ([0.0, 0.0], ["0", "0"]),
    ],
)
def test_errors_keep_their_digits_and_share_their_decimals(
    errors: list[float | None], texts: list[str]
) -> None:
    assert error_column(errors, digits=4) == texts


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([45.8237], ["45.824"]),
        ([101.0, 101.001], ["101.00000", "101.00100"]),
        ([-1e-4, 2e-4], ["-0.00010000", "0.00020000"]),
        ([1e15, 2e15], ["1e+15", "2e+15"]),
        ([0.0, 0.0], ["0", "0"]),
        ([], []),
    ],
)
def test_values_show_how_they_differ(values: list[float], texts: list[str]) -> None:
    assert value_column(values) == texts


@pytest.mark.parametrize("width", range(30, 60))
def test_a_table_of_facts_parts_no_number_from_its_percent_sign(width: int) -> None:
    text = "an error that is 12 % lower, and 3 % of all, with 100 % of what there is 5 % above"
    console = Console(width=width, file=io.StringIO(), color_system=None)
    console.print(key_values([("chosen", text)]))
    printed = console.file.getvalue()  # type: ignore[attr-defined]
    assert not re.search(r"^(chosen|\s)*%", printed, re.MULTILINE)
    assert printed.split() == ["chosen", *text.split()]
