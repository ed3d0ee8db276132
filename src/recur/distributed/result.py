"""What came of a job over parts, as it is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from recur.distributed.running import Tally
from recur.report.blocks import Block, Facts, Note, Prose
from recur.report.result import Result
from recur.tasks.forecast.facts import model_facts
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.shown import judged_facts, judgement_blocks


@dataclass(frozen=True, eq=False, kw_only=True)
class PartsResult(Result):
    """What came of a job over parts.

    Attributes:
        verb: of the command.
        model: what forecast.
        folder: where the forecasts are.
        parts: how many there are.
        tally: what came of them.
        aside: what was set aside, and why.
    """

    task: ClassVar[str] = "forecast"

    verb: str
    model: Forecaster
    folder: Path
    parts: int
    tally: Tally
    aside: Mapping[str, str]

    def came(self) -> dict[str, Any]:
        """Return what came of the job, whichever run did it, as plain JSON values."""
        return {"series": self.tally.series, "aside": dict(self.aside)}

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        return {
            "parts": self.parts,
            "parts_now": self.tally.parts,
            "series_now": self.tally.series - self.tally.again,
            "rows_now": self.tally.rows,
            **self.came(),
            **judged_facts(self.model.judgement_ if self.verb == "forecast" else None),
        }

    def findings(self) -> Iterator[Block]:
        """Yield what forecast, how it did on the first series, and how many series there are."""
        yield Facts(model_facts(self.model.fitted_))
        if self.verb == "forecast" and self.model.judgement_ is not None:
            yield Note(("on the first series of the input",))
            yield from judgement_blocks(self.model.judgement_)
        now, pace = self.tally.series - self.tally.again, ""
        if now:
            pace = f" · {now / self.seconds['total']:,.0f} a second"
        before = f", {self.tally.again:,} of them before" if self.tally.again else ""
        yield Facts(
            {
                "series": f"{self.tally.series:,}{before}{pace}",
                "parts": f"{self.tally.before + self.tally.parts:,} of {self.parts:,}",
            }
        )
        for part, why in self.aside.items():
            yield Prose(f"set aside: {part}: {why}")
