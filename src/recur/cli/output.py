"""How verbs print: results on standard output, remarks on standard error."""

from __future__ import annotations

import json
import sys
from textwrap import fill
from typing import TYPE_CHECKING, Any

from rich.console import Console

if TYPE_CHECKING:
    from pathlib import Path

    from recur.data.panel import Panel
    from recur.judge import Judgement
    from recur.tasks import Forecast, Forecaster

_PIPE_WIDTH = 100  # where there is no terminal to ask


def stdout() -> Console:
    """Return the console for results."""
    width = None if sys.stdout.isatty() else _PIPE_WIDTH
    return Console(width=width, highlight=False, markup=False, emoji=False, soft_wrap=False)


def remark(*sentences: str) -> None:
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


def model_lines(model: Forecaster) -> dict[str, str]:
    """Return what was trained, with the choices that were made for the user, and how it ended."""
    network = model.network_
    size = f"{network.hidden}" if network.layers == 1 else f"{network.layers} x {network.hidden}"
    both = ", bidirectional" if network.bidirectional else ""
    season = f"season {model.season_}" if model.season_ > 1 else "no season"
    done = len(model.history_)
    kept = f"weights of epoch {model.kept_epoch_} of {done}"
    if model.kept_epoch_ == 0:
        kept = f"weights from within epoch {done + 1}"
    ended = "" if model.ended_ == "finished" else f" ({model.ended_})"
    return {
        "model": (
            f"{network.cell.upper()}({size}{both}), {network.size:,} parameters · "
            f"{model.strategy} · lookback {model.lookback_} · {season}"
        ),
        "training": f"{kept}{ended} · {model.engine_}",
    }


def print_fit(model: Forecaster) -> None:
    """Print what was trained, on what, and how it was judged."""
    if model.panel_ is not None:
        print_lines(data=model.panel_.describe(), **model_lines(model))
    if model.judgement_ is not None:
        print_judgement(model.judgement_)


def print_judgement(judgement: Judgement) -> None:
    """Print the ladder and the verdict."""
    from recur.report.tables import ladder

    console = stdout()
    console.print()
    console.print(ladder(judgement))
    console.print()
    console.print(_paragraph(judgement.verdict.sentence, console.width), style="bold")


def _paragraph(text: str, width: int) -> str:
    """Break a text into lines, but no number from its percent sign."""
    held = text.replace(" %", "\N{NO-BREAK SPACE}%")
    return fill(held, width, break_on_hyphens=False).replace("\N{NO-BREAK SPACE}", " ")


def print_forecast(forecast: Forecast, target: str) -> None:
    """Print the first rows of a forecast."""
    from recur.report.tables import forecast_table

    console = stdout()
    console.print()
    console.print(
        forecast_table(forecast.clock, forecast.ids, forecast.times, forecast.values, target=target)
    )


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
