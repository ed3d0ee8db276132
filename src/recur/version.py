"""The version of the package, written once, and the commit that it was made from."""

from __future__ import annotations

from pathlib import Path

__version__ = "0.1.0"

WRITTEN = "commit.txt"  # beside this file in what was built, by tools/commit_hook.py
_PATIENCE = 5  # seconds that git may take to answer


def commit() -> str:
    """Return the commit that this was installed from; empty where nobody can say.

    What was built has it written down; in a checkout git is asked, each time this is called.
    Changes that are not committed are told by `+changes`.
    """
    here = Path(__file__).resolve()
    written = here.with_name(WRITTEN)
    if written.is_file():
        return written.read_text(encoding="ascii").strip()
    root = here.parents[2]
    if not (root / ".git").exists():
        return ""
    import subprocess

    git = ["git", f"--git-dir={root / '.git'}", f"--work-tree={root}"]
    ask = ["describe", "--always", "--exclude=*", "--abbrev=12", "--dirty=+changes"]
    try:
        done = subprocess.run(
            git + ask, capture_output=True, encoding="utf-8", check=True, timeout=_PATIENCE
        )
    except (OSError, subprocess.SubprocessError):  # no git, or none that reads this checkout
        return ""
    return done.stdout.strip()
