"""From files that memory does not hold to one panel whose values lie in files of their own.

It is written once and found again by the files that it was made of: in a folder that is told, or in
the platform's cache folder, where what nobody has used for a month goes when the next is written.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Any

from recur.data.panel.panel import Panel
from recur.data.panel.store import PanelStore, stored
from recur.data.tables.opening import STANDARD_INPUT, expand
from recur.digest import digest_of
from recur.distributed.plan import columns_of, plan, sample_of, state_of
from recur.distributed.settings import PartsParameters, parse_memory
from recur.errors import SettingsError
from recur.files import locks
from recur.files.atomic import unwritable
from recur.notices import notice, unheard
from recur.progress import hidden
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.methods import LEARNING, TRAINED, effective
from recur.tasks.forecast.network_choice import describes
from recur.tasks.reading import read_columns
from recur.version import __version__

_KEPT = 30 * 86_400.0  # seconds that a panel in the cache folder is kept for after its last use
_LAYOUT = 1  # of the files


def mapped_panel(
    source: str | Path | Sequence[str | Path],
    *,
    memory: int | str = PartsParameters.memory,
    parts_in: str | Path | None = None,
    **columns: Any,
) -> Panel:
    """Read files part by part, and return one panel whose values stay in files.

    What is fitted to it or judged on it has the same bits as from memory, but no forecasts of a
    judgement are kept. The rows of a series stand together.

    Args:
        source: a file, a folder, a pattern, or several of them, as `read_panel` takes them.
        memory: how much may be taken while it is read, bytes or a size such as "2GB".
        parts_in: the folder that the values are kept in; by default the platform's cache folder.
        **columns: which columns are what, and how files are read, as `read_panel` takes them.

    Raises:
        DataError: a part has other columns, another clock, or a series that was in one before it.
        InputError: the folder cannot be written to.
    """
    most = parse_memory(memory) if isinstance(memory, str) else memory
    files = [str(Path(name).absolute()) for name in expand(source)]
    if any("::" in name or Path(name).name == STANDARD_INPUT for name in files):
        raise SettingsError("standard input, and tables within files, are read from memory alone.")
    state = [(name, *state_of(name)) for name in files]
    cache = parts_in is None
    whole = _cache_folder() if parts_in is None else Path(parts_in)
    folder = whole / digest_of(_LAYOUT, __version__, state, columns)[:20]
    with _alone(folder.with_suffix(".lock")):
        panel = stored(folder)
        if panel is None:
            if cache:
                _remove_unused(whole)
            _write(folder, files, columns, most)
            panel = stored(folder)
    assert panel is not None
    for note in panel.notes:
        notice(note)
    return panel


def trained(parameters: Mapping[str, Any], columns: Mapping[str, Any]) -> bool:
    """Say whether a network is trained, whatever the data say.

    Args:
        parameters: those of a forecaster that were named.
        columns: which columns are what.
    """
    settings = Forecaster().set_params(**parameters)
    beside = any(columns.get(name) for name in ("past", "known", "static"))
    if settings.network in LEARNING:
        return True
    own = settings.network == "trained" or beside or describes(settings)
    return own and effective(settings.method, settings.network) == TRAINED


def mapped_as_asked(
    file: Path, columns: dict[str, Any], parts: Mapping[str, Any], **others: Any
) -> Panel:
    """Return the panel that a network is trained on; see `mapped_panel`.

    Args:
        file: a file, a folder or a pattern.
        columns: see there.
        parts: those of `PartsParameters` that were named.
        **others: what else was asked for, which has to be None.
    """
    late = [name for name, value in others.items() if value is not None]
    late += [name for name in ("skip_bad",) if parts.get(name)]
    if late:
        raise SettingsError(
            f"`{late[0]}` is for data that memory holds, and a network is trained on files here; "
            "leave it out."
        )
    return mapped_panel(file, **{**parts, **columns})


def _write(folder: Path, files: list[str], columns: dict[str, Any], memory: int) -> None:
    """Write the panel of some files, whole or not at all."""
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)  # of a writer that was killed
    named, guessed = _named(files, columns)
    try:
        part.mkdir()
        with PanelStore(part) as store:
            parts = plan(files, named.get("id"), memory)
            for source in chain.from_iterable(part.sources for part in parts):
                with unheard(), hidden():
                    panel = read_columns(source, named)
                store.add(panel)
        more = f" and {len(files) - 1} more" if len(files) > 1 else ""
        store.finish(f"{Path(files[0]).name}{more}", guessed)  # as where they are read at once
        part.rename(folder)
    except OSError as error:
        raise unwritable(folder, error) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _named(files: list[str], columns: dict[str, Any]) -> tuple[dict[str, Any], Mapping[str, str]]:
    """Return the columns of all parts, and those of them that were guessed, at the beginning.

    Raises:
        SettingsError: there are several targets, whose series do not stand file by file.
    """
    first = sample_of(files[0], several=len(files) > 1)
    with unheard(), hidden():
        panel = read_columns(first, columns)
    if len(panel.targets) > 1 or panel.target not in panel.targets or "*" in panel.target:
        raise SettingsError(
            f"`target` is `{panel.target}`, several columns, and parts are read with one; name one."
        )
    return columns_of(panel, first, columns), panel.guessed


def _cache_folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("recur") / "panels"


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Wait until no other process writes the same panel; the folder is made where it is not there.

    Raises:
        InputError: nothing can be written there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.open("w")
    except OSError as error:
        raise unwritable(path.parent, error) from None
    with lock as file:
        locks.wait_for(file)
        yield


def _remove_unused(whole: Path) -> None:
    """Remove the panels of a cache folder that nobody has used for long, and what broke off."""
    for lock in whole.glob("*.lock"):
        head = lock.with_suffix("") / "series.json"
        used = head.stat().st_mtime if head.exists() else lock.stat().st_mtime
        if time.time() - used > _KEPT:
            shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
            shutil.rmtree(lock.with_suffix(".part"), ignore_errors=True)
            with suppress(OSError):
                lock.unlink()
