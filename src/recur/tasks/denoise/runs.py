"""Whole runs: from a file to a denoiser, or through a saved one, files written where asked to."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from recur.data.panel.panel import Panel
from recur.data.signals.wavefile import Sound, is_wave, wave_bytes
from recur.errors import SettingsError
from recur.files.atomic import writable_folder, write_bytes, write_text
from recur.tasks.denoise.denoiser import Denoiser
from recur.tasks.denoise.files import read_to_clean, read_to_learn
from recur.tasks.denoise.results import CleanedResult, CleanedTable, DenoiserResult

_SOUND, _TABLE = "cleaned.wav", "cleaned.csv"


def learn_to_clean(
    model: Denoiser,
    file: Path,
    kinds: dict[str, Any],
    where: dict[str, Any],
    *,
    test: int | None = None,
    checkpoint: Path | None = None,
    folder: Path | None = None,
) -> DenoiserResult:
    """Read recordings, fit, and write where asked to.

    Args:
        model: its parameters are used.
        file: a table or a WAV file.
        kinds: as `read_to_learn` takes them.
        where: as `read_to_learn` takes it.
        test: as `Denoiser.fit` takes it.
        checkpoint: as `Denoiser.fit` takes it.
        folder: where model and pictures go; None for nowhere.
    """
    began = time.perf_counter()
    signals = read_to_learn(file, kinds, where)
    read = time.perf_counter() - began
    noisy, clean, names = signals.noisy, signals.clean, signals.channels
    if noisy is None:  # what the noisy columns of other files are called is not known
        noisy, clean, names = signals.clean, None, ()
    start = time.perf_counter()
    model.fit(noisy, clean, test=test, names=names, rate_hz=signals.rate, checkpoint=checkpoint)
    fit = time.perf_counter() - start
    files = {}
    if folder is not None:
        from recur.tasks.denoise.folder import write_denoiser  # draws, which is slow to import

        files = write_denoiser(model, signals.ids, signals.steps, folder)
    seconds = {"read": read, "fit": fit, "total": time.perf_counter() - began}
    return DenoiserResult(model=model, signals=signals, files=files, seconds=seconds)


def clean_file(
    model: Denoiser, file: Path, source: dict[str, Any], folder: Path | None
) -> CleanedResult:
    """Clean the recordings of a file, and write them where asked to.

    Args:
        model: a fitted denoiser.
        file: a table or a WAV file.
        source: as `read_to_clean` takes it.
        folder: where what is cleaned goes; None for nowhere, which sound cannot do without.
    """
    if folder is None and is_wave(file):
        raise SettingsError(
            f"what is cleaned of {file.name} is a WAV file as well, and nothing is written without "
            "being told where; name a folder with `out`."
        )
    if folder is not None:
        _check_kept(file, folder)
        writable_folder(folder)
    signals = read_to_clean(file, model.names_, model.rate_hz_, source)
    assert signals.noisy is not None
    cleaned = model.predict(signals.noisy)
    if not isinstance(signals.source, Panel):
        assert folder is not None
        files = {"cleaned": _write_sound(replace(signals.source, values=cleaned[0]), folder)}
        return CleanedResult(model=model, signals=signals, table=None, files=files)
    table = CleanedTable(signals.source, signals.ids, signals.channels, signals.noisy, cleaned)
    files = {} if folder is None else {"cleaned": _write_table(table, folder)}
    return CleanedResult(model=model, signals=signals, table=table, files=files)


def _check_kept(file: Path, folder: Path) -> None:
    """Refuse a folder in which what is written would take the place of what is read."""
    for path in (folder / _SOUND, folder / _TABLE):
        if path.exists() and file.exists() and path.samefile(file):
            raise SettingsError(
                f"{path} is the file that is to be cleaned, and would be written over; name "
                "another folder with `out`."
            )


def _write_sound(sound: Sound, folder: Path) -> Path:
    path = folder / _SOUND
    write_bytes(path, wave_bytes(sound))
    return path


def _write_table(table: CleanedTable, folder: Path) -> Path:
    path = folder / _TABLE
    write_text(path, table.csv())
    return path
