"""The folder that a fit leaves behind: model, page, pictures."""

from __future__ import annotations

from pathlib import Path

from recur.files.atomic import remove, together, write_bytes, write_text
from recur.judge.tag.verdict import scored
from recur.report.plots import png, training_picture
from recur.report.plots.classifying import confusion_picture
from recur.report.plots.training import FEWEST_EPOCHS
from recur.report.tag_page import tag_page
from recur.tasks.tag.results import TaggerResult, data_line, hard_sentences

_NOT_ALWAYS = {"training.png", "confusion.png", "report.html"}


@together()
def write_tagger(result: TaggerResult, folder: Path) -> dict[str, Path]:
    """Write what a fitted tagger has to show; return the files by what they hold."""
    model, judgement = result.model, result.model.judgement_
    figures = {}
    if len(model.history_) >= FEWEST_EPOCHS:
        figures["training"] = training_picture(model.history_, model.kept_epoch_)
    if judgement is not None:
        answer = judgement.answer
        score = answer.accuracy if answer.f1 is None else answer.f1
        figures["confusion"] = confusion_picture(
            judgement.confused,
            judgement.confusion,
            f"{judgement.verdict.sentences:,} held-out sentences, "
            f"{scored(judgement.measure, score)}",
            "type" if judgement.measure == "f1" else "tag",
        )
    pictures = {name: png(figure) for name, figure in figures.items()}
    files = {"model": model.save(folder / "model.recur")}
    for name, picture in pictures.items():
        files[name] = folder / f"{name}.png"
        write_bytes(files[name], picture)
    if judgement is not None:
        files["report"] = folder / "report.html"
        title, hardest = f"Tags of {result.sentences.source}", hard_sentences(model.fitted_)
        page = tag_page(title, data_line(result.sentences), judgement, hardest, pictures)
        write_text(files["report"], page)
    for name in _NOT_ALWAYS - {path.name for path in files.values()}:
        remove(folder / name)  # what an earlier model left is not about this one
    return files
