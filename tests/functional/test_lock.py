"""The lock: everything that the Makefile installs has one version, which is written once."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = [text for extra in PROJECT["optional-dependencies"].values() for text in extra]
ASKED = [Requirement(text) for text in PROJECT["dependencies"] + EXTRAS]
LINES = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
PINS = [line.partition("==") for line in LINES if not line.startswith("#")]
VERSIONS = {canonicalize_name(name): version for name, _, version in PINS}


def needed() -> set[str]:
    """Return the names of all packages that the project's and their own requirements bring here."""
    left = list(ASKED)
    seen: set[tuple[str, frozenset[str]]] = set()
    found: set[str] = set()
    while left:
        asked = left.pop()
        name, extras = canonicalize_name(asked.name), frozenset(asked.extras)
        if (asked.marker and not asked.marker.evaluate()) or (name, extras) in seen:
            continue
        seen.add((name, extras))
        found.add(name)
        try:
            texts = requires(name) or []
        except PackageNotFoundError:  # an extra that the tests do without
            continue
        for one in map(Requirement, texts):
            where = [{"extra": extra} for extra in extras or {""}]
            if one.marker is None or any(one.marker.evaluate(given) for given in where):
                one.marker = None
                left.append(one)
    return found


def test_everything_that_is_installed_has_its_version_in_the_lock() -> None:
    found = needed()
    assert {"numba", "llvmlite", "hatchling", "mpmath", "anyio"} <= found  # it looks all the way
    assert found - VERSIONS.keys() == set()


def test_each_version_stands_once_and_is_exact() -> None:
    assert [line for _, mark, line in PINS if not (mark and re.fullmatch(r"[\w.]+", line))] == []
    assert len(VERSIONS) == len(PINS)


def test_the_lock_holds_what_the_project_says_it_needs() -> None:
    for one in ASKED:
        if one.marker is None or one.marker.evaluate():
            version = VERSIONS[canonicalize_name(one.name)]
            assert SpecifierSet(str(one.specifier)).contains(version), str(one)
