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
        assert not came.panels, came.told
        assert case.refused in came.told[0]
        assert "\n" not in came.told[0]
        assert came.told[0].endswith(".")
        return
    assert came.panels, came.told
    values = [value for panel in came.panels for value in panel.values]
    assert tuple(values) == pytest.approx(case.values)
    repairs = [repair for panel in came.panels for repair in panel.repairs]
    assert tuple(dict.fromkeys(repair.kind for repair in repairs)) == case.repairs
    for note in case.notes:
        assert any(note in told for told in came.told), came.told


@pytest.mark.parametrize("case", CASES)
def test_strict_refuses_what_would_be_put_right_and_nothing_else(case: Case) -> None:
    if case.needs:
        pytest.importorskip(case.needs)
    strictly = outcome(case, strict=True)
    assert (not strictly.panels) == bool(case.refused or case.repairs), strictly.told


def test_the_page_tells_what_becomes_of_every_case() -> None:
    for package in ("fastexcel", "xlsxwriter"):
        pytest.importorskip(package)
    written = Path(__file__).parents[4] / "docs" / "files.md"
    assert written.read_text(encoding="utf-8") == page(), (
        "write it anew: python -m tests.unit.data.tables.cases"
    )
