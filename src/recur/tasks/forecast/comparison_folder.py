"""The folder that a comparison or a backtest leaves behind: its rows and its pictures."""

from __future__ import annotations

from pathlib import Path

from recur.files.atomic import remove, together, write_bytes, write_text
from recur.judge import LINEAR
from recur.report.csvtext import csv_of_records
from recur.report.plots.skill import skill_picture
from recur.report.plots.steps import steps_picture
from recur.report.plots.style import png
from recur.tasks.forecast.comparison import ModelComparison


@together()
def write_comparison(comparison: ModelComparison, folder: Path) -> dict[str, Path]:
    """Write what a comparison has to show; return the files by what they hold.

    The picture of the errors has the judged network, the strongest simple answer and the linear
    autoregression. Where the strongest is exact, there is no skill over it to draw.
    """
    by_horizon = comparison.by_horizon()
    named = (comparison.judged, comparison.judgement.verdict.against, LINEAR)
    pictures = {"horizon": steps_picture({name: by_horizon[name] for name in named})}
    if comparison.judgement.verdict.skill is not None:
        pictures["skill"] = skill_picture(comparison.ranking, comparison.judged)
    tables = {"methods": comparison.rows(), "by_horizon": comparison.steps()}
    files = {name: folder / f"{name}.csv" for name in tables}
    for name, rows in tables.items():
        write_text(files[name], csv_of_records(rows))
    for name, picture in pictures.items():
        files[name] = folder / f"{name}.png"
        write_bytes(files[name], png(picture))
    if "skill" not in pictures:
        remove(folder / "skill.png")  # of an earlier comparison
    return files
