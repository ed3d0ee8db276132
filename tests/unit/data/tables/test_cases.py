"""Every kind of file is read, put right or refused as its case says, and the page tells so."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.data.tables.cases.base import Case, groups, outcome, page

CASES = [
    pytest.param(case, id=f"{title}: {case.name}")
    for title, cases in groups().items()
    for case in cases
]


@pytest.mark.parametrize("case", CASES)
def test_a_file_becomes_what_its_case_says(case: Case) -> None:
    if case.needs:
        pytest.importorskip(case.needs)
    came = outcome(case)
    if case.refused:
        assert came.panel is None, came.told
        assert case.refused in came.told[0]
        assert "\n" not in came.told[0]
        assert came.told[0].endswith(".")
        return
    assert came.panel is not None, came.told
    assert tuple(came.panel.values) == pytest.approx(case.values)
    assert tuple(repair.kind for repair in came.panel.repairs) == case.repairs
    for note in case.notes:
        assert any(note in told for told in came.told), came.told


@pytest.mark.parametrize("case", CASES)
def test_strict_refuses_what_would_be_put_right_and_nothing_else(case: Case) -> None:
    if case.needs:
        pytest.importorskip(case.needs)
    strictly = outcome(case, strict=True)
    assert (strictly.panel is None) == bool(case.refused or case.repairs), strictly.told


def test_the_page_tells_what_becomes_of_every_case() -> None:
    for package in ("fastexcel", "xlsxwriter"):
        pytest.importorskip(package)
    written = Path(__file__).parents[4] / "docs" / "files.md"
    assert written.read_text(encoding="utf-8") == page(), (
        "write it anew: python -m tests.unit.data.tables.cases"
    )
