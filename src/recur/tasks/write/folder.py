"""The folder that learning to write leaves behind: the model, its curve, what it wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from recur.files.atomic import remove, together, write_bytes, write_text
from recur.judge.write.judgement import WritingJudgement
from recur.report.plots.style import png
from recur.report.plots.training import FEWEST_EPOCHS
from recur.report.plots.writing import Curve, writing_picture
from recur.report.writing import ngram_label
from recur.report.writing_page import writing_page
from recur.tasks.write.compare import CellComparison
from recur.tasks.write.writer import Writer

Samples = Sequence[tuple[str, str]]
"""Texts, each with what it is called."""


@together()
def write_writer(model: Writer, samples: Samples, folder: Path) -> dict[str, Path]:
    """Write what a fitted writer has to show; return the files by what they hold."""
    files = {"model": model.save(folder / "model.recur")}
    curves = [Curve(model.cell, model.history_)]
    written, pictures = _written(curves, "epoch", model, samples, folder)
    files |= written
    fitted = model.fitted_
    source = "a text" if fitted.text is None else fitted.text.source
    network = fitted.learned.network
    size = f"{network.layers} x {network.hidden}" if network.layers > 1 else f"{network.hidden}"
    summary = (
        f"{len(fitted.vocabulary):,} {fitted.vocabulary.unit} · {network.cell.upper()}({size}), "
        f"{network.size:,} parameters · {fitted.learned.chosen.epochs:g} passes"
    )
    page = writing_page(
        f"Writing like {source}", summary, fitted.judgement, fitted.held_out, fitted.vocabulary,
        samples, pictures,
    )  # fmt: skip
    files["report"] = folder / "report.html"
    write_text(files["report"], page)
    return files


@together()
def write_cells(comparison: CellComparison, samples: Samples, folder: Path) -> dict[str, Path]:
    """Write what several cells have to show; return the files by what they hold."""
    models = [cell.model for cell in comparison.trained]
    remove(folder / "report.html")  # of an earlier model
    files = {model.cell: model.save(folder / f"{model.cell}.recur") for model in models}
    curves = [
        Curve(cell.model.cell, cell.model.history_, cell.times) for cell in comparison.trained
    ]
    return files | _written(curves, "seconds", models[0], samples, folder)[0]


def baselines(judgement: WritingJudgement | None) -> Mapping[str, float]:
    """Return the nats a symbol of counting, by what they are called in a picture."""
    if judgement is None:
        return {}
    labels = {"ngram": ngram_label(judgement.verdict.order)}
    return {labels.get(name, name): nats for name, nats in judgement.counting.items()}


def _written(
    curves: Sequence[Curve],
    along: Literal["epoch", "seconds"],
    model: Writer,
    samples: Samples,
    folder: Path,
) -> tuple[dict[str, Path], dict[str, bytes]]:
    """Write the samples, and the curves where any has more than a point, beside counting.

    Returns:
        The files, and the pictures that are among them, by what they hold.
    """
    files = {"training": folder / "training.png", "samples": folder / "samples.txt"}
    pictures: dict[str, bytes] = {}
    if any(len(curve.history) >= FEWEST_EPOCHS for curve in curves):
        counted, unit = baselines(model.judgement_), model.vocabulary_.measure
        drawn = writing_picture(curves, counted, along=along, unit=unit)
        pictures["training"] = png(drawn)
        write_bytes(files["training"], pictures["training"])
    else:
        remove(files.pop("training"))  # of an earlier model
    headed = (f"--- {name} ---\n\n{text}\n" for name, text in samples)
    write_text(files["samples"], "\n".join(headed))
    return files, pictures
