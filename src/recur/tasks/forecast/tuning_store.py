"""Where the trials of a search are kept: an Optuna study, in memory or in an SQLite file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import is_dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from recur.errors import InputError, SettingsError, not_installed
from recur.files.atomic import writable_folder

if TYPE_CHECKING:
    from optuna.storages import BaseStorage
    from optuna.study import Study
    from optuna.trial import FrozenTrial

_NAME = "recur"
_UNPRUNED = 4  # trials that have to be finished before others may be stopped


@contextmanager
def study(path: Path | None, digest: str, first: Callable[[], FrozenTrial]) -> Iterator[Study]:
    """Give a study that holds at least its first trial, from its file where there is one.

    Args:
        path: the file; none to keep the trials in memory.
        digest: of everything that the trials depend on; a file with another one is refused.
        first: measures the first trial. What cannot be fitted leaves no file behind.
    """
    import optuna

    trial = None
    if path is None or not path.exists():
        if path is not None:
            writable_folder(path.parent)
        trial = first()
    with _quiet(), _storage(path) as storage:
        kept = optuna.create_study(
            storage=storage,
            study_name=_NAME,
            load_if_exists=True,
            pruner=optuna.pruners.MedianPruner(n_startup_trials=_UNPRUNED),
        )
        if kept.user_attrs.get("fingerprint", digest) != digest:
            raise InputError(
                f"the tuning store `{path}` belongs to a search with other data, settings or "
                "version of recur; give the same ones to go on, or another path to start anew."
            )
        if not kept.trials:
            kept.set_user_attr("fingerprint", digest)
            kept.add_trial(trial or first())
        yield kept


@contextmanager
def _storage(path: Path | None) -> Iterator[BaseStorage]:
    """Give a store in memory, or in a file that is closed afterwards."""
    import sqlite3

    from optuna.storages import InMemoryStorage, RDBStorage
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.pool import NullPool

    if path is None:
        yield InMemoryStorage()
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Opened by us, since a path within a URL loses what follows its `?` or `{`.
        opening = {"creator": partial(sqlite3.connect, path), "poolclass": NullPool}
        storage = RDBStorage("sqlite://", engine_kwargs=opening)
    except (SQLAlchemyError, OSError, RuntimeError, AssertionError):
        raise InputError(
            f"`{path}` cannot be used as a tuning store: it is not one, or not writable; give "
            "another path."
        ) from None
    try:
        yield storage
    finally:
        storage.remove_session()
        storage.engine.dispose()


def finished(study: Study) -> list[FrozenTrial]:
    """Return the trials that are over; one that was killed or interrupted is none."""
    from optuna.trial import TrialState

    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence Optuna's own log for as long as the block lasts."""
    from optuna import logging

    before = logging.get_verbosity()
    logging.set_verbosity(logging.ERROR)
    try:
        yield
    finally:
        logging.set_verbosity(before)


def require_optuna() -> None:
    """Refuse to go on without Optuna, and say how to install it."""
    if find_spec("optuna") is None:
        raise SettingsError(
            f"a search for settings cannot run: {not_installed('Optuna', 'sweep')}."
        )


def fingerprint(*parts: Any) -> str:
    """Return a digest of plain values, arrays and dataclasses of them."""
    digest = hashlib.blake2b(digest_size=16)
    _feed(digest, parts)
    return digest.hexdigest()


def _feed(digest: Any, value: Any) -> None:
    """Feed plain values, arrays and dataclasses of them to a digest, each part with its size."""
    if isinstance(value, np.ndarray):
        digest.update(f"|{value.dtype}{value.shape}".encode())
        digest.update(np.ascontiguousarray(value).tobytes())
    elif is_dataclass(value):
        _feed(digest, vars(value))
    elif isinstance(value, dict):
        _feed(digest, list(value.items()))
    elif isinstance(value, list | tuple):
        digest.update(f"|{len(value)}".encode())
        for part in value:
            _feed(digest, part)
    else:
        digest.update(f"|{value!r}".encode())
