"""A plugin of pytest: notes which lines each test runs, or runs first the tests that run a line.

`MUTATION_NOTES` names the file for the notes, `MUTATION_ORDER` one with the tests to run, in order.
A file of tests is taken whole, since what its tests share is made while the first of them runs.

PYTEST_DONT_REWRITE: it is there before pytest is.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from coverage import Coverage

NOTES, ORDER = "MUTATION_NOTES", "MUTATION_ORDER"


@dataclass(frozen=True)
class Touched:
    """Which tests run which lines.

    Attributes:
        seconds: the processor's seconds of each test, in the order in which they ran.
        lines: the numbers of the tests that run each line, by module.
    """

    seconds: dict[str, float]
    lines: dict[str, dict[str, list[int]]]

    def by(self, module: Path, first: int, last: int) -> list[str]:
        """Return the tests that run a line, the quickest first.

        For what runs on import, they are those that run anything of the module.
        """
        found = self.lines.get(str(module), {})
        numbers = {one for line in range(first, last + 1) for one in found.get(str(line), [])}
        numbers = numbers or {one for tests in found.values() for one in tests}
        tests = list(self.seconds)
        return sorted((tests[number] for number in numbers), key=lambda test: self.seconds[test])


class _Notes:
    """Notes for each test how long it takes and what lines of the product it runs."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.seconds: dict[str, float] = {}
        self.coverage = Coverage(data_file=None, config_file=False, source=["src/recur"])
        self.coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.coverage.switch_context(str(len(self.seconds)))
        begin = time.process_time()
        yield
        self.seconds[item.nodeid] = time.process_time() - begin
        self.coverage.switch_context("")

    def pytest_sessionfinish(self) -> None:
        self.coverage.stop()
        data = self.coverage.get_data()
        lines = {
            str(Path(path).relative_to(Path.cwd())): {
                str(line): [int(test) for test in tests if test]
                for line, tests in data.contexts_by_lineno(path).items()
            }
            for path in data.measured_files()
        }
        self.file.write_text(json.dumps([self.seconds, lines]), "utf-8")


class _Order:
    """Runs the named tests first, and then what else was collected."""

    def __init__(self, tests: Sequence[str]) -> None:
        self.places = {test: place for place, test in enumerate(tests)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: self.places.get(item.nodeid, len(self.places)))


def pytest_configure(config: pytest.Config) -> None:
    """Note or order, as the environment says."""
    if NOTES in os.environ:
        config.pluginmanager.register(_Notes(Path(os.environ[NOTES])))
    if ORDER in os.environ:
        tests = json.loads(Path(os.environ[ORDER]).read_text("utf-8"))
        config.pluginmanager.register(_Order(tests))
