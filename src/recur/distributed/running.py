"""A job as it runs: the parts that are not done yet, and what came of all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from recur.distributed.folder import JobFolder, Plan
from recur.distributed.ids import SeenIds
from recur.distributed.parts import Part, PartOutcome, digests_of, run_part
from recur.errors import DataError
from recur.progress import showing

RunPart = Callable[[Part], PartOutcome]
Executor = Callable[[RunPart, Sequence[Part]], Iterable[PartOutcome]]
"""Runs parts somewhere, some of them at a time, and gives what came of each in their order."""


def in_turn(run: RunPart, parts: Sequence[Part]) -> Iterator[PartOutcome]:
    """Run parts here, one after the other."""
    return map(run, parts)


_elsewhere: ContextVar[Executor] = ContextVar("elsewhere", default=in_turn)


@contextmanager
def run_by(executor: Executor) -> Iterator[None]:
    """Let parts be run by an executor in the block."""
    before = _elsewhere.set(executor)
    try:
        yield
    finally:
        _elsewhere.reset(before)


@dataclass
class Tally:
    """What came of a job so far.

    Attributes:
        series: that were forecast, before it was resumed too.
        rows: values that were read in this run.
        parts: that were done in this run.
        again: series of parts that were done before.
        aside: parts that were set aside, and why.
        notices: what a user should know.
        seconds: of this run; those of parts are summed over whatever ran them.
    """

    series: int = 0
    rows: int = 0
    parts: int = 0
    again: int = 0
    aside: dict[int, str] = field(default_factory=dict)
    notices: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def add(self, outcome: PartOutcome) -> None:
        """Take what came of a part."""
        self.series, self.rows = self.series + outcome.series, self.rows + outcome.rows
        self.parts += 1
        for sentence in outcome.notices:
            self.notices[sentence] = self.notices.get(sentence, 0) + 1
        for name, value in outcome.seconds.items():
            self.seconds[name] = self.seconds.get(name, 0.0) + value


def run_job(
    folder: JobFolder,
    plan: Plan,
    model: Path,
    *,
    skip_bad: bool = False,
) -> Tally:
    """Run the parts of a job that are not done yet, where `run_by` says, or here one by one.

    Args:
        folder: of the job.
        plan: of the job.
        model: the file of its forecaster.
        skip_bad: whether a part that cannot be forecast is set aside, rather than the end.

    Raises:
        DataError: a part cannot be forecast; nothing of it is written.
    """
    began = time.perf_counter()
    tally, seen, left = Tally(), SeenIds(), list[Part]()
    for part in plan.parts:
        if not folder.file(part, plan.settings).exists():
            left.append(part)
            continue
        digests = digests_of(folder.ids(part, plan.settings))
        if _shared(PartOutcome(part, digests=digests), seen, folder, plan):
            left.append(part)  # killed before this was found, and found again
            continue
        seen.take(digests, part.number)
        tally.again += len(digests)
    tally.series, done = tally.again, len(plan.parts) - len(left)
    # Another process may stand in another folder.
    run = partial(run_part, model.absolute(), settings=plan.settings, folder=folder.path.absolute())
    with showing("forecasting parts", at_once=True) as line:
        line.at(done, len(plan.parts))
        for count, outcome in enumerate(_elsewhere.get()(run, left), 1):
            error = outcome.error or _shared(outcome, seen, folder, plan)
            if error and not skip_bad:
                raise DataError(
                    f"{outcome.part.describe()}: {error} Nothing of this part was written; the "
                    "same command goes on from it, and with `skip_bad` sets it aside."
                )
            if error:
                tally.aside[outcome.part.number] = error
            else:
                seen.take(outcome.digests, outcome.part.number)
                tally.add(outcome)
            pace = (tally.series - tally.again) / max(time.perf_counter() - began, 1e-9)
            line.at(done + count, len(plan.parts), f"{pace:,.0f} series a second")
    tally.seconds["total"] = time.perf_counter() - began
    return tally


def _shared(outcome: PartOutcome, seen: SeenIds, folder: JobFolder, plan: Plan) -> str:
    """Say which series of a part is in an earlier one too, and take its file away; else ""."""
    ids = None
    for place, number in seen.shared(outcome.digests):
        ids = folder.ids(outcome.part, plan.settings) if ids is None else ids
        other = plan.parts[number]
        if not (folder.ids(other, plan.settings) == ids[place]).any():
            continue  # another id of the same digest
        folder.file(outcome.part, plan.settings).unlink()
        if other.source.file == outcome.part.source.file:
            return (
                f"the rows of series `{ids[place]}` do not stand together, for "
                f"{other.describe()} has some too; sort the file by `{plan.settings.columns['id']}`"
                ", or allow more memory with `memory`."
            )
        return (
            f"series `{ids[place]}` is in {other.describe()} too; give each series a name of its "
            "own, or bring its rows together."
        )
    return ""
