"""The commit that is told: written down, asked of git, or left out."""

from __future__ import annotations

import runpy
import shutil
import subprocess
from pathlib import Path

import pytest

from recur import version


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository of its own, laid out as ours, with one commit."""
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "somebody")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "")
    package = tmp_path / "src" / "recur"
    package.mkdir(parents=True)
    shutil.copy(version.__file__, package)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "first")
    git(tmp_path, "tag", "v9")  # no name of a commit is told in its place
    return tmp_path


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], check=True, capture_output=True, encoding="utf-8"
    )
    return done.stdout.strip()


def commit(root: Path) -> str:
    """Return what the package under a folder says."""
    told: str = runpy.run_path(str(root / "src" / "recur" / "version.py"))["commit"]()
    return told


def test_a_checkout_tells_its_commit_and_whether_anything_is_changed(checkout: Path) -> None:
    head = git(checkout, "rev-parse", "HEAD")
    assert commit(checkout) == head[:12]
    with (checkout / "src" / "recur" / "version.py").open("a") as file:
        file.write("\n# changed\n")
    assert commit(checkout) == f"{head[:12]}+changes"


def test_variables_of_another_repository_change_nothing(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = commit(checkout)
    monkeypatch.setenv("GIT_DIR", str(checkout / "nowhere"))  # as in a hook of another repository
    assert commit(checkout) == told


def test_what_was_written_when_it_was_built_is_told_without_git(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (checkout / "src" / "recur" / version.WRITTEN).write_text("0123456789ab\n")
    monkeypatch.setenv("PATH", "")
    assert commit(checkout) == "0123456789ab"


@pytest.mark.parametrize("missing", ["git", "repository", "commit"])
def test_nothing_is_told_where_nobody_knows(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    shutil.rmtree(checkout / ".git")
    if missing == "git":
        (checkout / ".git").mkdir()
        monkeypatch.setenv("PATH", "")
    elif missing == "commit":
        git(checkout, "init", "-q")
    assert commit(checkout) == ""


def test_a_folder_above_that_is_somebody_elses_repository_is_not_asked(checkout: Path) -> None:
    package = checkout / "vendored" / "lib" / "recur"
    package.mkdir(parents=True)
    shutil.copy(version.__file__, package)
    assert runpy.run_path(str(package / "version.py"))["commit"]() == ""
