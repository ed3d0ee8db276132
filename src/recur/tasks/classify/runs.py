"""Whole runs: from files to a classifier, or through a saved one, files written where asked to."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from recur.data.labelled.examples import Examples
from recur.data.labelled.readers import read_examples
from recur.files.atomic import writable_folder, write_text
from recur.notices import notice
from recur.tasks.classify.classifier import Classifier
from recur.tasks.classify.folder import write_classifier
from recur.tasks.classify.results import (
    AnswersResult,
    ClassifierResult,
    ExplainedClassesResult,
)

_COLUMNS = ("target", "label", "id", "time", "group", "encoding")


def learn_to_classify(
    model: Classifier,
    files: Sequence[Path],
    where: dict[str, Any],
    *,
    test: Path | None = None,
    share: float | None = None,
    checkpoint: Path | None = None,
    folder: Path | None = None,
) -> ClassifierResult:
    """Read examples, fit, and write where asked to.

    Args:
        model: its parameters are used.
        files: as `read_examples` takes them.
        where: as `read_examples` takes it.
        test: a file to judge by, read in the same way.
        share: of the examples to hold out where there is no such file.
        checkpoint: as `Classifier.fit` takes it.
        folder: where model, page and pictures go; None for nowhere.
    """
    began = time.perf_counter()
    examples = read(files, where)
    held: Any = share if test is None else read([test], where)
    reading = time.perf_counter() - began
    model.fit(examples, test=held, checkpoint=checkpoint)
    fit = time.perf_counter() - began - reading
    result = ClassifierResult(model=model, examples=examples)
    written = {} if folder is None else write_classifier(result, folder)
    seconds = {"read": reading, "fit": fit, "total": time.perf_counter() - began}
    return replace(result, files=written, seconds=seconds)


def read(files: Sequence[Path], where: dict[str, Any]) -> Examples:
    """Read examples, and pass on what their reader noticed."""
    examples = read_examples(files, **{name: where[name] for name in _COLUMNS if name in where})
    for note in examples.notes:
        notice(note)
    return examples


def classify_file(
    model: Classifier, file: Path, where: dict[str, Any], folder: Path | None
) -> AnswersResult:
    """Answer for the examples of a file, and write the answers where asked to."""
    if folder is not None:
        writable_folder(folder)
    examples = read([file], where)
    result = AnswersResult(
        model=model, examples=examples, probabilities=model.predict_proba(examples)
    )
    if folder is None:
        return result
    path = folder / "classes.csv"
    write_text(path, result.csv())
    return replace(result, files={"classes": path})


def explain_file(
    model: Classifier, file: Path, where: dict[str, Any], folder: Path | None
) -> ExplainedClassesResult:
    """Measure what the answers to the texts of a file rest on; write a page where asked to."""
    if folder is not None:
        writable_folder(folder)
    examples = read([file], where)
    result = ExplainedClassesResult(model=model, examples=examples, texts=model.explain(examples))
    if folder is None:
        return result
    path = folder / "explained.html"
    write_text(path, result.page())
    return replace(result, files={"page": path})
