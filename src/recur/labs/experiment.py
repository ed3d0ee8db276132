"""What all labs share: what each is given, and how its trainings are run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TypeVar

from recur.errors import SettingsError, nearest
from recur.labs.course import labs
from recur.report.findings import Findings

Answer = TypeVar("Answer")
LABS = {name: lab.shows for name, lab in labs().items()}
"""Every lab and what it shows, in the order of the course."""

_QUICK = (
    "A quick run, on less data and fewer epochs: its figures are not those of the whole experiment"
)
_PUBLISHED = ", but the published ones beside them are: the two cannot be compared"


@dataclass(frozen=True)
class Setting:
    """What a lab is given.

    Attributes:
        files: of the user's own, where a lab takes any.
        quick: whether to show the same on less data, in seconds.
        seed: of every random number.
        say: told what the lab is at, a line each.
    """

    files: tuple[Path, ...] = ()
    quick: bool = False
    seed: int = 0
    say: Callable[[str], None] = lambda _: None


def run_lab(name: str, setting: Setting) -> Findings:
    """Run a lab; the findings of a quick run say first that it is one.

    Raises:
        SettingsError: there is none of this name, or it takes no files.
    """
    if name not in LABS:
        raise SettingsError(f"There is no lab `{name}`; {nearest(name, LABS)}.")
    if setting.files and not labs()[name].takes_files:
        raise SettingsError(
            f"The lab `{name}` makes its own data and takes no files, got `{setting.files[0]}`."
        )
    findings: Findings = import_module(f"recur.labs.{name}.lab").run(setting)
    return as_of_quick_run(findings) if setting.quick else findings


def as_of_quick_run(findings: Findings) -> Findings:
    """Return findings that say first that they are not those of the whole experiment."""
    published = any(row.published is not None for row in findings.rows)
    word = f"{_QUICK}{_PUBLISHED if published else ''}."
    return replace(findings, words=(word, *findings.words), quick=True)


def timed(work: Callable[[], Answer]) -> tuple[Answer, float]:
    """Return what some work came to, and the seconds that it took."""
    began = time.perf_counter()
    answer = work()
    return answer, time.perf_counter() - began


def stop_if_interrupted(ended: str) -> None:
    """Let Ctrl-C, which ends a training early, end the lab, whose figures are of whole ones.

    Args:
        ended: how the training did.

    Raises:
        KeyboardInterrupt: it was interrupted.
    """
    if ended == "interrupted":
        raise KeyboardInterrupt
