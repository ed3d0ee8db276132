"""Whole runs: from files to a translator, or through a saved one, files written where asked to."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from recur.data.labelled.pairs import TextPairs, read_pairs
from recur.files.atomic import writable_folder, write_text
from recur.notices import notice
from recur.tasks.translate.folder import write_translator
from recur.tasks.translate.predict import answered
from recur.tasks.translate.results import TranslationsResult, TranslatorResult
from recur.tasks.translate.translator import Translator

_COLUMNS = ("source", "target", "encoding")


def learn_to_translate(
    model: Translator,
    files: Sequence[Path],
    where: dict[str, Any],
    *,
    test: Path | None = None,
    share: float | None = None,
    checkpoint: Path | None = None,
    folder: Path | None = None,
) -> TranslatorResult:
    """Read pairs, fit, and write where asked to.

    Args:
        model: its parameters are used.
        files: as `read_pairs` takes them.
        where: as `read_pairs` takes it.
        test: a file to judge by, read in the same way.
        share: of the pairs to hold out where there is no such file.
        checkpoint: as `Translator.fit` takes it.
        folder: where model, page and pictures go; None for nowhere.
    """
    began = time.perf_counter()
    pairs = read(files, where)
    held: Any = share if test is None else read([test], where)
    reading = time.perf_counter() - began
    model.fit(pairs, test=held, checkpoint=checkpoint)
    fit = time.perf_counter() - began - reading
    result = TranslatorResult(model=model, pairs=pairs)
    written = {} if folder is None else write_translator(result, folder)
    seconds = {"read": reading, "fit": fit, "total": time.perf_counter() - began}
    return replace(result, files=written, seconds=seconds)


def read(files: Sequence[Path], where: dict[str, Any]) -> TextPairs:
    """Read pairs, and pass on what their reader noticed."""
    pairs = read_pairs(files, **{name: where[name] for name in _COLUMNS if name in where})
    for note in pairs.notes:
        notice(note)
    return pairs


def translate_file(
    model: Translator, file: Path, where: dict[str, Any], folder: Path | None
) -> TranslationsResult:
    """Translate the texts of a file, and write the translations where asked to."""
    if folder is not None:
        writable_folder(folder)
    pairs = read([file], where)
    answers = answered(model.fitted_, pairs.sources, pairs.origin).texts
    result = TranslationsResult(model=model, pairs=pairs, answers=answers)
    if folder is None:
        return result
    path = folder / "translations.csv"
    write_text(path, result.csv())
    return replace(result, files={"translations": path})
