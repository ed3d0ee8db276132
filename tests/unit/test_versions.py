"""The table of versions: which environments there are, and that a failure is told in it."""

from __future__ import annotations

from benchmarks.versions.run import PROJECT, PYTHONS, SHOWN, rows, table

HERE = {version: f"/usr/bin/python{version}" for version in PYTHONS}


def test_every_python_has_its_lowest_and_newest_and_every_dependency_its_lowest() -> None:
    found = {row.name: row for row in rows(HERE)}
    assert len(found) == len(list(rows(HERE)))  # no two of one name
    for version, path in HERE.items():
        assert found[f"Python {version}, lowest"].resolution == "lowest-direct"
        assert found[f"Python {version}, newest"].python == path
    each = [row.pins for name, row in found.items() if name.startswith("each")]
    assert each == [(text.replace(">=", "=="),) for text in PROJECT["dependencies"]]
    assert all(len(pins) == 1 and "==" in pins[0] for pins in each)


def test_the_table_says_what_failed_and_what_could_not_be_installed() -> None:
    row = {"python": "3.13.0", "versions": dict.fromkeys(SHOWN, "1.0"), "tests": "9 passed"}
    good = {"passed": ["parity", "fit"], "failed": {}}
    bad = {"passed": ["parity"], "failed": {"fit": "TypeError: no"}}
    told = table(
        {
            "one": {**row, "used": good},
            "two": {**row, "used": bad},
            "three": {"installed": "no wheel"},
        }
    ).splitlines()
    assert len({line.count("|") for line in told}) == 1
    assert told[2].endswith("| all 2 | 9 passed |")
    assert told[3].endswith("| fit failed | 9 passed |")
    assert told[4].endswith("| cannot be installed: no wheel |")
