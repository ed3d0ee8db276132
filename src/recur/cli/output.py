"""How verbs print: results on standard output, notices on standard error."""

from __future__ import annotations

import json
import sys
from textwrap import fill
from typing import TYPE_CHECKING, Any

from rich.console import Console

if TYPE_CHECKING:
    from pathlib import Path

    from recur.data.panel.encoding import Encoding
    from recur.data.panel.panel import Panel
    from recur.judge import Judgement
    from recur.networks.spec import NetworkSpec
    from recur.tasks import Forecast, Forecaster
    from recur.tasks.run import Learner

_PIPE_WIDTH = 100  # where there is no terminal to ask
_STARTS = {
    "last": "from the last value",
    "seasonal": "from the last season",
    "none": "from the level",
}


def stdout() -> Console:
    """Return the console for results."""
    width = None if sys.stdout.isatty() else _PIPE_WIDTH
    return Console(width=width, highlight=False, markup=False, emoji=False, soft_wrap=False)


def notice(*sentences: str) -> None:
    """Print sentences that are no result."""
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    for sentence in sentences:
        console.print(sentence, style="dim", soft_wrap=True)


def print_json(value: dict[str, Any]) -> None:
    """Print one JSON object; there is no NaN in JSON, and none may come here."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2)
    print(text, flush=True)  # noqa: T201 (flushed here, where a closed pipe is understood)


def data_facts(panel: Panel, season: int) -> dict[str, Any]:
    """Return what a panel is, as the JSON output has it."""
    text = panel.clock.text
    return {
        "series": len(panel),
        "rows": panel.rows,
        "start": text(int(panel.times.min())),
        "end": text(int(panel.times.max())),
        "season": season,
    }


def judged_facts(judgement: Judgement | None) -> dict[str, Any]:
    """Return errors, verdict and intervals, as the JSON output has them; None where there are none.

    The measures of intervals are those over all steps ahead.
    """
    names = ("errors", "verdict", "intervals")
    told = judgement.to_dict() if judgement is not None else {}
    return {name: told.get(name) for name in names}


def model_lines(model: Forecaster) -> dict[str, str]:
    """Return what was trained, with the choices that were made for the user, and how it ended."""
    season = f"season {model.season_}" if model.season_ > 1 else "no season"
    lines = {
        "model": f"{layers(model.network_)}, {model.network_.size:,} parameters",
        "strategy": (
            f"{_strategy(model)} · {_STARTS[model.residual_]} · lookback {model.lookback_} · "
            f"{season}"
        ),
        "sees": sees(model.encoding_, model.target_, gaps=model.sees_gaps_),
        "training": f"{kept(model)} · {model.engine_}",
    }
    return {name: line for name, line in lines.items() if line}


def kept(model: Learner) -> str:
    """Return which weights a training has ended with, and how it ended."""
    done = len(model.history_)
    weights = f"weights of epoch {model.kept_epoch_} of {done}"
    if model.kept_epoch_ == 0:
        weights = f"weights from within epoch {done + 1}"
    return weights if model.ended_ == "finished" else f"{weights} ({model.ended_})"


def layers(network: NetworkSpec) -> str:
    """Return a network as its layers: a convolution, the cell, and their sizes."""
    size = f"{network.hidden}" if network.layers == 1 else f"{network.layers} x {network.hidden}"
    both = ", bidirectional" if network.bidirectional else ""
    cell = f"{network.cell.upper()}({size}{both})"
    if network.convolution is None:
        return cell
    front = network.convolution
    stride = "" if front.stride == 1 else f", stride {front.stride}"
    return f"convolution({front.filters} of {front.kernel}{stride}) + {cell}"


def _strategy(model: Forecaster) -> str:
    """Return how a network looks ahead, and how far its decoder went in training."""
    name = str(model.settings_["strategy"]).replace("_", " ")
    decoder = model.settings_["decoder_length"]
    return name if decoder is None else f"{name} of {decoder} steps"


def sees(encoding: Encoding, target: str, *, gaps: bool) -> str:
    """Return what a network sees beside the values, nothing as a rule."""
    told = {
        "past": [column.name for column in encoding.past],
        "known": [column.name for column in encoding.known],
        "static": list(encoding.columns(target)["static"]),
    }
    parts = [f"{kind} {', '.join(names)}" for kind, names in told.items() if names]
    if len(encoding.targets(target)) > 1:
        parts.append("which target it is")
    if encoding.calendar:
        parts.append("the calendar")
    if gaps:
        parts.append("which values are missing")
    return " · ".join(parts)


def print_fit(model: Forecaster) -> None:
    """Print what was trained, on what, and how it was judged."""
    if model.panel_ is not None:
        print_lines(data=model.panel_.describe(), **model_lines(model))
    if model.judgement_ is not None:
        print_judgement(model.judgement_)


def print_judgement(judgement: Judgement) -> None:
    """Print the ladder, what intervals held, and the verdict."""
    from recur.report.tables import coverage_table, ladder

    console = stdout()
    console.print()
    console.print(ladder(judgement))
    if judgement.intervals is not None:
        console.print()
        console.print(coverage_table(judgement.intervals))
    console.print()
    console.print(paragraph(judgement.verdict.sentence, console.width), style="bold")


def paragraph(text: str, width: int) -> str:
    """Break a text into lines, but no number from its percent sign."""
    held = text.replace(" %", "\N{NO-BREAK SPACE}%")
    return fill(held, width, break_on_hyphens=False).replace("\N{NO-BREAK SPACE}", " ")


def print_forecast(forecast: Forecast, target: str) -> None:
    """Print the first rows of a forecast, with its widest intervals where there is room."""
    from recur.report.tables import forecast_table
    from recur.report.wording import end_label

    console = stdout()
    shown = (forecast.clock, forecast.ids, forecast.times, forecast.values)
    widest = dict(list(forecast.ends().items())[-2:])
    named = {end_label(name): ends for name, ends in widest.items()}
    table = forecast_table(*shown, target=target, ends=named)
    if console.measure(table).maximum > console.width:
        table = forecast_table(*shown, target=target)
    console.print()
    console.print(table)


def print_heading(name: str) -> None:
    """Print the name of a file above what is said of it."""
    console = stdout()
    console.print()
    console.rule(name, align="left", style="dim")
    console.print()


def print_standing(judged: list[tuple[str, Judgement]]) -> None:
    """Print how the networks of several files did, one row a file."""
    from recur.report.tables import files_table

    if judged:
        console = stdout()
        console.print()
        console.rule(f"{len(judged)} files", align="left", style="dim")
        console.print()
        console.print(files_table(judged))


def print_lines(**lines: str) -> None:
    """Print facts, one a line, each with its name in front."""
    from recur.report.tables import key_values

    stdout().print(key_values(lines.items()))


def print_files(files: dict[str, Path]) -> None:
    """Print where things were written."""
    console = stdout()
    console.print()
    console.print("written", style="dim")
    for path in files.values():
        console.print(f"  {path}", soft_wrap=True)
