"""Whole runs: from files to a tagger, or through a saved one, files written where asked to."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from recur.data.labelled.conll import read_conll
from recur.data.labelled.sentences import Sentences
from recur.files.atomic import writable_folder, write_text
from recur.tasks.tag.folder import write_tagger
from recur.tasks.tag.results import TaggedResult, TaggerResult
from recur.tasks.tag.tagger import Tagger

_COLUMNS = ("word", "tag")


def learn_to_tag(
    model: Tagger,
    files: Sequence[Path],
    where: dict[str, Any],
    *,
    validation: Path | None = None,
    test: Path | None = None,
    share: float | None = None,
    checkpoint: Path | None = None,
    folder: Path | None = None,
) -> TaggerResult:
    """Read sentences, fit, and write where asked to.

    Args:
        model: its parameters are used.
        files: of columns.
        where: the columns, as `read_conll` takes them.
        validation: a file to choose by.
        test: a file to judge by.
        share: of the sentences to hold out where there is no such file.
        checkpoint: as `Tagger.fit` takes it.
        folder: where model, page and pictures go; None for nowhere.
    """
    began = time.perf_counter()
    sentences = read(files, where)
    held: Any = share if test is None else read([test], where)
    chosen_by = None if validation is None else read([validation], where)
    reading = time.perf_counter() - began
    model.fit(sentences, validation=chosen_by, test=held, checkpoint=checkpoint)
    fit = time.perf_counter() - began - reading
    result = TaggerResult(model=model, sentences=sentences)
    written = {} if folder is None else write_tagger(result, folder)
    seconds = {"read": reading, "fit": fit, "total": time.perf_counter() - began}
    return replace(result, files=written, seconds=seconds)


def read(files: Sequence[Path], where: dict[str, Any]) -> Sentences:
    """Read sentences from the columns that are named."""
    return read_conll(files, **{name: where[name] for name in _COLUMNS if name in where})


def tag_file(model: Tagger, file: Path, where: dict[str, Any], folder: Path | None) -> TaggedResult:
    """Tag the sentences of a file, and write them where asked to."""
    if folder is not None:
        writable_folder(folder)
    sentences = read([file], where)
    result = TaggedResult(model=model, sentences=sentences, answers=model.answers(sentences))
    if folder is None:
        return result
    path = folder / "tags.conll"
    write_text(path, result.columns())
    return replace(result, files={"tags": path})
