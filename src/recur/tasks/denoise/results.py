"""What comes of learning to clean, cleaning and judging: shown block by block, or as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar

from recur.arrays import Float64s
from recur.data.panel.panel import Panel
from recur.judge.denoise.judgement import DenoisingJudgement
from recur.report.blocks import Block, Facts, Sentence
from recur.report.csvtext import csv_text
from recur.report.denoising import cleaned_table, errors_table
from recur.report.models import kept_weights, layers
from recur.report.result import Result
from recur.report.wording import time_heading
from recur.tasks.denoise.denoiser import Denoiser
from recur.tasks.denoise.files import SignalFile
from recur.tasks.denoise.fitted import FittedDenoiser

_SHOWN = 12  # rows of a table that are shown
_JUDGED = ("errors", "windows", "sees_future", "verdict")


@dataclass(frozen=True, eq=False, kw_only=True)
class DenoiserResult(Result):
    """A denoiser fitted to the recordings of a file.

    Attributes:
        model: fitted.
        signals: the recordings.
    """

    task: ClassVar[str] = "denoise"

    model: Denoiser
    signals: SignalFile

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        judgement = self.model.judgement_
        values = judgement.to_dict() if judgement is not None else {}
        return {
            "data": data_facts(self.signals),
            "settings": self.model.chosen(),
            **{name: values.get(name) for name in _JUDGED},
            "history": [epoch.to_dict() for epoch in self.model.history_],
        }

    def findings(self) -> Iterator[Block]:
        """Yield what was trained, on what, and how it was judged."""
        data = data_line(self.signals, self.model.noise)
        yield Facts({"data": data, **model_facts(self.model.fitted_)})
        if self.model.judgement_ is not None:
            yield from judgement_blocks(self.model.judgement_, "held-out steps")


@dataclass(frozen=True, eq=False, kw_only=True)
class JudgedDenoiserResult(Result):
    """A saved denoiser, judged on other recordings.

    Attributes:
        model: the denoiser.
        signals: the recordings.
        judgement: on all of them.
    """

    task: ClassVar[str] = "denoise"

    model: Denoiser
    signals: SignalFile
    judgement: DenoisingJudgement

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        return {"data": data_facts(self.signals), **self.judgement.to_dict()}

    def findings(self) -> Iterator[Block]:
        """Yield what was judged, on what, and the verdict."""
        yield Facts({"data": data_line(self.signals), **model_facts(self.model.fitted_)})
        yield from judgement_blocks(self.judgement, "steps")


@dataclass(frozen=True, eq=False)
class CleanedTable:
    """The recordings of a table, as they came and cleaned.

    Attributes:
        panel: what they were read from.
        ids: what each is called.
        channels: what the columns are called.
        noisy: of each recording float64 [time, channels].
        cleaned: of the same shapes.
    """

    panel: Panel
    ids: tuple[str, ...]
    channels: tuple[str, ...]
    noisy: list[Float64s]
    cleaned: list[Float64s]

    @property
    def names(self) -> tuple[str, ...]:
        """Return what each value of a row is called."""
        return (*self.channels, *(f"{name} cleaned" for name in self.channels))

    def rows(self) -> Iterator[tuple[str, str, list[float]]]:
        """Yield of each step its recording, its time and its values."""
        for i, name in enumerate(self.ids):
            times = self.panel.clock.iso(self.panel.clock_times(i))
            values = zip(self.noisy[i].tolist(), self.cleaned[i].tolist(), strict=True)
            for time, (before, after) in zip(times, values, strict=True):
                yield name, time, [*before, *after]

    def csv(self) -> str:
        """Return the rows as the text of a CSV file."""
        rows = ([name, time, *values] for name, time, values in self.rows())
        return csv_text(["unique_id", "ds", *self.names], rows)

    def to_list(self) -> list[dict[str, Any]]:
        """Return the rows as plain JSON values."""
        return [
            {"id": name, "time": time, "values": dict(zip(self.names, values, strict=True))}
            for name, time, values in self.rows()
        ]

    def block(self) -> Block:
        """Return its first rows, and how many more there are."""
        hidden = sum(map(len, self.noisy)) - _SHOWN
        names = [time_heading(self.panel.clock), *self.names]
        rows = list(islice(self.rows(), _SHOWN + max(0, hidden == 1)))
        return cleaned_table(
            names,
            [(time, values) for _, time, values in rows],
            [name for name, _, _ in rows] if len(self.ids) > 1 else None,
            hidden=hidden if hidden > 1 else 0,
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class CleanedResult(Result):
    """What a saved denoiser makes of the recordings of a file.

    Attributes:
        model: the denoiser.
        signals: the recordings.
        table: what it made of them; None of sound, which is a file alone.
    """

    task: ClassVar[str] = "denoise"

    model: Denoiser
    signals: SignalFile
    table: CleanedTable | None

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        cleaned = None if self.table is None else self.table.to_list()
        return {"data": data_facts(self.signals), "cleaned": cleaned}

    def findings(self) -> Iterator[Block]:
        """Yield what cleans, what was cleaned, and its first rows."""
        yield Facts({"data": data_line(self.signals), **model_facts(self.model.fitted_)})
        if self.table is not None:
            yield self.table.block()


def judgement_blocks(judgement: DenoisingJudgement, steps: str) -> Iterator[Block]:
    """Yield the errors of the network and of the filters, and the verdict.

    Args:
        judgement: what they are read from.
        steps: what was judged on.
    """
    yield errors_table(judgement, steps)
    yield Sentence(judgement.verdict.sentence)


def data_line(signals: SignalFile, noise: str | None = None) -> str:
    """Return in one line what the recordings are, and what they were made noisy with."""
    source = signals.source
    made_noisy = f" · made noisy with {noise}" if signals.noisy is None else ""
    if not isinstance(source, Panel):
        return f"{source.describe()}{made_noisy}"
    count = len(signals.ids)
    clean_names = source.targets[len(signals.channels) :]
    columns = " to ".join(", ".join(names) for names in (signals.channels, clean_names) if names)
    several = "" if count == 1 else f" · {count:,} recordings"
    return (
        f"{source.source} · {columns}{several} · {signals.steps:,} rows · "
        f"{source.clock.describe()}{made_noisy}"
    )


def data_facts(signals: SignalFile) -> dict[str, Any]:
    """Return what the recordings are, as plain JSON values."""
    return {
        "recordings": len(signals.parts),
        "steps": signals.steps,
        "channels": signals.parts[0].shape[1],
        "samples_per_second": signals.rate,
        "repairs": signals.source.repaired() if isinstance(signals.source, Panel) else [],
    }


def model_facts(fitted: FittedDenoiser) -> dict[str, str]:
    """Return what was trained, and how that ended."""
    learned, settings = fitted.learned, fitted.settings
    network = learned.network
    return {
        "network": f"{layers(network)}, {settings.head} head, {network.size:,} parameters",
        "training": f"{kept_weights(learned)} · stretches of {settings.steps} · {learned.engine}",
    }
