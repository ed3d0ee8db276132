"""Whole runs: from a text to a writer or several, files written where asked to."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from recur.data.text.text import Text, read_text
from recur.errors import SettingsError
from recur.notices import notice
from recur.tasks.write.compare import compare_cells
from recur.tasks.write.fitted import shape
from recur.tasks.write.results import CellsResult, Sample, SamplesResult, WriterResult
from recur.tasks.write.writer import Writer

_OF_AN_EPOCH = 200  # symbols of the sample after an epoch
_AT_THE_END = 400  # symbols of the sample at the end

Shown = Callable[[str, str], None]
"""Called with what a sample is called, and the sample."""


def read_for_writer(model: Writer, file: Path, how: dict[str, Any]) -> Text:
    """Read a text as a writer's parameters say, and pass on what its reader noticed."""
    text = read_text(file, size=model.size, unit=model.unit, **how)
    for note in text.notes:
        notice(note)
    return text


def going_on(model: Writer, given: dict[str, Any]) -> Writer:
    """Return a saved writer with other parameters of training, to learn on with.

    Raises:
        SettingsError: a parameter describes another network.
    """
    for name in shape(model.fitted_):
        if name in given:
            raise SettingsError(
                f"`{name}` describes a network, but there is one to go on from; leave it out."
            )
    fresh = {"epochs": None, "minutes": None, "size": None} | given
    return model.set_params(**fresh)


def learn_to_write(
    model: Writer,
    text: Text,
    *,
    checkpoint: Path | None = None,
    show: Shown | None = None,
    folder: Path | None = None,
    reading: float = 0.0,
    go_on: bool = False,
) -> WriterResult:
    """Fit a writer, and write where asked to.

    Args:
        model: its parameters are used.
        text: to learn from.
        checkpoint: as `Writer.fit` takes it.
        show: called with a sample after every epoch; None for no such samples.
        folder: where model, picture and samples go; None for nowhere.
        reading: seconds that reading the text took.
        go_on: as `Writer.fit` takes it.
    """
    began = time.perf_counter()
    samples: list[Sample] = []

    def after_epoch(number: int, write: Callable[[int], str]) -> None:
        samples.append((f"after epoch {number}", write(_OF_AN_EPOCH)))
        assert show is not None
        show(*samples[-1])

    model.fit(text, checkpoint=checkpoint, after_epoch=after_epoch if show else None, go_on=go_on)
    fit = time.perf_counter() - began
    samples.append(("sample", model.sample(length=_AT_THE_END, seed=model.seed)[0]))
    files = {}
    if folder is not None:
        from recur.tasks.write.folder import write_writer  # draws, which is slow to import

        files = write_writer(model, samples, folder)
    seconds = {"read": reading, "fit": fit, "total": reading + time.perf_counter() - began}
    return WriterResult(
        model=model, text=text, samples=tuple(samples), files=files, seconds=seconds
    )


def learn_with_cells(
    base: Writer,
    text: Text,
    cells: Sequence[str],
    *,
    show: Shown | None = None,
    folder: Path | None = None,
    reading: float = 0.0,
) -> CellsResult:
    """Fit writers of several cells to one text, and write where asked to.

    Args:
        base: its parameters are used, but for the cell.
        text: to learn from.
        cells: by name.
        show: as in `learn_to_write`.
        folder: where models, picture and samples go; None for nowhere.
        reading: seconds that reading the text took.
    """
    began = time.perf_counter()
    samples: list[Sample] = []

    def after_epoch(cell: str, number: int, write: Callable[[int], str]) -> None:
        samples.append((f"{cell} after epoch {number}", write(_OF_AN_EPOCH)))
        assert show is not None
        show(*samples[-1])

    comparison = compare_cells(text, cells, base=base, after_epoch=after_epoch if show else None)
    fit = time.perf_counter() - began
    samples += [(trained.model.cell, trained.sample) for trained in comparison.trained]
    files = {}
    if folder is not None:
        from recur.tasks.write.folder import write_cells  # draws, which is slow to import

        files = write_cells(comparison, samples, folder)
    seconds = {"read": reading, "fit": fit, "total": reading + time.perf_counter() - began}
    result = CellsResult(comparison=comparison, text=text, files=files, seconds=seconds)
    return result.noticed([f"{cell} left out: {why}" for cell, why in comparison.skipped.items()])


def gathered(pieces: Iterator[tuple[str, ...]]) -> SamplesResult:
    """Return whole texts, and how many characters a second were written.

    The first piece, for which the engine is loaded, is not counted.
    """
    parts = list(islice(pieces, 2))  # the prime, and that piece
    began = time.perf_counter()
    rest = list(pieces)
    seconds = time.perf_counter() - began
    written = sum(len(text) for piece in rest for text in piece)
    texts = tuple("".join(text) for text in zip(*parts, *rest, strict=True))
    return SamplesResult(texts=texts, pace=round(written / seconds, 1) if written else None)
