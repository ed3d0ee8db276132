"""What may be released and what not: tree, version, changelog, the files of wheel and sdist."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from tools.release import ROOT, RefusedError, check, check_sdist, check_wheel, releases

CHANGELOG = """# Changelog

## [Unreleased]

## [0.2.0] - 2026-12-01

### Added

- More.

## [0.1.0] - 2026-11-01
"""
KEPT = {"src/recur/cli.py", "src/recur/py.typed", "tests/test_cli.py", "README.md"}
WHEEL = {"recur/cli.py", "recur/py.typed", "recur/commit.txt", "r.dist-info/licenses/LICENSE"}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository that may be released."""
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "somebody")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "")
    (tmp_path / "src" / "recur").mkdir(parents=True)
    (tmp_path / "src" / "recur" / "version.py").write_text('__version__ = "0.2.0"\n')
    git(tmp_path, "init", "-q")
    commit(tmp_path, CHANGELOG)
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


def commit(folder: Path, changelog: str) -> None:
    (folder / "CHANGELOG.md").write_text(changelog)
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "all")


def test_a_clean_tree_whose_changelog_tells_its_version_may_be_released(tree: Path) -> None:
    assert check(tree) == "0.2.0"


def test_a_tree_with_changes_may_not(tree: Path) -> None:
    (tree / "left.txt").write_text("left")
    with pytest.raises(RefusedError, match=r"in no commit.*\n\?\? left.txt"):
        check(tree)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("## [0.2.0] - 2026-12-01", "", "says 0.2.0, and the newest .* is 0.1.0; write"),
        ("0.2.0", "0.3.0", "says 0.2.0, and the newest .* is 0.3.0"),
        ("2026-12-01", "2026-13-01", "the date of .0.2.0. .* is no date"),
        (" - 2026-12-01", "", "the date of .0.2.0. .* is no date"),
        ("[Unreleased]\n", "[Unreleased]\n\n- Late.\n", "entries under .Unreleased."),
    ],
)
def test_a_changelog_that_tells_something_else_is_said(
    tree: Path, old: str, new: str, complaint: str
) -> None:
    assert old in CHANGELOG
    commit(tree, CHANGELOG.replace(old, new))
    with pytest.raises(RefusedError, match=complaint):
        check(tree)


def test_a_version_is_released_once(tree: Path) -> None:
    git(tree, "tag", "v0.2.0")
    with pytest.raises(RefusedError, match=r"the tag v0\.2\.0 is there"):
        check(tree)


def test_a_wheel_holds_the_files_of_the_commit_and_its_licence() -> None:
    check_wheel(WHEEL, KEPT)
    for files, complaint in (
        (WHEEL | {"recur/notes.txt"}, "should not hold 1 files, recur/notes.txt"),
        (WHEEL | {"tests/test_cli.py"}, "should not hold 1 files, tests/test_cli.py"),
        (WHEEL - {"recur/py.typed"}, "lacks 1 files, recur/py.typed"),
        (WHEEL - {"r.dist-info/licenses/LICENSE"}, "no licence"),
    ):
        with pytest.raises(RefusedError, match=complaint):
            check_wheel(files, KEPT)


def test_an_sdist_holds_the_folders_of_the_commit() -> None:
    sdist = KEPT | {"PKG-INFO", "src/recur/commit.txt"}
    check_sdist(sdist, KEPT)
    for files, complaint in (
        (sdist | {"tests/left.json"}, "should not hold 1 files, tests/left.json"),
        (sdist - {"tests/test_cli.py"}, "lacks 1 files, tests/test_cli.py"),
    ):
        with pytest.raises(RefusedError, match=complaint):
            check_sdist(files, KEPT)


def test_our_changelog_keeps_the_form_that_a_release_reads() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## .*$", changelog, re.MULTILINE)
    known = releases(changelog)
    assert len(headings) == len(known)
    assert next(iter(known)) == "Unreleased"
    kinds = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]
    for part in re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]:
        found = re.findall(r"^### (.*)$", part, re.MULTILINE)
        assert found == [kind for kind in kinds if kind in found]
