"""The folder that a fit leaves behind: model, page, pictures."""

from __future__ import annotations

from pathlib import Path

from recur.files.atomic import remove, together, write_bytes, write_text
from recur.report.plots import png, training_picture
from recur.report.plots.training import FEWEST_EPOCHS
from recur.report.plots.translating import attention_picture
from recur.report.translation_page import translation_page
from recur.tasks.translate.results import TranslatorResult, data_line, hardest, looked, samples

_NOT_ALWAYS = {"training.png", "attention.png", "report.html"}


@together()
def write_translator(result: TranslatorResult, folder: Path) -> dict[str, Path]:
    """Write what a fitted translator has to show; return the files by what they hold."""
    model = result.model
    figures = {}
    if len(model.history_) >= FEWEST_EPOCHS:
        figures["training"] = training_picture(model.history_, model.kept_epoch_)
    if several := looked(model.fitted_):
        figures["attention"] = attention_picture(several)
    pictures = {name: png(figure) for name, figure in figures.items()}
    files = {"model": model.save(folder / "model.recur")}
    for name, picture in pictures.items():
        files[name] = folder / f"{name}.png"
        write_bytes(files[name], picture)
    judgement, held = model.judgement_, model.held_out_
    if judgement is not None and held is not None:
        files["report"] = folder / "report.html"
        title = f"Translations of {result.pairs.origin}"
        shown = samples(held), hardest(held)
        page = translation_page(title, data_line(result.pairs), judgement, *shown, pictures)
        write_text(files["report"], page)
    for name in _NOT_ALWAYS - {path.name for path in files.values()}:
        remove(folder / name)  # what an earlier model left is not about this one
    return files
