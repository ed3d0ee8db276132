"""What comes of forecasting, comparing and judging: shown block by block, or as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from recur.data.panel.panel import Panel
from recur.judge import JudgementSummary
from recur.report.blocks import Block, Facts, Heading, Note, Sentence
from recur.report.comparison import (
    comparison_label,
    comparison_note,
    comparison_table,
    steps_note,
    steps_table,
)
from recur.report.forecasting import error_table, files_table
from recur.report.hiding import hiding_table
from recur.report.result import Result
from recur.tasks.forecast.backtest import Backtest
from recur.tasks.forecast.comparison import ModelComparison
from recur.tasks.forecast.explain import Explanation
from recur.tasks.forecast.facts import guessed_line, model_facts
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.result import Forecast
from recur.tasks.forecast.shown import (
    data_facts,
    forecast_block,
    judged_facts,
    judgement_blocks,
    trained_again,
)
from recur.tasks.forecast.tuning import Tuning
from recur.tasks.forecast.update import Update


@dataclass(frozen=True, eq=False, kw_only=True)
class FitResult(Result):
    """A forecaster fitted to a file, and its forecast.

    Attributes:
        model: fitted.
        forecast: of what comes after the end of its data; None where there is none to show.
        search: what a search for settings has found; None where there was none.
        command: what to type to forecast the same data; "" where it is not from a command.
    """

    task: ClassVar[str] = "forecast"

    model: Forecaster
    forecast: Forecast | None = None
    search: Tuning | None = None
    command: str = ""

    @property
    def panel(self) -> Panel:
        """Return what was fitted to."""
        assert self.model.panel_ is not None
        return self.model.panel_

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        search = self.search and {"trials": len(self.search.trials), **asdict(self.search.best)}
        return {
            "settings": self.model.chosen(),
            "data": data_facts(self.panel, self.model.season_),
            "guessed": self.model.guessed_,
            **judged_facts(self.model.judgement_),
            "trained_again": trained_again(self.model.fitted_),
            "forecast": None if self.forecast is None else self.forecast.rows(),
            "search": search,
        }

    def findings(self) -> Iterator[Block]:
        """Yield what was trained, on what, how it was judged, and what comes next."""
        if self.search is not None:
            yield Facts({"search": self.search.sentence})
        facts = {"data": self.panel.describe(), **model_facts(self.model.fitted_)}
        yield Facts(facts | guessed_line(self.model.guessed_))
        if self.model.judgement_ is not None:
            yield from judgement_blocks(self.model.judgement_, self.command)
        if self.forecast is not None:
            yield forecast_block(self.forecast, self.model.target_)


@dataclass(frozen=True, eq=False, kw_only=True)
class FitsResult(Result):
    """Forecasters of several files, or of the several clocks of a file.

    Attributes:
        fits: one of each.
        names: what each is called.
    """

    task: ClassVar[str] = "forecast"

    fits: tuple[FitResult, ...]
    names: tuple[str, ...]

    def facts(self) -> dict[str, Any]:
        """Return those of each."""
        return {"results": [fit.to_dict() for fit in self.fits]}

    def findings(self) -> Iterator[Block]:
        """Yield the table of how each did; each one's own blocks are shown as it is done."""
        judged = zip(self.names, (fit.model.judgement_ for fit in self.fits), strict=True)
        judgements = [(name, judgement) for name, judgement in judged if judgement is not None]
        if judgements:
            of = "files" if len({fit.panel.source for fit in self.fits}) > 1 else "clocks"
            yield Heading(f"{len(judgements)} {of}")
            yield files_table(judgements)


@dataclass(frozen=True, eq=False, kw_only=True)
class ForecastResult(Result):
    """What a saved forecaster says of new data.

    Attributes:
        model: the forecaster.
        panel: the data.
        forecast: of what comes after their end.
    """

    task: ClassVar[str] = "forecast"

    model: Forecaster
    panel: Panel
    forecast: Forecast

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        data = data_facts(self.panel, self.model.season_)
        return {"data": data, "forecast": self.forecast.rows()}

    def findings(self) -> Iterator[Block]:
        """Yield what forecasts, from what, and the forecast."""
        yield Facts({"data": self.panel.describe(), **model_facts(self.model.fitted_)})
        yield forecast_block(self.forecast, self.panel.target)


@dataclass(frozen=True, eq=False, kw_only=True)
class JudgedResult(Result):
    """A saved forecaster, judged on other data.

    Attributes:
        model: the forecaster.
        panel: the data.
        judgement: on their end.
    """

    task: ClassVar[str] = "forecast"

    model: Forecaster
    panel: Panel
    judgement: JudgementSummary

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        data = data_facts(self.panel, self.model.season_)
        return {"data": data, **judged_facts(self.judgement)}

    def findings(self) -> Iterator[Block]:
        """Yield what was judged, on what, and the verdict."""
        yield Facts({"data": self.panel.describe(), **model_facts(self.model.fitted_)})
        yield from judgement_blocks(self.judgement)


