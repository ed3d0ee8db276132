"""A job as it runs: the parts that are not done yet, and what came of all."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from recur.distributed.folder import JobFolder, Plan
from recur.distributed.ids import SeenIds
from recur.distributed.parts import Part, PartOutcome, digests_of, run_part
from recur.errors import DataError
from recur.progress import showing
from recur.tasks.executor import executor


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
        pace = ""
        line.at(done, len(plan.parts))

        def moved(more: float) -> None:
            line.at(done + more, len(plan.parts), pace)

        for outcome in executor()(run, left, moved=moved if line.shown else None):
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
            now = (tally.series - tally.again) / max(time.perf_counter() - began, 1e-9)
            done, pace = done + 1, f"{now:,.0f} series a second"
            moved(0)
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
