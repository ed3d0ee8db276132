"""The page: one file that shows a judged forecast and asks nothing of the network it is read on."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from recur.judge import LINEAR, Comparison, Intervals, JudgementSummary, MeasuredIntervals, Verdict
from recur.judge.superiority import Superiority
from recur.judge.words import interval, skill_cell
from recur.report.charts import Chart, Charts
from recur.report.coverage import COLUMNS, MSIS, coverage_footnote, coverage_rows
from recur.report.document import document, safe
from recur.report.error_table import MEASURES, ErrorRow, error_rows, footnote
from recur.report.judging import how_judged
from recur.report.wording import claim_label, method_label, value_column

MOST_ROWS = 500
"""Rows of a forecast that a page shows."""

_PICTURES = {
    "test": (
        "Line chart of the truth and of its forecasts over the held-out stretch.",
        "The truth, its forecasts from before it was known, and the strongest simple answer.",
    ),
    "horizon": (
        "Chart of the root mean squared error of what is judged and of each simple answer.",
        "How large the errors are, beside those of every simple answer; lower is better.",
    ),
    "coverage": (
        "Chart of the share of held-out truths inside their intervals, beside the level asked for.",
        "How often the truth lay inside its interval, beside how often it should.",
    ),
    "training": (
        "Line chart of the training and the validation loss by epoch.",
        "How training went: the loss on the training windows and on the validation windows.",
    ),
}


@dataclass(frozen=True, eq=False)
class Report:
    """What a page says.

    Attributes:
        title: the heading, such as the target and where it came from.
        data: one line about the data: its rows, its clock, its span.
        judgement: errors, forecasts of the held-out stretch and the verdict.
        forecast: what is forecast beyond the end, one (series, time, value, ends...) a row.
        ends: what the ends of intervals in `forecast` are called.
        settings: every setting of the model by name, plain JSON values.
        versions: what it was made with: the package, Python, the engine.
        pictures: PNG bytes by name; `test`, `horizon`, `coverage` and `training` have captions.
        notes: what the reader of the data and the training did or noticed, a sentence each.
        intervals: those of the held-out forecasts; `coverage` of `pictures` stands with them.
        charts: what to draw in place of the picture of that name where scripts run.
    """

    title: str
    data: str
    judgement: JudgementSummary
    forecast: tuple[tuple[str, str, *tuple[float, ...]], ...] = ()
    ends: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    intervals: Intervals | MeasuredIntervals | None = None
    charts: Mapping[str, Chart | Charts] = field(default_factory=dict)


def page(report: Report) -> str:
    """Return the report as one HTML file with nothing outside it."""
    pictures = dict(report.pictures)
    parts = (
        _verdict(report.judgement.verdict),
        _errors(report.judgement),
        ""
        if report.intervals is None
        else _coverage(report.intervals, pictures.pop("coverage", None)),
        _pictures(pictures, report.charts),
        _forecast(report.forecast, report.ends),
        _notes(report.notes),
        _folded("Settings", report.settings),
        _folded("Versions", report.versions),
        _footer(how_judged(report.judgement)),
    )
    return document(report.title, report.data, "".join(parts), charts=bool(report.charts))


def _verdict(verdict: Verdict) -> str:
    facts = "".join(
        f"<div><dt>{safe(name)}</dt><dd><b>{safe(value)}</b><span>{safe(more)}</span></dd></div>\n"
        for name, value, more in _facts(verdict)
    )
    return f"""<section class="verdict" style="--claim: var(--{verdict.claim})">
<h2>{safe(claim_label(verdict))}</h2>
<p>{safe(verdict.sentence)}</p>
<dl class="facts">
{facts}</dl>
</section>
"""


def _facts(verdict: Verdict) -> Iterable[tuple[str, str, str]]:
    """Yield the name of each number of the verdict, the number, and how sure it is."""
    yield (
        f"Skill over {method_label(verdict.against)}",
        _percent(verdict.skill),
        _interval(verdict.low, verdict.high, verdict.level),
    )
    over: Comparison | Superiority = verdict.over_linear
    if verdict.against == LINEAR:
        over = verdict.over_naive
    yield (
        f"Skill over {method_label(over.against)}",
        _percent(over.skill),
        _interval(over.low, over.high, verdict.level),
    )
    yield (
        "Right direction",
        _percent(verdict.direction_hits),
        _interval(verdict.direction_low, verdict.direction_high, verdict.level),
    )
    if verdict.claim == "skill":
        return  # whatever matches best then, such as a season, the network is not merely late
    late = "1 step late" if verdict.lag == 1 else f"{verdict.lag} steps late"
    yield "Fits the truth best", late if verdict.lag else "on time", "when shifted by so much"


def _percent(share: float | None) -> str:
    return "unknown" if share is None else skill_cell(share)


def _interval(low: float | None, high: float | None, level: float) -> str:
    return interval(low, high, level) or "no interval"


def _errors(judgement: JudgementSummary) -> str:
    heads = "".join(f'<th scope="col">{safe(measure)}</th>' for measure in MEASURES)
    rows = "".join(_row_of_errors(row) for row in error_rows(judgement))
    return f"""<section>
