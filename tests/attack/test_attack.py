"""What is damaged ends in a result that is finite or in one sentence, whatever it is.

Of each kind of file a part of the cases that `benchmarks/attack/run.py` goes through.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.attack.child import KINDS
from tests.attack.parent import run_cases

CASES = 200

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="limits of memory are those of Unix"
)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_every_damaged_file_ends_in_a_result_or_in_a_sentence(kind: str, victims: Path) -> None:
    outcomes = list(run_cases(kind, 0, CASES, victims))
    assert len(outcomes) == CASES
    assert [outcome for outcome in outcomes if not outcome.good] == []
    assert {outcome.name for outcome in outcomes} == {"result", "refused"}


@pytest.mark.parametrize(("kind", "name"), [("dies", "died"), ("sleeps", "slow")])
def test_a_case_that_ends_its_process_is_a_finding_and_the_others_go_on(
    kind: str, name: str, tmp_path: Path
) -> None:
    outcomes = list(run_cases(kind, 0, 3, tmp_path, patience=5.0))
    assert [(one.number, one.name) for one in outcomes] == [(0, "result"), (1, name), (2, "result")]
