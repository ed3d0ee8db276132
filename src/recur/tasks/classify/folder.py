"""The folder that a fit leaves behind: model, page, pictures."""

from __future__ import annotations

from pathlib import Path

from recur.files.atomic import remove, together, write_bytes, write_text
from recur.report.class_page import class_page
from recur.report.plots import png, training_picture
from recur.report.plots.classifying import confusion_picture, reliability_picture
from recur.report.plots.training import FEWEST_EPOCHS
from recur.tasks.classify.results import (
    ClassifierResult,
    data_line,
    explained_cases,
    hard_cases,
)

_NOT_ALWAYS = {"training.png", "confusion.png", "reliability.png", "report.html"}


@together()
def write_classifier(result: ClassifierResult, folder: Path) -> dict[str, Path]:
    """Write what a fitted classifier has to show; return the files by what they hold."""
    model, judgement = result.model, result.model.judgement_
    figures = {}
    if len(model.history_) >= FEWEST_EPOCHS:
        figures["training"] = training_picture(model.history_, model.kept_epoch_)
    if judgement is not None:
        right = f"{100 * judgement.answer.accuracy:.1f} % right"
        figures["confusion"] = confusion_picture(
            judgement.classes,
            judgement.confusion,
            f"{judgement.verdict.examples:,} held-out examples, {right}",
        )
        figures["reliability"] = reliability_picture(judgement)
    pictures = {name: png(figure) for name, figure in figures.items()}
    files = {"model": model.save(folder / "model.recur")}
    for name, picture in pictures.items():
        files[name] = folder / f"{name}.png"
        write_bytes(files[name], picture)
    if judgement is not None:
        files["report"] = folder / "report.html"
        page = class_page(
            f"Classes of {result.examples.source}",
            data_line(result.examples),
            judgement,
            hard_cases(model.fitted_),
            pictures,
            explained_cases(model.fitted_),
        )
        write_text(files["report"], page)
    for name in _NOT_ALWAYS - {path.name for path in files.values()}:
        remove(folder / name)  # what an earlier model left is not about this one
    return files