@dataclass(frozen=True, eq=False, kw_only=True)
class UpdateResult(Result):
    """A saved forecaster that went on with newer data.

    Attributes:
        model: what is kept.
        panel: the data.
        update: what was done, and how both did.
    """

    task: ClassVar[str] = "update"

    model: Forecaster
    panel: Panel
    update: Update

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        return {"data": data_facts(self.panel, self.model.season_), **self.update.to_dict()}

    def findings(self) -> Iterator[Block]:
        """Yield what is kept, how both did beside the simple answers, and why it is kept."""
        yield Facts({"data": self.panel.describe(), **model_facts(self.model.fitted_)})
        yield error_table(self.update.together())
        yield Sentence(self.update.sentence)
        if not self.update.updated:
            yield Note(("nothing was written",))
        yield Sentence(self.update.judgement.verdict.sentence, strong=False)


@dataclass(frozen=True, eq=False, kw_only=True)
class ExplainedResult(Result):
    """How the error of a saved forecaster grows where an input is hidden.

    Attributes:
        model: the forecaster.
        panel: the data.
        explanation: what was measured.
    """

    task: ClassVar[str] = "explain"

    model: Forecaster
    panel: Panel
    explanation: Explanation

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        return {"data": data_facts(self.panel, self.model.season_), **self.explanation.to_dict()}

    def findings(self) -> Iterator[Block]:
        """Yield what was explained, the table of its inputs, and what matters of them."""
        explained = self.explanation
        walk = explained.walk
        held_out = f"last {walk.held_out} values, {walk.times} origins"
        yield Facts({"data": self.panel.describe(), **model_facts(self.model.fitted_)})
        yield hiding_table(explained.ordered, explained.level, held_out)
        yield Sentence(explained.sentence)


@dataclass(frozen=True, eq=False, kw_only=True)
class ComparisonResult(Result):
    """Methods side by side on a file.

    Attributes:
        comparison: of all of them.
        panel: the data.
        model: the best of them, where it was asked for.
        forecast: what that one says of the steps after the end of the data.
    """

    task: ClassVar[str] = "compare"

    comparison: ModelComparison
    panel: Panel
    model: Forecaster | None = None
    forecast: Forecast | None = None

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        facts = self.comparison.to_dict()
        if self.model is None or self.forecast is None:
            return facts
        best = {**self.comparison.best.to_dict(), "settings": self.model.chosen()}
        return {**facts, "best": best, "forecast": self.forecast.rows()}

    def findings(self) -> Iterator[Block]:
        """Yield the table of all methods, and the verdict on the one chosen beforehand."""
        comparison = self.comparison
        yield Facts({"data": self.panel.describe()})
        yield comparison_table(
            comparison.ranking,
            {method.name: comparison.errors(method.name) for method in comparison.ranking},
            comparison.parameters,
            comparison.seconds,
            comparison.judged,
        )
        yield Note(tuple(comparison_note(comparison.ranking, comparison.judgement.walk)))
        sentence = comparison.judgement.verdict.sentence
        yield Sentence(f"On {comparison_label(comparison.judged)}, chosen beforehand: {sentence}")
        if self.model is not None and self.forecast is not None:
            yield Sentence(comparison.best.sentence)
            yield forecast_block(self.forecast, self.panel.target)


@dataclass(frozen=True, eq=False, kw_only=True)
class BacktestResult(Result):
    """A forecaster walked over the end of a file.

    Attributes:
        backtest: what it found.
        panel: the data.
    """

    task: ClassVar[str] = "backtest"

    backtest: Backtest
    panel: Panel

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        intervals = judged_facts(self.backtest)["intervals"]
        return {**self.backtest.comparison().to_dict(), "intervals": intervals}

    def findings(self) -> Iterator[Block]:
        """Yield what was walked, the errors, the verdict, and the errors at each step ahead."""
        walked, models = self.backtest, self.backtest.models
        fits = "1 fit" if len(models) == 1 else f"{len(models)} fits"
        origins = f"{walked.walk.times} origins, {walked.walk.stride} apart"
        lines = model_facts(models[-1].fitted_)
        lines.pop("training", None)  # of one fit among several
        walk = f"{origins} · {fits} in {walked.seconds:.1f} s"
        yield Facts({"data": self.panel.describe(), **lines, "walk": walk})
        yield from judgement_blocks(walked)
        steps = walked.comparison().by_horizon()
        judged = walked.verdict.judged
        yield steps_table({name: steps[name] for name in (judged, walked.verdict.against)})
        yield Note(tuple(steps_note(steps[judged])))