<h2>Errors beside the simple answers</h2>
<div class="scroll" tabindex="0"><table>
<caption>Measured on {safe(footnote(judgement))}. * marks the lowest in its column.</caption>
<thead><tr><th scope="col">method</th>{heads}</tr></thead>
<tbody>
{rows}</tbody>
</table></div>
</section>
"""


def _row_of_errors(row: ErrorRow) -> str:
    cells = "".join(
        f'<td class="best">{cell}<i>*</i></td>' if best else f"<td>{cell}</td>"
        for cell, best in zip(row.cells, row.best, strict=True)
    )
    judged = ' class="judged"' if row.judged else ""
    return f'<tr{judged}><th scope="row"><bdi>{safe(row.label)}</bdi></th>{cells}</tr>\n'


def _coverage(intervals: Intervals | MeasuredIntervals, picture: bytes | None) -> str:
    heads = "".join(f'<th scope="col">{safe(column)}</th>' for column in COLUMNS)
    rows = "".join(_coverage_row(row.cells) for row in coverage_rows(intervals))
    figure = "" if picture is None else _figure("coverage", picture)
    return f"""<section>
<h2>Intervals</h2>
<div class="scroll" tabindex="0"><table>
<caption>{safe(coverage_footnote(intervals))}. {safe(MSIS)}.</caption>
<thead><tr>{heads}</tr></thead>
<tbody>
{rows}</tbody>
</table></div>
{figure}</section>
"""


def _coverage_row(cells: tuple[str, ...]) -> str:
    level, *measures = map(safe, cells)
    measured = "".join(f"<td>{measure}</td>" for measure in measures)
    return f'<tr><th scope="row">{level}</th>{measured}</tr>\n'


def _pictures(pictures: Mapping[str, bytes], charts: Mapping[str, Chart | Charts]) -> str:
    usual = [name for name in _PICTURES if name in pictures]
    figures = "".join(
        _figure(name, pictures[name], charts.get(name))
        for name in (*usual, *(name for name in pictures if name not in _PICTURES))
    )
    return f"<section>\n<h2>Pictures</h2>\n{figures}</section>\n" if figures else ""


def _figure(name: str, png: bytes, chart: Chart | Charts | None = None) -> str:
    alt, caption = _PICTURES.get(name, (name, name))
    data = b64encode(png).decode("ascii")
    drawn = f'<script type="application/json">{chart.json()}</script>\n' if chart else ""
    return f"""<figure>
<div class="scroll"><img alt="{safe(alt)}" src="data:image/png;base64,{data}"></div>
{drawn}<figcaption>{safe(caption)}</figcaption>
</figure>
"""


def _forecast(rows: tuple[tuple[str, str, *tuple[float, ...]], ...], ends: tuple[str, ...]) -> str:
    if not rows:
        return ""
    first_rows = rows[:MOST_ROWS]
    several = len({series for series, *_ in rows}) > 1
    heads = "".join(f'<th scope="col">{safe(name)}</th>' for name in ("value", *ends))
    # Written as one column, so that a value and the ends around it have as many decimals.
    cells = iter(value_column(value for _, _, *values in first_rows for value in values))
    body = "".join(
        _row(series if several else None, time, tuple(islice(cells, len(values))))
        for series, time, *values in first_rows
    )
    more = f"<p>and {len(rows) - MOST_ROWS} more</p>" if len(rows) > MOST_ROWS else ""
    first = '<th scope="col">series</th>' if several else ""
    return f"""<section>
<h2>Forecast</h2>
<div class="scroll tall" tabindex="0"><table>
<thead><tr>{first}<th scope="col" class="text">time</th>{heads}</tr></thead>
<tbody>
{body}</tbody>
</table></div>
{more}</section>
"""


def _row(series: str | None, time: str, cells: tuple[str, ...]) -> str:
    name = "" if series is None else f'<th scope="row"><bdi>{safe(series)}</bdi></th>'
    values = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr>{name}<td class="text">{safe(time)}</td>{values}</tr>\n'


def _notes(notes: tuple[str, ...]) -> str:
    items = "".join(f'<li dir="auto">{safe(note)}</li>\n' for note in notes)
    return f"<section>\n<h2>Notes</h2>\n<ul>\n{items}</ul>\n</section>\n" if notes else ""


def _folded(heading: str, values: Mapping[str, Any]) -> str:
    if not values:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{safe(name)}</th><td><bdi>{safe(_json(value))}</bdi></td></tr>\n'
        for name, value in values.items()
    )
    return f"""<details>
<summary>{safe(heading)}</summary>
<div class="scroll"><table class="plain"><tbody>
{rows}</tbody></table></div>
</details>
"""


def _footer(text: str) -> str:
    return f"<footer>\n<h2>How it was judged</h2>\n<p>{safe(text)}</p>\n</footer>\n"


def _json(value: object) -> str:
    """Return a setting as its JSON text, a word without its quotes."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
