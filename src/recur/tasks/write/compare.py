"""Networks of several cells that learn to write the same text, side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from recur.data.text.text import Text
from recur.errors import SettingsError, TrainingDiverged, nearest
from recur.networks.cells import CELLS
from recur.report.writing import CellSummary
from recur.tasks.write.writer import Writer
from recur.training.history import Epoch

_SHOWN = 400  # symbols of a sample
_LITTLE = 200  # symbols that are enough to learn something
_TIMED = 1000  # symbols that the pace of writing is measured on

AfterEpoch = Callable[[str, int, Callable[[int], str]], None]
"""Called with a cell, the number of its newest epoch, and what writes so many symbols."""


@dataclass(frozen=True, eq=False)
class TrainedCell:
    """A fitted writer, and what it took.

    Attributes:
        model: fitted and judged.
        times: seconds from the beginning of its training to the end of each epoch.
        sample: what it writes.
        pace: symbols a second, one text alone.
    """

    model: Writer
    times: tuple[float, ...]
    sample: str
    pace: float

    @property
    def reached(self) -> float | None:
        """Return the loss of the weights that were kept; None before the first epoch's end."""
        history, kept = self.model.history_, self.model.kept_epoch_
        if not history:
            return None
        return _loss(history[kept - 1] if kept else history[-1])

    def seconds_to(self, loss: float) -> float | None:
        """Return the seconds to the end of the first epoch with such a loss, or None."""
        epochs = zip(self.model.history_, self.times, strict=True)
        return next((at for epoch, at in epochs if _loss(epoch) <= loss), None)


@dataclass(frozen=True, eq=False)
class CellComparison:
    """Several cells, trained on the same text for the same epochs or minutes.

    Attributes:
        trained: by the order that was asked for.
        skipped: why a cell is missing, by its name.
    """

    trained: tuple[TrainedCell, ...]
    skipped: dict[str, str]

    @property
    def same_loss(self) -> float | None:
        """Return the loss that all have reached, which is the worst of those kept."""
        reached = [cell.reached for cell in self.trained if cell.reached is not None]
        return max(reached, default=None)

    @property
    def cell_summaries(self) -> tuple[CellSummary, ...]:
        """Return what a table says of each."""
        return tuple(self._summary(cell) for cell in self.trained)

    def _summary(self, trained: TrainedCell) -> CellSummary:
        model, judgement = trained.model, trained.model.judgement_
        nats = judgement.network if judgement is not None else trained.reached
        return CellSummary(
            cell=model.cell,
            nats=float("nan") if nats is None else nats,
            parameters=model.network_.size,
            seconds=trained.times[-1] if trained.times else 0.0,
            to_same_loss=None if self.same_loss is None else trained.seconds_to(self.same_loss),
            pace=trained.pace,
            history=model.history_,
            rescues=model.rescues_,
        )


def compare_cells(
    text: Text,
    cells: Sequence[str] = CELLS,
    *,
    base: Writer | None = None,
    progress: bool = True,
    after_epoch: AfterEpoch | None = None,
) -> CellComparison:
    """Let networks of several cells learn to write a text, each from the same seed.

    What is left open is chosen from the text, alike for all. A cell whose training diverges is left
    out. An interrupted one is the last.

    Args:
        text: to learn from.
        cells: of `CELLS`.
        base: a writer whose parameters all take, but for the cell.
        progress: show progress where standard error is a terminal.
        after_epoch: called with the cell, the number of the epoch, and what writes a sample.
    """
    check_cells(cells)
    base = base.clone() if base is not None else Writer()
    trained: list[TrainedCell] = []
    skipped: dict[str, str] = {}
    for cell in cells:
        model = base.clone().set_params(cell=cell)
        try:
            newest = _trained(model, text, after_epoch, progress=progress)
        except TrainingDiverged as error:
            skipped[cell] = str(error)
            if len(skipped) == len(cells):
                raise
            continue
        trained.append(newest)
        if newest.model.ended_ == "interrupted":
            break
    return CellComparison(tuple(trained), skipped)


def check_cells(cells: Sequence[str]) -> None:
    """Refuse cells that cannot be compared.

    Raises:
        SettingsError: a name is unknown or comes twice, or there is none.
    """
    for i, cell in enumerate(cells):
        if cell not in CELLS:
            raise SettingsError(f"there is no cell `{cell}`; {nearest(cell, CELLS)}.")
        if cell in cells[:i]:
            raise SettingsError(f"`cells` names `{cell}` twice; name each cell once.")
    if not cells:
        raise SettingsError(f"`cells` names no cell; {nearest('', CELLS)}.")


def _trained(
    model: Writer, text: Text, after_epoch: AfterEpoch | None, *, progress: bool
) -> TrainedCell:
    _warm_up(model, text)
    times: list[float] = []
    spent = 0.0  # on samples, which is no training
    began = time.perf_counter()

    def finished(number: int, write: Callable[[int], str]) -> None:
        nonlocal spent
        now = time.perf_counter()
        times.append(now - began - spent)
        if after_epoch is not None:
            after_epoch(model.cell, number, write)
            spent += time.perf_counter() - now

    model.fit(text, progress=progress, after_epoch=finished)
    sample = model.sample(length=_SHOWN, seed=model.seed)[0]
    return TrainedCell(model, tuple(times), sample, _pace(model))


def _warm_up(model: Writer, text: Text) -> None:
    """Have what computes loaded, which would be counted as training of the first cell alone."""
    if len(text) < _LITTLE:
        return
    little = replace(text.part(0, _LITTLE), starts=np.zeros(1, np.int64))
    small = {"embedding": 1, "hidden": 1, "layers": 1, "steps": 2, "streams": 2, "epochs": 1}
    warm = model.clone().set_params(**small, minutes=None, validation=0.1)
    warm.fit(little, progress=False)


def _pace(model: Writer) -> float:
    """Return symbols a second that a model writes, one text alone, in the median of three."""
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        model.sample(length=_TIMED)
        seconds.append(time.perf_counter() - began)
    return _TIMED / sorted(seconds)[1]


def _loss(epoch: Epoch) -> float:
    return epoch.training if epoch.validation is None else epoch.validation
