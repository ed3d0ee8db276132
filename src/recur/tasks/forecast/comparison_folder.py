"""The folder that a comparison or a backtest leaves behind: its rows and its pictures."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from recur.files.atomic import write_bytes, write_text
from recur.judge import LINEAR
from recur.report.plots.skill import skill_picture
from recur.report.plots.steps import steps_picture
from recur.report.plots.style import png
from recur.tasks.forecast.comparison import Ladder


def write_ladder(found: Ladder, folder: Path) -> dict[str, Path]:
    """Write what a ladder has to show; return the files by what they hold.

    The picture of the errors has the judged network, the strongest simple answer and the linear
    autoregression.
    """
    by_horizon = found.by_horizon()
    named = (found.judged, found.judgement.verdict.against, LINEAR)
    pictures = {
        "skill": skill_picture(found.ranking, found.judged),
        "horizon": steps_picture({name: by_horizon[name] for name in named}),
    }
    tables = {"ladder": found.rows(), "by_horizon": found.steps()}
    files = {name: folder / f"{name}.csv" for name in tables}
    for name, rows in tables.items():
        write_text(files[name], _csv(rows))
    for name, picture in pictures.items():
        files[name] = folder / f"{name}.png"
        write_bytes(files[name], png(picture))
    return files


def _csv(rows: list[dict[str, Any]]) -> str:
    """Return rows as the text of a CSV file; what is not known is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
