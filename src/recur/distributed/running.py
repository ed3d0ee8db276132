"""A job as it runs: the parts that are not done yet, and what came of all."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from recur.data.tables.parted import FilePart
from recur.distributed.folder import JobFolder, Plan
from recur.distributed.ids import SeenIds
from recur.distributed.parts import Part, PartOutcome, digests_of, run_part, stands_in_both
from recur.errors import DataError
from recur.notices import notice
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
        before: parts that were done before.
        aside: what was set aside, and why.
        notices: what a user should know.
        seconds: of this run; those of parts are summed over whatever ran them.
    """

    series: int = 0
    rows: int = 0
    parts: int = 0
    again: int = 0
    before: int = 0
    aside: dict[str, str] = field(default_factory=dict)
    notices: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def add(self, outcome: PartOutcome) -> None:
        """Take what came of a part."""
        self.aside |= outcome.aside
        if not outcome.series_of:
            return
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
    for_ids: int | None = None,
) -> Tally:
    """Run the parts of a job that are not done yet, where `run_by` says, or here one by one.

    Args:
        folder: of the job.
        plan: of the job.
        model: the file of its forecaster.
        skip_bad: whether what cannot be forecast is set aside, rather than the end.
        for_ids: bytes that are kept for the table of ids; what goes beyond is said.

    Raises:
        DataError: a part cannot be forecast; nothing of it is written.
    """
    began = time.perf_counter()
    tally, seen, left = Tally(), SeenIds(), list[Part]()
    for part in plan.parts:
        if not folder.done(part, plan.settings):
            left.append(part)
            continue
        digests = digests_of(folder.ids(part, plan.settings))
        if _shared(PartOutcome(part, digests=digests), seen, folder, plan):
            left.append(part)  # killed before this was found, and found again
            continue
        seen.take(digests, part.number)
        tally.again += len(digests)
    tally.series, tally.before = tally.again, len(plan.parts) - len(left)
    done, told = tally.before, False
    run = partial(
        run_part, model.absolute(), settings=plan.settings, skip_bad=skip_bad,
        folder=folder.path.absolute(),  # another process may stand in another folder
    )  # fmt: skip
    with showing("forecasting parts", at_once=True) as line:
        pace = ""
        line.at(done, len(plan.parts))

        def moved(more: float) -> None:
            line.at(done + more, len(plan.parts), pace)

        for outcome in executor()(run, left, moved=moved if line.shown else None):
            shared = _shared(outcome, seen, folder, plan)
            aside = {outcome.part.name_of(source): why for source, why in shared.items()}
            if (bad := {**outcome.aside, **aside}) and not skip_bad:
                name, why = next(iter(bad.items()))
                raise DataError(
                    f"{name}: {why} Nothing of this part was written; the same command goes on "
                    "from it, and with `skip_bad` sets it aside."
                )
            if shared:
                outcome = _without(outcome, shared, aside, run)
            seen.take(outcome.digests, outcome.part.number)
            tally.add(outcome)
            if for_ids is not None and seen.takes > for_ids and not told:
                told = True
                notice(
                    f"the table of {tally.series:,} ids takes {seen.takes / 1e6:,.0f}MB, which is "
                    "all of `memory` that is kept for it: with more of them the job may take more "
                    "than it was allowed; allow more, or forecast the files in several jobs."
                )
            now = (tally.series - tally.again) / max(time.perf_counter() - began, 1e-9)
            done, pace = done + 1, f"{now:,.0f} series a second"
            moved(0)
    tally.seconds["total"] = time.perf_counter() - began
    return tally


def _shared(
    outcome: PartOutcome, seen: SeenIds, folder: JobFolder, plan: Plan
) -> dict[FilePart, str]:
    """Return what of a part has series of earlier ones, and why; then its file is taken away."""
    ids, found = None, dict[FilePart, str]()
    for place, number in seen.shared(outcome.digests):
        source = outcome.source_of(place)
        if source in found:
            continue
        ids = folder.ids(outcome.part, plan.settings) if ids is None else ids
        other = plan.parts[number]
        if not (folder.ids(other, plan.settings) == ids[place]).any():
            continue  # another id of the same digest
        if other.sources[0].file == source.file:
            found[source] = (
                f"the rows of series `{ids[place]}` do not stand together, for "
                f"{other.describe()} has some too; sort the file by `{plan.settings.columns['id']}`"
                ", or allow more memory with `memory`."
            )
        else:
            found[source] = stands_in_both(ids[place], other.describe())
    if found:
        folder.file(outcome.part, plan.settings).unlink()
    return found


def _without(
    outcome: PartOutcome,
    shared: Collection[FilePart],
    aside: Mapping[str, str],
    run: Callable[[Part], PartOutcome],
) -> PartOutcome:
    """Return what comes of a part without what was found in others too."""
    part, aside = outcome.part, {**outcome.aside, **aside}
    left = tuple(source for source in outcome.series_of if source not in shared)
    if not left:
        return PartOutcome(part, aside)
    return run(replace(part, sources=left, aside=aside))
