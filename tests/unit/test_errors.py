"""The error tree: exit codes, and the suggestion of a name."""

from __future__ import annotations

import inspect
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur import errors
from recur.errors import (
    DataError,
    InputError,
    ModelFileError,
    RecurError,
    SettingsError,
    SeveralClocksError,
    TrainingDiverged,
    UndecidedError,
    WorkersLost,
    nearest,
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RecurError, 1),
        (InputError, 2),
        (SettingsError, 2),
        (DataError, 2),
        (ModelFileError, 2),
        (TrainingDiverged, 3),
        (WorkersLost, 3),
    ],
)
def test_every_error_knows_its_exit_code(error: type[RecurError], code: int) -> None:
    assert error("why").exit_code == code


def test_one_except_catches_everything_that_recur_reports() -> None:
    classes = [c for _, c in inspect.getmembers(errors, inspect.isclass) if c is not RecurError]
    ours = [c for c in classes if c.__module__ == errors.__name__ and not issubclass(c, Warning)]
    assert len(ours) == 8
    assert all(issubclass(c, RecurError) for c in ours)


def test_unusable_input_is_a_value_error_and_failed_training_is_not() -> None:
    assert issubclass(InputError, ValueError)
    assert not issubclass(TrainingDiverged, ValueError)


def test_the_tree_at_the_top_draws_every_error() -> None:
    tree = errors.__doc__ or ""
    ours = [n for n, c in vars(errors).items() if inspect.isclass(c) and issubclass(c, RecurError)]
    assert [name for name in ours if name not in tree] == []


@pytest.mark.parametrize("typed", ["hiden", "HIDDEN", "hidden_"])
def test_the_nearest_name_is_found_without_regard_to_case(typed: str) -> None:
    assert nearest(typed, ["cell", "hidden"]).startswith("the nearest is `hidden`;")


def test_the_nearest_name_is_shown_as_it_is_written() -> None:
    assert "nearest is `Umsatz`" in nearest("umsatz", ["Datum", "Umsatz"])


def test_a_long_list_is_cut_and_says_by_how_much_and_the_nearest_is_named_all_the_same() -> None:
    text = nearest("colunm20", [f"column{i}" for i in range(30)])
    assert text.startswith("the nearest is `column20`; there are `column0`")
    assert text.endswith("`column11` and 18 more")


def test_nothing_to_choose_from_is_said() -> None:
    assert nearest("x", []) == "there are none"


@given(st.text(), st.lists(st.text()))
def test_any_name_gets_an_answer(name: str, known: list[str]) -> None:
    assert "there are" in nearest(name, iter(known))


@pytest.mark.parametrize(
    "error", [UndecidedError("which?", "target", "y"), SeveralClocksError("two", [[0], [1, 2]])]
)
def test_errors_come_out_of_another_process_as_they_went_in(error: RecurError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (str(again), vars(again)) == (str(error), vars(error))


@given(st.text())
def test_whatever_is_quoted_a_message_is_one_line_of_bounded_length(text: str) -> None:
    for said in (text, f"no column `{text * 99}`; name another."):
        told = str(DataError(said))
        assert len(told) <= 500
        assert all(c.isprintable() or c in "\u200c\u200d" for c in told)
    assert told.endswith("; name another.")
