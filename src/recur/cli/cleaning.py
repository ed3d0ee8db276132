"""What `recur predict` does with a denoiser: a table or a sound in, the cleaned one out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recur.cli import output
from recur.errors import SettingsError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from recur.data.panel.panel import Panel
    from recur.data.signals.wavefile import Sound
    from recur.tasks.denoise.denoiser import Denoiser
    from recur.tasks.denoise.files import SignalFile

_SOUND, _TABLE = "cleaned.wav", "cleaned.csv"
_SHOWN = 12  # rows of a table that are printed


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
    noisy: list[NDArray[np.float64]]
    cleaned: list[NDArray[np.float64]]

    @property
    def names(self) -> tuple[str, ...]:
        """Return what each value of a row is called."""
        return (*self.channels, *(f"{name} cleaned" for name in self.channels))

    def rows(self) -> Iterator[tuple[str, str, list[float]]]:
        """Yield of each step its recording, its time and its values."""
        for i, name in enumerate(self.ids):
            times = self.panel.clock_times(i).tolist()
            values = zip(self.noisy[i].tolist(), self.cleaned[i].tolist(), strict=True)
            for time, (before, after) in zip(times, values, strict=True):
                yield name, self.panel.clock.text(time), [*before, *after]

    def csv(self) -> str:
        """Return the rows as the text of a CSV file."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["unique_id", "ds", *self.names])
        writer.writerows([name, time, *map(repr, values)] for name, time, values in self.rows())
        return text.getvalue()

    def to_list(self) -> list[dict[str, Any]]:
        """Return the rows as plain JSON values."""
        return [
            {"id": name, "time": time, "values": dict(zip(self.names, values, strict=True))}
            for name, time, values in self.rows()
        ]


def clean(
    model: Denoiser, file: Path, source: dict[str, Any], out: Path | None, *, as_json: bool
) -> None:
    """Clean the recordings of a file; write them where asked to, and print what comes of it."""
    from recur.data.panel.panel import Panel
    from recur.data.signals.wavefile import is_wave
    from recur.files.atomic import writable_folder
    from recur.tasks.denoise.files import read_to_clean

    if out is None and is_wave(file):
        raise SettingsError(
            f"what is cleaned of {file.name} is a WAV file as well, and nothing is written without "
            "being told where; name a folder with `--out DIR`."
        )
    if out is not None:
        _check_kept(file, out)
        writable_folder(out)
    signals = read_to_clean(file, model.names_, model.rate_hz_, source)
    assert signals.noisy is not None
    cleaned = model.predict(signals.noisy)
    if not isinstance(signals.source, Panel):
        assert out is not None
        files = {"cleaned": _write_sound(replace(signals.source, values=cleaned[0]), out)}
        _tell(model, signals, None, files, as_json=as_json)
        return
    table = CleanedTable(signals.source, signals.ids, signals.channels, signals.noisy, cleaned)
    files = {} if out is None else {"cleaned": _write_table(table, out)}
    _tell(model, signals, table, files, as_json=as_json)


def _check_kept(file: Path, out: Path) -> None:
    """Refuse a folder in which what is written would take the place of what is read."""
    for path in (out / _SOUND, out / _TABLE):
        if path.exists() and file.exists() and path.samefile(file):
            raise SettingsError(
                f"{path} is the file that is to be cleaned, and would be written over; name "
                "another folder with `--out`."
            )


def _write_sound(sound: Sound, out: Path) -> Path:
    from recur.data.signals.wavefile import wave_bytes
    from recur.files.atomic import write_bytes

    path = out / _SOUND
    write_bytes(path, wave_bytes(sound))
    return path


def _write_table(table: CleanedTable, out: Path) -> Path:
    from recur.files.atomic import write_text

    path = out / _TABLE
    write_text(path, table.csv())
    return path


def _tell(
    model: Denoiser,
    signals: SignalFile,
    table: CleanedTable | None,
    files: dict[str, Path],
    *,
    as_json: bool,
) -> None:
    """Print what was cleaned; of a sound there is only its file."""
    from recur.cli.denoising import data_facts, data_line, model_lines
    from recur.version import __version__

    if as_json:
        output.print_json(
            {
                "recur": __version__,
                "task": model.task,
                "data": data_facts(signals),
                "cleaned": None if table is None else table.to_list(),
                "files": {name: str(path) for name, path in files.items()},
            }
        )
        return
    output.print_lines(data=data_line(signals), **model_lines(model))
    if table is not None:
        _print_first(table)
    if files:
        output.print_files(files)


def _print_first(table: CleanedTable) -> None:
    from recur.report.denoising import cleaned_table
    from recur.report.wording import time_heading

    hidden = sum(map(len, table.noisy)) - _SHOWN
    shown = _SHOWN + max(0, hidden == 1)
    names = [time_heading(table.panel.clock), *table.names]
    rows = list(islice(table.rows(), shown))
    console = output.stdout()
    console.print()
    console.print(
        cleaned_table(
            names,
            [(time, values) for _, time, values in rows],
            [name for name, _, _ in rows] if len(table.ids) > 1 else None,
            hidden=hidden if hidden > 1 else 0,
        )
    )
