"""One quick run of each lab, for all tests that look at what it shows."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from recur.labs.experiment import Setting, run_lab
from recur.report.findings import Findings, Row

_SAID: dict[str, list[str]] = {}


@cache
def _quick_run(name: str) -> Findings:
    _SAID[name] = []
    return run_lab(name, Setting(quick=True, say=_SAID[name].append))


@pytest.fixture(scope="session")
def quick_run() -> Callable[[str], Findings]:
    """Return a function that gives the findings of a lab, which runs once."""
    return _quick_run


@pytest.fixture(scope="session")
def said(quick_run: Callable[[str], Findings]) -> Callable[[str], list[str]]:
    """Return a function that gives what a lab said while it ran."""

    def lines(name: str) -> list[str]:
        quick_run(name)
        return _SAID[name]

    return lines


@pytest.fixture(scope="module")
def findings(request: pytest.FixtureRequest, quick_run: Callable[[str], Findings]) -> Findings:
    """Return the findings of the lab that the folder of a test is named after."""
    return quick_run(request.path.parent.name)


@pytest.fixture(scope="module")
def row(findings: Findings) -> Callable[[str], Row]:
    """Return a function that gives the row of a name."""
    rows = {row.name: row for row in findings.rows}
    return lambda name: rows[name]


@pytest.fixture(scope="module")
def ours(row: Callable[[str], Row]) -> Callable[[str], float]:
    """Return a function that gives our figure in the row of a name."""

    def figure(name: str) -> float:
        figure = row(name).ours
        assert figure is not None
        return figure

    return figure
